//! Something to look up among other things.

use nn_core::rand::Rng;
use nn_core::{Scalar, SettingError};

use crate::error::at_least;
use crate::permutation::below;
use crate::{DataError, Dataset, memory};

/// Associative recall, which shows whether a network can look something up: a sequence has `pairs` of a key and a value, and ends with
/// one of these keys, alone. The class is the value that belongs to it. Keys of a sequence differ; they are drawn from `keys`, values from
/// `values`, and the key that is asked for from the pairs.
///
/// Inputs are `[samples, pairs + 1, keys + values]`: each step has 1 in the place of its key, and one in the place of its value, which the
/// last step has not. The classes are balanced in expectation: a network that remembers nothing has a cross-entropy of ln `values`.
///
/// Source: J. Ba, G. E. Hinton, V. Mnih, J. Z. Leibo and C. Ionescu, "Using fast weights to attend to the recent past", 2016, section 4.1,
/// with pairs as steps.
///
/// # Errors
/// [`DataError::Setting`] for 0 samples, pairs or values, fewer keys than pairs, or more than memory can hold.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let mut rng = ChaCha8Rng::seed_from_u64(7);
/// let data = nn_data::make_recall::<f32>(100, 3, 8, 4, &mut rng)?;
/// assert_eq!(data.x().shape(), [100, 4, 8 + 4]);
/// let sequence: Vec<f32> = data.x().sample(0).collect();
/// let steps: Vec<&[f32]> = sequence.chunks(12).collect();
/// // The pair with the key that is asked for has the value that is the class.
/// let asked = steps[..3].iter().find(|step| step[..8] == steps[3][..8]).unwrap();
/// assert_eq!(asked[8 + data.y()[0]], 1.0);
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn make_recall<F: Scalar>(
    samples: usize,
    pairs: usize,
    keys: usize,
    values: usize,
    rng: &mut (impl Rng + ?Sized),
) -> Result<Dataset<F, Vec<usize>>, DataError> {
    const NAME: &str = "make_recall";
    for (name, count) in [("samples", samples), ("pairs", pairs), ("values", values)] {
        at_least(1, NAME, name, count)?;
    }
    let expected = format_args!("at least {pairs}, one for each pair");
    SettingError::unless(keys >= pairs, NAME, "number of keys", expected, keys)?;
    let features = keys.saturating_add(values);
    let mut x = memory::tensor(NAME, [samples, pairs.saturating_add(1), features])?;
    let mut classes: Vec<usize> = memory::vec(NAME, "samples", samples)?;
    let mut order: Vec<usize> = memory::vec(NAME, "keys", keys)?;
    order.extend(0..keys);
    for sample in 0..samples {
        let asked = below(pairs, rng);
        for pair in 0..pairs {
            // Those before `pair` are the keys that were drawn.
            order.swap(pair, pair + below(keys - pair, rng));
            let value = below(values, rng);
            x[[sample, pair * features + order[pair]]] = F::ONE;
            x[[sample, pair * features + keys + value]] = F::ONE;
            if pair == asked {
                classes.push(value);
            }
        }
        x[[sample, pairs * features + order[asked]]] = F::ONE;
    }
    Dataset::made(NAME, x, classes)
}
