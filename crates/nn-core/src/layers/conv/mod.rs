//! Convolution: the same small linear layer at every position of an image or a sequence.

mod filters;
mod transpose;

use std::fmt;

use ndarray::{Array1, ArrayD, ArrayView1, ArrayViewD};
use rand::Rng;

use super::described::described;
use super::layer::{Layer, compiled_here};
use super::linear::weight_and_bias;
use super::window::{Extent, Padding, Window};
use crate::kernels::conv::{self, Convolution};
use crate::{
    Accumulate, Fans, Init, Initialize, Mode, Module, ModuleError, Param, ParamMut, Parameters, Plan,
    Purpose, Scalar, ShapeError, Tensor, Workspace, slots_mut,
};
use filters::Filters;
pub use transpose::{ConvTranspose, ConvTranspose1d, ConvTranspose2d};

/// A convolution over images: `[n, c, h, w]` to `[n, p, h′, w′]`. See [`Conv`].
pub type Conv2d<F> = Conv<F, 2>;

/// A convolution over sequences: `[n, c, l]` to `[n, p, l′]`. See [`Conv`].
pub type Conv1d<F> = Conv<F, 1>;

/// A convolution over images ([`Conv2d`], D = 2) or sequences ([`Conv1d`], D = 1), with c input channels and p output
/// channels. Every output is a linear function of the inputs that a window of k × k positions covers, by the same weights
/// everywhere.
///
/// Forward, in two dimensions, with stride s, padding z and dilation d, where inputs outside of the image are 0:
///
/// y_oij = b_o + Σ_c Σ_a Σ_b W_ocab · x_c,(i s + a d − z),(j s + b d − z)
///
/// Backward, summed over all samples:
/// - ∂L/∂W_ocab = Σ_ij ∂L/∂y_oij · x_c,(i s + a d − z),(j s + b d − z)
/// - ∂L/∂b_o = Σ_ij ∂L/∂y_oij
/// - ∂L/∂x_cuv = Σ_o Σ_ab W_ocab · ∂L/∂y_oij over all i, j, a, b with i s + a d − z = u and j s + b d − z = v.
///
/// Shapes: `[n, c, h, w]` to `[n, p, h′, w′]` with h′ = ⌊(h + 2z − d (k − 1) − 1) / s⌋ + 1, and w′ alike. With g
/// [groups](Conv::grouped), output channel o sees only the c/g inputs of its group; as many groups as channels make the
/// convolution depthwise. Parameters: `weight` of shape `[p, c/g, k, k]`, and `bias` of shape `[p]` unless it is
/// [removed](Conv::without_bias). Initialisation: U(−a, a) with a = 1/√(c/g · k · k) for both, as in PyTorch ([`Init::FanIn`]).
/// It remembers nothing between forward and backward.
///
/// Errors: planning fails if a kernel, a stride or a dilation is 0, if the groups do not divide both numbers of channels, if the
/// padding is `same` and the stride is not 1, if a setting of its [`Init`] makes no sense, and if the image with its padding is
/// smaller than the window.
///
/// ```
/// use nn_core::ndarray::{Array1, ArrayD};
/// use nn_core::{Conv2d, Module, Tensor};
///
/// // The slope to the right, as a filter.
/// let slope = ArrayD::from_shape_vec(vec![1, 1, 1, 3], vec![-0.5, 0.0, 0.5]).unwrap();
/// let layer = Conv2d::from_parameters(slope, Array1::zeros(1))?;
/// let mut ramp = Tensor::<f64>::zeros(&[1, 1, 2, 5]);
/// (0..10).for_each(|pixel| ramp[[0, pixel]] = (pixel % 5) as f64);
/// let y = layer.predict(&ramp)?;
/// assert_eq!(y.shape(), [1, 1, 2, 3]);
/// assert!(y.sample(0).eq([1.0; 6]));
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
///
/// Source: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document recognition", 1998. V. Dumoulin
/// and F. Visin, "A guide to convolution arithmetic for deep learning", 2016, shows every kind of padding and stride.
#[derive(Debug, Clone, PartialEq)]
pub struct Conv<F, const D: usize> {
    filters: Filters<F, D>,
}

impl<F: Scalar, const D: usize> Conv<F, D> {
    /// Makes a layer from `inputs` to `outputs` channels with a window of this size, such as `3` or `[3, 5]`, initialised as PyTorch
    /// does, with stride 1, without padding.
    ///
    /// # Panics
    /// If there is no memory for the parameters.
    pub fn new(
        inputs: usize,
        outputs: usize,
        kernel: impl Into<Extent<D>>,
        rng: &mut (impl Rng + ?Sized),
    ) -> Self {
        Conv::grouped(inputs, outputs, kernel, 1, rng)
    }

    /// Makes a layer whose channels form `groups` that have nothing to do with each other: the first outputs see the first inputs
    /// alone, and so on. `groups` must divide both numbers of channels. With as many groups as inputs, each channel is
    /// filtered by itself (a depthwise convolution).
    ///
    /// # Panics
    /// If there is no memory for the parameters.
    pub fn grouped(
        inputs: usize,
        outputs: usize,
        kernel: impl Into<Extent<D>>,
        groups: usize,
        rng: &mut (impl Rng + ?Sized),
    ) -> Self {
        Conv::with_init([inputs, outputs], kernel, groups, Init::FanIn, Init::FanIn, rng)
    }

    /// Makes a layer from and to so many `channels` whose weights and then biases are drawn from the given distributions: an
    /// [`Init`], or a reference to any [`Distribution`](rand::distr::Distribution).
    ///
    /// # Panics
    /// If there is no memory for the parameters.
    pub fn with_init(
        channels: [usize; 2],
        kernel: impl Into<Extent<D>>,
        groups: usize,
        weight: impl Initialize,
        bias: impl Initialize,
        rng: &mut (impl Rng + ?Sized),
    ) -> Self {
        let ([inputs, outputs], window) = (channels, Window::new(kernel.into()));
        // Of one group and one element of the window.
        let fans = Fans { fan_in: inputs / groups.max(1), fan_out: outputs / groups.max(1) };
        Conv {
            filters: Filters::drawn([outputs, inputs], outputs, window, groups, fans, (weight, bias), rng),
        }
    }

    /// Makes a layer with these parameters and one group: W of shape `[p, c, k, k]`, or `[p, c, k]` in one dimension, and b of
    /// shape `[p]`.
    ///
    /// # Errors
    /// [`ShapeError`] if `weight` has another number of axes, or `bias` does not have one value for each output channel.
    pub fn from_parameters(weight: ArrayD<F>, bias: Array1<F>) -> Result<Self, ShapeError> {
        Ok(Conv { filters: Filters::from_parameters(weight, bias, 0, &format!("Conv{D}d"))? })
    }

    /// Sets by how many positions the window moves from one output to the next. Must be at least 1.
    #[must_use]
    pub fn stride(mut self, stride: impl Into<Extent<D>>) -> Self {
        self.filters.window.stride = stride.into().0;
        self
    }

    /// Sets how many zeros surround the image: a number, one for each axis, [`Padding::Same`] or [`Padding::Valid`].
    #[must_use]
    pub fn padding(mut self, padding: impl Into<Padding<D>>) -> Self {
        self.filters.window.padding = padding.into();
        self
    }

    /// Sets how far apart the elements of the window are. Must be at least 1.
    #[must_use]
    pub fn dilation(mut self, dilation: impl Into<Extent<D>>) -> Self {
        self.filters.window.dilation = dilation.into().0;
        self
    }

    /// Removes the bias. What a generator draws later does not depend on it.
    #[must_use]
    pub fn without_bias(mut self) -> Self {
        self.filters.bias = None;
        self
    }

    /// Returns W, of shape `[p, c/g, k, k]`, or `[p, c/g, k]` in one dimension.
    pub fn weight(&self) -> ArrayViewD<'_, F> {
        self.filters.weight()
    }

    /// Returns b, one value for each output channel; empty if the layer has no bias.
    pub fn bias(&self) -> ArrayView1<'_, F> {
        self.filters.bias()
    }
}

impl<F: Scalar, const D: usize> Parameters<F> for Conv<F, D> {
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        self.filters.visit(visitor);
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        self.filters.visit_mut(workspace, visitor);
    }
}

described! {
    Conv<F, D> [const D: usize] as if D == 1 { "Conv1d" } else { "Conv2d" };
    settings |layer| {
        in_channels: usize = layer.filters.channels[1],
        out_channels: usize = layer.filters.channels[0],
        kernel_size: Extent<D> = Extent(layer.filters.window.kernel),
        stride: Extent<D> = Extent(layer.filters.window.stride),
        padding: Padding<D> = layer.filters.window.padding,
        dilation: Extent<D> = Extent(layer.filters.window.dilation),
        groups: usize = layer.filters.groups,
        bias: bool = layer.filters.bias.is_some(),
    }
    parameters [&[out_channels, in_channels / groups.max(1), kernel_size.positions()], &[out_channels]];
    made |rng| => {
        let layer = Conv::grouped(in_channels, out_channels, kernel_size, groups, rng);
        let layer = layer.stride(stride).padding(padding).dilation(dilation);
        if bias { layer } else { layer.without_bias() }
    }
}

impl<F: Scalar> Module<F> for Conv<F, 1> {
    compiled_here!(Conv<F, 1>);
}

impl<F: Scalar> Module<F> for Conv<F, 2> {
    compiled_here!(Conv<F, 2>);
}

impl<F: Scalar, const D: usize> Conv<F, D> {
    fn convolution(&self, input: &[usize]) -> Result<Convolution, ShapeError> {
        let Filters { channels: [outputs, inputs], groups, ref window, .. } = self.filters;
        Ok(Convolution { inputs, outputs, groups, axes: window.axes(self, input)?, samples: input[0] })
    }
}

/// The workspace has one buffer, room for the weights in another order, and indices: the walks of the convolution, and what tells
/// it from any other.
impl<F: Scalar, const D: usize> Layer<F> for Conv<F, D> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        self.filters.check(self, &format!("Conv{D}d"), input, self.filters.channels[1])?;
        let of = self.convolution(input)?;
        let sizes = of.axes.map(|axis| axis.output);
        self.filters.plan(self, of, input, (of.outputs, sizes), purpose)
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, _: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        let of = self.filters.planned(self, self.convolution(x.shape()), workspace);
        let Workspace { buffers, indices, .. } = workspace;
        let [scratch] = slots_mut(buffers);
        let (weight, start) = (&self.filters.weight, self.filters.bias.as_deref().into());
        conv::outputs(&of, indices, weight, start, x.blocks(), y.blocks_mut(), scratch.feature_mut(0));
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
        let of = self.filters.planned(self, self.convolution(x.shape()), workspace);
        let Workspace { gradients, buffers, indices, .. } = workspace;
        let [scratch] = slots_mut(buffers);
        let [dw, db] = weight_and_bias(gradients, self.filters.bias.is_some());
        conv::weights(&of, x.blocks(), dy.blocks(), dw, scratch.feature_mut(0));
        conv::sums(dy.blocks(), dy.samples(), db);
        if let Some(dx) = dx {
            let (weight, start) = (&self.filters.weight, accumulate.into());
            conv::inputs(&of, indices, weight, start, dy.blocks(), dx.blocks_mut(), scratch.feature_mut(0));
        }
    }
}

impl<F: Scalar, const D: usize> fmt::Display for Conv<F, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [outputs, inputs] = self.filters.channels;
        write!(f, "Conv{D}d({inputs} → {outputs}, ")?;
        self.filters.fmt_settings(f)?;
        f.write_str(")")
    }
}
