//! The loss of an epoch.

use nn_core::Scalar;
use nn_loss::Reduction;

/// The loss of an epoch, from those of its batches: the sum for a summed loss, otherwise the mean over samples. With weights
/// of classes or samples each batch is divided by its own sum of weights, so the mean differs from that of one full batch, as
/// in PyTorch's usual loop.
pub(super) struct EpochLoss {
    reduction: Reduction,
    total: f64,
    samples: usize,
    batches: usize,
    last: f64,
}

impl EpochLoss {
    pub(super) fn new(reduction: Reduction) -> Self {
        EpochLoss { reduction, total: 0.0, samples: 0, batches: 0, last: 0.0 }
    }

    pub(super) fn add<F: Scalar>(&mut self, value: F, samples: usize) {
        self.last = value.to_f64();
        self.total += match self.reduction {
            Reduction::Sum => self.last,
            _ => self.last * samples as f64,
        };
        self.samples += samples;
        self.batches += 1;
    }

    pub(super) fn value<F: Scalar>(&self) -> F {
        F::from_f64(match self.reduction {
            _ if self.batches == 1 => self.last,
            Reduction::Sum => self.total,
            _ => self.total / self.samples as f64,
        })
    }
}
