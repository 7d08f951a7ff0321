//! Full-batch gradient descent: the two algorithms of the report, which differ only in the network and the loss.

use nn_core::lanes::LANES;
use nn_core::rand::Rng;
use nn_core::{Mode, Module, Plan, Purpose, Scalar, Setting, SettingError, Stack, Tensor};
use nn_data::{Dataset, Target};
use nn_loss::Loss;

use crate::evaluation::Evaluation;
use crate::finite::{has_finite_parameters, is_finite};
use crate::fit::{Fit, fits_the_cache};
use crate::optim::Sgd;
use crate::{History, Step, TrainError};

/// Gradient descent on the whole data set, `epochs` times:
/// 1. ŷ ← network(x)
/// 2. record the loss L(ŷ, y)
/// 3. compute ∇L for every parameter W, from the last layer to the first
/// 4. W ← W − η ∇L
///
/// ```
/// use nn_train::prelude::*;
///
/// let mut rng = ChaCha8Rng::seed_from_u64(1);
/// let data = make_xor::<f32>(200, 0.3, &mut rng)?;
/// let mut network = Sequential::new()
///     .append(Linear::new(2, 8, &mut rng))
///     .append(Tanh)
///     .append(Linear::new(8, 2, &mut rng));
/// let history = GradientDescent::new(0.01, 1000).fit(
///     &mut network,
///     &CrossEntropyLoss::sum(),
///     &data,
///     &mut rng,
/// )?;
///
/// assert_eq!(history.loss.len(), 1000);
/// assert!(accuracy(data.y(), &argmax(&network.predict(data.x())?)?)? > 0.99);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GradientDescent {
    /// The learning rate η.
    pub learning_rate: f64,
    /// The number of updates.
    pub epochs: usize,
}

impl GradientDescent {
    /// Creates gradient descent with learning rate η for this many epochs.
    pub fn new(learning_rate: f64, epochs: usize) -> Self {
        GradientDescent { learning_rate, epochs }
    }

    /// Trains `model` in place; [`fit_one`](Fit::fit_one) also measures the loss on other data. `rng` serves
    /// the random parts of the network, such as dropout; descent itself is deterministic.
    ///
    /// With too large a learning rate the loss grows until it is infinite or NaN. This is not an error: the history records
    /// it, and whether the network itself [has diverged](History::diverged), and [`Trials`](crate::Trials) count it.
    ///
    /// # Errors
    /// Returns [`TrainError`], and leaves the model unchanged, if the network does not fit the data or the loss, the
    /// learning rate is not a finite number above 0, or there are 0 epochs.
    pub fn fit<F: Scalar, T: Target>(
        &self,
        model: &mut dyn Module<F>,
        loss: &dyn Loss<F, T>,
        data: &Dataset<F, T>,
        rng: &mut dyn Rng,
    ) -> Result<History<F>, TrainError> {
        self.fit_one(model, loss, data, None, rng)
    }

    fn check<F: Scalar>(&self) -> Result<(), SettingError> {
        Setting::of::<F>("GradientDescent", "learning rate", self.learning_rate).positive()?;
        SettingError::unless(
            self.epochs > 0,
            "GradientDescent",
            "number of epochs",
            "at least 1",
            self.epochs,
        )
    }
}

impl<F: Scalar, T: Target> Fit<F, T> for GradientDescent {
    fn fit_one(
        &self,
        model: &mut dyn Module<F>,
        loss: &dyn Loss<F, T>,
        data: &Dataset<F, T>,
        validation: Option<&Dataset<F, T>>,
        rng: &mut dyn Rng,
    ) -> Result<History<F>, TrainError> {
        self.check::<F>()?;
        let (x, y) = (data.x(), data.y());
        let mut step = Step::plan(model, loss, x, y)?;
        let mut held_out = match validation {
            Some(data) => {
                let plan = Evaluation::plan(model, loss, data.x(), data.y(), 1);
                Some((data, plan.map_err(|error| TrainError::Validation(Box::new(error)))?))
            }
            None => None,
        };
        let mut sgd = Sgd::new(self.learning_rate);
        let mut history = History::with_capacity(self.epochs).and_validation(held_out.is_some());
        for _ in 0..self.epochs {
            // All data was checked by the plan.
            history.loss.push(step.evaluate(model, loss, x, y, &mut Mode::Train(rng))[0]);
            sgd.descend(1, model, step.workspace());
            model.absorb(step.workspace());
            if let Some((data, evaluation)) = &mut held_out {
                history.validation.push(evaluation.run(model, loss, data.x(), data.y()).0[0]);
            }
        }
        history.best = lowest(&history.validation);
        history.diverged = !has_finite_parameters(model) || !is_finite(step.predict(model, x));
        Ok(history)
    }

    fn fit_stack(
        &self,
        models: [&mut dyn Module<F>; LANES],
        loss: &dyn Loss<F, T>,
        data: [&Dataset<F, T>; LANES],
        validation: Option<[&Dataset<F, T>; LANES]>,
        _: [&mut dyn Rng; LANES],
    ) -> Option<[History<F>; LANES]> {
        let Stacked { mut stack, x, y, mut step, mut held_out } =
            self.plan_stack(models.each_ref().map(|model| &**model), loss, data, validation)?;
        let mut sgd = Sgd::new(self.learning_rate);
        let history = || History::with_capacity(self.epochs).and_validation(held_out.is_some());
        let mut histories = std::array::from_fn(|_| history());
        for _ in 0..self.epochs {
            // Modules that stack behave the same in both modes.
            let losses = step.evaluate(stack.module(), loss, &x, &y, &mut Mode::Eval);
            for (history, &loss) in histories.iter_mut().zip(losses) {
                history.loss.push(loss);
            }
            sgd.descend(1, stack.module_mut(), step.workspace());
            if let Some((x, y, evaluation)) = &mut held_out {
                let (losses, _) = evaluation.run(stack.module(), loss, x, y);
                for (history, &loss) in histories.iter_mut().zip(losses) {
                    history.validation.push(loss);
                }
            }
        }
        let output = step.predict(stack.module(), &x);
        for (lane, (model, history)) in models.into_iter().zip(&mut histories).enumerate() {
            stack.copy_to(lane, model);
            let answers = output.blocks().iter().all(|networks| networks[lane].is_finite());
            history.best = lowest(&history.validation);
            history.diverged = !has_finite_parameters(model) || !answers;
        }
        Some(histories)
    }

    fn stacks(
        &self,
        model: &dyn Module<F>,
        loss: &dyn Loss<F, T>,
        data: &Dataset<F, T>,
        validation: Option<&Dataset<F, T>>,
    ) -> bool {
        let input = data.x().shape();
        let Ok(Plan { output, workspace }) = model.plan(input, Purpose::Train) else { return false };
        let validation = validation.map(|data| [data; LANES]);
        fits_the_cache(model, [input, &output], &workspace, 0)
            && self.plan_stack([model; LANES], loss, [data; LANES], validation).is_some()
    }
}

impl GradientDescent {
    /// Prepares all that training sixteen networks at once needs, or returns `None` when they have to be trained one by one: they
    /// differ or do not [stack](Module::stacked), their data differ in shape, the loss does not [stack](Loss::stacks), or
    /// [`fit`](GradientDescent::fit) would return an error.
    fn plan_stack<F: Scalar, T: Target>(
        &self,
        models: [&dyn Module<F>; LANES],
        loss: &dyn Loss<F, T>,
        data: [&Dataset<F, T>; LANES],
        validation: Option<[&Dataset<F, T>; LANES]>,
    ) -> Option<Stacked<F, T>> {
        if !loss.stacks() {
            return None;
        }
        self.check::<F>().ok()?;
        let stack = Stack::new(models)?;
        let (x, y) = interleaved(models, data)?;
        let step = Step::plan_lanes(stack.module(), loss, &x, &y, LANES).ok()?;
        let held_out = match validation {
            Some(data) => {
                let (x, y) = interleaved(models, data)?;
                let evaluation = Evaluation::plan(stack.module(), loss, &x, &y, LANES).ok()?;
                Some((x, y, evaluation))
            }
            None => None,
        };
        Some(Stacked { stack, x, y, step, held_out })
    }
}

/// Puts the data of sixteen networks side by side, unless they differ in shape or a network refuses its own.
fn interleaved<F: Scalar, T: Target>(
    models: [&dyn Module<F>; LANES],
    data: [&Dataset<F, T>; LANES],
) -> Option<(Tensor<F>, T)> {
    models.iter().zip(data).try_for_each(|(model, data)| model.check_values(data.x())).ok()?;
    Some((Tensor::interleave(data.map(Dataset::x))?, T::interleave(data.map(Dataset::y))?))
}

/// The epoch with the lowest loss, the first one in case of a tie, unless no loss is finite.
fn lowest<F: Scalar>(losses: &[F]) -> Option<usize> {
    let finite = (0..losses.len()).filter(|&epoch| losses[epoch].is_finite());
    finite.reduce(|best, epoch| if losses[epoch] < losses[best] { epoch } else { best })
}

/// Sixteen networks with their data and the memory of one step.
struct Stacked<F, T> {
    stack: Stack<F>,
    x: Tensor<F>,
    y: T,
    step: Step<F>,
    /// Data that are not learned from.
    held_out: Option<(Tensor<F>, T, Evaluation<F>)>,
}
