//! Every kernel, compiled for each instruction set of this machine, gives the results of plain loops in double precision.
//!
//! Bounds: a sum of n terms is off by at most n + 2 roundings of the sum of their absolute values, a function of one
//! value by a few roundings of its result. No activation here increases the error of its argument.

use crate::common::random;
use nn_core::ndarray::{Array1, Array2};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::simd::Level;
use nn_core::{
    Accumulate, Linear, Mode, Module, Plan, Purpose, Relu, Scalar, Sigmoid, Softmax, Tanh, Tensor,
};

#[test]
fn every_level_finds_what_plain_loops_find() {
    let _alone = crate::LEVEL.lock();
    for level in Level::available() {
        level.set().unwrap();
        for samples in [1, 2, 15, 16, 17, 33, 200, 300] {
            for (inputs, outputs) in
                [(1, 1), (2, 8), (8, 2), (3, 7), (5, 5), (16, 16), (17, 31), (45, 46), (300, 13), (13, 300)]
            {
                linear::<f32>(inputs, outputs, samples, f64::from(f32::EPSILON));
                linear::<f64>(inputs, outputs, samples, f64::EPSILON);
            }
            activations::<f32>(samples, f64::from(f32::EPSILON));
            activations::<f64>(samples, f64::EPSILON);
        }
        // Wide layers take many samples strip by strip.
        for samples in [513, 1040] {
            linear::<f32>(300, 13, samples, f64::from(f32::EPSILON));
            linear::<f64>(45, 46, samples, f64::EPSILON);
        }
    }
}

fn linear<F: Scalar>(inputs: usize, outputs: usize, samples: usize, epsilon: f64) {
    let rng = &mut ChaCha8Rng::seed_from_u64(3);
    let numbers = random::<F>(&[outputs, inputs + 1], rng);
    let w = |i: usize, j: usize| numbers[[i, j]];
    let layer = Linear::from_parameters(
        Array2::from_shape_fn((outputs, inputs), |(i, j)| w(i, j)),
        Array1::from_shape_fn(outputs, |i| w(i, inputs)),
    )
    .unwrap();
    let (x, dy) = (random::<F>(&[samples, inputs], rng), random::<F>(&[samples, outputs], rng));
    let Plan { output, mut workspace } = layer.plan(x.shape(), Purpose::Train).unwrap();
    let (mut y, mut dx) = (Tensor::zeros(&output), x.clone());
    layer.forward(&x, &mut y, &mut workspace, &mut Mode::Eval);
    // Twice, because gradients are added to the old values.
    for _ in 0..2 {
        layer.backward(&x, &y, &dy, Some(&mut dx), Accumulate::Replace, &mut workspace);
    }
    let check = |found: F, terms: &mut dyn Iterator<Item = f64>, what: &str| {
        let (count, sum, size) =
            terms.fold((2, 0.0, 0.0), |(count, sum, size), term| (count + 1, sum + term, size + term.abs()));
        let error = (found.to_f64() - sum).abs();
        let bound = f64::from(count) * epsilon * size;
        assert!(
            error <= bound,
            "{what} of {layer}, {samples} samples, {:?}: {error} > {bound}",
            Level::current()
        );
    };
    let product = |a: F, b: F| a.to_f64() * b.to_f64();
    for s in 0..samples {
        for i in 0..outputs {
            let mut terms = (0..inputs).map(|j| product(w(i, j), x[[s, j]])).chain([w(i, inputs).to_f64()]);
            check(y[[s, i]], &mut terms, "y");
        }
        for j in 0..inputs {
            check(dx[[s, j]], &mut (0..outputs).map(|i| product(w(i, j), dy[[s, i]])), "dx");
        }
    }
    let twice = || (0..samples).chain(0..samples);
    for i in 0..outputs {
        for j in 0..inputs {
            let found = workspace.gradients[0][i * inputs + j];
            check(found, &mut twice().map(|s| product(dy[[s, i]], x[[s, j]])), "dw");
        }
        check(workspace.gradients[1][i], &mut twice().map(|s| dy[[s, i]].to_f64()), "db");
    }
}

#[expect(clippy::disallowed_methods, reason = "std's functions are the reference")]
fn activations<F: Scalar>(samples: usize, epsilon: f64) {
    let rng = &mut ChaCha8Rng::seed_from_u64(4);
    let (x, dy) = (random::<F>(&[samples, 5], rng), random::<F>(&[samples, 5], rng));
    type Function = fn(f64) -> f64;
    let modules: [(&dyn Module<F>, Function, Function); 3] = [
        (&Tanh, f64::tanh, |x| 1.0 - x.tanh() * x.tanh()),
        (&Sigmoid, |x| 1.0 / (1.0 + (-x).exp()), |x| 1.0 / (2.0 + x.exp() + (-x).exp())),
        (&Relu, |x| x.max(0.0), |x| f64::from(u8::from(x > 0.0))),
    ];
    for (module, f, slope) in modules {
        let (y, dx) = forward_backward(module, &x, &dy);
        for s in 0..samples {
            for j in 0..5 {
                let (x, dy) = (x[[s, j]].to_f64(), dy[[s, j]].to_f64());
                let y_error = (y[[s, j]].to_f64() - f(x)).abs();
                let dx_error = (dx[[s, j]].to_f64() - dy * slope(x)).abs();
                assert!(y_error <= 4.0 * epsilon, "y of {module} at {x}: {y_error}");
                assert!(dx_error <= 12.0 * epsilon * dy.abs(), "dx of {module} at {x}: {dx_error}");
            }
        }
    }
    let (y, dx) = forward_backward(&Softmax, &x, &dy);
    for s in 0..samples {
        let e: Vec<f64> = x.sample(s).map(|x| x.to_f64().exp()).collect();
        let total: f64 = e.iter().sum();
        let inner: f64 = e.iter().zip(dy.sample(s)).map(|(e, dy)| e / total * dy.to_f64()).sum();
        for j in 0..5 {
            let expected = e[j] / total;
            let y_error = (y[[s, j]].to_f64() - expected).abs();
            let dx_error = (dx[[s, j]].to_f64() - expected * (dy[[s, j]].to_f64() - inner)).abs();
            assert!(y_error <= 16.0 * epsilon, "y of Softmax: {y_error}");
            assert!(dx_error <= 64.0 * epsilon, "dx of Softmax: {dx_error}");
        }
    }
}

fn forward_backward<F: Scalar>(
    module: &dyn Module<F>,
    x: &Tensor<F>,
    dy: &Tensor<F>,
) -> (Tensor<F>, Tensor<F>) {
    let Plan { output, mut workspace } = module.plan(x.shape(), Purpose::Train).unwrap();
    let (mut y, mut dx) = (Tensor::zeros(&output), x.clone());
    module.forward(x, &mut y, &mut workspace, &mut Mode::Eval);
    module.backward(x, &y, dy, Some(&mut dx), Accumulate::Replace, &mut workspace);
    (y, dx)
}
