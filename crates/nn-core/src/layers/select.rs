//! Select: one index of an axis.

use std::fmt;

use super::described::described;
use super::layer::compiled_here;
use super::view::{View, ViewLayer, check_axis};
use crate::{Module, ModuleError, Parameters, Scalar, ShapeError, all_like};

/// Takes one index of an axis, which disappears: the last time step of a sequence, or one channel of an image.
///
/// Forward: y\_{n,…,…} = x\_{n,…,i,…} for the index i. Backward: ∂L/∂x is ∂L/∂y at this index and 0 at all others, whose values
/// have no effect, not even those that are NaN.
///
/// Shapes: `[n, …, a, …]` to `[n, …, …]`, as in PyTorch's `x.select(dim, index)`. Axes are counted with that of the samples, which is
/// axis 0. It has no parameters and no memory. [`Slice`](crate::Slice) takes several indices and keeps the axis.
///
/// Errors: planning fails unless the axis is one of a sample (1 or more) and has such an index.
///
/// ```
/// use nn_core::{Module, Purpose, Select, Tensor};
/// // Three time steps of two features.
/// let x = Tensor::from_vec(&[1, 3, 2], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0])?;
/// let last = Select::new(1, -1);
/// assert_eq!(last.predict(&x)?, Tensor::from_rows(&[[5.0, 6.0]]));
/// let of_first = Select::new(2, 0);
/// assert_eq!(of_first.predict(&x)?, Tensor::from_rows(&[[1.0, 3.0, 5.0]]));
///
/// let fifth = Select::new(1, 4);
/// let error = Module::<f32>::plan(&fifth, x.shape(), Purpose::Train).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "Select(1, 4): expected input with at least 5 values along axis 1, \
///      found [1, 3, 2]",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Select {
    axis: usize,
    index: isize,
}

impl Select {
    /// Makes a layer that takes this index of this axis (0 is that of the samples, so it must be at least 1). A negative index
    /// counts from the end: −1 is the last.
    pub fn new(axis: usize, index: isize) -> Self {
        Select { axis, index }
    }
}

impl<F: Scalar> Parameters<F> for Select {}

described! {
    Select as "Select";
    settings |layer| { dim: usize = layer.axis, index: isize = layer.index }
    made => Select::new(dim, index)
}

impl<F: Scalar> Module<F> for Select {
    compiled_here!(Select);

    fn stacked(&self, networks: &[&dyn Module<F>]) -> Option<Box<dyn Module<F>>> {
        let alike = all_like::<Self, F>(networks)?.into_iter().all(|other| other == self);
        alike.then(|| Box::new(*self) as Box<dyn Module<F>>)
    }
}

impl ViewLayer for Select {
    fn view<F: Scalar>(&self, input: &[usize]) -> Result<View, ModuleError> {
        let Select { axis, index } = *self;
        check_axis("Select", axis)?;
        let size = input.get(axis).copied().unwrap_or(0);
        let from_start =
            if index < 0 { size.checked_sub(index.unsigned_abs()) } else { Some(index as usize) };
        let Some(index) = from_start.filter(|&index| index < size) else {
            let least = if index < 0 { index.unsigned_abs() } else { index as usize + 1 };
            let expected = format!("input with at least {least} values along axis {axis}");
            return Err(ShapeError::new(self, expected, input).into());
        };
        let mut view = View::of(&input[1..]);
        view.first = index * view.axes.remove(axis - 1).step;
        Ok(view)
    }
}

impl fmt::Display for Select {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Select({}, {})", self.axis, self.index)
    }
}
