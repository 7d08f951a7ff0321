//! Group normalisation: each group of channels of a sample gets mean 0 and variance 1.

use std::fmt;

use super::described::described;
use super::layer::{Layer, compiled_here};
use crate::kernels::group_norm::{self, Groups};
use crate::{
    Accumulate, Mode, Module, ModuleError, Param, ParamMut, Parameters, Plan, Purpose, Scalar, Setting,
    SettingError, ShapeError, Tensor, Workspace, size, slots_mut,
};

/// Normalises each group of channels of a sample, with all their positions, then scales and shifts each channel. Every sample is
/// normalised separately, so training and inference are the same, and a batch may be small.
///
/// Forward, for the d values of each group of a sample: x̂ = (x − μ) / √(v + ε), y = γ x̂ + β, with μ and v the mean and
/// the variance (divided by d) of the group, and a γ and a β for each channel. Values whose squared distances from μ
/// overflow give NaN.
///
/// Backward, with g = γ ∂L/∂y:
/// - ∂L/∂γ = Σ ∂L/∂y · x̂ and ∂L/∂β = Σ ∂L/∂y over all samples and positions of a channel
/// - ∂L/∂x = (g − 1/d Σ g − x̂/d Σ g x̂) / √(v + ε), with sums over the group.
///
/// Shapes: `[n, c, …]`, unchanged. Parameters: `weight` (γ) and `bias` (β), each `[c]`. Initialisation: γ = 1, β = 0. It
/// remembers μ and 1/√(v + ε) of each group in [`Workspace::buffers`].
///
/// Errors: planning fails unless the groups divide the channels into equal parts.
///
/// One group is layer normalisation with weights for channels; as many groups as channels is called instance normalisation.
///
/// ```
/// use nn_core::{GroupNorm, Module, Purpose, Tensor};
/// let y = GroupNorm::new(2, 4)
///     .predict(&Tensor::from_rows(&[[1.0_f64, 3.0, 50.0, -50.0]]))?;
/// let expected = [-1.0, 1.0, 1.0, -1.0];
/// assert!(y.sample(0).zip(expected).all(|(y, one)| (y - one).abs() < 1e-5));
///
/// let layer = GroupNorm::<f32>::new(3, 8);
/// let error = layer.plan(&[64, 8, 28, 28], Purpose::Train).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "GroupNorm: groups is 3, expected a divisor of the 8 channels"
/// );
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
///
/// Source: Y. Wu and K. He, "Group normalization", 2018.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupNorm<F> {
    groups: usize,
    /// `[channels]`.
    shape: [usize; 1],
    eps: f64,
    affine: bool,
    weight: Vec<F>,
    bias: Vec<F>,
}

/// The default ε.
const EPS: f64 = 1e-5;

impl<F: Scalar> GroupNorm<F> {
    /// Makes a layer for this many groups of this many channels in all, with ε = 10⁻⁵, weight and bias. The number of channels
    /// must be a multiple of that of groups.
    ///
    /// # Panics
    /// If there is no memory for the parameters.
    pub fn new(groups: usize, channels: usize) -> Self {
        let channels = size::of_parameter::<F>(&[channels]);
        GroupNorm {
            groups,
            shape: [channels],
            eps: EPS,
            affine: true,
            weight: vec![F::ONE; channels],
            bias: vec![F::ZERO; channels],
        }
    }

    /// Sets ε, the value added to the variance before the square root. Must be at least 0.
    #[must_use]
    pub fn eps(self, eps: f64) -> Self {
        GroupNorm { eps, ..self }
    }

    /// Sets whether there are a `weight` and a `bias` to learn. Without them, y = x̂.
    #[must_use]
    pub fn affine(self, affine: bool) -> Self {
        GroupNorm { affine, ..self }
    }

    /// Returns whether the workspace for this input has the groups of this layer.
    fn planned(&self, x: &Tensor<F>, workspace: &Workspace<F>) -> bool {
        let grouped = |memory: &Tensor<F>| memory.features() == self.groups * group_norm::MEMORY;
        x.shape().get(1) == Some(&self.shape[0]) && workspace.buffers.first().is_some_and(grouped)
    }
}

impl<F: Scalar> Parameters<F> for GroupNorm<F> {
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
    GroupNorm<F> as "GroupNorm";
    settings |layer| {
        num_groups: usize = layer.groups,
        num_channels: usize = layer.shape[0],
        eps: f64 = layer.eps,
        affine: bool = layer.affine,
    }
    parameters [&[2, num_channels]];
    made => GroupNorm::new(num_groups, num_channels).eps(eps).affine(affine)
}

/// The workspace has one buffer, with what each group remembers.
impl<F: Scalar> Module<F> for GroupNorm<F> {
    compiled_here!(GroupNorm<F>);
}

impl<F: Scalar> Layer<F> for GroupNorm<F> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        Setting::of::<F>("GroupNorm", "eps", self.eps).at_least_0()?;
        ShapeError::check_samples(self, input)?;
        let (groups, [channels]) = (self.groups, self.shape);
        if channels == 0 {
            return Err(ShapeError::new(self, "a layer with at least one channel", &[0]).into());
        }
        let expected = format_args!("a divisor of the {channels} channels");
        SettingError::unless(channels.is_multiple_of(groups), "GroupNorm", "groups", expected, groups)?;
        if input.get(1) != Some(&channels) || input.contains(&0) {
            return Err(ShapeError::new(self, format!("input [n, {channels}, …]"), input).into());
        }
        let mut workspace = Workspace::of(self, input, input, purpose)?;
        workspace.buffers = vec![Tensor::try_zeros(&[input[0], groups, group_norm::MEMORY])?];
        if purpose == Purpose::Train && self.affine {
            workspace.gradients = vec![vec![F::ZERO; channels]; 2];
        }
        Ok(Plan { output: input.to_vec(), workspace })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, _: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        workspace.check_own(self, self.planned(x, workspace));
        let [memory] = slots_mut(&mut workspace.buffers);
        let groups = Groups::of(x, self.groups, self.shape[0]);
        group_norm::forward(x, y, groups, [&self.weight, &self.bias], F::from_f64(self.eps), memory);
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
        let own = self.planned(x, workspace) && workspace.gradients.len() == 2 * usize::from(self.affine);
        workspace.check_own(self, own);
        let Workspace { gradients, buffers, .. } = workspace;
        let [memory] = slots_mut(buffers);
        let groups = Groups::of(x, self.groups, self.shape[0]);
        let gradients = self.affine.then(|| slots_mut(gradients).each_mut().map(|all| &mut all[..]));
        group_norm::sums([x, dy], groups, &self.weight, gradients, memory);
        if let Some(dx) = dx {
            group_norm::backward([x, dy], dx, accumulate, groups, &self.weight, memory);
        }
    }
}

impl<F: Scalar> fmt::Display for GroupNorm<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GroupNorm({}, {}", self.groups, self.shape[0])?;
        if self.eps != EPS {
            write!(f, ", eps={:e}", self.eps)?;
        }
        f.write_str(if self.affine { ")" } else { ", affine=false)" })
    }
}
