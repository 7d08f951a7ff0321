//! Layer normalisation: each sample gets mean 0 and variance 1 over its features.

use std::fmt;

use super::described::described;
use super::feature_norm;
use super::layer::{Layer, compiled_here};
use crate::kernels::layer_norm::{self, Affine, Statistics};
use crate::{
    Accumulate, Mode, Module, ModuleError, Param, ParamMut, Parameters, Plan, Purpose, Scalar, Tensor,
    Workspace, size, slots, slots_mut,
};

/// Normalises each sample over its last axes, then scales and shifts each feature. Every sample is normalised
/// separately, so training and inference are the same.
///
/// Forward, for each group of d values that the last axes hold: x̂ = (x − μ) / √(v + ε), y = γ ⊙ x̂ + β, with μ and v
/// the mean and the variance (divided by d) of the group. Values whose squared distances from μ overflow give NaN.
///
/// Backward, with g = γ ⊙ ∂L/∂y:
/// - ∂L/∂γ_j = Σ ∂L/∂y_j · x̂_j and ∂L/∂β_j = Σ ∂L/∂y_j over all samples and groups
/// - ∂L/∂x_j = (g_j − 1/d Σ_k g_k − x̂_j/d Σ_k g_k x̂_k) / √(v + ε).
///
/// Shapes: `[n, …, normalized_shape]`, unchanged. Parameters: `weight` (γ) and `bias` (β), each of the normalized
/// shape. Initialisation: γ = 1, β = 0. It remembers μ and 1/√(v + ε) of each group in [`Workspace::buffers`].
///
/// ```
/// use nn_core::{LayerNorm, Module, Tensor};
/// let y = LayerNorm::new([2])
///     .predict(&Tensor::from_rows(&[[1.0_f64, 3.0], [50.0, -50.0]]))?;
/// assert!((y[[0, 0]] + 1.0).abs() < 1e-5 && (y[[0, 1]] - 1.0).abs() < 1e-5);
/// assert!((y[[1, 0]] - 1.0).abs() < 1e-5 && (y[[1, 1]] + 1.0).abs() < 1e-5);
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
///
/// Source: J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer normalization", 2016.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerNorm<F> {
    /// Sizes of the last axes.
    shape: Vec<usize>,
    eps: f64,
    affine: bool,
    weight: Vec<F>,
    bias: Vec<F>,
}

/// The default ε.
const EPS: f64 = 1e-5;

impl<F: Scalar> LayerNorm<F> {
    /// Makes a layer for last axes of these sizes, such as `[8]`, with ε = 10⁻⁵, weight and bias.
    ///
    /// # Panics
    /// If there is no memory for the parameters.
    pub fn new(normalized_shape: impl Into<Vec<usize>>) -> Self {
        let shape = normalized_shape.into();
        let count = size::of_parameter::<F>(&shape);
        LayerNorm { shape, eps: EPS, affine: true, weight: vec![F::ONE; count], bias: vec![F::ZERO; count] }
    }

    /// Sets ε, the value added to the variance before the square root. Must be at least 0.
    #[must_use]
    pub fn eps(self, eps: f64) -> Self {
        LayerNorm { eps, ..self }
    }

    /// Sets whether there are a `weight` and a `bias` to learn. Without them, y = x̂.
    #[must_use]
    pub fn elementwise_affine(self, affine: bool) -> Self {
        LayerNorm { affine, ..self }
    }
}

impl<F: Scalar> Parameters<F> for LayerNorm<F> {
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        if self.affine {
            visitor(Param::new("weight", &self.shape, &self.weight));
            visitor(Param::new("bias", &self.shape, &self.bias));
        }
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        if self.affine {
            let [dw, db] = [0, 1].map(|index| Workspace::gradient(workspace, index));
            visitor(ParamMut::new("weight", &self.shape, &mut self.weight, dw));
            visitor(ParamMut::new("bias", &self.shape, &mut self.bias, db));
        }
    }
}

described! {
    LayerNorm<F> as "LayerNorm";
    settings |layer| {
        normalized_shape: Vec<usize> = layer.shape.clone(),
        eps: f64 = layer.eps,
        elementwise_affine: bool = layer.affine,
    }
    parameters [&normalized_shape, &normalized_shape];
    made => LayerNorm::new(normalized_shape).eps(eps).elementwise_affine(elementwise_affine)
}

/// The workspace of a training plan has two buffers, μ and 1/√(v + ε), with a feature for each group.
impl<F: Scalar> Module<F> for LayerNorm<F> {
    compiled_here!(LayerNorm<F>);
}

impl<F: Scalar> Layer<F> for LayerNorm<F> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        feature_norm::check_eps::<F>("LayerNorm", self.eps)?;
        feature_norm::plan(self, &self.shape, input, purpose, [2, 2 * usize::from(self.affine)])
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, _: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        workspace.check_own(self, feature_norm::planned(&self.shape, x, workspace));
        let statistics = match &mut workspace.buffers[..] {
            [mean, inverse] => Some(Statistics { mean: Some(mean), inverse }),
            _ => None,
        };
        let affine = Affine { weight: &self.weight, bias: &self.bias };
        layer_norm::forward::<_, true>(x, y, affine, F::from_f64(self.eps), statistics);
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
        let own = feature_norm::planned(&self.shape, x, workspace)
            && workspace.gradients.len() == 2 * usize::from(self.affine);
        workspace.check_own(self, own);
        let Workspace { gradients, buffers, .. } = workspace;
        let [mean, inverse] = slots(buffers);
        let statistics = Statistics { mean: Some(mean), inverse };
        if self.affine {
            let [dw, db] = slots_mut(gradients);
            layer_norm::backward_parameters::<_, true>([x, dy], [dw, db], statistics);
        }
        if let Some(dx) = dx {
            layer_norm::backward_input::<_, true>([x, dy], dx, accumulate, &self.weight, statistics);
        }
    }
}

impl<F: Scalar> fmt::Display for LayerNorm<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LayerNorm({:?}", self.shape)?;
        if self.eps != EPS {
            write!(f, ", eps={:e}", self.eps)?;
        }
        f.write_str(if self.affine { ")" } else { ", elementwise_affine=false)" })
    }
}
