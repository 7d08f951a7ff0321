//! Bringing features to a common scale.

mod min_max;
mod standard;

use nn_core::{Scalar, Tensor};

use crate::DataError;
pub use min_max::MinMaxScaler;
pub use standard::StandardScaler;

/// The values of one feature in double precision; they must be finite.
fn values<F: Scalar>(x: &Tensor<F>, feature: usize) -> Result<Vec<f64>, DataError> {
    let values: Vec<f64> = x.feature(feature).iter().map(|value| value.to_f64()).collect();
    match values.iter().find(|value| !value.is_finite()) {
        Some(value) => Err(DataError::argument("a value of x", "finite numbers", value)),
        None => Ok(values),
    }
}

/// Every value by the function of its feature, `map(feature, value)`, computed in double precision.
fn map<F: Scalar>(
    x: &Tensor<F>,
    features: usize,
    map: impl Fn(usize, f64) -> f64,
) -> Result<Tensor<F>, DataError> {
    if x.features() != features {
        return Err(DataError::argument("number of features", features.to_string(), x.features()));
    }
    let mut mapped = x.clone();
    for feature in 0..features {
        for value in mapped.feature_mut(feature) {
            *value = F::from_f64(map(feature, value.to_f64()));
        }
    }
    Ok(mapped)
}
