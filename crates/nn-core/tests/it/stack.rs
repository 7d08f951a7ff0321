//! Sixteen networks in a stack give the same bits as each alone, at every vector width; others refuse to be stacked.

use crate::common::{Case, narrow, random, results, wide};
use nn_core::lanes::LANES;
use nn_core::rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use nn_core::simd::Level;
use nn_core::{
    Activation, BatchNorm1d, BatchNorm2d, Dropout, Dropout2d, GroupNorm, LayerNorm, LeakyRelu, Linear,
    Module, Parameters, Permute, PositionalEncoding, Purpose, Reshape, Scalar, Select, Sequential, Slice,
    Stack, Tanh, Tensor, Unflatten, Upsample,
};

/// A single test, because the level applies to the whole process.
#[test]
fn networks_in_a_stack_come_to_the_same_bits_as_alone_at_every_level() {
    let _alone = crate::LEVEL.lock();
    same_bits::<f32>();
    same_bits::<f64>();
}

fn same_bits<F: Scalar>() {
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    let all = || narrow::<F>().into_iter().chain(wide());
    let (mut stacked, mut copies): (_, [_; LANES]) = (0, std::array::from_fn(|_| all()));
    for _ in 0..all().count() {
        let mut cases: [Case<F>; LANES] = copies.each_mut().map(|copy| copy.next().unwrap());
        for case in &mut cases {
            case.module.visit_mut(None, &mut |parameter| {
                parameter.value.fill_with(|| F::from_f64(4.0 * rng.random::<f64>() - 2.0));
            });
        }
        let Some(mut stack) = Stack::new(cases.each_ref().map(|case| &*case.module)) else {
            let name = cases[0].name;
            let beyond = [
                "Dropout",
                "Norm",
                "random",
                "boxed",
                "8 300",
                "300 13",
                "63",
                "chain",
                "Conv",
                "Rnn",
                "Lstm",
                "Gru",
                "Embedding",
                "Attention",
                "Transformer",
            ];
            assert!(beyond.iter().any(|what| name.contains(what)), "{name} does not stack");
            continue;
        };
        stacked += 1;
        // A matrix product adds up 300 samples in two stretches.
        let many = if cases[0].name.contains("just wide") { 300 } else { 200 };
        for samples in [1, 2, 3, 15, 16, 17, 30, many] {
            let name = format!("{} of {samples}", cases[0].name);
            let x: [_; LANES] = std::array::from_fn(|lane| cases[lane].input(samples, &mut rng));
            let output = cases[0].module.plan(x[0].shape(), Purpose::Train).unwrap().output;
            let dy: [_; LANES] = std::array::from_fn(|_| random(&output, &mut rng));
            let together = [&x, &dy].map(|all| Tensor::interleave(all.each_ref()).unwrap());
            Level::Baseline.set().unwrap();
            let alone: [_; LANES] =
                std::array::from_fn(|lane| results(&mut *cases[lane].module, &x[lane], &dy[lane]));
            for level in Level::available() {
                level.set().unwrap();
                let got = results(stack.module_mut(), &together[0], &together[1]);
                for (lane, alone) in alone.iter().enumerate() {
                    assert_eq!(got.len(), alone.len());
                    for ((what, got), (expected_what, expected)) in got.iter().zip(alone) {
                        assert_eq!(what, expected_what);
                        let got = got.as_chunks::<LANES>().0.iter().map(|block| block[lane]);
                        let same = got.len() == expected.len()
                            && got.zip(expected).all(|(got, &expected)| {
                                got.to_f64().to_bits() == expected.to_f64().to_bits()
                            });
                        assert!(same, "{name} at {level:?}: {what} of network {lane}");
                    }
                }
            }
        }
        // The parameters can be copied back.
        for (lane, case) in cases.iter_mut().enumerate() {
            let before = case.module.state_dict();
            case.module.visit_mut(None, &mut |parameter| parameter.value.fill(F::ZERO));
            stack.copy_to(lane, &mut *case.module);
            assert_eq!(case.module.state_dict(), before, "{}", case.name);
        }
    }
    assert!(stacked > 40, "{stacked} cases stack");
}

fn stacks(networks: &[Box<dyn Module<f32>>; LANES]) -> bool {
    Stack::new(networks.each_ref().map(|network| &**network)).is_some()
}

fn activation(smooth: bool) -> Box<dyn Module<f32>> {
    if smooth { Box::new(Tanh) } else { Box::new(LeakyRelu::default()) }
}

fn copies<M: Module<f32> + 'static>(of: impl Fn(usize) -> M) -> [Box<dyn Module<f32>>; LANES] {
    std::array::from_fn(|lane| Box::new(of(lane)) as Box<dyn Module<f32>>)
}

#[test]
fn networks_that_differ_or_remember_or_are_random_do_not_stack() {
    let rng = || ChaCha8Rng::seed_from_u64(0);
    assert!(stacks(&copies(|_| Linear::new(2, 3, &mut rng()))));
    assert!(!stacks(&copies(|lane| Linear::new(2, 3 + lane / 15, &mut rng()))));
    assert!(stacks(&copies(|_| LeakyRelu { negative_slope: 0.1 })));
    assert!(!stacks(&copies(|lane| LeakyRelu { negative_slope: 0.1 * lane as f64 })));
    assert!(!stacks(&copies(|lane| Sequential::new().append(activation(lane < 15)))));
    let bias = |lane| match lane {
        0 => Linear::new(2, 3, &mut rng()).without_bias(),
        _ => Linear::new(2, 3, &mut rng()),
    };
    assert!(stacks(&copies(|_| bias(0))));
    assert!(!stacks(&copies(bias)));
    assert!(!stacks(&copies(|_| Dropout::new(0.5))));
    assert!(!stacks(&copies(|_| BatchNorm1d::new(3))));
    assert!(!stacks(&copies(|_| LayerNorm::new([3]))));
    assert!(!stacks(&copies(|_| BatchNorm2d::new(3))));
    assert!(!stacks(&copies(|_| GroupNorm::new(1, 3))));
    assert!(!stacks(&copies(|_| Dropout2d::new(0.5))));
    assert!(stacks(&copies(|_| Upsample::nearest(2))));
    assert!(!stacks(&copies(|lane| Upsample::nearest(2 + lane / 15))));
    assert!(stacks(&copies(|_| Reshape::new([2, 3]))));
    assert!(!stacks(&copies(|lane| Reshape::new([2, 3 + lane / 15]))));
    assert!(stacks(&copies(|_| Unflatten::new(1, [2, 3]))));
    assert!(!stacks(&copies(|lane| Unflatten::new(1 + lane / 15, [2, 3]))));
    assert!(stacks(&copies(|_| PositionalEncoding::new().padding(0.5))));
    assert!(!stacks(&copies(|lane| PositionalEncoding::new().padding(if lane < 15 { 0.5 } else { 0.0 }))));
    assert!(stacks(&copies(|_| Permute::new([2, 1]))));
    assert!(!stacks(&copies(|lane| Permute::new(if lane < 15 { [2, 1] } else { [1, 2] }))));
    assert!(stacks(&copies(|_| Select::new(1, -1))));
    assert!(!stacks(&copies(|lane| Select::new(1, (lane / 15) as isize))));
    assert!(stacks(&copies(|_| Slice::new(1, 1, None))));
    assert!(!stacks(&copies(|lane| Slice::new(1, (lane / 15) as isize, None))));
    assert!(!stacks(&copies(|_| Sequential::new().append(Tanh).append(Dropout::new(0.5)))));
    // From 2048 weights on it is a matrix product in both directions.
    assert!(stacks(&copies(|_| Linear::new(89, 23, &mut rng()))));
    assert!(!stacks(&copies(|_| Linear::new(64, 32, &mut rng()))));
    assert!(stacks(&copies(|_| Linear::new(1000, 7, &mut rng()))));
}

/// x^power, with a power that `Display` does not print.
#[derive(Clone, Copy, PartialEq)]
struct Power(i32);

impl Activation for Power {
    fn f<F: Scalar>(self, x: F) -> F {
        (1..self.0).fold(x, |power, _| power * x)
    }
    fn df<F: Scalar>(self, x: F, _y: F) -> F {
        F::from_f64(f64::from(self.0)) * (1..self.0).fold(F::ONE, |power, _| power * x)
    }
}

impl std::fmt::Display for Power {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Power")
    }
}

#[test]
fn what_is_stacked_is_told_by_its_settings_and_not_by_what_it_prints() {
    assert!(stacks(&copies(|_| Power(3))));
    assert!(!stacks(&copies(|lane| Power(2 + lane as i32 / 15))));
    let chain = |power| Sequential::new().append(Tanh).append(Power(power));
    assert!(stacks(&copies(|_| chain(2))));
    assert!(!stacks(&copies(|lane| chain(2 + lane as i32 / 15))));
}

#[test]
fn batches_of_different_shapes_do_not_interleave() {
    let batches: [_; LANES] = std::array::from_fn(|k| Tensor::<f32>::zeros(&[3 + k / 15, 2]));
    assert!(Tensor::interleave(batches.each_ref()).is_none());
    let batches: [_; LANES] =
        std::array::from_fn(|k| Tensor::from_fn(2, 3, |s, f| (100 * k + 10 * s + f) as f32));
    let together = Tensor::interleave(batches.each_ref()).unwrap();
    assert_eq!((together.shape(), together.blocks()[2 * 2 + 1][5]), (&[32, 3][..], 512.0));
}
