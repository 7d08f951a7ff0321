//! One training step: forward, loss, backward.

use nn_core::rand::Rng;
use nn_core::{
    Accumulate, Mode, Module, ModuleError, Plan, Purpose, Scalar, SettingError, Tensor, Workspace,
};
use nn_data::Target;
use nn_loss::Loss;

use crate::TrainError;

/// The memory of one training step, allocated once for a network, a loss and a batch shape. [`Step::run`] allocates nothing
/// itself; only sharing the work of wide layers with other threads may.
///
/// [`GradientDescent`](crate::GradientDescent) repeats such steps; use them to write a training loop of your own.
///
/// ```
/// use nn_core::{
///     Linear, Parameters, Tensor,
///     rand::{SeedableRng, rngs::ChaCha8Rng},
/// };
/// use nn_loss::MseLoss;
/// use nn_train::Step;
/// use nn_train::optim::{Optimizer, Sgd};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let (x, y) = (
///     Tensor::from_column(&[0.0, 1.0, 2.0]),
///     Tensor::from_column(&[1.0, 3.0, 5.0]),
/// );
/// let (mut line, loss) = (Linear::new(1, 1, &mut rng), MseLoss::mean());
/// let mut step = Step::plan(&line, &loss, &x, &y)?;
/// let mut sgd = Sgd::new(0.1);
/// for _ in 0..2000 {
///     step.run(&line, &loss, &x, &y, &mut rng)?;
///     sgd.step(&mut line, step.workspace())?;
///     line.absorb(step.workspace());
/// }
/// assert!(
///     (line.weight()[[0, 0]] - 2.0_f64).abs() < 1e-9
///         && (line.bias()[0] - 1.0_f64).abs() < 1e-9
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Step<F> {
    /// The planned shape.
    input: Vec<usize>,
    workspace: Workspace<F>,
    output: Tensor<F>,
    gradient: Tensor<F>,
    /// One for each network.
    losses: Vec<F>,
}

impl<F: Scalar> Step<F> {
    /// Checks that the network accepts the shape and values of `x` and that the loss can compare its output with `y`, then
    /// allocates the memory.
    ///
    /// # Errors
    /// Returns [`TrainError::Module`] or [`TrainError::Loss`] when they do not fit.
    pub fn plan<T: ?Sized>(
        model: &dyn Module<F>,
        loss: &dyn Loss<F, T>,
        x: &Tensor<F>,
        y: &T,
    ) -> Result<Self, TrainError> {
        Step::plan_lanes(model, loss, x, y, 1)
    }

    /// Does what [`plan`](Step::plan) does, for the module of a stack of this many networks and their interleaved batches.
    pub(crate) fn plan_lanes<T: ?Sized>(
        model: &dyn Module<F>,
        loss: &dyn Loss<F, T>,
        x: &Tensor<F>,
        y: &T,
        networks: usize,
    ) -> Result<Self, TrainError> {
        let Plan { output, workspace } = model.plan(x.shape(), Purpose::Train)?;
        model.check_values(x)?;
        loss.check(&output, y)?;
        let zeros = || Tensor::try_zeros(&output).map_err(ModuleError::from);
        Ok(Step {
            input: x.shape().to_vec(),
            workspace,
            output: zeros()?,
            gradient: zeros()?,
            losses: vec![F::ZERO; networks],
        })
    }

    /// Returns the loss of `x` and `y`, and writes the gradient of every parameter into [`Step::workspace`]. The shape of `x`
    /// and all of `y` are checked each time, which takes about a hundredth of the time of a small step. Values of `x` that a
    /// layer may refuse are not: [`Module::check_values`] looks at those of a whole data set.
    ///
    /// # Errors
    /// Returns [`TrainError::Setting`] if the shape of `x` or the number of targets in `y` is not the planned one, and
    /// [`TrainError::Loss`] if the targets have another shape, a label is not one of the network's classes, or the loss
    /// cannot take a value.
    ///
    /// # Panics
    /// If `model` is not like the one that was planned. The message names the layer.
    pub fn run<T: Target>(
        &mut self,
        model: &dyn Module<F>,
        loss: &dyn Loss<F, T>,
        x: &Tensor<F>,
        y: &T,
        rng: &mut dyn Rng,
    ) -> Result<F, TrainError> {
        if !x.shape().iter().eq(&self.input) || y.len() != self.input[0] {
            let (expected, found) = (
                format!("{:?} as planned, with {} targets", self.input, self.input[0]),
                format!("{:?} with {} targets", x.shape(), y.len()),
            );
            return Err(SettingError::new("Step", "batch", expected, found).into());
        }
        loss.check(self.output.shape(), y)?;
        Ok(self.evaluate(model, loss, x, y, &mut Mode::Train(rng))[0])
    }

    /// Does what [`run`](Step::run) does, for data that was checked as a whole, and returns the losses of all networks.
    pub(crate) fn evaluate<T: ?Sized>(
        &mut self,
        model: &dyn Module<F>,
        loss: &dyn Loss<F, T>,
        x: &Tensor<F>,
        y: &T,
        mode: &mut Mode<'_>,
    ) -> &[F] {
        let Step { workspace, output, gradient, losses, .. } = self;
        workspace.zero_grad();
        model.forward(x, output, workspace, mode);
        loss.evaluate(output, y, Some(gradient), losses);
        model.backward(x, output, gradient, None, Accumulate::Replace, workspace);
        losses
    }

    /// Runs the network once more, as it is used after its training, and returns its output. The gradients stay as they are.
    pub(crate) fn predict(&mut self, model: &dyn Module<F>, x: &Tensor<F>) -> &Tensor<F> {
        model.forward(x, &mut self.output, &mut self.workspace, &mut Mode::Eval);
        &self.output
    }

    /// Returns the workspace, which holds the parameters' gradients after [`Step::run`].
    pub fn workspace(&self) -> &Workspace<F> {
        &self.workspace
    }

    /// Returns the workspace for changes, such as [clipping](crate::optim::clip_grad_norm) before the optimiser's step.
    pub fn workspace_mut(&mut self) -> &mut Workspace<F> {
        &mut self.workspace
    }

    /// Returns the network's output in the last [`Step::run`].
    pub fn output(&self) -> &Tensor<F> {
        &self.output
    }
}
