//! The mode in which a network runs: training or inference.

use rand::Rng;

/// Whether a network is being trained or used. Only training carries a random generator, so a layer such as dropout
/// cannot be random by accident at inference.
pub enum Mode<'r> {
    /// Training, with the generator for everything random in it.
    Train(&'r mut dyn Rng),
    /// Inference. The output for a sample depends on that sample alone: on no other of its batch, and on no random number. Predictions
    /// [rely on it](crate::Predictor).
    Eval,
}

impl Mode<'_> {
    /// Returns whether this is [`Mode::Train`].
    pub fn is_train(&self) -> bool {
        matches!(self, Mode::Train(_))
    }

    /// Returns the same mode, for as long as this one is not used.
    pub(crate) fn reborrow(&mut self) -> Mode<'_> {
        match self {
            Mode::Train(rng) => Mode::Train(&mut **rng),
            Mode::Eval => Mode::Eval,
        }
    }
}
