//! An activation and its derivative over whole slices.

use crate::lanes::{LANES, load, store};
use crate::simd::{Kernel, dispatch};
use crate::{Activation, Scalar};

/// y = f(x)
pub(crate) fn forward<F: Scalar, A: Activation>(activation: A, x: &[F], y: &mut [F]) {
    dispatch(Forward { activation, x, y });
}

/// dx = dy ⊙ f′(x)
pub(crate) fn backward<F: Scalar, A: Activation>(activation: A, x: &[F], y: &[F], dy: &[F], dx: &mut [F]) {
    dispatch(Backward { activation, x, y, dy, dx });
}

struct Forward<'a, F, A> {
    activation: A,
    x: &'a [F],
    y: &'a mut [F],
}

impl<F: Scalar, A: Activation> Kernel for Forward<'_, F, A> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (x, y) in self.x.chunks(LANES).zip(self.y.chunks_mut(LANES)) {
            let x = load(x);
            let mut out = [F::ZERO; LANES];
            for lane in 0..LANES {
                out[lane] = self.activation.f(x[lane]);
            }
            store(out, y);
        }
    }
}

struct Backward<'a, F, A> {
    activation: A,
    x: &'a [F],
    y: &'a [F],
    dy: &'a [F],
    dx: &'a mut [F],
}

impl<F: Scalar, A: Activation> Kernel for Backward<'_, F, A> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let inputs = self.x.chunks(LANES).zip(self.y.chunks(LANES)).zip(self.dy.chunks(LANES));
        for (((x, y), dy), dx) in inputs.zip(self.dx.chunks_mut(LANES)) {
            let (x, y, dy) = (load(x), load(y), load(dy));
            let mut out = [F::ZERO; LANES];
            for lane in 0..LANES {
                out[lane] = dy[lane] * self.activation.df(x[lane], y[lane]);
            }
            store(out, dx);
        }
    }
}
