//! Strips of samples give the bits of all samples at once, on any number of threads.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use crate::common::{narrow, random, wide};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    Accumulate, Linear, Mode, Module, ModuleError, Parameters, Plan, Predictor, Purpose, Relu, Scalar,
    Sequential, ShapeError, Stack, Tanh, Tensor, Workspace, team,
};

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
        // Few samples, strips of which the last is shorter, strips of one length, and a last one of a single sample.
        for samples in [300, 1100, 1152, 1153] {
            let what = format!("{}, {samples} samples", case.name);
            let x = case.input(samples, rng);
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
fn a_stack_is_divided_between_blocks() {
    let rng = &mut ChaCha8Rng::seed_from_u64(12);
    let networks: [Sequential<f32>; 16] = std::array::from_fn(|_| {
        Sequential::new().append(Linear::new(2, 5, rng)).append(Tanh).append(Linear::new(5, 3, rng))
    });
    let batches: [Tensor<f32>; 16] = std::array::from_fn(|_| random(&[71, 2], rng));
    let stack = Stack::new(networks.each_ref().map(|network| network as &dyn Module<f32>)).unwrap();
    let x = Tensor::interleave(batches.each_ref()).unwrap();
    let expected = Tensor::interleave(
        std::array::from_fn::<_, 16, _>(|k| networks[k].predict(&batches[k]).unwrap()).each_ref(),
    );
    assert!(bits(&stack.module().predict(&x).unwrap()) == bits(&expected.unwrap()));
}

/// Adds nothing to its input, and notes what it is called with.
#[derive(Default)]
struct Spy {
    /// The numbers of samples of plans and of calls.
    plans: Mutex<Vec<usize>>,
    calls: Mutex<Vec<usize>>,
    /// The only number of samples that it takes, if there is one.
    only: Option<usize>,
    /// Whether it panics at the next call.
    fails: Mutex<bool>,
}

impl Parameters<f32> for Spy {}

impl fmt::Display for Spy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Spy")
    }
}

impl Module<f32> for Spy {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<f32>, ModuleError> {
        self.plans.lock().unwrap().push(input[0]);
        if self.only.is_some_and(|only| only != input[0]) {
            return Err(ShapeError::new(self, "its own number of samples", input).into());
        }
        Ok(Plan { output: input.to_vec(), workspace: Workspace::of(self, input, input, purpose)? })
    }

    fn forward(&self, x: &Tensor<f32>, y: &mut Tensor<f32>, _: &mut Workspace<f32>, _: &mut Mode<'_>) {
        self.calls.lock().unwrap().push(x.samples());
        assert!(!std::mem::take(&mut *self.fails.lock().unwrap()), "on purpose");
        y.clone_from(x);
    }

    fn backward(
        &self,
        _: &Tensor<f32>,
        _: &Tensor<f32>,
        _: &Tensor<f32>,
        _: Option<&mut Tensor<f32>>,
        _: Accumulate,
        _: &mut Workspace<f32>,
    ) {
        unreachable!("it is only used to predict");
    }
}

#[test]
fn of_many_samples_no_more_than_128_are_computed_at_a_time() {
    let nine = [[128; 8].as_slice(), &[76]].concat();
    for (shape, expected) in [
        ([5, 2], vec![5]),
        ([1024, 2], vec![1024]),
        ([1100, 2], nine),
        ([1152, 2], vec![128; 9]),
        // Few samples of many values.
        ([300, 5000], vec![112, 112, 76]),
    ] {
        let (spy, x) = (Spy::default(), random(&shape, &mut ChaCha8Rng::seed_from_u64(13)));
        assert!(bits(&team::alone(|| spy.predict(&x)).unwrap()) == bits(&x));
        assert_eq!(*spy.calls.lock().unwrap(), expected);
        let planned = spy.plans.lock().unwrap().iter().copied().max();
        assert!(planned == expected.iter().copied().max(), "{planned:?}");
    }
    // A network that takes no strip computes all samples, and one whose samples have no values has nothing to do.
    for (only, shape) in [(Some(2000), [2000, 2]), (None, [1 << 40, 0])] {
        let spy = Spy { only, ..Spy::default() };
        let x = Tensor::zeros(&shape);
        assert!(spy.predict(&x).unwrap() == x);
        assert_eq!(*spy.calls.lock().unwrap(), [shape[0]]);
    }
}

#[test]
fn after_a_panic_the_next_run_is_as_any_other() {
    let rng = &mut ChaCha8Rng::seed_from_u64(14);
    // So much work that it is shared.
    let (spy, x) = (Spy::default(), random(&[2000, 700], rng));
    let mut predictor = Predictor::plan(&spy, x.shape()).unwrap();
    for _ in 0..5 {
        *spy.fails.lock().unwrap() = true;
        let failed = catch_unwind(AssertUnwindSafe(|| predictor.run(&spy, &x).samples()));
        assert!(failed.is_err());
        assert!(bits(predictor.run(&spy, &x)) == bits(&x));
    }
}

#[test]
fn what_does_not_fit_is_named_as_a_whole() {
    let rng = &mut ChaCha8Rng::seed_from_u64(11);
    let network = Sequential::<f32>::new().append(Relu).append(Linear::new(3, 2, rng));
    for samples in [0, 10, 2000] {
        let error = network.predict(&Tensor::zeros(&[samples, 4])).unwrap_err().to_string();
        let expected = match samples {
            0 => "layer 0, Relu: expected at least one sample, found [0, 4]".to_string(),
            _ => format!("layer 1, Linear(3 → 2): expected input [n, …, 3], found [{samples}, 4]"),
        };
        assert_eq!(error, expected);
    }
    let mut predictor = Predictor::plan(&network, &[2000, 3]).unwrap();
    let message = |predictor: &mut Predictor<f32>, network: &dyn Module<f32>, samples| {
        let run = || predictor.run(network, &Tensor::zeros(&[samples, 3])).samples();
        *catch_unwind(AssertUnwindSafe(run)).unwrap_err().downcast::<String>().unwrap()
    };
    assert_eq!(
        message(&mut predictor, &network, 1999),
        "Predictor: expected x [2000, 3] as planned, found [1999, 3]"
    );
    let other = message(&mut predictor, &Linear::<f32>::new(3, 2, rng), 2000);
    assert!(
        other.starts_with("Linear(3 → 2): expected a workspace that it planned, found one of "),
        "{other}"
    );
}
