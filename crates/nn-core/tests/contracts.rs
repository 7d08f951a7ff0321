//! What holds for every module: it can be shared and boxed, names itself, shows its parameters in one order, and does
//! not care what its memory held before.

mod common;

use common::{assert_same_bits, narrow, random, results, values, wide};
use nn_core::lanes::LANES;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    Identity, Linear, Mode, Module, Plan, Purpose, ReLU, Scalar, Sequential, Sigmoid, Softmax, Tanh, Tensor,
    Workspace,
};

#[test]
fn modules_are_shared_between_threads_and_boxed() {
    fn check<M: Module<f32> + Send + Sync + 'static>() -> fn(M) -> Box<dyn Module<f32>> {
        |module| Box::new(module)
    }
    check::<Linear<f32>>();
    check::<Sequential<f32>>();
    check::<Identity>();
    check::<Tanh>();
    check::<Sigmoid>();
    check::<ReLU>();
    check::<Softmax>();
    fn shared<T: Send + Sync>() {}
    shared::<Box<dyn Module<f64>>>();
    shared::<(Tensor<f64>, Workspace<f64>, Plan<f64>)>();
}

#[test]
fn modules_name_themselves() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let modules: [(&dyn Module<f32>, &str); 8] = [
        (&Identity, "Identity"),
        (&Tanh, "Tanh"),
        (&Sigmoid, "Sigmoid"),
        (&ReLU, "ReLU"),
        (&Softmax, "Softmax"),
        (&Linear::new(2, 8, rng), "Linear(2 → 8)"),
        (&Sequential::new(), "Sequential: 0 parameters"),
        (
            &Sequential::new()
                .append(Linear::new(2, 3, rng))
                .append(Sequential::new().append(Tanh).append(Linear::new(3, 1, rng))),
            "\
Sequential: 13 parameters
  0  Linear(2 → 3): weight [3, 2], bias [3]; 9 parameters
  1  Sequential: 4 parameters
       0  Tanh
       1  Linear(3 → 1): weight [1, 3], bias [1]; 4 parameters",
        ),
    ];
    for (module, text) in modules {
        assert_eq!(module.to_string(), text);
    }
}

// --- Parameters ---

#[test]
fn parameters_are_visited_in_one_order_under_the_names_of_pytorch() {
    let mut names_of_nested = Vec::new();
    for case in narrow::<f64>().iter_mut().chain(&mut wide()) {
        let describe = |name: &dyn ToString, shape: &[usize], value: &[f64]| {
            assert_eq!(shape.iter().product::<usize>(), value.len(), "{}", case.name);
            (name.to_string(), shape.to_vec(), value.to_vec())
        };
        let (mut read, mut written, mut trained) = (Vec::new(), Vec::new(), Vec::new());
        let workspace = case.module.plan(&[&[3], case.sample].concat(), Purpose::Train).unwrap().workspace;
        case.module.visit(&mut |p| read.push(describe(&p.name, p.shape, p.value)));
        case.module.visit_mut(None, &mut |p| {
            assert!(p.gradient.is_none());
            written.push(describe(&p.name, p.shape, p.value));
        });
        case.module.visit_mut(Some(&workspace), &mut |p| {
            assert_eq!(p.gradient.map(<[f64]>::len), Some(p.value.len()), "{}", case.name);
            trained.push(describe(&p.name, p.shape, p.value));
        });
        assert_eq!(read, written, "{}", case.name);
        assert_eq!(read, trained, "{}", case.name);
        assert_eq!(
            case.module.parameter_count(),
            read.iter().map(|(_, _, value)| value.len()).sum::<usize>()
        );
        if case.name == "nested" {
            names_of_nested = read.into_iter().map(|(name, _, _)| name).collect();
        }
    }
    let expected = ["0.weight", "0.bias", "2.0.weight", "2.0.bias", "4.weight", "4.bias"];
    assert_eq!(names_of_nested, expected);
}

// --- Memory ---

#[test]
fn what_padding_holds_has_no_effect() {
    padding::<f32>();
    padding::<f64>();
}

fn padding<F: Scalar>() {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    for case in narrow::<F>().iter_mut().chain(&mut wide()) {
        for samples in [1, 15, 16, 17, 40] {
            let mut x = case.input(samples, &mut rng);
            let mut dy = random(&case.module.plan(x.shape(), Purpose::Train).unwrap().output, &mut rng);
            let expected = results(case.module.as_mut(), &x, &dy);
            for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e30, -1e30] {
                poison(&mut x, F::from_f64(value));
                poison(&mut dy, F::from_f64(value));
                let got = results(case.module.as_mut(), &x, &dy);
                assert_same_bits(
                    &got,
                    &expected,
                    &format!("{} of {samples}, padded with {value}", case.name),
                );
            }
        }
    }
}

fn poison<F: Scalar>(x: &mut Tensor<F>, value: F) {
    let (per_feature, before) = (x.blocks_per_feature(), values(x));
    let last = x.samples() - LANES * (per_feature - 1);
    for block in x.blocks_mut().chunks_exact_mut(per_feature) {
        block[per_feature - 1][last..].fill(value);
    }
    assert!(values(x) == before, "only padding changes");
}

#[test]
fn a_step_does_not_depend_on_the_steps_before() {
    let mut rng = ChaCha8Rng::seed_from_u64(10);
    for case in narrow::<f64>().iter_mut().chain(&mut wide()) {
        let (x, other) = (case.input(17, &mut rng), case.input(17, &mut rng));
        let Plan { output, mut workspace } = case.module.plan(x.shape(), Purpose::Train).unwrap();
        let dy = random(&output, &mut rng);
        let (mut y, mut dx) = (Tensor::zeros(&output), Tensor::zeros(x.shape()));
        let mut step = |x: &Tensor<f64>| {
            workspace.zero_grad();
            case.module.forward(x, &mut y, &mut workspace, &mut Mode::Eval);
            case.module.backward(x, &y, &dy, Some(&mut dx), &mut workspace);
            let mut results = vec![("y".to_owned(), values(&y)), ("dx".to_owned(), values(&dx))];
            case.module.visit_mut(Some(&workspace), &mut |p| {
                results.push((p.name.to_string(), p.gradient.unwrap().to_vec()));
            });
            results
        };
        step(&other);
        let second = step(&x);
        assert_same_bits(&second, &results(case.module.as_mut(), &x, &dy), case.name);
    }
}

#[test]
fn predict_is_forward() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    for case in narrow::<f64>().iter_mut().chain(&mut wide()) {
        let x = case.input(21, &mut rng);
        let predicted = case.module.predict(&x).unwrap();
        let plan = case.module.plan(x.shape(), Purpose::Train).unwrap();
        assert_eq!(predicted.shape(), plan.output, "{}", case.name);
        let forward = results(case.module.as_mut(), &x, &Tensor::zeros(&plan.output)).swap_remove(0);
        assert_same_bits(&[("y".to_owned(), values(&predicted))], &[forward], case.name);
    }
}
