//! What a training leaves behind.

use nn_core::Scalar;

/// The curves of a training, one value an epoch.
///
/// The training loss is computed *before* the update that it leads to, as in the report's algorithms: with full batches,
/// `loss[0]` is the loss of the initial network. Of mini-batches it is the mean over the epoch's samples, each with the loss
/// of its batch, or the sum of a summed loss. What is measured on validation data is measured after the epoch.
#[derive(Debug, Clone, PartialEq)]
pub struct History<F> {
    /// The training loss, in the reduction of the loss that was trained with.
    pub loss: Vec<F>,
    /// The loss of the validation data; empty without them.
    pub validation: Vec<F>,
    /// Other measures of the validation data, by name.
    pub metrics: Vec<(String, Vec<f64>)>,
    /// The epoch with the lowest validation loss, counted from 0; the first of equals. `None` without validation data, or
    /// if no validation loss was a number.
    pub best: Option<usize>,
    /// Whether early stopping ended the training.
    pub stopped_early: bool,
    /// The epoch, counted from 0, whose weights the network has in the end, if early stopping restored them; `None` if it
    /// has those of the last.
    pub restored: Option<usize>,
}

impl<F: Scalar> History<F> {
    /// Nothing yet, with room for this many epochs, or for a first part of very many: early stopping may end them.
    pub(crate) fn with_capacity(epochs: usize) -> Self {
        const MOST: usize = 1 << 20;
        History {
            loss: Vec::with_capacity(epochs.min(MOST)),
            validation: Vec::new(),
            metrics: Vec::new(),
            best: None,
            stopped_early: false,
            restored: None,
        }
    }

    /// Number of epochs.
    pub fn epochs(&self) -> usize {
        self.loss.len()
    }

    /// The curve of a summed loss per sample: each value divided by `samples`.
    pub fn per_sample(&self, samples: usize) -> Vec<F> {
        let samples = F::from_f64(samples as f64);
        self.loss.iter().map(|&loss| loss / samples).collect()
    }

    /// The measures of this name, one an epoch.
    pub fn metric(&self, name: &str) -> Option<&[f64]> {
        self.metrics.iter().find(|(metric, _)| metric == name).map(|(_, values)| &values[..])
    }
}
