//! Sixteen trainings at once, for trials of small networks.

use nn_core::lanes::LANES;
use nn_core::rand::Rng;
use nn_core::{Mode, Module, Plan, Purpose, Scalar, Stack, Tensor};
use nn_data::{Dataset, Target};
use nn_loss::Loss;

use super::batches::Clip;
use super::epoch_loss::EpochLoss;
use super::rate::Rate;
use super::{NonFinite, Trainer};
use crate::finite::has_finite_parameters;
use crate::fit::{Fit, fits_the_cache};
use crate::optim::clip_grad_value;
use crate::{History, Step, Stream, TrainError};

impl<F: Scalar, T: Target> Fit<F, T> for Trainer<'_, F, T> {
    fn fit_one(
        &self,
        model: &mut dyn Module<F>,
        loss: &dyn Loss<F, T>,
        data: &Dataset<F, T>,
        validation: Option<&Dataset<F, T>>,
        rng: &mut dyn Rng,
    ) -> Result<History<F>, TrainError> {
        self.fit(model, loss, data, validation, rng)
    }

    fn fit_stack(
        &self,
        models: [&mut dyn Module<F>; LANES],
        loss: &dyn Loss<F, T>,
        data: [&Dataset<F, T>; LANES],
        validation: Option<[&Dataset<F, T>; LANES]>,
        rngs: [&mut dyn Rng; LANES],
    ) -> Option<[History<F>; LANES]> {
        // Criteria and metrics of validation data belong to each network.
        if validation.is_some() {
            return None;
        }
        let stacked = Stacked::plan(self, models.each_ref().map(|model| &**model), loss, data)?;
        stacked.run(models, rngs.map(Rng::next_u64))
    }

    fn stacks(
        &self,
        model: &dyn Module<F>,
        loss: &dyn Loss<F, T>,
        data: &Dataset<F, T>,
        validation: Option<&Dataset<F, T>>,
    ) -> bool {
        let samples = self.batch_size.unwrap_or(usize::MAX).min(data.samples());
        let mut input = data.x().shape().to_vec();
        input[0] = samples;
        let Ok(Plan { output, workspace }) = model.plan(&input, Purpose::Train) else { return false };
        let kept = self.optimizer.elementwise().unwrap_or(0);
        validation.is_none()
            && fits_the_cache(model, [&input, &output], &workspace, kept)
            && Stacked::plan(self, [model; LANES], loss, [data; LANES]).is_some()
    }
}

/// Sixteen networks with their data and the memory of their batches.
struct Stacked<'s, F, T> {
    settings: &'s Trainer<'s, F, T>,
    loss: &'s dyn Loss<F, T>,
    data: [&'s Dataset<F, T>; LANES],
    stack: Stack<F>,
    size: usize,
    full: Batch<F, T>,
    last: Option<Batch<F, T>>,
}

/// A batch of each network, interleaved, and the memory of their step.
struct Batch<F, T> {
    x: Tensor<F>,
    y: T,
    step: Step<F>,
}

impl<'s, F: Scalar, T: Target> Stacked<'s, F, T> {
    /// Prepares the training, or returns `None` when the networks have to be trained one by one: what one network does must
    /// depend on nothing but its own numbers, and be the same for all.
    fn plan(
        settings: &'s Trainer<'_, F, T>,
        models: [&dyn Module<F>; LANES],
        loss: &'s dyn Loss<F, T>,
        data: [&'s Dataset<F, T>; LANES],
    ) -> Option<Self> {
        let samples = data[0].samples();
        settings.check(data[0].x().shape(), false).ok()?;
        settings.optimizer.elementwise()?;
        let by_network = matches!(settings.clip, Some(Clip::Norm(_)))
            || matches!(settings.rate, Rate::Plateau(_))
            || settings.non_finite != NonFinite::Continue
            || settings.training_metrics
            || settings.observer.is_some();
        let equal = data.iter().all(|data| data.samples() == samples);
        let augmented = !settings.augmentations.is_empty();
        if by_network || augmented || !equal || !loss.stacks() {
            return None;
        }
        let stack = Stack::new(models)?;
        let size = settings.batch_size.unwrap_or(samples).min(samples);
        let plan = |count: usize| {
            let first: Vec<usize> = (0..count).collect();
            let parts = data.map(|data| data.select(&first).ok());
            let parts: Vec<&Dataset<F, T>> = parts.iter().flatten().collect();
            let parts: [_; LANES] = parts.try_into().ok()?;
            let (mut x, mut y) =
                (Tensor::interleave(parts.map(Dataset::x))?, T::interleave(parts.map(Dataset::y))?);
            // Batches of a part of the samples are written lane by lane.
            if count < samples && !data[0].select_into_lane(&first, 0, &mut x, &mut y) {
                return None;
            }
            let step = Step::plan_lanes(stack.module(), loss, &x, &y, LANES).ok()?;
            Some(Batch { x, y, step })
        };
        let full = plan(size)?;
        let mut output = full.step.output().shape().to_vec();
        output[0] = samples;
        for (model, data) in models.iter().zip(data) {
            model.check_values(data.x()).ok()?;
            loss.check(&output, data.y()).ok()?;
        }
        let rest = samples % size.max(1);
        let last = if rest == 0 || settings.drop_last { None } else { Some(plan(rest)?) };
        Some(Stacked { settings, loss, data, stack, size, full, last })
    }

    /// Trains to the end; `None` if the optimiser refuses a step, as it does with a learning rate that a schedule made infinite.
    fn run(
        mut self,
        models: [&mut dyn Module<F>; LANES],
        seeds: [u64; LANES],
    ) -> Option<[History<F>; LANES]> {
        let Trainer { epochs, rate, clip, .. } = self.settings;
        let mut optimizer = self.settings.optimizer.fresh();
        let (initial, samples) = (optimizer.learning_rate(), self.data[0].samples());
        let mut histories = std::array::from_fn(|_| History::with_capacity(*epochs));
        let mut steps = 0;
        for index in 0..*epochs {
            let shuffle = |seed| Stream { seed, index: index as u64 }.permutation("shuffle", samples);
            let orders = (self.size < samples).then(|| seeds.map(shuffle));
            if let Rate::Epochs(schedule) = rate {
                optimizer.set_learning_rate(schedule.learning_rate(initial, index));
            }
            let mut losses: [_; LANES] = std::array::from_fn(|_| EpochLoss::new(self.loss.reduction()));
            for first in (0..samples).step_by(self.size) {
                let count = self.size.min(samples - first);
                let batch = if count == self.size { Some(&mut self.full) } else { self.last.as_mut() };
                let Some(Batch { x, y, step }) = batch else { break };
                for (lane, order) in orders.iter().flatten().enumerate() {
                    self.data[lane].select_into_lane(&order[first..first + count], lane, x, y);
                }
                if let Rate::Steps(schedule) = rate {
                    optimizer.set_learning_rate(schedule.learning_rate(initial, steps));
                }
                // Modules that stack behave the same in both modes.
                let values = step.evaluate(self.stack.module(), self.loss, x, y, &mut Mode::Eval);
                for (loss, &value) in losses.iter_mut().zip(values) {
                    loss.add(value, count);
                }
                if let Some(Clip::Value(bound)) = clip {
                    clip_grad_value(step.workspace_mut(), *bound).ok()?;
                }
                optimizer.step(self.stack.module_mut(), step.workspace()).ok()?;
                steps += 1;
            }
            for (history, loss) in histories.iter_mut().zip(losses) {
                history.loss.push(loss.value());
            }
        }
        let output = self.full.step.predict(self.stack.module(), &self.full.x);
        for (lane, (model, history)) in models.into_iter().zip(&mut histories).enumerate() {
            self.stack.copy_to(lane, model);
            let answers = output.blocks().iter().all(|networks| networks[lane].is_finite());
            history.diverged = !has_finite_parameters(model) || !answers;
        }
        Some(histories)
    }
}
