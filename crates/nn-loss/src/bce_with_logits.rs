//! Binary cross-entropy on logits: the sigmoid and the logarithm in one.

use std::fmt;

use nn_core::{Masked, Scalar, Setting, SettingError, Tensor, Weighted, once};

use crate::elementwise::{self, check_targets};
use crate::fit::expect;
use crate::masked::{check_masked, evaluate_masked, masked};
use crate::reduction::loss;
use crate::target::{check_shape, shape};
use crate::{Elementwise, Loss, LossError, Reduction};

/// The binary cross-entropy of logits z against probabilities t from 0 to 1, of the same shape, with N elements in n
/// samples and the sigmoid inside, as PyTorch's `BCEWithLogitsLoss`: for two classes with one output, or for many yes-or-no
/// questions at once. With σ(z) = 1 / (1 + e⁻ᶻ) and the weight w of the positive examples (1 unless set by
/// [`pos_weight`](BceWithLogitsLoss::pos_weight), for all outputs or for each):
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
/// a w that is not finite or not above 0, and weights of outputs that are not one for each.
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
#[derive(Debug, Clone, PartialEq)]
pub struct BceWithLogitsLoss {
    /// Mean or sum, and of what.
    pub reduction: Reduction,
    pos_weight: PosWeight,
}

/// The weight of positive examples, for [`BceWithLogitsLoss::pos_weight`]: a number, or one for each output.
#[derive(Debug, Clone, PartialEq)]
pub enum PosWeight {
    /// The same for all outputs.
    All(f64),
    /// One for each output, of outputs `[n, outputs]` or `[n, outputs, …]`.
    Each(Vec<f64>),
}

loss!(BceWithLogitsLoss);

impl BceWithLogitsLoss {
    /// Sets w, the weight of the positive part of every term: a number for all outputs, or one for each, as PyTorch's
    /// `pos_weight`. Where positive examples are rare, the number of negative examples per positive one balances the two. The
    /// mean still divides by N.
    ///
    /// ```
    /// use nn_core::Tensor;
    /// use nn_loss::{BceWithLogitsLoss, Loss};
    /// // Two questions, the second with nine times as many answers of no.
    /// let loss = BceWithLogitsLoss::sum().pos_weight([1.0, 9.0]);
    /// let (z, yes) = (Tensor::zeros(&[1, 2]), Tensor::from_rows(&[[1.0, 1.0]]));
    /// assert_eq!(loss.value(&z, &yes)?, 2.0_f64.ln() + 9.0 * 2.0_f64.ln());
    /// # Ok::<(), nn_loss::LossError>(())
    /// ```
    #[must_use]
    pub fn pos_weight(self, pos_weight: impl Into<PosWeight>) -> Self {
        BceWithLogitsLoss { pos_weight: pos_weight.into(), ..self }
    }

    /// Returns the loss of each feature of an output of this shape.
    fn of_features(&self, output: &[usize]) -> impl Fn(usize) -> OneWeight {
        let positions: usize = output.iter().skip(2).product();
        move |feature| {
            let pos_weight = match &self.pos_weight {
                PosWeight::All(weight) => *weight,
                PosWeight::Each(weights) => weights[feature / positions],
            };
            OneWeight { reduction: self.reduction, pos_weight }
        }
    }

    /// Checks that the target and the weights of outputs fit an output of this shape.
    fn check_shape<F: Scalar>(&self, output: &[usize], target: &Tensor<F>) -> Result<(), LossError> {
        check_shape(self, output, target)?;
        match &self.pos_weight {
            PosWeight::Each(weights) if weights.len() != output.get(1).copied().unwrap_or(1) => {
                let count = weights.len();
                let expected = format!(
                    "an output [n, {count}] or [n, {count}, …], one for each of the {count} pos_weights"
                );
                Err(shape(self, &expected, format!("{output:?}")))
            }
            _ => Ok(()),
        }
    }

    fn check_settings<F: Scalar>(&self) -> Result<(), SettingError> {
        let positive = |name: &str, weight| Setting::of::<F>("BceWithLogitsLoss", name, weight).positive();
        match &self.pos_weight {
            PosWeight::All(weight) => positive("pos_weight", *weight),
            PosWeight::Each(weights) => {
                let mut outputs = weights.iter().enumerate();
                outputs.try_for_each(|(i, &weight)| positive(&format!("pos_weight of output {i}"), weight))
            }
        }
    }
}

/// `Mean`, with w = 1.
impl Default for BceWithLogitsLoss {
    fn default() -> Self {
        BceWithLogitsLoss { reduction: Reduction::Mean, pos_weight: PosWeight::All(1.0) }
    }
}

impl From<f64> for PosWeight {
    fn from(weight: f64) -> Self {
        PosWeight::All(weight)
    }
}

impl From<Vec<f64>> for PosWeight {
    fn from(weights: Vec<f64>) -> Self {
        PosWeight::Each(weights)
    }
}

impl From<&[f64]> for PosWeight {
    fn from(weights: &[f64]) -> Self {
        PosWeight::Each(weights.to_vec())
    }
}

impl<const N: usize> From<[f64; N]> for PosWeight {
    fn from(weights: [f64; N]) -> Self {
        PosWeight::Each(weights.to_vec())
    }
}

impl<F: Scalar> Loss<F, Tensor<F>> for BceWithLogitsLoss {
    fn check(&self, output: &[usize], target: &Tensor<F>) -> Result<(), LossError> {
        once! {
            fn check<'a, F>(
                loss: &'a BceWithLogitsLoss,
                output: &'a [usize],
                target: &'a Tensor<F>
            ) -> Result<(), LossError> {
                loss.check_settings::<F>()?;
                loss.check_shape(output, target)?;
                check_targets(OneWeight { reduction: loss.reduction, pos_weight: 1.0 }, target)
            }
        }
        check(self, output, target)
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn evaluate(&self, y: &Tensor<F>, target: &Tensor<F>, dy: Option<&mut Tensor<F>>, losses: &mut [F]) {
        once! {
            fn evaluate<'a, F>(
                loss: &'a BceWithLogitsLoss,
                y: &'a Tensor<F>,
                target: &'a Tensor<F>,
                dy: Option<&'a mut Tensor<F>>,
                losses: &'a mut [F]
            ) {
                let fits = loss.check_shape(y.shape(), target);
                expect(loss, fits, y, dy.as_deref(), losses.len(), true);
                elementwise::add_up(loss.of_features(y.shape()), y, target, dy, losses);
            }
        }
        evaluate(self, y, target, dy, losses);
    }

    fn terms(&self, y: &Tensor<F>, target: &Tensor<F>) -> Result<Tensor<F>, LossError> {
        self.check(y.shape(), target)?;
        Ok(elementwise::terms(self.of_features(y.shape()), y, target))
    }

    fn stacks(&self) -> bool {
        true
    }
}

/// With weights of samples.
impl<F: Scalar> Loss<F, Weighted<Tensor<F>>> for BceWithLogitsLoss {
    fn check(&self, output: &[usize], target: &Weighted<Tensor<F>>) -> Result<(), LossError> {
        self.check(output, &target.target)?;
        elementwise::check_weights::<F>(self, output, target)
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn evaluate(
        &self,
        y: &Tensor<F>,
        target: &Weighted<Tensor<F>>,
        dy: Option<&mut Tensor<F>>,
        losses: &mut [F],
    ) {
        let fits = self.check_shape(y.shape(), &target.target);
        elementwise::evaluate_weighted(self, fits, self.of_features(y.shape()), y, target, dy, losses);
    }

    fn terms(&self, y: &Tensor<F>, target: &Weighted<Tensor<F>>) -> Result<Tensor<F>, LossError> {
        self.check(y.shape(), target)?;
        let terms = elementwise::terms(self.of_features(y.shape()), y, &target.target);
        Ok(elementwise::weighted(terms, &target.weights))
    }
}

/// With a mask.
impl<F: Scalar> Loss<F, Masked<F>> for BceWithLogitsLoss {
    fn check(&self, output: &[usize], target: &Masked<F>) -> Result<(), LossError> {
        self.check_settings::<F>()?;
        self.check_shape(output, &target.target)?;
        check_masked(OneWeight { reduction: self.reduction, pos_weight: 1.0 }, target)
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn evaluate(&self, y: &Tensor<F>, target: &Masked<F>, dy: Option<&mut Tensor<F>>, losses: &mut [F]) {
        let fits = self.check_shape(y.shape(), &target.target);
        evaluate_masked(self, fits, self.of_features(y.shape()), y, target, dy, losses);
    }

    fn terms(&self, y: &Tensor<F>, target: &Masked<F>) -> Result<Tensor<F>, LossError> {
        self.check(y.shape(), target)?;
        Ok(masked(elementwise::terms(self.of_features(y.shape()), y, &target.target), target))
    }
}

/// The loss of one output.
#[derive(Clone, Copy)]
struct OneWeight {
    reduction: Reduction,
    pos_weight: f64,
}

impl fmt::Display for OneWeight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BceWithLogitsLoss")
    }
}

impl Elementwise for OneWeight {
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
}
