//! The losses of the passes over the data.

use nn_core::rand::Rng;
use nn_core::{Module, Scalar, Workspace};
use nn_loss::CrossEntropyLoss;
use nn_train::optim::Objective;
use nn_train::{Step, TrainError};

use super::super::classification::LabelledPoints;

/// The summed cross-entropy of a data set as a function of a network's parameters. Records the value of every evaluation.
pub(super) struct Passes<'a, F> {
    step: Step<F>,
    data: &'a LabelledPoints<F>,
    rng: &'a mut dyn Rng,
    losses: Vec<F>,
}

impl<'a, F: Scalar> Passes<'a, F> {
    pub(super) fn plan(
        network: &dyn Module<F>,
        data: &'a LabelledPoints<F>,
        rng: &'a mut dyn Rng,
    ) -> Result<Self, TrainError> {
        let step = Step::plan(network, &CrossEntropyLoss::sum(), data.x(), data.y())?;
        Ok(Passes { step, data, rng, losses: Vec::new() })
    }

    /// Returns the loss per sample of each pass.
    pub(super) fn losses(self) -> Vec<F> {
        let samples = F::from_f64(self.data.samples() as f64);
        self.losses.into_iter().map(|loss| loss / samples).collect()
    }

    /// Returns the lowest loss per sample up to each pass, because the guesses of a line search may be worse than the point
    /// where it stands. A training that ended before `passes` keeps its last loss.
    pub(super) fn lowest_so_far(self, passes: usize) -> Vec<F> {
        let mut losses = self.losses();
        let last = losses[losses.len() - 1];
        losses.resize(passes, last);
        for pass in 1..passes {
            // This comparison passes over NaN.
            let is_lower = losses[pass] < losses[pass - 1];
            losses[pass] = if is_lower { losses[pass] } else { losses[pass - 1] };
        }
        losses
    }
}

impl<F: Scalar> Objective<F> for Passes<'_, F> {
    fn evaluate(&mut self, network: &dyn Module<F>) -> F {
        let (x, y) = (self.data.x(), self.data.y());
        let value = self.step.run(network, &CrossEntropyLoss::sum(), x, y, self.rng);
        let value = value.expect("the data are those that were planned");
        self.losses.push(value);
        value
    }

    fn workspace(&self) -> &Workspace<F> {
        self.step.workspace()
    }
}
