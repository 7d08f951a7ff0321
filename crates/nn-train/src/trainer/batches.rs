//! The memory of mini-batches, allocated once per training.

use std::iter::Peekable;
use std::slice::Chunks;

use nn_core::{Mode, Module, Scalar, Tensor, Workspace};
use nn_data::{Dataset, Gather, Target};
use nn_loss::Loss;

use super::{Augmentation, Trainer};
use crate::optim::{Objective, clip_grad_norm, clip_grad_value};
use crate::stream::as_dyn;
use crate::{Step, Stream, TrainError};

/// Batches of one size and, if that does not divide the number of samples, a smaller last one with a plan of its own.
pub(super) struct Batches<'d, F, T> {
    data: &'d Dataset<F, T>,
    /// What copies shuffled samples into batches, unless one batch holds them all.
    gather: Option<nn_data::Batches<'d, F, T>>,
    size: usize,
    full: Batch<F, T>,
    last: Option<Batch<F, T>>,
}

/// The copied samples of a batch and the memory of its step. A batch of the whole data set is copied only if its samples are to be
/// changed.
struct Batch<F, T> {
    samples: Option<Dataset<F, T>>,
    step: Step<F>,
}

/// How gradients are clipped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Clip {
    Norm(f64),
    Value(f64),
}

impl<'d, F: Scalar, T: Target> Batches<'d, F, T> {
    /// Checks that the network accepts the batches and that the loss can compare its output with all targets, then
    /// allocates the memory.
    pub(super) fn plan(
        settings: &Trainer<'_, F, T>,
        model: &dyn Module<F>,
        loss: &dyn Loss<F, T>,
        data: &'d Dataset<F, T>,
    ) -> Result<Self, TrainError> {
        let n = data.samples();
        let size = settings.batch_size.unwrap_or(n).min(n);
        let plan = |samples: usize| -> Result<Batch<F, T>, TrainError> {
            if samples == n && settings.augmentations.is_empty() {
                return Ok(Batch { samples: None, step: Step::plan(model, loss, data.x(), data.y())? });
            }
            let first: Vec<usize> = (0..samples).collect();
            let copy = data.select(&first).expect("the first samples of as many or more");
            let step = Step::plan(model, loss, copy.x(), copy.y())?;
            Ok(Batch { samples: Some(copy), step })
        };
        let full = plan(size)?;
        model.check_values(data.x())?;
        let mut all = full.step.output().shape().to_vec();
        all[0] = n;
        loss.check(&all, data.y())?;
        let rest = n % size.max(1);
        let last = if rest == 0 || settings.drop_last { None } else { Some(plan(rest)?) };
        let gather = (size < n).then(|| data.batches());
        Ok(Batches { data, gather, size, full, last })
    }

    /// Returns the output, after the training, for the samples of the last full batch.
    pub(super) fn predict(&mut self, model: &dyn Module<F>) -> &Tensor<F> {
        let Batch { samples, step } = &mut self.full;
        step.predict(model, samples.as_ref().unwrap_or(self.data).x())
    }

    /// Returns the number of samples in each batch except the last.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Returns whether one batch is the whole data set, so that there is nothing to shuffle.
    pub(super) fn whole(&self) -> bool {
        self.gather.is_none()
    }

    /// Returns the number of batches in an epoch of `n` samples.
    pub(super) fn count(&self, n: usize) -> usize {
        n / self.size + usize::from(self.last.is_some())
    }

    /// Starts a pass over the samples in `order`. `first` is the random stream of its first batch; each further batch has
    /// the stream of the next index, which counts the training's steps. Whether losses and gradients are finite is only looked
    /// at if they are `watched`.
    pub(super) fn pass<'p>(
        &'p mut self,
        loss: &'p dyn Loss<F, T>,
        order: &'p [usize],
        (clip, watched): (Option<Clip>, bool),
        augmentations: &'p [Augmentation<'p, F>],
        first: Stream,
    ) -> Pass<'p, 'd, F, T> {
        let rest = order.chunks(self.size).peekable();
        Pass { batches: self, loss, rest, clip, watched, augmentations, next: first }
    }
}

/// The remaining batches of a pass.
pub(super) struct Pass<'p, 'd, F, T> {
    batches: &'p mut Batches<'d, F, T>,
    loss: &'p dyn Loss<F, T>,
    rest: Peekable<Chunks<'p, usize>>,
    clip: Option<Clip>,
    watched: bool,
    augmentations: &'p [Augmentation<'p, F>],
    next: Stream,
}

impl<F: Scalar, T: Target> Pass<'_, '_, F, T> {
    /// Copies the samples of the next batch into its memory and augments them; returns `None` at the end. This is not an
    /// `Iterator`, because all batches of one size share that memory.
    pub(super) fn next(&mut self) -> Option<BatchLoss<'_, F, T>> {
        let samples = self.rest.next()?;
        let batches = &mut *self.batches;
        let batch =
            if samples.len() == batches.size { Some(&mut batches.full) } else { batches.last.as_mut() };
        let Batch { samples: copy, step } = batch?;
        let stream = self.next;
        self.next.index += 1;
        let data = match copy {
            Some(copy) => {
                match &batches.gather {
                    Some(gather) => {
                        gather.gather(samples, self.rest.peek().copied().unwrap_or_default(), copy);
                    }
                    None => batches.data.select_into(samples, copy),
                }
                augment(copy, self.augmentations, stream);
                &*copy
            }
            None => batches.data,
        };
        let (clip, watched) = (self.clip, self.watched);
        Some(BatchLoss { loss: self.loss, data, step, clip, watched, finite: true, stream })
    }
}

/// Changes the samples of a batch by one augmentation after another, with the random numbers of its step.
fn augment<F: Scalar, T: Target>(
    batch: &mut Dataset<F, T>,
    augmentations: &[Augmentation<'_, F>],
    stream: Stream,
) {
    if augmentations.is_empty() {
        return;
    }
    let rng = &mut stream.rng("augment");
    for augmentation in augmentations {
        batch.augment(&**augmentation, as_dyn(rng)).expect("all augmentations were checked");
    }
}

/// The loss of one batch as a function of the parameters. The random parts of the network (dropout) are the same in each
/// evaluation, because a line search needs one function.
pub(super) struct BatchLoss<'a, F, T> {
    loss: &'a dyn Loss<F, T>,
    data: &'a Dataset<F, T>,
    step: &'a mut Step<F>,
    clip: Option<Clip>,
    watched: bool,
    finite: bool,
    stream: Stream,
}

impl<F: Scalar, T: Target> BatchLoss<'_, F, T> {
    /// Returns the number of samples.
    pub(super) fn samples(&self) -> usize {
        self.data.samples()
    }

    /// Returns the index of this step in the training, counted from 0.
    pub(super) fn index(&self) -> usize {
        self.stream.index as usize
    }

    /// Returns whether loss and gradient (before it was clipped) of the last evaluation are finite, if they are watched.
    pub(super) fn is_finite(&self) -> bool {
        self.finite
    }
}

impl<F: Scalar, T: Target> Objective<F> for BatchLoss<'_, F, T> {
    fn evaluate(&mut self, model: &dyn Module<F>) -> F {
        let rng = &mut self.stream.rng("step");
        // All data was checked by the plan.
        let mode = &mut Mode::Train(as_dyn(rng));
        let value = self.step.evaluate(model, self.loss, self.data.x(), self.data.y(), mode)[0];
        if self.watched {
            self.finite = value.is_finite();
            self.step.workspace_mut().for_each_gradient_mut(&mut |gradient| {
                self.finite &= gradient.iter().all(|g| g.is_finite());
            });
        }
        let clipped = match self.clip {
            Some(Clip::Norm(norm)) => clip_grad_norm(self.step.workspace_mut(), norm).map(drop),
            Some(Clip::Value(bound)) => clip_grad_value(self.step.workspace_mut(), bound),
            None => Ok(()),
        };
        clipped.expect("the bound was checked");
        value
    }

    fn workspace(&self) -> &Workspace<F> {
        self.step.workspace()
    }
}
