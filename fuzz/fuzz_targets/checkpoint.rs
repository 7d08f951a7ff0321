//! Checkpoints: what is loaded is loaded alike when it is saved again, and a training resumes from both with the same result or
//! refuses both; what was resumed can be saved; a refusal leaves the network as it was; messages are bounded; a save leaves no
//! litter.
//!
//! The first byte says what the rest is: a file, a file without the length of its header, or changes to a checkpoint, one in
//! each line:
//!
//! ```text
//! best=3             sets metadata; a backslash stands for a line break
//! -best              removes metadata
//! history.loss:2=0.5 replaces an array by one of this shape (several sizes are separated by spaces) with this value throughout
//! !history.loss      removes an array
//! ```

#![no_main]

use std::fs;
use std::path::Path;

use libfuzzer_sys::fuzz_target;
use nn_fuzz::{Folder, check_message, framed, stretch};
use nn_train::nn_core::{Entry, Kind, StateDict};
use nn_train::prelude::*;
use nn_train::{Checkpoint, TrainError, Training};

type Data = Dataset<f32, Vec<usize>>;

/// What all cases share: data, and the state of a checkpoint after two of four epochs.
struct Shared {
    folder: Folder,
    data: Data,
    state: StateDict<f32>,
}

thread_local! {
    static SHARED: Shared = Shared::new();
}

/// The maximum length of a message in bytes: it lists twenty names of eighty characters, each of which may print as an
/// escape of ten bytes.
const LONGEST_MESSAGE: usize = 20_000;

fuzz_target!(|input: &[u8]| {
    let Some((&settings, bytes)) = input.split_first() else { return };
    SHARED.with(|shared| {
        let file = match settings % 4 {
            0 => bytes.to_vec(),
            1 => framed(&stretch(bytes)),
            _ => shared.changed(&String::from_utf8_lossy(&stretch(bytes))),
        };
        shared.check(&file);
    });
});

impl Shared {
    fn new() -> Self {
        let (folder, rng) = (Folder::new(), &mut ChaCha8Rng::seed_from_u64(0));
        let data: Data = make_xor(8, 0.3, rng).unwrap();
        let (loss, mut network) = (CrossEntropyLoss::mean(), network());
        let mut training = trainer().start(&mut network, &loss, &data, Some(&data), rng).unwrap();
        training.epoch().unwrap();
        training.epoch().unwrap();
        let path = folder.path("whole");
        training.checkpoint().save(&path).unwrap();
        drop(training);
        let state = StateDict::load_safetensors(&path).unwrap();
        Shared { folder, data, state }
    }

    /// The bytes of the checkpoint after these changes.
    fn changed(&self, changes: &str) -> Vec<u8> {
        let mut state = self.state.clone();
        for change in changes.lines().take(100) {
            if let Some(name) = change.strip_prefix('!') {
                let metadata = state.metadata().clone();
                state = state.entries().iter().filter(|entry| entry.name != name).cloned().collect();
                *state.metadata_mut() = metadata;
            } else if let Some(key) = change.strip_prefix('-') {
                state.metadata_mut().remove(key);
            } else if let Some((name, change)) = change.split_once(':') {
                let (shape, value) = change.split_once('=').unwrap_or((change, "1"));
                let shape: Vec<usize> = shape.split(' ').filter_map(|size| size.parse().ok()).collect();
                let count = shape.iter().try_fold(1_usize, |count, &size| count.checked_mul(size));
                let Some(count @ ..100_000) = count else { continue };
                let value = vec![value.parse().unwrap_or(1.0); count];
                state.insert(Entry { name: name.into(), kind: Kind::Learned, shape, value });
            } else if let Some((key, value)) = change.split_once('=') {
                state.metadata_mut().insert(key.into(), value.replace('\\', "\n"));
            }
        }
        // Only the name of the metadata is refused.
        state.to_safetensors().unwrap_or_default()
    }

    fn check(&self, file: &[u8]) {
        let path = self.folder.write("first", file);
        let first = match Checkpoint::<f32>::load(&path) {
            Ok(first) => first,
            Err(error) => return check_message(&error, LONGEST_MESSAGE),
        };
        let (second_path, third_path) = (self.folder.path("second"), self.folder.path("third"));
        first.save(&second_path).unwrap();
        let second = Checkpoint::<f32>::load(&second_path).unwrap();
        second.save(&third_path).unwrap();
        assert!(fs::read(second_path).unwrap() == fs::read(third_path).unwrap(), "saved differently");
        assert!(self.folder.files() <= 5, "a save has left litter");
        // As text, because NaN is not equal to itself.
        assert_eq!(format!("{:?}", second.history), format!("{:?}", first.history));
        assert_eq!(second.optimizer_name, first.optimizer_name);
        let numbers =
            |checkpoint: &Checkpoint<f32>| (checkpoint.seed, checkpoint.samples, checkpoint.batch_size);
        assert_eq!(numbers(&second), numbers(&first));

        let (first, second) = (self.resume(&first), self.resume(&second));
        assert_eq!(format!("{first:?}"), format!("{second:?}"));
    }

    /// Resumes to the end, and returns the curves and the network's outputs, or the message of the refusal.
    fn resume(&self, checkpoint: &Checkpoint<f32>) -> Result<(History<f32>, Tensor<f32>), String> {
        let (loss, mut network) = (CrossEntropyLoss::mean(), network());
        let before = network.state_dict();
        let resumed = trainer()
            .resume(&mut network, &loss, &self.data, Some(&self.data), checkpoint)
            .map(|training| run(training, &self.folder.path("resumed")));
        match resumed {
            Ok(Ok(history)) => {
                assert!(history.epochs() >= checkpoint.history.epochs());
                assert_eq!(history.validation.len(), history.epochs());
                assert!(history.best.is_none_or(|best| best < history.epochs()));
                Ok((history, network.predict(self.data.x()).unwrap()))
            }
            // Weights from a file may give outputs that a metric cannot judge.
            Ok(Err(error)) => {
                assert!(matches!(error, TrainError::Metric { .. }), "{error:?}");
                Err(error.to_string())
            }
            Err(error) => {
                check_message(&error, LONGEST_MESSAGE);
                assert!(matches!(error, TrainError::Checkpoint(_) | TrainError::Setting(_)), "{error:?}");
                assert_eq!(network.state_dict(), before, "a refusal has changed the network");
                Err(error.to_string())
            }
        }
    }
}

/// Trains to the end, and saves a checkpoint there.
fn run(mut training: Training<'_, f32, Vec<usize>>, path: &Path) -> Result<History<f32>, TrainError> {
    while training.epoch()?.is_some() {}
    training.checkpoint().save(path).unwrap();
    Ok(training.history().clone())
}

fn network() -> Sequential<f32> {
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    Sequential::new().append(Linear::new(2, 3, rng)).append(Tanh).append(Linear::new(3, 2, rng))
}

fn trainer<'a>() -> Trainer<'a, f32, Vec<usize>> {
    Trainer::new(Adam::new(0.01))
        .epochs(4)
        .batch_size(4)
        .early_stopping(3)
        .metric("accuracy", |output, labels: &Vec<usize>| accuracy(labels, &argmax(output)?))
}
