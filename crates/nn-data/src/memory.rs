//! Memory whose size somebody chose: an error where there is none.

use nn_core::{Scalar, SettingError, Tensor};

/// Makes a tensor of zeros for the function `of`, which was asked for one of this shape, samples first.
pub(crate) fn tensor<F: Scalar, const N: usize>(
    of: &str,
    shape: [usize; N],
) -> Result<Tensor<F>, SettingError> {
    Tensor::try_zeros(&shape).map_err(|_| {
        let sizes = shape.map(|size| size.to_string());
        too_large(of, "size", format_args!("{}", sizes.join(" x ")))
    })
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
