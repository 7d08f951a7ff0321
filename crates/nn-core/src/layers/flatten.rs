//! Flatten: a sample of any shape becomes one row.

use std::fmt;

use super::described::described;
use super::layer::compiled_here;
use super::view::{View, ViewLayer};
use crate::{Module, ModuleError, Parameters, Scalar, ShapeError, all_like};

/// Joins all axes of a sample into one, in row-major order: the step from convolutions to a [`Linear`](crate::Linear).
///
/// Forward: y is x in another shape. Backward: ∂L/∂x is ∂L/∂y in the shape of x. Both are copies, because features lie
/// in memory in that order whatever their shape.
///
/// Shapes: `[n, a, b, …]` to `[n, a · b · …]`, as in PyTorch's `Flatten(start_dim=1)`. It has no parameters and no memory.
/// [`Unflatten`](crate::Unflatten) undoes it.
///
/// ```
/// use nn_core::{Flatten, Module, Tensor};
/// let x = Tensor::<f32>::zeros(&[5, 3, 8, 8]);
/// assert_eq!(Flatten.predict(&x)?.shape(), [5, 192]);
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flatten;

impl<F: Scalar> Parameters<F> for Flatten {}

described! { Flatten as "Flatten"; made => Flatten }

impl<F: Scalar> Module<F> for Flatten {
    compiled_here!(Flatten);

    fn stacked(&self, networks: &[&dyn Module<F>]) -> Option<Box<dyn Module<F>>> {
        all_like::<Self, F>(networks)?;
        Some(Box::new(*self))
    }
}

impl ViewLayer for Flatten {
    fn view<F: Scalar>(&self, input: &[usize]) -> Result<View, ModuleError> {
        match input {
            [_, sizes @ ..] if !sizes.is_empty() => Ok(View::of(&[sizes.iter().product()])),
            _ => Err(ShapeError::new(self, "input [n, …]", input).into()),
        }
    }
}

impl fmt::Display for Flatten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flatten")
    }
}
