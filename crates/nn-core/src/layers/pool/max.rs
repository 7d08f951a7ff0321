//! Max pooling: the largest input of each window.

use std::fmt;

use super::{plan, window, windows};
use crate::kernels::pool;
use crate::layers::described::described;
use crate::layers::layer::Layer;
use crate::layers::window::{Extent, Padding, Window};
use crate::{Accumulate, Mode, ModuleError, Parameters, Plan, Purpose, Scalar, Tensor, Workspace};

/// Max pooling over images. See [`MaxPool`].
pub type MaxPool2d = MaxPool<2>;

/// Max pooling over sequences. See [`MaxPool`].
pub type MaxPool1d = MaxPool<1>;

/// Writes the largest of the inputs that each window sees, over images ([`MaxPool2d`], D = 2) or sequences ([`MaxPool1d`], D = 1).
/// What a network has found stays, and where exactly it was found is forgotten.
///
/// Forward: y_cij = max over the elements a, b of the window of x_c,(i s + a d − z),(j s + b d − z), with stride s, padding z and
/// dilation d. Padding is never the maximum. A window that sees NaN gives NaN.
///
/// Backward: each ∂L/∂y goes to the input that was the maximum, the first one if several are equal, as in PyTorch; an input
/// gets the sum over all windows whose maximum it was. An input that is NaN gets NaN.
///
/// Shapes: `[n, c, h, w]` to `[n, c, h′, w′]` with h′ = ⌊(h + 2z − d (k − 1) − 1) / s⌋ + 1, and w′ alike; with
/// [`ceil_mode`](MaxPool::ceil_mode) it is rounded up, unless the last window would begin beyond the image. It has no parameters
/// and remembers nothing: backward compares x with y.
///
/// Errors: planning fails if a kernel, a stride or a dilation is 0, if the padding is more than half of the kernel, if the image with
/// its padding is smaller than the window, and if a window sees nothing but padding, which takes a dilation.
///
/// ```
/// use nn_core::{MaxPool2d, Module, Tensor};
/// let mut x = Tensor::<f32>::zeros(&[1, 1, 2, 4]);
/// (x[[0, 1]], x[[0, 6]]) = (5.0, 7.0);
/// let y = MaxPool2d::new(2).predict(&x)?;
/// assert_eq!(y.shape(), [1, 1, 1, 2]);
/// assert!(y.sample(0).eq([5.0, 7.0]));
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxPool<const D: usize> {
    window: Window<D>,
}

impl<const D: usize> MaxPool<D> {
    /// Makes a layer with a window of this size, such as `2` or `[2, 3]`, which moves by its own size.
    pub fn new(kernel: impl Into<Extent<D>>) -> Self {
        MaxPool { window: window(kernel.into()) }
    }

    /// Sets by how many positions the window moves from one output to the next. Must be at least 1.
    #[must_use]
    pub fn stride(mut self, stride: impl Into<Extent<D>>) -> Self {
        self.window.stride = stride.into().0;
        self
    }

    /// Sets how far a window may reach beyond the edges. Must be at most half of the kernel.
    #[must_use]
    pub fn padding(mut self, padding: impl Into<Extent<D>>) -> Self {
        self.window.padding = Padding::Zeros(padding.into().0);
        self
    }

    /// Sets how far apart the elements of the window are. Must be at least 1.
    #[must_use]
    pub fn dilation(mut self, dilation: impl Into<Extent<D>>) -> Self {
        self.window.dilation = dilation.into().0;
        self
    }

    /// Sets whether the size of the output is rounded up, so that a last window that the input does not fill counts.
    #[must_use]
    pub fn ceil_mode(mut self, ceil_mode: bool) -> Self {
        self.window.ceil_mode = ceil_mode;
        self
    }
}

impl<F: Scalar, const D: usize> Parameters<F> for MaxPool<D> {}

described! {
    MaxPool<D> [const D: usize] as if D == 1 { "MaxPool1d" } else { "MaxPool2d" };
    settings |layer| {
        kernel_size: Extent<D> = Extent(layer.window.kernel),
        stride: Extent<D> = Extent(layer.window.stride),
        padding: Extent<D> = layer.window.zeros(),
        dilation: Extent<D> = Extent(layer.window.dilation),
        ceil_mode: bool = layer.window.ceil_mode,
    }
    made => MaxPool::new(kernel_size).stride(stride).padding(padding).dilation(dilation).ceil_mode(ceil_mode)
}

modules!(MaxPool: 1 2);

impl<F: Scalar, const D: usize> Layer<F> for MaxPool<D> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        plan(self, &format!("MaxPool{D}d"), &self.window, input, purpose)
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, _: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        let (_, windows) = windows(self, &self.window, x, workspace);
        pool::max(windows, x.blocks(), y.blocks_mut());
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
        let (_, windows) = windows(self, &self.window, x, workspace);
        if let Some(dx) = dx {
            let [x, y, dy] = [x, y, dy].map(Tensor::blocks);
            pool::max_backward(windows, x, y, dy, dx.blocks_mut(), accumulate);
        }
    }
}

impl<const D: usize> fmt::Display for MaxPool<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MaxPool{D}d(kernel={}", Extent(self.window.kernel))?;
        self.window.fmt_settings(f, self.window.kernel)?;
        f.write_str(")")
    }
}
