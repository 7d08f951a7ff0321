//! Times what a training does beyond its steps: the gathering of shuffled batches, whole epochs beside steps on one batch, and
//! trials of mini-batches, alone and sixteen at once. All in `f32`; throughput is in samples per second.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nn_train::nn_core::rand::RngExt;
use nn_train::nn_data::{Gather, permutation};
use nn_train::optim::Optimizer;
use nn_train::prelude::*;
use nn_train::{Fit, Fitted, Step};

/// Random inputs and labels.
fn noise(samples: usize, features: usize) -> Dataset<f32, Vec<usize>> {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let x = Tensor::from_fn(samples, features, |_, _| rng.random());
    let labels = (0..samples).map(|_| rng.random_range(0..10)).collect();
    Dataset::new(x, labels).expect("a label a sample")
}

fn network(inputs: usize, hidden: usize) -> Sequential<f32> {
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    Sequential::new()
        .append(Linear::new(inputs, hidden, rng))
        .append(Relu)
        .append(Linear::new(hidden, 10, rng))
}

/// A batch of 64 from 60,000 samples of 784 features, as large as MNIST.
fn gather(c: &mut Criterion) {
    let data = noise(60_000, 784);
    let order = permutation(data.samples(), &mut ChaCha8Rng::seed_from_u64(2));
    let mut batch = data.select(&order[..64]).expect("samples that are there");
    let mut group = c.benchmark_group("a batch of 64 x 784 from 60,000 samples");
    group.throughput(Throughput::Elements(64));
    let mut chunks = order.chunks_exact(64).cycle().peekable();
    let batches = data.batches();
    group.bench_function("from rows", |b| {
        b.iter(|| {
            let samples = chunks.next().expect("a cycle");
            batches.gather(samples, chunks.peek().expect("a cycle"), &mut batch);
        });
    });
    group.bench_function("from the tensor", |b| {
        b.iter(|| data.select_into(chunks.next().expect("a cycle"), &mut batch));
    });
}

/// Makes an optimiser.
type Rule = fn() -> Box<dyn Optimizer<f32>>;

/// An epoch, and as many steps on one batch.
fn epochs(c: &mut Criterion) {
    let mnist = noise(6_400, 784);
    let digits = noise(1_437, 64);
    let mut group = c.benchmark_group("epoch");
    group.sample_size(10);
    for (name, data, hidden, size) in [("784-128-10", &mnist, 128, 64), ("64-64-10", &digits, 64, 32)] {
        group.throughput(Throughput::Elements(data.samples() as u64));
        let rules: [(&str, Rule); 2] =
            [("SGD", || Box::new(Sgd::new(0.01))), ("Adam", || Box::new(Adam::new(0.001)))];
        for (rule, optimizer) in rules {
            let (loss, rng) = (CrossEntropyLoss::mean(), &mut ChaCha8Rng::seed_from_u64(3));
            let mut model = network(data.x().features(), hidden);
            let trainer = Trainer::new(optimizer()).batch_size(size).epochs(usize::MAX);
            let mut training = trainer.start(&mut model, &loss, data, None, rng).expect("shapes fit");
            group.bench_function(format!("{name}, {rule}, batches of {size}"), |b| {
                b.iter(|| training.epoch().expect("nothing fails"));
            });
            let mut model = network(data.x().features(), hidden);
            let samples: Vec<usize> = (0..size).collect();
            let batch = data.select(&samples).expect("samples that are there");
            let mut step = Step::plan(&model, &loss, batch.x(), batch.y()).expect("shapes fit");
            let mut optimizer = optimizer();
            group.bench_function(format!("{name}, {rule}, as many steps on one batch of {size}"), |b| {
                b.iter(|| {
                    for _ in 0..data.samples().div_ceil(size) {
                        step.run(&model, &loss, batch.x(), batch.y(), rng).expect("planned");
                        optimizer.step(&mut model, step.workspace()).expect("planned");
                    }
                });
            });
        }
    }
}

/// Sixteen trials of ten epochs of Adam on 200 samples, on one thread.
fn trials(c: &mut Criterion) {
    let mut group = c.benchmark_group("16 trials, 10 epochs of 200 samples, Adam");
    group.throughput(Throughput::Elements(16 * 10 * 200));
    for (hidden, size) in [(8, 8), (16, 8), (16, 40), (32, 40), (64, 40)] {
        let trainer = Trainer::new(Adam::new(0.01)).epochs(10).batch_size(size);
        let loss = CrossEntropyLoss::mean();
        let prepare = |trial: Trial| {
            let rng = &mut trial.rng("network");
            let network = Sequential::new()
                .append(Linear::new(2, hidden, rng))
                .append(Tanh)
                .append(Linear::new(hidden, hidden, rng))
                .append(Tanh)
                .append(Linear::new(hidden, 2, rng));
            Ok((network, make_xor::<f32>(200, 0.3, &mut trial.rng("data"))?))
        };
        let trials = Trials::new(16).threads(1);
        let name = format!("2-{hidden}-{hidden}-2, batches of {size}");
        group.bench_function(format!("{name}, alone"), |b| {
            b.iter(|| {
                for index in 0..16 {
                    let trial = Trial { seed: 0, index };
                    let (mut network, data) = prepare(trial).expect("valid arguments");
                    let rng = &mut trial.rng("fit");
                    trainer.fit_one(&mut network, &loss, &data, None, rng).expect("shapes fit");
                }
            });
        });
        group.bench_function(format!("{name}, as `Trials::fit` trains them"), |b| {
            b.iter(|| {
                let keep = |fitted: Fitted<_, _, _>| Ok(Run::new(fitted.history.loss));
                trials.fit(&trainer, &loss, prepare, keep).expect("shapes fit")
            });
        });
    }
}

criterion_group!(benches, gather, epochs, trials);
criterion_main!(benches);
