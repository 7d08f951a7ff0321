//! Numbers of values, multiplied from the sizes of axes. A product that wrapped around would give a small array a large shape.

/// Returns the number of values of an array with these axes, or `None` if no memory could hold them. An axis of size 0
/// does not make up for the others, because strides are products of those alone.
pub(crate) fn count<F>(axes: impl IntoIterator<Item = usize>) -> Option<usize> {
    let (mut count, mut bytes) = (1, size_of::<F>());
    for axis in axes {
        bytes = bytes.checked_mul(axis.max(1))?;
        // Not larger than `bytes`.
        count *= axis;
    }
    // No allocation is larger.
    (bytes <= isize::MAX as usize).then_some(count)
}

/// Returns the number of values of a parameter of this shape. For constructors, which return no error.
///
/// # Panics
/// If there is no memory for them.
#[track_caller]
pub(crate) fn of_parameter<F>(shape: &[usize]) -> usize {
    let count = count::<F>(shape.iter().copied());
    match count {
        Some(count) if Vec::<F>::new().try_reserve_exact(count).is_ok() => count,
        _ => panic!("expected a parameter that fits into memory, found one of shape {shape:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_a_product_that_fits_into_memory() {
        let half = 1 << (usize::BITS / 2);
        for (axes, expected) in [
            (&[][..], Some(1)),
            (&[2, 3, 4], Some(24)),
            (&[5, 0, 7], Some(0)),
            (&[half, half], None),
            (&[half, half, 0], None),
            (&[0, half, half], None),
            (&[usize::MAX], None),
            // Eight bytes for each value make just as many as an allocation may have, and one too many.
            (&[isize::MAX as usize / 8], Some(isize::MAX as usize / 8)),
            (&[isize::MAX as usize / 8 + 1], None),
        ] {
            assert_eq!(count::<f64>(axes.iter().copied()), expected, "{axes:?}");
        }
    }

    #[test]
    #[should_panic = "expected a parameter that fits into memory, found one of shape [4, 4611686018427387904]"]
    #[cfg(target_pointer_width = "64")]
    fn a_parameter_that_no_memory_holds_is_refused_by_its_shape() {
        of_parameter::<f32>(&[4, 1 << 62]);
    }
}
