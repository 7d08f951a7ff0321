//! Looks for a target that a loss cannot take. A training step of one's own checks its targets each time, so the usual case,
//! that there is none, has no branch and becomes vector instructions.

use nn_core::Scalar;
use nn_core::simd::{Kernel, dispatch};

/// Returns the place of the first label that is not below `classes`, and not `ignored`.
pub(crate) fn first_beyond(labels: &[usize], classes: usize, ignored: Option<usize>) -> Option<usize> {
    // The bits of all labels together make a number that no label exceeds.
    if dispatch(Bits(labels)) < classes {
        return None;
    }
    let first = labels.iter().position(|&label| label >= classes)?;
    let beyond = |&label: &usize| label >= classes && Some(label) != ignored;
    labels[first..].iter().position(beyond).map(|rest| first + rest)
}

/// Returns the place of the first value that is not `right`.
pub(crate) fn first_refused<F: Scalar>(values: &[F], right: impl Fn(F) -> bool + Copy) -> Option<usize> {
    if dispatch(AllRight { values, right }) {
        return None;
    }
    values.iter().position(|&value| !right(value))
}

struct Bits<'a>(&'a [usize]);

impl Kernel for Bits<'_> {
    type Output = usize;

    #[inline(always)]
    fn run(self) -> usize {
        self.0.iter().fold(0, |bits, label| bits | label)
    }
}

struct AllRight<'a, F, A> {
    values: &'a [F],
    right: A,
}

impl<F: Scalar, A: Fn(F) -> bool> Kernel for AllRight<'_, F, A> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        let mut all = true;
        for &value in self.values {
            all &= (self.right)(value);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_of_no_class_is_found_wherever_it_is() {
        let (half, most) = (usize::MAX / 2, usize::MAX);
        for classes in [1, 2, 3, 1000] {
            for label in [0, 1, 2, 3, 999, 1000, half, half + 1, half + 2, half + 1000, most - 1, most] {
                for position in [0, 7, 15, 16, 36] {
                    let mut labels = [0; 37];
                    labels[position] = label;
                    let expected = (label >= classes).then_some(position);
                    assert_eq!(first_beyond(&labels, classes, None), expected, "{label} of {classes}");
                    assert_eq!(first_beyond(&labels, classes, Some(label)), None, "{label} of {classes}");
                    let other = Some(label.wrapping_add(1));
                    assert_eq!(first_beyond(&labels, classes, other), expected, "{label} of {classes}");
                }
            }
        }
        assert_eq!(
            [first_beyond(&[1, 5, 7], 5, None), first_beyond(&[], 0, None), first_beyond(&[0], 0, None)],
            [Some(1), None, Some(0)]
        );
    }

    #[test]
    fn a_value_that_is_not_right_is_found_wherever_it_is() {
        let positive = |value: f32| value > 0.0;
        for position in [0, 7, 15, 16, 36] {
            for value in [0.0, -1.0, f32::NAN] {
                let mut values = [1.0; 37];
                assert_eq!(first_refused(&values, positive), None);
                values[position] = value;
                assert_eq!(first_refused(&values, positive), Some(position));
            }
        }
    }
}
