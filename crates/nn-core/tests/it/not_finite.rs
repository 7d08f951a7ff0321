//! What is not finite never comes out as a number that hides it: NaN stays NaN in every layer, in value and in gradient, and an
//! infinity becomes NaN, an infinity, or the limit of the function.

use crate::common::{Case, Results, narrow, random, step, values, wide};
use nn_core::lanes::LANES;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    BatchNorm1d, GroupNorm, LayerNorm, Mode, Module, Plan, Purpose, RmsNorm, Scalar, Stack, Tensor,
};

/// Samples of a full block, and more.
const SAMPLES: usize = 21;

/// One sample in the full block and one in the rest.
const PLACES: [usize; 2] = [3, 19];

fn all<F: Scalar>() -> Vec<Case<F>> {
    narrow().into_iter().chain(wide()).collect()
}

/// Returns the results of a step, whose first two are y and dx.
fn run<F: Scalar>(case: &mut Case<F>, x: &Tensor<F>, dy: &Tensor<F>, training: bool) -> Results<F> {
    let mut workspace = case.module.plan(x.shape(), Purpose::Train).unwrap().workspace;
    step(&mut *case.module, x, dy, training, &mut workspace)
}

/// Returns an input and a gradient of the output.
fn arguments<F: Scalar>(case: &Case<F>) -> [Tensor<F>; 2] {
    let rng = &mut ChaCha8Rng::seed_from_u64(9);
    let x = case.input(SAMPLES, rng);
    let output = case.module.plan(x.shape(), Purpose::Train).unwrap().output;
    [x, random(&output, rng)]
}

/// Calls `check` with a copy of `x` for each of some places that hold `bad`, and the place: a sample and a feature.
fn spoil<F: Scalar>(x: &Tensor<F>, bad: f64, mut check: impl FnMut(&Tensor<F>, usize, usize)) {
    for sample in PLACES {
        for feature in [0, x.features() - 1] {
            let mut spoilt = x.clone();
            spoilt.feature_mut(feature)[sample] = F::from_f64(bad);
            check(&spoilt, sample, feature);
        }
    }
}

/// Returns whether one of the values of this sample is NaN.
fn nan_in<F: Scalar>(values: &[F], sample: usize) -> bool {
    values.chunks(SAMPLES).any(|feature| feature[sample].is_nan())
}

fn any_nan<F: Scalar>(results: &[(String, Vec<F>)]) -> bool {
    results.iter().any(|(_, values)| values.iter().any(|value| value.is_nan()))
}

/// Layers that are linear in x without parameters, or a table: their gradient does not contain x.
fn ignores_x(name: &str, training: bool) -> bool {
    let linear = [
        "Dropout",
        "Flatten",
        "Upsample",
        "AvgPool",
        "AdaptiveAvgPool",
        "Reshape",
        "Unflatten",
        "Permute",
        "Select",
        "Slice",
        "Embedding",
        "PositionalEncoding",
        "PositionEmbedding",
        "Residual, random",
        "Branches, random",
        "Graph, sum alone",
        "Graph, nothing to do",
        "empty",
    ];
    let constants = !training && name.starts_with("BatchNorm") && name.ends_with("not affine");
    constants || linear.iter().any(|linear| name.starts_with(linear)) && !name.contains("chain")
}

/// Layers that leave some inputs out. What they leave out has the gradient 0, and may be NaN.
fn leaves_out(name: &str) -> bool {
    ["Select", "Slice"].iter().any(|some| name.starts_with(some))
}

#[test]
fn nan_stays_nan_in_every_layer() {
    every_layer::<f32>();
    every_layer::<f64>();
}

fn every_layer<F: Scalar>() {
    for mut case in all::<F>() {
        let [x, dy] = arguments(&case);
        for training in [false, true] {
            let name = format!("{}, training {training}", case.name);
            let clean = run(&mut case, &x, &dy, training);
            assert!(!any_nan(&clean), "{name}");
            spoil(&x, f64::NAN, |x, sample, feature| {
                let results = run(&mut case, x, &dy, training);
                let used = !leaves_out(case.name) || clean[1].1[feature * SAMPLES + sample] != F::ZERO;
                assert!(nan_in(&results[0].1, sample) == used, "{name}: y hides a NaN of x");
                let seen = any_nan(&results[1..]);
                assert!(seen != ignores_x(case.name, training), "{name}: the gradient hides a NaN of x");
            });
            spoil(&dy, f64::NAN, |dy, sample, _| {
                let results = run(&mut case, &x, dy, training);
                // Indices have no gradient.
                let hides = !nan_in(&results[1].1, sample);
                assert!(hides == case.indices.is_some(), "{name}: dx hides a NaN of dy");
                // Followed by 1 + dx and the gradients of the parameters.
                let parameters = results.len() > 3 && !case.name.ends_with("not affine");
                assert!(!parameters || any_nan(&results[3..]), "{name}: the gradients hide a NaN of dy");
            });
        }
    }
}

/// A finite output is the limit of the function: a very large number comes to the same.
#[test]
fn an_infinity_becomes_its_limit_or_is_not_hidden() {
    limits::<f32>(1e18);
    limits::<f64>(1e100);
}

fn limits<F: Scalar>(large: f64) {
    for mut case in all::<F>() {
        let [x, dy] = arguments(&case);
        for (bad, large) in [(f64::INFINITY, large), (f64::NEG_INFINITY, -large)] {
            spoil(&x, bad, |spoilt, sample, feature| {
                let mut near = x.clone();
                near.feature_mut(feature)[sample] = F::from_f64(large);
                let [found, expected] = [spoilt, &near].map(|x| run(&mut case, x, &dy, false));
                let y_and_dx = found.iter().zip(&expected).take(2);
                for (found, expected) in y_and_dx.flat_map(|(a, b)| a.1.iter().zip(&b.1)) {
                    let error = (found.to_f64() - expected.to_f64()).abs();
                    assert!(
                        !found.is_finite() || error <= 1e-5,
                        "{}: {bad} comes to {found}, {large} to {expected}",
                        case.name
                    );
                }
            });
        }
    }
}

/// The other samples are as they were, where samples have nothing to do with each other.
#[test]
fn a_nan_does_not_spread_to_other_samples() {
    for mut case in all::<f32>() {
        let [x, dy] = arguments(&case);
        let clean = run(&mut case, &x, &dy, false);
        spoil(&x, f64::NAN, |x, sample, _| {
            let results = run(&mut case, x, &dy, false);
            for (found, expected) in results.iter().zip(&clean).take(2) {
                for (found, expected) in found.1.chunks(SAMPLES).zip(expected.1.chunks(SAMPLES)) {
                    let others = (0..SAMPLES).filter(|&s| s != sample);
                    assert!(others.into_iter().all(|s| found[s] == expected[s]), "{}", case.name);
                }
            }
        });
    }
}

#[test]
fn a_nan_in_one_network_of_a_stack_is_its_own() {
    stacks::<f32>();
    stacks::<f64>();
}

fn stacks<F: Scalar>() {
    let mut stacked = 0;
    for mut case in all::<F>() {
        let Some(mut stack) = Stack::new([&*case.module; LANES]) else { continue };
        stacked += 1;
        let [x, dy] = arguments(&case);
        let clean = run(&mut case, &x, &dy, false);
        for spoil_x in [true, false] {
            spoil(if spoil_x { &x } else { &dy }, f64::NAN, |spoilt, _, _| {
                let [with_x, with_dy] = if spoil_x { [spoilt, &dy] } else { [&x, spoilt] };
                let alone = run(&mut case, with_x, with_dy, false);
                let lane = 5;
                let together = |clean, spoilt| {
                    let all = std::array::from_fn(|k| if k == lane { spoilt } else { clean });
                    Tensor::interleave(all).unwrap()
                };
                let [x, dy] = [together(&x, with_x), together(&dy, with_dy)];
                let mut workspace = stack.module().plan(x.shape(), Purpose::Train).unwrap().workspace;
                let found = step(stack.module_mut(), &x, &dy, false, &mut workspace);
                for ((found, alone), clean) in found.iter().zip(&alone).zip(&clean) {
                    for k in 0..LANES {
                        let expected = if k == lane { &alone.1 } else { &clean.1 };
                        let found = found.1.as_chunks::<LANES>().0.iter().map(|block| block[k]);
                        let same = |(a, b): (F, &F)| a == *b || a.is_nan() && b.is_nan();
                        assert!(found.zip(expected).all(same), "{}: {}, network {k}", case.name, alone.0);
                    }
                }
            });
        }
    }
    assert!(stacked > 40, "{stacked} cases stack");
}

/// The squares of these values overflow. A deviation of ∞ would make every output 0.
#[test]
fn normalisation_that_overflows_is_nan() {
    let sample = Tensor::from_rows(&[[3e25_f32, -3e25]]);
    let y = LayerNorm::new([2]).predict(&sample).unwrap();
    assert!(values(&y).iter().all(|y| y.is_nan()), "{y}");
    let y = RmsNorm::new([2]).predict(&sample).unwrap();
    assert!(values(&y).iter().all(|y| y.is_nan()), "{y}");
    let y = GroupNorm::new(1, 2).predict(&sample).unwrap();
    assert!(values(&y).iter().all(|y| y.is_nan()), "{y}");
    let (layer, channel) = (BatchNorm1d::new(1), Tensor::from_column(&[3e25_f32, -3e25]));
    let Plan { output, mut workspace } = layer.plan(channel.shape(), Purpose::Train).unwrap();
    let (mut y, mut rng) = (Tensor::zeros(&output), ChaCha8Rng::seed_from_u64(0));
    layer.forward(&channel, &mut y, &mut workspace, &mut Mode::Train(&mut rng));
    assert!(values(&y).iter().all(|y| y.is_nan()), "{y}");
}
