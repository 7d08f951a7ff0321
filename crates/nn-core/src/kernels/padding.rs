//! Which tokens of a batch are padding: those at which every feature has one value.

use super::lanes::{Block, Lanes};
use super::simd::{Kernel, dispatch};
use crate::{Scalar, Tensor};

/// Writes 0 to `tokens`, of shape `[n, t]`, for each token of x, of shape `[n, t, d]`, at which all features are `padding`, and 1 for all
/// others.
pub(crate) fn find<F: Scalar>(x: &Tensor<F>, padding: F, tokens: &mut Tensor<F>) {
    let blocks = x.blocks_per_feature();
    dispatch(Find { x: x.blocks(), padding, tokens: tokens.blocks_mut(), blocks });
}

/// Returns `value` for the samples whose token is real, and `otherwise` for those where it is padding.
#[inline(always)]
pub(crate) fn select<F: Scalar>(token: &Block<F>, value: Lanes<F>, otherwise: Lanes<F>) -> Lanes<F> {
    let mut out = value.0;
    for lane in 0..out.len() {
        out[lane] = if token[lane] > F::ZERO { value.0[lane] } else { otherwise.0[lane] };
    }
    Lanes(out)
}

struct Find<'a, F> {
    x: &'a [Block<F>],
    padding: F,
    tokens: &'a mut [Block<F>],
    /// Blocks from one feature to the next.
    blocks: usize,
}

impl<F: Scalar> Kernel for Find<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Find { x, padding, tokens, blocks } = self;
        let token = x.len() / tokens.len() * blocks;
        for (x, tokens) in x.chunks_exact(token).zip(tokens.chunks_exact_mut(blocks)) {
            for (b, token) in tokens.iter_mut().enumerate() {
                let mut real = Lanes::zero();
                for x in x[b..].iter().step_by(blocks) {
                    // NaN differs from every number.
                    real = real.zip(Lanes(*x), |real, x| if x == padding { real } else { F::ONE });
                }
                real.store(token);
            }
        }
    }
}
