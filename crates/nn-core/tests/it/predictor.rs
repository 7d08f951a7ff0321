//! Strips of samples give the bits of all samples at once, on any number of threads.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::common::{narrow, random, wide};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{Linear, Mode, Module, Plan, Predictor, Purpose, Relu, Scalar, Sequential, Tensor, team};

/// All samples at once, with the memory for them.
fn at_once<F: Scalar>(network: &dyn Module<F>, x: &Tensor<F>) -> Tensor<F> {
    let Plan { output, mut workspace } = network.plan(x.shape(), Purpose::Predict).unwrap();
    let mut y = Tensor::zeros(&output);
    network.forward(x, &mut y, &mut workspace, &mut Mode::Eval);
    y
}

/// The shape of a tensor and the bits of its values.
fn bits<F: Scalar>(tensor: &Tensor<F>) -> (Vec<usize>, Vec<u64>) {
    let features = (0..tensor.features()).flat_map(|feature| tensor.feature(feature));
    (tensor.shape().to_vec(), features.map(|value| value.to_f64().to_bits()).collect())
}

#[test]
fn strips_have_the_bits_of_all_samples_at_once() {
    same_bits::<f32>();
    same_bits::<f64>();
}

fn same_bits<F: Scalar>() {
    let rng = &mut ChaCha8Rng::seed_from_u64(9);
    for case in narrow::<F>().into_iter().chain(wide()) {
        // One strip, two that differ by as little as possible, and three of which the last is not full.
        for samples in [128, 129, 300] {
            let x = case.input(samples, rng);
            let what = format!("{}, {samples} samples", case.name);
            let expected = bits(&at_once(&*case.module, &x));
            assert!(bits(&case.module.predict(&x).unwrap()) == expected, "{what}");
            let mut predictor = Predictor::plan(&*case.module, x.shape()).unwrap();
            // The second time, the memory is not new.
            predictor.run(&*case.module, &case.input(samples, rng));
            assert!(bits(predictor.run(&*case.module, &x)) == expected, "{what}, again");
        }
    }
}

#[test]
fn threads_that_share_strips_give_the_same_bits() {
    let rng = &mut ChaCha8Rng::seed_from_u64(10);
    let network = Sequential::<f32>::new()
        .append(Linear::new(64, 96, rng))
        .append(Relu)
        .append(Linear::new(96, 10, rng));
    let x = random(&[5003, 64], rng);
    let expected = bits(&at_once(&network, &x));
    let mut predictor = Predictor::plan(&network, x.shape()).unwrap();
    let mut alone = team::alone(|| Predictor::plan(&network, x.shape())).unwrap();
    // Helpers sleep at first and are awake later.
    for _ in 0..20 {
        assert!(bits(predictor.run(&network, &x)) == expected);
        assert!(bits(alone.run(&network, &x)) == expected);
        team::alone(|| assert!(bits(predictor.run(&network, &x)) == expected));
    }
    assert!(bits(&predictor.into_output()) == expected);
}

#[test]
fn an_input_that_does_not_fit_is_named_as_a_whole() {
    let rng = &mut ChaCha8Rng::seed_from_u64(11);
    let network = Sequential::<f32>::new().append(Relu).append(Linear::new(3, 2, rng));
    for samples in [0, 10, 1000] {
        let error = network.predict(&Tensor::zeros(&[samples, 4])).unwrap_err().to_string();
        let expected = match samples {
            0 => "layer 0, Relu: expected at least one sample, found [0, 4]".to_string(),
            _ => format!("layer 1, Linear(3 → 2): expected input [n, …, 3], found [{samples}, 4]"),
        };
        assert_eq!(error, expected);
    }
    let mut predictor = Predictor::plan(&network, &[1000, 3]).unwrap();
    let run = AssertUnwindSafe(|| drop(predictor.run(&network, &Tensor::zeros(&[999, 3])).clone()));
    let message = *catch_unwind(run).unwrap_err().downcast::<String>().unwrap();
    assert_eq!(message, "expected x [1000, 3] as planned, found [999, 3]");
}
