//! Batch normalisation of one channel, whose features lie side by side in memory.
//!
//! x̂ = (x − mean) · inverse, with inverse = 1/σ.

use super::lanes::{Block, LANES, Lanes};
use super::simd::{Kernel, dispatch};
use super::total::{NetworkTotal, Total};
use crate::{Accumulate, Scalar};

/// The values of one channel: `[columns · blocks]`, each column `blocks` long with `samples` samples.
#[derive(Clone, Copy)]
pub(crate) struct Channel<'a, F> {
    pub(crate) values: &'a [Block<F>],
    pub(crate) blocks: usize,
    pub(crate) samples: usize,
}

impl<F: Scalar> Channel<'_, F> {
    /// Returns the number of values.
    pub(crate) fn count(&self) -> F {
        F::from_f64((self.values.len() / self.blocks * self.samples) as f64)
    }

    /// Returns the sum of all values.
    pub(crate) fn total(self) -> F {
        dispatch(Sum(self))
    }

    /// Returns the sums of what `f` returns for all blocks of samples, without the padding in the last block of each column.
    #[inline(always)]
    fn sums<const N: usize>(&self, f: impl Fn(usize, Lanes<F>) -> [Lanes<F>; N]) -> [F; N] {
        let mut totals: [NetworkTotal<F>; N] = std::array::from_fn(|_| NetworkTotal::zero());
        // Columns without padding are one long column.
        let padded = self.samples % LANES;
        let column = if padded == 0 { self.values.len() } else { self.blocks };
        let mut at = 0;
        for column in self.values.chunks_exact(column) {
            let (mut full, last) = column.split_at(column.len() - usize::from(padded > 0));
            while !full.is_empty() {
                // A stretch ends at the same block whether it spans columns or not, because that is part of the result.
                let room = NetworkTotal::<F>::STRETCH - at % NetworkTotal::<F>::STRETCH;
                let stretch = full.split_off(..room.min(full.len())).expect("no more than there are");
                totals.iter_mut().for_each(|total| total.begin(stretch.len()));
                for (b, block) in stretch.iter().enumerate() {
                    let terms = f(at + b, Lanes(*block));
                    for i in 0..N {
                        totals[i].add(b, terms[i]);
                    }
                }
                at += stretch.len();
            }
            for block in last {
                let terms = f(at, Lanes(*block));
                for i in 0..N {
                    totals[i].begin(1);
                    totals[i].add(0, terms[i].keep(padded));
                }
                at += 1;
            }
        }
        totals.map(|total| {
            let mut sum = [F::ZERO];
            total.finish(F::ONE, &mut sum);
            sum[0]
        })
    }
}

/// Returns the mean c + Σ (x − c) / m, where c is one of the x, and the variance Σ (x − mean)² / m of the m values. In
/// this form a large mean costs no digits.
pub(crate) fn moments<F: Scalar>(x: Channel<'_, F>) -> (F, F) {
    dispatch(Moments(x))
}

/// Returns 1/√(variance + ε), or NaN for an infinite variance: the squares of the values overflowed, and 1/∞ = 0 would turn
/// every value into 0.
#[inline(always)]
pub(crate) fn inverse_deviation<F: Scalar>(variance: F, eps: F) -> F {
    let inverse = F::ONE / (variance + eps).sqrt();
    // ∞ · 0 is NaN.
    inverse + variance * F::ZERO
}

/// Computes y = (x − mean) · factor + bias, or adds that to y.
pub(crate) fn scale<F: Scalar>(
    x: Channel<'_, F>,
    y: &mut [Block<F>],
    accumulate: Accumulate,
    [mean, factor, bias]: [F; 3],
) {
    let x = x.values;
    match accumulate {
        Accumulate::Replace => dispatch(Scale::<_, false> { x, y, mean, factor, bias }),
        Accumulate::Add => dispatch(Scale::<_, true> { x, y, mean, factor, bias }),
    }
}

/// Returns Σ dy and Σ dy x̂, the gradients of bias and weight.
pub(crate) fn parameter_gradients<F: Scalar>(
    x: Channel<'_, F>,
    dy: &[Block<F>],
    mean: F,
    inverse: F,
) -> (F, F) {
    dispatch(ParameterGradients { x, dy, mean, inverse })
}

/// Computes dx = factor · (dy − a − b x̂), or adds that to dx.
pub(crate) fn backward<F: Scalar>(
    [x, dy]: [&[Block<F>]; 2],
    dx: &mut [Block<F>],
    accumulate: Accumulate,
    [mean, inverse]: [F; 2],
    [factor, a, b]: [F; 3],
) {
    match accumulate {
        Accumulate::Replace => dispatch(Backward::<_, false> { x, dy, dx, mean, inverse, factor, a, b }),
        Accumulate::Add => dispatch(Backward::<_, true> { x, dy, dx, mean, inverse, factor, a, b }),
    }
}

struct Sum<'a, F>(Channel<'a, F>);

impl<F: Scalar> Kernel for Sum<'_, F> {
    type Output = F;

    #[inline(always)]
    fn run(self) -> F {
        let [sum] = self.0.sums(|_, x| [x]);
        sum
    }
}

struct Moments<'a, F>(Channel<'a, F>);

impl<F: Scalar> Kernel for Moments<'_, F> {
    type Output = (F, F);

    #[inline(always)]
    fn run(self) -> (F, F) {
        let Moments(x) = self;
        let first = x.values[0][0];
        let shift = Lanes::splat(first);
        let [distances] = x.sums(|_, x| [x - shift]);
        let mean = first + distances / x.count();
        let centre = Lanes::splat(mean);
        let [squares] = x.sums(|_, x| [(x - centre) * (x - centre)]);
        (mean, squares / x.count())
    }
}

struct Scale<'a, F, const ADD: bool> {
    x: &'a [Block<F>],
    y: &'a mut [Block<F>],
    mean: F,
    factor: F,
    bias: F,
}

impl<F: Scalar, const ADD: bool> Kernel for Scale<'_, F, ADD> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let [mean, factor, bias] = [self.mean, self.factor, self.bias].map(Lanes::splat);
        for (x, y) in self.x.iter().zip(self.y) {
            ((Lanes(*x) - mean) * factor + bias).put::<ADD>(y);
        }
    }
}

struct ParameterGradients<'a, F> {
    x: Channel<'a, F>,
    dy: &'a [Block<F>],
    mean: F,
    inverse: F,
}

impl<F: Scalar> Kernel for ParameterGradients<'_, F> {
    type Output = (F, F);

    #[inline(always)]
    fn run(self) -> (F, F) {
        let ParameterGradients { x, dy, .. } = self;
        let [mean, inverse] = [self.mean, self.inverse].map(Lanes::splat);
        let [bias, weight] = x.sums(|b, x| [Lanes(dy[b]), Lanes(dy[b]) * ((x - mean) * inverse)]);
        (bias, weight)
    }
}

struct Backward<'a, F, const ADD: bool> {
    x: &'a [Block<F>],
    dy: &'a [Block<F>],
    dx: &'a mut [Block<F>],
    mean: F,
    inverse: F,
    factor: F,
    a: F,
    b: F,
}

impl<F: Scalar, const ADD: bool> Kernel for Backward<'_, F, ADD> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let [mean, inverse] = [self.mean, self.inverse].map(Lanes::splat);
        let [factor, a, b] = [self.factor, self.a, self.b].map(Lanes::splat);
        for ((x, dy), dx) in self.x.iter().zip(self.dy).zip(self.dx) {
            let normal = (Lanes(*x) - mean) * inverse;
            (factor * (Lanes(*dy) - a - b * normal)).put::<ADD>(dx);
        }
    }
}
