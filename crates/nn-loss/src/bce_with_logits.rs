//! Binary cross-entropy on logits: the sigmoid and the logarithm in one.

use nn_core::{Scalar, Setting, SettingError};

use crate::elementwise::compiled_here;
use crate::reduction::loss;
use crate::{Elementwise, Reduction};

/// The binary cross-entropy of logits z against probabilities t from 0 to 1, of the same shape, with N elements in n
/// samples and the sigmoid inside, as PyTorch's `BCEWithLogitsLoss`: for two classes with one output, or for many yes-or-no
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
/// The loss never takes the logarithm of a probability: −ln σ(z) is max(−z, 0) + ln(1 + e^−|z|). Logits of ±1000 are exact, and a
/// small loss keeps its digits.
///
/// # Errors
/// [`check`](crate::Loss::check) refuses an output without values, a target of another shape, a target that is not from 0 to 1,
/// and a w that is not finite or not above 0.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{BceWithLogitsLoss, Loss};
/// let (z, t) =
///     (Tensor::from_column(&[0.0, -1000.0]), Tensor::from_column(&[0.0, 1.0]));
/// let (value, gradient) = BceWithLogitsLoss::sum().value_and_gradient(&z, &t)?;
/// assert_eq!(value, 2.0_f64.ln() + 1000.0);
/// assert_eq!(gradient, Tensor::from_column(&[0.5, -1.0]));
/// # Ok::<(), nn_loss::LossError>(())
/// ```
#[doc(alias = "BCEWithLogitsLoss")]
#[doc(alias = "BinaryCrossentropy")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BceWithLogitsLoss {
    /// Mean or sum, and of what.
    pub reduction: Reduction,
    pos_weight: f64,
}

loss!(BceWithLogitsLoss);

impl BceWithLogitsLoss {
    /// Sets w, the weight of the positive part of every term, the same for all outputs (PyTorch's `pos_weight` with one
    /// element). Where positive examples are rare, the number of negative examples per positive one balances the two. The
    /// mean still divides by N.
    #[must_use]
    pub fn pos_weight(self, pos_weight: f64) -> Self {
        BceWithLogitsLoss { pos_weight, ..self }
    }
}

/// `Mean`, with w = 1.
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
        // σ(z) and 1 − σ(z), each times 1 + e.
        let (yes, no) = if z < F::ZERO { (e, F::ONE) } else { (F::ONE, e) };
        ((F::ONE - t) * yes - F::from_f64(self.pos_weight) * t * no) / (F::ONE + e)
    }

    fn accepts<F: Scalar>(self, t: F) -> bool {
        t >= F::ZERO && t <= F::ONE
    }

    fn check_settings<F: Scalar>(self) -> Result<(), SettingError> {
        Setting::of::<F>("BceWithLogitsLoss", "pos_weight", self.pos_weight).positive()
    }

    compiled_here!(BceWithLogitsLoss);
}
