//! What the layers that normalise the last axes of a sample have in common: their shapes.

use std::any::Any;
use std::fmt::Display;

use crate::{ModuleError, Plan, Purpose, Scalar, Setting, SettingError, ShapeError, Tensor, Workspace};

/// Checks ε.
pub(super) fn check_eps<F: Scalar>(layer: &str, eps: f64) -> Result<(), SettingError> {
    Setting::of::<F>(layer, "eps", eps).at_least_0()
}

/// Plans a layer that normalises the last axes of its input, which have these sizes. To train, the workspace has as many buffers as are
/// asked for, with a feature for each group of values that are normalised together, and as many gradients.
pub(super) fn plan<F: Scalar, M: Any + Display>(
    layer: &M,
    normalized: &[usize],
    input: &[usize],
    purpose: Purpose,
    [buffers, gradients]: [usize; 2],
) -> Result<Plan<F>, ModuleError> {
    ShapeError::check_samples(layer, input)?;
    if normalized.is_empty() || normalized.contains(&0) {
        let expected = "a normalized shape without axes of size 0";
        return Err(ShapeError::new(layer, expected, normalized).into());
    }
    if !input[1..].ends_with(normalized) {
        let sizes: Vec<_> = normalized.iter().map(usize::to_string).collect();
        return Err(ShapeError::new(layer, format!("input [n, …, {}]", sizes.join(", ")), input).into());
    }
    let mut workspace = Workspace::of(layer, input, input, purpose)?;
    if purpose == Purpose::Train {
        let groups: usize = input[1..input.len() - normalized.len()].iter().product();
        workspace.buffers = vec![Tensor::try_zeros(&[input[0], groups])?; buffers];
        workspace.gradients = vec![vec![F::ZERO; normalized.iter().product()]; gradients];
    }
    Ok(Plan { output: input.to_vec(), workspace })
}

/// Returns whether a workspace for this input has the groups of a layer that normalises axes of these sizes.
pub(super) fn planned<F: Scalar>(normalized: &[usize], x: &Tensor<F>, workspace: &Workspace<F>) -> bool {
    let size: usize = normalized.iter().product();
    let grouped = |buffer: &Tensor<F>| buffer.features() * size == x.features();
    x.shape().ends_with(normalized) && workspace.buffers.first().is_none_or(grouped)
}
