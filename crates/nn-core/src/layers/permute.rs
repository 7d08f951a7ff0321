//! Permute: the axes of a sample in another order.

use std::fmt;

use super::described::described;
use super::layer::compiled_here;
use super::view::{View, ViewLayer};
use crate::state::Axes;
use crate::{Module, ModuleError, Parameters, Scalar, SettingError, ShapeError, all_like};

/// Reorders the axes of a sample: from time steps of channels to channels of time steps, as a [`Conv1d`](crate::Conv1d) takes them.
///
/// Forward: y is x with axis k in place of axis `order[k]`; for `[2, 1]` this is y\_{n,b,a} = x\_{n,a,b}. Backward: ∂L/∂x is ∂L/∂y
/// with its axes in the order of x.
///
/// Shapes: `[n, a, b]` to `[n, b, a]` for the order `[2, 1]`, as in PyTorch's `x.permute(0, 2, 1)`. Axes are counted with that of
/// the samples, which is axis 0 and always comes first, so the order does not name it. It has no parameters and no memory.
///
/// Errors: planning fails unless the order names each axis of a sample once.
///
/// ```
/// use nn_core::{Module, Permute, Purpose, Tensor};
/// let x = Tensor::from_vec(&[1, 2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0])?;
/// let y = Permute::new([2, 1]).predict(&x)?;
/// let expected = vec![1.0, 4.0, 2.0, 5.0, 3.0, 6.0];
/// assert_eq!(y, Tensor::from_vec(&[1, 3, 2], expected)?);
///
/// let order = Permute::new([0, 2, 1]);
/// let error = Module::<f32>::plan(&order, x.shape(), Purpose::Train).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "Permute: order is [0, 2, 1], \
///      expected each axis of a sample once, from 1 to 3",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "transpose")]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Permute {
    order: Vec<usize>,
}

impl Permute {
    /// Makes a layer whose output has these axes of the input, in this order, behind that of the samples. It must name each axis
    /// from 1 on once.
    pub fn new(order: impl Into<Vec<usize>>) -> Self {
        Permute { order: order.into() }
    }
}

impl<F: Scalar> Parameters<F> for Permute {}

described! {
    Permute as "Permute";
    settings |layer| { dims: Vec<usize> = layer.order.clone() }
    made => Permute::new(dims)
}

impl<F: Scalar> Module<F> for Permute {
    compiled_here!(Permute);

    fn stacked(&self, networks: &[&dyn Module<F>]) -> Option<Box<dyn Module<F>>> {
        let alike = all_like::<Self, F>(networks)?.into_iter().all(|other| other == self);
        alike.then(|| Box::new(self.clone()) as Box<dyn Module<F>>)
    }
}

impl ViewLayer for Permute {
    fn view<F: Scalar>(&self, input: &[usize]) -> Result<View, ModuleError> {
        let (order, count) = (&self.order, self.order.len());
        let mut sorted = order.clone();
        sorted.sort_unstable();
        let expected = format_args!("each axis of a sample once, from 1 to {count}");
        SettingError::unless(sorted.into_iter().eq(1..=count), "Permute", "order", expected, Axes(order))?;
        if input.len() != 1 + count {
            let expected = format!("input with {count} axes behind that of the samples");
            return Err(ShapeError::new(self, expected, input).into());
        }
        let all = View::of(&input[1..]);
        Ok(View { axes: order.iter().map(|axis| all.axes[axis - 1]).collect(), ..all })
    }
}

impl fmt::Display for Permute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permute({})", Axes(&self.order))
    }
}
