//! Recurrent layers: where a sequence begins and ends, and what padding must not do. Their numbers are compared with PyTorch's in
//! `parity.rs`.

use crate::common::random;
use crate::windowed::Settings;
use nn_core::gradcheck::check_module;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    Accumulate, Gru, Linear, Lstm, Mode, Module, Parameters, Plan, Purpose, RecurrentState, Rnn, Scalar,
    Sequential, Tensor, Workspace,
};

/// Returns the layer that PyTorch calls `kind`.
pub(crate) fn recurrent(kind: &str, settings: &Settings<'_>) -> Box<dyn Module<f64>> {
    settings.check_names(&["num_layers", "nonlinearity", "bidirectional", "bias", "last", "padding_value"]);
    let ([inputs, units], rng) = (settings.channels(), &mut ChaCha8Rng::seed_from_u64(0));
    let layers = settings.number("num_layers").unwrap_or(1);
    macro_rules! make {
        ($Layer:ident) => {{
            let both = settings.is("bidirectional") == Some(true);
            let mut layer = if both {
                $Layer::bidirectional(inputs, units, layers, rng)
            } else {
                $Layer::deep(inputs, units, layers, rng)
            };
            if let Some(padding) = settings.get("padding_value") {
                layer = layer.padding(padding.as_f64().unwrap());
            }
            if settings.is("last") == Some(true) {
                layer = layer.last();
            }
            if settings.is("bias") == Some(false) { layer.without_bias() } else { layer }
        }};
    }
    match kind {
        "RNN" if settings.0.contains(&"nonlinearity=relu") => Box::new(make!(Rnn).relu()),
        "RNN" => Box::new(make!(Rnn)),
        "LSTM" => Box::new(make!(Lstm)),
        "GRU" => Box::new(make!(Gru)),
        _ => panic!("unknown layer {kind}"),
    }
}

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(11)
}

/// One layer of each kind, with two layers and no direction back, because only such can be continued.
fn onward() -> [Box<dyn Module<f64>>; 4] {
    let rng = &mut rng();
    [
        Box::new(Rnn::deep(2, 3, 2, rng)),
        Box::new(Rnn::new(2, 3, rng).relu()),
        Box::new(Lstm::deep(2, 3, 2, rng)),
        Box::new(Gru::deep(2, 9, 2, rng)),
    ]
}

fn steps(x: &Tensor<f64>, range: std::ops::Range<usize>) -> Tensor<f64> {
    let mut part = Tensor::zeros(&[x.samples(), range.len(), x.shape()[2]]);
    for (to, from) in (range.start * x.shape()[2]..range.end * x.shape()[2]).enumerate() {
        part.feature_mut(to).copy_from_slice(x.feature(from));
    }
    part
}

#[test]
fn a_sequence_in_pieces_has_the_bits_of_the_whole() {
    for layer in onward() {
        let x = random::<f64>(&[18, 7, 2], &mut rng());
        let whole = layer.predict(&x).unwrap();
        let width = whole.shape()[2];
        // One step at a time, then several.
        for pieces in [&[1; 7][..], &[3, 4], &[5, 1, 1]] {
            let mut from = 0;
            let mut last: Option<Workspace<f64>> = None;
            for &count in pieces {
                let part = steps(&x, from..from + count);
                let Plan { output, mut workspace } = layer.plan(part.shape(), Purpose::Predict).unwrap();
                if let Some(before) = last.and_then(|workspace| workspace.state) {
                    workspace.state.as_mut().unwrap().first = before.last.clone();
                }
                let mut y = Tensor::zeros(&output);
                layer.forward(&part, &mut y, &mut workspace, &mut Mode::Eval);
                for feature in 0..y.features() {
                    assert_eq!(y.feature(feature), whole.feature(from * width + feature), "{layer}");
                }
                from += count;
                last = Some(workspace);
            }
        }
    }
}

#[test]
fn the_state_is_carried_and_reset_within_networks() {
    let rng = &mut rng();
    let network = Sequential::<f64>::new()
        .append(Lstm::new(2, 3, rng))
        .append(Sequential::new().append(Gru::new(3, 2, rng)))
        .append(Linear::new(2, 1, rng));
    let x = random(&[5, 6, 2], rng);
    let whole = network.predict(&x).unwrap();
    let Plan { output, mut workspace } = network.plan(&[5, 1, 2], Purpose::Predict).unwrap();
    let mut y = Tensor::zeros(&output);
    for _ in 0..2 {
        for step in 0..6 {
            network.forward(&steps(&x, step..step + 1), &mut y, &mut workspace, &mut Mode::Eval);
            assert_eq!(y.feature(0), whole.feature(step));
            workspace.carry_state();
        }
        workspace.reset_state();
    }
}

/// The gradient of the first state, and the other gradients where it is not zero.
#[test]
fn a_given_first_state_has_a_gradient() {
    for mut layer in onward().into_iter().chain([Box::new(Lstm::bidirectional(2, 3, 2, &mut rng())) as _]) {
        let x = random::<f64>(&[3, 4, 2], &mut rng());
        let Plan { output, mut workspace } = layer.plan(x.shape(), Purpose::Train).unwrap();
        let first = {
            let state = workspace.state.as_mut().unwrap();
            state.first = random(state.first.shape(), &mut rng());
            state.first.clone()
        };
        let dy = random::<f64>(&output, &mut rng());
        let loss = |layer: &dyn Module<f64>, workspace: &mut Workspace<f64>, first: &Tensor<f64>| {
            workspace.state.as_mut().unwrap().first = first.clone();
            let mut y = Tensor::zeros(&output);
            layer.forward(&x, &mut y, workspace, &mut Mode::Eval);
            (y.view().iter().zip(&dy.view()).map(|(y, dy)| y * dy).sum::<f64>(), y)
        };
        let (_, y) = loss(&*layer, &mut workspace, &first);
        workspace.zero_grad();
        layer.backward(&x, &y, &dy, None, Accumulate::Replace, &mut workspace);
        let found = workspace.state.as_ref().unwrap().gradient.clone().unwrap();
        let mut planned = layer.plan(x.shape(), Purpose::Train).unwrap().workspace;
        for index in (0..first.features()).flat_map(|feature| (0..3).map(move |sample| [sample, feature])) {
            let [above, below] = [1e-6, -1e-6].map(|step| {
                let mut moved = first.clone();
                moved[index] += step;
                loss(&*layer, &mut planned, &moved).0
            });
            let expected = (above - below) / 2e-6;
            assert!((found[index] - expected).abs() < 1e-8, "{layer}: {index:?} {} {expected}", found[index]);
        }
        // A weight of U: its gradient has a term of the first state.
        let mut gradients = Vec::new();
        layer.visit_mut(Some(&workspace), &mut |p| gradients.push(p.gradient.unwrap()[0]));
        for (which, &found) in gradients.iter().enumerate() {
            let [above, below] = [1e-6, -2e-6].map(|step| {
                let mut index = 0;
                layer.visit_mut(None, &mut |p| {
                    p.value[0] += if index == which { step } else { 0.0 };
                    index += 1;
                });
                loss(&*layer, &mut planned, &first).0
            });
            let expected = (above - below) / 2e-6;
            assert!((found - expected).abs() < 1e-8, "{layer}: parameter {which}: {found} {expected}");
            let mut index = 0;
            layer.visit_mut(None, &mut |p| {
                p.value[0] += if index == which { 1e-6 } else { 0.0 };
                index += 1;
            });
        }
    }
}

const PADDING: f64 = -7.0;

fn padded() -> [Box<dyn Module<f64>>; 5] {
    let rng = &mut rng();
    [
        Box::new(Rnn::bidirectional(2, 3, 2, rng).padding(PADDING)),
        Box::new(Lstm::bidirectional(2, 3, 2, rng).padding(PADDING).dropout(0.5)),
        Box::new(Lstm::deep(2, 3, 2, rng).padding(PADDING).last()),
        Box::new(Gru::bidirectional(2, 9, 1, rng).padding(PADDING)),
        Box::new(Gru::bidirectional(2, 3, 2, rng).padding(PADDING).last()),
    ]
}

/// Sequences of all lengths from 1 to 5, and one of none.
fn unequal() -> (Tensor<f64>, Vec<usize>) {
    let mut x = random::<f64>(&[37, 5, 2], &mut rng());
    let lengths: Vec<usize> = (0..37).map(|sample| if sample == 36 { 0 } else { 1 + sample % 5 }).collect();
    for (sample, &length) in lengths.iter().enumerate() {
        for feature in 2 * length..10 {
            x[[sample, feature]] = PADDING;
        }
    }
    (x, lengths)
}

#[test]
fn padded_sequences_are_those_without_padding() {
    let (x, lengths) = unequal();
    for layer in padded() {
        let y = layer.predict(&x).unwrap();
        for (sample, &length) in lengths.iter().enumerate().filter(|&(_, &length)| length > 0) {
            let alone = layer.predict(&steps(&x.select(&[sample]), 0..length)).unwrap();
            let expected = alone.sample(0).chain(std::iter::repeat(0.0));
            assert!(
                y.sample(sample).zip(expected).all(|(found, expected)| found == expected),
                "{layer}: {sample}"
            );
        }
        assert!(y.sample(36).all(|y| y == 0.0), "{layer}");
    }
}

#[test]
fn the_gradients_of_padded_steps_are_0_and_what_comes_from_there_counts_for_nothing() {
    let (x, lengths) = unequal();
    for mut layer in padded() {
        let Plan { output, mut workspace } = layer.plan(x.shape(), Purpose::Train).unwrap();
        let (mut y, mut dx) = (Tensor::zeros(&output), random(x.shape(), &mut rng()));
        let mut dy = random(&output, &mut rng());
        let mut gradients = Vec::new();
        for foreign in [0.0, 1.0, f64::NAN] {
            if output.len() == 3 {
                for (sample, &length) in lengths.iter().enumerate() {
                    for feature in length * output[2]..dy.features() {
                        dy[[sample, feature]] = foreign;
                    }
                }
            }
            workspace.zero_grad();
            layer.forward(&x, &mut y, &mut workspace, &mut Mode::Train(&mut rng()));
            layer.backward(&x, &y, &dy, Some(&mut dx), Accumulate::Replace, &mut workspace);
            for (sample, &length) in lengths.iter().enumerate() {
                let mut features = dx.sample(sample).enumerate();
                assert!(
                    features.all(|(feature, dx)| (dx == 0.0) == (feature >= 2 * length)),
                    "{layer}: {sample}"
                );
            }
            let mut found = Vec::new();
            layer.visit_mut(Some(&workspace), &mut |p| found.push(p.gradient.unwrap().to_vec()));
            gradients.push(found);
        }
        assert!(gradients.iter().all(|found| *found == gradients[0]), "{layer}");
        let x = random(&[4, 3, 2], &mut rng());
        for mismatch in check_module(layer.as_mut(), &x, &mut rng()).unwrap() {
            assert!(mismatch.relative_error < 1e-6, "{layer}: {mismatch:?}");
        }
    }
}

#[test]
fn a_state_that_is_reset_begins_with_zeros() {
    fn zero<F: Scalar>(state: &RecurrentState<F>) -> bool {
        [&state.first, &state.last]
            .into_iter()
            .all(|state| state.view().iter().all(|&value| value == F::ZERO))
    }
    let layer = Gru::<f32>::new(1, 2, &mut rng());
    let x = Tensor::from_vec(&[1, 1, 1], vec![1.0]).unwrap();
    let Plan { output, mut workspace } = layer.plan(x.shape(), Purpose::Train).unwrap();
    layer.forward(&x, &mut Tensor::zeros(&output), &mut workspace, &mut Mode::Eval);
    workspace.carry_state();
    assert!(!zero(workspace.state.as_ref().unwrap()));
    workspace.reset_state();
    assert!(zero(workspace.state.as_ref().unwrap()));
}

#[test]
#[should_panic(expected = "LSTM(1 → 2): expected a first state [3, 4], found [3, 5]")]
fn a_first_state_of_another_shape_is_a_panic_that_names_the_layer() {
    let layer = Lstm::<f32>::new(1, 2, &mut rng());
    let Plan { output, mut workspace } = layer.plan(&[3, 2, 1], Purpose::Predict).unwrap();
    workspace.state.as_mut().unwrap().first = Tensor::zeros(&[3, 5]);
    let x = Tensor::zeros(&[3, 2, 1]);
    layer.forward(&x, &mut Tensor::zeros(&output), &mut workspace, &mut Mode::Eval);
}

#[test]
fn the_bias_of_forgetting_is_the_second_quarter() {
    let layer = Lstm::<f64>::bidirectional(2, 3, 2, &mut rng()).forget_bias(4.0);
    let mut checked = 0;
    layer.visit(&mut |p| {
        if p.name.to_string().starts_with("bias") {
            let input = p.name.to_string().starts_with("bias_ih");
            for (i, &value) in p.value.iter().enumerate() {
                assert_eq!(value == 4.0, input && (3..6).contains(&i), "{}", p.name);
            }
            checked += 1;
        }
    });
    assert_eq!(checked, 8);
}
