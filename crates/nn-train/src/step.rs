//! One training step: forward, loss, backward.

use nn_core::lanes::Block;
use nn_core::rand::Rng;
use nn_core::{Mode, Module, Plan, Purpose, Scalar, Stack, Tensor, Workspace};
use nn_data::Target;
use nn_loss::Loss;

use crate::TrainError;

/// The memory of one training step, made once for a network, a loss and a batch shape. [`Step::run`] allocates nothing,
/// but for what it takes to hand part of the work of wide layers to another thread.
///
/// This is what [`GradientDescent`](crate::GradientDescent) repeats; use it to write a training loop of your own.
///
/// ```
/// use nn_core::{Linear, Tensor, rand::{SeedableRng, rngs::ChaCha8Rng}};
/// use nn_loss::MseLoss;
/// use nn_train::Step;
/// use nn_train::optim::{Optimizer, Sgd};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let (x, y) = (Tensor::from_column(&[0.0, 1.0, 2.0]), Tensor::from_column(&[1.0, 3.0, 5.0]));
/// let (mut line, loss) = (Linear::new(1, 1, &mut rng), MseLoss::mean());
/// let mut step = Step::plan(&line, &loss, &x, &y)?;
/// let mut sgd = Sgd::new(0.1);
/// for _ in 0..2000 {
///     step.run(&line, &loss, &x, &y, &mut rng)?;
///     sgd.step(&mut line, step.workspace())?;
/// }
/// assert!((line.weight()[[0, 0]] - 2.0_f64).abs() < 1e-9 && (line.bias()[0] - 1.0_f64).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Step<F> {
    /// The planned shape.
    input: Vec<usize>,
    workspace: Workspace<F>,
    output: Tensor<F>,
    gradient: Tensor<F>,
}

impl<F: Scalar> Step<F> {
    /// Checks that the network takes `x` and that the loss can compare what comes out with `y`; makes the memory.
    ///
    /// # Errors
    /// [`TrainError::Shape`] and [`TrainError::Loss`].
    pub fn plan<T: ?Sized>(
        model: &dyn Module<F>,
        loss: &dyn Loss<F, T>,
        x: &Tensor<F>,
        y: &T,
    ) -> Result<Self, TrainError> {
        let Plan { output, workspace } = model.plan(x.shape(), Purpose::Train)?;
        loss.check(&output, y)?;
        let (input, gradient) = (x.shape().to_vec(), Tensor::zeros(&output));
        Ok(Step { input, workspace, output: Tensor::zeros(&output), gradient })
    }

    /// Computes the loss of `x` and `y`, and the gradient of every parameter into [`Step::workspace`]. The arguments are
    /// those that were planned, or others of the same shapes. (Whether the labels of another batch are classes of the
    /// network is for [`Loss::check`] to say, once for the whole data set: here a label that is none makes a loss without meaning.)
    ///
    /// # Errors
    /// [`TrainError::Setting`] if `x` has another shape than planned, or `y` another number of samples.
    pub fn run<T: Target>(
        &mut self,
        model: &dyn Module<F>,
        loss: &dyn Loss<F, T>,
        x: &Tensor<F>,
        y: &T,
        rng: &mut dyn Rng,
    ) -> Result<F, TrainError> {
        let Step { input, workspace, output, gradient } = self;
        if x.shape() != input || y.len() != input[0] {
            let found = format!("{:?} with {} targets", x.shape(), y.len());
            return Err(TrainError::Setting {
                name: "batch",
                expected: format!("{input:?} as planned"),
                found,
            });
        }
        workspace.zero_grad();
        model.forward(x, output, workspace, &mut Mode::Train(rng));
        let value = loss.evaluate(output, y, Some(gradient));
        model.backward(x, output, gradient, None, Accumulate::Replace, workspace);
        Ok(value)
    }

    /// The same for a stack of networks and batches, whose memory was planned for its module; the losses of the sixteen. None
    /// if the loss cannot: then nothing is to be done with the gradients.
    pub(crate) fn run_stack<T>(
        &mut self,
        stack: &Stack<F>,
        loss: &dyn Loss<F, T>,
        x: &Tensor<F>,
        y: &T,
    ) -> Option<Block<F>> {
        let Step { workspace, output, gradient, .. } = self;
        workspace.zero_grad();
        // Modules that stack do the same in training and in use.
        stack.module().forward(x, output, workspace, &mut Mode::Eval);
        let values = loss.evaluate_stack(output, y, gradient)?;
        stack.module().backward(x, output, gradient, None, Accumulate::Replace, workspace);
        Some(values)
    }

    /// The parameters' gradients after [`Step::run`].
    pub fn workspace(&self) -> &Workspace<F> {
        &self.workspace
    }

    /// The same to change: for [clipping](crate::optim::clip_grad_norm) before the optimiser's step.
    pub fn workspace_mut(&mut self) -> &mut Workspace<F> {
        &mut self.workspace
    }

    /// The network's output in the last [`Step::run`].
    pub fn output(&self) -> &Tensor<F> {
        &self.output
    }
}
