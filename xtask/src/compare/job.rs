//! What a program is told to do: one line of `key=value` words, the same for nn and for every peer.

use std::fmt;
use std::str::FromStr;

/// A network, the loss it descends, and what of it to time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Job {
    /// The name of the work; the answer repeats it.
    pub(super) work: String,
    /// File of data and initial weights beside the file of jobs, see [`data`](super::data).
    pub(super) data: String,
    pub(super) network: Network,
    pub(super) measure: Measure,
    /// Networks to train, one after another or together; 1 unless all trials are measured.
    pub(super) trials: usize,
    /// Updates of each trial.
    pub(super) steps: usize,
    /// How long to repeat what is shorter than that.
    pub(super) seconds: f64,
    pub(super) threads: usize,
}

/// A network and how it learns.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Network {
    /// Inputs, hidden widths, outputs.
    pub(super) sizes: Vec<usize>,
    pub(super) between: Between,
    pub(super) loss: Loss,
    pub(super) reduction: Reduction,
    /// Samples of one step.
    pub(super) samples: usize,
    /// η.
    pub(super) rate: f64,
}

/// Defines an enumeration whose values are written as one word.
macro_rules! words {
    ($(#[$doc:meta])* $Name:ident { $($(#[$variant_doc:meta])* $Variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum $Name { $($(#[$variant_doc])* $Variant),+ }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $($Name::$Variant => $word),+ })
            }
        }

        impl FromStr for $Name {
            type Err = String;
            fn from_str(word: &str) -> Result<Self, String> {
                match word {
                    $($word => Ok($Name::$Variant),)+
                    _ => Err(format!("'{word}' is none of {}", [$($word),+].join(", "))),
                }
            }
        }
    };
}

words! {
    /// What lies between two linear layers.
    Between { Tanh = "tanh", Relu = "relu", Nothing = "nothing" }
}

words! {
    /// What is descended.
    Loss { Mse = "mse", CrossEntropy = "cross-entropy" }
}

words! {
    /// Whether the descended loss is averaged over the samples or added up. What is reported is always the average.
    Reduction { Mean = "mean", Sum = "sum" }
}

words! {
    /// What is timed.
    Measure {
        /// Training all trials, loss curves kept.
        Trials = "trials",
        /// Many steps on one batch; a program may do several in one call.
        Throughput = "throughput",
        /// One step in one call.
        Step = "step",
        /// The output for one batch, in one call.
        Prediction = "prediction",
        /// The whole XOR experiment as the figures run it, data drawn inside; only nn is asked for it.
        Experiment = "experiment",
    }
}

impl Job {
    /// Numbers in a trial's inputs.
    pub(super) fn inputs(&self) -> usize {
        self.network.samples * self.network.sizes[0]
    }

    /// Numbers in a trial's targets: values, or one label a sample.
    pub(super) fn targets(&self) -> usize {
        match self.network.loss {
            Loss::Mse => self.network.samples * self.network.sizes[self.network.sizes.len() - 1],
            Loss::CrossEntropy => self.network.samples,
        }
    }

    /// Numbers in a trial's weights and biases.
    pub(super) fn parameters(&self) -> usize {
        self.network.sizes.windows(2).map(|pair| (pair[0] + 1) * pair[1]).sum()
    }
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Network { sizes, between, loss, reduction, samples, rate } = &self.network;
        let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
        write!(f, "work={} data={} sizes={} between={between} ", self.work, self.data, sizes.join("-"))?;
        write!(f, "loss={loss} reduction={reduction} samples={samples} rate={rate} ")?;
        write!(f, "measure={} trials={} steps={} ", self.measure, self.trials, self.steps)?;
        write!(f, "seconds={} threads={}", self.seconds, self.threads)
    }
}

impl FromStr for Job {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let words = Words(line);
        let size = |text: &str| text.parse().map_err(|_| format!("'{text}' is no size"));
        Ok(Job {
            work: words.get("work")?,
            data: words.get("data")?,
            network: Network {
                sizes: words.get::<String>("sizes")?.split('-').map(size).collect::<Result<_, _>>()?,
                between: words.get("between")?,
                loss: words.get("loss")?,
                reduction: words.get("reduction")?,
                samples: words.get("samples")?,
                rate: words.get("rate")?,
            },
            measure: words.get("measure")?,
            trials: words.get("trials")?,
            steps: words.get("steps")?,
            seconds: words.get("seconds")?,
            threads: words.get("threads")?,
        })
    }
}

/// A line of `key=value` words.
pub(super) struct Words<'a>(pub(super) &'a str);

impl Words<'_> {
    /// The value of `key`.
    pub(super) fn get<T: FromStr>(&self, key: &str) -> Result<T, String> {
        self.find(key)?.ok_or_else(|| format!("no {key}= in '{}'", self.0))
    }

    /// The value of `key`, if it is there.
    pub(super) fn find<T: FromStr>(&self, key: &str) -> Result<Option<T>, String> {
        let mut words = self.0.split_whitespace().filter_map(|word| word.split_once('='));
        let Some((_, value)) = words.find(|(name, _)| *name == key) else { return Ok(None) };
        value.parse().map(Some).map_err(|_| format!("cannot read {key}={value} in '{}'", self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn xor() -> Job {
        Job {
            work: "xor".into(),
            data: "xor.f32".into(),
            network: Network {
                sizes: vec![2, 8, 2],
                between: Between::Tanh,
                loss: Loss::CrossEntropy,
                reduction: Reduction::Sum,
                samples: 200,
                rate: 0.01,
            },
            measure: Measure::Trials,
            trials: 100,
            steps: 1000,
            seconds: 0.4,
            threads: 2,
        }
    }

    #[test]
    fn a_job_reads_back_the_same() {
        let line = xor().to_string();
        assert_eq!(
            line,
            "work=xor data=xor.f32 sizes=2-8-2 between=tanh loss=cross-entropy reduction=sum samples=200 \
             rate=0.01 measure=trials trials=100 steps=1000 seconds=0.4 threads=2"
        );
        assert_eq!(line.parse(), Ok(xor()));
    }

    #[test]
    fn a_job_that_cannot_be_read_says_which_word() {
        let line = xor().to_string();
        let error = |line: String| line.parse::<Job>().unwrap_err();
        assert!(error(line.replace("work=xor ", "")).starts_with("no work= in 'data="));
        assert!(error(line.replace("steps=1000", "steps=many")).starts_with("cannot read steps=many in"));
        assert!(error(line.replace("tanh", "sine")).starts_with("cannot read between=sine in"));
        assert_eq!(error(line.replace("2-8-2", "2-x-2")), "'x' is no size");
    }

    #[test]
    fn sizes_of_data_and_parameters() {
        let job = xor();
        assert_eq!((job.inputs(), job.targets(), job.parameters()), (400, 200, 42));
        let mse = Network { loss: Loss::Mse, ..job.network.clone() };
        assert_eq!(Job { network: mse, ..job }.targets(), 400);
    }
}
