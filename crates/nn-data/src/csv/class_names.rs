//! The names of classes and their indices.

use std::borrow::Cow;
use std::collections::HashMap;
use std::mem::take;

/// The names found so far, each with an index in the order of first appearance.
#[derive(Debug, Default)]
pub(super) struct ClassNames<'a> {
    indices: HashMap<Cow<'a, str>, usize>,
}

impl<'a> ClassNames<'a> {
    /// Returns the index of `name`, adding the name if it is new.
    pub(super) fn index(&mut self, name: Cow<'a, str>) -> usize {
        let next = self.indices.len();
        *self.indices.entry(name).or_insert(next)
    }

    /// Appends `labels`, which are indices of `other`, to `all` as indices of `self`. Adds the names that they stand for and no
    /// others: the rows of those were dropped.
    pub(super) fn absorb(&mut self, other: Self, labels: &[usize], all: &mut Vec<usize>) {
        let mut names = other.into_names();
        let mut indices = vec![None; names.len()];
        let index =
            |&label: &usize| *indices[label].get_or_insert_with(|| self.index(take(&mut names[label])));
        all.extend(labels.iter().map(index));
    }

    /// The names in the order of their indices.
    pub(super) fn into_names(self) -> Vec<Cow<'a, str>> {
        let mut names = vec![Cow::default(); self.indices.len()];
        self.indices.into_iter().for_each(|(name, index)| names[index] = name);
        names
    }

    /// Returns the sorted names, by value if all are finite numbers and by code point otherwise, and the place of each index in
    /// that order.
    pub(super) fn sorted(self) -> (Vec<String>, Vec<usize>) {
        let mut entries: Vec<(Cow<str>, usize)> = self.indices.into_iter().collect();
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
        (entries.into_iter().map(|(name, _)| name.into_owned()).collect(), rank)
    }
}

fn number(name: &str) -> Option<f64> {
    name.parse().ok().filter(|value: &f64| value.is_finite())
}
