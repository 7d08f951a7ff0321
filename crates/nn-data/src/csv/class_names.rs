//! The names of classes and their indices.

use std::collections::HashMap;

/// The names found so far, each with an index in the order of first appearance.
#[derive(Debug, Default)]
pub(super) struct ClassNames {
    indices: HashMap<String, usize>,
}

impl ClassNames {
    /// Returns the index of `name`, adding the name if it is new.
    pub(super) fn index(&mut self, name: &str) -> usize {
        if let Some(&index) = self.indices.get(name) {
            return index;
        }
        let index = self.indices.len();
        self.indices.insert(name.to_owned(), index);
        index
    }

    /// Returns the sorted names, by value if all are finite numbers and by code point otherwise, and the place of each index in
    /// that order.
    pub(super) fn sorted(self) -> (Vec<String>, Vec<usize>) {
        let mut entries: Vec<(String, usize)> = self.indices.into_iter().collect();
        // By code point first, so that equal numbers that are written differently also have an order.
        entries.sort();
        if entries.iter().all(|(name, _)| number(name).is_some()) {
            entries
                .sort_by(|(a, _), (b, _)| number(a).partial_cmp(&number(b)).expect("finite numbers compare"));
        }
        let mut rank = vec![0; entries.len()];
        for (place, &(_, index)) in entries.iter().enumerate() {
            rank[index] = place;
        }
        (entries.into_iter().map(|(name, _)| name).collect(), rank)
    }
}

fn number(name: &str) -> Option<f64> {
    name.parse().ok().filter(|value: &f64| value.is_finite())
}
