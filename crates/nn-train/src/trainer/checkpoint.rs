//! A saved training that can be resumed later.

use std::fmt;
use std::path::{Path, PathBuf};

use nn_core::{Entry, Kind, Scalar, StateDict, StateError, StateFileError};

use crate::History;

/// A training between two epochs: the network, the state of the optimiser, the best weights so far, the curves, and the seed
/// of all random generators. Of the settings and data, only the number of samples and the batch size are stored.
///
/// # Files
/// A checkpoint is saved as [safetensors](StateDict#files): the arrays under `network.`, `optimizer.` and `best.`, the
/// curves as `history.loss` and `history.validation`, the rest as metadata. Every number is restored bit for bit. The
/// loaded arrays have the order of the file, not that of the network, and are identified by their names.
///
/// ```
/// use nn_train::Checkpoint;
/// use nn_train::prelude::*;
///
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("checkpoint.safetensors");
/// let mut rng = ChaCha8Rng::seed_from_u64(1);
/// let data = make_xor::<f32>(100, 0.3, &mut rng)?;
/// let (mut network, loss) =
///     (Linear::new(2, 2, &mut rng), CrossEntropyLoss::mean());
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
    /// The state of the optimiser.
    pub optimizer: StateDict<F>,
    /// The name of the optimiser: `Adam`.
    pub optimizer_name: String,
    /// The weights that early stopping would restore.
    pub best: Option<StateDict<F>>,
    /// The curves so far.
    pub history: History<F>,
    /// The seed of the generators of all epochs and steps.
    pub seed: u64,
    /// The number of training samples.
    pub samples: usize,
    /// The batch size: together with the number of samples it says how many steps have been taken.
    pub batch_size: usize,
}

impl<F: Scalar> Checkpoint<F> {
    /// Writes a file. An existing file of this name is replaced as a whole, or left unchanged if something fails.
    ///
    /// # Errors
    /// Returns [`StateFileError`] with the path.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), StateFileError> {
        self.to_state().save_safetensors(path)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Returns [`CheckpointError::File`] if the file cannot be read, and [`CheckpointError::Content`] if it is not a
    /// checkpoint.
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
        let History { loss, validation, metrics, best, stopped_early, restored, diverged } = &self.history;
        for (name, value) in [(LOSS, loss), (VALIDATION, validation)] {
            let shape = vec![value.len()];
            state.insert(Entry { name: name.into(), kind: Kind::Buffer, shape, value: value.clone() });
        }
        let metadata = state.metadata_mut();
        metadata.insert("seed".into(), self.seed.to_string());
        metadata.insert("optimizer".into(), self.optimizer_name.clone());
        metadata.insert("samples".into(), self.samples.to_string());
        metadata.insert("batch_size".into(), self.batch_size.to_string());
        metadata.insert("stopped_early".into(), stopped_early.to_string());
        metadata.insert("diverged".into(), diverged.to_string());
        metadata.insert("metrics".into(), metrics.len().to_string());
        for (name, epoch) in [("best", best), ("restored", restored)] {
            if let Some(epoch) = epoch {
                metadata.insert(name.into(), epoch.to_string());
            }
        }
        for (index, (name, values)) in metrics.iter().enumerate() {
            // Printed with as many digits as a bit-exact round trip needs.
            let values: Vec<String> = values.iter().map(f64::to_string).collect();
            metadata.insert(format!("metric.{index}"), format!("{name}\n{}", values.join(" ")));
        }
        state
    }

    /// Returns the checkpoint of this state, or the name of the missing or wrong part.
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
                // Checkpoints of older versions do not say it; resuming an ended training finds it out again.
                diverged: metadata("diverged").map_or(Ok(false), |text| parse("diverged", Some(text)))?,
            },
            optimizer_name: parse("optimizer", metadata("optimizer"))?,
            seed: parse("seed", metadata("seed"))?,
            samples: parse("samples", metadata("samples"))?,
            batch_size: parse("batch_size", metadata("batch_size"))?,
        })
    }

    /// Checks that the checkpoint has the metrics of `fresh`, validation losses if and only if there are validation data,
    /// and the same number of samples and batch size.
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
        let History { loss, validation: losses, metrics, best, restored, .. } = &self.history;
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
        for (name, epoch, epochs) in [("best", *best, losses.len()), ("restored", *restored, loss.len())] {
            if let Some(epoch) = epoch
                && epoch >= epochs
            {
                return Err(CheckpointError::Epoch { name, epoch, epochs });
            }
        }
        Ok(())
    }
}

const LOSS: &str = "history.loss";
const VALIDATION: &str = "history.validation";

fn parse<T: std::str::FromStr>(name: &str, text: Option<&str>) -> Result<T, String> {
    text.and_then(|text| text.parse().ok()).ok_or_else(|| name.into())
}

/// Reads the name of a metric and, from the last line, its values.
fn metric(name: &str, text: Option<&str>) -> Result<(String, Vec<f64>), String> {
    let wrong = || name.to_string();
    let (metric, values) = text.and_then(|text| text.rsplit_once('\n')).ok_or_else(wrong)?;
    let values: Result<Vec<f64>, _> = values.split_whitespace().map(str::parse).collect();
    Ok((metric.into(), values.map_err(|_| wrong())?))
}

/// Prints a text of a file as it is, or the beginning of a long one, so that a malicious file cannot fill the screen.
struct Plain<'a>(&'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 80;
        match self.0.char_indices().nth(LONGEST) {
            Some((end, _)) => write!(f, "{:?}…", &self.0[..end]),
            None if self.0.contains(char::is_control) => write!(f, "{:?}", self.0),
            None => f.write_str(self.0),
        }
    }
}

/// Prints `["accuracy"]`, or the beginning of a long list.
struct Names<'a>(&'a [String]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 10;
        let shown = self.0.iter().take(SHOWN).map(|name| match Plain(name).to_string() {
            plain if plain == *name => format!("{plain:?}"),
            shortened => shortened,
        });
        write!(f, "[{}]", shown.collect::<Vec<_>>().join(", "))?;
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// Why a checkpoint cannot be read, or cannot continue a training.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] StateFileError),
    /// The file is not a checkpoint.
    #[error(
        "{}: expected a checkpoint, but \"{what}\" is missing or wrong; load a network alone with load_safetensors",
        .file.display()
    )]
    Content {
        /// The file.
        file: PathBuf,
        /// The name of the missing or wrong part.
        what: String,
    },
    /// The checkpoint is of another network.
    #[error("the checkpoint is of another network: {0}")]
    Network(#[source] StateError),
    /// The optimiser's state does not fit this optimiser or network.
    #[error("the checkpoint is of another optimiser: {0}")]
    Optimizer(#[source] StateError),
    /// The checkpoint was trained with another optimiser.
    #[error("the checkpoint was trained with {}, expected {expected}", Plain(.found))]
    OtherOptimizer {
        /// The optimiser of the training to be resumed.
        expected: String,
        /// The optimiser of the checkpoint.
        found: String,
    },
    /// The checkpoint has other metrics.
    #[error("the checkpoint has the metrics {}, expected {}", Names(.found), Names(.expected))]
    Metrics {
        /// The names in the training to be resumed.
        expected: Vec<String>,
        /// The names in the checkpoint.
        found: Vec<String>,
    },
    /// The number of samples or the batch size differs, so the order of samples and the count of steps would not continue.
    #[error(
        "the checkpoint is of {} samples in batches of {}, expected {} samples in batches of {}",
        .found.0, .found.1, .expected.0, .expected.1
    )]
    Batches {
        /// The number of samples and the batch size of the training to be resumed.
        expected: (usize, usize),
        /// The same of the checkpoint.
        found: (usize, usize),
    },
    /// The training had ended, and the network no longer has the weights of its last step.
    #[error(
        "the checkpoint has the weights of epoch {epoch}, which early stopping restored after {epochs} epochs: \
         expected one from before the end"
    )]
    Restored {
        /// The epoch whose weights these are, counted from 0.
        epoch: usize,
        /// The number of epochs.
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
    /// An epoch that the checkpoint names is none of those in its curves.
    #[error(
        "the checkpoint names epoch {epoch} as \"{name}\", expected one below {epochs}, the number of its epochs"
    )]
    Epoch {
        /// What the epoch is: `best` or `restored`.
        name: &'static str,
        /// The epoch, counted from 0.
        epoch: usize,
        /// The number of epochs with a validation loss or, of a restored one, of all.
        epochs: usize,
    },
    /// Only one of the checkpoint and the training has validation data, or a curve has the wrong length.
    #[error("the checkpoint has {found} epochs of validation, expected {expected}")]
    Validation {
        /// The number of epochs, or 0 without validation data.
        expected: usize,
        /// The number of values in the checkpoint.
        found: usize,
    },
}
