//! All learned parameters of a model as one vector, in visiting order.

use std::ops::Range;

use nn_core::{Kind, Parameters, Scalar, Workspace};

/// Copies all gradients into one vector.
pub(super) fn read_gradient<F: Scalar>(
    to: &mut [F],
    model: &mut dyn Parameters<F>,
    workspace: &Workspace<F>,
) {
    let mut start = 0;
    model.visit_mut(Some(workspace), &mut |parameter| {
        if let (Kind::Learned, Some(gradient)) = (parameter.kind, parameter.gradient) {
            to[start..start + gradient.len()].copy_from_slice(gradient);
            start += gradient.len();
        }
    });
}

/// Hands out the value of every learned parameter with its place in the vector.
pub(super) fn for_each_value<F: Scalar>(
    model: &mut dyn Parameters<F>,
    visitor: &mut dyn FnMut(Range<usize>, &mut [F]),
) {
    let mut start = 0;
    model.visit_mut(None, &mut |parameter| {
        if parameter.kind == Kind::Learned {
            let end = start + parameter.value.len();
            visitor(start..end, parameter.value);
            start = end;
        }
    });
}
