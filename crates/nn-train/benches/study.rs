//! Times what a study in parts costs: what comes to the trials, which therefore do not train here, and the merge of shards. Runs
//! have 1,000 epochs. `TRIALS=100000 cargo bench -p nn-train --bench study -- merge` merges so many trials; the default is 1,000.

use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use nn_train::nn_core::rand::RngExt;
use nn_train::prelude::*;
use nn_train::{Study, Task, TrialsError};

/// Trials that only draw their losses.
fn untrained(trials: &Trials<'_>) -> Result<Ensemble<f32>, TrialsError> {
    trials.run(|trial| {
        let mut rng = trial.rng("losses");
        Ok(Run::new((0..1000).map(|_| rng.random::<f32>()).collect()))
    })
}

fn shard(part: usize, of: usize, directory: &Path) -> Task {
    let part = format!("{part}/{of}").parse().expect("a part");
    Task::Shard { part, directory: directory.into() }
}

fn share(c: &mut Criterion) {
    let mut group = c.benchmark_group("100 trials without training");
    group.sample_size(20);
    let trials = Trials::new(100).seed(1);
    group.bench_function("an ensemble", |b| b.iter(|| untrained(&trials).expect("valid")));
    group.bench_function("a study", |b| {
        b.iter(|| Study::new("random").run(&trials, untrained).expect("valid"));
    });
    group.bench_function("a shard of all", |b| {
        b.iter_with_setup(
            || tempfile::tempdir().expect("a directory"),
            |directory| {
                let study = Study::new("random").task(shard(1, 1, directory.path()));
                study.run(&trials, untrained).expect("valid");
                directory
            },
        );
    });
}

fn merge(c: &mut Criterion) {
    let count = std::env::var("TRIALS").ok().and_then(|text| text.parse().ok()).unwrap_or(1000);
    let trials = Trials::new(count).seed(1);
    let directory = tempfile::tempdir().expect("a directory");
    let shards = count.div_ceil(100).min(1000);
    for part in 1..=shards {
        let task = shard(part, shards, directory.path());
        Study::new("random").task(task).run(&trials, untrained).expect("valid");
    }
    let mut group = c.benchmark_group("merge");
    group.sample_size(10);
    group.bench_function(format!("{count} trials of 1000 epochs from {shards} shards"), |b| {
        let task = Task::Merge { directories: vec![directory.path().into()] };
        let study = Study::new("random").task(task);
        b.iter(|| study.run(&trials, untrained).expect("valid"));
    });
}

criterion_group!(benches, share, merge);
criterion_main!(benches);
