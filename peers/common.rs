//! What the Rust peers share: reading jobs and data, timing, printing answers. Each includes this file as a module.
//!
//! A program is started with a file of jobs, one line of `key=value` words each (written by `cargo xtask compare`), and
//! answers with one line of `key=value` words for each. The data of a job are in a file beside it: for each trial the
//! inputs, the targets and the weights and biases of the layers, as little-endian f32.

#![allow(dead_code, reason = "each peer includes the file, and none needs all of it")]

use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;

/// The number of steps after which all programs must have the same loss.
const STEPS: usize = 10;

pub struct Job {
    words: String,
    /// Of a sample: channels, height and width; steps or tokens, and features; or the number of features alone.
    pub shape: Vec<usize>,
    /// Convolutions before the linear layers.
    pub convolutions: Vec<Convolution>,
    /// Of the recurrent layer before the linear layers, with as many units as these have inputs.
    pub cell: Option<Cell>,
    /// Of the transformer's layer before the linear layers, which see the mean of its tokens.
    pub encoder: Option<Encoder>,
    /// Of the linear layers. A single number is that of the convolutions' outputs.
    pub sizes: Vec<usize>,
    pub between: Between,
    /// The share of hidden units that are left out after each activation.
    pub dropout: f64,
    pub loss: Loss,
    /// What the mean loss is multiplied by before it is descended: the number of samples if the loss is a sum, otherwise 1.
    pub factor: f64,
    pub samples: usize,
    /// The number of samples to learn from; the others, the last ones, are for validation after each epoch.
    pub trained: usize,
    pub batch: usize,
    pub adam: bool,
    pub rate: f64,
    pub epochs: usize,
    /// The patience of early stopping, or 0.
    pub patience: usize,
    /// A job that measures trials or an ensemble has all of them; others have only the first.
    pub trials: Vec<Numbers>,
}

/// A convolution with stride 1, followed by an activation and perhaps a max pooling.
#[derive(Clone, Copy, Debug)]
pub struct Convolution {
    pub inputs: usize,
    pub channels: usize,
    pub kernel: usize,
    pub padding: usize,
    pub groups: usize,
    /// Size and stride of the pooling, or 1 for none.
    pub pool: usize,
}

impl Convolution {
    /// The shape of the weight, `[outputs, inputs of a group, height, width]`.
    pub fn shape(&self) -> [usize; 4] {
        [self.channels, self.inputs / self.groups, self.kernel, self.kernel]
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell {
    Lstm,
    Gru,
}

/// A layer of a transformer: norms first, max(0, ·) between its linear layers, no dropout.
#[derive(Clone, Copy, Debug)]
pub struct Encoder {
    /// Of a token.
    pub features: usize,
    pub heads: usize,
    /// Between its linear layers.
    pub hidden: usize,
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
    /// For each layer its weight, row-major, and its bias. A weight is `[outputs, inputs]`, that of a convolution
    /// [`Convolution::shape`]; convolutions come first. A recurrent layer counts as two: one for its inputs, one for its output of the
    /// step before; the gates are in PyTorch's order. A transformer's layer counts as six, in PyTorch's order: its attention's
    /// two, `[3 · features, features]` and `[features, features]`, its linear layers, and its norms, `[features]`.
    pub layers: Vec<(Vec<f32>, Vec<f32>)>,
}

impl Numbers {
    pub fn labels(&self) -> Vec<u32> {
        self.targets.iter().map(|&label| label as u32).collect()
    }

    /// Moves the inputs, the weight and the bias of a single layer by the rate times their gradients, which are in the same
    /// order, each divided by its root mean square.
    pub fn descend(&mut self, gradients: [Vec<f32>; 3], rate: f64) {
        let (weight, bias) = &mut self.layers[0];
        for (values, gradient) in [&mut self.inputs, weight, bias].into_iter().zip(gradients) {
            let squares: f64 = gradient.iter().map(|&g| f64::from(g) * f64::from(g)).sum();
            let factor = rate / (squares / gradient.len() as f64).sqrt();
            for (value, g) in values.iter_mut().zip(gradient) {
                *value -= factor as f32 * g;
            }
        }
    }
}

/// Early stopping: whether a validation loss is the least so far, and whether the training ends.
pub struct Stopping {
    patience: usize,
    least: f32,
    waited: usize,
}

impl Stopping {
    /// Looks at the loss of an epoch. Returns whether its weights are the best so far.
    pub fn is_best(&mut self, loss: f32) -> bool {
        let best = loss < self.least;
        self.waited = if best { 0 } else { self.waited + 1 };
        self.least = self.least.min(loss);
        best
    }

    pub fn ends(&self) -> bool {
        self.patience > 0 && self.waited >= self.patience
    }
}

impl Job {
    fn read(line: &str, directory: &Path) -> Self {
        let word = |key: &str| word(line, key);
        let number = |key: &str| word(key).parse::<usize>().expect("a number");
        let numbers = |text: &str, separator: char| -> Vec<usize> {
            text.split(separator).map(|size| size.parse().expect("a size")).collect()
        };
        let sizes = numbers(word("sizes"), '-');
        let shape = find(line, "image").or(find(line, "sequence")).or(find(line, "tokens"));
        let shape = shape.map_or(vec![sizes[0]], |shape| numbers(shape, 'x'));
        let cell = find(line, "cell").map(|cell| if cell == "lstm" { Cell::Lstm } else { Cell::Gru });
        let encoder = find(line, "heads").map(|heads| Encoder {
            features: shape[1],
            heads: heads.parse().expect("a number of heads"),
            hidden: number("hidden"),
        });
        let mut convolutions: Vec<Convolution> = Vec::new();
        for text in find(line, "convolutions").into_iter().flat_map(|words| words.split(',')) {
            let inputs = convolutions.last().map_or(shape[0], |before| before.channels);
            let [channels, kernel, padding, groups, pool] = numbers(text, '-')[..] else {
                panic!("five numbers of a convolution, not {text}")
            };
            convolutions.push(Convolution { inputs, channels, kernel, padding, groups, pool });
        }
        let mut weights: Vec<(usize, usize)> =
            convolutions.iter().map(|of| (of.shape().iter().product(), of.channels)).collect();
        if let Some(cell) = cell {
            let outputs = if cell == Cell::Lstm { 4 } else { 3 } * sizes[0];
            weights.extend([shape[1], sizes[0]].map(|inputs| (inputs * outputs, outputs)));
        }
        if let Some(Encoder { features, hidden, .. }) = encoder {
            let linear =
                [(features, 3 * features), (features, features), (features, hidden), (hidden, features)];
            weights.extend(linear.map(|(inputs, outputs)| (inputs * outputs, outputs)));
            weights.extend([(features, features); 2]);
        }
        weights.extend(sizes.windows(2).map(|pair| (pair[0] * pair[1], pair[1])));
        let samples = number("samples");
        let loss = if word("loss") == "mse" { Loss::Mse } else { Loss::CrossEntropy };
        let bytes = std::fs::read(directory.join(word("data"))).expect("the data beside the jobs");
        let mut values =
            bytes.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]));
        let mut take = |count: usize| values.by_ref().take(count).collect::<Vec<f32>>();
        let outputs = sizes[sizes.len() - 1];
        let trials = (0..number("trials")).map(|_| Numbers {
            inputs: take(samples * shape.iter().product::<usize>()),
            targets: take(if loss == Loss::Mse { samples * outputs } else { samples }),
            layers: weights.iter().map(|&(weight, bias)| (take(weight), take(bias))).collect(),
        });
        Job {
            trials: trials.collect(),
            between: match word("between") {
                "tanh" => Between::Tanh,
                "relu" => Between::Relu,
                _ => Between::Nothing,
            },
            factor: if word("reduction") == "sum" { samples as f64 } else { 1.0 },
            dropout: word("dropout").parse().expect("a share"),
            trained: samples - number("held-out"),
            batch: number("batch"),
            adam: word("rule") == "adam",
            rate: word("rate").parse().expect("a rate"),
            epochs: number("epochs"),
            patience: number("patience"),
            words: line.into(),
            shape,
            convolutions,
            cell,
            encoder,
            sizes,
            loss,
            samples,
        }
    }

    pub fn is(&self, measure: &str) -> bool {
        word(&self.words, "measure") == measure
    }

    /// The number of steps before the loss that is compared; for predictions, that of the initial weights.
    pub fn checked(&self) -> usize {
        if self.is("prediction") || self.is("control") { 0 } else { STEPS }
    }

    /// The samples of a checked step: batches follow each other in the order of the file.
    pub fn rows(&self, step: usize) -> Range<usize> {
        let index = step % (self.trained / self.batch);
        index * self.batch..(index + 1) * self.batch
    }

    pub fn stopping(&self) -> Stopping {
        Stopping { patience: self.patience, least: f32::INFINITY, waited: 0 }
    }

    /// Times `train`, which trains the network of this index to its end and returns the number of epochs.
    pub fn ensemble(&self, loss: f64, trials: usize, train: impl FnMut(usize) -> usize) {
        let clock = Clock::start();
        let epochs: usize = (0..trials).map(train).sum();
        let (wall, cpu) = clock.stop();
        let epochs = (self.patience > 0).then_some(epochs as f64 / trials as f64);
        self.print(loss, (wall, cpu), trials, epochs);
    }

    /// Repeats `once`, which takes long itself, for the job's seconds after a first call to warm up. If the first call takes
    /// as long, it is the measurement.
    pub fn long_window(&self, loss: f64, mut once: impl FnMut()) {
        let clock = Clock::start();
        once();
        let first = clock.stop();
        if first.0 >= self.seconds() {
            return self.answer(loss, first, 1);
        }
        let (clock, mut count) = (Clock::start(), 0);
        while count == 0 || clock.0.elapsed().as_secs_f64() < self.seconds() {
            once();
            count += 1;
        }
        self.answer(loss, clock.stop(), count);
    }

    /// Times `train`, which returns the loss curve of a trial, over all trials.
    pub fn all_trials(&self, mut train: impl FnMut(&Numbers) -> Vec<f32>) {
        let clock = Clock::start();
        let mut total = 0.0;
        for numbers in &self.trials {
            total += f64::from(train(numbers)[STEPS]);
        }
        let time = clock.stop();
        self.answer(total / self.trials.len() as f64, time, self.trials.len());
    }

    /// Repeats `once` for half of the job's seconds to warm up and then for all of them; the clock is read about once a
    /// millisecond.
    pub fn window(&self, loss: f64, mut once: impl FnMut()) {
        let seconds = self.seconds();
        let mut repeat = |seconds: f64, chunk: usize| {
            let (clock, mut count) = (Clock::start(), 0);
            // A busy machine may let the time pass before the first call.
            while count == 0 || clock.0.elapsed() < Duration::from_secs_f64(seconds) {
                (0..chunk).for_each(|_| once());
                count += chunk;
            }
            (clock.stop(), count)
        };
        let ((wall, _), count) = repeat(seconds / 2.0, 1);
        let (time, count) = repeat(seconds, (1e-3 * count as f64 / wall).ceil() as usize);
        self.answer(loss, time, count);
    }

    fn seconds(&self) -> f64 {
        word(&self.words, "seconds").parse().expect("seconds")
    }

    fn answer(&self, loss: f64, time: (f64, f64), count: usize) {
        self.print(loss, time, count, None);
    }

    fn print(&self, loss: f64, (wall, cpu): (f64, f64), count: usize, epochs: Option<f64>) {
        print!("work={} loss={loss} wall={wall} cpu={cpu} count={count}", word(&self.words, "work"));
        if let Some(memory) = peak_memory() {
            print!(" memory={memory}");
        }
        println!("{}", epochs.map_or(String::new(), |epochs| format!(" epochs={epochs}")));
    }
}

/// Peak resident memory since a clock last started, in KiB, if the system reports it.
fn peak_memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Calls `answer` for every job.
pub fn main(version: &str, mut answer: impl FnMut(Job)) {
    let path = std::env::args().nth(1).expect("usage: PROGRAM JOBS");
    let text = std::fs::read_to_string(&path).expect("a file of jobs");
    println!("version={version}");
    for line in text.lines() {
        answer(Job::read(line, Path::new(&path).parent().expect("the jobs lie in a directory")));
    }
}

fn word<'a>(line: &'a str, key: &str) -> &'a str {
    find(line, key).unwrap_or_else(|| panic!("no {key}= in the job"))
}

fn find<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let mut words = line.split_whitespace().filter_map(|word| word.split_once('='));
    Some(words.find(|(name, _)| *name == key)?.1)
}

/// Wall time and CPU time. The peak of the memory starts anew with a clock, if the system can do that.
struct Clock(Instant, ProcessTime);

impl Clock {
    fn start() -> Self {
        let _ = std::fs::write("/proc/self/clear_refs", "5");
        Clock(Instant::now(), ProcessTime::now())
    }

    fn stop(self) -> (f64, f64) {
        (self.0.elapsed().as_secs_f64(), self.1.elapsed().as_secs_f64())
    }
}
