//! Reshape: the values of a sample under other axes.

use std::fmt;

use super::described::described;
use super::layer::compiled_here;
use super::view::{View, ViewLayer};
use crate::{Module, ModuleError, Parameters, Scalar, ShapeError, all_like, size};

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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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

impl ViewLayer for Reshape {
    fn view<F: Scalar>(&self, input: &[usize]) -> Result<View, ModuleError> {
        let after = size::count::<F>(self.sizes.iter().copied());
        let after = after.ok_or_else(|| ShapeError::too_large(self, &self.sizes))?;
        if input[1..].iter().product::<usize>() != after {
            return Err(ShapeError::new(self, format!("input of {after} values a sample"), input).into());
        }
        Ok(View::of(&self.sizes))
    }
}

impl fmt::Display for Reshape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reshape({:?})", self.sizes)
    }
}
