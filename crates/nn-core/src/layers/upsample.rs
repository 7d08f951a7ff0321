//! Upsampling: every value becomes a rectangle of copies.

use std::fmt;

use super::described::described;
use super::layer::{Layer, compiled_here};
use super::window::Extent;
use crate::kernels::upsample::{self, Planes};
use crate::{
    Accumulate, Mode, Module, ModuleError, Parameters, Plan, Purpose, Scalar, SettingError, ShapeError,
    Tensor, Workspace, all_like,
};

/// Repeats every value k times along each axis of the positions: the way back from small images to large ones.
///
/// Forward: y\_{c,i,j} = x\_{c,⌊i/k⌋,⌊j/k⌋}, the nearest value of x.
///
/// Backward: ∂L/∂x\_{c,i,j} is the sum of ∂L/∂y over the k · k copies of x\_{c,i,j}.
///
/// Shapes: `[n, c, h, w]` to `[n, c, k h, k w]`, and `[n, c, l]` to `[n, c, k l]`, as in PyTorch's
/// `Upsample(scale_factor=k, mode="nearest")`. It has no parameters and no memory.
///
/// Errors: planning fails unless the factors are at least 1. Factors that differ are for images alone.
///
/// ```
/// use nn_core::{Module, Tensor, Upsample};
/// let signal = Tensor::from_rows(&[[1.0_f32, 2.0]]);
/// let network = nn_core::Sequential::new()
///     .append(nn_core::Reshape::new([1, 2]))
///     .append(Upsample::nearest(3));
/// let y = network.predict(&signal)?;
/// assert_eq!(y.sample(0).collect::<Vec<_>>(), [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
///
/// let image = Tensor::<f32>::zeros(&[5, 3, 8, 8]);
/// assert_eq!(Upsample::nearest(2).predict(&image)?.shape(), [5, 3, 16, 16]);
/// let wide = Upsample::nearest_by([1, 4]);
/// assert_eq!(wide.predict(&image)?.shape(), [5, 3, 8, 32]);
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upsample {
    /// Along the height and along the width.
    factors: [usize; 2],
}

impl Upsample {
    /// Makes a layer that repeats every value `factor` times along each axis. Must be at least 1.
    pub fn nearest(factor: usize) -> Self {
        Upsample { factors: [factor; 2] }
    }

    /// Makes a layer for images with a factor for the height and one for the width. Both must be at least 1.
    pub fn nearest_by(factors: [usize; 2]) -> Self {
        Upsample { factors }
    }

    /// Returns the rows and columns of all channels of x. A sequence is an image of one row, which is not repeated.
    fn planes<F: Scalar>(&self, x: &Tensor<F>) -> Planes {
        let (blocks, [height, width]) = (x.blocks_per_feature(), self.factors);
        match *x.shape() {
            [_, _, _, w] => Planes { height, width, row: w, blocks },
            _ => Planes { height: 1, width, row: x.features(), blocks },
        }
    }
}

impl<F: Scalar> Parameters<F> for Upsample {}

described! {
    Upsample as "Upsample";
    settings |layer| { scale_factor: Extent<2> = Extent(layer.factors) }
    fixed { mode: "nearest" }
    made => Upsample::nearest_by(scale_factor.0)
}

impl<F: Scalar> Module<F> for Upsample {
    compiled_here!(Upsample);

    fn stacked(&self, networks: &[&dyn Module<F>]) -> Option<Box<dyn Module<F>>> {
        let alike = all_like::<Self, F>(networks)?.into_iter().all(|other| other == self);
        alike.then(|| Box::new(*self) as Box<dyn Module<F>>)
    }
}

impl<F: Scalar> Layer<F> for Upsample {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        let [height, width] = self.factors;
        for factor in self.factors {
            let expected = "a whole number of at least 1";
            SettingError::unless(factor > 0, "Upsample", "scale factor", expected, factor)?;
        }
        ShapeError::check_samples(self, input)?;
        let output = match *input {
            [n, c, l] if height == width => l.checked_mul(width).map(|l| vec![n, c, l]),
            [n, c, h, w] => h.checked_mul(height).zip(w.checked_mul(width)).map(|(h, w)| vec![n, c, h, w]),
            _ => {
                let sequence = if height == width { " or [n, c, l]" } else { "" };
                return Err(ShapeError::new(self, format!("input [n, c, h, w]{sequence}"), input).into());
            }
        };
        let output = output.ok_or_else(|| ShapeError::too_large(self, input))?;
        let workspace = Workspace::of(self, input, &output, purpose)?;
        Ok(Plan { output, workspace })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, _: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        upsample::forward(x, y, self.planes(x));
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
        if let Some(dx) = dx {
            upsample::backward(dy, dx, accumulate, self.planes(x));
        }
    }
}

impl fmt::Display for Upsample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.factors {
            [height, width] if height == width => write!(f, "Upsample(scale_factor={width}, mode=nearest)"),
            factors => write!(f, "Upsample(scale_factor={factors:?}, mode=nearest)"),
        }
    }
}
