//! Scalers, which bring features to a common scale.

mod feature;
mod min_max;
mod robust;
mod standard;

use nn_core::{Entry, Kind, Scalar, SettingError, StateDict, Tensor};

use crate::DataError;
use crate::error::at_least;
pub(crate) use feature::{Feature, is_constant};
pub use min_max::MinMaxScaler;
pub(crate) use min_max::scaled;
pub use robust::RobustScaler;
pub use standard::StandardScaler;

/// Looks at one feature of the samples after the other, for the scaler `of`. There must be samples, and their values must be
/// finite.
fn features<F: Scalar>(
    of: &str,
    x: &Tensor<F>,
) -> Result<impl Iterator<Item = Result<Feature, DataError>>, DataError> {
    at_least(1, of, "number of samples", x.samples())?;
    DataError::unless_finite(of, "feature", x)?;
    Ok((0..x.features()).map(move |feature| Feature::new(of, x, feature)))
}

/// Replaces every value by `map(feature, value)`, computed in double precision. There must be as many features as the scaler
/// `of` was fitted on. What is not finite may not become finite.
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

/// Returns what was learnt of the features with these indices, for the scaler `of`.
fn select(of: &str, learnt: &[f64], features: &[usize]) -> Result<Vec<f64>, SettingError> {
    let count = learnt.len();
    let value = |&feature: &usize| {
        let refused = || {
            let expected = format_args!("a number below {count}, the number of features it was fitted on");
            SettingError::new(of, "index of a feature", expected, feature)
        };
        learnt.get(feature).copied().ok_or_else(refused)
    };
    features.iter().map(value).collect()
}

/// Makes an array of a scaler's state.
fn array(name: &str, values: &[f64]) -> Entry<f64> {
    Entry { name: name.into(), kind: Kind::Buffer, shape: vec![values.len()], value: values.to_vec() }
}

/// Reads an array of the state of the scaler `of`.
fn read(of: &str, state: &StateDict<f64>, name: &str) -> Result<Vec<f64>, SettingError> {
    let Some(entry) = state.get(name) else {
        let expected = format_args!("finite numbers, as in the state of a {of}");
        return Err(SettingError::new(of, name, expected, "missing"));
    };
    each(of, name, &entry.value, "a finite number", |_, value| value.is_finite())?;
    Ok(entry.value.clone())
}

/// Checks every number of an array of the state of the scaler `of`. The error names the first that does not fit, because
/// there may be many.
fn each(
    of: &str,
    name: &str,
    values: &[f64],
    expected: &str,
    fits: impl Fn(usize, f64) -> bool,
) -> Result<(), SettingError> {
    match values.iter().enumerate().find(|&(place, &value)| !fits(place, value)) {
        Some((place, value)) => {
            Err(SettingError::new(of, format_args!("{name}[{place}]"), expected, format_args!("{value:?}")))
        }
        None => Ok(()),
    }
}

/// Checks that an array of the state of the scaler `of` has one number for each of another.
fn paired(of: &str, [name, other]: [&str; 2], [found, expected]: [usize; 2]) -> Result<(), SettingError> {
    let expected_words = format_args!("{expected}, one for each {other}");
    SettingError::unless(found == expected, of, format_args!("length of {name}"), expected_words, found)
}
