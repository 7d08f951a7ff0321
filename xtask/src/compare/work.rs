//! The works that every program does.

use super::images::{Convolution, Images};
use super::job::{Between, CellKind, Job, LossKind, Network, ReductionKind, Rule, Timed};
use super::sequences::Sequences;
use super::tokens::Tokens;

/// A work: its names, and what a program does and times.
#[derive(Debug, Clone)]
pub(super) struct Work {
    /// The name in files and lines.
    pub(super) name: String,
    /// The heading of its table.
    pub(super) title: String,
    pub(super) group: Group,
    pub(super) network: Network,
    pub(super) timed: Timed,
    /// The kind of data that the network learns.
    pub(super) data: DataKind,
    /// Number of trials.
    pub(super) trials: usize,
    /// Number of epochs of a trial; the largest number with early stopping.
    pub(super) epochs: usize,
    /// The patience of early stopping, or 0 for none.
    pub(super) patience: usize,
}

/// A part of the document, which can be measured alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    /// Shuffled epochs.
    Epochs,
    /// Many trials on mini-batches.
    Ensembles,
    /// Predictions for a whole data set, and files read into memory.
    Data,
    /// The report's experiments, on full batches.
    Experiments,
    /// Steps and predictions on one batch.
    Steps,
    /// Networks with convolutions, and convolutions alone.
    Images,
    /// Networks with a recurrent layer.
    Sequences,
    /// Networks with a layer of a transformer.
    Attention,
    /// How nn's time and memory grow. It is measured apart from the works of all programs.
    Growth,
}

impl Group {
    /// The groups in the order of the document.
    pub(super) const ALL: [Group; 9] = [
        Group::Epochs,
        Group::Ensembles,
        Group::Data,
        Group::Experiments,
        Group::Steps,
        Group::Images,
        Group::Sequences,
        Group::Attention,
        Group::Growth,
    ];

    /// The name on the command line.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Group::Epochs => "epochs",
            Group::Ensembles => "ensembles",
            Group::Data => "data",
            Group::Experiments => "experiments",
            Group::Steps => "steps",
            Group::Images => "images",
            Group::Sequences => "sequences",
            Group::Attention => "attention",
            Group::Growth => "growth",
        }
    }

    /// Whether its works take so long that they are measured under two conditions only.
    pub(super) fn is_long(self) -> bool {
        matches!(self, Group::Epochs | Group::Ensembles | Group::Data)
    }
}

/// A kind of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DataKind {
    /// Points around a random line, as in the report's regression.
    Line,
    /// Two clouds, as in the report's linear classification.
    Clouds,
    /// XOR, as in the report's non-linear classification.
    Xor,
    /// Normal inputs with random labels or values.
    Noise,
    /// Uniform inputs with random labels, for many samples.
    Pixels,
    /// Uniform inputs around 0 with random labels or values, for images, sequences and tokens.
    Signals,
    /// Two spirals.
    Spirals,
    /// The digits of the data directory.
    Digits,
    /// A CSV file of uniform numbers with so many decimals.
    Table { decimals: usize },
}

/// Number of trials of an experiment, and of an ensemble on spirals.
pub(super) const TRIALS: usize = 100;
/// Number of samples of an experiment and of the spirals.
const SAMPLES: usize = 200;
/// Number of epochs of an experiment.
const EPOCHS: usize = 1000;
/// Number of digits in the file.
const DIGITS: usize = 1797;
/// Number of digits that are held out, a fifth. The others fill 45 batches of 32.
const HELD_OUT: usize = 357;

/// The works in the order of the document. A quick run has fewer samples and epochs.
pub(super) fn all(quick: bool) -> Vec<Work> {
    let samples = if quick { 6_000 } else { 60_000 };
    let mut works = Vec::new();
    for (sizes, batch) in [(&[784, 128, 10][..], 64), (&[784, 512, 512, 10], 128)] {
        works.extend([Rule::Sgd, Rule::Adam].map(|rule| pixels(sizes, samples, batch, rule)));
    }
    works.push(digits("digits", 1, EPOCHS, 0));
    let epochs = if quick { 20 } else { 200 };
    for (width, batch) in [(16, 40), (64, 40), (16, 8)] {
        works.push(spirals(width, batch, epochs));
    }
    works.push(digits("digits-seeds", 20, 30, 5));
    works.push(many_predictions(samples));
    works.extend([17, 4].map(|decimals| reading(100_000, 20, decimals)));
    works.extend([
        experiment("regression", "Linear regression", DataKind::Line, &[1, 1]),
        experiment("linear", "Linear classification", DataKind::Clouds, &[2, 2]),
        experiment("xor", "XOR, 2-8-2", DataKind::Xor, &[2, 8, 2]),
    ]);
    let throughput: [(&[usize], usize); 3] =
        [(&[784, 128, 10], 64), (&[784, 512, 512, 10], 128), (&[64, 32, 10], 32)];
    for (sizes, samples) in throughput {
        let network = network(sizes, Between::Relu, LossKind::CrossEntropy, samples);
        works.push(noise(format!("{}, batches of {samples}", join(sizes)), network, Timed::Throughput));
    }
    let latency: [(&[usize], Between, usize); 3] = [
        (&[6, 64, 8, 4], Between::Relu, 1),
        (&[10, 45, 45, 10], Between::Nothing, 128),
        (&[10, 46, 46, 10], Between::Nothing, 128),
    ];
    for (sizes, between, samples) in latency {
        for timed in [Timed::Step, Timed::Prediction] {
            let network = network(sizes, between, LossKind::Mse, samples);
            let batch = if samples == 1 { "one sample".into() } else { format!("a batch of {samples}") };
            works.push(noise(format!("{}, one {timed}, {batch}", join(sizes)), network, timed));
        }
    }
    works.extend([
        images("lenet-step", "LeNet, one step, a batch of 64".into(), lenet(64), Timed::Step),
        images("lenet-prediction", "LeNet, one prediction, one sample".into(), lenet(1), Timed::Prediction),
        images("cnn-step", "CNN of 8 × 8 pixels, one step, a batch of 32".into(), small_cnn(32), Timed::Step),
        convolution("convolution-32", "Convolution", [32, 14, 14], 1),
        convolution("convolution-64", "Convolution", [64, 8, 8], 1),
        convolution("depthwise-32", "Depthwise convolution", [32, 14, 14], 32),
        sequences(CellKind::Lstm, 64, Timed::Step),
        sequences(CellKind::Gru, 64, Timed::Step),
        sequences(CellKind::Lstm, 1, Timed::Control),
        attention(64, Timed::Step),
        attention(1, Timed::Step),
        attention(1, Timed::Prediction),
    ]);
    works
}

/// Y. LeCun and others' network of 1998 with ReLU and max pooling, as textbooks have it.
fn lenet(samples: usize) -> Network {
    let first = Convolution { channels: 6, kernel: 5, padding: 2, groups: 1, pool: 2 };
    let convolutions = vec![first, Convolution { channels: 16, padding: 0, ..first }];
    let images = Some(Images { shape: [1, 28, 28], convolutions });
    Network { images, ..network(&[400, 120, 84, 10], Between::Relu, LossKind::CrossEntropy, samples) }
}

/// A convolutional network for images as small as those of the digits.
fn small_cnn(samples: usize) -> Network {
    let first = Convolution { channels: 8, kernel: 3, padding: 1, groups: 1, pool: 2 };
    let convolutions = vec![first, Convolution { channels: 16, padding: 0, pool: 1, ..first }];
    let images = Some(Images { shape: [1, 8, 8], convolutions });
    Network { images, ..network(&[64, 10], Between::Relu, LossKind::CrossEntropy, samples) }
}

/// A convolution that keeps the shape of a batch of 32 images.
fn convolution(name: &str, title: &str, shape: [usize; 3], groups: usize) -> Work {
    let of = Convolution { channels: shape[0], kernel: 3, padding: 1, groups, pool: 1 };
    let images = Some(Images { shape, convolutions: vec![of] });
    let outputs = shape.iter().product();
    let network = Network { images, ..network(&[outputs], Between::Nothing, LossKind::Mse, 32) };
    let [channels, height, width] = shape;
    let title =
        format!("{title} of {channels} channels, 3 × 3 on {height} × {width}, all gradients, a batch of 32");
    self::images(name, title, network, Timed::Gradients)
}

fn images(name: &str, title: String, network: Network, timed: Timed) -> Work {
    let work = noise(title, network, timed);
    Work { name: name.into(), group: Group::Images, data: DataKind::Signals, ..work }
}

/// A recurrent layer of 64 units and a linear layer, which sees the last output.
fn sequences(cell: CellKind, samples: usize, timed: Timed) -> Work {
    let name = match cell {
        CellKind::Lstm => "LSTM",
        CellKind::Gru => "GRU",
    };
    let title = if timed == Timed::Control {
        format!(
            "{name} of 64 units in use: one call a step of 28 features, which goes on with the state of the last"
        )
    } else {
        format!("{name} of 64 units over 28 steps of 28 features, one step of SGD, a batch of {samples}")
    };
    let sequences = Some(Sequences { shape: [28, 28], cell });
    let network = network(&[64, 10], Between::Nothing, LossKind::CrossEntropy, samples);
    // With this learning rate ten steps move the loss so far that an error in the gradients of any gate shows.
    let work = noise(title, Network { sequences, rate: 3.0, ..network }, timed);
    Work { name: format!("{cell}-{timed}"), group: Group::Sequences, data: DataKind::Signals, ..work }
}

/// An encoder block, norms first, and a linear layer, which sees the mean of the tokens.
fn attention(samples: usize, timed: Timed) -> Work {
    let batch = if samples == 1 { "one sample".into() } else { format!("a batch of {samples}") };
    let title = format!("Encoder block, 16 tokens of 32 features, 4 heads, one {timed}, {batch}");
    let tokens = Some(Tokens { shape: [16, 32], heads: 4, hidden: 64 });
    let network = network(&[32, 10], Between::Nothing, LossKind::CrossEntropy, samples);
    // With these learning rates ten steps move the loss so far that an error in any gradient shows. One sample is soon learnt.
    let rate = if samples == 1 { 0.02 } else { 1.0 };
    let work = noise(title, Network { tokens, rate, ..network }, timed);
    Work {
        name: format!("attention-{samples}-{timed}"),
        group: Group::Attention,
        data: DataKind::Signals,
        ..work
    }
}

/// Shuffled epochs over many samples.
fn pixels(sizes: &[usize], samples: usize, batch: usize, rule: Rule) -> Work {
    let (label, rate) = match rule {
        Rule::Sgd => ("SGD", 0.01),
        Rule::Adam => ("Adam", 0.001),
    };
    let network = network(sizes, Between::Relu, LossKind::CrossEntropy, samples);
    let shape = format!("{} × {}", thousands(samples), sizes[0]);
    Work {
        name: format!("{}-{rule}-epochs", join(sizes)),
        title: format!("Epochs of {shape}: {}, batches of {batch}, {label}", join(sizes)),
        group: Group::Epochs,
        network: Network { batch, rule, rate, ..network },
        timed: Timed::Epochs,
        data: DataKind::Pixels,
        trials: 1,
        epochs: EPOCHS,
        patience: 0,
    }
}

/// The network of the `digits` example: epochs of one training, or a training to its end for each seed.
fn digits(name: &str, trials: usize, epochs: usize, patience: usize) -> Work {
    let sizes = [64, 64, 10];
    let network = Network {
        dropout: 0.2,
        held_out: HELD_OUT,
        batch: 32,
        rule: Rule::Adam,
        rate: 0.003,
        ..network(&sizes, Between::Relu, LossKind::CrossEntropy, DIGITS)
    };
    let how = format!("{}, batches of 32, Adam, dropout, validation each epoch", join(&sizes));
    let (group, timed, title) = if trials == 1 {
        (Group::Epochs, Timed::Epochs, format!("Epochs of the digits: {how}"))
    } else {
        let stops = format!("at most {epochs} epochs, patience {patience}");
        (Group::Ensembles, Timed::Ensemble, format!("The digits with {trials} seeds: {how}, {stops}"))
    };
    Work { name: name.into(), title, group, network, timed, data: DataKind::Digits, trials, epochs, patience }
}

/// An ensemble that learns to tell two spirals apart.
fn spirals(width: usize, batch: usize, epochs: usize) -> Work {
    let sizes = [2, width, width, 2];
    let network = network(&sizes, Between::Tanh, LossKind::CrossEntropy, SAMPLES);
    let size = format!("{TRIALS} trials × {epochs} epochs × {SAMPLES} samples");
    Work {
        name: format!("spirals-{width}-{batch}"),
        title: format!("Spirals, {}: {size}, batches of {batch}, Adam", join(&sizes)),
        group: Group::Ensembles,
        network: Network { batch, rule: Rule::Adam, ..network },
        timed: Timed::Ensemble,
        data: DataKind::Spirals,
        trials: TRIALS,
        epochs,
        patience: 0,
    }
}

/// The prediction of many samples in one call.
fn many_predictions(samples: usize) -> Work {
    let sizes = [784, 128, 10];
    let title = format!("{}, prediction of {} samples at once", join(&sizes), thousands(samples));
    let network = network(&sizes, Between::Relu, LossKind::CrossEntropy, samples);
    Work { group: Group::Data, data: DataKind::Pixels, ..noise(title, network, Timed::Prediction) }
}

/// A CSV file read into memory; its last column is the target.
fn reading(rows: usize, columns: usize, decimals: usize) -> Work {
    let title = format!("Reading a CSV of {} × {columns} numbers with {decimals} decimals", thousands(rows));
    let network = network(&[columns - 1, 1], Between::Nothing, LossKind::Mse, rows);
    let work = noise(title, network, Timed::Reading);
    Work {
        name: format!("reading-{decimals}"),
        group: Group::Data,
        data: DataKind::Table { decimals },
        ..work
    }
}

fn experiment(name: &str, title: &str, data: DataKind, sizes: &[usize]) -> Work {
    let (loss, reduction) = if data == DataKind::Line {
        (LossKind::Mse, ReductionKind::Mean)
    } else {
        (LossKind::CrossEntropy, ReductionKind::Sum)
    };
    Work {
        name: name.into(),
        title: format!("{title}: {TRIALS} trials × {EPOCHS} epochs × {SAMPLES} samples"),
        group: Group::Experiments,
        network: Network { reduction, ..network(sizes, Between::Tanh, loss, SAMPLES) },
        timed: Timed::Trials,
        data,
        trials: TRIALS,
        epochs: EPOCHS,
        patience: 0,
    }
}

fn noise(title: String, network: Network, timed: Timed) -> Work {
    let name = format!("{}-{timed}", join(&network.sizes));
    let data = DataKind::Noise;
    Work { name, title, group: Group::Steps, network, timed, data, trials: 1, epochs: EPOCHS, patience: 0 }
}

/// A network that descends the mean loss of full batches, by plain gradient descent.
fn network(sizes: &[usize], between: Between, loss: LossKind, samples: usize) -> Network {
    Network {
        images: None,
        sequences: None,
        tokens: None,
        sizes: sizes.to_vec(),
        between,
        dropout: 0.0,
        loss,
        reduction: ReductionKind::Mean,
        samples,
        held_out: 0,
        batch: samples,
        rule: Rule::Sgd,
        rate: 0.01,
    }
}

fn join(sizes: &[usize]) -> String {
    sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join("-")
}

/// Formats a number of thousands, such as `60,000`.
fn thousands(number: usize) -> String {
    format!("{},{:03}", number / 1000, number % 1000)
}

/// XOR with a hidden layer of `width`, to see how the time of a step grows.
pub(super) fn width(width: usize) -> Work {
    let work = experiment("", "", DataKind::Xor, &[2, width, 2]);
    let title = join(&work.network.sizes);
    Work { name: format!("width-{width}"), title, group: Group::Growth, timed: Timed::Step, ..work }
}

/// The XOR experiment as `cargo xtask figures` runs it, to see how its time grows.
pub(super) fn growth() -> Work {
    let work = experiment("growth", "XOR", DataKind::Xor, &[2, 8, 2]);
    Work { group: Group::Growth, timed: Timed::Experiment, ..work }
}

impl Work {
    /// The name of its file. Works on many samples share the file of their network, which is large.
    pub(super) fn file(&self) -> String {
        match self.data {
            DataKind::Pixels => format!("{}-{}.f32", join(&self.network.sizes), self.network.samples),
            DataKind::Table { .. } => format!("{}.csv", self.name),
            _ => format!("{}.f32", self.name),
        }
    }

    /// The job that asks for this work.
    pub(super) fn job(&self, trials: usize, seconds: f64, threads: usize) -> Job {
        Job {
            work: self.name.clone(),
            data: self.file(),
            network: self.network.clone(),
            timed: self.timed,
            trials: if self.timed.all_trials() { trials } else { 1 },
            epochs: self.epochs,
            patience: self.patience,
            seconds,
            threads,
        }
    }
}

/// Whether a test has the time for it: its linear layers are narrow, or it has few samples, and its data are numbers.
#[cfg(test)]
pub(super) fn is_small(work: &Work) -> bool {
    (work.network.sizes[0] < 784 || work.group == Group::Images) && work.timed != Timed::Reading
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_work_has_its_own_name_and_a_job_that_reads_back() {
        for quick in [false, true] {
            let works = all(quick);
            for (index, work) in works.iter().enumerate() {
                assert!(works[..index].iter().all(|other| other.name != work.name), "{} twice", work.name);
                let job = work.job(work.trials, 0.4, 2);
                assert_eq!(job.to_string().parse(), Ok(job));
            }
        }
    }

    #[test]
    fn works_that_share_a_file_have_the_same_data_and_network() {
        let works = all(false);
        for (index, work) in works.iter().enumerate() {
            for other in works[..index].iter().filter(|other| other.file() == work.file()) {
                let drawn = |work: &Work| (work.data, work.network.sizes.clone(), work.network.samples);
                assert_eq!(drawn(work), drawn(other), "{} and {}", work.name, other.name);
            }
        }
        assert_eq!(works[0].title, "Epochs of 60,000 × 784: 784-128-10, batches of 64, SGD");
    }
}
