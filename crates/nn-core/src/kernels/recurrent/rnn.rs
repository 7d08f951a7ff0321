//! The cell of Elman's network.

use super::cell::{Cell, Section};
use super::nonlinearity::Nonlinearity;
use crate::Scalar;
use crate::kernels::lanes::{Block, Lanes};

/// h′ = f(sum).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct RnnCell {
    pub(crate) nonlinearity: Nonlinearity,
}

impl Cell for RnnCell {
    const NAME: &'static str = "RNN";
    const STATES: usize = 1;
    const GATES: usize = 1;
    const SECTIONS: &'static [Section] = &[Section { gates: 1, input: Some(0), state: Some(0) }];
    /// h′.
    const KEPT: usize = 1;

    fn of(nonlinearity: Option<Nonlinearity>) -> Option<Self> {
        nonlinearity.map(|nonlinearity| RnnCell { nonlinearity })
    }

    fn nonlinearity(self) -> Option<Nonlinearity> {
        Some(self.nonlinearity)
    }

    #[inline(always)]
    fn forward<F: Scalar>(self, kept: &mut [Block<F>], _: &[Block<F>], h: &mut [Block<F>]) {
        match self.nonlinearity {
            Nonlinearity::Tanh => apply(kept, h, F::tanh),
            Nonlinearity::Relu => apply(kept, h, |x| if x < F::ZERO { F::ZERO } else { x }),
        }
    }

    /// ∂L/∂sum = ∂L/∂h′ f′, and nothing goes past the sum.
    #[inline(always)]
    fn backward<F: Scalar>(
        self,
        kept: &[Block<F>],
        _: &[Block<F>],
        dh: &mut [Block<F>],
        sums: &mut [Block<F>],
    ) {
        match self.nonlinearity {
            Nonlinearity::Tanh => differentiate(kept, dh, sums, |h| F::ONE - h * h),
            // Not 0 at NaN.
            Nonlinearity::Relu => differentiate(kept, dh, sums, |h| {
                let slope = if h > F::ZERO { F::ONE } else { F::ZERO };
                if h.is_nan() { h } else { slope }
            }),
        }
    }
}

#[inline(always)]
fn apply<F: Scalar>(kept: &mut [Block<F>], h: &mut [Block<F>], f: impl Fn(F) -> F) {
    for (kept, h) in kept.iter_mut().zip(h) {
        let y = Lanes(*kept).map(&f);
        y.store(kept);
        y.store(h);
    }
}

#[inline(always)]
fn differentiate<F: Scalar>(
    kept: &[Block<F>],
    dh: &mut [Block<F>],
    sums: &mut [Block<F>],
    slope: impl Fn(F) -> F,
) {
    for ((kept, dh), sum) in kept.iter().zip(dh).zip(sums) {
        (Lanes(*dh) * Lanes(*kept).map(&slope)).store(sum);
        Lanes::zero().store(dh);
    }
}
