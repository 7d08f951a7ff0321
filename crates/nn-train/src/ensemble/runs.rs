//! The runs of an ensemble, each under the index of its trial.

use std::ops::Index;
use std::slice;

use super::Run;

/// The runs of the trials that did not fail, in the order of their indices. `runs[index]` is the run of the trial with this
/// index, however many trials before it failed.
///
/// ```
/// use nn_train::{Run, Trials};
///
/// let trials = Trials::new(4).keep_going();
/// let ensemble = trials.run(|trial| match trial.index {
///     1 => Err("no data".into()),
///     index => Ok(Run::new(vec![1.0_f32]).keep(10 * index)),
/// })?;
/// let runs = ensemble.runs();
/// assert_eq!((runs.len(), runs.indices(), runs[2].kept), (3, &[0, 2, 3][..], 20));
/// assert!(runs.get(1).is_none());
/// # Ok::<(), nn_train::TrialsError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Runs<F, K = ()> {
    /// Ascending, one for each run.
    indices: Vec<usize>,
    runs: Vec<Run<F, K>>,
}

impl<F, K> Runs<F, K> {
    pub(super) fn new() -> Self {
        Runs { indices: Vec::new(), runs: Vec::new() }
    }

    /// Adds a run, whose index must be higher than all before it.
    pub(super) fn push(&mut self, index: usize, run: Run<F, K>) {
        debug_assert!(self.indices.last().is_none_or(|&last| last < index), "runs come in order");
        self.indices.push(index);
        self.runs.push(run);
    }

    /// Adds the runs of trials whose indices are all higher.
    pub(crate) fn append(&mut self, mut other: Self) {
        debug_assert!(self.indices.last() < other.indices.first());
        self.indices.append(&mut other.indices);
        self.runs.append(&mut other.runs);
    }

    /// Drops the runs of all trials but these.
    pub(crate) fn retain(&mut self, keep: impl Fn(usize) -> bool) {
        let mut indices = self.indices.iter();
        self.runs.retain(|_| indices.next().is_some_and(|&index| keep(index)));
        self.indices.retain(|&index| keep(index));
    }

    /// Returns the number of runs.
    pub fn len(&self) -> usize {
        self.runs.len()
    }

    /// Returns whether there are no runs, which is never the case in an ensemble.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Returns the run of the trial with this index, or `None` if it failed or there is no such trial.
    pub fn get(&self, index: usize) -> Option<&Run<F, K>> {
        self.indices.binary_search(&index).ok().map(|position| &self.runs[position])
    }

    /// Returns the indices of the trials, one for each run, in ascending order.
    pub fn indices(&self) -> &[usize] {
        &self.indices
    }

    /// Iterates over the runs, in the order of their indices.
    pub fn iter(&self) -> slice::Iter<'_, Run<F, K>> {
        self.runs.iter()
    }

    /// Iterates over the runs, in the same order, each after the index of its trial.
    pub fn indexed(&self) -> impl ExactSizeIterator<Item = (usize, &Run<F, K>)> {
        self.indices.iter().copied().zip(&self.runs)
    }
}

impl<F, K> Index<usize> for Runs<F, K> {
    type Output = Run<F, K>;

    /// Returns the run of the trial with this index.
    ///
    /// # Panics
    /// If the trial has no run; [`get`](Runs::get) returns `None` then.
    fn index(&self, index: usize) -> &Run<F, K> {
        self.get(index).unwrap_or_else(|| panic!("expected a trial with a run, found index {index}"))
    }
}

impl<'a, F, K> IntoIterator for &'a Runs<F, K> {
    type Item = &'a Run<F, K>;
    type IntoIter = slice::Iter<'a, Run<F, K>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
