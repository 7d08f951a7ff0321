//! The positional encoding of waves of different lengths.

use std::fmt;

use super::{Filler, backward_input};
use crate::layers::described::described;
use crate::layers::layer::{Layer, compiled_here};
use crate::math::sin_cos;
use crate::{
    Accumulate, Mode, Module, ModuleError, Parameters, Plan, Purpose, Scalar, ShapeError, Tensor, Workspace,
    all_like,
};

/// Adds to each token a pattern of sines and cosines that says where in the sequence it stands. Nothing is learned, and there is no
/// longest sequence. Attention treats all tokens alike: without positions it could not tell one order from another.
///
/// Forward: y\_t = x\_t + p\_t for the token at position t = 0, 1, …, with p\_{t,2i} = sin(ω\_i t), p\_{t,2i+1} = cos(ω\_i t) and
/// ω\_i = 10000^(−2i/d). Backward: ∂L/∂x = ∂L/∂y.
///
/// Shapes: `[n, t, d]`, unchanged. It has no parameters. Planning makes the table of all p\_t. If d is odd, the last feature is a sine.
/// All p lie between −1 and 1, so tokens should not be much smaller: an [`Embedding`](crate::Embedding) begins with values of that
/// size; where it does not, the authors multiply it by √d.
///
/// Errors: planning fails unless the input has the shape `[n, t, d]`, and if the value of padding is not finite.
///
/// ```
/// use nn_core::{Module, PositionalEncoding, Tensor};
/// let y = PositionalEncoding::new().predict(&Tensor::<f64>::zeros(&[1, 2, 4]))?;
/// let first = [0.0, 1.0, 0.0, 1.0];
/// let second = [1_f64.sin(), 1_f64.cos(), 0.01_f64.sin(), 0.01_f64.cos()];
/// let expected = first.into_iter().chain(second);
/// assert!(y.sample(0).zip(expected).all(|(y, p)| (y - p).abs() < 1e-15));
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
///
/// Source: A. Vaswani et al., "Attention is all you need", 2017, section 3.5.
#[doc(alias = "SinePositionEncoding")]
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PositionalEncoding {
    padding: Filler,
}

impl PositionalEncoding {
    /// Makes the layer, for sequences of any length with any number of features.
    pub fn new() -> Self {
        PositionalEncoding::default()
    }

    /// Makes tokens count as padding if all their features have this value: they stay as they are, and their gradient is 0. Must be finite.
    /// Choose a value that no real token has. What an [`Embedding`](crate::Embedding) makes of its index of padding has the value 0.
    #[must_use]
    pub fn padding(self, value: f64) -> Self {
        PositionalEncoding { padding: Filler(Some(value)) }
    }
}

impl<F: Scalar> Parameters<F> for PositionalEncoding {}

described! {
    PositionalEncoding as "PositionalEncoding";
    settings |layer| { padding_value: Option<f64> = layer.padding.0 }
    made => PositionalEncoding { padding: Filler(padding_value) }
}

/// The workspace has the table of a sample as one buffer, and with a value of padding, which tokens are none.
impl<F: Scalar> Module<F> for PositionalEncoding {
    compiled_here!(PositionalEncoding);

    fn stacked(&self, networks: &[&dyn Module<F>]) -> Option<Box<dyn Module<F>>> {
        let alike = all_like::<Self, F>(networks)?.into_iter().all(|other| other == self);
        alike.then(|| Box::new(*self) as Box<dyn Module<F>>)
    }
}

impl<F: Scalar> Layer<F> for PositionalEncoding {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        self.padding.check::<F>("PositionalEncoding")?;
        ShapeError::check_samples(self, input)?;
        if input.len() != 3 || input.contains(&0) {
            let expected = "input [n, t, d] with at least one token of at least one feature";
            return Err(ShapeError::new(self, expected, input).into());
        }
        let mut workspace = Workspace::of(self, input, input, purpose)?;
        let (positions, features) = (input[1], input[2]);
        let mut table = Tensor::try_zeros(&[positions * features])?;
        for (index, p) in table.feature_mut(0).iter_mut().enumerate() {
            *p = F::from_f64(wave(index / features, index % features, features));
        }
        workspace.buffers.push(table);
        workspace.buffers.extend(self.padding.memory(input)?);
        Ok(Plan { output: input.to_vec(), workspace })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, _: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        workspace.check_own(self, workspace.buffers.len() == 1 + usize::from(self.padding.0.is_some()));
        if let Some((table, memory)) = workspace.buffers.split_first_mut() {
            self.padding.forward(x, y, table.feature(0), memory);
        }
    }

    fn backward(
        &self,
        x: &Tensor<F>,
        y: &Tensor<F>,
        dy: &Tensor<F>,
        dx: Option<&mut Tensor<F>>,
        accumulate: Accumulate,
        workspace: &mut Workspace<F>,
    ) {
        workspace.check_backward(self, x, y, dy, dx.as_deref());
        workspace.check_own(self, workspace.buffers.len() == 1 + usize::from(self.padding.0.is_some()));
        if let Some(dx) = dx {
            backward_input(dy, dx, accumulate, &workspace.buffers[1..]);
        }
    }
}

/// Returns p of a feature, of so many in all, at a position.
fn wave(position: usize, feature: usize, features: usize) -> f64 {
    let pair = (feature - feature % 2) as f64;
    let frequency = Scalar::exp(-pair / features as f64 * LN_10000);
    let (sin, cos) = sin_cos(position as f64 * frequency);
    if feature.is_multiple_of(2) { sin } else { cos }
}

/// ln 10000.
const LN_10000: f64 = 4.0 * std::f64::consts::LN_10;

impl fmt::Display for PositionalEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.padding.0 {
            Some(value) => write!(f, "PositionalEncoding(padding={value})"),
            None => f.write_str("PositionalEncoding"),
        }
    }
}
