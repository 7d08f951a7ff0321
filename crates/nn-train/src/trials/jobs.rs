//! Groups trials into jobs so that all threads have work to the end.

use std::ops::Range;

use nn_core::lanes::LANES;

/// The assumed time of sixteen trials in a stack, in units of one trial alone. The true value depends on the network and
/// ranges from 3 to 15.
const STACK: usize = 8;

/// The trials of a range, some in stacks of sixteen and the rest in jobs of their own. Jobs are numbered in the order of
/// their trials.
#[derive(Debug, Clone, Copy)]
pub(super) struct Jobs {
    /// The index of the first trial.
    first: usize,
    stacks: usize,
    trials: usize,
}

impl Jobs {
    /// Puts each trial into a job of its own.
    pub(super) fn one_by_one(range: &Range<usize>) -> Self {
        Jobs { first: range.start, stacks: 0, trials: range.len() }
    }

    /// Splits the trials into stacks of sixteen, then single trials, so that the last thread finishes as early as possible.
    /// In case of a tie, takes the smallest number of stacks.
    pub(super) fn in_stacks(range: &Range<usize>, threads: usize) -> Self {
        let trials = range.len();
        // The time at which the last thread finishes, multiplied by the number of threads to keep it an integer.
        let end = |stacks: usize| {
            let longest = stacks.div_ceil(threads) * STACK * threads;
            longest.max(stacks * STACK + trials - stacks * LANES)
        };
        let stacks = (0..=trials / LANES).min_by_key(|&stacks| end(stacks)).unwrap_or(0);
        Jobs { first: range.start, stacks, trials }
    }

    /// Returns the number of jobs.
    pub(super) fn len(self) -> usize {
        self.stacks + (self.trials - self.stacks * LANES)
    }

    /// Returns the trials of a job, or `None` after the last one.
    pub(super) fn get(self, job: usize) -> Option<Range<usize>> {
        let stacked = job.min(self.stacks);
        let start = stacked * LANES + (job - stacked);
        let length = if job < self.stacks { LANES } else { 1 };
        (start < self.trials).then(|| self.first + start..self.first + start + length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(jobs: Jobs) -> Vec<Range<usize>> {
        (0..).map_while(|job| jobs.get(job)).collect()
    }

    #[test]
    fn every_trial_has_one_place_and_they_are_in_order() {
        for trials in 0..150 {
            for first in [0, 1, 16, 1000] {
                let range = first..first + trials;
                for threads in 1..40 {
                    let jobs = Jobs::in_stacks(&range, threads);
                    let ranges = all(jobs);
                    assert_eq!(ranges.len(), jobs.len());
                    assert!(ranges.iter().cloned().flatten().eq(range.clone()));
                    assert!(ranges.iter().all(|job| job.len() == 1 || job.len() == LANES));
                }
                let jobs = Jobs::one_by_one(&range);
                assert!(all(jobs).into_iter().eq(range.map(|trial| trial..trial + 1)));
                assert_eq!(jobs.len(), trials);
            }
        }
    }

    #[test]
    fn trials_are_stacked_where_no_thread_waits_long_for_it() {
        let stacks = |trials, threads| {
            let jobs = all(Jobs::in_stacks(&(0..trials), threads));
            jobs.iter().filter(|job| job.len() == LANES).count()
        };
        assert_eq!([stacks(100, 1), stacks(100, 2), stacks(100, 4), stacks(100, 8)], [6, 6, 5, 5]);
        // One stack would keep one thread busy while fifteen have nothing left to do.
        assert_eq!([stacks(16, 2), stacks(16, 16), stacks(100, 64), stacks(15, 1)], [0, 0, 0, 0]);
    }
}
