//! Tokens that are padding: all their features have one value.

use super::lanes::{Block, Lanes};
use super::simd::{Kernel, dispatch};
use crate::{Columns, ColumnsMut, Scalar};

/// Writes for each token of so many features 0 in samples in which all of them are `padding`, and 1 in the others.
pub(crate) fn find<F: Scalar>(x: Columns<'_, F>, features: usize, padding: F, mask: ColumnsMut<'_, F>) {
    let blocks = x.blocks_per_feature();
    dispatch(Find { x: x.blocks(), padding, mask: mask.into_blocks(), token: features * blocks, blocks });
}

/// Replaces the features of tokens that the mask counts as padding by `value`.
pub(crate) fn fill<F: Scalar>(x: ColumnsMut<'_, F>, features: usize, value: F, mask: Columns<'_, F>) {
    let blocks = mask.blocks_per_feature();
    dispatch(Fill { x: x.into_blocks(), value, mask: mask.blocks(), token: features * blocks, blocks });
}

/// Returns `value` in samples whose token the mask counts as real, and `otherwise` in those where it is padding.
#[inline(always)]
pub(super) fn select<F: Scalar>(mask: &Block<F>, value: Lanes<F>, otherwise: Lanes<F>) -> Lanes<F> {
    let mut out = value.0;
    for lane in 0..out.len() {
        out[lane] = if mask[lane] > F::ZERO { value.0[lane] } else { otherwise.0[lane] };
    }
    Lanes(out)
}

struct Find<'a, F> {
    x: &'a [Block<F>],
    padding: F,
    mask: &'a mut [Block<F>],
    /// The number of blocks of a token, and of one of its features.
    token: usize,
    blocks: usize,
}

impl<F: Scalar> Kernel for Find<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Find { x, padding, mask, token, blocks } = self;
        for (x, mask) in x.chunks_exact(token).zip(mask.chunks_exact_mut(blocks)) {
            for (b, mask) in mask.iter_mut().enumerate() {
                let mut real = Lanes::zero();
                for x in x[b..].iter().step_by(blocks) {
                    real = real.zip(Lanes(*x), |real, x| if x == padding { real } else { F::ONE });
                }
                real.store(mask);
            }
        }
    }
}

struct Fill<'a, F> {
    x: &'a mut [Block<F>],
    value: F,
    mask: &'a [Block<F>],
    /// The number of blocks of a token, and of one of its features.
    token: usize,
    blocks: usize,
}

impl<F: Scalar> Kernel for Fill<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Fill { x, value, mask, token, blocks } = self;
        let value = Lanes::splat(value);
        for (x, mask) in x.chunks_exact_mut(token).zip(mask.chunks_exact(blocks)) {
            for x in x.chunks_exact_mut(blocks) {
                for (x, mask) in x.iter_mut().zip(mask) {
                    select(mask, Lanes(*x), value).store(x);
                }
            }
        }
    }
}
