//! Sequences of different lengths in one tensor.

use std::borrow::Borrow;

use nn_core::{Scalar, Setting, SettingError, ShapeError, Tensor};

use crate::error::at_least;
use crate::{DataError, memory};

const NAME: &str = "pad_sequences";

/// Puts sequences of different lengths into one tensor `[n, longest, features]`, each followed by `padding` up to the length of
/// the longest, and returns their lengths as well. A sequence is a tensor `[steps, features]`. A recurrent layer that is told the
/// same padding takes as padding the steps at the end at which every feature equals it.
///
/// PyTorch's `pad_sequence` with `batch_first=True`, Keras's `pad_sequences` with `padding="post"`.
///
/// ```
/// use nn_core::Tensor;
/// use nn_data::pad_sequences;
/// let sequences = [
///     Tensor::from_rows(&[[1.0, 2.0]]),
///     Tensor::from_rows(&[[3.0, 0.0], [0.0, 0.0], [5.0, 6.0]]),
/// ];
/// let (x, lengths) = pad_sequences(&sequences, 0.0)?;
/// assert_eq!(x.shape(), [2, 3, 2]);
/// assert_eq!(x.sample(0).collect::<Vec<_>>(), [1.0, 2.0, 0.0, 0.0, 0.0, 0.0]);
/// assert_eq!(lengths, [1, 3]);
///
/// let zeros = Tensor::from_rows(&[[7.0, 8.0], [0.0, 0.0]]);
/// let error = pad_sequences(&[&sequences[0], &zeros], 0.0).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "pad_sequences: last step of sequence 1 is 0 in every feature, \
///      expected another value than the padding; choose a padding that no step has"
/// );
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// # Errors
/// [`DataError::Setting`] if there is no sequence, if one has no step or ends with a step that equals the padding in every feature,
/// which would be taken for padding, if the padding is not finite, or if memory cannot hold the tensor; [`DataError::Shape`] for
/// the first sequence that is no `[steps, features]` with the features of the first.
#[doc(alias = "pad_sequence")]
#[doc(alias = "pad_packed_sequence")]
pub fn pad_sequences<F: Scalar>(
    sequences: &[impl Borrow<Tensor<F>>],
    padding: F,
) -> Result<(Tensor<F>, Vec<usize>), DataError> {
    at_least(1, NAME, "number of sequences", sequences.len())?;
    Setting::of::<F>(NAME, "padding", padding.to_f64()).finite()?;
    let features = sequences[0].borrow().features();
    let mut lengths = memory::vec(NAME, "number of sequences", sequences.len())?;
    for (place, sequence) in sequences.iter().enumerate() {
        let sequence = sequence.borrow();
        check(place, sequence, features, padding)?;
        lengths.push(sequence.samples());
    }
    let longest = lengths.iter().copied().max().unwrap_or(0);
    let mut x = memory::tensor(NAME, [sequences.len(), longest, features])?;
    for step in 0..longest {
        for feature in 0..features {
            let to = x.feature_mut(step * features + feature);
            for (to, sequence) in to.iter_mut().zip(sequences) {
                *to = sequence.borrow().feature(feature).get(step).copied().unwrap_or(padding);
            }
        }
    }
    Ok((x, lengths))
}

/// Checks the sequence at this place.
fn check<F: Scalar>(
    place: usize,
    sequence: &Tensor<F>,
    features: usize,
    padding: F,
) -> Result<(), DataError> {
    if sequence.shape().len() != 2 || sequence.features() != features {
        let expected = format!("[steps, {features}] of sequence {place}");
        return Err(ShapeError::new(&NAME, expected, sequence.shape()).into());
    }
    let steps = sequence.samples();
    at_least(1, NAME, &format!("number of steps of sequence {place}"), steps)?;
    let is_padding = features > 0 && sequence.sample(steps - 1).all(|value| value == padding);
    SettingError::unless(
        !is_padding,
        NAME,
        format_args!("last step of sequence {place}"),
        "another value than the padding; choose a padding that no step has",
        format_args!("{padding} in every feature"),
    )?;
    Ok(())
}
