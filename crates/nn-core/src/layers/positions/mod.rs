//! Positions: what tells the tokens of a sequence from each other by where they stand.

mod embedding;
mod encoding;

pub use embedding::PositionEmbedding;
pub use encoding::PositionalEncoding;

use crate::kernels::{elementwise, padding, positions};
use crate::{Accumulate, Scalar, Setting, SettingError, ShapeError, Tensor};

/// The value of tokens that are padding, which layers may be told.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Filler(Option<f64>);

impl Filler {
    /// Checks that the value is a finite number.
    fn check<F: Scalar>(self, layer: &str) -> Result<(), SettingError> {
        self.0.map_or(Ok(()), |value| Setting::of::<F>(layer, "padding", value).finite())
    }

    /// Makes the memory of which tokens of an input `[n, t, d]` are padding: none if none can be.
    fn memory<F: Scalar>(self, input: &[usize]) -> Result<Vec<Tensor<F>>, ShapeError> {
        self.0.into_iter().map(|_| Tensor::try_zeros(&input[..2])).collect()
    }

    /// Computes y = x + p, and notes in `memory` which tokens stay as they are.
    fn forward<F: Scalar>(self, x: &Tensor<F>, y: &mut Tensor<F>, table: &[F], memory: &mut [Tensor<F>]) {
        if let (Some(value), Some(tokens)) = (self.0, memory.first_mut()) {
            padding::find(x.into(), x.shape()[2], F::from_f64(value), tokens.into());
        }
        positions::forward(x, y, table, memory.first());
    }
}

/// Computes ∂L/∂x, given which tokens are padding.
fn backward_input<F: Scalar>(
    dy: &Tensor<F>,
    dx: &mut Tensor<F>,
    accumulate: Accumulate,
    memory: &[Tensor<F>],
) {
    match memory.first() {
        Some(tokens) => positions::backward_input(dy, dx, tokens, accumulate),
        None => elementwise::pass(dy, dx, accumulate),
    }
}
