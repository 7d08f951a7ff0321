//! y = W x + b and its gradients, on tensors that hold the samples of one feature side by side.
//!
//! Two ways to the same sums. A narrow layer is a handful of long vector operations: every output column is a
//! combination of the input columns, every weight's gradient a dot product of two columns. Each result has its own
//! accumulator and a fixed order of additions, so tiling changes no bit. A wide layer is a matrix product and goes to a
//! GEMM, whose order of additions depends on the kind of CPU.

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2, ShapeBuilder};

use crate::Scalar;
use crate::lanes::{LANES, load, store, sum};
use crate::simd::{Kernel, dispatch};

/// Layers with at least this many weights use the GEMM.
const WIDE: usize = 4096;

/// Weights in row-major order: `outputs` rows of `inputs`.
#[derive(Clone, Copy)]
pub(crate) struct Weight<'a, F> {
    pub(crate) values: &'a [F],
    pub(crate) outputs: usize,
    pub(crate) inputs: usize,
}

/// y_i = b_i + Σ_j W_ij x_j
pub(crate) fn forward<F: Scalar>(weight: Weight<'_, F>, bias: &[F], x: &[F], y: &mut [F]) {
    let Weight { values, outputs, inputs } = weight;
    let samples = y.len() / outputs;
    if values.len() < WIDE {
        dispatch(Combine { coefficients: values, strides: [inputs, 1], start: Some(bias), x, y, samples });
        return;
    }
    for (column, &b) in y.chunks_exact_mut(samples).zip(bias) {
        column.fill(b);
    }
    let w = ArrayView2::from_shape((outputs, inputs), values).expect("row-major weights");
    general_mat_mul(F::ONE, &columns(x, samples), &w.t(), F::ONE, &mut columns_mut(y, samples));
}

/// ∂L/∂x_j = Σ_i W_ij ∂L/∂y_i
pub(crate) fn backward_input<F: Scalar>(weight: Weight<'_, F>, dy: &[F], dx: &mut [F]) {
    let Weight { values, outputs, inputs } = weight;
    let samples = dx.len() / inputs;
    if values.len() < WIDE {
        dispatch(Combine { coefficients: values, strides: [1, inputs], start: None, x: dy, y: dx, samples });
        return;
    }
    let w = ArrayView2::from_shape((outputs, inputs), values).expect("row-major weights");
    general_mat_mul(F::ONE, &columns(dy, samples), &w, F::ZERO, &mut columns_mut(dx, samples));
}

/// Adds ∂L/∂W_ij = Σ_s ∂L/∂y_i x_j to `dw` and ∂L/∂b_i = Σ_s ∂L/∂y_i to `db`.
pub(crate) fn backward_parameters<F: Scalar>(x: &[F], dy: &[F], dw: &mut [F], db: &mut [F]) {
    let samples = dy.len() / db.len();
    if dw.len() < WIDE {
        dispatch(Dots { x, dy, dw, samples });
    } else {
        let inputs = x.len() / samples;
        let mut dw = ArrayViewMut2::from_shape((db.len(), inputs), dw).expect("row-major gradient");
        general_mat_mul(F::ONE, &columns(dy, samples).t(), &columns(x, samples), F::ONE, &mut dw);
    }
    dispatch(Sums { dy, db, samples });
}

fn columns<F>(values: &[F], samples: usize) -> ArrayView2<'_, F> {
    ArrayView2::from_shape((samples, values.len() / samples).f(), values).expect("whole columns")
}

fn columns_mut<F>(values: &mut [F], samples: usize) -> ArrayViewMut2<'_, F> {
    ArrayViewMut2::from_shape((samples, values.len() / samples).f(), values).expect("whole columns")
}

/// Every column of `y` is `start` plus a combination of the columns of `x`, added up from the first to the last.
struct Combine<'a, F> {
    /// The coefficient of x column j in y column i is at `i * strides[0] + j * strides[1]`.
    coefficients: &'a [F],
    strides: [usize; 2],
    /// What each column of `y` starts from, 0 if absent.
    start: Option<&'a [F]>,
    x: &'a [F],
    y: &'a mut [F],
    samples: usize,
}

impl<F: Scalar> Kernel for Combine<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        let outputs = self.y.len() / self.samples;
        let mut i = 0;
        while i < outputs {
            i += match outputs - i {
                4.. => self.tile::<4>(i),
                2.. => self.tile::<2>(i),
                _ => self.tile::<1>(i),
            };
        }
    }
}

impl<F: Scalar> Combine<'_, F> {
    /// `R` columns of `y` at once, so that each block of `x` is read once for all of them. Returns `R`.
    #[inline(always)]
    fn tile<const R: usize>(&mut self, first: usize) -> usize {
        let Combine { coefficients, strides, start, x, y, samples } = self;
        let samples = *samples;
        let y = &mut y[first * samples..][..R * samples];
        let start: [F; R] = std::array::from_fn(|r| start.map_or(F::ZERO, |start| start[first + r]));
        let mut s = 0;
        while s < samples {
            let end = samples.min(s + LANES);
            let mut sums = start.map(|value| [value; LANES]);
            for (j, x) in x.chunks_exact(samples).enumerate() {
                let x = load(&x[s..end]);
                for (r, sums) in sums.iter_mut().enumerate() {
                    let c = coefficients[(first + r) * strides[0] + j * strides[1]];
                    for lane in 0..LANES {
                        sums[lane] += c * x[lane];
                    }
                }
            }
            for (r, sums) in sums.into_iter().enumerate() {
                store(sums, &mut y[r * samples..][s..end]);
            }
            s = end;
        }
        R
    }
}

/// Adds the dot product of every column of `dy` with every column of `x` to `dw`.
struct Dots<'a, F> {
    x: &'a [F],
    dy: &'a [F],
    dw: &'a mut [F],
    samples: usize,
}

impl<F: Scalar> Kernel for Dots<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        let outputs = self.dy.len() / self.samples;
        let mut i = 0;
        while i < outputs {
            i += match outputs - i {
                4.. => self.rows::<4>(i),
                2.. => self.rows::<2>(i),
                _ => self.rows::<1>(i),
            };
        }
    }
}

impl<F: Scalar> Dots<'_, F> {
    /// `R` rows of `dw`. Returns `R`.
    #[inline(always)]
    fn rows<const R: usize>(&mut self, i: usize) -> usize {
        let inputs = self.x.len() / self.samples;
        let mut j = 0;
        while j < inputs {
            j += match inputs - j {
                2.. => self.tile::<R, 2>(i, j),
                _ => self.tile::<R, 1>(i, j),
            };
        }
        R
    }

    /// `R` times `C` dot products at once: each block that is read serves several, and no sum waits for another.
    /// Returns `C`.
    #[inline(always)]
    fn tile<const R: usize, const C: usize>(&mut self, i: usize, j: usize) -> usize {
        let Dots { x, dy, dw, samples } = self;
        let samples = *samples;
        let inputs = x.len() / samples;
        let dy: [&[F]; R] = std::array::from_fn(|r| &dy[(i + r) * samples..][..samples]);
        let x: [&[F]; C] = std::array::from_fn(|c| &x[(j + c) * samples..][..samples]);
        let mut sums = [[[F::ZERO; LANES]; C]; R];
        let mut s = 0;
        while s < samples {
            let end = samples.min(s + LANES);
            let x: [[F; LANES]; C] = std::array::from_fn(|c| load(&x[c][s..end]));
            for (dy, sums) in dy.iter().zip(&mut sums) {
                let dy = load(&dy[s..end]);
                for (x, sums) in x.iter().zip(sums) {
                    for lane in 0..LANES {
                        sums[lane] += dy[lane] * x[lane];
                    }
                }
            }
            s = end;
        }
        for (r, sums) in sums.into_iter().enumerate() {
            for (c, sums) in sums.into_iter().enumerate() {
                dw[(i + r) * inputs + j + c] += sum(sums);
            }
        }
        C
    }
}

/// Adds the sum of every column of `dy` to `db`.
struct Sums<'a, F> {
    dy: &'a [F],
    db: &'a mut [F],
    samples: usize,
}

impl<F: Scalar> Kernel for Sums<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (dy, db) in self.dy.chunks_exact(self.samples).zip(self.db) {
            let mut sums = [F::ZERO; LANES];
            for block in dy.chunks(LANES) {
                let block = load(block);
                for lane in 0..LANES {
                    sums[lane] += block[lane];
                }
            }
            *db += sum(sums);
        }
    }
}
