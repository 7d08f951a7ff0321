//! Memory whose size somebody chose: an error where there is none.

use nn_core::{Scalar, SettingError, Tensor};

/// Makes a tensor of zeros for the function `of`, which was asked for this many samples and features.
pub(crate) fn tensor<F: Scalar>(
    of: &str,
    [samples, features]: [usize; 2],
) -> Result<Tensor<F>, SettingError> {
    Tensor::try_zeros(&[samples, features])
        .map_err(|_| too_large(of, "size", format_args!("{samples} x {features}")))
}

/// Makes an empty vector with room for `count` numbers, as the argument `name` of the function `of` asks for.
pub(crate) fn vec<T>(of: &str, name: &str, count: usize) -> Result<Vec<T>, SettingError> {
    let mut vec = Vec::new();
    match vec.try_reserve_exact(count) {
        Ok(()) => Ok(vec),
        Err(_) => Err(too_large(of, name, format_args!("{count}"))),
    }
}

fn too_large(of: &str, name: &str, found: std::fmt::Arguments) -> SettingError {
    SettingError::new(of, name, "no more than memory can hold", found)
}
