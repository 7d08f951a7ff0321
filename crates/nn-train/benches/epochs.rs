//! Times one epoch of each of the three experiments, for one network and for a stack of sixteen, and one step of the
//! `digits` example on a mini-batch. Each is forward, loss, backward and update in `f32`; throughput is in samples per
//! second.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nn_train::Step;
use nn_train::nn_core::lanes::LANES;
use nn_train::nn_core::{Accumulate, Stack};
use nn_train::nn_core::{Mode, Plan, Purpose};
use nn_train::nn_data::make_blobs;
use nn_train::nn_data::{Target, make_regression};
use nn_train::optim::Optimizer;
use nn_train::prelude::*;

const SAMPLES: usize = 200;

fn sgd() -> Sgd<f32> {
    Sgd::new(0.01)
}

fn experiments(c: &mut Criterion) {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let line = make_regression(SAMPLES, 1, 1, 0.3, rng).expect("valid arguments").data;
    bench(c, "linear regression, 1-1", &mut Linear::new(1, 1, rng), &MseLoss::mean(), &line, sgd());

    let centers = &[[-1.0, 0.0], [1.0, 0.0]];
    let blobs = make_blobs(SAMPLES, centers, 0.3, rng).expect("valid arguments");
    bench(
        c,
        "linear classification, 2-2",
        &mut Linear::new(2, 2, rng),
        &CrossEntropyLoss::sum(),
        &blobs,
        sgd(),
    );

    let xor = make_xor(SAMPLES, 0.3, rng).expect("valid arguments");
    let mut network =
        Sequential::new().append(Linear::new(2, 8, rng)).append(Tanh).append(Linear::new(8, 2, rng));
    bench(c, "XOR, 2-8-2", &mut network, &CrossEntropyLoss::sum(), &xor, sgd());

    bench_stack(c, "linear regression, 1-1", &Linear::new(1, 1, rng), &MseLoss::mean(), &line);
    bench_stack(c, "linear classification, 2-2", &Linear::new(2, 2, rng), &CrossEntropyLoss::sum(), &blobs);
    bench_stack(c, "XOR, 2-8-2", &network, &CrossEntropyLoss::sum(), &xor);
}

/// Times the same for sixteen copies of this network, as [`GradientDescent`] trains them in [`Trials::fit`].
fn bench_stack<T: Target>(
    c: &mut Criterion,
    name: &str,
    network: &dyn Module<f32>,
    loss: &dyn Loss<f32, T>,
    data: &Dataset<f32, T>,
) {
    let mut stack = Stack::new([network; LANES]).expect("layers that stack");
    let x = Tensor::interleave([data.x(); LANES]).expect("one shape");
    let y = T::interleave([data.y(); LANES]).expect("one length");
    let Plan { output, mut workspace } = stack.module().plan(x.shape(), Purpose::Train).expect("shapes fit");
    let (mut output, mut gradient) = (Tensor::zeros(&output), Tensor::zeros(&output));
    let mut losses = [0.0; LANES];
    let mut sgd = sgd();
    let mut group = c.benchmark_group("epoch of sixteen networks");
    group.throughput(Throughput::Elements((LANES * data.samples()) as u64));
    group.bench_function(name, |b| {
        b.iter(|| {
            workspace.zero_grad();
            stack.module().forward(&x, &mut output, &mut workspace, &mut Mode::Eval);
            loss.evaluate(&output, &y, Some(&mut gradient), &mut losses);
            stack.module().backward(&x, &output, &gradient, None, Accumulate::Replace, &mut workspace);
            sgd.step(stack.module_mut(), &workspace).expect("the stack's own workspace");
            losses
        });
    });
}

fn mini_batch(c: &mut Criterion) {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let x =
        Tensor::from_fn(32, 64, |sample, feature| ((sample * 31 + feature * 17) % 64) as f32 / 32.0 - 1.0);
    let data =
        Dataset::new(x, (0..32).map(|sample| sample % 10).collect::<Vec<_>>()).expect("a label a sample");
    let mut network = Sequential::new()
        .append(Linear::new(64, 64, rng))
        .append(Relu)
        .append(Dropout::new(0.2))
        .append(Linear::new(64, 10, rng));
    let (loss, adam) = (CrossEntropyLoss::mean(), Adam::new(0.003));
    bench(c, "digits, 64-64-10 with dropout and Adam, a batch of 32", &mut network, &loss, &data, adam);
}

/// Times one step on all of `data`.
fn bench<T: Target>(
    c: &mut Criterion,
    name: &str,
    network: &mut dyn Module<f32>,
    loss: &dyn Loss<f32, T>,
    data: &Dataset<f32, T>,
    mut optimizer: impl Optimizer<f32>,
) {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let mut step = Step::plan(network, loss, data.x(), data.y()).expect("shapes fit");
    let mut group = c.benchmark_group("epoch");
    group.throughput(Throughput::Elements(data.samples() as u64));
    group.bench_function(name, |b| {
        b.iter(|| {
            let value = step.run(network, loss, data.x(), data.y(), rng).expect("planned");
            optimizer.step(network, step.workspace()).expect("the network's own workspace");
            value
        });
    });
}

criterion_group!(benches, experiments, mini_batch);
criterion_main!(benches);
