//! A boxed module is itself a module.

use crate::{
    Accumulate, Architecture, Combination, Mode, Module, ModuleError, Param, ParamMut, Parameters, Plan,
    Purpose, Scalar, Tensor, Workspace, all_like,
};

impl<F: Scalar> Parameters<F> for Box<dyn Module<F>> {
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        (**self).visit(visitor);
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        (**self).visit_mut(workspace, visitor);
    }

    fn absorb(&mut self, workspace: &Workspace<F>) {
        (**self).absorb(workspace);
    }
}

/// A boxed module is itself a module: the result of a function that chooses between architectures, or a layer of a
/// [`Sequential`](crate::Sequential).
///
/// ```
/// use nn_core::{Module, Relu, Sequential, Tanh, Tensor};
/// fn activation(smooth: bool) -> Box<dyn Module<f32>> {
///     if smooth { Box::new(Tanh) } else { Box::new(Relu) }
/// }
/// let network = Sequential::new().append(activation(false));
/// assert_eq!(
///     network.predict(&Tensor::from_column(&[-1.0, 2.0]))?,
///     Tensor::from_column(&[0.0, 2.0])
/// );
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
impl<F: Scalar> Module<F> for Box<dyn Module<F>> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        (**self).plan(input, purpose)
    }

    fn check_values(&self, x: &Tensor<F>) -> Result<(), ModuleError> {
        (**self).check_values(x)
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
        accumulate: Accumulate,
        workspace: &mut Workspace<F>,
    ) {
        (**self).backward(x, y, dy, dx, accumulate, workspace);
    }

    fn input_gradient<'a>(&'a self, dy: &'a Tensor<F>) -> Option<Combination<'a, F>> {
        (**self).input_gradient(dy)
    }

    fn backward_combined(
        &self,
        x: &Tensor<F>,
        y: &Tensor<F>,
        dy: Combination<'_, F>,
        dx: &mut Tensor<F>,
        workspace: &mut Workspace<F>,
    ) -> bool {
        (**self).backward_combined(x, y, dy, dx, workspace)
    }

    fn architecture(&self) -> Result<Architecture, ModuleError> {
        (**self).architecture()
    }

    fn stacked(&self, networks: &[&dyn Module<F>]) -> Option<Box<dyn Module<F>>> {
        let boxes: Vec<&Self> = all_like(networks)?;
        let inner: Vec<&dyn Module<F>> = boxes.into_iter().map(|network| &**network).collect();
        (**self).stacked(&inner)
    }
}
