//! The works that every program does.

use super::job::{Between, Job, LossKind, Network, ReductionKind, Timed};

/// A work: its names, and what a program does and times.
#[derive(Debug, Clone)]
pub(super) struct Work {
    /// The name in files and lines.
    pub(super) name: String,
    /// The heading of its table.
    pub(super) title: String,
    pub(super) network: Network,
    pub(super) timed: Timed,
    /// The kind of data that the network learns.
    pub(super) data: DataKind,
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
}

/// Number of trials of an experiment.
pub(super) const TRIALS: usize = 100;
/// Number of samples of a trial.
const SAMPLES: usize = 200;
/// Number of epochs of a trial.
const EPOCHS: usize = 1000;

/// The works in the order of the document.
pub(super) fn all() -> Vec<Work> {
    let mut works = vec![
        experiment("regression", "Linear regression", DataKind::Line, &[1, 1]),
        experiment("linear", "Linear classification", DataKind::Clouds, &[2, 2]),
        experiment("xor", "XOR, 2-8-2", DataKind::Xor, &[2, 8, 2]),
    ];
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
    works
}

fn experiment(name: &str, title: &str, data: DataKind, sizes: &[usize]) -> Work {
    let (loss, reduction) = if data == DataKind::Line {
        (LossKind::Mse, ReductionKind::Mean)
    } else {
        (LossKind::CrossEntropy, ReductionKind::Sum)
    };
    let network = Network { reduction, ..network(sizes, Between::Tanh, loss, SAMPLES) };
    let title = format!("{title}: {TRIALS} trials × {EPOCHS} epochs × {SAMPLES} samples");
    Work { name: name.into(), title, network, timed: Timed::Trials, data }
}

fn noise(title: String, network: Network, timed: Timed) -> Work {
    let name = format!("{}-{timed}", join(&network.sizes));
    Work { name, title, network, timed, data: DataKind::Noise }
}

fn network(sizes: &[usize], between: Between, loss: LossKind, samples: usize) -> Network {
    Network { sizes: sizes.to_vec(), between, loss, reduction: ReductionKind::Mean, samples, rate: 0.01 }
}

fn join(sizes: &[usize]) -> String {
    sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join("-")
}

/// XOR with a hidden layer of `width`, to see how the time of a step grows.
pub(super) fn width(width: usize) -> Work {
    let Work { network, .. } = experiment("", "", DataKind::Xor, &[2, width, 2]);
    Work {
        name: format!("width-{width}"),
        title: join(&network.sizes),
        network,
        timed: Timed::Step,
        data: DataKind::Xor,
    }
}

/// The XOR experiment as `cargo xtask figures` runs it, to see how its time grows.
pub(super) fn growth() -> Work {
    let work = experiment("growth", "XOR", DataKind::Xor, &[2, 8, 2]);
    Work { timed: Timed::Experiment, ..work }
}

impl Work {
    /// The name of the file of its data and initial weights.
    pub(super) fn file(&self) -> String {
        format!("{}.f32", self.name)
    }

    /// The job that asks for this work.
    pub(super) fn job(&self, trials: usize, seconds: f64, threads: usize) -> Job {
        Job {
            work: self.name.clone(),
            data: self.file(),
            network: self.network.clone(),
            timed: self.timed,
            trials: if matches!(self.timed, Timed::Trials | Timed::Experiment) { trials } else { 1 },
            steps: EPOCHS,
            seconds,
            threads,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_work_has_its_own_name_and_a_job_that_reads_back() {
        let works = all();
        for (index, work) in works.iter().enumerate() {
            assert!(works[..index].iter().all(|other| other.name != work.name), "{} twice", work.name);
            let job = work.job(TRIALS, 0.4, 2);
            assert_eq!(job.to_string().parse(), Ok(job));
        }
    }
}
