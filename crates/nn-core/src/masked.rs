//! Values of which some do not count.

use crate::{Scalar, ShapeError, Tensor};

/// Values to learn, of which some do not count: the time steps behind the end of a sequence, or what nobody measured.
///
/// The mask is 1 for each value that counts and 0 for each that does not. Its shape is that of the target, or the first axes of
/// it: a mask `[n, t]` says which time steps of a target `[n, t, k]` count. They are part of the target, so whatever selects
/// samples, a split, a fold or a batch, takes their mask along.
///
/// Losses of values take a `Masked<F>` where they take a `Tensor<F>`. What does not count has no effect on loss and gradient, and
/// is not looked at: output and target may be NaN there. The mean is over what counts. Losses and data sets check the mask. For
/// classes there is a label to ignore instead.
///
/// ```
/// use nn_core::{Masked, Tensor};
/// // Sequences of three steps and of one.
/// let target = Tensor::from_rows(&[[1.0, 2.0, 3.0], [4.0, f64::NAN, f64::NAN]]);
/// let masked = Masked::with_lengths(target, &[3, 1])?;
/// assert_eq!(masked.mask, Tensor::from_rows(&[[1.0, 1.0, 1.0], [1.0, 0.0, 0.0]]));
/// # Ok::<(), nn_core::ShapeError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Masked<F: Scalar> {
    /// The targets.
    pub target: Tensor<F>,
    /// 1 for what counts, 0 for the rest.
    pub mask: Tensor<F>,
}

impl<F: Scalar> Masked<F> {
    /// Gives a target a mask, of the same shape or of its first axes.
    pub fn new(target: Tensor<F>, mask: Tensor<F>) -> Self {
        Masked { target, mask }
    }

    /// Makes the mask of sequences `[n, t, …]` that were padded at their ends: as many time steps of each count as it was long. A
    /// length of 0 is a sequence that does not count.
    ///
    /// # Errors
    /// [`ShapeError`] unless the target is `[n, t, …]` with one length for each of the n samples, and none is above t.
    pub fn with_lengths(target: Tensor<F>, lengths: &[usize]) -> Result<Self, ShapeError> {
        let longest = lengths.iter().copied().max().unwrap_or(0);
        match *target.shape() {
            [n, t, ..] if n == lengths.len() && t >= longest => {
                let counts =
                    |sample: usize, step: usize| if step < lengths[sample] { F::ONE } else { F::ZERO };
                Ok(Masked { target, mask: Tensor::from_fn(n, t, counts) })
            }
            _ => {
                let expected = format!("a target [{}, t, …] with t of at least {longest}", lengths.len());
                Err(ShapeError::new(&"Masked", expected, target.shape()))
            }
        }
    }
}
