//! What is going to be measured: which works, under which conditions, how often.

use std::fmt;

use super::work::{self, Group, Work};

/// The conditions under which a process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Conditions {
    pub(super) threads: usize,
    /// Whether the C library is told to keep freed memory instead of giving it back to the system.
    pub(super) keep_memory: bool,
}

impl fmt::Display for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.threads == 1 { "thread" } else { "threads" };
        write!(f, "{} {plural}{}", self.threads, if self.keep_memory { ", memory kept" } else { "" })
    }
}

/// The measurements of one run of `cargo xtask compare`.
#[derive(Debug, Clone)]
pub(super) struct Measurements {
    pub(super) quick: bool,
    /// Number of rounds through all programs.
    pub(super) rounds: usize,
    /// Length of a window of repeated steps.
    pub(super) seconds: f64,
    pub(super) conditions: Vec<Conditions>,
    pub(super) works: Vec<Work>,
    /// Whether the growth of nn is measured.
    pub(super) growth: bool,
}

impl Measurements {
    /// Plans the works of these groups, or all if there are none. Without a number of `rounds`, there are 2 for a quick run
    /// and 3 otherwise.
    pub(super) fn new(quick: bool, rounds: Option<usize>, groups: &[Group]) -> Self {
        let chosen = |group| groups.is_empty() || groups.contains(&group);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let all: &[(usize, bool)] = match (cores, quick) {
            (1, _) => &[(1, false), (1, true)],
            // These two differ in everything, so every peer is near its best under one of them.
            (_, true) => &[(1, false), (2, true)],
            (_, false) => &[(1, false), (1, true), (2, false), (2, true)],
        };
        let conditions = all.iter().map(|&(threads, keep_memory)| Conditions { threads, keep_memory });
        Measurements {
            quick,
            rounds: rounds.unwrap_or(if quick { 2 } else { 3 }),
            seconds: if quick { 0.05 } else { 0.4 },
            conditions: conditions.collect(),
            works: work::all(quick).into_iter().filter(|work| chosen(work.group)).collect(),
            growth: chosen(Group::Growth),
        }
    }

    /// Whether a work is measured under these conditions. Long works are measured under the first and the last, which
    /// differ in everything.
    pub(super) fn measures(&self, work: &Work, conditions: Conditions) -> bool {
        let ends = [self.conditions.first(), self.conditions.last()];
        !work.group.is_long() || ends.contains(&Some(&conditions))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_works_are_measured_under_two_conditions_and_others_under_all() {
        let mut plan = Measurements::new(false, None, &[Group::Epochs, Group::Steps]);
        assert!(!plan.growth && plan.works.iter().all(|work| work.group != Group::Ensembles));
        let conditions = [(1, false), (1, true), (2, false), (2, true)];
        let conditions = conditions.map(|(threads, keep_memory)| Conditions { threads, keep_memory });
        plan.conditions = conditions.to_vec();
        let measured = |work: &Work| conditions.map(|conditions| plan.measures(work, conditions));
        assert_eq!(measured(&plan.works[0]), [true, false, false, true]);
        assert_eq!(measured(plan.works.last().unwrap()), [true; 4]);
    }
}
