//! Slice: a range of an axis.

use std::fmt;
use std::ops::{Bound, Range, RangeBounds};

use super::described::described;
use super::layer::compiled_here;
use super::view::{View, ViewLayer, check_axis};
use crate::{Module, ModuleError, Parameters, Scalar, SettingError, ShapeError, all_like};

/// Takes a range of an axis: the last time steps of a sequence, or some of its features.
///
/// Forward: y\_{n,…,k,…} = x\_{n,…,s+k,…} for a range from s on. Backward: ∂L/∂x is ∂L/∂y in the range and 0 outside of it, where the
/// values have no effect, not even those that are NaN.
///
/// Shapes: `[n, …, a, …]` to `[n, …, b, …]` with the length b of the range, as in Python's `x[:, …, s:e, …]` and PyTorch's
/// `x.narrow(dim, s, b)`. Axes are counted with that of the samples, which is axis 0. It has no parameters and no memory.
/// [`Select`](crate::Select) takes one index, without the axis.
///
/// Errors: planning fails unless the axis is one of a sample (1 or more) and has all of the range, which has at least one value. (A
/// range that is too long is an error, whereas Python takes what there is.)
///
/// ```
/// use nn_core::{Module, Purpose, Slice, Tensor};
/// // Three time steps of one feature.
/// let x = Tensor::from_vec(&[1, 3, 1], vec![1.0, 2.0, 3.0])?;
/// let steps = |y: Tensor<f32>| y.sample(0).collect::<Vec<_>>();
/// assert_eq!(steps(Slice::new(1, 1..).predict(&x)?), [2.0, 3.0]);
/// assert_eq!(steps(Slice::new(1, ..-1).predict(&x)?), [1.0, 2.0]);
/// assert_eq!(steps(Slice::new(1, -2..).predict(&x)?), [2.0, 3.0]);
/// assert_eq!(steps(Slice::new(1, 1..2).predict(&x)?), [2.0]);
///
/// let four = Slice::new(1, -4..);
/// let error = Module::<f32>::plan(&four, x.shape(), Purpose::Train).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "Slice(1, -4..): expected input with at least 4 values along axis 1, \
///      found [1, 3, 1]",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "narrow")]
#[doc(alias = "crop")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slice {
    axis: usize,
    start: isize,
    /// The index behind the last. None for the end of the axis.
    end: Option<isize>,
}

impl Slice {
    /// Makes a layer that takes this range of this axis (0 is that of the samples, so it must be at least 1). A negative bound counts
    /// from the end: `-3..` are the last three, `..-1` are all but the last. Clippy takes `1..-1` for a mistake; a slice `1..` and
    /// a slice `..-1` behind it do the same.
    pub fn new(axis: usize, range: impl RangeBounds<isize>) -> Self {
        let start = match range.start_bound() {
            Bound::Included(&start) => start,
            Bound::Excluded(&before) => behind(before).unwrap_or(isize::MAX),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(&last) => behind(last),
            Bound::Excluded(&end) => Some(end),
            Bound::Unbounded => None,
        };
        Slice { axis, start, end }
    }

    /// Returns the least and the largest size of an axis that has all of the range, or `None` if the range has no value on any
    /// axis.
    fn sizes(self) -> Option<[i128; 2]> {
        const ANY: i128 = usize::MAX as i128;
        let start = self.start as i128;
        match self.end.map(|end| end as i128) {
            None if start < 0 => Some([-start, ANY]),
            None => Some([start + 1, ANY]),
            // From a place counted from the end to one counted from the start: on a longer axis they change
            // places.
            Some(end) if start < 0 && end >= 0 => Some([end.max(-start), end - start - 1]),
            Some(end) if start >= 0 && end < 0 => Some([start - end + 1, ANY]),
            Some(end) if start < 0 => (start < end).then_some([-start, ANY]),
            Some(end) => (start < end).then_some([end, ANY]),
        }
        .filter(|[least, most]| least <= most)
    }

    /// Returns the range on an axis of this size, which has all of it.
    fn range(self, size: usize) -> Range<usize> {
        let place = |index: isize| if index < 0 { size - index.unsigned_abs() } else { index as usize };
        place(self.start)..self.end.map_or(size, place)
    }
}

/// Returns the index behind this one, or `None` for the end.
fn behind(index: isize) -> Option<isize> {
    if index == -1 { None } else { Some(index.saturating_add(1)) }
}

impl<F: Scalar> Parameters<F> for Slice {}

described! {
    Slice as "Slice";
    settings |layer| { dim: usize = layer.axis, start: isize = layer.start, end: Option<isize> = layer.end }
    made => Slice { axis: dim, start, end }
}

impl<F: Scalar> Module<F> for Slice {
    compiled_here!(Slice);

    fn stacked(&self, networks: &[&dyn Module<F>]) -> Option<Box<dyn Module<F>>> {
        let alike = all_like::<Self, F>(networks)?.into_iter().all(|other| other == self);
        alike.then(|| Box::new(*self) as Box<dyn Module<F>>)
    }
}

impl ViewLayer for Slice {
    fn view<F: Scalar>(&self, input: &[usize]) -> Result<View, ModuleError> {
        let axis = self.axis;
        check_axis("Slice", axis)?;
        let range = Bounds(self.start, self.end);
        let sizes = self.sizes();
        let [least, most] = sizes
            .ok_or_else(|| SettingError::new("Slice", "range", "one that has at least one value", range))?;
        let size = input.get(axis).copied().unwrap_or(0);
        if !(least..=most).contains(&(size as i128)) {
            let count = if most < usize::MAX as i128 {
                format!("{least} to {most}")
            } else {
                format!("at least {least}")
            };
            let expected = format!("input with {count} values along axis {axis}");
            return Err(ShapeError::new(self, expected, input).into());
        }
        let (mut view, range) = (View::of(&input[1..]), self.range(size));
        let along = &mut view.axes[axis - 1];
        (view.first, along.size) = (range.start * along.step, range.len());
        Ok(view)
    }
}

impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slice({}, {})", self.axis, Bounds(self.start, self.end))
    }
}

/// Prints a range as it is written: `1..-1`, `-3..`.
struct Bounds(isize, Option<isize>);

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Bounds(start, None) => write!(f, "{start}.."),
            Bounds(start, Some(end)) => write!(f, "{start}..{end}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A range on an axis, as the numbers on it: Python's, but only where none of it is missing.
    #[test]
    fn a_range_is_that_of_an_axis_which_has_all_of_it() {
        for start in -6_isize..=6 {
            for end in (-6..=6).map(Some).chain([None]) {
                let slice = Slice { axis: 1, start, end };
                let mut fits = false;
                for size in 0..20 {
                    let place = |index: isize| if index < 0 { index + size } else { index };
                    let (from, to) = (place(start), end.map_or(size, place));
                    let expected = (0 <= from && from < to && to <= size).then_some(from..to);
                    let inside = |[least, most]: &[i128; 2]| (*least..=*most).contains(&(size as i128));
                    let found = slice.sizes().filter(inside).map(|_| slice.range(size as usize));
                    assert_eq!(
                        found.map(|range| range.start as isize..range.end as isize),
                        expected,
                        "{slice}"
                    );
                    fits |= expected.is_some();
                }
                assert_eq!(slice.sizes().is_some(), fits, "{slice}");
            }
        }
    }

    #[test]
    fn every_kind_of_range_is_taken() {
        let of = |slice: Slice| (slice.start, slice.end);
        assert_eq!(of(Slice::new(1, ..)), (0, None));
        assert_eq!(of(Slice::new(1, ..=2)), (0, Some(3)));
        assert_eq!(of(Slice::new(1, -3..=-1)), (-3, None));
        assert_eq!(of(Slice::new(1, (Bound::Excluded(1), Bound::Unbounded))), (2, None));
        // Behind the last there is nothing.
        let none = Slice::new(1, (Bound::Excluded(-1), Bound::Unbounded));
        assert_eq!(none.sizes(), Some([isize::MAX as i128 + 1, usize::MAX as i128]));
        assert!(Slice::new(1, isize::MIN..isize::MAX).sizes().is_some());
    }
}
