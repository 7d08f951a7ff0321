//! Data and initial weights, drawn once and written to files that every program reads, so that all compute the same
//! function.
//!
//! A file holds little-endian `f32` values: for each trial the inputs (row-major, one row per sample), the targets (values,
//! or one label per sample), then for each layer its weight (row-major; `[outputs, inputs]`, and of a convolution
//! `[outputs, inputs of a group, height, width]`) and its bias. A recurrent layer counts as two: the weight and the bias of its
//! inputs, then those of the output of the step before. A layer of a transformer counts as six: its attention's two, its two linear
//! layers and its two norms, whose weights have one axis, begin with ones, and have biases of zeros. A file to be
//! read as CSV has a header and one row per sample.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use nn_core::rand::RngExt;
use nn_core::{Fans, Init, Initialize, Tensor};
use nn_data::{Csv, DataError, make_blobs, make_regression, make_spirals, make_xor};
use nn_train::Trial;

use super::job::{Job, LossKind};
use super::work::{DataKind, Work};
use crate::paths;

const SEED: u64 = 2025;

/// The data and the initial weights of one trial.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Numbers {
    /// Row-major, one row per sample.
    pub(super) inputs: Vec<f32>,
    /// Values, row-major, or one label per sample.
    pub(super) targets: Vec<f32>,
    /// Weight and bias of each layer, in this order; convolutions and what sees sequences or tokens before linear layers.
    pub(super) parameters: Vec<f32>,
}

/// Writes the file of a work with the numbers of `trials` trials.
pub(super) fn write(directory: &Path, work: &Work, trials: usize) -> Result<(), String> {
    let path = directory.join(work.file());
    let mut bytes = Vec::new();
    if let DataKind::Table { decimals } = work.data {
        bytes.extend(table(work, decimals).into_bytes());
    } else {
        for index in 0..trials {
            let Numbers { inputs, targets, parameters } = draw(work, index)?;
            for number in [inputs, targets, parameters].into_iter().flatten() {
                bytes.extend(number.to_le_bytes());
            }
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

/// The text of a CSV file of uniform numbers: inputs, then targets, in each row.
fn table(work: &Work, decimals: usize) -> String {
    let mut rng = Trial { seed: SEED, index: 0 }.rng("data");
    let columns: usize = work.network.sizes.iter().sum();
    let names: Vec<String> = (0..columns).map(|column| format!("x{column}")).collect();
    let mut text = names.join(",");
    for _ in 0..work.network.samples {
        for column in 0..columns {
            let separator = if column == 0 { '\n' } else { ',' };
            write!(text, "{separator}{:.decimals$}", rng.random::<f64>()).expect("a string takes any text");
        }
    }
    text + "\n"
}

fn draw(work: &Work, index: usize) -> Result<Numbers, String> {
    let trial = Trial { seed: SEED, index };
    let mut rng = trial.rng("data");
    let (samples, sizes) = (work.network.samples, &work.network.sizes);
    let failed = |error: DataError| format!("cannot draw the data of {}: {error}", work.name);
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
        DataKind::Pixels => {
            let pixels = (0..samples * sizes[0]).map(|_| rng.random()).collect();
            let outputs = sizes[sizes.len() - 1];
            (pixels, (0..samples).map(|_| rng.random_range(0..outputs) as f32).collect())
        }
        DataKind::Signals => {
            let mut values = |count| (0..count).map(|_| rng.random_range(-1.0..1.0)).collect();
            let inputs = values(samples * work.network.inputs());
            let targets = match work.network.loss {
                LossKind::Mse => values(samples * sizes[sizes.len() - 1]),
                LossKind::CrossEntropy => {
                    (0..samples).map(|_| rng.random_range(0..sizes[sizes.len() - 1]) as f32).collect()
                }
            };
            (inputs, targets)
        }
        DataKind::Spirals => {
            let spirals = make_spirals::<f32>(samples, 2, 1.5, 0.02, &mut rng).map_err(failed)?;
            (rows(spirals.x()), labels(spirals.y()))
        }
        DataKind::Digits => {
            let digits = Csv::open(paths::workspace().join("data/digits.csv"))
                .and_then(|file| file.classes::<f32>("digit"))
                .map_err(failed)?
                .data;
            // Grey levels are whole numbers from 0 to 16.
            (rows(digits.x()).into_iter().map(|grey| grey / 16.0).collect(), labels(digits.y()))
        }
        DataKind::Table { .. } => return Err(format!("{} has a table in place of numbers", work.name)),
    };
    let mut rng = trial.rng("network");
    let mut parameters: Vec<f32> = Vec::new();
    for shape in work.network.weights() {
        let fans = Fans { fan_in: shape[1..].iter().product(), fan_out: shape[0] };
        let is_norm = shape.len() == 1;
        let [weight, bias] = if is_norm { [Init::Constant(1.0), Init::ZEROS] } else { [Init::FanIn; 2] };
        parameters.extend(weight.draw::<f32>(&shape, fans, &mut rng));
        parameters.extend(bias.draw::<f32>(&shape[..1], fans, &mut rng));
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
        for work in work::all(true).into_iter().filter(work::is_small) {
            write(directory.path(), &work, 3).unwrap();
            let mut job = work.job(2, 0.1, 1);
            let expected: Vec<Numbers> = (0..job.trials).map(|index| draw(&work, index).unwrap()).collect();
            assert_eq!(read(directory.path(), &job).unwrap(), expected, "{}", work.name);
            job.trials = 4;
            let error = read(directory.path(), &job).unwrap_err();
            assert!(error == format!("expected 4 trials in {}; found 3", job.data), "{error}");
        }
    }

    #[test]
    fn a_table_has_a_header_and_as_many_decimals_as_it_is_asked_for() {
        let directory = tempfile::tempdir().unwrap();
        let mut work = work::all(true).into_iter().find(|work| work.name == "reading-4").unwrap();
        work.network.samples = 3;
        write(directory.path(), &work, 1).unwrap();
        let text = fs::read_to_string(directory.path().join("reading-4.csv")).unwrap();
        let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
        assert_eq!((rows.len(), rows[0][0], rows[0][19]), (4, "x0", "x19"));
        for row in &rows[1..] {
            assert!(row.len() == 20 && row.iter().all(|field| field.len() == 6), "{row:?}");
        }
    }
}
