//! The rounds through all programs, conditions and works.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::answer::Answer;
use super::contestant::Contestant;
use super::job::{Job, Rule};
use super::plan::{Conditions, Measurements};
use super::process::{Program, ask};
use super::results::Results;
use super::work::Work;
use super::{data, nn};
use crate::paths;
use crate::progress::Progress;

/// The largest difference allowed between a loss after ten steps and the same in double precision, relative to the larger
/// of the latter and 1. Adam's first steps have the same size for every gradient, however small, so that gradients which
/// are all rounding error move the loss.
fn tolerance(work: &Work) -> f64 {
    match work.network.rule {
        Rule::Sgd => 1e-4,
        Rule::Adam => 3e-4,
    }
}

/// The length of the longest message, `round 5: torch-compile, 2 threads, memory kept`.
const WIDEST: usize = 46;

/// Runs all programs in turn, in every planned round. A program that fails is left out. A program that computes something
/// else is an error.
pub(super) fn run(plan: &Measurements, programs: Vec<(Contestant, Program)>) -> Result<Results, String> {
    let directory = prepare(plan)?;
    let references = references(plan, &directory, &programs)?;
    let progress = Progress::new(plan.rounds * plan.conditions.len() * programs.len(), WIDEST);
    let mut results = Results::new(programs.iter().map(|(contestant, _)| (*contestant, String::new())));
    for round in 0..plan.rounds {
        let start = Instant::now();
        for (place, &conditions) in plan.conditions.iter().enumerate() {
            for turn in 0..programs.len() {
                // Each round begins with another program, so that no program always runs after the slowest.
                let (contestant, program) = &programs[(turn + round) % programs.len()];
                progress.step();
                if results.left_out.iter().any(|(other, _)| other == contestant) {
                    continue;
                }
                progress.message(format!("round {}: {}, {conditions}", round + 1, contestant.id));
                let jobs = jobs(plan, contestant, conditions);
                if jobs.is_empty() {
                    continue;
                }
                let answers = match ask(&directory, program, conditions, &jobs) {
                    Ok(answers) => answers,
                    Err(reason) if contestant.id != "nn" => {
                        progress.complain(&format!("left out: {}: {reason}", contestant.title));
                        results.left_out.push((*contestant, reason));
                        continue;
                    }
                    Err(reason) => return Err(format!("nn: {reason}")),
                };
                let entry = results.contestants.iter_mut().find(|(other, _)| other == contestant);
                entry.expect("every program has an entry").1 = answers.version;
                for answer in answers.answers {
                    let work = plan.works.iter().position(|work| work.name == answer.work);
                    let work = work.expect("answers were matched with jobs");
                    let expected = references[&key(contestant, plan, work)];
                    check(contestant, &answer, expected, tolerance(&plan.works[work]))?;
                    results.record(contestant, work, place, answer);
                }
            }
        }
        progress.done(&format!("round {} of {}", round + 1, plan.rounds), start);
    }
    let Results { contestants, left_out, .. } = &mut results;
    contestants.retain(|(contestant, _)| left_out.iter().all(|(other, _)| other != contestant));
    Ok(results)
}

/// Draws all data and initial weights, and returns the directory of their files.
fn prepare(plan: &Measurements) -> Result<PathBuf, String> {
    let directory = paths::made_for_peers().join("data");
    fs::create_dir_all(&directory)
        .map_err(|error| format!("cannot create {}: {error}", directory.display()))?;
    let mut written = BTreeSet::new();
    for work in &plan.works {
        if written.insert(work.file()) {
            data::write(&directory, work, work.trials)?;
        }
    }
    Ok(directory)
}

/// The jobs of one process.
fn jobs(plan: &Measurements, contestant: &Contestant, conditions: Conditions) -> Vec<Job> {
    let works = plan.works.iter().filter(|work| contestant.does(work) && plan.measures(work, conditions));
    works
        .map(|work| work.job(contestant.trials(work, plan.quick), plan.seconds, conditions.threads))
        .collect()
}

/// The work and the number of trials that a reference loss is averaged over: it depends on nothing else.
fn key(contestant: &Contestant, plan: &Measurements, work: usize) -> (usize, usize) {
    (work, contestant.trials(&plan.works[work], plan.quick))
}

/// The losses that the programs must find, by work and number of trials.
fn references(
    plan: &Measurements,
    directory: &Path,
    programs: &[(Contestant, Program)],
) -> Result<BTreeMap<(usize, usize), f64>, String> {
    let mut references = BTreeMap::new();
    for (contestant, _) in programs {
        let done = (0..plan.works.len()).filter(|&index| contestant.does(&plan.works[index]));
        for index in done {
            let key = key(contestant, plan, index);
            if let Entry::Vacant(place) = references.entry(key) {
                let job = plan.works[index].job(key.1, plan.seconds, 1);
                place.insert(nn::reference(directory, &job)?);
            }
        }
    }
    Ok(references)
}

/// Checks the loss that a program found.
fn check(contestant: &Contestant, answer: &Answer, expected: f64, tolerance: f64) -> Result<(), String> {
    let difference = (answer.loss - expected).abs() / expected.abs().max(1.0);
    if difference <= tolerance {
        return Ok(());
    }
    Err(format!(
        "{} computes something else: for {}, expected a loss of {expected} after ten steps; found {}",
        contestant.title, answer.work, answer.loss
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::contestant;

    #[test]
    fn a_program_that_computes_something_else_is_an_error() {
        let answer = |loss| Answer {
            work: "xor".into(),
            loss,
            wall: 1.0,
            cpu: 1.0,
            count: 1,
            setup: None,
            memory: None,
            epochs: None,
        };
        let jax = contestant::find("jax");
        assert_eq!(check(&jax, &answer(0.50009), 0.5, 1e-4), Ok(()));
        assert_eq!(check(&jax, &answer(100.009), 100.0, 1e-4), Ok(()));
        let expected = "JAX, vmap + scan + jit computes something else: for xor, expected a loss of 0.5 after ten steps; found 0.5002";
        assert_eq!(check(&jax, &answer(0.5002), 0.5, 1e-4), Err(expected.into()));
        assert!(check(&jax, &answer(f64::NAN), 0.5, 1e-4).is_err());
    }
}
