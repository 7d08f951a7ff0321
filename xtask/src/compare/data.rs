//! Data and initial weights, drawn once and written to files that every program reads, so that all compute the same
//! function.
//!
//! A file holds little-endian `f32` values: for each trial the inputs (row-major, one row per sample), the targets (values,
//! or one label per sample), then for each layer its weight `[outputs, inputs]` (row-major) and its bias.

use std::fs;
use std::path::Path;

use nn_core::rand::RngExt;
use nn_core::{Fans, Init, Initialize, Tensor};
use nn_data::{make_blobs, make_regression, make_xor};
use nn_train::Trial;

use super::job::{Job, LossKind};
use super::work::{DataKind, Work};

const SEED: u64 = 2025;

/// The data and the initial weights of one trial.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Numbers {
    /// Row-major, one row per sample.
    pub(super) inputs: Vec<f32>,
    /// Values, row-major, or one label per sample.
    pub(super) targets: Vec<f32>,
    /// Weight and bias of each layer, in this order.
    pub(super) parameters: Vec<f32>,
}

/// Writes the file of a work with the numbers of `trials` trials.
pub(super) fn write(directory: &Path, work: &Work, trials: usize) -> Result<(), String> {
    let path = directory.join(work.file());
    let mut bytes = Vec::new();
    for index in 0..trials {
        let Numbers { inputs, targets, parameters } = draw(work, index)?;
        for number in [inputs, targets, parameters].concat() {
            bytes.extend(number.to_le_bytes());
        }
    }
    fs::write(&path, bytes).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// Reads the trials that a job asks for.
pub(super) fn read(directory: &Path, job: &Job) -> Result<Vec<Numbers>, String> {
    let path = directory.join(&job.data);
    let bytes = fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let numbers: Vec<f32> = bytes
        .chunks_exact(4)
        .map(|bytes| f32::from_le_bytes(bytes.try_into().expect("chunks of four")))
        .collect();
    let (inputs, targets, parameters) = (job.inputs(), job.targets(), job.parameters());
    let trial = inputs + targets + parameters;
    if numbers.len() < trial * job.trials {
        let held = numbers.len() / trial;
        return Err(format!("expected {} trials in {}; found {held}", job.trials, job.data));
    }
    let split = |numbers: &[f32]| Numbers {
        inputs: numbers[..inputs].to_vec(),
        targets: numbers[inputs..][..targets].to_vec(),
        parameters: numbers[inputs + targets..].to_vec(),
    };
    Ok(numbers.chunks_exact(trial).take(job.trials).map(split).collect())
}

fn draw(work: &Work, index: usize) -> Result<Numbers, String> {
    let trial = Trial { seed: SEED, index };
    let mut rng = trial.rng("data");
    let (samples, sizes) = (work.network.samples, &work.network.sizes);
    let failed = |error: nn_data::DataError| format!("cannot draw the data of {}: {error}", work.name);
    let labels = |labels: &[usize]| labels.iter().map(|&label| label as f32).collect();
    let (inputs, targets) = match work.data {
        DataKind::Line => {
            let line = make_regression::<f32>(samples, 1, 1, 0.3, &mut rng).map_err(failed)?;
            (rows(line.data.x()), rows(line.data.y()))
        }
        DataKind::Clouds => {
            let clouds =
                make_blobs::<f32, 2>(samples, &[[-1.5, -1.5], [1.5, 1.5]], 1.0, &mut rng).map_err(failed)?;
            (rows(clouds.x()), labels(clouds.y()))
        }
        DataKind::Xor => {
            let xor = make_xor::<f32>(samples, 0.3, &mut rng).map_err(failed)?;
            (rows(xor.x()), labels(xor.y()))
        }
        DataKind::Noise => {
            let outputs = sizes[sizes.len() - 1];
            let noise = make_regression::<f32>(samples, sizes[0], outputs, 1.0, &mut rng).map_err(failed)?;
            let targets = match work.network.loss {
                LossKind::Mse => rows(noise.data.y()),
                LossKind::CrossEntropy => (0..samples).map(|_| rng.random_range(0..outputs) as f32).collect(),
            };
            (rows(noise.data.x()), targets)
        }
    };
    let mut rng = trial.rng("network");
    let mut parameters: Vec<f32> = Vec::new();
    for pair in sizes.windows(2) {
        let (shape, fans) = ([pair[1], pair[0]], Fans { fan_in: pair[0], fan_out: pair[1] });
        parameters.extend(Init::FanIn.draw::<f32>(&shape, fans, &mut rng));
        parameters.extend(Init::FanIn.draw::<f32>(&shape[..1], fans, &mut rng));
    }
    Ok(Numbers { inputs, targets, parameters })
}

fn rows(tensor: &Tensor<f32>) -> Vec<f32> {
    (0..tensor.samples()).flat_map(|sample| tensor.sample(sample)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::work;

    #[test]
    fn what_is_written_reads_back_and_too_many_trials_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        for work in work::all().into_iter().filter(|work| work.network.sizes[0] < 784) {
            write(directory.path(), &work, 3).unwrap();
            let mut job = work.job(2, 0.1, 1);
            let expected: Vec<Numbers> = (0..job.trials).map(|index| draw(&work, index).unwrap()).collect();
            assert_eq!(read(directory.path(), &job).unwrap(), expected, "{}", work.name);
            job.trials = 4;
            let error = read(directory.path(), &job).unwrap_err();
            assert!(error == format!("expected 4 trials in {}; found 3", job.data), "{error}");
        }
    }
}
