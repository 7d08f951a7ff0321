//! A layer of a transformer with the weights of a job.

use burn::module::Param;
use burn::nn::LayerNorm;
use burn::nn::activation::ActivationConfig;
use burn::nn::transformer::{TransformerEncoderConfig, TransformerEncoderLayer};
use burn::prelude::*;

use crate::common::{Encoder, Numbers};
use crate::linear;

/// Makes burn's own layer. Queries, keys and values have a linear layer each, which are one in the file.
pub fn layer(of: Encoder, numbers: &Numbers, device: &Device) -> TransformerEncoderLayer {
    let Encoder { features, heads, hidden } = of;
    let [inputs, output, first, second, norm1, norm2] = &numbers.layers[..6] else {
        panic!("six layers of a transformer's layer")
    };
    let projection = |index: usize| {
        let (weight, bias) = inputs;
        let size = features * features;
        linear(&weight[index * size..][..size], &bias[index * features..][..features], device)
    };
    let config = TransformerEncoderConfig::new(features, hidden, heads, 1)
        .with_dropout(0.0)
        .with_norm_first(true)
        .with_activation(ActivationConfig::Relu);
    let mut layer = TransformerEncoderLayer::new(&config, device);
    layer.mha.query = projection(0);
    layer.mha.key = projection(1);
    layer.mha.value = projection(2);
    layer.mha.output = linear(&output.0, &output.1, device);
    layer.pwff.linear_inner = linear(&first.0, &first.1, device);
    layer.pwff.linear_outer = linear(&second.0, &second.1, device);
    // Its second norm is that of the attention.
    set(&mut layer.norm_2, norm1, device);
    set(&mut layer.norm_1, norm2, device);
    layer
}

fn set(norm: &mut LayerNorm, (weight, bias): &(Vec<f32>, Vec<f32>), device: &Device) {
    let param = |values: &Vec<f32>| Param::from_data(TensorData::new(values.clone(), [values.len()]), device);
    norm.gamma = param(weight);
    norm.beta = Some(param(bias));
}
