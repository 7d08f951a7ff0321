//! Class indices as rows of zeros with a single one.

use nn_core::{Scalar, Tensor};

use crate::DataError;

/// A tensor `[samples, classes]` that is 1 where the column is the sample's label, 0 elsewhere.
///
/// # Errors
/// [`DataError::Argument`] for a label that is not below `classes`.
///
/// ```
/// use nn_core::Tensor;
/// let rows = nn_data::one_hot::<f32>(&[2, 0], 3)?;
/// assert_eq!(rows, Tensor::from_rows(&[[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]));
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn one_hot<F: Scalar>(labels: &[usize], classes: usize) -> Result<Tensor<F>, DataError> {
    if let Some(label) = labels.iter().find(|&&label| label >= classes) {
        return Err(DataError::argument(
            "label",
            format!("less than the number of classes, {classes}"),
            label,
        ));
    }
    Ok(Tensor::from_fn(
        labels.len(),
        classes,
        |sample, class| if labels[sample] == class { F::ONE } else { F::ZERO },
    ))
}
