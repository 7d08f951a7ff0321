//! Targets with a mask: what does not count has no part in value and gradient.

use std::fmt::Display;

use nn_core::lanes::Lanes;
use nn_core::total::NetworkTotal;
use nn_core::{Masked, Scalar, Tensor};

use crate::elementwise::{Weigh, add_up_as, terms};
use crate::fit::expect;
use crate::ignoring::only;
use crate::target::{check_shape, shape};
use crate::{Elementwise, Loss, LossError, Reduction};

/// With a mask. Not compiled here but where it is used, because few are.
impl<F: Scalar, L: Elementwise> Loss<F, Masked<F>> for L {
    fn check(&self, output: &[usize], target: &Masked<F>) -> Result<(), LossError> {
        self.check_settings::<F>()?;
        check_shape(self, output, &target.target)?;
        check_masked(*self, target)
    }

    fn reduction(&self) -> Reduction {
        Elementwise::reduction(*self)
    }

    fn evaluate(&self, y: &Tensor<F>, target: &Masked<F>, dy: Option<&mut Tensor<F>>, losses: &mut [F]) {
        let fits = check_shape(self, y.shape(), &target.target);
        evaluate_masked(self, fits, |_| *self, y, target, dy, losses);
    }

    fn terms(&self, y: &Tensor<F>, target: &Masked<F>) -> Result<Tensor<F>, LossError> {
        self.check(y.shape(), target)?;
        Ok(masked(terms(|_| *self, y, &target.target), target))
    }
}

/// Checks the mask, and that the loss accepts each target that counts.
pub(crate) fn check_masked<F: Scalar, L: Elementwise>(loss: L, target: &Masked<F>) -> Result<(), LossError> {
    check_mask_shape(&loss, target)?;
    let Masked { target, mask } = target;
    for feature in 0..mask.features() {
        let wrong = |&counts: &F| counts != F::ZERO && counts != F::ONE;
        if let Some(sample) = mask.feature(feature).iter().position(wrong) {
            let (loss, found) = (loss.to_string(), mask.feature(feature)[sample].to_string());
            return Err(LossError::Mask { loss, sample, found });
        }
    }
    for feature in 0..target.features() {
        let (values, mask) = (target.feature(feature), mask.feature(feature / shared(target, mask)));
        let refused = |(&t, &counts): (&F, &F)| counts != F::ZERO && !(t.is_finite() && loss.accepts(t));
        if let Some(sample) = values.iter().zip(mask).position(refused) {
            let (loss, found) = (loss.to_string(), values[sample].to_string());
            return Err(LossError::Target { loss, sample, expected: L::TARGETS, found });
        }
    }
    Ok(())
}

/// Checks that the mask has the shape of the target, or of its first axes.
fn check_mask_shape<F: Scalar>(loss: &dyn Display, target: &Masked<F>) -> Result<(), LossError> {
    let (target, mask) = (target.target.shape(), target.mask.shape());
    if target.starts_with(mask) {
        return Ok(());
    }
    let expected = format!("a mask of the target's shape {target:?}, or of the first axes of it");
    Err(shape(loss, &expected, format!("{mask:?}")))
}

/// Returns the number of features of a target that share one of the mask.
fn shared<F: Scalar>(target: &Tensor<F>, mask: &Tensor<F>) -> usize {
    target.features() / mask.features().max(1)
}

/// Writes the loss of values with a mask, and its gradient. `fits` is whether the target without the mask fits the output.
pub(crate) fn evaluate_masked<F: Scalar, L: Elementwise>(
    loss: &dyn Display,
    fits: Result<(), LossError>,
    each: impl Fn(usize) -> L,
    y: &Tensor<F>,
    target: &Masked<F>,
    dy: Option<&mut Tensor<F>>,
    losses: &mut [F],
) {
    let fits = fits.and_then(|()| check_mask_shape(loss, target));
    expect(loss, fits, y, dy.as_deref(), losses.len(), false);
    let Masked { target, mask } = target;
    let mask = Mask { mask, shared: shared(target, mask) };
    add_up_as::<F, L, _, NetworkTotal<F>>(each, mask, y, target, dy, losses);
}

/// Replaces the terms of what does not count by 0.
pub(crate) fn masked<F: Scalar>(mut terms: Tensor<F>, target: &Masked<F>) -> Tensor<F> {
    let shared = shared(&target.target, &target.mask);
    for feature in 0..terms.features() {
        for (term, &counts) in
            terms.feature_mut(feature).iter_mut().zip(target.mask.feature(feature / shared))
        {
            if counts == F::ZERO {
                *term = F::ZERO;
            }
        }
    }
    terms
}

/// A mask as kernels read it.
#[derive(Clone, Copy)]
struct Mask<'a, F> {
    mask: &'a Tensor<F>,
    /// The number of features of the target that share one of the mask.
    shared: usize,
}

impl<F: Scalar> Weigh<F> for Mask<'_, F> {
    #[inline(always)]
    fn weigh(self, feature: usize, block: usize, terms: Lanes<F>) -> Lanes<F> {
        let blocks = self.mask.blocks_per_feature();
        only(Some(Lanes(self.mask.blocks()[feature / self.shared * blocks + block])), terms)
    }

    fn count(self, _y: &Tensor<F>) -> f64 {
        let ones = |feature| self.mask.feature(feature).iter().map(|counts| counts.to_f64()).sum::<f64>();
        (0..self.mask.features()).map(ones).sum::<f64>() * self.shared as f64
    }
}
