//! Losses that compare each output with its own target: a function f of the two and its derivative make a loss.

use std::fmt::Display;
use std::marker::PhantomData;

use nn_core::lanes::{LANES, Lanes};
use nn_core::simd::{Kernel, dispatch};
use nn_core::total::{NetworkTotal, StackTotal, Total};
use nn_core::{Scalar, SettingError, Tensor, Weighted};

use crate::fit::expect;
use crate::sample_weights::SampleWeights;
use crate::target::{FINITE, check_shape, check_values};
use crate::{Loss, LossError, Reduction};

/// A function f(y, t) of each output y and its target t. Every `Elementwise` is a [`Loss`] for an output and a target of the
/// same shape, of any rank, with N elements in n samples, and also for targets with [weights](Weighted) or with a
/// [mask](nn_core::Masked):
///
/// | reduction | value | gradient ∂L/∂y |
/// |---|---|---|
/// | `Mean` | 1/N Σ f(y, t) | 1/N f′(y, t) |
/// | `Sum` | Σ f(y, t) | f′(y, t) |
/// | `BatchMean` | 1/n Σ f(y, t) | 1/n f′(y, t) |
///
/// To write one, implement a type with a name and the two functions:
///
/// ```
/// use nn_core::gradcheck::check_gradient;
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Scalar, SettingError, Tensor, Weighted};
/// use nn_loss::{Elementwise, Loss, Reduction};
///
/// /// The mean of (y − t)⁴.
/// #[derive(Clone, Copy)]
/// struct Quartic;
///
/// impl Elementwise for Quartic {
///     fn reduction(self) -> Reduction {
///         Reduction::Mean
///     }
///     #[inline(always)]
///     fn f<F: Scalar>(self, y: F, t: F) -> F {
///         (y - t) * (y - t) * (y - t) * (y - t)
///     }
///     #[inline(always)]
///     fn df<F: Scalar>(self, y: F, t: F) -> F {
///         F::from_f64(4.0) * (y - t) * (y - t) * (y - t)
///     }
/// }
///
/// impl std::fmt::Display for Quartic {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         f.write_str("Quartic")
///     }
/// }
///
/// let (point, t) = ([0.5, 3.0], Tensor::from_column(&[1.0, 1.0]));
/// let (value, gradient) =
///     Quartic.value_and_gradient(&Tensor::from_column(&point), &t)?;
/// assert_eq!(value, (0.0625 + 16.0) / 2.0);
/// let value = |y: &[f64]| Quartic.value(&Tensor::from_column(y), &t).unwrap();
/// assert!(
///     check_gradient(
///         value,
///         &point,
///         gradient.feature(0),
///         &mut ChaCha8Rng::seed_from_u64(0)
///     ) < 1e-6
/// );
/// # Ok::<(), nn_loss::LossError>(())
/// ```
pub trait Elementwise: Copy + Display + Send + Sync {
    /// What a target must be, in the words of the error: "expected each target to be …".
    const TARGETS: &'static str = FINITE;

    /// How the terms become one number.
    fn reduction(self) -> Reduction;

    /// f(y, t). Mark it `#[inline(always)]`, and compute both values of an `if` before it: then it becomes vector instructions.
    fn f<F: Scalar>(self, y: F, t: F) -> F;

    /// f′(y, t) = ∂f/∂y. NaN where y or t is NaN, as f is, even if the formula does not contain it: nobody shall descend a loss
    /// that is NaN.
    fn df<F: Scalar>(self, y: F, t: F) -> F;

    /// Whether a finite number is one of the [`TARGETS`](Elementwise::TARGETS).
    fn accepts<F: Scalar>(self, _t: F) -> bool {
        true
    }

    /// Checks the settings, as the precision `F` sees them.
    ///
    /// # Errors
    /// [`SettingError`] for the first that makes no sense.
    fn check_settings<F: Scalar>(self) -> Result<(), SettingError> {
        Ok(())
    }

    /// [`Loss::check`]. Losses of this crate override it by the same, compiled [`once`](nn_core::once).
    #[doc(hidden)]
    fn check_loss<F: Scalar>(self, output: &[usize], target: &Tensor<F>) -> Result<(), LossError> {
        check(self, output, target)
    }

    /// [`Loss::evaluate`], likewise.
    #[doc(hidden)]
    fn evaluate_loss<F: Scalar>(
        self,
        y: &Tensor<F>,
        target: &Tensor<F>,
        dy: Option<&mut Tensor<F>>,
        losses: &mut [F],
    ) {
        evaluate(self, y, target, dy, losses);
    }
}

impl<F: Scalar, L: Elementwise> Loss<F, Tensor<F>> for L {
    fn check(&self, output: &[usize], target: &Tensor<F>) -> Result<(), LossError> {
        self.check_loss(output, target)
    }

    fn reduction(&self) -> Reduction {
        Elementwise::reduction(*self)
    }

    fn evaluate(&self, y: &Tensor<F>, target: &Tensor<F>, dy: Option<&mut Tensor<F>>, losses: &mut [F]) {
        self.evaluate_loss(y, target, dy, losses);
    }

    fn terms(&self, y: &Tensor<F>, target: &Tensor<F>) -> Result<Tensor<F>, LossError> {
        self.check_loss(y.shape(), target)?;
        Ok(terms(|_| *self, y, target))
    }

    fn stacks(&self) -> bool {
        true
    }
}

/// With weights of samples. Not compiled here but where it is used, because few are.
impl<F: Scalar, L: Elementwise> Loss<F, Weighted<Tensor<F>>> for L {
    fn check(&self, output: &[usize], target: &Weighted<Tensor<F>>) -> Result<(), LossError> {
        self.check_loss(output, &target.target)?;
        check_weights::<F>(self, output, target)
    }

    fn reduction(&self) -> Reduction {
        Elementwise::reduction(*self)
    }

    fn evaluate(
        &self,
        y: &Tensor<F>,
        target: &Weighted<Tensor<F>>,
        dy: Option<&mut Tensor<F>>,
        losses: &mut [F],
    ) {
        let fits = check_shape(self, y.shape(), &target.target);
        evaluate_weighted(self, fits, |_| *self, y, target, dy, losses);
    }

    fn terms(&self, y: &Tensor<F>, target: &Weighted<Tensor<F>>) -> Result<Tensor<F>, LossError> {
        self.check(y.shape(), target)?;
        Ok(weighted(terms(|_| *self, y, &target.target), &target.weights))
    }
}

/// Checks that there is one weight for each sample of an output, and the weights themselves.
pub(crate) fn check_weights<F: Scalar>(
    loss: &dyn Display,
    output: &[usize],
    target: &Weighted<Tensor<F>>,
) -> Result<(), LossError> {
    let weights = SampleWeights(&target.weights);
    weights.check_count(loss, output)?;
    weights.check_values::<F>(loss)
}

/// Writes the loss of samples with weights, and its gradient. `fits` is whether the target without weights fits the output.
pub(crate) fn evaluate_weighted<F: Scalar, L: Elementwise>(
    loss: &dyn Display,
    fits: Result<(), LossError>,
    each: impl Fn(usize) -> L,
    y: &Tensor<F>,
    target: &Weighted<Tensor<F>>,
    dy: Option<&mut Tensor<F>>,
    losses: &mut [F],
) {
    let weights = SampleWeights(&target.weights);
    let fits = fits.and_then(|()| weights.check_count(loss, y.shape()));
    expect(loss, fits, y, dy.as_deref(), losses.len(), false);
    add_up_as::<F, L, _, NetworkTotal<F>>(each, weights, y, &target.target, dy, losses);
}

/// Multiplies each term by the weight of its sample.
pub(crate) fn weighted<F: Scalar>(mut terms: Tensor<F>, weights: &[f64]) -> Tensor<F> {
    for feature in 0..terms.features() {
        for (term, &weight) in terms.feature_mut(feature).iter_mut().zip(weights) {
            *term = F::from_f64(weight) * *term;
        }
    }
    terms
}

/// How much each term counts.
pub(crate) trait Weigh<F>: Copy {
    /// Multiplies the terms of a block of samples of a feature by their weights.
    fn weigh(self, feature: usize, block: usize, terms: Lanes<F>) -> Lanes<F>;

    /// Returns the sum of the weights of all terms.
    fn count(self, y: &Tensor<F>) -> f64;
}

/// All weigh 1.
#[derive(Clone, Copy)]
struct Equal;

impl<F: Scalar> Weigh<F> for Equal {
    #[inline(always)]
    fn weigh(self, _feature: usize, _block: usize, terms: Lanes<F>) -> Lanes<F> {
        terms
    }

    fn count(self, y: &Tensor<F>) -> f64 {
        (y.samples() * y.features()) as f64
    }
}

impl<F: Scalar> Weigh<F> for SampleWeights<'_> {
    #[inline(always)]
    fn weigh(self, _feature: usize, block: usize, terms: Lanes<F>) -> Lanes<F> {
        self.block(block) * terms
    }

    fn count(self, y: &Tensor<F>) -> f64 {
        self.sum() * y.features() as f64
    }
}

/// Writes the two methods with which an [`Elementwise`] of this crate is compiled here.
macro_rules! compiled_here {
    ($Loss:ty) => {
        fn check_loss<F: nn_core::Scalar>(
            self,
            output: &[usize],
            target: &nn_core::Tensor<F>,
        ) -> Result<(), $crate::LossError> {
            nn_core::once! {
                fn check<'a, F>(
                    loss: $Loss,
                    output: &'a [usize],
                    target: &'a nn_core::Tensor<F>
                ) -> Result<(), $crate::LossError> {
                    $crate::elementwise::check(loss, output, target)
                }
            }
            check(self, output, target)
        }

        fn evaluate_loss<F: nn_core::Scalar>(
            self,
            y: &nn_core::Tensor<F>,
            target: &nn_core::Tensor<F>,
            dy: Option<&mut nn_core::Tensor<F>>,
            losses: &mut [F],
        ) {
            nn_core::once! {
                fn evaluate<'a, F>(
                    loss: $Loss,
                    y: &'a nn_core::Tensor<F>,
                    target: &'a nn_core::Tensor<F>,
                    dy: Option<&'a mut nn_core::Tensor<F>>,
                    losses: &'a mut [F]
                ) {
                    $crate::elementwise::evaluate(loss, y, target, dy, losses);
                }
            }
            evaluate(self, y, target, dy, losses);
        }
    };
}

pub(crate) use compiled_here;

pub(crate) fn check<F: Scalar, L: Elementwise>(
    loss: L,
    output: &[usize],
    target: &Tensor<F>,
) -> Result<(), LossError> {
    loss.check_settings::<F>()?;
    check_shape(&loss, output, target)?;
    check_targets(loss, target)
}

/// Checks that the loss accepts each target.
pub(crate) fn check_targets<F: Scalar, L: Elementwise>(loss: L, target: &Tensor<F>) -> Result<(), LossError> {
    check_values(&loss, target, L::TARGETS, |t| loss.accepts(t))
}

pub(crate) fn evaluate<F: Scalar, L: Elementwise>(
    loss: L,
    y: &Tensor<F>,
    target: &Tensor<F>,
    dy: Option<&mut Tensor<F>>,
    losses: &mut [F],
) {
    expect(&loss, check_shape(&loss, y.shape(), target), y, dy.as_deref(), losses.len(), true);
    add_up(|_| loss, y, target, dy, losses);
}

/// Writes the losses, and the gradient, of a loss that may differ among the features of an output: `each` is that of a feature.
pub(crate) fn add_up<F: Scalar, L: Elementwise>(
    each: impl Fn(usize) -> L,
    y: &Tensor<F>,
    target: &Tensor<F>,
    dy: Option<&mut Tensor<F>>,
    losses: &mut [F],
) {
    if losses.len() == 1 {
        add_up_as::<F, L, _, NetworkTotal<F>>(each, Equal, y, target, dy, losses);
    } else {
        add_up_as::<F, L, _, StackTotal<F>>(each, Equal, y, target, dy, losses);
    }
}

/// Writes the losses of terms that count as much as `weights` says.
pub(crate) fn add_up_as<F: Scalar, L: Elementwise, W: Weigh<F>, S: Total<F>>(
    each: impl Fn(usize) -> L,
    weights: W,
    y: &Tensor<F>,
    target: &Tensor<F>,
    dy: Option<&mut Tensor<F>>,
    losses: &mut [F],
) {
    let (count, samples) = (weights.count(y) / S::NETWORKS as f64, y.samples() / S::NETWORKS);
    let scale = each(0).reduction().scale(count, samples);
    let terms = Terms::<F, _, _, S> { each, weights, y, target, dy, scale, total: PhantomData };
    dispatch(terms).finish(scale, losses);
}

/// Returns f(y, t) for each output, where `each` is the loss of a feature.
pub(crate) fn terms<F: Scalar, L: Elementwise>(
    each: impl Fn(usize) -> L,
    y: &Tensor<F>,
    target: &Tensor<F>,
) -> Tensor<F> {
    let mut terms = y.clone();
    for feature in 0..y.features() {
        let loss = each(feature);
        for (y, &t) in terms.feature_mut(feature).iter_mut().zip(target.feature(feature)) {
            *y = loss.f(*y, t);
        }
    }
    terms
}

/// Σ f(y, t), and dy = scale · f′(y, t).
struct Terms<'a, F, E, W, S> {
    /// The loss of each feature.
    each: E,
    weights: W,
    y: &'a Tensor<F>,
    target: &'a Tensor<F>,
    dy: Option<&'a mut Tensor<F>>,
    scale: F,
    total: PhantomData<S>,
}

impl<F, L, E, W, S> Kernel for Terms<'_, F, E, W, S>
where
    F: Scalar,
    L: Elementwise,
    E: Fn(usize) -> L,
    W: Weigh<F>,
    S: Total<F>,
{
    type Output = S;

    #[inline(always)]
    fn run(self) -> S {
        let Terms { each, weights, y, target, dy, scale, .. } = self;
        let mut dy = dy.map(Tensor::blocks_mut);
        let (samples, blocks) = (y.samples(), y.blocks_per_feature());
        let mut total = S::zero();
        for feature in 0..y.features() {
            let loss = each(feature);
            let (y, t) =
                (&y.blocks()[feature * blocks..][..blocks], &target.blocks()[feature * blocks..][..blocks]);
            let mut dy = dy.as_mut().map(|dy| &mut dy[feature * blocks..][..blocks]);
            for first in (0..blocks).step_by(S::STRETCH) {
                let end = blocks.min(first + S::STRETCH);
                let full = end.min(samples / LANES);
                total.begin(end - first);
                for b in first..full {
                    let (y, t) = (Lanes(y[b]), Lanes(t[b]));
                    total.add(b, weights.weigh(feature, b, f(loss, y, t)));
                    if let Some(dy) = &mut dy {
                        (weights.weigh(feature, b, df(loss, y, t)) * Lanes::splat(scale)).store(&mut dy[b]);
                    }
                }
                // Padding is dropped after f, because f(0, 0) need not be 0.
                for b in full..end {
                    let (y, t) = (Lanes(y[b]), Lanes(t[b]));
                    total.add(b, weights.weigh(feature, b, f(loss, y, t)).keep(samples % LANES));
                    if let Some(dy) = &mut dy {
                        (weights.weigh(feature, b, df(loss, y, t)) * Lanes::splat(scale)).store(&mut dy[b]);
                    }
                }
            }
        }
        total
    }
}

/// f(y, t) of sixteen elements. No closure, because LLVM may call it: it is as long as the function in it.
#[inline(always)]
fn f<F: Scalar, L: Elementwise>(loss: L, Lanes(y): Lanes<F>, Lanes(t): Lanes<F>) -> Lanes<F> {
    let mut out = y;
    for lane in 0..LANES {
        out[lane] = loss.f(y[lane], t[lane]);
    }
    Lanes(out)
}

/// f′(y, t), likewise.
#[inline(always)]
fn df<F: Scalar, L: Elementwise>(loss: L, Lanes(y): Lanes<F>, Lanes(t): Lanes<F>) -> Lanes<F> {
    let mut out = y;
    for lane in 0..LANES {
        out[lane] = loss.df(y[lane], t[lane]);
    }
    Lanes(out)
}

/// −1, 0 or 1; NaN for NaN.
#[inline(always)]
pub(crate) fn sign<F: Scalar>(x: F) -> F {
    let below = if x < F::ZERO { -F::ONE } else { x };
    if x > F::ZERO { F::ONE } else { below }
}
