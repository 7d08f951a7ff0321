//! Normalisation by the root of the mean square.

use std::fmt;

use super::described::described;
use super::feature_norm;
use super::layer::{Layer, compiled_here};
use crate::kernels::layer_norm::{self, Affine, Statistics};
use crate::{
    Accumulate, Mode, Module, ModuleError, Param, ParamMut, Parameters, Plan, Purpose, Scalar, Tensor,
    Workspace, size, slots, slots_mut,
};

/// Divides each sample by the root of its mean square over its last axes, then scales each feature:
/// [`LayerNorm`](crate::LayerNorm) without the mean and the bias. Every sample is normalised separately, so training and inference
/// are the same.
///
/// Forward, for each group of d values that the last axes hold: x̂ = x / √(q + ε) with q = 1/d Σ x², y = γ ⊙ x̂. Values whose squares
/// overflow give NaN.
///
/// Backward, with g = γ ⊙ ∂L/∂y:
/// - ∂L/∂γ_j = Σ ∂L/∂y_j · x̂_j over all samples and groups
/// - ∂L/∂x_j = (g_j − x̂_j/d Σ_k g_k x̂_k) / √(q + ε).
///
/// Shapes: `[n, …, normalized_shape]`, unchanged. Parameters: `weight` (γ) of the normalized shape. Initialisation: γ = 1. It remembers
/// 1/√(q + ε) of each group in [`Workspace::buffers`].
///
/// Errors: planning fails unless the input ends with the normalized shape, which has an axis and no axis of size 0, and if ε is negative or
/// not finite.
///
/// ```
/// use nn_core::{Module, RmsNorm, Tensor};
/// let x = Tensor::from_rows(&[[1.0_f64, 7.0], [-3.0, 0.0]]);
/// let y = RmsNorm::new([2]).predict(&x)?;
/// assert!((y[[0, 0]] - 0.2).abs() < 1e-12 && (y[[0, 1]] - 1.4).abs() < 1e-12);
/// assert!((y[[1, 0]] + 2_f64.sqrt()).abs() < 1e-12 && y[[1, 1]] == 0.0);
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
///
/// Source: B. Zhang and R. Sennrich, "Root mean square layer normalization", 2019.
#[derive(Debug, Clone, PartialEq)]
pub struct RmsNorm<F> {
    /// Sizes of the last axes.
    shape: Vec<usize>,
    /// `None` for the machine epsilon.
    eps: Option<f64>,
    affine: bool,
    weight: Vec<F>,
}

impl<F: Scalar> RmsNorm<F> {
    /// Makes a layer for last axes of these sizes, such as `[8]`, with a weight, and with the
    /// [machine epsilon](Scalar::EPSILON) of the precision as ε, as in PyTorch.
    ///
    /// # Panics
    /// If there is no memory for the parameters.
    pub fn new(normalized_shape: impl Into<Vec<usize>>) -> Self {
        let shape = normalized_shape.into();
        let count = size::of_parameter::<F>(&shape);
        RmsNorm { shape, eps: None, affine: true, weight: vec![F::ONE; count] }
    }

    /// Sets ε, the value added to the mean square before the square root. Must be at least 0.
    #[must_use]
    pub fn eps(self, eps: f64) -> Self {
        RmsNorm { eps: Some(eps), ..self }
    }

    /// Sets whether there is a `weight` to learn. Without it, y = x̂.
    #[must_use]
    pub fn elementwise_affine(self, affine: bool) -> Self {
        RmsNorm { affine, ..self }
    }
}

impl<F: Scalar> Parameters<F> for RmsNorm<F> {
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        if self.affine {
            visitor(Param::new("weight", &self.shape, &self.weight));
        }
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        if self.affine {
            let gradient = Workspace::gradient(workspace, 0);
            visitor(ParamMut::new("weight", &self.shape, &mut self.weight, gradient));
        }
    }
}

described! {
    RmsNorm<F> as "RMSNorm";
    settings |layer| {
        normalized_shape: Vec<usize> = layer.shape.clone(),
        eps: Option<f64> = layer.eps,
        elementwise_affine: bool = layer.affine,
    }
    parameters [&normalized_shape];
    made => RmsNorm { eps, ..RmsNorm::new(normalized_shape).elementwise_affine(elementwise_affine) }
}

/// The workspace of a training plan has one buffer, 1/√(q + ε), with a feature for each group.
impl<F: Scalar> Module<F> for RmsNorm<F> {
    compiled_here!(RmsNorm<F>);
}

impl<F: Scalar> Layer<F> for RmsNorm<F> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        feature_norm::check_eps::<F>("RmsNorm", self.eps.unwrap_or(0.0))?;
        feature_norm::plan(self, &self.shape, input, purpose, [1, usize::from(self.affine)])
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, _: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        workspace.check_own(self, feature_norm::planned(&self.shape, x, workspace));
        let statistics = workspace.buffers.first_mut().map(|inverse| Statistics { mean: None, inverse });
        let affine = Affine { weight: &self.weight, bias: &[] };
        let eps = self.eps.map_or(F::EPSILON, F::from_f64);
        layer_norm::forward::<_, false>(x, y, affine, eps, statistics);
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
            && workspace.gradients.len() == usize::from(self.affine);
        workspace.check_own(self, own);
        let Workspace { gradients, buffers, .. } = workspace;
        let [inverse] = slots(buffers);
        let statistics = Statistics { mean: None, inverse };
        if self.affine {
            let [dw] = slots_mut(gradients);
            layer_norm::backward_parameters::<_, false>([x, dy], [dw, &mut []], statistics);
        }
        if let Some(dx) = dx {
            layer_norm::backward_input::<_, false>([x, dy], dx, accumulate, &self.weight, statistics);
        }
    }
}

impl<F: Scalar> fmt::Display for RmsNorm<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RmsNorm({:?}", self.shape)?;
        if let Some(eps) = self.eps {
            write!(f, ", eps={eps:e}")?;
        }
        f.write_str(if self.affine { ")" } else { ", elementwise_affine=false)" })
    }
}
