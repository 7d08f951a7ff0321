//! What the losses of classes share: the check of a batch, and its way to a kernel, for one network or for sixteen.

use std::borrow::Borrow;
use std::fmt::Display;
use std::iter::once;

use nn_core::lanes::{Block, LANES};
use nn_core::total::{NetworkTotal, StackTotal, Total};
use nn_core::{Scalar, SettingError, Tensor};

use crate::class_axis::{ClassAxis, Outputs};
use crate::class_weights::{check_count, check_weights};
use crate::fit::expect;
use crate::sample_weights::SampleWeights;
use crate::target::{Checked, Indices, Kind, Probabilities, Shares};
use crate::{LossError, Reduction};

/// A loss of outputs `[n, classes]`, and `[n, classes, …]` or `[n, …, classes]`.
pub(crate) trait ClassLoss: Display {
    /// How the terms become one number.
    fn reduction(&self) -> Reduction;

    /// The axis of the classes.
    fn class_axis(&self) -> ClassAxis;

    /// The weights of the classes, if they have any.
    fn weight(&self) -> Option<&[f64]> {
        None
    }

    /// The label of what is ignored, if there is one.
    fn ignore_index(&self) -> Option<usize> {
        None
    }

    /// Checks the settings other than [`weight`](ClassLoss::weight), as the precision `F` sees them.
    fn check_settings<F: Scalar>(&self) -> Result<(), SettingError> {
        Ok(())
    }

    /// The divisor of each term for this many classes.
    fn divisor(&self, _classes: usize) -> usize {
        1
    }

    /// Adds the terms of a batch to those before, and writes its gradient.
    fn add_up<F, T, S>(&self, batch: Batch<'_, F, T>, before: S) -> S
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
                        target: $Labels,
                        weights: Option<&'a [f64]>
                    ) -> Result<(), $crate::LossError> {
                        let weights = weights.map($crate::sample_weights::SampleWeights);
                        $crate::class_loss::Labels::<F>::check(target, loss, output, weights)
                    }
                }
                check::<F>(self, output, target.$labels(), target.weights())
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
                        weights: Option<&'a [f64]>,
                        dy: Option<&'a mut nn_core::Tensor<F>>,
                        losses: &'a mut [F]
                    ) {
                        let weights = weights.map($crate::sample_weights::SampleWeights);
                        $crate::class_loss::Labels::evaluate(target, loss, y, weights, dy, losses);
                    }
                }
                evaluate(self, y, target.$labels(), target.weights(), dy, losses);
            }

            fn terms(
                &self,
                y: &nn_core::Tensor<F>,
                target: &T,
            ) -> Result<nn_core::Tensor<F>, $crate::LossError> {
                nn_core::once! {
                    fn terms<'a, F>(
                        loss: &'a $Loss,
                        y: &'a nn_core::Tensor<F>,
                        target: $Labels,
                        weights: Option<&'a [f64]>
                    ) -> Result<nn_core::Tensor<F>, $crate::LossError> {
                        let weights = weights.map($crate::sample_weights::SampleWeights);
                        $crate::class_loss::Labels::terms(target, loss, y, weights)
                    }
                }
                terms(self, y, target.$labels(), target.weights())
            }

            fn stacks(&self) -> bool {
                !T::WEIGHTED && $crate::class_loss::stacks(self)
            }
        }
    };
}

pub(crate) use compiled_here;

/// What a loss of classes takes as its target: class indices, or either kind.
pub(crate) trait Labels<F: Scalar> {
    fn check(
        self,
        loss: &impl ClassLoss,
        output: &[usize],
        weights: Option<SampleWeights>,
    ) -> Result<(), LossError>;

    fn evaluate(
        self,
        loss: &impl ClassLoss,
        y: &Tensor<F>,
        weights: Option<SampleWeights>,
        dy: Option<&mut Tensor<F>>,
        losses: &mut [F],
    );

    fn terms(
        self,
        loss: &impl ClassLoss,
        y: &Tensor<F>,
        weights: Option<SampleWeights>,
    ) -> Result<Tensor<F>, LossError>;
}

impl<F: Scalar> Labels<F> for Indices<'_> {
    fn check(
        self,
        loss: &impl ClassLoss,
        output: &[usize],
        weights: Option<SampleWeights>,
    ) -> Result<(), LossError> {
        check::<F>(loss, output, &self, weights)
    }

    fn evaluate(
        self,
        loss: &impl ClassLoss,
        y: &Tensor<F>,
        weights: Option<SampleWeights>,
        dy: Option<&mut Tensor<F>>,
        losses: &mut [F],
    ) {
        let scale = scale(loss, y, &self, weights, dy.as_deref(), losses.len());
        let targets = self.parts(loss.class_axis());
        add_up::<F, [usize]>(loss, y, targets, weights, dy, scale, losses);
    }

    fn terms(
        self,
        loss: &impl ClassLoss,
        y: &Tensor<F>,
        weights: Option<SampleWeights>,
    ) -> Result<Tensor<F>, LossError> {
        check::<F>(loss, y.shape(), &self, weights)?;
        let labels = self.labels();
        Ok(terms(y, loss.class_axis(), weights, |block, y, weights, losses| {
            let rest = &labels[block * LANES..];
            let target = &rest[..rest.len().min(LANES)];
            add_up::<F, [usize]>(loss, y, once(target), weights, None, F::ONE, losses);
        }))
    }
}

impl<F: Scalar> Labels<F> for Kind<'_, F> {
    fn check(
        self,
        loss: &impl ClassLoss,
        output: &[usize],
        weights: Option<SampleWeights>,
    ) -> Result<(), LossError> {
        match self {
            Kind::Indices(target) => check::<F>(loss, output, &target, weights),
            Kind::Probabilities(target) => check::<F>(loss, output, target, weights),
        }
    }

    fn evaluate(
        self,
        loss: &impl ClassLoss,
        y: &Tensor<F>,
        weights: Option<SampleWeights>,
        dy: Option<&mut Tensor<F>>,
        losses: &mut [F],
    ) {
        match self {
            Kind::Indices(target) => target.evaluate(loss, y, weights, dy, losses),
            Kind::Probabilities(target) => {
                let scale = scale(loss, y, target, weights, dy.as_deref(), losses.len());
                let targets = Outputs::parts(target, loss.class_axis()).map(Probabilities::from);
                add_up::<F, Probabilities<F>>(loss, y, targets, weights, dy, scale, losses);
            }
        }
    }

    fn terms(
        self,
        loss: &impl ClassLoss,
        y: &Tensor<F>,
        weights: Option<SampleWeights>,
    ) -> Result<Tensor<F>, LossError> {
        match self {
            Kind::Indices(target) => target.terms(loss, y, weights),
            Kind::Probabilities(target) => {
                check::<F>(loss, y.shape(), target, weights)?;
                let axis = loss.class_axis();
                let mut sixteen = Tensor::zeros(&[LANES, axis.classes(y.shape())]);
                Ok(terms(y, axis, weights, |block, y, weights, losses| {
                    copy_block(target, axis, block, &mut sixteen);
                    let targets = Outputs::parts(&sixteen, axis).map(Probabilities::from);
                    add_up::<F, Probabilities<F>>(loss, y, targets, weights, None, F::ONE, losses);
                }))
            }
        }
    }
}

/// What a kernel works on.
pub(crate) struct Batch<'a, F, T: ?Sized> {
    pub(crate) y: Outputs<'a, F>,
    pub(crate) target: &'a T,
    /// The weights of the samples, if they have any.
    pub(crate) weights: Option<SampleWeights<'a>>,
    /// Where the gradient goes, if it is wanted.
    pub(crate) dy: Option<&'a mut [Block<F>]>,
    /// The factor of value and gradient.
    pub(crate) scale: F,
}

impl<'a, F, T: ?Sized> Batch<'a, F, T> {
    /// The same batch with another target.
    pub(crate) fn with<U: ?Sized>(self, target: &'a U) -> Batch<'a, F, U> {
        let Batch { y, weights, dy, scale, .. } = self;
        Batch { y, target, weights, dy, scale }
    }
}

fn check<F: Scalar>(
    loss: &impl ClassLoss,
    output: &[usize],
    target: &impl Checked,
    weights: Option<SampleWeights>,
) -> Result<(), LossError> {
    loss.check_settings::<F>()?;
    if let Some(weight) = loss.weight() {
        check_weights::<F>(loss, weight)?;
    }
    check_shape(loss, output, target, weights)?;
    weights.map_or(Ok(()), |weights| weights.check_values::<F>(loss))?;
    target.check_values(loss, loss.class_axis().classes(output), loss.ignore_index())
}

/// Checks that a target and the weights of samples and classes fit an output of this shape.
fn check_shape(
    loss: &impl ClassLoss,
    output: &[usize],
    target: &impl Checked,
    weights: Option<SampleWeights>,
) -> Result<(), LossError> {
    let axis = loss.class_axis();
    target.check_shape(loss, axis, output)?;
    weights.map_or(Ok(()), |weights| weights.check_count(loss, output))?;
    loss.weight().map_or(Ok(()), |weight| check_count(loss, weight, axis, output))
}

/// Returns the factor of value and gradient. Panics unless the arguments of an evaluation fit each other.
fn scale<F: Scalar>(
    loss: &impl ClassLoss,
    y: &Tensor<F>,
    target: &impl Checked,
    weights: Option<SampleWeights>,
    dy: Option<&Tensor<F>>,
    networks: usize,
) -> F {
    let fits = check_shape(loss, y.shape(), target, weights);
    expect(loss, fits, y, dy, networks, stacks(loss) && weights.is_none());
    let weight = loss.weight().unwrap_or_default();
    let count = target.count(loss.class_axis(), weight, loss.ignore_index(), weights);
    loss.reduction().scale(count / networks as f64, y.samples() / networks)
}

/// Writes the losses of an output, and its gradient. There is one target for each of its parts.
fn add_up<F: Scalar, T: Shares<F> + ?Sized>(
    loss: &impl ClassLoss,
    y: &Tensor<F>,
    targets: impl Iterator<Item = impl Borrow<T>>,
    weights: Option<SampleWeights>,
    dy: Option<&mut Tensor<F>>,
    scale: F,
    losses: &mut [F],
) {
    if losses.len() == 1 {
        add_up_as::<F, T, NetworkTotal<F>>(loss, y, targets, weights, dy, scale, losses);
    } else {
        add_up_as::<F, T, StackTotal<F>>(loss, y, targets, weights, dy, scale, losses);
    }
}

fn add_up_as<F: Scalar, T: Shares<F> + ?Sized, S: Total<F>>(
    loss: &impl ClassLoss,
    y: &Tensor<F>,
    targets: impl Iterator<Item = impl Borrow<T>>,
    weights: Option<SampleWeights>,
    dy: Option<&mut Tensor<F>>,
    scale: F,
    losses: &mut [F],
) {
    let (axis, blocks) = (loss.class_axis(), y.blocks().len());
    let scale = scale / F::from_f64(loss.divisor(axis.classes(y.shape())) as f64);
    let part = blocks / axis.parts(y.shape());
    let mut slopes = dy.map(|dy| dy.blocks_mut().chunks_exact_mut(part));
    let mut total = S::zero();
    for (y, target) in Outputs::parts(y, axis).zip(targets) {
        let dy = slopes.as_mut().and_then(Iterator::next);
        total = loss.add_up(Batch { y, target: target.borrow(), weights, dy, scale }, total);
    }
    total.finish(scale, losses);
}

/// Returns the loss of each sample and position. Sixteen of them are the losses of a stack of networks with one sample each, which
/// `add_up` writes for a block of y.
fn terms<F: Scalar>(
    y: &Tensor<F>,
    axis: ClassAxis,
    weights: Option<SampleWeights>,
    mut add_up: impl FnMut(usize, &Tensor<F>, Option<SampleWeights>, &mut [F]),
) -> Tensor<F> {
    let shape: Vec<usize> = axis.places(y.shape()).collect();
    let mut sixteen = Tensor::zeros(&[LANES, axis.classes(y.shape())]);
    let mut terms = Tensor::zeros(&shape);
    for (block, losses) in terms.blocks_mut().iter_mut().enumerate() {
        copy_block(y, axis, block, &mut sixteen);
        let weights = weights.map(|weights| weights.skip_blocks(block % y.blocks_per_feature()));
        add_up(block, &sixteen, weights, losses);
    }
    terms
}

/// Copies a block of each class. Blocks are counted through all positions.
fn copy_block<F: Scalar>(from: &Tensor<F>, axis: ClassAxis, block: usize, to: &mut Tensor<F>) {
    let per_class = from.blocks().len() / axis.parts(from.shape()) / axis.classes(from.shape());
    let part = Outputs::parts(from, axis).nth(block / per_class).expect("a part for each block");
    for (to, from) in to.blocks_mut().iter_mut().zip(part.blocks.chunks_exact(per_class)) {
        *to = from[block % per_class];
    }
}

/// All but the mean of what has weights or may be ignored, which has a divisor of its own for each network. The parts of outputs with
/// the classes last would be added up in another order.
pub(crate) fn stacks(loss: &impl ClassLoss) -> bool {
    let plain = loss.weight().is_none() && loss.ignore_index().is_none();
    loss.class_axis() == ClassAxis::Second && (plain || loss.reduction() != Reduction::Mean)
}
