//! What a training leaves behind.

use nn_core::Scalar;

/// The loss of every epoch, each recorded *before* that epoch's update, as in the report's algorithms: `loss[0]` is the
/// loss of the initial network.
#[derive(Debug, Clone, PartialEq)]
pub struct History<F> {
    /// One value an epoch, in the reduction of the loss that was trained with.
    pub loss: Vec<F>,
}

impl<F: Scalar> History<F> {
    /// The curve of a summed loss per sample: each value divided by `samples`.
    pub fn per_sample(&self, samples: usize) -> Vec<F> {
        let samples = F::from_f64(samples as f64);
        self.loss.iter().map(|&loss| loss / samples).collect()
    }
}
