//! The linear layer: y = W x + b.

use std::fmt;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};
use rand::Rng;

use super::stacked_linear::StackedLinear;
use crate::kernels::affine;
use crate::{Init, Mode, Module, Param, ParamMut, Plan, Purpose, Scalar, ShapeError, Tensor, Workspace};

/// A linear (fully connected) layer from `d` inputs to `p` outputs.
///
/// Forward: y = W x + b for each sample x, with W of shape `[p, d]` and b of shape `[p]`.
///
/// Backward, summed over the samples s of the batch:
/// - ∂L/∂W_ij = Σ_s ∂L/∂y_si · x_sj
/// - ∂L/∂b_i = Σ_s ∂L/∂y_si
/// - ∂L/∂x_sj = Σ_i W_ij · ∂L/∂y_si
///
/// Shapes: `[n, d]` to `[n, p]`. Parameters: `weight`, `bias`. Initialisation: U(−1/√d, 1/√d) for both, as PyTorch
/// ([`Init::FanIn`]). It remembers nothing between forward and backward.
///
/// ```
/// use nn_core::{Linear, Module, Tensor, ndarray::array};
/// let layer = Linear::from_parameters(array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], array![0.5, 0.0, -0.5])?;
/// let y = layer.predict(&Tensor::from_rows(&[[1.0, 1.0]]))?;
/// assert_eq!(y, Tensor::from_rows(&[[3.5, 7.0, 10.5]]));
/// # Ok::<(), nn_core::ShapeError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Linear<F> {
    /// `[outputs, inputs]`.
    shape: [usize; 2],
    weight: Vec<F>,
    bias: Vec<F>,
}

impl<F: Scalar> Linear<F> {
    /// `inputs` to `outputs`, initialised as PyTorch does.
    pub fn new(inputs: usize, outputs: usize, rng: &mut (impl Rng + ?Sized)) -> Self {
        Linear::with_init(inputs, outputs, Init::FanIn, Init::FanIn, rng)
    }

    /// `inputs` to `outputs`, weights and then biases drawn from the given distributions.
    pub fn with_init(
        inputs: usize,
        outputs: usize,
        weight: Init,
        bias: Init,
        rng: &mut (impl Rng + ?Sized),
    ) -> Self {
        Linear {
            shape: [outputs, inputs],
            weight: weight.draw([outputs, inputs], rng),
            bias: bias.draw_bias([outputs, inputs], rng),
        }
    }

    /// A layer with these parameters: W of shape `[p, d]`, b of shape `[p]`.
    ///
    /// # Errors
    /// [`ShapeError`] if `bias` does not have one value for each row of `weight`.
    pub fn from_parameters(weight: Array2<F>, bias: Array1<F>) -> Result<Self, ShapeError> {
        let (outputs, inputs) = weight.dim();
        let layer = Linear {
            shape: [outputs, inputs],
            weight: weight.iter().copied().collect(),
            bias: bias.to_vec(),
        };
        if bias.len() != outputs {
            return Err(ShapeError::new(&layer, format!("bias [{outputs}]"), &[bias.len()]));
        }
        Ok(layer)
    }

    /// W, one row an output.
    pub fn weight(&self) -> ArrayView2<'_, F> {
        ArrayView2::from_shape(self.shape, &self.weight).expect("the weight has its shape")
    }

    /// b, one value an output.
    pub fn bias(&self) -> ArrayView1<'_, F> {
        ArrayView1::from(&self.bias)
    }
}

impl<F: Scalar> Module<F> for Linear<F> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ShapeError> {
        ShapeError::check_samples(self, input)?;
        let [outputs, inputs] = self.shape;
        if inputs == 0 || outputs == 0 {
            return Err(ShapeError::new(
                self,
                "a layer with at least one input and one output",
                &[inputs, outputs],
            ));
        }
        let &[samples, features] = input else {
            return Err(ShapeError::new(self, format!("input [n, {inputs}]"), input));
        };
        if features != inputs {
            return Err(ShapeError::new(self, format!("input [n, {inputs}]"), input));
        }
        let gradients = match purpose {
            Purpose::Train => vec![vec![F::ZERO; outputs * inputs], vec![F::ZERO; outputs]],
            Purpose::Predict => Vec::new(),
        };
        Ok(Plan { output: vec![samples, outputs], workspace: Workspace { gradients, ..Workspace::empty() } })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, _: &mut Workspace<F>, _: &mut Mode<'_>) {
        affine::forward(&self.weight, &self.bias, x, y);
    }

    fn backward(
        &self,
        x: &Tensor<F>,
        _y: &Tensor<F>,
        dy: &Tensor<F>,
        dx: Option<&mut Tensor<F>>,
        workspace: &mut Workspace<F>,
    ) {
        let [dw, db] = &mut workspace.gradients[..] else { panic!("backward needs a plan for training") };
        affine::backward_parameters(x, dy, dw, db);
        if let Some(dx) = dx {
            affine::backward_input(&self.weight, dy, dx);
        }
    }

    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        visitor(Param::new("weight", &self.shape, &self.weight));
        visitor(Param::new("bias", &self.shape[..1], &self.bias));
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        let gradient = |index: usize| Some(&workspace?.gradients.get(index)?[..]);
        visitor(ParamMut::new("weight", &self.shape, &mut self.weight, gradient(0)));
        visitor(ParamMut::new("bias", &self.shape[..1], &mut self.bias, gradient(1)));
    }

    fn stacked(&self) -> Option<Box<dyn Module<F>>> {
        let [outputs, inputs] = self.shape;
        affine::stacks(inputs, outputs)
            .then(|| Box::new(StackedLinear::new(inputs, outputs)) as Box<dyn Module<F>>)
    }
}

impl<F: Scalar> fmt::Display for Linear<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [outputs, inputs] = self.shape;
        write!(f, "Linear({inputs} → {outputs})")
    }
}
