//! Binary cross-entropy on logits: the sigmoid and the logarithm in one.

use nn_core::Scalar;

use crate::error::check_setting;
use crate::reduction::loss;
use crate::{Elementwise, LossError, Reduction};

/// The binary cross-entropy of logits z against probabilities t from 0 to 1, of the same shape, N numbers in n samples,
/// with the sigmoid inside, as PyTorch's `BCEWithLogitsLoss`: for two classes with one output, or for many yes-or-no
/// questions at once. With σ(z) = 1 / (1 + e⁻ᶻ) and the weight w of the positive examples (1 unless set by
/// [`pos_weight`](BceWithLogitsLoss::pos_weight)):
///
/// - f = −w t ln σ(z) − (1 − t) ln (1 − σ(z))
/// - f′ = (1 − t) σ(z) − w t (1 − σ(z)), which is σ(z) − t for w = 1
///
/// | reduction | value | gradient ∂L/∂z |
/// |---|---|---|
/// | `Mean` | 1/N Σ f | 1/N f′ |
/// | `Sum` | Σ f | f′ |
/// | `BatchMean` | 1/n Σ f | 1/n f′ |
///
/// It never takes the logarithm of a probability: −ln σ(z) is max(−z, 0) + ln(1 + e^−|z|), so logits of ±1000 are exact, and a
/// small loss keeps its digits.
///
/// # Errors
/// Of its checks: another shape, no numbers, a target outside 0 to 1.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{BceWithLogitsLoss, Loss};
/// let (z, t) = (Tensor::from_column(&[0.0, -1000.0]), Tensor::from_column(&[0.0, 1.0]));
/// let (value, gradient) = BceWithLogitsLoss::sum().value_and_gradient(&z, &t)?;
/// assert_eq!(value, 2.0_f64.ln() + 1000.0);
/// assert_eq!(gradient, Tensor::from_column(&[0.5, -1.0]));
/// # Ok::<(), nn_loss::LossError>(())
/// ```
#[doc(alias = "BCEWithLogitsLoss")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BceWithLogitsLoss {
    /// Mean or sum, and of what.
    pub reduction: Reduction,
    pos_weight: f64,
}

loss!(BceWithLogitsLoss);

impl BceWithLogitsLoss {
    /// Sets w, the weight of the positive part of every term, the same for all outputs (PyTorch's `pos_weight` of one
    /// element). Where positive examples are rare, the number of the others for each of them balances the two. The mean
    /// divides by N all the same.
    ///
    /// # Errors
    /// [`LossError::Setting`] unless w is positive and finite.
    pub fn pos_weight(self, pos_weight: f64) -> Result<Self, LossError> {
        let fits = pos_weight > 0.0 && pos_weight.is_finite();
        check_setting(&self, "pos_weight", "positive and finite", pos_weight, fits)?;
        Ok(BceWithLogitsLoss { pos_weight, ..self })
    }
}

/// The mean, with w = 1.
impl Default for BceWithLogitsLoss {
    fn default() -> Self {
        BceWithLogitsLoss { reduction: Reduction::Mean, pos_weight: 1.0 }
    }
}

impl Elementwise for BceWithLogitsLoss {
    const TARGETS: &'static str = "a probability from 0 to 1";

    fn reduction(self) -> Reduction {
        self.reduction
    }

    #[inline(always)]
    fn f<F: Scalar>(self, z: F, t: F) -> F {
        let rest = (-z.abs()).exp_nonpositive().ln_1p_unit();
        let (above, below) = if z < F::ZERO { (F::ZERO, -z) } else { (z, F::ZERO) };
        F::from_f64(self.pos_weight) * t * (below + rest) + (F::ONE - t) * (above + rest)
    }

    #[inline(always)]
    fn df<F: Scalar>(self, z: F, t: F) -> F {
        let e = (-z.abs()).exp_nonpositive();
        // σ(z) and 1 − σ(z), both times 1 + e.
        let (yes, no) = if z < F::ZERO { (e, F::ONE) } else { (F::ONE, e) };
        ((F::ONE - t) * yes - F::from_f64(self.pos_weight) * t * no) / (F::ONE + e)
    }

    fn accepts<F: Scalar>(self, t: F) -> bool {
        t >= F::ZERO && t <= F::ONE
    }
}
