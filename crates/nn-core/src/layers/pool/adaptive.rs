//! Adaptive average pooling: an output of a given size from an image of any size.

use std::fmt;

use super::{check_input, planned};
use crate::kernels::pool::{self, Divisor, Windows};
use crate::kernels::window::{Axis, Walks};
use crate::layers::described::described;
use crate::layers::layer::Layer;
use crate::layers::window::Extent;
use crate::{
    Accumulate, Mode, ModuleError, Parameters, Plan, Purpose, Scalar, SettingError, Tensor, Workspace, slots,
};

/// Adaptive average pooling over images. See [`AdaptiveAvgPool`].
pub type AdaptiveAvgPool2d = AdaptiveAvgPool<2>;

/// Adaptive average pooling over sequences. See [`AdaptiveAvgPool`].
pub type AdaptiveAvgPool1d = AdaptiveAvgPool<1>;

/// Divides an image into as many windows of about equal size as its output has values, and writes the mean of each, over images
/// ([`AdaptiveAvgPool2d`], D = 2) or sequences ([`AdaptiveAvgPool1d`], D = 1). With an output of size 1 it is global average
/// pooling: a network that ends in it takes images of any size.
///
/// Forward: y_cij is the mean of x_cuv over ⌊i h/h′⌋ ≤ u < ⌈(i + 1) h/h′⌉, and v alike. Neighbouring windows overlap where h′ does not
/// divide h, so the output may also be larger than the image.
///
/// Backward: every input of a window of m values gets 1/m ∂L/∂y, and an input gets the sum over all windows that see it.
///
/// Shapes: `[n, c, h, w]` to `[n, c, h′, w′]`. It has no parameters and remembers nothing.
///
/// Errors: planning fails if a size of the output is 0.
///
/// ```
/// use nn_core::{AdaptiveAvgPool2d, Module, Tensor};
/// let mut x = Tensor::<f32>::zeros(&[1, 1, 3, 4]);
/// x[[0, 5]] = 6.0;
/// assert!(AdaptiveAvgPool2d::new(1).predict(&x)?.sample(0).eq([0.5]));
/// // Two windows of two columns, over all rows.
/// assert!(AdaptiveAvgPool2d::new([1, 2]).predict(&x)?.sample(0).eq([1.0, 0.0]));
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdaptiveAvgPool<const D: usize> {
    output: [usize; D],
}

impl<const D: usize> AdaptiveAvgPool<D> {
    /// Makes a layer with an output of this size, such as `1` or `[2, 3]`.
    pub fn new(output: impl Into<Extent<D>>) -> Self {
        AdaptiveAvgPool { output: output.into().0 }
    }

    /// Returns the windows of an input, which this layer planned the workspace for.
    ///
    /// # Panics
    /// If another layer planned it.
    fn windows<'a, F: Scalar>(&self, [x, y]: [&Tensor<F>; 2], workspace: &'a Workspace<F>) -> Windows<'a> {
        workspace.check_own(self, y.shape()[2..] == self.output);
        let [[height, width], [output_height, output_width]] =
            [x, y].map(|tensor| plane::<D>(&tensor.shape()[2..]));
        let [rows, columns] = slots(&workspace.indices);
        Windows {
            rows: Walks::adaptive(rows),
            columns: Walks::adaptive(columns),
            width: [width, output_width],
            height: [height, output_height],
            blocks: x.blocks_per_feature(),
        }
    }
}

/// Returns rows and columns: a sequence is a single row.
fn plane<const D: usize>(sizes: &[usize]) -> [usize; 2] {
    let mut plane = [1; 2];
    plane[2 - D..].copy_from_slice(sizes);
    plane
}

impl<F: Scalar, const D: usize> Parameters<F> for AdaptiveAvgPool<D> {}

described! {
    AdaptiveAvgPool<D> [const D: usize] as if D == 1 { "AdaptiveAvgPool1d" } else { "AdaptiveAvgPool2d" };
    settings |layer| { output_size: Extent<D> = Extent(layer.output) }
    made => AdaptiveAvgPool::new(output_size)
}

modules!(AdaptiveAvgPool: 1 2);

impl<F: Scalar, const D: usize> Layer<F> for AdaptiveAvgPool<D> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        let fits = !self.output.contains(&0);
        let (name, found) = (format!("AdaptiveAvgPool{D}d"), Extent(self.output));
        SettingError::unless(fits, name, "output", "a size of at least 1 for each axis", found)?;
        check_input::<D>(self, input)?;
        let ([height, width], output) = (plane::<D>(&input[2..]), plane::<D>(&self.output));
        let mut plan = planned::<F, _, D>(self, input, output, purpose)?;
        plan.workspace.indices = vec![Axis::adaptive(height, output[0]), Axis::adaptive(width, output[1])];
        Ok(plan)
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, _: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        let windows = self.windows([x, y], workspace);
        pool::mean(windows, Divisor::Inputs, x.blocks(), y.blocks_mut());
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
        let windows = self.windows([x, y], workspace);
        if let Some(dx) = dx {
            pool::mean_backward(windows, Divisor::Inputs, dy.blocks(), dx.blocks_mut(), accumulate);
        }
    }
}

impl<const D: usize> fmt::Display for AdaptiveAvgPool<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AdaptiveAvgPool{D}d(output={})", Extent(self.output))
    }
}
