//! Layer normalisation: each sample gets mean 0 and variance 1 over its features.

use std::fmt;

use crate::kernels::layer_norm::{self, Affine};
use crate::{Mode, Module, Param, ParamMut, Plan, Purpose, Scalar, ShapeError, Tensor, Workspace};

/// Normalises each sample over its last axes, then scales and shifts each feature. It treats every sample alone, so training
/// and use are the same.
///
/// Forward, for each group of the d numbers of the last axes: x̂ = (x − μ) / √(v + ε), y = γ ⊙ x̂ + β, with μ and v the mean and
/// the variance (divided by d) of the group.
///
/// Backward, with g = γ ⊙ ∂L/∂y:
/// - ∂L/∂γ_j = Σ ∂L/∂y_j · x̂_j and ∂L/∂β_j = Σ ∂L/∂y_j over all samples and groups
/// - ∂L/∂x_j = (g_j − 1/d Σ_k g_k − x̂_j/d Σ_k g_k x̂_k) / √(v + ε).
///
/// Shapes: `[n, …, normalized_shape]`, to the same. Parameters: `weight` (γ) and `bias` (β), each of the normalized shape.
/// Initialisation: γ = 1, β = 0. It remembers μ and 1/√(v + ε) of each group in [`Workspace::buffers`].
///
/// ```
/// use nn_core::{LayerNorm, Module, Tensor};
/// let y = LayerNorm::new([2]).predict(&Tensor::from_rows(&[[1.0_f64, 3.0], [50.0, -50.0]]))?;
/// assert!((y[[0, 0]] + 1.0).abs() < 1e-5 && (y[[0, 1]] - 1.0).abs() < 1e-5);
/// assert!((y[[1, 0]] - 1.0).abs() < 1e-5 && (y[[1, 1]] + 1.0).abs() < 1e-5);
/// # Ok::<(), nn_core::ShapeError>(())
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

impl<F: Scalar> LayerNorm<F> {
    /// Over last axes of these sizes, such as `[8]`, with ε = 10⁻⁵, weight and bias.
    pub fn new(normalized_shape: impl Into<Vec<usize>>) -> Self {
        let shape = normalized_shape.into();
        let count = shape.iter().product();
        LayerNorm { shape, eps: 1e-5, affine: true, weight: vec![F::ONE; count], bias: vec![F::ZERO; count] }
    }

    /// With another ε, which is added to the variance before its root is divided by.
    #[must_use]
    pub fn eps(self, eps: f64) -> Self {
        LayerNorm { eps, ..self }
    }

    /// With `weight` and `bias` to learn, or without: y = x̂.
    #[must_use]
    pub fn elementwise_affine(self, affine: bool) -> Self {
        LayerNorm { affine, ..self }
    }
}

/// The workspace of a training plan has two buffers, μ and 1/√(v + ε), with a feature for each group.
impl<F: Scalar> Module<F> for LayerNorm<F> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ShapeError> {
        ShapeError::check_samples(self, input)?;
        if self.shape.is_empty() || self.shape.contains(&0) {
            return Err(ShapeError::new(self, "a normalized shape of at least one number", &self.shape));
        }
        if !input[1..].ends_with(&self.shape) {
            let sizes: Vec<_> = self.shape.iter().map(usize::to_string).collect();
            return Err(ShapeError::new(self, format!("input [n, …, {}]", sizes.join(", ")), input));
        }
        let mut workspace = Workspace::empty();
        if purpose == Purpose::Train {
            let groups: usize = input[1..input.len() - self.shape.len()].iter().product();
            workspace.buffers = vec![Tensor::zeros(&[input[0], groups]); 2];
            if self.affine {
                workspace.gradients = vec![vec![F::ZERO; self.weight.len()]; 2];
            }
        }
        Ok(Plan { output: input.to_vec(), workspace })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, _: &mut Mode<'_>) {
        let statistics = match &mut workspace.buffers[..] {
            [mean, inverse] => Some([mean, inverse]),
            _ => None,
        };
        let affine = Affine { weight: &self.weight, bias: &self.bias };
        layer_norm::forward(x, y, affine, F::from_f64(self.eps), statistics);
    }

    fn backward(
        &self,
        x: &Tensor<F>,
        _y: &Tensor<F>,
        dy: &Tensor<F>,
        dx: Option<&mut Tensor<F>>,
        workspace: &mut Workspace<F>,
    ) {
        let Workspace { gradients, buffers, .. } = workspace;
        let [mean, inverse] = &buffers[..] else { panic!("backward needs a plan for training") };
        if let [dw, db] = &mut gradients[..] {
            layer_norm::backward_parameters([x, dy], [dw, db], [mean, inverse]);
        }
        if let Some(dx) = dx {
            layer_norm::backward_input([x, dy], dx, &self.weight, [mean, inverse]);
        }
    }

    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        if self.affine {
            visitor(Param::new("weight", &self.shape, &self.weight));
            visitor(Param::new("bias", &self.shape, &self.bias));
        }
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        if self.affine {
            let gradient = |index: usize| Some(&workspace?.gradients.get(index)?[..]);
            visitor(ParamMut::new("weight", &self.shape, &mut self.weight, gradient(0)));
            visitor(ParamMut::new("bias", &self.shape, &mut self.bias, gradient(1)));
        }
    }
}

impl<F: Scalar> fmt::Display for LayerNorm<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LayerNorm({:?})", self.shape)
    }
}
