//! Rounds through all programs, settings and works.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use indicatif::{ProgressBar, ProgressStyle};

use super::answer::{Answer, Answers};
use super::contestant::{self, Contestant, Program};
use super::job::{Job, Measure};
use super::sample::Sample;
use super::work::{self, Work};
use super::{data, nn, paths};
use crate::cli;

/// How far the loss after ten steps may be from that of double precision, relative to the larger of it and 1.
const TOLERANCE: f64 = 1e-4;

/// What the C library is told for the settings that keep freed memory.
const KEEP_MEMORY: &str = "glibc.malloc.mmap_threshold=1073741824:glibc.malloc.trim_threshold=4294967296:glibc.malloc.top_pad=268435456";

/// How a process is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) threads: usize,
    /// Whether the C library is told to keep freed memory instead of giving it back to the system.
    pub(super) keep_memory: bool,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.threads == 1 { "thread" } else { "threads" };
        write!(f, "{} {plural}{}", self.threads, if self.keep_memory { ", memory kept" } else { "" })
    }
}

/// What is going to be measured.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) quick: bool,
    pub(super) rounds: usize,
    /// Length of a window of repeated steps.
    pub(super) seconds: f64,
    pub(super) settings: Vec<Setting>,
    pub(super) works: Vec<Work>,
}

impl Plan {
    pub(super) fn new(options: &cli::Compare) -> Self {
        let quick = options.quick;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let all: &[(usize, bool)] = match (cores, quick) {
            (1, _) => &[(1, false), (1, true)],
            // The two that differ in everything: of each peer one of them is near its best.
            (_, true) => &[(1, false), (2, true)],
            (_, false) => &[(1, false), (1, true), (2, false), (2, true)],
        };
        let settings = all.iter().map(|&(threads, keep_memory)| Setting { threads, keep_memory });
        Plan {
            quick,
            rounds: options.rounds.unwrap_or(if quick { 2 } else { 5 }),
            seconds: if quick { 0.05 } else { 0.4 },
            settings: settings.collect(),
            works: work::all(),
        }
    }
}

/// All answers.
#[derive(Debug)]
pub(super) struct Results {
    /// Who took part, and the version of each.
    pub(super) contestants: Vec<(Contestant, String)>,
    /// Who did not, and why.
    pub(super) left_out: Vec<(Contestant, String)>,
    /// By contestant, index of the work, index of the setting: an answer a round.
    answers: BTreeMap<(&'static str, usize, usize), Vec<Answer>>,
}

impl Results {
    /// No answers yet.
    pub(super) fn new(contestants: impl IntoIterator<Item = (Contestant, String)>) -> Self {
        let contestants = contestants.into_iter().collect();
        Results { contestants, left_out: Vec::new(), answers: BTreeMap::new() }
    }

    /// Adds an answer.
    pub(super) fn record(&mut self, contestant: &Contestant, work: usize, setting: usize, answer: Answer) {
        self.answers.entry((contestant.id, work, setting)).or_default().push(answer);
    }

    fn of(&self, contestant: &Contestant, work: usize, setting: usize) -> &[Answer] {
        self.answers.get(&(contestant.id, work, setting)).map_or(&[], |answers| &answers[..])
    }

    /// Seconds of one trial, step or prediction.
    pub(super) fn wall(&self, contestant: &Contestant, work: usize, setting: usize) -> Option<Sample> {
        Sample::of(self.of(contestant, work, setting).iter().map(|answer| answer.each().0))
    }

    /// CPU seconds of one trial, step or prediction.
    pub(super) fn cpu(&self, contestant: &Contestant, work: usize, setting: usize) -> Option<Sample> {
        Sample::of(self.of(contestant, work, setting).iter().map(|answer| answer.each().1))
    }

    /// Seconds of compiling.
    pub(super) fn setup(&self, contestant: &Contestant, work: usize, setting: usize) -> Option<Sample> {
        Sample::of(self.of(contestant, work, setting).iter().filter_map(|answer| answer.setup))
    }
}

/// Goes through all programs in turn, as often as planned. A program that fails is left out; one that computes something
/// else is an error.
pub(super) fn run(plan: &Plan, programs: Vec<(Contestant, Program)>) -> Result<Results, String> {
    let directory = prepare(plan)?;
    let references = references(plan, &directory, &programs)?;
    let bar = bar(plan.rounds * plan.settings.len() * programs.len());
    let mut results = Results::new(programs.iter().map(|(contestant, _)| (*contestant, String::new())));
    for round in 0..plan.rounds {
        for (place, &setting) in plan.settings.iter().enumerate() {
            for turn in 0..programs.len() {
                // Each round begins with another program: none is always the one after the slowest.
                let (contestant, program) = &programs[(turn + round) % programs.len()];
                bar.inc(1);
                if results.left_out.iter().any(|(other, _)| other == contestant) {
                    continue;
                }
                bar.set_message(format!("round {}: {}, {setting}", round + 1, contestant.id));
                let jobs = jobs(plan, contestant, setting);
                let answers = match ask(&directory, program, setting, &jobs) {
                    Ok(answers) => answers,
                    Err(reason) if contestant.id != "nn" => {
                        bar.suspend(|| println!("left out: {}: {reason}", contestant.title));
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
                    check(contestant, &answer, references[&key(contestant, plan, work)])?;
                    results.record(contestant, work, place, answer);
                }
            }
        }
    }
    bar.finish_and_clear();
    let Results { contestants, left_out, .. } = &mut results;
    contestants.retain(|(contestant, _)| left_out.iter().all(|(other, _)| other != contestant));
    Ok(results)
}

/// Draws all data and initial weights.
fn prepare(plan: &Plan) -> Result<PathBuf, String> {
    let directory = paths::made().join("data");
    fs::create_dir_all(&directory)
        .map_err(|error| format!("cannot make {}: {error}", directory.display()))?;
    for work in &plan.works {
        data::write(&directory, work, if work.measure == Measure::Trials { work::TRIALS } else { 1 })?;
    }
    Ok(directory)
}

/// The jobs of one process.
fn jobs(plan: &Plan, contestant: &Contestant, setting: Setting) -> Vec<Job> {
    let works = plan.works.iter().filter(|work| contestant.does(work));
    works.map(|work| work.job(contestant.trials(plan.quick), plan.seconds, setting.threads)).collect()
}

/// What a reference loss depends on: the work and the number of trials that it is averaged over.
fn key(contestant: &Contestant, plan: &Plan, work: usize) -> (usize, usize) {
    let trials = if plan.works[work].measure == Measure::Trials { contestant.trials(plan.quick) } else { 1 };
    (work, trials)
}

/// The loss that each must find, by work and number of trials.
fn references(
    plan: &Plan,
    directory: &Path,
    programs: &[(Contestant, Program)],
) -> Result<BTreeMap<(usize, usize), f64>, String> {
    let mut references = BTreeMap::new();
    for (contestant, _) in programs {
        for index in 0..plan.works.len() {
            let key = key(contestant, plan, index);
            if let Entry::Vacant(place) = references.entry(key) {
                let job = plan.works[index].job(key.1, plan.seconds, 1);
                place.insert(nn::reference(directory, &job)?);
            }
        }
    }
    Ok(references)
}

/// Whether the program computed what it should.
fn check(contestant: &Contestant, answer: &Answer, expected: f64) -> Result<(), String> {
    let difference = (answer.loss - expected).abs() / expected.abs().max(1.0);
    if difference <= TOLERANCE {
        return Ok(());
    }
    Err(format!(
        "{} computes something else: the loss of {} after ten steps is {}, not {expected}",
        contestant.title, answer.work, answer.loss
    ))
}

/// Runs a program in a process of its own. It must answer every job, in order.
pub(super) fn ask(
    directory: &Path,
    program: &Program,
    setting: Setting,
    jobs: &[Job],
) -> Result<Answers, String> {
    let file = directory.join("jobs.txt");
    let lines: Vec<String> = jobs.iter().map(|job| format!("{job}\n")).collect();
    fs::write(&file, lines.concat()).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    let Program(words) = program;
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).arg(&file).stdin(Stdio::null());
    // The variables that frameworks take their number of threads from before a program can say it.
    for name in ["RAYON_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"] {
        command.env(name, setting.threads.to_string());
    }
    // What torch.compile has compiled once; beside all else that is made, and kept.
    command.env("TORCHINDUCTOR_CACHE_DIR", paths::made().join("inductor"));
    command.env_remove("GLIBC_TUNABLES");
    if setting.keep_memory {
        command.env("GLIBC_TUNABLES", KEEP_MEMORY);
    }
    let output = command.output().map_err(|error| format!("cannot start {}: {error}", words[0]))?;
    if !output.status.success() {
        return Err(contestant::last_line(&output.stderr));
    }
    let answers: Answers = String::from_utf8_lossy(&output.stdout).parse()?;
    let answered: Vec<&str> = answers.answers.iter().map(|answer| &answer.work[..]).collect();
    let asked: Vec<&str> = jobs.iter().map(|job| &job.work[..]).collect();
    if answered != asked {
        return Err(format!("answered {} instead of {}", answered.join(", "), asked.join(", ")));
    }
    Ok(answers)
}

/// A bar for so many processes.
pub(super) fn bar(processes: usize) -> ProgressBar {
    let template = "{msg:40} {bar:30} {pos}/{len}, {elapsed} of {duration}";
    let bar = ProgressBar::new(processes as u64);
    bar.set_style(ProgressStyle::with_template(template).expect("a valid template"));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(script: &str) -> Result<Answers, String> {
        let directory = tempfile::tempdir().unwrap();
        let program = Program(vec!["sh".into(), "-c".into(), script.into()]);
        let job = work::all()[0].job(1, 0.1, 2);
        ask(directory.path(), &program, Setting { threads: 2, keep_memory: true }, &[job])
    }

    #[test]
    fn a_program_is_told_threads_and_memory_and_answers() {
        let answers = say(
            r#"echo "version=$RAYON_NUM_THREADS $GLIBC_TUNABLES"; echo work=regression loss=1 wall=1 cpu=1 count=1"#,
        );
        let Answers { version, answers } = answers.unwrap();
        assert_eq!((version, answers.len()), (format!("2 {KEEP_MEMORY}"), 1));
    }

    #[test]
    fn a_program_that_does_not_answer_says_why() {
        assert_eq!(
            say("echo 'ModuleNotFoundError: no jax' >&2; exit 1"),
            Err("ModuleNotFoundError: no jax".into())
        );
        assert_eq!(say("echo version=1"), Err("answered  instead of regression".into()));
        assert!(say("echo hello").unwrap_err().starts_with("expected version=…"));
    }

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
        };
        let jax = contestant::ALL[4];
        assert_eq!(check(&jax, &answer(0.50009), 0.5), Ok(()));
        assert_eq!(check(&jax, &answer(100.009), 100.0), Ok(()));
        let expected = "JAX, vmap + scan + jit computes something else: the loss of xor after ten steps is 0.5002, not 0.5";
        assert_eq!(check(&jax, &answer(0.5002), 0.5), Err(expected.into()));
        assert!(check(&jax, &answer(f64::NAN), 0.5).is_err());
    }
}
