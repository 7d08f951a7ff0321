//! Weights of samples.

use std::fmt::Display;

use nn_core::Scalar;
use nn_core::lanes::{LANES, Lanes};

use crate::LossError;
use crate::target::shape;

/// One weight for each sample, as kernels read them: sixteen at a time.
#[derive(Clone, Copy)]
pub(crate) struct SampleWeights<'a>(pub(crate) &'a [f64]);

impl SampleWeights<'_> {
    /// The weights without those of the first blocks of samples.
    pub(crate) fn skip_blocks(self, count: usize) -> Self {
        SampleWeights(&self.0[count * LANES..])
    }

    /// The weights of a block of samples. Those of padding are 0.
    #[inline(always)]
    pub(crate) fn block<F: Scalar>(self, block: usize) -> Lanes<F> {
        let mut lanes = [F::ZERO; LANES];
        for (lane, &weight) in lanes.iter_mut().zip(&self.0[block * LANES..]) {
            *lane = F::from_f64(weight);
        }
        Lanes(lanes)
    }

    /// The sum of all weights.
    pub(crate) fn sum(self) -> f64 {
        self.0.iter().sum()
    }

    /// Checks that there is one weight for each sample of an output.
    pub(crate) fn check_count(self, loss: &dyn Display, output: &[usize]) -> Result<(), LossError> {
        let samples = output.first().copied().unwrap_or(0);
        if self.0.len() == samples {
            return Ok(());
        }
        let expected = format!("{samples} weights, one for each sample");
        Err(shape(loss, &expected, self.0.len().to_string()))
    }

    /// Checks the weights themselves, as the precision `F` sees them.
    pub(crate) fn check_values<F: Scalar>(self, loss: &dyn Display) -> Result<(), LossError> {
        let wrong = |weight: &f64| !(F::from_f64(*weight).is_finite() && *weight >= 0.0);
        match self.0.iter().position(wrong) {
            None => Ok(()),
            Some(sample) => {
                let (loss, found) = (loss.to_string(), self.0[sample].to_string());
                Err(LossError::Weight { loss, sample, found })
            }
        }
    }
}
