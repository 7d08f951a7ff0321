//! Pairs of targets: each sample has one of either kind.

use nn_core::SettingError;
use nn_core::lanes::LANES;

use crate::{DataError, Gather, Target};

/// For a network of several outputs, such as a class and a value. A pair may hold pairs.
impl<T: Target, U: Target> Target for (T, U) {
    fn len(&self) -> usize {
        self.0.len()
    }

    /// Checks both, and that there are as many of one kind as of the other.
    fn check(&self, of: &str) -> Result<(), DataError> {
        let (first, second) = (self.0.len(), self.1.len());
        let expected = format_args!("{first}, as of the first");
        SettingError::unless(first == second, of, "number of second targets", expected, second)?;
        self.0.check(of)?;
        self.1.check(of)
    }

    fn select(&self, samples: &[usize]) -> Self {
        (self.0.select(samples), self.1.select(samples))
    }

    fn select_into(&self, samples: &[usize], selected: &mut Self) {
        self.0.select_into(samples, &mut selected.0);
        self.1.select_into(samples, &mut selected.1);
    }

    fn batches(&self) -> Box<dyn Gather<Self> + '_> {
        Box::new(Batches(self.0.batches(), self.1.batches()))
    }

    fn interleave(targets: [&Self; LANES]) -> Option<Self> {
        Some((T::interleave(targets.map(|pair| &pair.0))?, U::interleave(targets.map(|pair| &pair.1))?))
    }

    fn select_into_lane(&self, samples: &[usize], lane: usize, stacked: &mut Self) -> bool {
        self.0.select_into_lane(samples, lane, &mut stacked.0)
            && self.1.select_into_lane(samples, lane, &mut stacked.1)
    }

    fn concat(targets: &[&Self]) -> Option<Self> {
        let first: Vec<&T> = targets.iter().map(|pair| &pair.0).collect();
        let second: Vec<&U> = targets.iter().map(|pair| &pair.1).collect();
        Some((T::concat(&first)?, U::concat(&second)?))
    }
}

/// Makes batches of both as of either alone.
struct Batches<'t, T, U>(Box<dyn Gather<T> + 't>, Box<dyn Gather<U> + 't>);

impl<T: Target, U: Target> Gather<(T, U)> for Batches<'_, T, U> {
    fn gather(&self, samples: &[usize], next: &[usize], batch: &mut (T, U)) {
        self.0.gather(samples, next, &mut batch.0);
        self.1.gather(samples, next, &mut batch.1);
    }
}
