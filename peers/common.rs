//! What the Rust peers share: reading jobs and data, timing, printing answers. Each includes this file as a module.
//!
//! A program is started with a file of jobs, one line of `key=value` words each (written by `cargo xtask compare`), and
//! answers with one line of `key=value` words for each. The data of a job are in a file beside it: for each trial the
//! inputs, the targets and the weights and biases of the layers, as little-endian f32.

use std::path::Path;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;

/// The number of steps after which all programs must have the same loss.
const CHECKED: usize = 10;

pub struct Job {
    words: String,
    pub sizes: Vec<usize>,
    pub between: Between,
    pub loss: Loss,
    /// What the mean loss is multiplied by before it is descended: the number of samples if the loss is a sum, otherwise 1.
    pub factor: f64,
    pub samples: usize,
    pub rate: f64,
    pub steps: usize,
    /// A job that measures trials has all of them; others have only the first.
    pub trials: Vec<Numbers>,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Between {
    Tanh,
    Relu,
    Nothing,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Loss {
    Mse,
    CrossEntropy,
}

/// One trial's data and initial weights.
pub struct Numbers {
    /// Row-major, one row per sample.
    pub inputs: Vec<f32>,
    /// Row-major values, or one label per sample.
    pub targets: Vec<f32>,
    /// For each layer its weight, `[outputs, inputs]` row-major, and its bias.
    pub layers: Vec<(Vec<f32>, Vec<f32>)>,
}

impl Numbers {
    pub fn labels(&self) -> Vec<u32> {
        self.targets.iter().map(|&label| label as u32).collect()
    }
}

impl Job {
    fn read(line: &str, directory: &Path) -> Self {
        let word = |key: &str| word(line, key);
        let number = |key: &str| word(key).parse::<usize>().expect("a number");
        let sizes: Vec<usize> = word("sizes").split('-').map(|size| size.parse().expect("a size")).collect();
        let samples = number("samples");
        let loss = if word("loss") == "mse" { Loss::Mse } else { Loss::CrossEntropy };
        let bytes = std::fs::read(directory.join(word("data"))).expect("the data beside the jobs");
        let mut numbers =
            bytes.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]));
        let mut take = |count: usize| numbers.by_ref().take(count).collect::<Vec<f32>>();
        let outputs = sizes[sizes.len() - 1];
        let trials = (0..number("trials")).map(|_| Numbers {
            inputs: take(samples * sizes[0]),
            targets: take(if loss == Loss::Mse { samples * outputs } else { samples }),
            layers: sizes.windows(2).map(|pair| (take(pair[0] * pair[1]), take(pair[1]))).collect(),
        });
        Job {
            trials: trials.collect(),
            between: match word("between") {
                "tanh" => Between::Tanh,
                "relu" => Between::Relu,
                _ => Between::Nothing,
            },
            factor: if word("reduction") == "sum" { samples as f64 } else { 1.0 },
            rate: word("rate").parse().expect("a rate"),
            steps: number("steps"),
            words: line.into(),
            sizes,
            loss,
            samples,
        }
    }

    pub fn is(&self, measure: &str) -> bool {
        word(&self.words, "measure") == measure
    }

    /// The number of steps before the loss that is compared; for a prediction, that of the initial weights.
    pub fn checked(&self) -> usize {
        if self.is("prediction") { 0 } else { CHECKED }
    }

    /// Times `train`, which returns the loss curve of a trial, over all trials.
    pub fn all_trials(&self, mut train: impl FnMut(&Numbers) -> Vec<f32>) {
        let clock = Clock::start();
        let mut total = 0.0;
        for numbers in &self.trials {
            total += f64::from(train(numbers)[CHECKED]);
        }
        let time = clock.stop();
        self.answer(total / self.trials.len() as f64, time, self.trials.len());
    }

    /// Repeats `once` for half of the job's seconds to warm up and then for all of them; the clock is read about once a
    /// millisecond.
    pub fn window(&self, loss: f64, mut once: impl FnMut()) {
        let seconds: f64 = word(&self.words, "seconds").parse().expect("seconds");
        let mut repeat = |seconds: f64, chunk: usize| {
            let (clock, mut count) = (Clock::start(), 0);
            while clock.0.elapsed() < Duration::from_secs_f64(seconds) {
                (0..chunk).for_each(|_| once());
                count += chunk;
            }
            (clock.stop(), count)
        };
        let ((wall, _), count) = repeat(seconds / 2.0, 1);
        let (time, count) = repeat(seconds, (1e-3 * count as f64 / wall).ceil() as usize);
        self.answer(loss, time, count);
    }

    fn answer(&self, loss: f64, (wall, cpu): (f64, f64), count: usize) {
        println!("work={} loss={loss} wall={wall} cpu={cpu} count={count}", word(&self.words, "work"));
    }
}

/// Calls `answer` for every job.
pub fn main(version: &str, mut answer: impl FnMut(&Job)) {
    let path = std::env::args().nth(1).expect("usage: PROGRAM JOBS");
    let text = std::fs::read_to_string(&path).expect("a file of jobs");
    println!("version={version}");
    for line in text.lines() {
        answer(&Job::read(line, Path::new(&path).parent().expect("the jobs lie in a directory")));
    }
}

fn word<'a>(line: &'a str, key: &str) -> &'a str {
    let mut words = line.split_whitespace().filter_map(|word| word.split_once('='));
    words.find(|(name, _)| *name == key).unwrap_or_else(|| panic!("no {key}= in the job")).1
}

/// Wall time and CPU time.
struct Clock(Instant, ProcessTime);

impl Clock {
    fn start() -> Self {
        Clock(Instant::now(), ProcessTime::now())
    }

    fn stop(self) -> (f64, f64) {
        (self.0.elapsed().as_secs_f64(), self.1.elapsed().as_secs_f64())
    }
}
