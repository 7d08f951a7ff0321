//! The folds of a cross-validation, one training part and one test part after the other.

use std::ops::Range;

use super::{Samples, TrainTest};

/// An iterator over the folds, each a training part and a test part.
#[derive(Debug, Clone)]
pub struct Folds<'a, S> {
    data: &'a S,
    plan: Plan,
    next: usize,
}

/// The samples of each fold.
#[derive(Debug, Clone)]
pub(super) enum Plan {
    /// All samples are dealt out to `splits` folds, once in each round.
    Dealt { rounds: Vec<Round>, splits: usize },
    /// A range for training and a range for the test.
    Ranges(Vec<[Range<usize>; 2]>),
}

/// The samples, dealt out to folds.
#[derive(Debug, Clone)]
pub(super) struct Round {
    /// The samples in the order of the parts.
    pub(super) order: Vec<usize>,
    /// For each sample, the fold whose test part has it.
    pub(super) fold: Vec<usize>,
}

impl Round {
    /// Deals out the samples in the order `dealt`, one to each fold in turn. `order` is that of the samples in the parts.
    pub(super) fn dealt(order: Vec<usize>, dealt: &[usize], splits: usize) -> Self {
        let mut fold = vec![0; order.len()];
        for (place, &sample) in dealt.iter().enumerate() {
            fold[sample] = place % splits;
        }
        Round { order, fold }
    }
}

impl Plan {
    fn folds(&self) -> usize {
        match self {
            Plan::Dealt { rounds, splits } => rounds.len() * splits,
            Plan::Ranges(ranges) => ranges.len(),
        }
    }

    /// The samples of the training part and of the test part of a fold.
    fn indices(&self, fold: usize) -> (Vec<usize>, Vec<usize>) {
        match self {
            Plan::Dealt { rounds, splits } => {
                let round = &rounds[fold / splits];
                let in_test = |&&sample: &&usize| round.fold[sample] == fold % splits;
                let (test, train): (Vec<usize>, Vec<usize>) = round.order.iter().partition(in_test);
                (train, test)
            }
            Plan::Ranges(ranges) => {
                let [train, test] = ranges[fold].clone();
                (train.collect(), test.collect())
            }
        }
    }
}

impl<'a, S: Samples> Folds<'a, S> {
    pub(super) fn new(data: &'a S, plan: Plan) -> Self {
        Folds { data, plan, next: 0 }
    }

    /// For each fold, the indices of the samples in its test part, in that order. They say which sample a prediction is for.
    pub fn test_indices(&self) -> Vec<Vec<usize>> {
        (0..self.plan.folds()).map(|fold| self.plan.indices(fold).1).collect()
    }

    /// For each fold, the indices of the samples in its training part, in that order.
    pub fn train_indices(&self) -> Vec<Vec<usize>> {
        (0..self.plan.folds()).map(|fold| self.plan.indices(fold).0).collect()
    }
}

impl<S: Samples> Iterator for Folds<'_, S> {
    type Item = TrainTest<S::Part>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next == self.plan.folds() {
            return None;
        }
        let (train, test) = self.plan.indices(self.next);
        self.next += 1;
        Some((self.data.part(&train), self.data.part(&test)))
    }

    /// Skips folds without copying their samples.
    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        self.next = self.plan.folds().min(self.next.saturating_add(n));
        self.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.plan.folds() - self.next;
        (left, Some(left))
    }
}

impl<S: Samples> ExactSizeIterator for Folds<'_, S> {}
