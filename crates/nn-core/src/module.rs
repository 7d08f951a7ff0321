//! The one trait that every layer and every network implements, and the memory of a step.

use std::fmt::Display;
#[cfg(feature = "safetensors")]
use std::path::Path;

use rand::Rng;

#[cfg(feature = "safetensors")]
use crate::StateFileError;
use crate::{Kind, Param, ParamMut, Scalar, ShapeError, StateDict, StateError, Tensor, team};

/// A differentiable function with parameters: a layer, or a network of layers.
///
/// A module *is* its parameters and nothing else. What a step computes (activations, gradients, what a layer must
/// remember from `forward` to `backward`) lives in a [`Workspace`] that the caller owns. So a trained model is only as
/// large as its parameters, `forward` takes `&self` and one model serves many threads, and a step allocates nothing (but
/// for what it takes to hand part of the work of wide layers to another thread).
///
/// The calls of a training step, in order:
/// 1. [`plan`](Module::plan) for [`Purpose::Train`], once for each input shape: checks all and makes the memory;
/// 2. [`forward`](Module::forward) with the input `x` fills the output `y`;
/// 3. a loss turns `y` into its gradient `dy` = ∂L/∂y;
/// 4. [`backward`](Module::backward) turns `dy` into the parameters' gradients (and `dx` = ∂L/∂x if asked);
/// 5. an optimiser walks over [`visit_mut`](Module::visit_mut) and changes the parameters.
///
/// `Display` names the module in errors and summaries, for example `Linear(2 → 8)`.
///
/// A layer of one's own, with one learned factor for each feature, y_j = s_j x_j:
///
/// ```
/// use nn_core::gradcheck::check_module;
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Mode, Module, Param, ParamMut, Plan, Purpose, Scalar, ShapeError, Tensor, Workspace};
///
/// struct Scale<F> {
///     factors: Vec<F>,
///     shape: [usize; 1],
/// }
///
/// impl<F: Scalar> Module<F> for Scale<F> {
///     fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ShapeError> {
///         ShapeError::check_samples(self, input)?;
///         let [d] = self.shape;
///         if input.len() != 2 || input[1] != d {
///             return Err(ShapeError::new(self, format!("input [n, {d}]"), input));
///         }
///         let mut workspace = Workspace::empty();
///         if purpose == Purpose::Train {
///             workspace.gradients.push(vec![F::ZERO; d]);
///         }
///         Ok(Plan { output: input.to_vec(), workspace })
///     }
///
///     fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, _: &mut Workspace<F>, _: &mut Mode<'_>) {
///         for (j, &factor) in self.factors.iter().enumerate() {
///             for (y, &x) in y.feature_mut(j).iter_mut().zip(x.feature(j)) {
///                 *y = factor * x;
///             }
///         }
///     }
///
///     // ∂L/∂s_j = Σ_s ∂L/∂y_sj x_sj is added, ∂L/∂x_sj = s_j ∂L/∂y_sj overwritten.
///     fn backward(
///         &self,
///         x: &Tensor<F>,
///         _y: &Tensor<F>,
///         dy: &Tensor<F>,
///         mut dx: Option<&mut Tensor<F>>,
///         workspace: &mut Workspace<F>,
///     ) {
///         for (j, &factor) in self.factors.iter().enumerate() {
///             for (&dy, &x) in dy.feature(j).iter().zip(x.feature(j)) {
///                 workspace.gradients[0][j] += dy * x;
///             }
///             if let Some(dx) = &mut dx {
///                 for (dx, &dy) in dx.feature_mut(j).iter_mut().zip(dy.feature(j)) {
///                     *dx = factor * dy;
///                 }
///             }
///         }
///     }
///
///     fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
///         visitor(Param::new("factors", &self.shape, &self.factors));
///     }
///
///     fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
///         let gradient = workspace.and_then(|workspace| workspace.gradients.first());
///         visitor(ParamMut::new("factors", &self.shape, &mut self.factors, gradient.map(|g| &g[..])));
///     }
/// }
///
/// impl<F: Scalar> std::fmt::Display for Scale<F> {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         write!(f, "Scale({})", self.factors.len())
///     }
/// }
///
/// let mut layer = Scale { factors: vec![2.0, -1.0], shape: [2] };
/// let x = Tensor::from_rows(&[[0.5, -2.0], [3.0, -0.1]]);
/// for mismatch in check_module(&mut layer, &x, &mut ChaCha8Rng::seed_from_u64(0))? {
///     assert!(mismatch.relative_error < 1e-6, "{mismatch:?}");
/// }
/// # Ok::<(), ShapeError>(())
/// ```
pub trait Module<F: Scalar>: Display + Send + Sync {
    /// Checks that this module can take an input of this shape (samples first) and makes the memory of one step: of
    /// forward and backward, or of forward alone.
    ///
    /// # Errors
    /// [`ShapeError`] says which layer, what it expected and what came. This is the only call that can fail: with the
    /// shapes that were planned, the others cannot go wrong.
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ShapeError>;

    /// y = f(x). Overwrites `y`, which has the planned output shape.
    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, mode: &mut Mode<'_>);

    /// The vector-Jacobian product of the last `forward`, for its `x`, its `y`, its `workspace`, which must have been planned
    /// for [`Purpose::Train`], and the mode that it ran in: after [`Mode::Eval`], of the function that is used.
    ///
    /// *Adds* each parameter's gradient to `workspace` and *overwrites* `dx`. The first layer of a network is called
    /// with `None`: nobody needs the gradient of the data.
    fn backward(
        &self,
        x: &Tensor<F>,
        y: &Tensor<F>,
        dy: &Tensor<F>,
        dx: Option<&mut Tensor<F>>,
        workspace: &mut Workspace<F>,
    );

    /// Shows every parameter and every buffer, always in the same order: that of PyTorch's `state_dict`. The default is for
    /// modules that have none.
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        let _ = visitor;
    }

    /// Hands every parameter and buffer out for changing, in the order of [`visit`](Module::visit); parameters with their
    /// gradient if a workspace planned for training is given. Allocates nothing. The workspace of another module shows no
    /// gradients, or some of other lengths: optimisers refuse both.
    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        let _ = (workspace, visitor);
    }

    /// This module for the sixteen networks of a [`Stack`](crate::Stack), in whose tensors block b holds their sample b, one
    /// network a lane. Every lane comes to the same bits as this module alone. Its parameters are those of this module, with
    /// sixteen numbers in place of each, and it has no buffers. It runs in [`Mode::Eval`] in training, too, and
    /// [`absorb`](Module::absorb) is not called. Modules are taken for equal if `Display` prints the same of them.
    ///
    /// None, the default, if there is no such module, as for all that differ between training and use: networks with it are
    /// trained one after another.
    fn stacked(&self) -> Option<Box<dyn Module<F>>> {
        None
    }

    /// Called once after a training step: folds what the step observed (such as batch statistics) into the module.
    /// Most modules observe nothing, and none does in [`Mode::Eval`].
    fn absorb(&mut self, workspace: &Workspace<F>) {
        let _ = workspace;
    }

    /// The output for `x` in [`Mode::Eval`], with fresh memory. To predict many times, keep a [`Plan`] and call
    /// [`forward`](Module::forward).
    ///
    /// # Errors
    /// As [`plan`](Module::plan).
    fn predict(&self, x: &Tensor<F>) -> Result<Tensor<F>, ShapeError> {
        let Plan { output, mut workspace } = self.plan(x.shape(), Purpose::Predict)?;
        let mut y = Tensor::zeros(&output);
        self.forward(x, &mut y, &mut workspace, &mut Mode::Eval);
        Ok(y)
    }

    /// Returns copies of all parameters and buffers under their names.
    fn state_dict(&self) -> StateDict<F> {
        let mut state = StateDict::new();
        self.visit(&mut |parameter| state.push(parameter.into()));
        state
    }

    /// Sets all parameters and buffers.
    ///
    /// # Errors
    /// Returns a [`StateError`] when the names or shapes differ from those of this module, which is unchanged then.
    fn load_state_dict(&mut self, state: &StateDict<F>) -> Result<(), StateError> {
        state.check_like(&self.state_dict())?;
        copy_state(self, state);
        Ok(())
    }

    /// Saves all parameters and buffers to a file that PyTorch can also read; see [its format](StateDict#files). To save a
    /// `dyn Module`, or to add metadata, save its [`state_dict`](Module::state_dict).
    ///
    /// # Errors
    /// Fails like [`StateDict::save_safetensors`]. An existing file is unchanged then.
    #[cfg(feature = "safetensors")]
    fn save_safetensors(&self, path: impl AsRef<Path>) -> Result<(), StateFileError>
    where
        Self: Sized,
    {
        self.state_dict().save_safetensors(path)
    }

    /// Sets all parameters and buffers from a file that nn or PyTorch saved; see [its format](StateDict#files).
    ///
    /// ```
    /// # use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
    /// use nn_core::{Linear, Module, Sequential, Tanh, Tensor};
    /// # let mut rng = ChaCha8Rng::seed_from_u64(0);
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("model.safetensors");
    /// let mut build = || Sequential::<f32>::new().append(Linear::new(2, 3, &mut rng)).append(Tanh);
    /// let (trained, mut network) = (build(), build());
    ///
    /// trained.save_safetensors(&path)?;
    /// network.load_safetensors(&path)?;
    /// assert_eq!(network.state_dict(), trained.state_dict());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns a [`StateFileError`] with the path and the problem: the file cannot be used, or its names and shapes differ from
    /// those of this module, which is unchanged then.
    #[cfg(feature = "safetensors")]
    fn load_safetensors(&mut self, path: impl AsRef<Path>) -> Result<(), StateFileError>
    where
        Self: Sized,
    {
        let state = StateDict::load_safetensors_like(path, &self.state_dict())?;
        copy_state(self, &state);
        Ok(())
    }

    /// How many numbers are learned.
    fn parameter_count(&self) -> usize {
        let mut count = 0;
        self.visit(&mut |parameter| match parameter.kind {
            Kind::Learned => count += parameter.value.len(),
            Kind::Buffer | Kind::Counter => {}
        });
        count
    }
}

/// Copies the values of a state that was found to fit `module`.
fn copy_state<F: Scalar, M: Module<F> + ?Sized>(module: &mut M, state: &StateDict<F>) {
    module.visit_mut(None, &mut |parameter| {
        if let Some(entry) = state.get(&parameter.name.to_string()) {
            parameter.value.copy_from_slice(&entry.value);
        }
    });
}

/// A boxed module is that module: what a function returns that chooses between architectures, or a layer of a
/// [`Sequential`](crate::Sequential).
///
/// ```
/// use nn_core::{Module, ReLU, Sequential, Tanh, Tensor};
/// fn activation(smooth: bool) -> Box<dyn Module<f32>> {
///     if smooth { Box::new(Tanh) } else { Box::new(ReLU) }
/// }
/// let network = Sequential::new().append(activation(false));
/// assert_eq!(network.predict(&Tensor::from_column(&[-1.0, 2.0]))?, Tensor::from_column(&[0.0, 2.0]));
/// # Ok::<(), nn_core::ShapeError>(())
/// ```
impl<F: Scalar> Module<F> for Box<dyn Module<F>> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ShapeError> {
        (**self).plan(input, purpose)
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, mode: &mut Mode<'_>) {
        (**self).forward(x, y, workspace, mode);
    }

    fn backward(
        &self,
        x: &Tensor<F>,
        y: &Tensor<F>,
        dy: &Tensor<F>,
        dx: Option<&mut Tensor<F>>,
        workspace: &mut Workspace<F>,
    ) {
        (**self).backward(x, y, dy, dx, workspace);
    }

    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        (**self).visit(visitor);
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        (**self).visit_mut(workspace, visitor);
    }

    fn stacked(&self) -> Option<Box<dyn Module<F>>> {
        (**self).stacked()
    }

    fn absorb(&mut self, workspace: &Workspace<F>) {
        (**self).absorb(workspace);
    }
}

/// What a plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Forward and backward: the workspace holds gradients.
    Train,
    /// Forward alone: it does not.
    Predict,
}

/// What [`Module::plan`] returns: the shape that will come out, and the memory to compute it.
#[derive(Debug, Clone)]
pub struct Plan<F> {
    /// Shape of the output, samples first.
    pub output: Vec<usize>,
    /// Memory for one step.
    pub workspace: Workspace<F>,
}

/// Everything that a step writes, apart from its output: made by [`Module::plan`], owned by the caller.
#[derive(Debug, Clone, Default)]
pub struct Workspace<F> {
    /// One gradient for each parameter of the module itself, in visiting order and row-major like the parameter. Empty if
    /// planned for [`Purpose::Predict`].
    pub gradients: Vec<Vec<F>>,
    /// What the module has to remember or needs as scratch.
    pub buffers: Vec<Tensor<F>>,
    /// The workspaces of the modules inside.
    pub children: Vec<Workspace<F>>,
}

impl<F: Scalar> Workspace<F> {
    /// No memory: for a module without parameters that remembers nothing.
    pub fn empty() -> Self {
        Workspace { gradients: Vec::new(), buffers: Vec::new(), children: Vec::new() }
    }

    /// Sets all parameter gradients to zero. [`Module::backward`] adds, so call this before each step (or do not, to
    /// accumulate over several batches).
    pub fn zero_grad(&mut self) {
        for gradient in &mut self.gradients {
            let cost = team::NUMBER * gradient.len();
            match team::threads(cost) {
                1 => gradient.fill(F::ZERO),
                threads => {
                    let part = gradient.len().div_ceil(threads);
                    team::share(cost, gradient.chunks_mut(part), |part| part.fill(F::ZERO));
                }
            }
        }
        for child in &mut self.children {
            child.zero_grad();
        }
    }

    /// Hands out every parameter gradient, those of this module before those of the modules inside it: to scale or clip
    /// them between backward and the optimiser's step. Allocates nothing.
    ///
    /// ```
    /// use nn_core::Workspace;
    /// let inner = Workspace { gradients: vec![vec![2.0, 3.0]], ..Workspace::empty() };
    /// let mut workspace = Workspace { gradients: vec![vec![1.0]], children: vec![inner], ..Workspace::empty() };
    /// let mut sum = 0.0;
    /// workspace.for_each_gradient_mut(&mut |gradient| sum += gradient.iter().sum::<f64>());
    /// assert_eq!(sum, 6.0);
    /// ```
    pub fn for_each_gradient_mut(&mut self, visitor: &mut dyn FnMut(&mut [F])) {
        for gradient in &mut self.gradients {
            visitor(gradient);
        }
        for child in &mut self.children {
            child.for_each_gradient_mut(visitor);
        }
    }
}

/// Whether a network is being trained or used. Only training carries a random generator, so that a layer such as
/// dropout cannot be random by accident when the network is used.
pub enum Mode<'r> {
    /// Training, with the generator for whatever is random in it.
    Train(&'r mut dyn Rng),
    /// Inference.
    Eval,
}
