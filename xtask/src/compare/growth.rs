//! How nn's time and memory grow with the number of trials, and with the width of the hidden layer.

use std::time::Instant;

use super::contestant::own_program;
use super::data;
use super::plan::{Conditions, Measurements};
use super::process::ask;
use super::sample::Sample;
use super::work::{self, Work};
use crate::paths;
use crate::progress::Progress;

/// A measurement at one size and one number of threads.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct GrowthPoint {
    /// Number of trials, or of units of the hidden layer.
    pub(super) size: usize,
    pub(super) threads: usize,
    /// Seconds of a trial, or of a step.
    pub(super) wall: Sample,
    /// Peak resident memory of the process in KiB, if the system reports it.
    pub(super) memory: Option<usize>,
}

/// The growth with the number of trials and with the width.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Growth {
    pub(super) trials: Vec<GrowthPoint>,
    pub(super) widths: Vec<GrowthPoint>,
}

/// The length of the longest message, `round 5: trials 10000, 2 threads`.
const WIDEST: usize = 32;

/// Measures both. Every answer comes from a process of its own.
pub(super) fn run(plan: &Measurements) -> Result<Growth, String> {
    let trials: &[usize] = if plan.quick { &[100, 1000] } else { &[100, 1000, 10_000] };
    let widths: Vec<usize> = (3..=9).map(|power| 1 << power).collect();
    let mut threads: Vec<usize> = plan.conditions.iter().map(|conditions| conditions.threads).collect();
    threads.dedup();
    let directory = paths::made_for_peers().join("data");
    for &width in &widths {
        data::write(&directory, &work::width(width), 1)?;
    }

    let program = own_program()?;
    let cases = |sizes: &[usize]| -> Vec<(usize, usize)> {
        sizes.iter().flat_map(|&size| threads.iter().map(move |&threads| (size, threads))).collect()
    };
    let (by_trials, by_width) = (cases(trials), cases(&widths));
    let progress = Progress::new(plan.rounds * (by_trials.len() + by_width.len()), WIDEST);
    let grow = |what: &str,
                cases: &[(usize, usize)],
                work: &dyn Fn(usize) -> Work,
                trials: &dyn Fn(usize) -> usize| {
        let start = Instant::now();
        let mut answers = vec![Vec::new(); cases.len()];
        for round in 0..plan.rounds {
            for (&(size, threads), answers) in cases.iter().zip(&mut answers) {
                progress.step();
                let conditions = Conditions { threads, keep_memory: false };
                progress.message(format!("round {}: {what} {size}, {conditions}", round + 1));
                let job = work(size).job(trials(size), plan.seconds, threads);
                let mut output = ask(&directory, &program, conditions, &[job])?;
                answers.push(output.answers.remove(0));
            }
        }
        let points = cases.iter().zip(&answers).map(|(&(size, threads), answers)| GrowthPoint {
            size,
            threads,
            wall: Sample::of(answers.iter().map(|answer| answer.each().0)).expect("at least one round"),
            memory: answers.iter().filter_map(|answer| answer.memory).max(),
        });
        progress.done(&format!("growth with {what}"), start);
        Ok::<_, String>(points.collect())
    };
    Ok(Growth {
        trials: grow("trials", &by_trials, &|_| work::growth(), &|size| size)?,
        widths: grow("width", &by_width, &work::width, &|_| 1)?,
    })
}
