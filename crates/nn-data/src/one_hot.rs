//! One-hot rows: class indices as rows of zeros with a single one.

use nn_core::{Scalar, SettingError, Tensor};

use crate::{DataError, memory};

/// Returns a tensor `[samples, classes]` that is 1 in the column of each sample's label and 0 elsewhere.
///
/// # Errors
/// [`DataError::Setting`] for a label that is not below `classes`, or if memory cannot hold the rows.
///
/// ```
/// use nn_core::Tensor;
/// let rows = nn_data::one_hot::<f32>(&[2, 0], 3)?;
/// assert_eq!(rows, Tensor::from_rows(&[[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]));
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn one_hot<F: Scalar>(labels: &[usize], classes: usize) -> Result<Tensor<F>, DataError> {
    for &label in labels {
        let expected = format_args!("a number below the number of classes, {classes}");
        SettingError::unless(label < classes, "one_hot", "a label", expected, label)?;
    }
    let mut rows = memory::tensor("one_hot", [labels.len(), classes])?;
    for (sample, &label) in labels.iter().enumerate() {
        rows[[sample, label]] = F::ONE;
    }
    Ok(rows)
}
