//! Any error, printed as a sentence.

use std::error::Error;
use std::fmt;

/// Any error, for `main` and the functions that it calls: a program that returns it prints what went wrong as a sentence.
///
/// Rust prints the error that `main` returns in its `Debug` form, which shows the insides of a type. The `Debug` form of
/// this type is the message of the error that it holds, then the messages of its causes, each on a line of its own, unless
/// the line above has said it already. Every error becomes one with `?`:
///
/// ```
/// use nn_core::{
///     AnyError, Linear, Module, Tensor,
///     rand::{SeedableRng, rngs::ChaCha8Rng},
/// };
///
/// fn main() -> Result<(), AnyError> {
///     let line = Linear::new(1, 1, &mut ChaCha8Rng::seed_from_u64(0));
///     println!("{:?}", line.predict(&Tensor::from_column(&[1.0_f32]))?);
///     Ok(())
/// }
/// ```
///
/// With a tensor of two columns this program prints "Error: Linear(1 → 1): expected input …". Like every type that any error
/// turns into, this one is no [`Error`] itself. With `?` it becomes the boxed error that a function or a trial returns.
pub struct AnyError(Box<dyn Error + Send + Sync>);

impl AnyError {
    /// An error that consists of this message.
    pub fn new(message: impl Into<String>) -> Self {
        AnyError(message.into().into())
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for AnyError {
    fn from(error: E) -> Self {
        AnyError(Box::new(error))
    }
}

impl From<AnyError> for Box<dyn Error + Send + Sync> {
    fn from(error: AnyError) -> Self {
        error.0
    }
}

impl fmt::Debug for AnyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = self.0.to_string();
        f.write_str(&said)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let message = error.to_string();
            if !said.contains(&message) {
                write!(f, "\n  caused by: {message}")?;
                said = message;
            }
            cause = error.source();
        }
        Ok(())
    }
}

impl fmt::Display for AnyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
