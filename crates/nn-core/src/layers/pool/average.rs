//! Average pooling: the mean of the inputs of each window.

use std::fmt;

use super::{plan, window, windows};
use crate::kernels::pool::{self, Divisor};
use crate::kernels::window::Axis;
use crate::layers::described::described;
use crate::layers::layer::Layer;
use crate::layers::window::{Extent, Padding, Window};
use crate::{
    Accumulate, Mode, ModuleError, Parameters, Plan, Purpose, Scalar, SettingError, Tensor, Workspace,
};

/// Average pooling over images. See [`AvgPool`].
pub type AvgPool2d = AvgPool<2>;

/// Average pooling over sequences. See [`AvgPool`].
pub type AvgPool1d = AvgPool<1>;

/// Writes the mean of the inputs that each window sees, over images ([`AvgPool2d`], D = 2) or sequences ([`AvgPool1d`], D = 1).
///
/// Forward: y_cij = 1/m Σ_ab x_c,(i s + a − z),(j s + b − z), with stride s and padding z, where m is the number of elements of the
/// window, the padding included. With [`count_include_pad`](AvgPool::count_include_pad) off, m counts the inputs alone, and
/// [`divisor_override`](AvgPool::divisor_override) sets any other number.
///
/// Backward: every input of a window gets 1/m ∂L/∂y, and an input gets the sum over all windows that see it.
///
/// Shapes: `[n, c, h, w]` to `[n, c, h′, w′]` with h′ = ⌊(h + 2z − k) / s⌋ + 1, and w′ alike; with
/// [`ceil_mode`](AvgPool::ceil_mode) it is rounded up, unless the last window would begin beyond the image. It has no parameters
/// and remembers nothing.
///
/// Errors: planning fails if a kernel, a stride or the divisor is 0, if the padding is more than half of the kernel, and if the
/// image with its padding is smaller than the window.
///
/// ```
/// use nn_core::{AvgPool2d, Module, Tensor};
/// let mut x = Tensor::<f32>::zeros(&[1, 1, 2, 4]);
/// (x[[0, 1]], x[[0, 6]]) = (4.0, 8.0);
/// let y = AvgPool2d::new(2).predict(&x)?;
/// assert_eq!(y.shape(), [1, 1, 1, 2]);
/// assert!(y.sample(0).eq([1.0, 2.0]));
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AvgPool<const D: usize> {
    window: Window<D>,
    count_include_pad: bool,
    divisor: Option<usize>,
}

impl<const D: usize> AvgPool<D> {
    /// Makes a layer with a window of this size, such as `2` or `[2, 3]`, which moves by its own size.
    pub fn new(kernel: impl Into<Extent<D>>) -> Self {
        AvgPool { window: window(kernel.into()), count_include_pad: true, divisor: None }
    }

    /// Sets by how many positions the window moves from one output to the next. Must be at least 1.
    #[must_use]
    pub fn stride(mut self, stride: impl Into<Extent<D>>) -> Self {
        self.window.stride = stride.into().0;
        self
    }

    /// Sets how many zeros surround the image. Must be at most half of the kernel.
    #[must_use]
    pub fn padding(mut self, padding: impl Into<Extent<D>>) -> Self {
        self.window.padding = Padding::Zeros(padding.into().0);
        self
    }

    /// Sets whether the size of the output is rounded up, so that a last window that the input does not fill counts. What lies
    /// beyond the padding never counts for the mean.
    #[must_use]
    pub fn ceil_mode(mut self, ceil_mode: bool) -> Self {
        self.window.ceil_mode = ceil_mode;
        self
    }

    /// Sets whether the zeros of the padding count for the mean.
    #[must_use]
    pub fn count_include_pad(mut self, count_include_pad: bool) -> Self {
        self.count_include_pad = count_include_pad;
        self
    }

    /// Sets the number to divide by in place of the number of elements. Must be at least 1.
    #[must_use]
    pub fn divisor_override(mut self, divisor: usize) -> Self {
        self.divisor = Some(divisor);
        self
    }

    fn divides_by(&self, axes: [Axis; 2]) -> Divisor {
        match self.divisor {
            Some(number) => Divisor::Number(number),
            None if self.count_include_pad => Divisor::Padded(axes),
            None => Divisor::Inputs,
        }
    }
}

impl<F: Scalar, const D: usize> Parameters<F> for AvgPool<D> {}

described! {
    AvgPool<D> [const D: usize] as if D == 1 { "AvgPool1d" } else { "AvgPool2d" };
    settings |layer| {
        kernel_size: Extent<D> = Extent(layer.window.kernel),
        stride: Extent<D> = Extent(layer.window.stride),
        padding: Extent<D> = layer.window.zeros(),
        ceil_mode: bool = layer.window.ceil_mode,
        count_include_pad: bool = layer.count_include_pad,
        divisor_override: Option<usize> = layer.divisor,
    }
    made => {
        let layer = AvgPool::new(kernel_size).stride(stride).padding(padding).ceil_mode(ceil_mode);
        AvgPool { divisor: divisor_override, ..layer.count_include_pad(count_include_pad) }
    }
}

modules!(AvgPool: 1 2);

impl<F: Scalar, const D: usize> Layer<F> for AvgPool<D> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        let name = format!("AvgPool{D}d");
        SettingError::unless(self.divisor != Some(0), &name, "divisor", "a number of at least 1", 0)?;
        plan(self, &name, &self.window, input, purpose)
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, _: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        let (axes, windows) = windows(self, &self.window, x, workspace);
        pool::mean(windows, self.divides_by(axes), x.blocks(), y.blocks_mut());
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
        let (axes, windows) = windows(self, &self.window, x, workspace);
        if let Some(dx) = dx {
            pool::mean_backward(windows, self.divides_by(axes), dy.blocks(), dx.blocks_mut(), accumulate);
        }
    }
}

impl<const D: usize> fmt::Display for AvgPool<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AvgPool{D}d(kernel={}", Extent(self.window.kernel))?;
        self.window.fmt_settings(f, self.window.kernel)?;
        if !self.count_include_pad {
            f.write_str(", count_include_pad=false")?;
        }
        if let Some(divisor) = self.divisor {
            write!(f, ", divisor_override={divisor}")?;
        }
        f.write_str(")")
    }
}
