//! The number that a training goes by while it runs.

use nn_core::Scalar;

use crate::History;
use crate::statistics::Better;

/// A curve of the history, and which of its values are better.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Criterion {
    TrainingLoss,
    ValidationLoss,
    /// A metric of the validation data, by name.
    Metric(String, Better),
}

impl Criterion {
    /// Returns the value of an epoch; `None` if the history has none.
    pub(crate) fn value<F: Scalar>(&self, history: &History<F>, epoch: usize) -> Option<f64> {
        match self {
            Criterion::TrainingLoss => history.loss.get(epoch).map(|loss| loss.to_f64()),
            Criterion::ValidationLoss => history.validation.get(epoch).map(|loss| loss.to_f64()),
            Criterion::Metric(name, _) => history.metric(name)?.get(epoch).copied(),
        }
    }

    pub(crate) fn better(&self) -> Better {
        match self {
            Criterion::Metric(_, better) => *better,
            _ => Better::Lower,
        }
    }
}
