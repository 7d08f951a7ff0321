//! Points around a random linear function.

use nn_core::ndarray::{Array1, Array2};
use nn_core::rand::Rng;
use nn_core::random::{normal, uniform};
use nn_core::{Scalar, Tensor};

use super::Noise;
use crate::error::at_least;
use crate::{DataError, Dataset, memory};

/// What [`make_regression`] returns: the data and the truth behind it.
#[derive(Debug, Clone)]
pub struct Regression<F> {
    /// Inputs `[samples, features]` and values `[samples, outputs]`.
    pub data: Dataset<F, Tensor<F>>,
    /// The true W, `[outputs, features]`.
    pub weight: Array2<F>,
    /// The true b, `[outputs]`.
    pub bias: Array1<F>,
}

impl<F> AsRef<Dataset<F, Tensor<F>>> for Regression<F> {
    fn as_ref(&self) -> &Dataset<F, Tensor<F>> {
        &self.data
    }
}

/// Points around a random linear function: y = W x + b + ε, with x standard normal, ε drawn from `noise`, W uniform in
/// [−3, 3) and b uniform in [−1, 1).
///
/// # Errors
/// [`DataError::Setting`] for 0 samples, features or outputs, for more of them than memory can hold, or for a
/// [`noise`](Noise) that is negative or not finite.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let exact = nn_data::make_regression::<f64>(
///     50,
///     1,
///     1,
///     0.0,
///     &mut ChaCha8Rng::seed_from_u64(7),
/// )?;
/// let (w, b) = (exact.weight[[0, 0]], exact.bias[0]);
/// assert!(
///     (0..50).all(|s| exact.data.y()[[s, 0]] == w * exact.data.x()[[s, 0]] + b)
/// );
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn make_regression<F: Scalar>(
    samples: usize,
    features: usize,
    outputs: usize,
    noise: impl Noise,
    rng: &mut (impl Rng + ?Sized),
) -> Result<Regression<F>, DataError> {
    const NAME: &str = "make_regression";
    at_least(1, NAME, "samples", samples)?;
    at_least(1, NAME, "features", features)?;
    at_least(1, NAME, "outputs", outputs)?;
    noise.check::<F>(NAME)?;
    // A product that overflows is larger than every memory.
    let mut weight = memory::vec(NAME, "features x outputs", outputs.saturating_mul(features))?;
    let mut bias: Vec<f64> = memory::vec(NAME, "outputs", outputs)?;
    let mut point: Vec<f64> = memory::vec(NAME, "features", features)?;
    let mut x = memory::tensor(NAME, [samples, features])?;
    let mut y = memory::tensor(NAME, [samples, outputs])?;
    weight.extend((0..outputs * features).map(|_| uniform(3.0, rng)));
    bias.extend((0..outputs).map(|_| uniform(1.0, rng)));
    let weight = Array2::from_shape_vec((outputs, features), weight).expect("a weight for each pair");
    let bias = Array1::from_vec(bias);
    for sample in 0..samples {
        point.clear();
        point.extend((0..features).map(|_| normal(rng)));
        for (feature, &value) in point.iter().enumerate() {
            x[[sample, feature]] = F::from_f64(value);
        }
        for (output, row) in weight.outer_iter().enumerate() {
            let truth: f64 = row.iter().zip(&point).map(|(w, x)| w * x).sum();
            y[[sample, output]] = F::from_f64(truth + bias[output] + noise.draw(rng));
        }
    }
    Ok(Regression {
        data: Dataset::made(NAME, x, y)?,
        weight: weight.mapv(F::from_f64),
        bias: bias.mapv(F::from_f64),
    })
}
