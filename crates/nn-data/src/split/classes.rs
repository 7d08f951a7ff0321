//! Which classes there are, and how many samples each has.

use crate::DataError;

/// The classes of some samples. Those without a sample do not count.
pub(super) struct Classes {
    /// For each sample, the place of its class in `sizes`.
    pub(super) of: Vec<usize>,
    /// Number of samples of each class, in the order of the class indices.
    pub(super) sizes: Vec<usize>,
}

impl Classes {
    /// Counts them; each must have a sample for each of `parts` parts.
    pub(super) fn new(labels: &[usize], parts: usize) -> Result<Self, DataError> {
        let mut distinct = labels.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        let place = |label| distinct.binary_search(label).expect("every label is among them");
        let of: Vec<usize> = labels.iter().map(place).collect();
        let mut sizes = vec![0; distinct.len()];
        for &class in &of {
            sizes[class] += 1;
        }
        match sizes.iter().position(|&size| size < parts) {
            Some(few) => {
                Err(DataError::FewSamples { class: distinct[few], samples: sizes[few], expected: parts })
            }
            None => Ok(Classes { of, sizes }),
        }
    }
}
