//! Reshape: the values of a sample under other axes.

use std::any::Any;
use std::fmt;

use super::described::described;
use super::layer::{Layer, compiled_here};
use crate::kernels::elementwise;
use crate::{
    Accumulate, Mode, Module, ModuleError, Parameters, Plan, Purpose, Scalar, ShapeError, Tensor, Workspace,
    all_like, size,
};

/// Gives each sample the shape of the sizes, with its values in row-major order: from a [`Linear`](crate::Linear) to
/// images, say.
///
/// Forward: y is x in another shape. Backward: ∂L/∂x is ∂L/∂y in the shape of x. Both are copies, because features lie
/// in memory in that order whatever their shape.
///
/// Shapes: `[n, a, b, …]` to `[n, sizes…]`, as in PyTorch's `x.reshape(n, *sizes)`. It has no parameters and no memory.
///
/// Errors: planning fails unless a sample of the input has as many values as the new shape.
///
/// ```
/// use nn_core::{Module, Purpose, Reshape, Tensor};
/// let images = Reshape::new([1, 8, 8]);
/// let x = Tensor::<f32>::zeros(&[5, 64]);
/// assert_eq!(images.predict(&x)?.shape(), [5, 1, 8, 8]);
///
/// let error = Module::<f32>::plan(&images, &[5, 60], Purpose::Train).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "Reshape([1, 8, 8]): expected input of 64 values a sample, found [5, 60]",
/// );
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reshape {
    sizes: Vec<usize>,
}

impl Reshape {
    /// Makes a layer whose outputs are samples of this shape, such as `[1, 8, 8]`.
    pub fn new(sizes: impl Into<Vec<usize>>) -> Self {
        Reshape { sizes: sizes.into() }
    }
}

impl<F: Scalar> Parameters<F> for Reshape {}

described! {
    Reshape as "Reshape";
    settings |layer| { shape: Vec<usize> = layer.sizes.clone() }
    made => Reshape::new(shape)
}

impl<F: Scalar> Module<F> for Reshape {
    compiled_here!(Reshape);

    fn stacked(&self, networks: &[&dyn Module<F>]) -> Option<Box<dyn Module<F>>> {
        let alike = all_like::<Self, F>(networks)?.into_iter().all(|other| other == self);
        alike.then(|| Box::new(self.clone()) as Box<dyn Module<F>>)
    }
}

impl Reshaping for Reshape {
    fn output<F: Scalar>(&self, input: &[usize]) -> Result<Vec<usize>, ModuleError> {
        let [before, after] = [&input[1..], &self.sizes].map(|sizes| size::count::<F>(sizes.iter().copied()));
        let after = after.ok_or_else(|| ShapeError::too_large(self, &self.sizes))?;
        if before.ok_or_else(|| ShapeError::too_large(self, input))? != after {
            return Err(ShapeError::new(self, format!("input of {after} values a sample"), input).into());
        }
        Ok([&input[..1], &self.sizes].concat())
    }
}

impl fmt::Display for Reshape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reshape({:?})", self.sizes)
    }
}

/// A layer that changes the shape of samples alone: what [`Flatten`](crate::Flatten), [`Reshape`] and
/// [`Unflatten`](crate::Unflatten) share.
pub(super) trait Reshaping: Any + fmt::Display {
    /// Returns the shape of the output for an input of at least one sample, or an error if the layer does not take it.
    fn output<F: Scalar>(&self, input: &[usize]) -> Result<Vec<usize>, ModuleError>;
}

impl<F: Scalar, R: Reshaping> Layer<F> for R {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        ShapeError::check_samples(self, input)?;
        let output = self.output::<F>(input)?;
        let workspace = Workspace::of(self, input, &output, purpose)?;
        Ok(Plan { output, workspace })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, _: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        elementwise::copy(y, x);
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
            elementwise::pass(dy, dx, accumulate);
        }
    }
}
