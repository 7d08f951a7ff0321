//! Groups trials into jobs so that all threads have work to the end.

use std::ops::Range;

use nn_core::lanes::LANES;

/// The assumed time of sixteen trials in a stack, in units of one trial alone. The true value depends on the network and
/// ranges from 3 to 15.
const STACK: usize = 8;

/// Puts each trial into a job of its own.
pub(super) fn one_by_one(trials: Range<usize>) -> Vec<Range<usize>> {
    trials.map(|trial| trial..trial + 1).collect()
}

/// Splits the trials into stacks of sixteen, then single trials, so that the last thread finishes as early as possible. In
/// case of a tie, takes the smallest number of stacks.
pub(super) fn in_stacks(trials: usize, threads: usize) -> Vec<Range<usize>> {
    // The time at which the last thread finishes, multiplied by the number of threads to keep it an integer.
    let end = |stacks: usize| {
        let longest = stacks.div_ceil(threads) * STACK * threads;
        longest.max(stacks * STACK + trials - stacks * LANES)
    };
    let stacks = (0..=trials / LANES).min_by_key(|&stacks| end(stacks)).unwrap_or(0);
    let stacked = (0..stacks).map(|stack| stack * LANES..(stack + 1) * LANES);
    stacked.chain(one_by_one(stacks * LANES..trials)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trial_has_one_place_and_they_are_in_order() {
        for trials in 0..150 {
            for threads in 1..40 {
                let jobs = in_stacks(trials, threads);
                let all: Vec<usize> = jobs.iter().cloned().flatten().collect();
                assert_eq!(all, (0..trials).collect::<Vec<_>>());
                assert!(jobs.iter().all(|job| job.len() == 1 || job.len() == LANES));
            }
        }
    }

    #[test]
    fn trials_are_stacked_where_no_thread_waits_long_for_it() {
        let stacks =
            |trials, threads| in_stacks(trials, threads).iter().filter(|job| job.len() == LANES).count();
        assert_eq!([stacks(100, 1), stacks(100, 2), stacks(100, 4), stacks(100, 8)], [6, 6, 5, 5]);
        // One stack would keep one thread busy while fifteen have nothing left to do.
        assert_eq!([stacks(16, 2), stacks(16, 16), stacks(100, 64), stacks(15, 1)], [0, 0, 0, 0]);
    }
}
