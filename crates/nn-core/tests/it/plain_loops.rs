//! Every kernel, compiled for each instruction set of this machine, gives the results of plain loops in double precision.
//!
//! Bounds: a sum of n terms is off by at most n + 2 roundings of the sum of their absolute values, a function of one
//! value by a few roundings of its result. No activation here increases the error of its argument.

use std::fmt::Display;

use crate::common::random;
use nn_core::ndarray::{Array1, Array2};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::simd::Level;
use nn_core::{
    Accumulate, Conv2d, Linear, Mode, Module, Plan, Purpose, Relu, Scalar, Sigmoid, Softmax, Tanh, Tensor,
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
            if samples < 40 {
                // Few channels, and of many as many as fill whole tiles and more.
                for (inputs, outputs) in [(4, 6), (34, 96)] {
                    convolution::<f32>([inputs, outputs], samples, f64::from(f32::EPSILON));
                    convolution::<f64>([inputs, outputs], samples, f64::EPSILON);
                }
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
        check_sum(found, terms, epsilon, &format_args!("{what} of {layer}, {samples} samples"));
    };
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

/// The gradient of wide weights packs several steps together: here there are more steps, and of two blocks.
#[test]
fn long_sequences_have_the_gradient_of_plain_loops() {
    let _alone = crate::LEVEL.lock();
    for level in Level::available() {
        level.set().unwrap();
        long_sequence::<f32>(f64::from(f32::EPSILON));
        long_sequence::<f64>(f64::EPSILON);
    }
}

fn long_sequence<F: Scalar>(epsilon: f64) {
    let rng = &mut ChaCha8Rng::seed_from_u64(6);
    let (inputs, outputs, tokens, samples) = (33, 64, 21, 19);
    let layer = Linear::<F>::new(inputs, outputs, rng);
    let (x, dy) =
        (random::<F>(&[samples, tokens, inputs], rng), random::<F>(&[samples, tokens, outputs], rng));
    let Plan { output, mut workspace } = layer.plan(x.shape(), Purpose::Train).unwrap();
    let mut y = Tensor::zeros(&output);
    layer.forward(&x, &mut y, &mut workspace, &mut Mode::Eval);
    layer.backward(&x, &y, &dy, None, Accumulate::Replace, &mut workspace);
    let steps = || (0..samples).flat_map(|s| (0..tokens).map(move |t| (s, t)));
    for i in 0..outputs {
        let dy = |(s, t): (usize, usize)| dy[[s, t * outputs + i]];
        for j in 0..inputs {
            let terms = &mut steps().map(|(s, t)| product(dy((s, t)), x[[s, t * inputs + j]]));
            let found = workspace.gradients[0][i * inputs + j];
            check_sum(found, terms, epsilon, &format_args!("dw of {layer}, {tokens} tokens"));
        }
        let terms = &mut steps().map(|step| dy(step).to_f64());
        check_sum(workspace.gradients[1][i], terms, epsilon, &format_args!("db of {layer}, {tokens} tokens"));
    }
}

/// A convolution with every setting, and its gradients, from the definition: output o i j sees, through element a b of the window,
/// input (i s + a d − z), (j s + b d − z).
fn convolution<F: Scalar>([inputs, outputs]: [usize; 2], samples: usize, epsilon: f64) {
    let rng = &mut ChaCha8Rng::seed_from_u64(5);
    let (groups, [height, width], kernel) = (2, [4, 5], [3, 2]);
    let ([down, across], [up, left], [apart, beside]) = ([2, 1], [1, 2], [1, 3]);
    let layer = Conv2d::<F>::grouped(inputs, outputs, kernel, groups, rng)
        .stride([down, across])
        .padding([up, left])
        .dilation([apart, beside]);
    let x = random::<F>(&[samples, inputs, height, width], rng);
    let Plan { output, mut workspace } = layer.plan(x.shape(), Purpose::Train).unwrap();
    assert_eq!(output, [samples, outputs, 2, 6]);
    let dy = random::<F>(&output, rng);
    let (mut y, mut dx) = (Tensor::zeros(&output), x.clone());
    layer.forward(&x, &mut y, &mut workspace, &mut Mode::Eval);
    layer.backward(&x, &y, &dy, Some(&mut dx), Accumulate::Replace, &mut workspace);

    // Every weight with the pairs of an output and an input that it connects, as features of y and x.
    let weights: Vec<F> = layer.weight().iter().copied().collect();
    let mut connections = Vec::new();
    let (of_group, for_group) = (inputs / groups, outputs / groups);
    for (index, _) in weights.iter().enumerate() {
        let (b, a) = (index % kernel[1], index / kernel[1] % kernel[0]);
        let (c, o) = (index / (kernel[0] * kernel[1]) % of_group, index / (kernel[0] * kernel[1] * of_group));
        for (i, j) in (0..output[2]).flat_map(|i| (0..output[3]).map(move |j| (i, j))) {
            let row = (i * down + a * apart).checked_sub(up).filter(|&row| row < height);
            let column = (j * across + b * beside).checked_sub(left).filter(|&column| column < width);
            if let (Some(row), Some(column)) = (row, column) {
                let channel = o / for_group * of_group + c;
                let to = (o * output[2] + i) * output[3] + j;
                connections.push((index, to, (channel * height + row) * width + column));
            }
        }
    }
    let check = |found: F, terms: &mut dyn Iterator<Item = f64>, what: &str| {
        check_sum(found, terms, epsilon, &format_args!("{what} of {layer}, {samples} samples"));
    };
    // Of many channels that would take too long: it is the same kernel as of few.
    let some = if inputs < 16 { 0..samples } else { 0..0 };
    for s in some {
        for to in 0..y.features() {
            let bias = layer.bias()[to / (output[2] * output[3])].to_f64();
            let seen = connections.iter().filter(|connection| connection.1 == to);
            let terms = seen.map(|&(index, _, from)| product(weights[index], x[[s, from]]));
            check(y[[s, to]], &mut terms.chain([bias]), "y");
        }
        for from in 0..x.features() {
            let seen = connections.iter().filter(|connection| connection.2 == from);
            let mut terms = seen.map(|&(index, to, _)| product(weights[index], dy[[s, to]]));
            check(dx[[s, from]], &mut terms, "dx");
        }
    }
    // The connections of a weight follow each other.
    let used = connections.chunk_by(|a, b| a.0 == b.0);
    assert_eq!(used.clone().count(), weights.len());
    for (&found, used) in workspace.gradients[0].iter().zip(used) {
        let mut terms =
            used.iter().flat_map(|&(_, to, from)| (0..samples).map(move |s| [[s, to], [s, from]]));
        check(found, &mut terms.by_ref().map(|[to, from]| product(dy[to], x[from])), "dw");
    }
    for (o, &found) in workspace.gradients[1].iter().enumerate() {
        let positions = o * output[2] * output[3]..(o + 1) * output[2] * output[3];
        check(found, &mut positions.flat_map(|to| dy.feature(to)).map(|dy| dy.to_f64()), "db");
    }
}

fn product<F: Scalar>(a: F, b: F) -> f64 {
    a.to_f64() * b.to_f64()
}

/// Checks a sum against that of its terms in double precision.
fn check_sum<F: Scalar>(found: F, terms: &mut dyn Iterator<Item = f64>, epsilon: f64, what: &dyn Display) {
    let (count, sum, size) =
        terms.fold((2, 0.0, 0.0), |(count, sum, size), term| (count + 1, sum + term, size + term.abs()));
    let error = (found.to_f64() - sum).abs();
    let bound = f64::from(count) * epsilon * size;
    assert!(error <= bound, "{what}, {:?}: {error} > {bound}", Level::current());
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
