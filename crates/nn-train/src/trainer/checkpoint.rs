//! A training put aside, to go on with later.

use std::path::{Path, PathBuf};

use nn_core::{Entry, Kind, Scalar, StateDict, StateError, StateFileError};

use crate::History;

/// A training between two epochs: the network, what the optimiser remembers, the best weights so far, the curves, and the
/// number that all random generators are made from. Of settings and data only the size is part of it.
///
/// # Files
/// A checkpoint is saved as [safetensors](StateDict#files): the arrays under `network.`, `optimizer.` and `best.`, the
/// curves as `history.loss` and `history.validation`, the rest as metadata. Every number comes back bit by bit; the arrays do in
/// the order of the file, which is not that of the network, and the names tell which is which.
///
/// ```
/// use nn_train::Checkpoint;
/// use nn_train::prelude::*;
///
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("checkpoint.safetensors");
/// let mut rng = ChaCha8Rng::seed_from_u64(1);
/// let data = make_xor::<f32>(100, 0.3, &mut rng)?;
/// let (mut network, loss) = (Linear::new(2, 2, &mut rng), CrossEntropyLoss::mean());
/// let trainer = Trainer::new(Adam::new(0.01)).batch_size(16);
/// let mut training = trainer.start(&mut network, &loss, &data, None, &mut rng)?;
/// training.epoch()?;
/// training.checkpoint().save(&path)?;
/// let (loaded, saved) = (Checkpoint::load(&path)?, training.checkpoint());
/// assert_eq!((loaded.history, loaded.seed), (saved.history, saved.seed));
/// assert_eq!(loaded.network.get("weight"), saved.network.get("weight"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint<F> {
    /// The network's parameters and buffers.
    pub network: StateDict<F>,
    /// What the optimiser remembers.
    pub optimizer: StateDict<F>,
    /// Its kind, as it prints itself: `Adam`.
    pub rule: String,
    /// The weights that early stopping would restore.
    pub best: Option<StateDict<F>>,
    /// The curves so far.
    pub history: History<F>,
    /// What the generators of all epochs are made from.
    pub seed: u64,
    /// How many samples it trained on.
    pub samples: usize,
    /// How many of them were in a batch: with the samples, this says how many steps have been taken.
    pub batch_size: usize,
}

impl<F: Scalar> Checkpoint<F> {
    /// Writes a file; an old one of this name is replaced whole, or, if something fails, not at all.
    ///
    /// # Errors
    /// [`StateFileError`] with the path.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), StateFileError> {
        self.to_state().save_safetensors(path)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`CheckpointError::File`] with the path, [`CheckpointError::Content`] if it is no checkpoint.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, CheckpointError> {
        let path = path.as_ref();
        Checkpoint::from_state(&StateDict::load_safetensors(path)?)
            .map_err(|what| CheckpointError::Content { file: path.into(), what })
    }

    fn to_state(&self) -> StateDict<F> {
        let mut state = StateDict::new();
        let best = self.best.as_ref();
        let parts =
            [("network.", Some(&self.network)), ("optimizer.", Some(&self.optimizer)), ("best.", best)];
        for (prefix, part) in parts {
            for entry in part.into_iter().flat_map(StateDict::entries) {
                state.insert(Entry { name: format!("{prefix}{}", entry.name), ..entry.clone() });
            }
        }
        let History { loss, validation, metrics, best, stopped_early, restored } = &self.history;
        for (name, value) in [(LOSS, loss), (VALIDATION, validation)] {
            let shape = vec![value.len()];
            state.insert(Entry { name: name.into(), kind: Kind::Buffer, shape, value: value.clone() });
        }
        let metadata = state.metadata_mut();
        metadata.insert("seed".into(), self.seed.to_string());
        metadata.insert("optimizer".into(), self.rule.clone());
        metadata.insert("samples".into(), self.samples.to_string());
        metadata.insert("batch_size".into(), self.batch_size.to_string());
        metadata.insert("stopped_early".into(), stopped_early.to_string());
        metadata.insert("metrics".into(), metrics.len().to_string());
        for (name, epoch) in [("best", best), ("restored", restored)] {
            if let Some(epoch) = epoch {
                metadata.insert(name.into(), epoch.to_string());
            }
        }
        for (index, (name, values)) in metrics.iter().enumerate() {
            // Printed with as many digits as it takes to read the same number back.
            let values: Vec<String> = values.iter().map(f64::to_string).collect();
            metadata.insert(format!("metric.{index}"), format!("{name}\n{}", values.join(" ")));
        }
        state
    }

    /// The checkpoint of this state, or the name of what it lacks.
    fn from_state(state: &StateDict<F>) -> Result<Self, String> {
        let part = |prefix: &str| -> StateDict<F> {
            let entries = state.entries().iter();
            entries
                .filter_map(|entry| {
                    let name = entry.name.strip_prefix(prefix)?.to_owned();
                    Some(Entry { name, ..entry.clone() })
                })
                .collect()
        };
        let curve =
            |name: &'static str| state.get(name).map(|entry| entry.value.clone()).ok_or(name.to_string());
        let best = part("best.");
        let metadata = |name: &str| state.metadata().get(name).map(String::as_str);
        let epoch = |name: &str| metadata(name).map(|text| parse(name, Some(text))).transpose();
        let mut metrics = Vec::new();
        for index in 0..parse::<usize>("metrics", metadata("metrics"))? {
            let name = format!("metric.{index}");
            metrics.push(metric(&name, metadata(&name))?);
        }
        Ok(Checkpoint {
            network: part("network."),
            optimizer: part("optimizer."),
            best: if best.entries().is_empty() { None } else { Some(best) },
            history: History {
                loss: curve(LOSS)?,
                validation: curve(VALIDATION)?,
                metrics,
                best: epoch("best")?,
                stopped_early: parse("stopped_early", metadata("stopped_early"))?,
                restored: epoch("restored")?,
            },
            rule: parse("optimizer", metadata("optimizer"))?,
            seed: parse("seed", metadata("seed"))?,
            samples: parse("samples", metadata("samples"))?,
            batch_size: parse("batch_size", metadata("batch_size"))?,
        })
    }

    /// Whether the curves are those of a training with these metrics, with or without validation data, and its batches of
    /// this size from as many samples.
    pub(super) fn check(
        &self,
        fresh: &History<F>,
        validation: bool,
        batches: (usize, usize),
    ) -> Result<(), CheckpointError> {
        let found = (self.samples, self.batch_size);
        if found != batches {
            return Err(CheckpointError::Batches { expected: batches, found });
        }
        let History { loss, validation: losses, metrics, best, .. } = &self.history;
        let names = |history: &History<F>| -> Vec<String> {
            history.metrics.iter().map(|(name, _)| name.clone()).collect()
        };
        if names(&self.history) != names(fresh) {
            return Err(CheckpointError::Metrics { expected: names(fresh), found: names(&self.history) });
        }
        let expected = if validation { loss.len() } else { 0 };
        let lengths = [losses.len()].into_iter().chain(metrics.iter().map(|(_, values)| values.len()));
        for found in lengths {
            if found != expected {
                return Err(CheckpointError::Validation { expected, found });
            }
        }
        match *best {
            Some(best) if best >= losses.len() => {
                Err(CheckpointError::Validation { expected: best + 1, found: losses.len() })
            }
            _ => Ok(()),
        }
    }
}

const LOSS: &str = "history.loss";
const VALIDATION: &str = "history.validation";

fn parse<T: std::str::FromStr>(name: &str, text: Option<&str>) -> Result<T, String> {
    text.and_then(|text| text.parse().ok()).ok_or_else(|| name.into())
}

/// A name and, in the next line, its values.
fn metric(name: &str, text: Option<&str>) -> Result<(String, Vec<f64>), String> {
    let wrong = || name.to_string();
    let (metric, values) = text.and_then(|text| text.rsplit_once('\n')).ok_or_else(wrong)?;
    let values: Result<Vec<f64>, _> = values.split_whitespace().map(str::parse).collect();
    Ok((metric.into(), values.map_err(|_| wrong())?))
}

/// A checkpoint that cannot be read, or does not belong to the training that is to go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] StateFileError),
    /// The file is no checkpoint.
    #[error(
        "{}: this is no checkpoint: \"{what}\" is missing or wrong; a network alone is for load_safetensors",
        .file.display()
    )]
    Content {
        /// The file.
        file: PathBuf,
        /// What is missing.
        what: String,
    },
    /// It is of another network.
    #[error("the checkpoint is of another network: {0}")]
    Network(#[source] StateError),
    /// It is of another optimiser, or of another network's.
    #[error("the checkpoint is of another optimiser: {0}")]
    Optimizer(#[source] StateError),
    /// It was trained by another rule.
    #[error("the checkpoint was trained with {found}, expected {expected}")]
    Rule {
        /// The optimiser of the training that is to go on.
        expected: String,
        /// That of the checkpoint.
        found: String,
    },
    /// Other metrics were measured.
    #[error("the checkpoint has the metrics {found:?}, expected {expected:?}")]
    Metrics {
        /// Names of the training that is to go on.
        expected: Vec<String>,
        /// Names in the checkpoint.
        found: Vec<String>,
    },
    /// Other data, or other batches: then neither the order of samples nor the count of steps would go on.
    #[error(
        "the checkpoint is of {} samples in batches of {}, expected {} samples in batches of {}",
        .found.0, .found.1, .expected.0, .expected.1
    )]
    Batches {
        /// Samples, and how many of them in a batch, of the training that is to go on.
        expected: (usize, usize),
        /// The same of the checkpoint.
        found: (usize, usize),
    },
    /// The training had ended, and the network is no longer the one of its last step.
    #[error(
        "the checkpoint has the weights of epoch {epoch}, which early stopping restored after {epochs} epochs: \
         expected one from before the end"
    )]
    Restored {
        /// The epoch whose weights these are, counted from 0.
        epoch: usize,
        /// How many epochs there were.
        epochs: usize,
    },
    /// Early stopping would have nothing to restore.
    #[error(
        "the checkpoint is of a training without early stopping: expected the weights of epoch {epoch}, its best, \
         which could be restored"
    )]
    NoBest {
        /// The epoch with the lowest validation loss, counted from 0.
        epoch: usize,
    },
    /// One has validation data and the other has not.
    #[error("the checkpoint has {found} epochs of validation, expected {expected}")]
    Validation {
        /// As many as there are epochs, or none without validation data.
        expected: usize,
        /// As many as there are.
        found: usize,
    },
}
