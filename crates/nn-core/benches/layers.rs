//! Forward and backward of each layer, with throughput in elements per second: one element is a multiplication with its
//! addition for Linear and convolutions, and an output value for the others.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    Accumulate, BatchNorm1d, BatchNorm2d, Conv2d, Dropout, Elu, Gelu, GeluTanh, Gru, Identity, LeakyRelu,
    Linear, LogSoftmax, Lstm, MaxPool2d, Mode, Module, Plan, Purpose, Relu, Rnn, Sigmoid, Silu, Softmax,
    Softplus, Tanh, Tensor,
};

/// Benches one module on one input shape, in `f32`.
fn bench(
    c: &mut Criterion,
    group: &str,
    name: &str,
    module: &dyn Module<f32>,
    input: &[usize],
    elements: usize,
    mode: &mut Mode<'_>,
) {
    let mut x = Tensor::zeros(input);
    for f in 0..x.features() {
        let values = x.feature_mut(f).iter_mut().enumerate();
        values.for_each(|(s, x)| *x = ((s * 31 + f * 17) % 64) as f32 / 32.0 - 1.0);
    }
    let Plan { output, mut workspace } = module.plan(x.shape(), Purpose::Train).expect("shapes fit");
    let mut y = Tensor::zeros(&output);
    let dy = y.clone();
    let mut dx = x.clone();
    let mut group = c.benchmark_group(group);
    group.throughput(Throughput::Elements(elements as u64));
    group.bench_function(BenchmarkId::new("forward", name), |b| {
        b.iter(|| module.forward(black_box(&x), &mut y, &mut workspace, mode));
    });
    group.throughput(Throughput::Elements(elements as u64));
    group.bench_function(BenchmarkId::new("backward", name), |b| {
        b.iter(|| {
            module.backward(black_box(&x), &y, &dy, Some(&mut dx), Accumulate::Replace, &mut workspace);
        });
    });
}

fn linear(c: &mut Criterion) {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    for (samples, inputs, outputs) in
        [(200, 1, 1), (200, 2, 8), (200, 8, 2), (32, 64, 32), (64, 784, 128), (128, 512, 512)]
    {
        let layer = Linear::new(inputs, outputs, &mut rng);
        let name = format!("{inputs}-{outputs}, {samples} samples");
        bench(c, "linear", &name, &layer, &[samples, inputs], samples * inputs * outputs, &mut Mode::Eval);
    }
}

fn activations(c: &mut Criterion) {
    let modules: [&dyn Module<f32>; 12] = [
        &Identity,
        &Tanh,
        &Sigmoid,
        &Relu,
        &LeakyRelu::default(),
        &Elu::default(),
        &Gelu,
        &GeluTanh,
        &Silu,
        &Softplus::default(),
        &Softmax,
        &LogSoftmax,
    ];
    for module in modules {
        bench(c, "elementwise", &format!("{module}, 200 x 8"), module, &[200, 8], 200 * 8, &mut Mode::Eval);
    }
}

/// Benches the layers that behave differently in training, in that mode.
fn training(c: &mut Criterion) {
    let modules: [&dyn Module<f32>; 2] = [&Dropout::new(0.5), &BatchNorm1d::new(8)];
    for module in modules {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let name = format!("{module}, 200 x 8");
        bench(c, "training", &name, module, &[200, 8], 200 * 8, &mut Mode::Train(&mut rng));
    }
}

/// Benches LeNet's two convolutions, its first pooling, and the normalisation of its first channels.
fn images(c: &mut Criterion) {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let (first, second) = (Conv2d::new(1, 6, 5, &mut rng).padding(2), Conv2d::new(6, 16, 5, &mut rng));
    let modules: [(&dyn Module<f32>, [usize; 4], usize); 4] = [
        (&first, [64, 1, 28, 28], 64 * 28 * 28 * 6 * 25),
        (&second, [64, 6, 14, 14], 64 * 10 * 10 * 16 * 6 * 25),
        (&MaxPool2d::new(2), [64, 6, 28, 28], 64 * 6 * 14 * 14),
        (&BatchNorm2d::new(6), [64, 6, 28, 28], 64 * 6 * 28 * 28),
    ];
    for (module, input, elements) in modules {
        let name = format!("{module}, 64 samples");
        bench(c, "images", &name, module, &input, elements, &mut Mode::Train(&mut rng));
    }
}

/// Benches recurrent layers on 28 steps of 28 features, the rows of an image of MNIST.
fn sequences(c: &mut Criterion) {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let modules: [&dyn Module<f32>; 3] =
        [&Rnn::new(28, 64, &mut rng), &Lstm::new(28, 64, &mut rng), &Gru::new(28, 64, &mut rng)];
    for module in modules {
        let name = format!("{module}, 64 samples of 28 steps");
        let elements = 64 * 28 * 64;
        bench(c, "sequences", &name, module, &[64, 28, 28], elements, &mut Mode::Train(&mut rng));
    }
}

/// All benches together take less than three minutes.
fn quick() -> Criterion {
    Criterion::default().warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2))
}

criterion_group! {
    name = benches;
    config = quick();
    targets = linear, activations, training, images, sequences
}
criterion_main!(benches);
