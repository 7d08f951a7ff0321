//! The transposed convolution: what a convolution does backward to the gradient of its input, done forward.

use std::fmt;

use ndarray::{Array1, ArrayD, ArrayView1, ArrayViewD};
use rand::Rng;

use super::filters::Filters;
use crate::kernels::conv::{self, Convolution};
use crate::layers::described::described;
use crate::layers::layer::{Layer, compiled_here};
use crate::layers::linear::weight_and_bias;
use crate::layers::window::{Extent, Padding, Window};
use crate::{
    Accumulate, Fans, Init, Initialize, Mode, Module, ModuleError, Param, ParamMut, Parameters, Plan,
    Purpose, Scalar, SettingError, ShapeError, Tensor, Workspace, slots_mut,
};

/// A transposed convolution over images. See [`ConvTranspose`].
pub type ConvTranspose2d<F> = ConvTranspose<F, 2>;

/// A transposed convolution over sequences. See [`ConvTranspose`].
pub type ConvTranspose1d<F> = ConvTranspose<F, 1>;

/// A transposed convolution over images ([`ConvTranspose2d`], D = 2) or sequences ([`ConvTranspose1d`], D = 1), from c input
/// channels to p output channels: every input is spread over a window of the output. With a stride of 2 it doubles the size
/// of an image, as decoders do.
///
/// As a matrix, it is the transpose of the [convolution](super::Conv) with the same weights, stride, padding and dilation, from the
/// larger image to the smaller.
///
/// Forward, in two dimensions, with stride s, padding z and dilation d:
///
/// y_ouv = b_o + Σ_c Σ_ab W_coab · x_cij over all i, j, a, b with i s + a d − z = u and j s + b d − z = v
///
/// Backward, summed over all samples:
/// - ∂L/∂W_coab = Σ_ij x_cij · ∂L/∂y_o,(i s + a d − z),(j s + b d − z)
/// - ∂L/∂b_o = Σ_uv ∂L/∂y_ouv
/// - ∂L/∂x_cij = Σ_o Σ_ab W_coab · ∂L/∂y_o,(i s + a d − z),(j s + b d − z).
///
/// Shapes: `[n, c, h, w]` to `[n, p, h′, w′]` with h′ = (h − 1) s − 2z + d (k − 1) + 1 + the output padding, and w′ alike.
/// Parameters: `weight` of shape `[c, p/g, k, k]` for g groups, and `bias` of shape `[p]` unless it is
/// [removed](ConvTranspose::without_bias). Initialisation: U(−a, a) with a = 1/√(p/g · k · k) for both, as in PyTorch. It remembers
/// nothing between forward and backward.
///
/// Errors: planning fails if a kernel, a stride or a dilation is 0, if the groups do not divide both numbers of channels, if the
/// output padding is not smaller than the stride or the dilation, if a setting of its [`Init`] makes no sense, if the image is
/// empty, and if the padding leaves nothing of the output.
///
/// ```
/// use nn_core::ndarray::{Array1, ArrayD};
/// use nn_core::{ConvTranspose2d, Module, Tensor};
///
/// // Every pixel becomes a square of four.
/// let square = ArrayD::ones(vec![1, 1, 2, 2]);
/// let layer = ConvTranspose2d::from_parameters(square, Array1::zeros(1))?.stride(2);
/// let mut x = Tensor::<f32>::zeros(&[1, 1, 1, 2]);
/// (x[[0, 0]], x[[0, 1]]) = (3.0, 5.0);
/// let y = layer.predict(&x)?;
/// assert_eq!(y.shape(), [1, 1, 2, 4]);
/// assert!(y.sample(0).eq([3.0, 3.0, 5.0, 5.0, 3.0, 3.0, 5.0, 5.0]));
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
///
/// Source: M. D. Zeiler, D. Krishnan, G. W. Taylor and R. Fergus, "Deconvolutional networks", 2010.
#[derive(Debug, Clone, PartialEq)]
pub struct ConvTranspose<F, const D: usize> {
    filters: Filters<F, D>,
    output_padding: [usize; D],
}

impl<F: Scalar, const D: usize> ConvTranspose<F, D> {
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
        ConvTranspose::grouped(inputs, outputs, kernel, 1, rng)
    }

    /// Makes a layer whose channels form `groups` that have nothing to do with each other. `groups` must divide both numbers of
    /// channels.
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
        ConvTranspose::with_init([inputs, outputs], kernel, groups, Init::FanIn, Init::FanIn, rng)
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
        let [inputs, outputs] = channels;
        // PyTorch counts those of the convolution that this one is the transpose of.
        let fans = Fans { fan_in: outputs / groups.max(1), fan_out: inputs / groups.max(1) };
        let window = Window::new(kernel.into());
        let filters = Filters::drawn(channels, outputs, window, groups, fans, (weight, bias), rng);
        ConvTranspose { filters, output_padding: [0; D] }
    }

    /// Makes a layer with these parameters and one group: W of shape `[c, p, k, k]`, or `[c, p, k]` in one dimension, and b of
    /// shape `[p]`.
    ///
    /// # Errors
    /// [`ShapeError`] if `weight` has another number of axes, or `bias` does not have one value for each output channel.
    pub fn from_parameters(weight: ArrayD<F>, bias: Array1<F>) -> Result<Self, ShapeError> {
        let filters = Filters::from_parameters(weight, bias, 1, &format!("ConvTranspose{D}d"))?;
        Ok(ConvTranspose { filters, output_padding: [0; D] })
    }

    /// Sets by how many positions of the output the window moves from one input to the next. Must be at least 1.
    #[must_use]
    pub fn stride(mut self, stride: impl Into<Extent<D>>) -> Self {
        self.filters.window.stride = stride.into().0;
        self
    }

    /// Sets how many positions are cut off on each side of the output: a number, or one for each axis.
    #[must_use]
    pub fn padding(mut self, padding: impl Into<Extent<D>>) -> Self {
        self.filters.window.padding = Padding::Zeros(padding.into().0);
        self
    }

    /// Sets by how many positions the output is longer at its end. Several sizes of an image become the same size by a convolution
    /// with a stride; this chooses which of them comes back. Must be smaller than the stride or the dilation.
    #[must_use]
    pub fn output_padding(mut self, output_padding: impl Into<Extent<D>>) -> Self {
        self.output_padding = output_padding.into().0;
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

    /// Returns W, of shape `[c, p/g, k, k]`, or `[c, p/g, k]` in one dimension.
    pub fn weight(&self) -> ArrayViewD<'_, F> {
        self.filters.weight()
    }

    /// Returns b, one value for each output channel; empty if the layer has no bias.
    pub fn bias(&self) -> ArrayView1<'_, F> {
        self.filters.bias()
    }

    /// Returns the convolution that this one is the transpose of: its inputs are the outputs of this layer.
    fn convolution(&self, input: &[usize]) -> Result<Convolution, ShapeError> {
        let Filters { channels: [outputs, inputs], groups, ref window, .. } = self.filters;
        let axes = window.transposed_axes(self, input, self.output_padding)?;
        Ok(Convolution { inputs, outputs, groups, axes, samples: input[0] })
    }
}

impl<F: Scalar, const D: usize> Parameters<F> for ConvTranspose<F, D> {
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        self.filters.visit(visitor);
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        self.filters.visit_mut(workspace, visitor);
    }
}

described! {
    ConvTranspose<F, D> [const D: usize] as if D == 1 { "ConvTranspose1d" } else { "ConvTranspose2d" };
    settings |layer| {
        in_channels: usize = layer.filters.channels[0],
        out_channels: usize = layer.filters.channels[1],
        kernel_size: Extent<D> = Extent(layer.filters.window.kernel),
        stride: Extent<D> = Extent(layer.filters.window.stride),
        padding: Extent<D> = layer.filters.window.zeros(),
        output_padding: Extent<D> = Extent(layer.output_padding),
        groups: usize = layer.filters.groups,
        bias: bool = layer.filters.bias.is_some(),
        dilation: Extent<D> = Extent(layer.filters.window.dilation),
    }
    parameters [&[in_channels, out_channels / groups.max(1), kernel_size.positions()], &[out_channels]];
    made |rng| => {
        let layer = ConvTranspose::grouped(in_channels, out_channels, kernel_size, groups, rng);
        let layer = layer.stride(stride).padding(padding).output_padding(output_padding).dilation(dilation);
        if bias { layer } else { layer.without_bias() }
    }
}

impl<F: Scalar> Module<F> for ConvTranspose<F, 1> {
    compiled_here!(ConvTranspose<F, 1>);
}

impl<F: Scalar> Module<F> for ConvTranspose<F, 2> {
    compiled_here!(ConvTranspose<F, 2>);
}

/// The workspace is that of a [`Conv`](super::Conv).
impl<F: Scalar, const D: usize> Layer<F> for ConvTranspose<F, D> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        let (name, Filters { channels, window, .. }) = (format!("ConvTranspose{D}d"), &self.filters);
        self.filters.check(self, &name, input, channels[0])?;
        for d in 0..D {
            let fits = self.output_padding[d] < window.stride[d].max(window.dilation[d]);
            let expected = "less than the stride or the dilation";
            SettingError::unless(fits, &name, "output padding", expected, Extent(self.output_padding))?;
        }
        let of = self.convolution(input)?;
        let sizes = of.axes.map(|axis| axis.input);
        self.filters.plan(self, of, input, (of.inputs, sizes), purpose)
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, _: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        let of = self.filters.planned(self, self.convolution(x.shape()), workspace);
        let Workspace { buffers, indices, .. } = workspace;
        let [scratch] = slots_mut(buffers);
        let (weight, start) = (&self.filters.weight, self.filters.bias.as_deref().into());
        conv::inputs(&of, indices, weight, start, x.blocks(), y.blocks_mut(), scratch.feature_mut(0));
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
        conv::weights(&of, dy.blocks(), x.blocks(), dw, scratch.feature_mut(0));
        conv::sums(dy.blocks(), dy.samples(), db);
        if let Some(dx) = dx {
            let (weight, start) = (&self.filters.weight, accumulate.into());
            conv::outputs(&of, indices, weight, start, dy.blocks(), dx.blocks_mut(), scratch.feature_mut(0));
        }
    }
}

impl<F: Scalar, const D: usize> fmt::Display for ConvTranspose<F, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [inputs, outputs] = self.filters.channels;
        write!(f, "ConvTranspose{D}d({inputs} → {outputs}, ")?;
        self.filters.fmt_settings(f)?;
        if self.output_padding != [0; D] {
            write!(f, ", output_padding={}", Extent(self.output_padding))?;
        }
        f.write_str(")")
    }
}
