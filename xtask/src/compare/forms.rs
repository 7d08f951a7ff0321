//! nn alone, on images, sequences and tokens: in single and double precision, with the widest instructions of the machine and with AVX2.

use std::time::Instant;

use nn_core::simd::Level;

use super::contestant::own_program;
use super::plan::{Conditions, Measurements};
use super::process::{Program, ask};
use super::sample::Sample;
use super::work::{Group, Work};
use crate::paths;
use crate::progress::Progress;

/// The times of one work on one number of threads.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FormPoint {
    pub(super) title: String,
    pub(super) threads: usize,
    /// Seconds of a call for each form.
    pub(super) walls: Vec<Sample>,
}

/// All forms, by name, and the times of each work.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Forms {
    pub(super) names: Vec<&'static str>,
    pub(super) points: Vec<FormPoint>,
}

/// The length of the longest message, `round 5: f64, AVX2, 2 threads`.
const WIDEST: usize = 30;

/// Each form: its name, and what the program is told.
fn forms() -> Vec<(&'static str, &'static [&'static str])> {
    let both: [(_, &[_]); 4] = [
        ("f32", &[]),
        ("f32, AVX2", &["--avx2"]),
        ("f64", &["--double"]),
        ("f64, AVX2", &["--double", "--avx2"]),
    ];
    let narrower = Level::available().max() > Some(Level::Avx2);
    both.into_iter().filter(|(_, words)| narrower || !words.contains(&"--avx2")).collect()
}

/// Measures all works on images, sequences and tokens in every form, in turn. Returns `None` if none is planned.
pub(super) fn run(plan: &Measurements) -> Result<Option<Forms>, String> {
    let in_forms = |work: &&Work| matches!(work.group, Group::Images | Group::Sequences | Group::Attention);
    let works: Vec<&Work> = plan.works.iter().filter(in_forms).collect();
    if works.is_empty() {
        return Ok(None);
    }
    let mut threads: Vec<usize> = plan.conditions.iter().map(|conditions| conditions.threads).collect();
    threads.dedup();
    let directory = paths::made_for_peers().join("data");
    let (Program(own), forms, start) = (own_program()?, forms(), Instant::now());
    let progress = Progress::new(plan.rounds * threads.len() * forms.len(), WIDEST);
    let mut points = Vec::new();
    for &threads in &threads {
        let conditions = Conditions { threads, keep_memory: false };
        let jobs: Vec<_> = works.iter().map(|work| work.job(1, plan.seconds, threads)).collect();
        let mut times = vec![vec![Vec::new(); forms.len()]; works.len()];
        for round in 0..plan.rounds {
            for (place, (name, words)) in forms.iter().enumerate() {
                progress.step();
                progress.message(format!("round {}: {name}, {conditions}", round + 1));
                let program =
                    Program(own.iter().cloned().chain(words.iter().map(ToString::to_string)).collect());
                let output = ask(&directory, &program, conditions, &jobs)?;
                for (answer, times) in output.answers.iter().zip(&mut times) {
                    times[place].push(answer.each().0);
                }
            }
        }
        points.extend(works.iter().zip(times).map(|(work, times)| FormPoint {
            title: work.title.clone(),
            threads,
            walls: times.into_iter().map(|times| Sample::of(times).expect("at least one round")).collect(),
        }));
    }
    progress.done("nn alone in other forms", start);
    Ok(Some(Forms { names: forms.into_iter().map(|(name, _)| name).collect(), points }))
}
