//! Scalers, which bring features to a common scale.

mod min_max;
mod standard;

use nn_core::{Entry, Kind, Scalar, Setting, SettingError, StateDict, Tensor};

use crate::DataError;
pub use min_max::MinMaxScaler;
pub use standard::StandardScaler;

/// Returns the values of one feature in double precision. They must be finite. `of` is the scaler, for the error.
fn values<F: Scalar>(of: &str, x: &Tensor<F>, feature: usize) -> Result<Vec<f64>, SettingError> {
    let values: Vec<f64> = x.feature(feature).iter().map(|value| value.to_f64()).collect();
    values.iter().try_for_each(|&value| Setting::of::<f64>(of, "a value of x", value).finite())?;
    Ok(values)
}

/// Replaces every value by `map(feature, value)`, computed in double precision. There must be as many features as the scaler
/// `of` was fitted on.
fn map<F: Scalar>(
    of: &str,
    x: &Tensor<F>,
    features: usize,
    map: impl Fn(usize, f64) -> f64,
) -> Result<Tensor<F>, DataError> {
    let expected = format_args!("{features}, as in the data it was fitted on");
    SettingError::unless(x.features() == features, of, "number of features", expected, x.features())?;
    let mut mapped = x.clone();
    for feature in 0..features {
        for value in mapped.feature_mut(feature) {
            *value = F::from_f64(map(feature, value.to_f64()));
        }
    }
    Ok(mapped)
}

/// Makes an array of a scaler's state.
fn array(name: &str, values: &[f64]) -> Entry<f64> {
    Entry { name: name.into(), kind: Kind::Buffer, shape: vec![values.len()], value: values.to_vec() }
}

/// Reads an array of the state of the scaler `of`.
fn read(of: &str, state: &StateDict<f64>, name: &str) -> Result<Vec<f64>, SettingError> {
    let expected = format_args!("finite numbers, as in the state of a {of}");
    let Some(entry) = state.get(name) else {
        return Err(SettingError::new(of, name, expected, "missing"));
    };
    let finite = entry.value.iter().all(|value| value.is_finite());
    SettingError::unless(finite, of, name, expected, format_args!("{:?}", entry.value))?;
    Ok(entry.value.clone())
}
