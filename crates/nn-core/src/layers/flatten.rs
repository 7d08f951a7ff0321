//! Flatten: a sample of any shape becomes one row.

use std::fmt;

use crate::{Mode, Module, Plan, Purpose, Scalar, ShapeError, Tensor, Workspace};

/// Makes one axis of all axes of a sample, in row-major order: what stands between convolutions and a [`Linear`](crate::Linear).
///
/// Forward: y is x in another shape. Backward: ∂L/∂x is ∂L/∂y in the shape of x. Features lie in memory in that order
/// whatever their shape, so both are copies.
///
/// Shapes: `[n, a, b, …]` to `[n, a · b · …]`, as PyTorch's `Flatten(start_dim=1)`. Without parameters and without memory.
///
/// ```
/// use nn_core::{Flatten, Module, Purpose, Tensor};
/// let x = Tensor::<f32>::zeros(&[5, 3, 8, 8]);
/// assert_eq!(Flatten.predict(&x)?.shape(), [5, 192]);
/// # Ok::<(), nn_core::ShapeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flatten;

impl<F: Scalar> Module<F> for Flatten {
    fn plan(&self, input: &[usize], _: Purpose) -> Result<Plan<F>, ShapeError> {
        ShapeError::check_samples(self, input)?;
        if input.len() < 2 {
            return Err(ShapeError::new(self, "input [n, …]", input));
        }
        Ok(Plan { output: vec![input[0], input[1..].iter().product()], workspace: Workspace::empty() })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, _: &mut Workspace<F>, _: &mut Mode<'_>) {
        y.blocks_mut().copy_from_slice(x.blocks());
    }

    fn backward(
        &self,
        _x: &Tensor<F>,
        _y: &Tensor<F>,
        dy: &Tensor<F>,
        dx: Option<&mut Tensor<F>>,
        _: &mut Workspace<F>,
    ) {
        if let Some(dx) = dx {
            dx.blocks_mut().copy_from_slice(dy.blocks());
        }
    }

    fn stacked(&self) -> Option<Box<dyn Module<F>>> {
        Some(Box::new(*self))
    }
}

impl fmt::Display for Flatten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flatten")
    }
}
