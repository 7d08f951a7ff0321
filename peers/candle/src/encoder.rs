//! A layer of a transformer, norms first, made of candle's operations.

use candle_core::{D, Result, Tensor};
use candle_nn::{Linear, Module, ops};

use crate::common::{self, Numbers};

pub struct Encoder {
    heads: usize,
    /// Queries, keys and values.
    inputs: Linear,
    output: Linear,
    linear: [Linear; 2],
    /// Weight and bias of each.
    norms: [(Tensor, Tensor); 2],
    /// Its faster softmax and norm pass on no gradient, so they are for predictions only.
    learns: bool,
}

impl Encoder {
    /// Makes the layer of a trial; `tensor` makes a tensor of values and a shape.
    pub fn new(
        of: common::Encoder,
        numbers: &Numbers,
        learns: bool,
        tensor: &mut dyn FnMut(&[f32], &[usize]) -> Result<Tensor>,
    ) -> Result<Self> {
        let [inputs, output, first, second, norm1, norm2] = &numbers.layers[..6] else {
            panic!("six layers of a transformer's layer")
        };
        let mut linear = |(weight, bias): &(Vec<f32>, Vec<f32>)| {
            let weight = tensor(weight, &[bias.len(), weight.len() / bias.len()])?;
            Ok::<_, candle_core::Error>(Linear::new(weight, Some(tensor(bias, &[bias.len()])?)))
        };
        let (inputs, output, linear) = (linear(inputs)?, linear(output)?, [linear(first)?, linear(second)?]);
        let mut norm = |(weight, bias): &(Vec<f32>, Vec<f32>)| {
            Ok::<_, candle_core::Error>((tensor(weight, &[weight.len()])?, tensor(bias, &[bias.len()])?))
        };
        let norms = [norm(norm1)?, norm(norm2)?];
        Ok(Encoder { heads: of.heads, inputs, output, linear, norms, learns })
    }

    /// Returns as many tokens as it sees.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let x = (x + self.attend(&self.normalise(0, x)?)?)?;
        let hidden = self.linear[0].forward(&self.normalise(1, &x)?)?.relu()?;
        x + self.linear[1].forward(&hidden)?
    }

    fn attend(&self, x: &Tensor) -> Result<Tensor> {
        let (samples, tokens, width) = x.dims3()?;
        let size = width / self.heads;
        let parts = self.inputs.forward(x)?.reshape((samples, tokens, 3, self.heads, size))?;
        let parts = parts.permute((2, 0, 3, 1, 4))?.contiguous()?;
        let (q, k, v) = (parts.get(0)?, parts.get(1)?, parts.get(2)?);
        let scores = (q * (size as f64).powf(-0.5))?.matmul(&k.t()?)?;
        let weights =
            if self.learns { ops::softmax(&scores, D::Minus1)? } else { ops::softmax_last_dim(&scores)? };
        let o = weights.matmul(&v)?.transpose(1, 2)?.reshape((samples, tokens, width))?;
        self.output.forward(&o)
    }

    fn normalise(&self, index: usize, x: &Tensor) -> Result<Tensor> {
        let (weight, bias) = &self.norms[index];
        let norm = if self.learns { ops::layer_norm_slow } else { ops::layer_norm };
        norm(x, weight, bias, 1e-5)
    }
}
