//! The trait of every layer and every network: parameters, and a forward and a backward pass.

use std::any::Any;
use std::fmt::Display;

use crate::strips::Strips;
use crate::{
    Accumulate, Architecture, Combination, Mode, ModuleError, ModuleProblem, Parameters, Plan, Purpose,
    Scalar, Tensor, Workspace,
};

/// A differentiable function with parameters: a layer, or a network of layers.
///
/// A module *is* its [`Parameters`] and nothing else. What a step computes (activations, gradients, what a layer must
/// remember from `forward` to `backward`) lives in a [`Workspace`] that the caller owns. A trained model is therefore
/// only as large as its parameters, `forward` takes `&self` so that one model serves many threads, and a step allocates
/// nothing (except to hand part of the work of wide layers to another thread).
///
/// The calls of a training step, in order:
/// 1. [`plan`](Module::plan) for [`Purpose::Train`], once for each input shape: checks everything and makes the memory;
/// 2. [`forward`](Module::forward) with the input `x` fills the output `y`;
/// 3. a loss turns `y` into its gradient `dy` = ∂L/∂y;
/// 4. [`backward`](Module::backward) turns `dy` into the parameters' gradients (and `dx` = ∂L/∂x if asked);
/// 5. an optimiser walks over [`visit_mut`](Parameters::visit_mut) and changes the parameters;
/// 6. [`absorb`](Parameters::absorb) folds into the buffers what the step observed: the running mean of batch normalisation.
///
/// `Display` names the module for people, in errors and summaries: `Linear(2 → 8)`. Nothing else depends on it.
///
/// A layer of one's own, with one learned factor for each feature, y_j = s_j x_j:
///
/// ```
/// use nn_core::gradcheck::check_module;
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{
///     Accumulate, Mode, Module, ModuleError, Param, ParamMut, Parameters, Plan,
///     Purpose, Scalar, ShapeError,
///     Tensor, Workspace, slots_mut,
/// };
///
/// struct Scale<F> {
///     factors: Vec<F>,
///     shape: [usize; 1],
/// }
///
/// impl<F: Scalar> Parameters<F> for Scale<F> {
///     fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
///         visitor(Param::new("factors", &self.shape, &self.factors));
///     }
///
///     fn visit_mut(
///         &mut self,
///         workspace: Option<&Workspace<F>>,
///         visitor: &mut dyn FnMut(ParamMut<'_, F>),
///     ) {
///         let gradient = Workspace::gradient(workspace, 0);
///         visitor(ParamMut::new("factors", &self.shape, &mut self.factors, gradient));
///     }
/// }
///
/// impl<F: Scalar> Module<F> for Scale<F> {
///     fn plan(
///         &self,
///         input: &[usize],
///         purpose: Purpose,
///     ) -> Result<Plan<F>, ModuleError> {
///         ShapeError::check_samples(self, input)?;
///         let [d] = self.shape;
///         if input.len() != 2 || input[1] != d {
///             let expected = format!("input [n, {d}]");
///             return Err(ShapeError::new(self, expected, input).into());
///         }
///         let mut workspace = Workspace::of(self, input, input, purpose)?;
///         if purpose == Purpose::Train {
///             workspace.gradients.push(vec![F::ZERO; d]);
///         }
///         Ok(Plan { output: input.to_vec(), workspace })
///     }
///
///     fn forward(
///         &self,
///         x: &Tensor<F>,
///         y: &mut Tensor<F>,
///         workspace: &mut Workspace<F>,
///         _: &mut Mode<'_>,
///     ) {
///         workspace.check_forward(self, x, y);
///         for (j, &factor) in self.factors.iter().enumerate() {
///             for (y, &x) in y.feature_mut(j).iter_mut().zip(x.feature(j)) {
///                 *y = factor * x;
///             }
///         }
///     }
///
///     // Adds ∂L/∂s_j = Σ_s ∂L/∂y_sj x_sj; replaces or adds ∂L/∂x_sj = s_j ∂L/∂y_sj.
///     fn backward(
///         &self,
///         x: &Tensor<F>,
///         y: &Tensor<F>,
///         dy: &Tensor<F>,
///         mut dx: Option<&mut Tensor<F>>,
///         accumulate: Accumulate,
///         workspace: &mut Workspace<F>,
///     ) {
///         workspace.check_backward(self, x, y, dy, dx.as_deref());
///         let [gradient] = slots_mut(&mut workspace.gradients);
///         for (j, &factor) in self.factors.iter().enumerate() {
///             for (&dy, &x) in dy.feature(j).iter().zip(x.feature(j)) {
///                 gradient[j] += dy * x;
///             }
///             if let Some(dx) = &mut dx {
///                 for (dx, &dy) in dx.feature_mut(j).iter_mut().zip(dy.feature(j)) {
///                     match accumulate {
///                         Accumulate::Replace => *dx = factor * dy,
///                         Accumulate::Add => *dx += factor * dy,
///                     }
///                 }
///             }
///         }
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
/// # Ok::<(), ModuleError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a module of `{F}` numbers",
    label = "expected a module",
    note = "if this is a `Result`, take the module out of it first, with `?`",
    note = "a layer of your own must implement `Module<{F}>`, and so `Parameters<{F}>` and `Display`"
)]
pub trait Module<F: Scalar>: Parameters<F> + Any + Display + Send + Sync {
    /// Checks the settings of this module, checks that it can take an input of this shape (samples first), and makes the
    /// memory of one step: of forward and backward, or of forward alone.
    ///
    /// # Errors
    /// [`ModuleError`] says which layer failed, what was expected and what was found. With planned shapes and the
    /// workspace of this plan, `forward` and `backward` cannot fail.
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError>;

    /// Checks that this module can take the values of `x`, whose shape was planned. Called once for a whole data set,
    /// before it is trained on or predicted; `forward` does not check.
    ///
    /// The default accepts everything. A layer whose inputs have a meaning, such as indices, refuses values that it
    /// does not know. A container asks the modules that see its own input, because what a layer inside computes is not
    /// known yet.
    ///
    /// # Errors
    /// [`ModuleError`] with a [`ValueError`](crate::ValueError) for the first value that does not fit.
    fn check_values(&self, x: &Tensor<F>) -> Result<(), ModuleError> {
        let _ = x;
        Ok(())
    }

    /// Computes y = f(x). Overwrites `y`, which has the planned output shape.
    ///
    /// In [`Mode::Eval`], the output for a sample must not depend on the other samples of `x`: [`predict`](Module::predict) calls
    /// this with a part of the samples at a time.
    ///
    /// # Panics
    /// If a shape is not the planned one, or another module planned the workspace. The message names the layer, what it
    /// expected and what it found. A layer of one's own calls [`check_forward`](Workspace::check_forward) for that; within a
    /// container its shapes are right even without.
    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, mode: &mut Mode<'_>);

    /// Computes the vector-Jacobian product of the last `forward`, given its `x`, its `y` and its `workspace`, which
    /// must have been planned for [`Purpose::Train`]. After [`Mode::Eval`], it is that of the function at inference.
    ///
    /// *Adds* each parameter's gradient to `workspace`; *replaces* `dx` or *adds* to it, as `accumulate` says. The
    /// first layer of a network gets `None` for `dx`, because nobody needs the gradient of the data. May be called several
    /// times after one `forward`, as the gradient checker does.
    ///
    /// # Panics
    /// As [`forward`](Module::forward), and if there was none before. See [`check_backward`](Workspace::check_backward).
    fn backward(
        &self,
        x: &Tensor<F>,
        y: &Tensor<F>,
        dy: &Tensor<F>,
        dx: Option<&mut Tensor<F>>,
        accumulate: Accumulate,
        workspace: &mut Workspace<F>,
    );

    /// Describes this module, for a file from which it can be [made again](crate::load_model).
    ///
    /// The modules of this crate have an architecture, a module of one's own has none: the default is an error that names it. A
    /// module of one's own that only wraps others, and has their parameters under their names, can return theirs.
    ///
    /// # Errors
    /// [`ModuleError`] says which module has no architecture, or has a setting that is not finite.
    fn architecture(&self) -> Result<Architecture, ModuleError> {
        Err(ModuleProblem::NoArchitecture { module: self.to_string() }.into())
    }

    /// Returns the form of this module that serves all networks of a [`Stack`](crate::Stack) at once. `networks` holds
    /// the module at this place of each network, including this one. The default is `None`: there is no such form, or
    /// the modules differ in kind, settings or shapes ([`all_like`] helps to tell). Networks with such a module are
    /// trained one after another.
    ///
    /// In the tensors of a stack, block b holds sample b of the sixteen networks, one network per lane, and every lane
    /// must give the same bits as its network alone. Predictions divide the samples of such a tensor between blocks. The
    /// parameters are those of this module, with sixteen values in place of each; the stack fills them in. There are no
    /// buffers. The module runs in [`Mode::Eval`] even in training, and [`absorb`](Parameters::absorb) is not called.
    fn stacked(&self, networks: &[&dyn Module<F>]) -> Option<Box<dyn Module<F>>> {
        let _ = networks;
        None
    }

    /// Returns what [`backward`](Module::backward) would write to `dx`, if the layer before can compute it as cheaply as read
    /// it. A container then calls [`backward_combined`](Module::backward_combined) of that layer, and `backward` of this
    /// one without `dx`.
    #[doc(hidden)]
    fn input_gradient<'a>(&'a self, dy: &'a Tensor<F>) -> Option<Combination<'a, F>> {
        let _ = dy;
        None
    }

    /// Does what [`backward`](Module::backward) does, with a `dy` that is in no tensor, and returns true; or returns
    /// false, if this module needs it as a tensor.
    #[doc(hidden)]
    fn backward_combined(
        &self,
        x: &Tensor<F>,
        y: &Tensor<F>,
        dy: Combination<'_, F>,
        dx: &mut Tensor<F>,
        workspace: &mut Workspace<F>,
    ) -> bool {
        let _ = (x, y, dy, dx, workspace);
        false
    }

    /// Returns the output for `x` in [`Mode::Eval`], using fresh memory. To predict many times, keep a
    /// [`Predictor`](crate::Predictor).
    ///
    /// # Errors
    /// As [`plan`](Module::plan) and [`check_values`](Module::check_values).
    fn predict(&self, x: &Tensor<F>) -> Result<Tensor<F>, ModuleError> {
        let plan = |input: &[usize]| self.plan(input, Purpose::Predict);
        let mut strips = Strips::plan(&plan, x.shape(), self.parameter_count())?;
        self.check_values(x)?;
        strips.run(&|x, y, workspace| self.forward(x, y, workspace, &mut Mode::Eval), x);
        Ok(strips.output)
    }
}

/// Returns the modules of all networks as modules of the type `M`, or `None` unless all are of this type. For
/// [`Module::stacked`].
pub fn all_like<'a, M: 'static, F: Scalar>(networks: &[&'a dyn Module<F>]) -> Option<Vec<&'a M>> {
    let like = |&network: &&'a dyn Module<F>| {
        let network: &dyn Any = network;
        network.downcast_ref()
    };
    networks.iter().map(like).collect()
}
