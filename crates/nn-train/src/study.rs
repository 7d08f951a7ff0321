//! Studies: experiments of many trials, which can be run in parts on any number of machines and merged to the same bits.

mod agreement;
mod curves;
mod error;
mod header;
mod merged;
mod shard;
mod task;
mod write;

use std::collections::BTreeSet;
use std::fmt::Display;
use std::fs;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};

use nn_core::Scalar;

use agreement::same_study;
use header::Identity;
use merged::chosen;
use shard::Shard;

use crate::cost::Clock;
use crate::ensemble::Ended;
use crate::{Ensemble, Failure, Outcomes, Runs, Trials, TrialsError};

pub use error::StudyError;
pub use merged::Merged;
pub use task::{Part, Task};
pub(crate) use write::plain;

/// An experiment of many trials that can be run in parts, by any number of processes on any machines, and merged.
///
/// Its [`Task`] says what this process does: run all trials, run one [`Part`] and leave a file (a shard), or merge the
/// shards. What comes out has the same bits in every case, because a trial is a function of seed and index. Which program starts
/// the processes does not matter; docs/scale.md has recipes for GNU parallel, Slurm and Ray.
///
/// ```
/// use nn_train::{Study, Task};
/// use nn_train::prelude::*;
///
/// # let directory = tempfile::tempdir()?;
/// # let shards = directory.path();
/// let xor = |trials: &Trials| {
///     trials.run(|trial| {
///         let data = make_xor::<f32>(40, 0.3, &mut trial.rng("data"))?;
///         let mut rng = trial.rng("network");
///         let mut network = Linear::new(2, 2, &mut rng);
///         let descent = GradientDescent::new(0.1, 10);
///         let loss = CrossEntropyLoss::mean();
///         let history = descent.fit(&mut network, &loss, &data, &mut rng)?;
///         Ok(Run::from(history).keep(network))
///     })
/// };
/// let study = Study::new("xor").setting("rate", 0.1);
/// let trials = Trials::new(40).seed(7);
///
/// // A program would take its task from its arguments: `.task(Task::from_args()?)`.
/// for part in ["1/3", "2/3", "3/3"] {
///     let task = Task::Shard { part: part.parse()?, directory: shards.into() };
///     assert!(study.clone().task(task).run(&trials, xor)?.is_none());
/// }
/// let merge = Task::Merge { directories: vec![shards.into()] };
/// let merged = study.clone().task(merge).run(&trials, xor)?.unwrap();
///
/// let whole = study.run(&trials, xor)?.unwrap();
/// assert_eq!(merged.to_csv(), whole.to_csv());
/// assert_eq!(merged.best().1.kept, whole.best().1.kept);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Shards
/// A shard is one file, written whole or not at all. It begins with text that says what it holds: `head` shows it. The name of the
/// study, all its [settings](Study::setting), the precision, the seed, the number of trials and the version of nn's bits must be the
/// same in all of them. The losses follow as exact numbers, and a checksum at the end. Networks are in no shard: the best and the
/// worst are trained again from their index.
#[derive(Debug, Clone)]
pub struct Study {
    name: String,
    settings: Vec<(String, String)>,
    task: Task,
}

impl Study {
    /// Creates a study of this name, which is also that of its files. Its task is to run all trials.
    pub fn new(name: impl Into<String>) -> Self {
        Study { name: name.into(), settings: Vec::new(), task: Task::Whole }
    }

    /// Adds the name and value of something else that its numbers depend on, such as a learning rate. Shards with other
    /// settings are refused, so that no two configurations are mixed. A change of the program itself can be made a setting too,
    /// such as its version.
    #[must_use]
    pub fn setting(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.settings.push((name.into(), value.to_string()));
        self
    }

    /// Sets what to do.
    #[must_use]
    pub fn task(self, task: Task) -> Self {
        Study { task, ..self }
    }

    /// Does the task. `experiment` runs the trials that it is given, with [`Trials::run`] or [`Trials::fit`]. If it lets them
    /// [keep going](Trials::keep_going), shards have the failures as well, each with the beginning of its cause. Returns `None` if
    /// the task was to run a part, whose shard is there then; a shard that is there already is not run again.
    ///
    /// # Errors
    /// Returns [`StudyError`], which says what to do: if the trials fail, if a shard cannot be written, read or is damaged, if
    /// shards do not belong together, or if trials are missing.
    pub fn run<F: Scalar, K>(
        &self,
        trials: &Trials<'_>,
        experiment: impl Fn(&Trials<'_>) -> Result<Ensemble<F, K>, TrialsError>,
    ) -> Result<Option<Merged<F, K>>, StudyError> {
        let identity = Identity {
            name: self.name.clone(),
            settings: self.settings.clone(),
            bits: write::bits(),
            precision: write::precision::<F>(),
            seed: trials.its_seed(),
            trials: trials.count(),
        };
        match &self.task {
            Task::Whole => whole(&identity, trials, experiment).map(Some),
            Task::Shard { part, directory } => {
                let range = part.range(identity.trials);
                let path = directory.join(file_name(&identity, &range));
                if !is_there(&path, &identity, &range)? {
                    // Before hours of work rather than after them: whether the directory can be written to, or made.
                    let nearest = directory.ancestors().find(|path| path.exists()).unwrap_or(Path::new("."));
                    nn_files::probe(nearest).map_err(|source| cannot_use(directory, source))?;
                    let bytes = run_range(&identity, trials, range, experiment)?;
                    fs::create_dir_all(directory).map_err(|source| cannot_use(directory, source))?;
                    nn_files::write(path, bytes)?;
                }
                Ok(None)
            }
            Task::Merge { directories } => {
                let again = |outcomes: &Outcomes, index: usize| -> Result<Runs<F, K>, StudyError> {
                    let ensemble = experiment(&trials.range(index..index + 1))?;
                    let run = ensemble.runs().get(index).map(|run| Ended::of(index, run));
                    if !outcomes.has(&run.ok_or(StudyError::Again { index })?) {
                        return Err(StudyError::Again { index });
                    }
                    Ok(ensemble.into_runs())
                };
                let merged = Merged::of(find(&identity, directories)?, |outcomes| {
                    let (best, worst) = chosen(outcomes);
                    let mut runs = again(outcomes, best.min(worst))?;
                    if best != worst {
                        runs.append(again(outcomes, best.max(worst))?);
                    }
                    Ok(runs)
                });
                merged.map(Some)
            }
        }
    }
}

/// Runs all trials, and makes of them one shard in memory.
fn whole<F: Scalar, K>(
    study: &Identity,
    trials: &Trials<'_>,
    experiment: impl Fn(&Trials<'_>) -> Result<Ensemble<F, K>, TrialsError>,
) -> Result<Merged<F, K>, StudyError> {
    let ensemble = experiment(trials)?;
    check_trials(&ensemble, study, &(0..study.trials))?;
    let bytes = write::bytes(study, 0..study.trials, Some(&ensemble), ensemble.failures(), ensemble.cost());
    let mut runs = ensemble.into_runs();
    Merged::of(vec![Shard::in_memory(bytes)?], |outcomes| {
        let (best, worst) = chosen(outcomes);
        runs.retain(|index| index == best || index == worst);
        Ok(runs)
    })
}

/// Runs the trials of a range, which may be empty, and returns the bytes of their shard.
fn run_range<F: Scalar, K>(
    study: &Identity,
    trials: &Trials<'_>,
    range: Range<usize>,
    experiment: impl Fn(&Trials<'_>) -> Result<Ensemble<F, K>, TrialsError>,
) -> Result<Vec<u8>, StudyError> {
    let clock = Clock::start();
    let nothing = |failures: &[Failure]| {
        write::bytes::<F, K>(study, range.clone(), None, failures, clock.stop(range.len()))
    };
    if range.is_empty() {
        return Ok(nothing(&[]));
    }
    match experiment(&trials.range(range.clone())) {
        Ok(ensemble) => {
            check_trials(&ensemble, study, &range)?;
            Ok(write::bytes(study, range, Some(&ensemble), ensemble.failures(), ensemble.cost()))
        }
        // The others, in other shards, may have succeeded.
        Err(TrialsError::AllFailed { failures, .. }) if range.len() < study.trials => Ok(nothing(&failures)),
        Err(error) => Err(error.into()),
    }
}

/// Checks that the experiment ran the trials that it was given.
fn check_trials<F: Scalar, K>(
    ensemble: &Ensemble<F, K>,
    study: &Identity,
    range: &Range<usize>,
) -> Result<(), StudyError> {
    let failed = ensemble.failures().iter().map(|failure| failure.index);
    let mut indices: Vec<usize> = ensemble.runs().indices().iter().copied().chain(failed).collect();
    indices.sort_unstable();
    if ensemble.seed() == study.seed && indices.iter().copied().eq(range.clone()) {
        return Ok(());
    }
    let (first, last) = (indices.first().unwrap_or(&0), indices.last().unwrap_or(&0));
    let found = format!("{} trials from {first} to {last} with seed {}", indices.len(), ensemble.seed());
    Err(StudyError::OtherTrials { range: range.clone(), seed: study.seed, found })
}

/// Returns whether the file is the shard of these trials of the study. One that is damaged will be replaced.
fn is_there(path: &Path, study: &Identity, range: &Range<usize>) -> Result<bool, StudyError> {
    match Shard::at(path) {
        Ok(shard) => {
            same_study(&shard, &study.lines(), this_program()).map(|()| shard.header.range == *range)
        }
        Err(StudyError::Damaged { .. }) => Ok(false),
        Err(StudyError::Read { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Opens all shards of this study in the directories, each once.
fn find(study: &Identity, directories: &[PathBuf]) -> Result<Vec<Shard>, StudyError> {
    let (mut shards, mut seen) = (Vec::new(), BTreeSet::new());
    for directory in directories {
        for entry in fs::read_dir(directory).map_err(|source| cannot_use(directory, source))? {
            let path = entry.map_err(|source| cannot_use(directory, source))?.path();
            let mut is_new = || seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone()));
            if path.file_name().is_some_and(|name| is_of(study, &name.to_string_lossy())) && is_new() {
                let shard = Shard::at(&path)?;
                same_study(&shard, &study.lines(), this_program())?;
                let range = &shard.header.range;
                if !path.ends_with(file_name(study, range)) {
                    let what = format!("has the trials {range:?}, expected those of its name");
                    return Err(StudyError::Damaged { file: path, what });
                }
                shards.push(shard);
            }
        }
    }
    if shards.is_empty() {
        let directories = directories.to_vec();
        return Err(StudyError::NoShards { study: study.name.clone(), directories });
    }
    Ok(shards)
}

fn this_program() -> PathBuf {
    PathBuf::from("this program")
}

fn cannot_use(directory: &Path, source: std::io::Error) -> StudyError {
    StudyError::Directory { directory: directory.to_owned(), source }
}

/// The beginning of the names of a study's files.
fn stem(study: &Identity) -> String {
    let plain = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    study.name.chars().map(plain).collect()
}

/// `xor-0000-0016.shard`: names that are sorted are in the order of trials.
fn file_name(study: &Identity, range: &Range<usize>) -> String {
    let digits = study.trials.to_string().len();
    format!("{}-{:0digits$}-{:0digits$}.shard", stem(study), range.start, range.end)
}

fn is_of(study: &Identity, name: &str) -> bool {
    let range = name.strip_prefix(&stem(study)).and_then(|rest| rest.strip_prefix('-'));
    let range = range.and_then(|range| range.strip_suffix(".shard")).and_then(|range| range.split_once('-'));
    range.is_some_and(|(start, end)| start.parse::<usize>().is_ok() && end.parse::<usize>().is_ok())
}
