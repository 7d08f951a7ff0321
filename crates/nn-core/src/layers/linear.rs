//! The linear layer: y = W x + b.

mod shared;
mod stacked;

use std::fmt;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};
use rand::Rng;

use super::described::described;
use super::layer::{Layer, compiled_here};
use crate::kernels::affine;
use crate::kernels::tokens::{self, Matrix};
use crate::{
    Accumulate, Fans, Init, Initialize, Mode, Module, ModuleError, Param, ParamMut, Parameters, Plan,
    Purpose, Scalar, SettingError, ShapeError, Tensor, Workspace, all_like,
};
pub(super) use shared::weight_and_bias;
use shared::{fits, plan};
use stacked::StackedLinear;

/// A linear (fully connected) layer from `d` inputs to `p` outputs. It works on the last axis: an input with more than
/// two axes has several such vectors in each sample (tokens, time steps), which all go through the same layer.
///
/// Forward: y = W x + b for each vector x, with W of shape `[p, d]` and b of shape `[p]`.
///
/// Backward, summed over the vectors s of all samples:
/// - ∂L/∂W_ij = Σ_s ∂L/∂y_si · x_sj
/// - ∂L/∂b_i = Σ_s ∂L/∂y_si
/// - ∂L/∂x_sj = Σ_i W_ij · ∂L/∂y_si
///
/// Shapes: `[n, …, d]` to `[n, …, p]`. Parameters: `weight`, and `bias` unless it is
/// [removed](Linear::without_bias). Initialisation: U(−1/√d, 1/√d) for both, as in PyTorch ([`Init::FanIn`]). It
/// remembers nothing between forward and backward.
///
/// Errors: planning fails if a setting of its [`Init`] makes no sense.
///
/// ```
/// use nn_core::{Linear, Module, Tensor, ndarray::array};
/// let layer = Linear::from_parameters(
///     array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]],
///     array![0.5, 0.0, -0.5],
/// )?;
/// let y = layer.predict(&Tensor::from_rows(&[[1.0, 1.0]]))?;
/// assert_eq!(y, Tensor::from_rows(&[[3.5, 7.0, 10.5]]));
/// // Four tokens in each of five samples.
/// assert_eq!(layer.predict(&Tensor::zeros(&[5, 4, 2]))?.shape(), [5, 4, 3]);
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Linear<F> {
    /// `[outputs, inputs]`.
    shape: [usize; 2],
    weight: Vec<F>,
    bias: Option<Vec<F>>,
    /// The error in the settings of its initialisation, which planning returns.
    refused: Option<SettingError>,
}

impl<F: Scalar> Linear<F> {
    /// Makes a layer from `inputs` to `outputs`, initialised as PyTorch does.
    ///
    /// # Panics
    /// If there is no memory for the parameters.
    pub fn new(inputs: usize, outputs: usize, rng: &mut (impl Rng + ?Sized)) -> Self {
        Linear::with_init(inputs, outputs, Init::FanIn, Init::FanIn, rng)
    }

    /// Makes a layer from `inputs` to `outputs` whose weights and then biases are drawn from the given distributions:
    /// an [`Init`], or a reference to any [`Distribution`](rand::distr::Distribution).
    ///
    /// # Panics
    /// If there is no memory for the parameters.
    pub fn with_init(
        inputs: usize,
        outputs: usize,
        weight: impl Initialize,
        bias: impl Initialize,
        rng: &mut (impl Rng + ?Sized),
    ) -> Self {
        let fans = Fans { fan_in: inputs, fan_out: outputs };
        Linear {
            shape: [outputs, inputs],
            weight: weight.draw(&[outputs, inputs], fans, rng),
            bias: Some(bias.draw(&[outputs], fans, rng)),
            refused: weight.check::<F>().and_then(|()| bias.check::<F>()).err(),
        }
    }

    /// Removes the bias: y = W x. What a generator draws later does not depend on it.
    #[must_use]
    pub fn without_bias(self) -> Self {
        Linear { bias: None, ..self }
    }

    /// Makes a layer with these parameters: W of shape `[p, d]`, b of shape `[p]`.
    ///
    /// # Errors
    /// [`ShapeError`] if `bias` does not have one value for each row of `weight`.
    pub fn from_parameters(weight: Array2<F>, bias: Array1<F>) -> Result<Self, ShapeError> {
        let (outputs, inputs) = weight.dim();
        let layer = Linear {
            shape: [outputs, inputs],
            weight: weight.iter().copied().collect(),
            bias: Some(bias.to_vec()),
            refused: None,
        };
        if bias.len() != outputs {
            return Err(ShapeError::new(&layer, format!("bias [{outputs}]"), &[bias.len()]));
        }
        Ok(layer)
    }

    /// Returns W, one row for each output.
    pub fn weight(&self) -> ArrayView2<'_, F> {
        ArrayView2::from_shape(self.shape, &self.weight).expect("the weight has its shape")
    }

    /// Returns whether layers of this shape may be in a stack.
    fn stacks(&self) -> bool {
        let [outputs, inputs] = self.shape;
        affine::stacks(inputs, outputs)
    }

    fn matrix(&self) -> Matrix<'_, F> {
        Matrix { shape: self.shape, values: &self.weight }
    }

    /// Returns b, one value for each output; empty if the layer has no bias.
    pub fn bias(&self) -> ArrayView1<'_, F> {
        ArrayView1::from(self.bias.as_deref().unwrap_or_default())
    }
}

impl<F: Scalar> Parameters<F> for Linear<F> {
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        visitor(Param::new("weight", &self.shape, &self.weight));
        if let Some(bias) = &self.bias {
            visitor(Param::new("bias", &self.shape[..1], bias));
        }
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        let [dw, db] = [0, 1].map(|index| Workspace::gradient(workspace, index));
        visitor(ParamMut::new("weight", &self.shape, &mut self.weight, dw));
        if let Some(bias) = &mut self.bias {
            visitor(ParamMut::new("bias", &self.shape[..1], bias, db));
        }
    }
}

described! {
    Linear<F> as "Linear";
    settings |layer| {
        in_features: usize = layer.shape[1],
        out_features: usize = layer.shape[0],
        bias: bool = layer.bias.is_some(),
    }
    parameters [&[out_features, in_features], &[out_features]];
    made |rng| => {
        let layer = Linear::new(in_features, out_features, rng);
        if bias { layer } else { layer.without_bias() }
    }
}

impl<F: Scalar> Module<F> for Linear<F> {
    compiled_here!(Linear<F>);

    fn stacked(&self, networks: &[&dyn Module<F>]) -> Option<Box<dyn Module<F>>> {
        let alike = |other: &Self| {
            other.refused.is_none()
                && (other.shape, other.bias.is_some()) == (self.shape, self.bias.is_some())
        };
        let all = all_like(networks)?;
        let stacks = self.stacks() && all.into_iter().all(alike);
        stacks.then(|| Box::new(StackedLinear::new(self.shape, self.bias.is_some())) as Box<dyn Module<F>>)
    }
}

impl<F: Scalar> Layer<F> for Linear<F> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        if let Some(error) = &self.refused {
            return Err(error.clone().into());
        }
        let bias = self.bias.as_ref().map(Vec::len);
        let mut plan = plan(self, self.shape, input, [Some(self.weight.len()), bias], purpose)?;
        let tokens = input[1..input.len() - 1].iter().product();
        if let Some(rows) = tokens::aside(self.shape, tokens, input[0]).filter(|_| !self.stacks()) {
            let [outputs, inputs] = self.shape;
            plan.workspace.buffers =
                vec![Tensor::try_zeros(&[rows, inputs])?, Tensor::try_zeros(&[rows, outputs])?];
        }
        Ok(plan)
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, _: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        let [outputs, inputs] = self.shape;
        workspace.check_own(self, fits([outputs, inputs], x, y));
        tokens::forward(
            self.matrix(),
            self.bias.as_deref(),
            x.features() / inputs,
            x.into(),
            y.into(),
            &mut workspace.buffers,
        );
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
        workspace.check_backward(self, x, y, dy, dx.as_deref());
        let [outputs, inputs] = self.shape;
        let gradients = 1 + usize::from(self.bias.is_some());
        let own = fits([outputs, inputs], x, y) && workspace.gradients.len() == gradients;
        workspace.check_own(self, own);
        let Workspace { gradients, buffers, .. } = workspace;
        let gradients = weight_and_bias(gradients, self.bias.is_some());
        let tokens = x.features() / inputs;
        let both = [x.into(), dy.into()];
        tokens::backward_parameters(self.shape, tokens, both, gradients, buffers, self.stacks());
        if let Some(dx) = dx {
            tokens::backward_input(self.matrix(), tokens, dy.into(), dx.into(), accumulate, buffers);
        }
    }
}

impl<F: Scalar> fmt::Display for Linear<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [outputs, inputs] = self.shape;
        write!(f, "Linear({inputs} → {outputs}{})", if self.bias.is_some() { "" } else { ", bias=false" })
    }
}
