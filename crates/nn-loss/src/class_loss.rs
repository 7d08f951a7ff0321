//! What the losses of classes share: the check of a batch, and its way to a kernel, for one network or for sixteen.

use std::fmt::Display;

use nn_core::total::{NetworkTotal, StackTotal, Total};
use nn_core::{Scalar, SettingError, Tensor};

use crate::class_weights::{check_count, check_weights};
use crate::fit::expect;
use crate::target::{Checked, Kind, Shares};
use crate::{LossError, Reduction};

/// A loss of outputs `[n, classes]`.
pub(crate) trait ClassLoss: Display {
    /// How the terms become one number.
    fn reduction(&self) -> Reduction;

    /// The weights of the classes, if they have any.
    fn weight(&self) -> Option<&[f64]> {
        None
    }

    /// Checks the settings other than [`weight`](ClassLoss::weight), as the precision `F` sees them.
    fn check_settings<F: Scalar>(&self) -> Result<(), SettingError> {
        Ok(())
    }

    /// Writes the losses of a batch, and its gradient.
    fn add_up<F, T, S>(&self, batch: Batch<'_, F, T>, losses: &mut [F])
    where
        F: Scalar,
        T: Shares<F> + ?Sized,
        S: Total<F>;
}

/// Implements [`Loss`](crate::Loss) for a [`ClassLoss`], for all targets of one trait. A method of that trait makes [`Labels`] of
/// them, of a type that is known, so that the rest is compiled here.
macro_rules! compiled_here {
    ($Loss:ty: $Bound:path, $labels:ident => $Labels:ty) => {
        impl<F: nn_core::Scalar, T: $Bound + ?Sized> $crate::Loss<F, T> for $Loss {
            fn check(&self, output: &[usize], target: &T) -> Result<(), $crate::LossError> {
                nn_core::once! {
                    fn check<'a, F>(
                        loss: &'a $Loss,
                        output: &'a [usize],
                        target: $Labels
                    ) -> Result<(), $crate::LossError> {
                        $crate::class_loss::Labels::<F>::check(target, loss, output)
                    }
                }
                check::<F>(self, output, target.$labels())
            }

            fn reduction(&self) -> $crate::Reduction {
                self.reduction
            }

            fn evaluate(
                &self,
                y: &nn_core::Tensor<F>,
                target: &T,
                dy: Option<&mut nn_core::Tensor<F>>,
                losses: &mut [F],
            ) {
                nn_core::once! {
                    fn evaluate<'a, F>(
                        loss: &'a $Loss,
                        y: &'a nn_core::Tensor<F>,
                        target: $Labels,
                        dy: Option<&'a mut nn_core::Tensor<F>>,
                        losses: &'a mut [F]
                    ) {
                        $crate::class_loss::Labels::evaluate(target, loss, y, dy, losses);
                    }
                }
                evaluate(self, y, target.$labels(), dy, losses);
            }

            fn stacks(&self) -> bool {
                $crate::class_loss::stacks(self)
            }
        }
    };
}

pub(crate) use compiled_here;

/// What a loss of classes takes as its target: class indices, or either kind.
pub(crate) trait Labels<F: Scalar> {
    fn check(self, loss: &impl ClassLoss, output: &[usize]) -> Result<(), LossError>;

    fn evaluate(self, loss: &impl ClassLoss, y: &Tensor<F>, dy: Option<&mut Tensor<F>>, losses: &mut [F]);
}

impl<F: Scalar> Labels<F> for &[usize] {
    fn check(self, loss: &impl ClassLoss, output: &[usize]) -> Result<(), LossError> {
        check::<F, _>(loss, output, self)
    }

    fn evaluate(self, loss: &impl ClassLoss, y: &Tensor<F>, dy: Option<&mut Tensor<F>>, losses: &mut [F]) {
        evaluate(loss, y, self, dy, losses);
    }
}

impl<F: Scalar> Labels<F> for Kind<'_, F> {
    fn check(self, loss: &impl ClassLoss, output: &[usize]) -> Result<(), LossError> {
        match self {
            Kind::Indices(target) => check::<F, _>(loss, output, target),
            Kind::Probabilities(target) => check(loss, output, target),
        }
    }

    fn evaluate(self, loss: &impl ClassLoss, y: &Tensor<F>, dy: Option<&mut Tensor<F>>, losses: &mut [F]) {
        match self {
            Kind::Indices(target) => evaluate(loss, y, target, dy, losses),
            Kind::Probabilities(target) => evaluate(loss, y, target, dy, losses),
        }
    }
}

/// What a kernel works on.
pub(crate) struct Batch<'a, F, T: ?Sized> {
    pub(crate) y: &'a Tensor<F>,
    pub(crate) target: &'a T,
    /// Where the gradient goes, if it is wanted.
    pub(crate) dy: Option<&'a mut Tensor<F>>,
    /// The factor of value and gradient.
    pub(crate) scale: F,
}

impl<'a, F, T: ?Sized> Batch<'a, F, T> {
    /// The same batch with another target.
    pub(crate) fn with<U: ?Sized>(self, target: &'a U) -> Batch<'a, F, U> {
        let Batch { y, dy, scale, .. } = self;
        Batch { y, target, dy, scale }
    }
}

fn check<F: Scalar, T: Checked<F> + ?Sized>(
    loss: &impl ClassLoss,
    output: &[usize],
    target: &T,
) -> Result<(), LossError> {
    loss.check_settings::<F>()?;
    if let Some(weight) = loss.weight() {
        check_weights::<F>(loss, weight)?;
    }
    check_shape(loss, output, target)?;
    target.check_values(loss, output[1])
}

/// Checks that a target and the weights of the classes fit an output of this shape.
fn check_shape<F: Scalar, T: Checked<F> + ?Sized>(
    loss: &impl ClassLoss,
    output: &[usize],
    target: &T,
) -> Result<(), LossError> {
    target.check_shape(loss, output)?;
    loss.weight().map_or(Ok(()), |weight| check_count(loss, weight, output))
}

fn evaluate<F: Scalar, T: Checked<F> + ?Sized>(
    loss: &impl ClassLoss,
    y: &Tensor<F>,
    target: &T,
    dy: Option<&mut Tensor<F>>,
    losses: &mut [F],
) {
    let networks = losses.len();
    expect(loss, check_shape(loss, y.shape(), target), y, dy.as_deref(), networks, stacks(loss));
    let terms = target.terms(loss.weight().unwrap_or_default()) / networks as f64;
    let scale = loss.reduction().scale(terms, y.samples() / networks);
    let batch = Batch { y, target, dy, scale };
    if networks == 1 {
        loss.add_up::<F, T, NetworkTotal<F>>(batch, losses);
    } else {
        loss.add_up::<F, T, StackTotal<F>>(batch, losses);
    }
}

/// All but a weighted mean, which has a divisor of its own for each network.
pub(crate) fn stacks(loss: &impl ClassLoss) -> bool {
    loss.weight().is_none() || loss.reduction() != Reduction::Mean
}
