//! What a program is told to do, the same for nn and for every peer: one line of `key=value` words per job.

use std::fmt;
use std::str::FromStr;

use super::images::Images;
use super::line::Line;
use super::sequences::Sequences;
use super::tokens::Tokens;

/// A network, the loss that it descends, and what to time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Job {
    /// The name of the work; the answer repeats it.
    pub(super) work: String,
    /// File of data and initial weights, which lies beside the file of jobs; see [`data`](super::data).
    pub(super) data: String,
    pub(super) network: Network,
    pub(super) timed: Timed,
    /// Number of networks to train, one after another or together; 1 unless all trials are timed.
    pub(super) trials: usize,
    /// Number of passes over the samples in each trial; the largest number with early stopping.
    pub(super) epochs: usize,
    /// The patience of early stopping in epochs, or 0 for none.
    pub(super) patience: usize,
    /// Time for which a shorter work is repeated.
    pub(super) seconds: f64,
    pub(super) threads: usize,
}

/// A network and how it learns.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Network {
    /// The images that it sees and its convolutions, if it has any. The linear layers follow them.
    pub(super) images: Option<Images>,
    /// The sequences that it sees and its recurrent layer, if it has one. The linear layers follow it.
    pub(super) sequences: Option<Sequences>,
    /// The tokens that it sees and its layer of a transformer, if it has one. The linear layers see the mean of its tokens.
    pub(super) tokens: Option<Tokens>,
    /// Number of inputs of the first linear layer, widths of the hidden layers, number of outputs. A single number is that of
    /// the outputs of convolutions alone.
    pub(super) sizes: Vec<usize>,
    pub(super) between: Between,
    /// The share of hidden units that dropout leaves out after each activation.
    pub(super) dropout: f64,
    pub(super) loss: LossKind,
    pub(super) reduction: ReductionKind,
    /// Number of samples in the file.
    pub(super) samples: usize,
    /// Number of samples, the last ones of the file, that are held out for validation after each epoch.
    pub(super) held_out: usize,
    /// Number of samples of one step.
    pub(super) batch: usize,
    pub(super) rule: Rule,
    /// The learning rate η.
    pub(super) rate: f64,
}

/// Defines an enumeration whose values are written as one word each.
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
                    _ => Err(format!("expected one of {}", [$($word),+].join(", "))),
                }
            }
        }
    };
}

words! {
    /// The activation between two linear layers, and after each convolution before them.
    Between { Tanh = "tanh", Relu = "relu", Nothing = "nothing" }
}

words! {
    /// The cell of a recurrent layer. The gates lie in the weights as in PyTorch's: i, f, g, o or r, z, n.
    CellKind { Lstm = "lstm", Gru = "gru" }
}

words! {
    /// The loss that is descended.
    LossKind { Mse = "mse", CrossEntropy = "cross-entropy" }
}

words! {
    /// Whether the descended loss is averaged or summed over the samples. The reported loss is always the average.
    ReductionKind { Mean = "mean", Sum = "sum" }
}

words! {
    /// The rule of the update.
    Rule {
        /// Plain stochastic gradient descent.
        Sgd = "sgd",
        /// Adam with the usual β₁ = 0.9, β₂ = 0.999 and ε = 10⁻⁸.
        Adam = "adam",
    }
}

words! {
    /// What is timed.
    Timed {
        /// Whole epochs of shuffled mini-batches, each followed by its validation.
        Epochs = "epochs",
        /// Training all trials on shuffled mini-batches, as a user trains them.
        Ensemble = "ensemble",
        /// Reading a CSV file into memory. It has a header, the inputs and then the targets in each row.
        Reading = "reading",
        /// Training all trials on full batches, with their loss curves.
        Trials = "trials",
        /// Many steps on one batch. A program may do several in one call.
        Throughput = "throughput",
        /// One step in one call.
        Step = "step",
        /// Forward and backward in one call, without a loss or an update: the targets are ∂L/∂y, and the gradients those of
        /// parameters and inputs.
        Gradients = "gradients",
        /// The output for one batch, in one call.
        Prediction = "prediction",
        /// The output for one step of a single sequence, in one call that goes on with the state of the call before.
        Control = "control",
        /// The whole XOR experiment as the figures run it, with its data drawn. Only nn is given this job.
        Experiment = "experiment",
    }
}

impl Timed {
    /// Whether all trials are timed together.
    pub(super) fn all_trials(self) -> bool {
        matches!(self, Timed::Ensemble | Timed::Trials | Timed::Experiment)
    }
}

impl Network {
    /// Number of samples that it learns from.
    pub(super) fn trained(&self) -> usize {
        self.samples - self.held_out
    }

    /// Number of values of a sample.
    pub(super) fn inputs(&self) -> usize {
        self.shape().iter().product()
    }

    /// Shape of a sample.
    pub(super) fn shape(&self) -> &[usize] {
        match (&self.images, &self.sequences, &self.tokens) {
            (Some(images), ..) => &images.shape,
            (_, Some(sequences), _) => &sequences.shape,
            (.., Some(tokens)) => &tokens.shape,
            _ => &self.sizes[..1],
        }
    }

    /// The shape of each layer's weight, whose first axis counts its biases as well.
    pub(super) fn weights(&self) -> Vec<Vec<usize>> {
        let convolutions = self.images.iter().flat_map(Images::weights);
        let recurrent = self.sequences.iter().flat_map(|sequences| sequences.weights(self.sizes[0]));
        let attentive = self.tokens.iter().flat_map(Tokens::weights);
        let linear = self.sizes.windows(2).map(|pair| vec![pair[1], pair[0]]);
        convolutions.chain(recurrent).chain(attentive).chain(linear).collect()
    }
}

impl Job {
    /// Number of values in a trial's inputs.
    pub(super) fn inputs(&self) -> usize {
        self.network.samples * self.network.inputs()
    }

    /// Number of a trial's targets: values, or one label per sample.
    pub(super) fn targets(&self) -> usize {
        match self.network.loss {
            LossKind::Mse => self.network.samples * self.network.sizes[self.network.sizes.len() - 1],
            LossKind::CrossEntropy => self.network.samples,
        }
    }

    /// Number of a trial's weights and biases.
    pub(super) fn parameters(&self) -> usize {
        self.network.weights().iter().map(|shape| shape.iter().product::<usize>() + shape[0]).sum()
    }
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Network {
            images,
            sequences,
            tokens,
            sizes,
            between,
            dropout,
            loss,
            reduction,
            samples,
            held_out,
            batch,
            rule,
            rate,
        } = &self.network;
        let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
        write!(f, "work={} data={} ", self.work, self.data)?;
        images.as_ref().map_or(Ok(()), |images| write!(f, "{images} "))?;
        sequences.map_or(Ok(()), |sequences| write!(f, "{sequences} "))?;
        tokens.map_or(Ok(()), |tokens| write!(f, "{tokens} "))?;
        write!(f, "sizes={} between={between} ", sizes.join("-"))?;
        write!(
            f,
            "dropout={dropout} loss={loss} reduction={reduction} samples={samples} held-out={held_out} "
        )?;
        write!(f, "batch={batch} rule={rule} rate={rate} measure={} trials={} ", self.timed, self.trials)?;
        write!(f, "epochs={} patience={} ", self.epochs, self.patience)?;
        write!(f, "seconds={} threads={}", self.seconds, self.threads)
    }
}

impl FromStr for Job {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let words = Line(line);
        let sizes: String = words.get("sizes")?;
        let sizes: Result<Vec<usize>, _> = sizes.split('-').map(str::parse).collect();
        Ok(Job {
            work: words.get("work")?,
            data: words.get("data")?,
            network: Network {
                images: Images::read(&words)?,
                sequences: Sequences::read(&words)?,
                tokens: Tokens::read(&words)?,
                sizes: sizes.map_err(|_| format!("expected sizes such as 2-8-2 in '{line}'"))?,
                between: words.get("between")?,
                dropout: words.get("dropout")?,
                loss: words.get("loss")?,
                reduction: words.get("reduction")?,
                samples: words.get("samples")?,
                held_out: words.get("held-out")?,
                batch: words.get("batch")?,
                rule: words.get("rule")?,
                rate: words.get("rate")?,
            },
            timed: words.get("measure")?,
            trials: words.get("trials")?,
            epochs: words.get("epochs")?,
            patience: words.get("patience")?,
            seconds: words.get("seconds")?,
            threads: words.get("threads")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spirals() -> Job {
        Job {
            work: "spirals".into(),
            data: "spirals.f32".into(),
            network: Network {
                images: None,
                sequences: None,
                tokens: None,
                sizes: vec![2, 8, 2],
                between: Between::Tanh,
                dropout: 0.2,
                loss: LossKind::CrossEntropy,
                reduction: ReductionKind::Sum,
                samples: 250,
                held_out: 50,
                batch: 40,
                rule: Rule::Adam,
                rate: 0.01,
            },
            timed: Timed::Ensemble,
            trials: 100,
            epochs: 1000,
            patience: 5,
            seconds: 0.4,
            threads: 2,
        }
    }

    #[test]
    fn a_job_reads_back_the_same() {
        let line = spirals().to_string();
        assert_eq!(
            line,
            "work=spirals data=spirals.f32 sizes=2-8-2 between=tanh dropout=0.2 loss=cross-entropy reduction=sum \
             samples=250 held-out=50 batch=40 rule=adam rate=0.01 measure=ensemble trials=100 epochs=1000 \
             patience=5 seconds=0.4 threads=2"
        );
        assert_eq!(line.parse(), Ok(spirals()));
    }

    #[test]
    fn a_job_that_cannot_be_read_says_which_word() {
        let line = spirals().to_string();
        let error = |line: String| line.parse::<Job>().unwrap_err();
        assert!(error(line.replace("work=spirals ", "")).starts_with("expected work=…, found 'data="));
        assert!(error(line.replace("epochs=1000", "epochs=many")).starts_with("cannot read epochs=many in"));
        let sine = error(line.replace("tanh", "sine"));
        assert!(sine.starts_with("cannot read between=sine in"), "{sine}");
        assert!(sine.ends_with(": expected one of tanh, relu, nothing"), "{sine}");
        assert!(error(line.replace("2-8-2", "2-x-2")).starts_with("expected sizes such as 2-8-2 in"));
    }

    #[test]
    fn sizes_of_data_and_parameters() {
        let job = spirals();
        assert_eq!((job.inputs(), job.targets(), job.parameters()), (500, 250, 42));
        let mse = Network { loss: LossKind::Mse, ..job.network.clone() };
        assert_eq!(Job { network: mse, ..job }.targets(), 500);
    }
}
