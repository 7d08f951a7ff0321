//! Unflatten: one axis of a sample becomes several.

use std::fmt;

use super::described::described;
use super::layer::compiled_here;
use super::view::{View, ViewLayer, check_axis};
use crate::{Module, ModuleError, Parameters, Scalar, ShapeError, all_like, size};

/// Splits one axis into axes of the sizes, in row-major order: the opposite of [`Flatten`](crate::Flatten).
///
/// Forward: y is x in another shape. Backward: ∂L/∂x is ∂L/∂y in the shape of x. Both are copies, because features lie
/// in memory in that order whatever their shape.
///
/// Shapes: `[n, …, a, …]` to `[n, …, sizes…, …]`, where a is the product of the sizes, as in PyTorch's `Unflatten(dim, sizes)`. It
/// has no parameters and no memory.
///
/// Errors: planning fails unless the axis is one of a sample (1 or more) and as long as the product of the sizes.
///
/// ```
/// use nn_core::{Module, Purpose, Tensor, Unflatten};
/// let images = Unflatten::new(1, [3, 8, 8]);
/// let x = Tensor::<f32>::zeros(&[5, 192]);
/// assert_eq!(images.predict(&x)?.shape(), [5, 3, 8, 8]);
///
/// let error = Module::<f32>::plan(&images, &[5, 190], Purpose::Train).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "Unflatten(1, [3, 8, 8]): \
///      expected input with 192 values along axis 1, found [5, 190]",
/// );
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Unflatten {
    axis: usize,
    sizes: Vec<usize>,
}

impl Unflatten {
    /// Makes a layer that splits this axis (0 is that of the samples, so it must be at least 1) into axes of these sizes.
    pub fn new(axis: usize, sizes: impl Into<Vec<usize>>) -> Self {
        Unflatten { axis, sizes: sizes.into() }
    }
}

impl<F: Scalar> Parameters<F> for Unflatten {}

described! {
    Unflatten as "Unflatten";
    settings |layer| {
        dim: usize = layer.axis,
        unflattened_size: Vec<usize> = layer.sizes.clone(),
    }
    made => Unflatten::new(dim, unflattened_size)
}

impl<F: Scalar> Module<F> for Unflatten {
    compiled_here!(Unflatten);

    fn stacked(&self, networks: &[&dyn Module<F>]) -> Option<Box<dyn Module<F>>> {
        let alike = all_like::<Self, F>(networks)?.into_iter().all(|other| other == self);
        alike.then(|| Box::new(self.clone()) as Box<dyn Module<F>>)
    }
}

impl ViewLayer for Unflatten {
    fn view<F: Scalar>(&self, input: &[usize]) -> Result<View, ModuleError> {
        let Unflatten { axis, ref sizes } = *self;
        check_axis("Unflatten", axis)?;
        let length = size::count::<F>(sizes.iter().copied());
        let length = length.ok_or_else(|| ShapeError::too_large(self, sizes))?;
        if input.get(axis) != Some(&length) {
            let expected = format!("input with {length} values along axis {axis}");
            return Err(ShapeError::new(self, expected, input).into());
        }
        Ok(View::of(&[&input[1..axis], sizes, &input[axis + 1..]].concat()))
    }
}

impl fmt::Display for Unflatten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unflatten({}, {:?})", self.axis, self.sizes)
    }
}
