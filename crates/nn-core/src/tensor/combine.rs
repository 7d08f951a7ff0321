//! Tensors made of tensors: mapped, computed with a number, side by side, one below the other.

use std::ops::{Add, Div, Mul, Sub};

use super::Tensor;
use crate::{Scalar, ShapeError};

impl<F: Scalar> Tensor<F> {
    /// Makes a tensor of the same shape with `map` of each value.
    ///
    /// ```
    /// use nn_core::Tensor;
    /// let x = Tensor::from_rows(&[[1.0, -2.0], [-3.0, 4.0]]);
    /// assert_eq!(x.map(f64::abs), Tensor::from_rows(&[[1.0, 2.0], [3.0, 4.0]]));
    /// ```
    #[must_use]
    pub fn map(&self, map: impl FnMut(F) -> F) -> Self {
        self.clone().mapped(map)
    }

    /// Replaces each value by `map` of it.
    fn mapped(mut self, mut map: impl FnMut(F) -> F) -> Self {
        for feature in 0..self.features() {
            self.feature_mut(feature).iter_mut().for_each(|value| *value = map(*value));
        }
        self
    }

    /// Puts tensors side by side: sample s of the result has the features of sample s of each, one after another. The second
    /// axes add up, and the others must be equal: images are joined along their channels. It is `numpy.hstack`, and
    /// `torch.cat` with `dim=1`, where a tensor without a second axis counts as one of a single feature.
    ///
    /// ```
    /// use nn_core::Tensor;
    /// let a = Tensor::from_column(&[1.0, 2.0]);
    /// let b = Tensor::from_rows(&[[3.0, 4.0], [5.0, 6.0]]);
    /// let both = Tensor::from_rows(&[[1.0, 3.0, 4.0], [2.0, 5.0, 6.0]]);
    /// assert_eq!(Tensor::hstack(&[&a, &b])?, both);
    /// # Ok::<(), nn_core::ShapeError>(())
    /// ```
    ///
    /// # Errors
    /// [`ShapeError`] if there is no tensor, or for the first whose shape does not fit that of the first one.
    #[doc(alias = "concatenate")]
    #[doc(alias = "cat")]
    pub fn hstack(tensors: &[&Self]) -> Result<Self, ShapeError> {
        let first = first("hstack", tensors)?;
        let mut shape = with_features(first);
        shape[1] = 0;
        for tensor in tensors {
            let other = with_features(tensor);
            if (other[0], &other[2..]) != (shape[0], &shape[2..]) {
                let expected =
                    format!("the shape of the first, {:?}, but for its second axis", first.shape());
                return Err(ShapeError::new(&"Tensor::hstack", expected, tensor.shape()));
            }
            shape[1] += other[1];
        }
        let mut all = Tensor::try_zeros(&shape)?;
        let mut start = 0;
        for tensor in tensors {
            for feature in 0..tensor.features() {
                all.feature_mut(start + feature).copy_from_slice(tensor.feature(feature));
            }
            start += tensor.features();
        }
        Ok(all)
    }

    /// Puts tensors one below the other: first the samples of the first, then those of the second. It is `numpy.vstack`, and
    /// `torch.cat` with `dim=0`.
    ///
    /// ```
    /// use nn_core::Tensor;
    /// let a = Tensor::from_rows(&[[1.0, 2.0]]);
    /// let b = Tensor::from_rows(&[[3.0, 4.0], [5.0, 6.0]]);
    /// let both = Tensor::from_rows(&[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    /// assert_eq!(Tensor::vstack(&[&a, &b])?, both);
    /// # Ok::<(), nn_core::ShapeError>(())
    /// ```
    ///
    /// # Errors
    /// [`ShapeError`] if there is no tensor, or for the first whose samples have another shape than those of the first one.
    #[doc(alias = "concatenate")]
    #[doc(alias = "cat")]
    pub fn vstack(tensors: &[&Self]) -> Result<Self, ShapeError> {
        let first = first("vstack", tensors)?;
        let mut shape = first.shape().to_vec();
        shape[0] = tensors.iter().map(|tensor| tensor.samples()).sum();
        if let Some(other) = tensors.iter().find(|tensor| tensor.shape()[1..] != shape[1..]) {
            let expected = format!("samples of the shape of the first, {:?}", first.shape());
            return Err(ShapeError::new(&"Tensor::vstack", expected, other.shape()));
        }
        let mut all = Tensor::try_zeros(&shape)?;
        for feature in 0..all.features() {
            let mut rest = all.feature_mut(feature);
            for tensor in tensors {
                let (here, after) = rest.split_at_mut(tensor.samples());
                here.copy_from_slice(tensor.feature(feature));
                rest = after;
            }
        }
        Ok(all)
    }
}

/// The first of some tensors, of which there must be one.
fn first<'t, F: Scalar>(of: &str, tensors: &[&'t Tensor<F>]) -> Result<&'t Tensor<F>, ShapeError> {
    let none = || ShapeError::new(&format_args!("Tensor::{of}"), "at least one tensor", &[]);
    tensors.first().copied().ok_or_else(none)
}

/// The shape, with a second axis.
fn with_features<F: Scalar>(tensor: &Tensor<F>) -> Vec<usize> {
    let mut shape = tensor.shape().to_vec();
    if shape.len() == 1 {
        shape.push(1);
    }
    shape
}

/// Arithmetic with a number, on each value. That on a tensor that is not borrowed allocates nothing.
macro_rules! arithmetic {
    ($($Trait:ident, $method:ident, $operator:tt;)*) => {$(
        #[doc = concat!("Each value ", stringify!($operator), " the number.")]
        impl<F: Scalar> $Trait<F> for Tensor<F> {
            type Output = Tensor<F>;
            fn $method(self, number: F) -> Tensor<F> {
                self.mapped(|value| value $operator number)
            }
        }
        #[doc = concat!("Each value ", stringify!($operator), " the number.")]
        impl<F: Scalar> $Trait<F> for &Tensor<F> {
            type Output = Tensor<F>;
            fn $method(self, number: F) -> Tensor<F> {
                self.map(|value| value $operator number)
            }
        }
    )*};
}

arithmetic! {
    Add, add, +;
    Sub, sub, -;
    Mul, mul, *;
    Div, div, /;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_with_a_number_leaves_the_shape() {
        let x = Tensor::from_fn(17, 6, |sample, feature| (10 * sample + feature) as f64)
            .reshape(&[2, 3])
            .unwrap();
        for (made, expected) in [
            (&x + 2.0, 35.0),
            (&x - 2.0, 31.0),
            (&x * 2.0, 66.0),
            (&x / 2.0, 16.5),
            ((x.clone() + 1.0) * 2.0, 68.0),
        ] {
            assert_eq!((made.shape(), made[[3, 3]]), (x.shape(), expected));
        }
        let row = Tensor::from_rows(&[[1.0, 2.0]]);
        assert_eq!(row.clone() - 1.0, Tensor::from_rows(&[[0.0, 1.0]]));
        assert_eq!(row / 2.0, Tensor::from_rows(&[[0.5, 1.0]]));
    }

    #[test]
    fn stacked_tensors_are_stacked_arrays() {
        let images = |samples: usize, channels: usize, first: usize| {
            let rows = Tensor::from_fn(samples, channels * 4, |s, f| (first + 100 * s + f) as f64);
            rows.reshape(&[channels, 2, 2]).unwrap()
        };
        let (a, b, c) = (images(18, 1, 0), images(18, 3, 5000), images(3, 3, 9000));
        let both = Tensor::hstack(&[&a, &b]).unwrap();
        let expected = ndarray::concatenate(ndarray::Axis(1), &[a.view(), b.view()]).unwrap();
        assert_eq!(both.view(), expected);
        let both = Tensor::vstack(&[&b, &c]).unwrap();
        let expected = ndarray::concatenate(ndarray::Axis(0), &[b.view(), c.view()]).unwrap();
        assert_eq!(both.view(), expected);
        let flat = Tensor::<f64>::zeros(&[18]);
        assert_eq!(Tensor::hstack(&[&flat, &flat]).unwrap().shape(), [18, 2]);
        assert_eq!(Tensor::vstack(&[&flat, &flat]).unwrap().shape(), [36]);

        let message = |result: Result<Tensor<f64>, ShapeError>| result.unwrap_err().to_string();
        assert_eq!(
            message(Tensor::hstack(&[&b, &c])),
            "Tensor::hstack: expected the shape of the first, [18, 3, 2, 2], but for its second axis, found [3, 3, 2, 2]"
        );
        assert!(Tensor::hstack(&[&a, &Tensor::zeros(&[18, 4])]).is_err());
        assert_eq!(
            message(Tensor::vstack(&[&b, &a])),
            "Tensor::vstack: expected samples of the shape of the first, [18, 3, 2, 2], found [18, 1, 2, 2]"
        );
        assert_eq!(message(Tensor::vstack(&[])), "Tensor::vstack: expected at least one tensor, found []");
        assert!(Tensor::<f64>::hstack(&[]).is_err());
    }
}
