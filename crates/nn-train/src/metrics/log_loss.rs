//! How surprised a classifier is by the true classes.

use nn_core::{Scalar, Tensor};

use super::MetricError;
use super::probabilities::{distributions, shares};

/// Returns the mean of −ln p over samples, where p is the probability that was predicted for the true class: the
/// cross-entropy, in nats. 0 is perfect, and ln K is what a uniform guess among K classes scores.
///
/// With pᵢ the probability of the class cᵢ of sample i:
///
/// log loss = −1/n Σ ln pᵢ,cᵢ
///
/// `probabilities` is `[samples, classes]`, and each row adds up to 1. Probabilities are first moved into ε to 1 − ε, with
/// ε the [machine epsilon](f64::EPSILON) of `F`, as in scikit-learn. So a sample that is certainly wrong costs 36.04
/// (`f32`: 15.94), and not infinitely much.
///
/// # Errors
/// Returns [`MetricError`] if the two differ in length or are empty, a class has no column, a probability is not finite or
/// not from 0 to 1, or the row of a sample does not add up to 1.
///
/// ```
/// use nn_core::Tensor;
/// use nn_train::metrics::log_loss;
/// let probabilities = Tensor::from_rows(&[[0.75, 0.25], [0.5, 0.5]]);
/// let loss = log_loss(&[0, 1], &probabilities)?;
/// assert!((loss - (-(0.75_f64.ln()) - 0.5_f64.ln()) / 2.0).abs() < 1e-15);
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
pub fn log_loss<F: Scalar>(truth: &[usize], probabilities: &Tensor<F>) -> Result<f64, MetricError> {
    distributions(truth, probabilities)?;
    for class in 0..probabilities.features() {
        shares(probabilities.feature(class).iter().map(|p| p.to_f64()))?;
    }
    let epsilon = epsilon::<F>();
    let surprise = |(sample, &class): (usize, &usize)| {
        let p = probabilities[[sample, class]].to_f64();
        -Scalar::ln(p.clamp(epsilon, 1.0 - epsilon))
    };
    Ok(truth.iter().enumerate().map(surprise).sum::<f64>() / truth.len() as f64)
}

/// Returns the distance of 1 to the next larger number of `F`.
fn epsilon<F: Scalar>() -> f64 {
    if F::ONE + F::from_f64(f64::EPSILON) > F::ONE { f64::EPSILON } else { f32::EPSILON.into() }
}
