//! The report of one epoch.

use std::fmt;

use nn_core::Scalar;

/// One epoch of a training, for observers. `Display` prints it as a line of a log:
/// `epoch  12  loss 1.2340e-1  validation 2.3450e-1  accuracy 0.9310  (best)`, with epochs counted from 1, and with `training
/// accuracy 0.9650` before the validation loss if metrics are measured on the training data.
#[derive(Debug, Clone, PartialEq)]
pub struct EpochReport<F> {
    /// The index of the epoch, counted from 0.
    pub index: usize,
    /// The number of epochs set in the trainer.
    pub of: usize,
    /// The training loss.
    pub loss: F,
    /// The validation loss, if there are validation data.
    pub validation: Option<F>,
    /// Whether this is the best epoch so far, as [`History::best`](crate::History::best) has it.
    pub best: bool,
    /// The metrics of the validation data, by name.
    pub metrics: Vec<(String, f64)>,
    /// The metrics of the training data, by name, if they are [measured](crate::Trainer::training_metrics).
    pub training_metrics: Vec<(String, f64)>,
    /// The learning rate of the epoch's last step.
    pub learning_rate: f64,
}

impl<F: Scalar> fmt::Display for EpochReport<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.of.to_string().len();
        write!(f, "epoch {:>width$}  loss {:.4e}", self.index + 1, self.loss.to_f64())?;
        for (name, value) in &self.training_metrics {
            write!(f, "  training {name} {value:.4}")?;
        }
        if let Some(validation) = self.validation {
            write!(f, "  validation {:.4e}", validation.to_f64())?;
        }
        for (name, value) in &self.metrics {
            write!(f, "  {name} {value:.4}")?;
        }
        if self.best { f.write_str("  (best)") } else { Ok(()) }
    }
}
