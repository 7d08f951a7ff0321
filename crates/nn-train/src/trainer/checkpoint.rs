//! A saved training that can be resumed later.

mod error;

use std::collections::BTreeMap;
use std::path::Path;

use nn_core::{Entry, Kind, Scalar, StateDict, StateFileError};

use crate::History;

pub use error::CheckpointError;
pub(super) use error::{Names, Plain};

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
        let History {
            loss,
            validation,
            metrics,
            training_metrics,
            best,
            stopped_early,
            restored,
            skipped_steps,
            diverged,
        } = &self.history;
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
        if *skipped_steps > 0 {
            metadata.insert("skipped_steps".into(), skipped_steps.to_string());
        }
        for (name, epoch) in [("best", best), ("restored", restored)] {
            if let Some(epoch) = epoch {
                metadata.insert(name.into(), epoch.to_string());
            }
        }
        insert_curves(metadata, "metric", metrics);
        if !training_metrics.is_empty() {
            insert_curves(metadata, "training_metric", training_metrics);
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
        let count = |name: &str| metadata(name).map(|text| parse(name, Some(text))).transpose();
        let metrics = curves("metric", &metadata)?;
        // Checkpoints of older versions, and of trainings that do not measure them, have none.
        let training_metrics =
            metadata("training_metrics").map_or(Ok(Vec::new()), |_| curves("training_metric", &metadata))?;
        Ok(Checkpoint {
            network: part("network."),
            optimizer: part("optimizer."),
            best: if best.entries().is_empty() { None } else { Some(best) },
            history: History {
                loss: curve(LOSS)?,
                validation: curve(VALIDATION)?,
                metrics,
                training_metrics,
                best: count("best")?,
                stopped_early: parse("stopped_early", metadata("stopped_early"))?,
                restored: count("restored")?,
                skipped_steps: count("skipped_steps")?.unwrap_or(0),
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
        let History { loss, validation: losses, metrics, training_metrics, best, restored, .. } =
            &self.history;
        let (expected, found) = (names(&fresh.metrics), names(metrics));
        if found != expected {
            return Err(CheckpointError::Metrics { expected, found });
        }
        let (expected, found) = (names(&fresh.training_metrics), names(training_metrics));
        if found != expected {
            return Err(CheckpointError::TrainingMetrics { expected, found });
        }
        let expected = if validation { loss.len() } else { 0 };
        for found in [losses.len()].into_iter().chain(lengths(metrics)) {
            if found != expected {
                return Err(CheckpointError::Validation { expected, found });
            }
        }
        for found in lengths(training_metrics) {
            let expected = loss.len();
            if found != expected {
                return Err(CheckpointError::Training { expected, found });
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

/// Writes the number of curves as `metrics`, say, and each as `metric.0`: its name and, in the last line, its values.
fn insert_curves(metadata: &mut BTreeMap<String, String>, kind: &str, curves: &[(String, Vec<f64>)]) {
    metadata.insert(format!("{kind}s"), curves.len().to_string());
    for (index, (name, values)) in curves.iter().enumerate() {
        // Printed with as many digits as a bit-exact round trip needs.
        let values: Vec<String> = values.iter().map(f64::to_string).collect();
        metadata.insert(format!("{kind}.{index}"), format!("{name}\n{}", values.join(" ")));
    }
}

/// Reads what [`insert_curves`] wrote.
fn curves<'t>(
    kind: &str,
    metadata: &dyn Fn(&str) -> Option<&'t str>,
) -> Result<Vec<(String, Vec<f64>)>, String> {
    let count = format!("{kind}s");
    let mut curves = Vec::new();
    for index in 0..parse::<usize>(&count, metadata(&count))? {
        let name = format!("{kind}.{index}");
        let wrong = || name.clone();
        let (metric, values) = metadata(&name).and_then(|text| text.rsplit_once('\n')).ok_or_else(wrong)?;
        let values: Result<Vec<f64>, _> = values.split_whitespace().map(str::parse).collect();
        curves.push((metric.into(), values.map_err(|_| wrong())?));
    }
    Ok(curves)
}

fn names(curves: &[(String, Vec<f64>)]) -> Vec<String> {
    curves.iter().map(|(name, _)| name.clone()).collect()
}

fn lengths(curves: &[(String, Vec<f64>)]) -> impl Iterator<Item = usize> {
    curves.iter().map(|(_, values)| values.len())
}
