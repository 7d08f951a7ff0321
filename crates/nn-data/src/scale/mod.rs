//! Bringing features to a common scale.

mod min_max;
mod standard;

use nn_core::{Entry, Kind, Scalar, StateDict, Tensor};

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

/// An array of a scaler's state.
fn array(name: &str, values: &[f64]) -> Entry<f64> {
    Entry { name: name.into(), kind: Kind::Buffer, shape: vec![values.len()], value: values.to_vec() }
}

/// An array of a scaler's state, back.
fn read(state: &StateDict<f64>, name: &'static str) -> Result<Vec<f64>, DataError> {
    let values = state.get(name).map(|entry| &entry.value);
    let found = || values.map_or("nothing".into(), |values| format!("{values:?}"));
    match values {
        Some(values) if values.iter().all(|value| value.is_finite()) => Ok(values.clone()),
        _ => Err(DataError::argument(name, "finite numbers: is this the state of such a scaler?", found())),
    }
}
