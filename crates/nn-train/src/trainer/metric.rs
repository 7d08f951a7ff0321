//! The metrics of a training.

use std::sync::Arc;

use nn_core::Tensor;

use crate::TrainError;
use crate::metrics::{MetricError, or_nan};

/// A measure of a network's output against the targets.
pub(super) type Metric<'a, F, T> = Arc<dyn Fn(&Tensor<F>, &T) -> Result<f64, MetricError> + Send + Sync + 'a>;

/// The values of metrics by name, one for each epoch.
pub(super) type Curves = Vec<(String, Vec<f64>)>;

/// Returns a curve without epochs for each metric.
pub(super) fn no_curves<F, T>(metrics: &[(String, Metric<'_, F, T>)]) -> Curves {
    metrics.iter().map(|(name, _)| (name.clone(), Vec::new())).collect()
}

/// Adds the value of each metric to its curve: NaN for one that fails. Returns the error of the first one that does.
pub(super) fn measure<F, T>(
    metrics: &[(String, Metric<'_, F, T>)],
    (output, targets): (&Tensor<F>, &T),
    curves: &mut Curves,
) -> Option<TrainError> {
    let mut failed = None;
    for ((name, metric), (_, values)) in metrics.iter().zip(curves) {
        values.push(or_nan(|| metric(output, targets)).unwrap_or_else(|source| {
            failed.get_or_insert(TrainError::Metric { name: name.clone(), source });
            f64::NAN
        }));
    }
    failed
}

/// Returns the values of one epoch.
pub(super) fn of_epoch(curves: &Curves, index: usize) -> Vec<(String, f64)> {
    curves.iter().map(|(name, values)| (name.clone(), values[index])).collect()
}
