//! Attention: what a token sees, and what padding must not do. Its numbers are compared with PyTorch's in `parity.rs`.

use crate::common::random;
use crate::windowed::Settings;
use nn_core::gradcheck::check_module;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    Accumulate, Mode, Module, MultiheadAttention, Parameters, Plan, Purpose, Residual, Scalar, Sequential,
    Tensor, TransformerEncoderLayer, Workspace,
};

/// Returns the layer that PyTorch calls `kind`.
pub(crate) fn attention(kind: &str, settings: &Settings<'_>) -> Box<dyn Module<f64>> {
    let ([width, heads], rng) = (settings.channels(), &mut ChaCha8Rng::seed_from_u64(0));
    let (causal, padding) = (settings.is("causal") == Some(true), settings.get("padding_value"));
    let padding = padding.map(|value| value.as_f64().unwrap());
    match kind {
        "MultiheadAttention" => {
            settings.check_names(&["causal", "padding_value", "queries", "bias"]);
            let mut layer = MultiheadAttention::new(width, heads, rng);
            if let Some(queries) = settings.number("queries") {
                layer = layer.cross(queries);
            }
            if let Some(padding) = padding {
                layer = layer.padding(padding);
            }
            if settings.is("bias") == Some(false) {
                layer = layer.without_bias();
            }
            Box::new(if causal { layer.causal() } else { layer })
        }
        "TransformerEncoderLayer" => {
            settings.check_names(&["causal", "padding_value", "norm_first", "activation"]);
            let mut layer = TransformerEncoderLayer::new(width, heads, settings.0[2].parse().unwrap(), rng);
            if settings.is("norm_first") == Some(true) {
                layer = layer.norm_first();
            }
            if settings.0.contains(&"activation=gelu") {
                layer = layer.gelu();
            }
            if let Some(padding) = padding {
                layer = layer.padding(padding);
            }
            Box::new(if causal { layer.causal() } else { layer })
        }
        _ => panic!("unknown layer {kind}"),
    }
}

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(11)
}

/// Draws all parameters anew, because biases begin with 0 and norms with 1.
fn drawn<M: Module<f64>>(mut layer: M) -> M {
    let rng = &mut rng();
    layer.visit_mut(None, &mut |parameter| {
        let values = random::<f64>(&[parameter.value.len(), 1], rng);
        parameter.value.copy_from_slice(values.feature(0));
    });
    layer
}

/// Each kind of layer, with two heads over tokens of four features.
fn layers() -> [Box<dyn Module<f64>>; 4] {
    let rng = &mut rng();
    [
        Box::new(drawn(MultiheadAttention::new(4, 2, rng))),
        Box::new(drawn(MultiheadAttention::new(4, 4, rng).without_bias())),
        Box::new(drawn(TransformerEncoderLayer::new(4, 2, 7, rng))),
        Box::new(drawn(TransformerEncoderLayer::new(4, 2, 7, rng).norm_first().gelu())),
    ]
}

fn causal() -> [Box<dyn Module<f64>>; 3] {
    let rng = &mut rng();
    [
        Box::new(drawn(MultiheadAttention::new(4, 2, rng).causal())),
        Box::new(drawn(TransformerEncoderLayer::new(4, 2, 7, rng).causal())),
        Box::new(drawn(TransformerEncoderLayer::new(4, 2, 7, rng).norm_first().causal())),
    ]
}

fn padded() -> [Box<dyn Module<f64>>; 3] {
    let rng = &mut rng();
    [
        Box::new(drawn(MultiheadAttention::new(4, 2, rng).padding(9.0))),
        Box::new(drawn(TransformerEncoderLayer::new(4, 2, 7, rng).padding(9.0))),
        Box::new(drawn(TransformerEncoderLayer::new(4, 2, 7, rng).norm_first().causal().padding(9.0))),
    ]
}

/// Returns a token of a sample.
fn token(x: &Tensor<f64>, sample: usize, token: usize) -> [f64; 4] {
    std::array::from_fn(|i| x.feature(4 * token + i)[sample])
}

fn set(x: &mut Tensor<f64>, sample: usize, token: usize, values: [f64; 4]) {
    for (i, value) in values.into_iter().enumerate() {
        x.feature_mut(4 * token + i)[sample] = value;
    }
}

/// Returns y and ∂x.
fn step(layer: &dyn Module<f64>, x: &Tensor<f64>, dy: &Tensor<f64>) -> [Tensor<f64>; 2] {
    let Plan { output, mut workspace } = layer.plan(x.shape(), Purpose::Train).unwrap();
    let (mut y, mut dx) = (Tensor::zeros(&output), Tensor::zeros(x.shape()));
    layer.forward(x, &mut y, &mut workspace, &mut Mode::Eval);
    layer.backward(x, &y, dy, Some(&mut dx), Accumulate::Replace, &mut workspace);
    [y, dx]
}

/// Attention itself knows no order: tokens that change places do so in the output.
#[test]
fn the_order_of_tokens_does_not_matter() {
    let x = random::<f64>(&[18, 5, 4], &mut rng());
    let mut turned = Tensor::zeros(x.shape());
    for sample in 0..18 {
        (0..5).for_each(|i| set(&mut turned, sample, i, token(&x, sample, (i + 2) % 5)));
    }
    for layer in layers() {
        let (y, other) = (layer.predict(&x).unwrap(), layer.predict(&turned).unwrap());
        for sample in 0..18 {
            for i in 0..5 {
                let (a, b) = (token(&y, sample, (i + 2) % 5), token(&other, sample, i));
                assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-13), "{layer}");
            }
        }
    }
}

/// Up to the token where two texts differ, a causal layer gives the same bits, even where the rest is NaN; and the gradient of what comes
/// before a token does not reach it.
#[test]
fn a_causal_layer_does_not_see_what_comes_later() {
    let rng = &mut rng();
    for tokens in [1, 2, 3, 4, 5, 8, 9, 11] {
        let (x, dy) = (random::<f64>(&[17, tokens, 4], rng), random::<f64>(&[17, tokens, 4], rng));
        for layer in causal() {
            let [y, _] = step(&*layer, &x, &dy);
            for first in 1..tokens {
                let (mut later, mut ended) = (x.clone(), dy.clone());
                for sample in 0..17 {
                    for i in first..tokens {
                        set(&mut later, sample, i, [f64::NAN; 4]);
                        set(&mut ended, sample, i, [0.0; 4]);
                    }
                }
                let other = layer.predict(&later).unwrap();
                let [_, dx] = step(&*layer, &x, &ended);
                for sample in 0..17 {
                    for i in 0..first {
                        assert_eq!(
                            token(&y, sample, i),
                            token(&other, sample, i),
                            "{layer}: {i} of {tokens}"
                        );
                    }
                    for i in first..tokens {
                        assert!(token(&other, sample, i).iter().all(|y| y.is_nan()), "{layer}");
                        assert_eq!(token(&dx, sample, i), [0.0; 4], "{layer}: {i} of {tokens}");
                    }
                }
            }
        }
    }
}

/// A sequence with padding gives what the same sequence without it gives, wherever the padding is.
#[test]
fn padding_is_as_if_it_were_not_there() {
    let rng = &mut rng();
    let real = [0, 2, 3, 6];
    for layer in padded() {
        let (short, short_dy) = (random::<f64>(&[19, 4, 4], rng), random::<f64>(&[19, 4, 4], rng));
        let (mut long, mut long_dy) = (Tensor::zeros(&[19, 7, 4]), random::<f64>(&[19, 7, 4], rng));
        for sample in 0..19 {
            (0..7).for_each(|i| set(&mut long, sample, i, [9.0; 4]));
            for (i, place) in real.into_iter().enumerate() {
                set(&mut long, sample, place, token(&short, sample, i));
                set(&mut long_dy, sample, place, token(&short_dy, sample, i));
            }
        }
        let ([y, dx], [long_y, long_dx]) = (step(&*layer, &short, &short_dy), step(&*layer, &long, &long_dy));
        for sample in 0..19 {
            for (i, place) in real.into_iter().enumerate() {
                for (a, b) in [(&y, &long_y), (&dx, &long_dx)] {
                    let (a, b) = (token(a, sample, i), token(b, sample, place));
                    assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-13), "{layer}");
                }
            }
            for place in [1, 4, 5] {
                assert_eq!(token(&long_y, sample, place), [9.0; 4], "{layer}");
                assert_eq!(token(&long_dx, sample, place), [0.0; 4], "{layer}");
            }
        }
    }
}

/// A sequence alone has lanes of tokens, a batch has lanes of samples. With more tokens than lanes, some of them padding, and numbers
/// that nobody must see, both have the same bits, and nearly the same gradients of parameters.
#[test]
fn a_sequence_alone_is_what_it_is_in_a_batch() {
    let rng = &mut rng();
    for layer in padded().into_iter().chain(causal()) {
        let is_causal = layer.to_string().contains("causal");
        let (mut x, dy) = (random::<f64>(&[1, 37, 4], rng), random::<f64>(&[1, 37, 4], rng));
        if layer.to_string().contains("padding") {
            [0, 1, 5, 20, 21, 30].into_iter().for_each(|i| set(&mut x, 0, i, [9.0; 4]));
        }
        if is_causal {
            set(&mut x, 0, 35, [f64::NAN; 4]);
        }
        let seen = if is_causal { 35 } else { 37 };
        let twice = |x: &Tensor<f64>| x.select(&[0, 0]);
        let mut results = Vec::new();
        for (x, dy) in [(x.clone(), dy.clone()), (twice(&x), twice(&dy))] {
            let Plan { output, mut workspace } = layer.plan(x.shape(), Purpose::Train).unwrap();
            let (mut y, mut dx) = (Tensor::zeros(&output), Tensor::zeros(x.shape()));
            layer.forward(&x, &mut y, &mut workspace, &mut Mode::Eval);
            let bits = |weight: f64| if weight.is_nan() { 1 } else { weight.to_bits() };
            let weights: Vec<u64> = workspace.attention_weights()[0].sample(0).map(bits).collect();
            let outputs: Vec<_> = (0..seen).map(|i| token(&y, 0, i).map(f64::to_bits)).collect();
            layer.backward(&x, &y, &dy, Some(&mut dx), Accumulate::Replace, &mut workspace);
            let slopes: Vec<_> = (0..37).map(|i| token(&dx, 0, i).map(f64::to_bits)).collect();
            let (mut gradients, samples) = (Vec::new(), x.samples() as f64);
            workspace.for_each_gradient_mut(&mut |all| gradients.extend(all.iter().map(|one| one / samples)));
            results.push((weights, outputs, slopes, gradients));
        }
        let [alone, batch] = &results[..] else { panic!() };
        assert!(alone.0.len() == 2 * 37 * 37 && alone.0 == batch.0, "{layer}: weights");
        assert_eq!(alone.1, batch.1, "{layer}: y");
        if !is_causal {
            assert_eq!(alone.2, batch.2, "{layer}: dx");
            assert!(alone.3.iter().zip(&batch.3).all(|(a, b)| (a - b).abs() <= 1e-13 * (1.0 + a.abs())));
        }
        assert!(alone.1.iter().flatten().all(|y| f64::from_bits(*y).is_finite()), "{layer}: y");
    }
}

/// What is padding in one sample of a batch is a token in another.
#[test]
fn gradients_with_padding_are_those_of_finite_differences() {
    let rng = &mut rng();
    for mut layer in padded() {
        let mut x = random::<f64>(&[3, 4, 4], rng);
        for (sample, i) in [(0, 3), (2, 0), (2, 2)] {
            set(&mut x, sample, i, [9.0; 4]);
        }
        let all = check_module(layer.as_mut(), &x, rng).unwrap();
        assert!(!all.is_empty());
        // The difference quotient of padding leaves the value that marks it.
        for mismatch in all.iter().filter(|mismatch| mismatch.name != "input") {
            assert!(mismatch.relative_error < 1e-6, "{layer}: {mismatch:?}");
        }
    }
}

/// A sample of padding alone asks nobody, and nobody answers a query without keys.
#[test]
fn where_nothing_is_to_be_seen_nothing_is_taken() {
    let rng = &mut rng();
    let layer = drawn(MultiheadAttention::new(4, 2, rng).cross(2).padding(9.0));
    let mut x = random::<f64>(&[3, 5, 4], rng);
    (2..5).for_each(|i| set(&mut x, 1, i, [9.0; 4]));
    let [y, dx] = step(&layer, &x, &random(&[3, 2, 4], rng));
    // Of o = 0, the bias alone is left.
    let mut bias = Vec::new();
    layer.visit(&mut |parameter| {
        if parameter.name.to_string() == "out_proj.bias" {
            bias = parameter.value.to_vec();
        }
    });
    assert_eq!(token(&y, 1, 0)[..], bias[..]);
    assert!((0..5).all(|i| token(&dx, 1, i) == [0.0; 4]));
    assert!((0..5).all(|i| token(&dx, 0, i).iter().all(|dx| *dx != 0.0)));
    for layer in padded() {
        let mut x = Tensor::zeros(&[2, 3, 4]);
        for sample in 0..2 {
            (0..3).for_each(|i| set(&mut x, sample, i, [9.0; 4]));
        }
        let [y, dx] = step(&*layer, &x, &random(x.shape(), rng));
        assert_eq!((y, dx), (x.clone(), Tensor::zeros(x.shape())), "{layer}");
    }
}

/// The weights are what the formula says, computed with plain loops.
#[test]
fn the_weights_of_attention_are_those_of_the_formula() {
    let rng = &mut rng();
    let (d, heads, size) = (4, 2, 2);
    let layer = drawn(MultiheadAttention::<f64>::new(d, heads, rng));
    let mut parameters = Vec::new();
    layer.visit(&mut |parameter| parameters.push(parameter.value.to_vec()));
    let x = random::<f64>(&[17, 3, d], rng);
    let Plan { output, mut workspace } = layer.plan(x.shape(), Purpose::Predict).unwrap();
    layer.forward(&x, &mut Tensor::zeros(&output), &mut workspace, &mut Mode::Eval);
    let [weights] = &workspace.attention_weights()[..] else { panic!() };
    assert_eq!(weights.shape(), [17, heads, 3, 3]);
    for sample in 0..17 {
        // Row r of W x + b for token t.
        let map = |t: usize, r: usize| -> f64 {
            let x = token(&x, sample, t);
            parameters[1][r] + (0..d).map(|j| parameters[0][r * d + j] * x[j]).sum::<f64>()
        };
        for head in 0..heads {
            for query in 0..3 {
                let score = |key: usize| -> f64 {
                    let first = head * size;
                    let terms = (first..first + size).map(|r| map(query, r) * map(key, d + r));
                    terms.sum::<f64>() / (size as f64).sqrt()
                };
                let total: f64 = (0..3).map(|key| Scalar::exp(score(key))).sum();
                for key in 0..3 {
                    let found = weights[[sample, (head * 3 + query) * 3 + key]];
                    assert!((found - Scalar::exp(score(key)) / total).abs() < 1e-14);
                }
            }
        }
    }
}

/// Every attention of a network gives the weights that were computed last, with what is not seen at 0.
#[test]
fn a_network_gives_the_weights_of_all_its_attention() {
    let rng = &mut rng();
    let layer = |rng: &mut ChaCha8Rng| TransformerEncoderLayer::new(4, 2, 7, rng).causal().padding(9.0);
    let network = drawn(Sequential::new().append(layer(rng)).append(Residual::new(layer(rng))));
    let mut x = random::<f64>(&[2, 4, 4], rng);
    set(&mut x, 1, 0, [9.0; 4]);
    let Plan { output, mut workspace } = network.plan(x.shape(), Purpose::Predict).unwrap();
    network.forward(&x, &mut Tensor::zeros(&output), &mut workspace, &mut Mode::Eval);
    let all = workspace.attention_weights();
    assert!(all.len() == 2 && all[0] != all[1]);
    for weights in &all {
        for (sample, padding) in [(0, 0), (1, 1)] {
            for head in 0..2 {
                for query in padding..4 {
                    let weight = |key: usize| weights[[sample, (head * 4 + query) * 4 + key]];
                    let row: Vec<f64> = (0..4).map(weight).collect();
                    assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-14, "{row:?}");
                    for (key, &weight) in row.iter().enumerate() {
                        assert_eq!(weight > 0.0, (padding..=query).contains(&key), "{row:?}");
                    }
                }
            }
        }
    }
    assert!(Workspace::<f64>::empty().attention_weights().is_empty());
}

/// In training, weights are dropped and the rest is scaled: on average over many masks, the output is that of use.
#[test]
fn dropout_of_the_weights_leaves_the_mean() {
    let rng = &mut rng();
    let layer = drawn(MultiheadAttention::<f64>::new(4, 2, rng)).dropout(0.3);
    let x = random::<f64>(&[16, 5, 4], rng);
    let used = layer.predict(&x).unwrap();
    let Plan { output, mut workspace } = layer.plan(x.shape(), Purpose::Train).unwrap();
    let (mut y, count) = (Tensor::zeros(&output), 4000);
    let mut sums = vec![[0.0, 0.0]; y.features()];
    for _ in 0..count {
        layer.forward(&x, &mut y, &mut workspace, &mut Mode::Train(rng));
        for (feature, sum) in sums.iter_mut().enumerate() {
            let y = y.feature(feature)[3];
            *sum = [sum[0] + y, sum[1] + y * y];
        }
    }
    for (feature, [sum, squares]) in sums.into_iter().enumerate() {
        let (mean, n) = (sum / f64::from(count), f64::from(count));
        let deviation = (squares / n - mean * mean).sqrt();
        let error = (mean - used.feature(feature)[3]).abs();
        assert!(deviation > 0.01 && error < 4.5 * deviation / n.sqrt(), "{feature}: {error} of {deviation}");
    }
}
