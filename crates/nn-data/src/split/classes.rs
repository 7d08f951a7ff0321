//! The classes of a data set and their numbers of samples.

use super::Labelled;
use crate::DataError;

/// The classes that occur among some samples.
pub(super) struct Classes {
    /// The index into `sizes` of each sample's class.
    pub(super) of: Vec<usize>,
    /// Number of samples of each class, in the order of the class indices.
    pub(super) sizes: Vec<usize>,
}

impl Classes {
    /// Counts the classes. Each must have at least `parts` samples.
    pub(super) fn new(data: &impl Labelled, parts: usize) -> Result<Self, DataError> {
        let labels = data.labels();
        let mut distinct = labels.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        let place = |label| distinct.binary_search(label).expect("distinct labels include every label");
        let of: Vec<usize> = labels.iter().map(place).collect();
        let mut sizes = vec![0; distinct.len()];
        for &class in &of {
            sizes[class] += 1;
        }
        match sizes.iter().position(|&size| size < parts) {
            Some(few) => Err(data.few_samples(distinct[few], sizes[few], parts)),
            None => Ok(Classes { of, sizes }),
        }
    }
}
