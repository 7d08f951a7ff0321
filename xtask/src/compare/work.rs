//! The works: what every program does, and how each is shown.

use super::job::{Between, Job, Loss, Measure, Network, Reduction};

/// A work, what it is called and what its table says.
#[derive(Debug, Clone)]
pub(super) struct Work {
    /// The name in files and lines.
    pub(super) name: String,
    /// The heading of its table.
    pub(super) title: String,
    pub(super) network: Network,
    pub(super) measure: Measure,
    /// What a program draws its data from.
    pub(super) source: Source,
}

/// Where the data comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The report's regression: points around a random line.
    Line,
    /// The report's linear classification: two clouds.
    Clouds,
    /// The report's non-linear classification.
    Xor,
    /// Normal inputs with random labels or values.
    Noise,
}

/// Trials of an experiment, samples of a trial, epochs.
pub(super) const TRIALS: usize = 100;
const SAMPLES: usize = 200;
pub(super) const EPOCHS: usize = 1000;

/// The works that every program is given, in the order of the document.
pub(super) fn all() -> Vec<Work> {
    let mut works = vec![
        experiment("regression", "Linear regression", Source::Line, &[1, 1]),
        experiment("linear", "Linear classification", Source::Clouds, &[2, 2]),
        experiment("xor", "XOR, 2-8-2", Source::Xor, &[2, 8, 2]),
    ];
    let throughput: [(&[usize], usize); 3] =
        [(&[784, 128, 10], 64), (&[784, 512, 512, 10], 128), (&[64, 32, 10], 32)];
    for (sizes, samples) in throughput {
        let network = network(sizes, Between::Relu, Loss::CrossEntropy, samples);
        works.push(noise(format!("{}, batches of {samples}", join(sizes)), network, Measure::Throughput));
    }
    let latency: [(&[usize], Between, usize); 3] = [
        (&[6, 64, 8, 4], Between::Relu, 1),
        (&[10, 45, 45, 10], Between::Nothing, 128),
        (&[10, 46, 46, 10], Between::Nothing, 128),
    ];
    for (sizes, between, samples) in latency {
        for measure in [Measure::Step, Measure::Prediction] {
            let network = network(sizes, between, Loss::Mse, samples);
            let batch = if samples == 1 { "one sample".into() } else { format!("a batch of {samples}") };
            works.push(noise(format!("{}, one {measure}, {batch}", join(sizes)), network, measure));
        }
    }
    works
}

fn experiment(name: &str, title: &str, source: Source, sizes: &[usize]) -> Work {
    let (loss, reduction) = if source == Source::Line {
        (Loss::Mse, Reduction::Mean)
    } else {
        (Loss::CrossEntropy, Reduction::Sum)
    };
    let network = Network { reduction, ..network(sizes, Between::Tanh, loss, SAMPLES) };
    let title = format!("{title}: {TRIALS} trials × {EPOCHS} epochs × {SAMPLES} samples");
    Work { name: name.into(), title, network, measure: Measure::Trials, source }
}

fn noise(title: String, network: Network, measure: Measure) -> Work {
    let name = format!("{}-{measure}", join(&network.sizes));
    Work { name, title, network, measure, source: Source::Noise }
}

fn network(sizes: &[usize], between: Between, loss: Loss, samples: usize) -> Network {
    Network { sizes: sizes.to_vec(), between, loss, reduction: Reduction::Mean, samples, rate: 0.01 }
}

fn join(sizes: &[usize]) -> String {
    sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join("-")
}

/// XOR with a hidden layer of `width`: how the time of a step grows.
pub(super) fn width(width: usize) -> Work {
    let Work { network, .. } = experiment("", "", Source::Xor, &[2, width, 2]);
    Work {
        name: format!("width-{width}"),
        title: join(&network.sizes),
        network,
        measure: Measure::Step,
        source: Source::Xor,
    }
}

/// The XOR experiment as the figures run it.
pub(super) fn growth() -> Work {
    let work = experiment("growth", "XOR", Source::Xor, &[2, 8, 2]);
    Work { measure: Measure::Experiment, ..work }
}

impl Work {
    /// The file of its data and initial weights.
    pub(super) fn file(&self) -> String {
        format!("{}.f32", self.name)
    }

    /// The job that asks for this work.
    pub(super) fn job(&self, trials: usize, seconds: f64, threads: usize) -> Job {
        Job {
            work: self.name.clone(),
            data: self.file(),
            network: self.network.clone(),
            measure: self.measure,
            trials: if matches!(self.measure, Measure::Trials | Measure::Experiment) { trials } else { 1 },
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
