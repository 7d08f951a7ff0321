//! The record of a training.

mod csv;
mod json;

use nn_core::Scalar;

/// The curves of a training, one value per epoch.
///
/// The training loss is computed *before* the update, as in the report's algorithms: with full batches, `loss[0]` is the
/// loss of the initial network. With mini-batches it is the mean over the epoch's samples, each counted with the loss of
/// its batch; a summed loss is added up over the batches. Validation data are measured after the epoch.
///
/// [`save_csv`](History::save_csv) and [`save_json`](History::save_json) write it to a file.
#[derive(Debug, Clone, PartialEq)]
pub struct History<F> {
    /// The training loss, reduced (mean or sum) as the loss function says.
    pub loss: Vec<F>,
    /// The validation loss; empty without validation data.
    pub validation: Vec<F>,
    /// The metrics of the validation data, by name; empty without validation data.
    pub metrics: Vec<(String, Vec<f64>)>,
    /// The metrics of the training data, measured after the epoch, by name; empty unless they are
    /// [wanted](crate::Trainer::training_metrics).
    pub training_metrics: Vec<(String, Vec<f64>)>,
    /// The epoch with the lowest validation loss, or the best by the criterion of [early stopping](crate::EarlyStopping), counted
    /// from 0; the first one in case of a tie. `None` without validation data, or if every value of the criterion is infinite
    /// or NaN.
    pub best: Option<usize>,
    /// Whether early stopping ended the training.
    pub stopped_early: bool,
    /// The epoch, counted from 0, whose weights early stopping restored at the end; `None` if the network has those of the
    /// last epoch.
    pub restored: Option<usize>,
    /// The number of steps that were left out because their loss or gradient was infinite or NaN, if the trainer
    /// [looks for them](crate::Trainer::on_non_finite).
    pub skipped_steps: usize,
    /// Whether the trained network has a parameter or an output that is infinite or NaN. This is found at the end of the
    /// training, because no recorded training loss shows what the last update did.
    pub diverged: bool,
}

impl<F: Scalar> History<F> {
    /// Creates an empty history with memory for this many epochs, up to a limit, because early stopping may end the training
    /// sooner.
    pub(crate) fn with_capacity(epochs: usize) -> Self {
        const MOST: usize = 1 << 20;
        History {
            loss: Vec::with_capacity(epochs.min(MOST)),
            validation: Vec::new(),
            metrics: Vec::new(),
            training_metrics: Vec::new(),
            best: None,
            stopped_early: false,
            restored: None,
            skipped_steps: 0,
            diverged: false,
        }
    }

    /// Takes memory for as many validation losses as there will be training losses, if there will be any.
    pub(crate) fn and_validation(mut self, will_be: bool) -> Self {
        if will_be {
            self.validation.reserve(self.loss.capacity());
        }
        self
    }

    /// Returns the number of epochs.
    pub fn epochs(&self) -> usize {
        self.loss.len()
    }

    /// Turns the training losses of a summed loss into losses per sample: each is divided by `samples`. Everything else stays.
    #[must_use]
    pub fn per_sample(mut self, samples: usize) -> Self {
        let samples = F::from_f64(samples as f64);
        self.loss.iter_mut().for_each(|loss| *loss /= samples);
        self
    }

    /// Returns the values of the metric of this name, measured on the validation data, one per epoch.
    pub fn metric(&self, name: &str) -> Option<&[f64]> {
        find(&self.metrics, name)
    }

    /// Returns the values of the metric of this name, measured on the training data, one per epoch.
    pub fn training_metric(&self, name: &str) -> Option<&[f64]> {
        find(&self.training_metrics, name)
    }
}

fn find<'c>(curves: &'c [(String, Vec<f64>)], name: &str) -> Option<&'c [f64]> {
    curves.iter().find(|(metric, _)| metric == name).map(|(_, values)| &values[..])
}
