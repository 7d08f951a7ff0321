//! Softmax over groups of feature columns, a block of samples at a time.

use crate::Scalar;
use crate::lanes::{LANES, load, store};
use crate::simd::{Kernel, dispatch};

/// y_k = exp(x_k − max x) / Σ_j exp(x_j − max x), over the `classes` columns of each group.
pub(crate) fn forward<F: Scalar>(x: &[F], y: &mut [F], samples: usize, classes: usize) {
    for (x, y) in x.chunks_exact(samples * classes).zip(y.chunks_exact_mut(samples * classes)) {
        dispatch(Forward { x, y, samples });
    }
}

/// dx_k = y_k (dy_k − Σ_j dy_j y_j), over the `classes` columns of each group.
pub(crate) fn backward<F: Scalar>(y: &[F], dy: &[F], dx: &mut [F], samples: usize, classes: usize) {
    let group = samples * classes;
    for ((y, dy), dx) in y.chunks_exact(group).zip(dy.chunks_exact(group)).zip(dx.chunks_exact_mut(group)) {
        dispatch(Backward { y, dy, dx, samples });
    }
}

struct Forward<'a, F> {
    x: &'a [F],
    y: &'a mut [F],
    samples: usize,
}

impl<F: Scalar> Kernel for Forward<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Forward { x, y, samples } = self;
        for s in (0..samples).step_by(LANES) {
            let end = samples.min(s + LANES);
            let mut max = [F::NEG_INFINITY; LANES];
            for x in x.chunks_exact(samples) {
                let x = load(&x[s..end]);
                for lane in 0..LANES {
                    max[lane] = max[lane].maximum(x[lane]);
                }
            }
            let mut total = [F::ZERO; LANES];
            for (x, y) in x.chunks_exact(samples).zip(y.chunks_exact_mut(samples)) {
                let x = load(&x[s..end]);
                let mut e = [F::ZERO; LANES];
                for lane in 0..LANES {
                    e[lane] = (x[lane] - max[lane]).exp();
                }
                for lane in 0..LANES {
                    total[lane] += e[lane];
                }
                store(e, &mut y[s..end]);
            }
            for y in y.chunks_exact_mut(samples) {
                let mut e = load(&y[s..end]);
                for lane in 0..LANES {
                    e[lane] /= total[lane];
                }
                store(e, &mut y[s..end]);
            }
        }
    }
}

struct Backward<'a, F> {
    y: &'a [F],
    dy: &'a [F],
    dx: &'a mut [F],
    samples: usize,
}

impl<F: Scalar> Kernel for Backward<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Backward { y, dy, dx, samples } = self;
        for s in (0..samples).step_by(LANES) {
            let end = samples.min(s + LANES);
            let mut inner = [F::ZERO; LANES];
            for (y, dy) in y.chunks_exact(samples).zip(dy.chunks_exact(samples)) {
                let (y, dy) = (load(&y[s..end]), load(&dy[s..end]));
                for lane in 0..LANES {
                    inner[lane] += y[lane] * dy[lane];
                }
            }
            let columns = y.chunks_exact(samples).zip(dy.chunks_exact(samples));
            for ((y, dy), dx) in columns.zip(dx.chunks_exact_mut(samples)) {
                let (y, dy) = (load(&y[s..end]), load(&dy[s..end]));
                let mut out = [F::ZERO; LANES];
                for lane in 0..LANES {
                    out[lane] = y[lane] * (dy[lane] - inner[lane]);
                }
                store(out, &mut dx[s..end]);
            }
        }
    }
}
