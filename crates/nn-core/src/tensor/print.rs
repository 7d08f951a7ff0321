//! How a tensor is printed.

use std::fmt;

use super::Tensor;
use crate::Scalar;
use crate::lanes::LANES;

/// Prints the array that the tensor stands for. Of five hundred values or more, it prints only the ends of each axis; with
/// `{:#}` all.
impl<F: Scalar> fmt::Display for Tensor<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.view(), f)
    }
}

/// Prints the shape and the values, but not the padding: `Tensor [2, 2] [[1.0, 2.0], [3.0, 4.0]]`. Of five hundred values or
/// more, it prints only the ends of each axis.
impl<F: fmt::Debug> fmt::Debug for Tensor<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tensor {:?} ", &self.shape[..])?;
        let is_long =
            self.shape.iter().fold(1, |count: usize, &axis| count.saturating_mul(axis.max(1))) >= 500;
        let shown = if is_long { 3 } else { usize::MAX };
        axis(self, &self.shape, 0, shown, f)
    }
}

/// Prints the values from place `first` on, in row-major order, that the axes `shape` span: of each, `shown` from either end.
fn axis<F: fmt::Debug>(
    tensor: &Tensor<F>,
    shape: &[usize],
    first: usize,
    shown: usize,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let Some((&length, inner)) = shape.split_first() else {
        let features: usize = tensor.shape[1..].iter().product();
        let stride = tensor.shape[0].next_multiple_of(LANES);
        let place = first % features * stride + first / features;
        return tensor.blocks.as_slice().as_flattened()[place].fmt(f);
    };
    let step: usize = inner.iter().product();
    f.write_str("[")?;
    // Where the values at the end begin.
    let end = length.saturating_sub(shown).max(shown);
    for i in (0..length.min(shown)).chain(end..length) {
        f.write_str(if i == 0 { "" } else { ", " })?;
        f.write_str(if i == end && end > shown { "…, " } else { "" })?;
        axis(tensor, inner, first + i * step, shown, f)?;
    }
    f.write_str("]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_are_printed_but_not_the_padding() {
        let x = Tensor::from_rows(&[[1.0, -0.25], [f64::NAN, -0.0], [5.0, 0.1]]);
        assert_eq!(format!("{x:?}"), "Tensor [3, 2] [[1.0, -0.25], [NaN, -0.0], [5.0, 0.1]]");
        assert_eq!(format!("{:.1?}", x.select(&[2])), "Tensor [1, 2] [[5.0, 0.1]]");
        let images =
            Tensor::from_fn(2, 6, |image, pixel| (10 * image + pixel) as f32).reshape(&[1, 2, 3]).unwrap();
        let expected = "Tensor [2, 1, 2, 3] [[[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]], \
                        [[[10.0, 11.0, 12.0], [13.0, 14.0, 15.0]]]]";
        assert_eq!(format!("{images:?}"), expected);
        assert_eq!(format!("{:?}", Tensor::<f32>::zeros(&[2, 0])), "Tensor [2, 0] [[], []]");
    }

    #[test]
    fn a_large_tensor_is_printed_in_few_lines() {
        let x = Tensor::from_fn(1000, 2, |sample, feature| (10 * sample + feature) as f32);
        let expected = "Tensor [1000, 2] [[0.0, 1.0], [10.0, 11.0], [20.0, 21.0], …, \
                        [9970.0, 9971.0], [9980.0, 9981.0], [9990.0, 9991.0]]";
        assert_eq!(format!("{x:?}"), expected);
        for shape in [&[1000, 3, 40, 40][..], &[7, 7, 11], &[1 << 40, 0], &[3, 0, 1 << 40]] {
            let x = Tensor::<f32>::zeros(shape);
            for text in [format!("{x:?}"), format!("{x:#?}"), x.to_string()] {
                assert!(text.len() < 20_000, "{}", text.len());
            }
        }
    }
}
