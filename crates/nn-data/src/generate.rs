//! Made-up data with a known truth. Every generator draws from the caller's random generator, in `f64` and in a fixed
//! order, and rounds at the end: one seed gives the same data on every machine, and the same points in both precisions.

use nn_core::ndarray::{Array1, Array2};
use nn_core::rand::{Rng, RngExt};
use nn_core::{Scalar, Tensor};

use crate::{DataError, Dataset};

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

/// Points around a random linear function: y = W x + b + noise · ε with x and ε standard normal, W uniform in (−3, 3),
/// b uniform in (−1, 1).
///
/// # Errors
/// [`DataError::Argument`] for 0 samples, features or outputs, or a noise that is negative or not finite.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let exact = nn_data::make_regression::<f64>(50, 1, 1, 0.0, &mut ChaCha8Rng::seed_from_u64(7))?;
/// let (w, b) = (exact.weight[[0, 0]], exact.bias[0]);
/// assert!((0..50).all(|s| exact.data.y()[[s, 0]] == w * exact.data.x()[[s, 0]] + b));
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn make_regression<F: Scalar>(
    samples: usize,
    features: usize,
    outputs: usize,
    noise: f64,
    rng: &mut (impl Rng + ?Sized),
) -> Result<Regression<F>, DataError> {
    DataError::check_positive("samples", samples)?;
    DataError::check_positive("features", features)?;
    DataError::check_positive("outputs", outputs)?;
    DataError::check_spread("noise", noise)?;
    let weight = Array2::from_shape_simple_fn((outputs, features), || uniform(3.0, rng));
    let bias = Array1::from_shape_simple_fn(outputs, || uniform(1.0, rng));
    let mut x = Tensor::zeros(&[samples, features]);
    let mut y = Tensor::zeros(&[samples, outputs]);
    for sample in 0..samples {
        let point: Vec<f64> = (0..features).map(|_| normal(rng)).collect();
        for (feature, &value) in point.iter().enumerate() {
            x[[sample, feature]] = F::from_f64(value);
        }
        for (output, row) in weight.outer_iter().enumerate() {
            let truth: f64 = row.iter().zip(&point).map(|(w, x)| w * x).sum();
            y[[sample, output]] = F::from_f64(truth + bias[output] + noise * normal(rng));
        }
    }
    Ok(Regression {
        data: Dataset::new(x, y)?,
        weight: weight.mapv(F::from_f64),
        bias: bias.mapv(F::from_f64),
    })
}

/// Normal clouds: sample i belongs to class i mod k and lies around that class's centre with the standard deviation
/// `std` in every direction. Classes are as equal in size as they can be.
///
/// # Errors
/// [`DataError::Argument`] for 0 samples, no centre, no coordinates, a centre or `std` that is not finite, or a negative `std`.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let mut rng = ChaCha8Rng::seed_from_u64(7);
/// let blobs = nn_data::make_blobs::<f32, 2>(200, &[[-1.5, -1.5], [1.5, 1.5]], 1.0, &mut rng)?;
/// assert_eq!(blobs.x().shape(), [200, 2]);
/// assert_eq!(blobs.y()[..4], [0, 1, 0, 1]);
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn make_blobs<F: Scalar, const D: usize>(
    samples: usize,
    centers: &[[f64; D]],
    std: f64,
    rng: &mut (impl Rng + ?Sized),
) -> Result<Dataset<F, Vec<usize>>, DataError> {
    DataError::check_positive("samples", samples)?;
    DataError::check_positive("number of centers", centers.len())?;
    DataError::check_positive("number of coordinates", D)?;
    DataError::check_spread("std", std)?;
    if let Some(bad) = centers.iter().flatten().find(|c| !c.is_finite()) {
        return Err(DataError::argument("centers", "finite coordinates", bad));
    }
    let labels: Vec<usize> = (0..samples).map(|sample| sample % centers.len()).collect();
    let x = Tensor::from_fn(samples, D, |sample, axis| {
        F::from_f64(centers[labels[sample]][axis] + std * normal(rng))
    });
    Dataset::new(x, labels)
}

/// The XOR problem: points around the four corners (±1, ±1), normal with the standard deviation `noise`. Class 1 where
/// the corner's signs differ, class 0 where they agree: no straight line separates them.
///
/// # Errors
/// [`DataError::Argument`] for 0 samples, or a noise that is negative or not finite.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let xor = nn_data::make_xor::<f64>(100, 0.0, &mut ChaCha8Rng::seed_from_u64(7))?;
/// assert!((0..100).all(|s| (xor.x()[[s, 0]] * xor.x()[[s, 1]] < 0.0) == (xor.y()[s] == 1)));
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn make_xor<F: Scalar>(
    samples: usize,
    noise: f64,
    rng: &mut (impl Rng + ?Sized),
) -> Result<Dataset<F, Vec<usize>>, DataError> {
    DataError::check_positive("samples", samples)?;
    DataError::check_spread("noise", noise)?;
    let mut x = Tensor::zeros(&[samples, 2]);
    let mut labels = Vec::with_capacity(samples);
    for sample in 0..samples {
        let corner = [(); 2].map(|()| if rng.random::<bool>() { 1.0 } else { -1.0 });
        for (axis, sign) in corner.into_iter().enumerate() {
            x[[sample, axis]] = F::from_f64(sign + noise * normal(rng));
        }
        labels.push(usize::from(corner[0] != corner[1]));
    }
    Dataset::new(x, labels)
}

/// Uniform in (−a, a).
fn uniform(a: f64, rng: &mut (impl Rng + ?Sized)) -> f64 {
    a * (2.0 * rng.random::<f64>() - 1.0)
}

/// Standard normal, by the polar method of Marsaglia and Bray (1964): of a random point (u, v) of the unit disc with
/// s = u² + v², u √(−2 ln s / s) is normal. The logarithm is nn-core's, the same on every platform; those of the libraries
/// for distributions are std's as soon as any crate of a program asks num-traits for std.
fn normal(rng: &mut (impl Rng + ?Sized)) -> f64 {
    loop {
        let (u, v) = (uniform(1.0, rng), uniform(1.0, rng));
        let s = u * u + v * v;
        if s > 0.0 && s < 1.0 {
            return u * (-2.0 * Scalar::ln(s) / s).sqrt();
        }
    }
}
