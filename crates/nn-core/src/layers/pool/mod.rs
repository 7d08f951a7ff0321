//! Pooling: each window of an image becomes one number.

use std::any::Any;
use std::fmt::Display;

use super::window::{Extent, Padding, Window, expected_input};
use crate::kernels::pool::Windows;
use crate::kernels::window::{Axis, Direction, Walks};
use crate::{ModuleError, Plan, Purpose, Scalar, SettingError, ShapeError, Tensor, Workspace, slots};

/// Writes what cannot be generic over the number of axes, because it is compiled once for each of them. Every lane of a pooling is alike,
/// so the layer serves a stack as it is.
macro_rules! modules {
    ($Pool:ident: $($D:literal)*) => {
        $(impl<F: $crate::Scalar> $crate::Module<F> for $Pool<$D> {
            $crate::layers::layer::compiled_here!($Pool<$D>);

            fn stacked(&self, networks: &[&dyn $crate::Module<F>]) -> Option<Box<dyn $crate::Module<F>>> {
                let all = $crate::all_like::<Self, F>(networks)?;
                all.iter().all(|other| *other == self).then(|| Box::new(*self) as _)
            }
        })*
    };
}

// After the macro, which they use.
mod adaptive;
mod average;
mod max;

pub use adaptive::{AdaptiveAvgPool, AdaptiveAvgPool1d, AdaptiveAvgPool2d};
pub use average::{AvgPool, AvgPool1d, AvgPool2d};
pub use max::{MaxPool, MaxPool1d, MaxPool2d};

/// Returns the window of a pooling, which moves by its own size unless another stride is set.
fn window<const D: usize>(kernel: Extent<D>) -> Window<D> {
    Window { stride: kernel.0, padding: Padding::Zeros([0; D]), ..Window::new(kernel) }
}

/// Plans a pooling of the layer `of`.
fn plan<F: Scalar, M: Any + Display, const D: usize>(
    of: &M,
    name: &str,
    window: &Window<D>,
    input: &[usize],
    purpose: Purpose,
) -> Result<Plan<F>, ModuleError> {
    window.check(name)?;
    // Further out, a window would see nothing but padding.
    let Padding::Zeros(padding) = window.padding else { unreachable!("no other kind can be set") };
    let fits = (0..D).all(|d| padding[d] <= window.kernel[d] / 2);
    SettingError::unless(fits, name, "padding", "at most half of the kernel", Extent(padding))?;
    check_input::<D>(of, input)?;
    let axes = window.axes(of, input)?;
    let mut plan = planned::<F, _, D>(of, input, axes.map(|axis| axis.output), purpose)?;
    let walks = axes.map(|axis| axis.walks(Direction::Forward));
    let seen = |d: usize| Walks::of(&axes[d], Direction::Forward, &walks[d]).see_something();
    if !(seen(0) && seen(1)) {
        // With a dilation, its elements may lie on both sides of the image.
        return Err(ShapeError::new(of, "an input of which every window sees something", input).into());
    }
    plan.workspace.indices = walks.into_iter().chain([Axis::numbers(&axes).collect()]).collect();
    Ok(plan)
}

fn check_input<const D: usize>(of: &dyn Display, input: &[usize]) -> Result<(), ShapeError> {
    ShapeError::check_samples(of, input)?;
    if input.len() != 2 + D || input.contains(&0) {
        return Err(ShapeError::new(of, expected_input::<D>("c"), input));
    }
    Ok(())
}

/// Makes the plan of a layer whose output has these rows and columns, without the walks, for which there is memory.
fn planned<F: Scalar, M: Any + Display, const D: usize>(
    of: &M,
    input: &[usize],
    sizes: [usize; 2],
    purpose: Purpose,
) -> Result<Plan<F>, ModuleError> {
    let mut output = input[..2].to_vec();
    output.extend_from_slice(&sizes[2 - D..]);
    let workspace = Workspace::of(of, input, &output, purpose)?;
    if !sizes.into_iter().all(Axis::has_room) {
        return Err(ShapeError::too_large(of, &output).into());
    }
    Ok(Plan { output, workspace })
}

/// Returns the axes and the windows of the layer `of`, which planned the workspace.
///
/// # Panics
/// If another layer planned it.
fn windows<'a, F: Scalar, M: Any + Display, const D: usize>(
    of: &M,
    window: &Window<D>,
    x: &Tensor<F>,
    workspace: &'a Workspace<F>,
) -> ([Axis; 2], Windows<'a>) {
    let axes = window.axes(of, x.shape());
    let own = |axes: &[Axis; 2]| {
        workspace.indices.get(2).is_some_and(|planned| planned.iter().copied().eq(Axis::numbers(axes)))
    };
    workspace.check_own(of, axes.as_ref().is_ok_and(own));
    let axes @ [rows, columns] = axes.expect("the same as when it was planned");
    let [row_walks, column_walks, _] = slots(&workspace.indices);
    let windows = Windows {
        rows: Walks::of(&rows, Direction::Forward, row_walks),
        columns: Walks::of(&columns, Direction::Forward, column_walks),
        width: [columns.input, columns.output],
        height: [rows.input, rows.output],
        blocks: x.blocks_per_feature(),
    };
    (axes, windows)
}
