//! Views: layers whose outputs are values of their inputs, all or some of them, under other axes.

use std::any::Any;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::layer::Layer;
use crate::kernels::runs;
use crate::{
    Accumulate, Mode, ModuleError, Plan, Purpose, Scalar, SettingError, ShapeError, Tensor, Workspace, size,
    slots,
};

/// A layer that computes nothing: each output is an input, and no input becomes two outputs.
pub(super) trait ViewLayer: Any + fmt::Display + Hash {
    /// Returns the output as a view of a sample of the input, which has at least one sample and fits into memory, or an error if
    /// the layer does not take it.
    fn view<F: Scalar>(&self, input: &[usize]) -> Result<View, ModuleError>;
}

/// Checks that an axis is one of a sample.
pub(super) fn check_axis(layer: &str, axis: usize) -> Result<(), SettingError> {
    SettingError::unless(axis > 0, layer, "axis", "an axis of a sample, 1 or more", axis)
}

/// The values of a sample that a layer returns, in the row-major order of its axes.
pub(super) struct View {
    /// The feature at which all axes are at 0.
    pub(super) first: usize,
    pub(super) axes: Vec<Axis>,
}

/// An axis of a view.
#[derive(Clone, Copy)]
pub(super) struct Axis {
    pub(super) size: usize,
    /// The number of features from one index to the next.
    pub(super) step: usize,
}

impl View {
    /// Returns the view of all values of a sample in their order, under axes of these sizes, which fit into memory.
    pub(super) fn of(sizes: &[usize]) -> Self {
        let mut step = 1;
        let mut axes = Vec::with_capacity(sizes.len());
        for &size in sizes.iter().rev() {
            axes.push(Axis { size, step });
            step *= size;
        }
        axes.reverse();
        View { first: 0, axes }
    }

    /// Returns the first feature of each run of features that follow each other in the input and in the output, or `None` if
    /// there is no memory for them. All runs are of equal length.
    pub(super) fn runs(&self) -> Option<Vec<usize>> {
        let (mut run, mut outer) = (1, &self.axes[..]);
        while let Some((&Axis { size, step }, rest)) = outer.split_last()
            && (size == 1 || step == run)
        {
            (run, outer) = (run * size, rest);
        }
        let count = outer.iter().map(|axis| axis.size).product();
        let mut starts = Vec::new();
        starts.try_reserve_exact(count).ok()?;
        starts.extend((0..count).map(|mut index| {
            let mut start = self.first;
            for &Axis { size, step } in outer.iter().rev() {
                start += index % size * step;
                index /= size;
            }
            start
        }));
        Some(starts)
    }
}

impl<F: Scalar, V: ViewLayer> Layer<F> for V {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        ShapeError::check_samples(self, input)?;
        let too_large = || ShapeError::too_large(self, input);
        size::count::<F>(input.iter().copied()).ok_or_else(too_large)?;
        let view = self.view::<F>(input)?;
        let output: Vec<usize> =
            input[..1].iter().copied().chain(view.axes.iter().map(|axis| axis.size)).collect();
        let mut workspace = Workspace::of(self, input, &output, purpose)?;
        workspace.indices = vec![vec![key(self)], view.runs().ok_or_else(too_large)?];
        Ok(Plan { output, workspace })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, _: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        let starts = starts(self, workspace);
        runs::gather(x, y, starts, Accumulate::Replace);
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
        let starts = starts(self, workspace);
        if let Some(dx) = dx {
            runs::scatter(dy, dx, starts, accumulate);
        }
    }
}

/// Returns the runs that were planned, after a check that it was for the settings of this layer. Layers of one type may have the
/// same shapes and return other values.
fn starts<'a, F: Scalar>(layer: &impl ViewLayer, workspace: &'a Workspace<F>) -> &'a [usize] {
    let [planned, starts] = slots(&workspace.indices);
    workspace.check_own(layer, planned[..] == [key(layer)]);
    starts
}

/// Returns a number by which the settings of layers of one type are compared.
fn key(layer: &impl ViewLayer) -> usize {
    let mut hasher = DefaultHasher::new();
    layer.hash(&mut hasher);
    hasher.finish() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first features of the runs.
    fn runs(first: usize, axes: &[(usize, usize)]) -> Vec<usize> {
        let axes = axes.iter().map(|&(size, step)| Axis { size, step }).collect();
        View { first, axes }.runs().unwrap()
    }

    #[test]
    fn features_that_follow_each_other_are_one_run() {
        let all = View::of(&[2, 3, 4]);
        assert_eq!(all.axes.iter().map(|axis| axis.step).collect::<Vec<_>>(), [12, 4, 1]);
        assert_eq!(all.runs(), Some(vec![0]));
        assert_eq!(View::of(&[]).runs(), Some(vec![0]));
        // A range of the first axis, of the second and of the third.
        assert_eq!(runs(12, &[(1, 12), (3, 4), (4, 1)]), [12]);
        assert_eq!(runs(4, &[(2, 12), (2, 4), (4, 1)]), [4, 16]);
        assert_eq!(runs(1, &[(2, 12), (3, 4), (2, 1)]), [1, 5, 9, 13, 17, 21]);
        // Axes exchanged: the last two, then the first two.
        assert_eq!(runs(0, &[(2, 12), (4, 1), (3, 4)]).len(), 24);
        assert_eq!(runs(0, &[(3, 4), (2, 12), (4, 1)]), [0, 12, 4, 16, 8, 20]);
        // An axis of one index does not end a run.
        assert_eq!(runs(0, &[(3, 4), (1, 99), (4, 1)]), [0]);
        // Nor does one without any, which leaves nothing to move.
        assert_eq!(View::of(&[3, 0, 2]).runs(), Some(vec![0]));
    }
}
