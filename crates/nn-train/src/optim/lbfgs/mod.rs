//! The quasi-Newton method for full batches.

mod curvature;
mod flat;
mod search;

use std::fmt;

use nn_core::{Module, Parameters, Scalar, Setting, SettingError, StateDict, StateError, Workspace};

use super::vector::{dot, max_abs};
use super::{Objective, Optimizer, OptimizerError, check_gradients};
use curvature::Curvature;
use search::{Line, Search, strong_wolfe};

/// L-BFGS: W ← W + t d with d = −H ∇W, where H approximates the inverse of the Hessian from the last changes of the
/// parameters and of the gradient. For the whole data set alone, because the noise of batches spoils H: a
/// [`Trainer`](crate::Trainer) refuses smaller batches.
///
/// [`minimize`](Optimizer::minimize) takes up to `max_iter` such steps. Each has the length t = η (in the very first one
/// min(1, 1 / Σ|∇W|) η), or is found by a line search for the strong Wolfe conditions with η as its first guess. It ends
/// earlier when the loss was evaluated `max_eval` times, max |∇W| is at most `tolerance_grad`, or max |t d| or the change of
/// the loss is at most `tolerance_change`. The objective's workspace then holds the gradients of the last point tried,
/// which are not always those of the parameters.
///
/// [`step`](Optimizer::step) has a single gradient, so it takes one step of length η, as `minimize` does with `max_iter` 1
/// and no line search. With a line search it returns an error.
///
/// Defaults: at most 20 steps and 5/4 as many evaluations, tolerances 10⁻⁷ and 10⁻⁹, a history of 100 steps, no line
/// search. Remembers two vectors as long as all parameters together for each step of the history, under the names that
/// PyTorch has for them (`old_dirs`, `old_stps`, …). Sources: Nocedal 1980; Nocedal and Wright, Numerical optimization, 2006,
/// algorithms 7.4, 3.5 and 3.6.
///
/// ```
/// use nn_train::optim::{Lbfgs, Objective, Optimizer};
/// use nn_train::{Step, prelude::*};
///
/// struct Fit {
///     step: Step<f64>,
///     data: Dataset<f64, Tensor<f64>>,
///     rng: ChaCha8Rng,
/// }
///
/// impl Objective<f64> for Fit {
///     fn evaluate(&mut self, model: &dyn Module<f64>) -> f64 {
///         let (x, y) = (self.data.x(), self.data.y());
///         self.step
///             .run(model, &MseLoss::mean(), x, y, &mut self.rng)
///             .expect("the planned shapes")
///     }
///
///     fn workspace(&self) -> &nn_core::Workspace<f64> {
///         self.step.workspace()
///     }
/// }
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let mut line = Linear::new(1, 1, &mut rng);
/// let data = Dataset::new(
///     Tensor::from_column(&[0.0, 1.0, 2.0]),
///     Tensor::from_column(&[1.0, 3.0, 5.0]),
/// )?;
/// let step = Step::plan(&line, &MseLoss::mean(), data.x(), data.y())?;
/// let mut lbfgs = Lbfgs::new(1.0).strong_wolfe();
/// lbfgs.minimize(&mut line, &mut Fit { step, data, rng })?;
/// assert!(
///     (line.weight()[[0, 0]] - 2.0).abs() < 1e-6
///         && (line.bias()[0] - 1.0).abs() < 1e-6
/// );
/// # use nn_train::nn_core;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Lbfgs<F> {
    learning_rate: f64,
    max_iter: usize,
    max_eval: Option<usize>,
    tolerance_grad: f64,
    tolerance_change: f64,
    history_size: usize,
    strong_wolfe: bool,
    /// Made by the first step.
    memory: Option<Memory<F>>,
}

/// What is remembered of one model.
#[derive(Debug, Clone, PartialEq)]
struct Memory<F> {
    curvature: Curvature<F>,
    search: Search<F>,
}

impl<F: Scalar> Memory<F> {
    fn new(curvature: Curvature<F>) -> Self {
        let search = Search::new(curvature.gradient.len());
        Memory { curvature, search }
    }
}

/// The memory is to stay limited.
const LONGEST_HISTORY: usize = 10_000;

impl<F: Scalar> Lbfgs<F> {
    /// With learning rate η. Newton's own step is 1.
    pub fn new(learning_rate: f64) -> Self {
        Lbfgs {
            learning_rate,
            max_iter: 20,
            max_eval: None,
            tolerance_grad: 1e-7,
            tolerance_change: 1e-9,
            history_size: 100,
            strong_wolfe: false,
            memory: None,
        }
    }

    /// With at most this many steps in each [`minimize`](Optimizer::minimize).
    #[must_use]
    pub fn max_iter(self, max_iter: usize) -> Self {
        Lbfgs { max_iter, ..self }
    }

    /// With at most about this many evaluations of the loss in each [`minimize`](Optimizer::minimize): no step starts after
    /// them. Default: 5/4 `max_iter`, rounded down.
    #[must_use]
    pub fn max_eval(self, max_eval: usize) -> Self {
        Lbfgs { max_eval: Some(max_eval), ..self }
    }

    /// Ends when max |∇W| is at most this.
    #[must_use]
    pub fn tolerance_grad(self, tolerance_grad: f64) -> Self {
        Lbfgs { tolerance_grad, ..self }
    }

    /// Ends when no parameter changes by more than this, or the loss changes by less.
    #[must_use]
    pub fn tolerance_change(self, tolerance_change: f64) -> Self {
        Lbfgs { tolerance_change, ..self }
    }

    /// With H computed from this many steps, at most 10 000. The first step allocates the memory for all of them.
    #[must_use]
    pub fn history_size(self, history_size: usize) -> Self {
        Lbfgs { history_size, ..self }
    }

    /// With a line search for the strong Wolfe conditions: the loss falls by 10⁻⁴ of what the slope promises, and the
    /// slope to 0.9 of itself.
    #[must_use]
    pub fn strong_wolfe(self) -> Self {
        Lbfgs { strong_wolfe: true, ..self }
    }

    fn evaluations_allowed(&self) -> usize {
        self.max_eval.unwrap_or(self.max_iter.saturating_mul(5) / 4)
    }

    /// Checks the model and its gradients, and makes the memory in the first step.
    fn begin(
        &mut self,
        model: &mut dyn Parameters<F>,
        workspace: &Workspace<F>,
    ) -> Result<&mut Memory<F>, OptimizerError> {
        check_gradients(model, workspace)?;
        if self.memory.as_ref().is_none_or(|memory| memory.curvature.size() != self.history_size) {
            self.memory = None;
        }
        let memory = self.memory.get_or_insert_with(|| Memory::new(Curvature::of(model, self.history_size)));
        memory.curvature.check_model(model)?;
        Ok(memory)
    }
}

impl<F: Scalar> Optimizer<F> for Lbfgs<F> {
    fn name(&self) -> &'static str {
        "Lbfgs"
    }

    fn fresh(&self) -> Box<dyn Optimizer<F>> {
        Box::new(Lbfgs { memory: None, ..self.clone() })
    }

    fn needs_full_batches(&self) -> bool {
        true
    }

    fn check(&self) -> Result<(), SettingError> {
        let setting = |name, value| Setting::of::<F>("Lbfgs", name, value);
        let count =
            |name, right, expected, found| SettingError::unless(right, "Lbfgs", name, expected, found);
        setting("learning rate", self.learning_rate).at_least_0()?;
        setting("tolerance of the gradient", self.tolerance_grad).at_least_0()?;
        setting("tolerance of the change", self.tolerance_change).at_least_0()?;
        count("number of iterations", self.max_iter > 0, "at least 1", self.max_iter)?;
        let evaluations = self.evaluations_allowed();
        count("number of evaluations", evaluations > 0, "at least 1", evaluations)?;
        let fits = (1..=LONGEST_HISTORY).contains(&self.history_size);
        count("size of the history", fits, "a number from 1 to 10000", self.history_size)
    }

    fn step(
        &mut self,
        model: &mut dyn Parameters<F>,
        workspace: &Workspace<F>,
    ) -> Result<(), OptimizerError> {
        self.check()?;
        if self.strong_wolfe {
            return Err(OptimizerError::NeedsObjective);
        }
        let (learning_rate, tolerances) = (self.learning_rate, [self.tolerance_grad, self.tolerance_change]);
        let Memory { curvature, .. } = self.begin(model, workspace)?;
        curvature.read_gradient(model, workspace);
        // NaN passes both comparisons, so that the step shows it.
        if max_abs(&curvature.gradient) <= tolerances[0] {
            return Ok(());
        }
        curvature.aim(learning_rate);
        if dot(&curvature.gradient, &curvature.direction) > -tolerances[1] {
            return Ok(());
        }
        curvature.walk(model);
        Ok(())
    }

    fn minimize(
        &mut self,
        model: &mut dyn Module<F>,
        objective: &mut dyn Objective<F>,
    ) -> Result<F, OptimizerError> {
        self.check()?;
        let first_loss = objective.evaluate(model);
        let (max_iter, max_eval, line_search) =
            (self.max_iter, self.evaluations_allowed(), self.strong_wolfe);
        let (learning_rate, tolerance_grad, tolerance) =
            (self.learning_rate, self.tolerance_grad, self.tolerance_change);
        let Memory { curvature, search } = self.begin(model, objective.workspace())?;
        curvature.read_gradient(model, objective.workspace());
        let mut loss = first_loss.to_f64();
        let mut evaluations = 1;
        let mut optimal = max_abs(&curvature.gradient) <= tolerance_grad;
        for iteration in 1..=max_iter {
            if optimal || (iteration > 1 && evaluations >= max_eval) {
                break;
            }
            let before = loss;
            curvature.aim(learning_rate);
            let slope = dot(&curvature.gradient, &curvature.direction);
            if slope > -tolerance {
                break;
            }
            if line_search {
                let left = max_eval.saturating_sub(evaluations);
                let Curvature { direction, gradient, t, .. } = &mut *curvature;
                let line = Line { direction, gradient, t, loss, slope };
                let found = strong_wolfe(search, line, model, objective, left, tolerance);
                loss = found.loss;
                evaluations += found.evaluations;
            } else {
                curvature.walk(model);
                if iteration < max_iter {
                    // The loss after the last step is not used.
                    loss = objective.evaluate(model).to_f64();
                    curvature.read_gradient(model, objective.workspace());
                    evaluations += 1;
                }
            }
            optimal = max_abs(&curvature.gradient) <= tolerance_grad;
            if curvature.stride() <= tolerance || (loss - before).abs() < tolerance {
                break;
            }
        }
        curvature.evaluations = curvature.evaluations.saturating_add(evaluations as u64);
        Ok(first_loss)
    }

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn set_learning_rate(&mut self, learning_rate: f64) {
        self.learning_rate = learning_rate;
    }

    fn state_dict(&self) -> StateDict<F> {
        self.memory.as_ref().map_or_else(StateDict::new, |memory| memory.curvature.state_dict())
    }

    fn load_state_dict(&mut self, model: &dyn Parameters<F>, state: &StateDict<F>) -> Result<(), StateError> {
        self.memory = match state.entries() {
            [] => None,
            _ => Some(Memory::new(Curvature::load(model, self.history_size, state)?)),
        };
        Ok(())
    }
}

/// PyTorch's learning rate, 1.
impl<F: Scalar> Default for Lbfgs<F> {
    fn default() -> Self {
        Lbfgs::new(1.0)
    }
}

impl<F: Scalar> fmt::Display for Lbfgs<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lbfgs(learning rate {}, at most {} iterations", self.learning_rate, self.max_iter)?;
        if let Some(max_eval) = self.max_eval {
            write!(f, " and {max_eval} evaluations")?;
        }
        if self.tolerance_grad != 1e-7 {
            write!(f, ", tolerance of the gradient {:e}", self.tolerance_grad)?;
        }
        if self.tolerance_change != 1e-9 {
            write!(f, ", tolerance of the change {:e}", self.tolerance_change)?;
        }
        if self.history_size != 100 {
            write!(f, ", history {}", self.history_size)?;
        }
        if self.strong_wolfe {
            write!(f, ", strong Wolfe")?;
        }
        write!(f, ")")
    }
}
