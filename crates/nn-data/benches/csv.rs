//! Times the reading of a CSV file of 100,000 x 20 numbers, opened and read as values and as a table: numbers of 17 digits, as programs write
//! them that lose nothing, and numbers of four decimals, as people write them. Throughput is in bytes of the file per second. One
//! thread reads it with `RAYON_NUM_THREADS=1`.

use std::fmt::Write;
use std::fs;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nn_core::Scalar;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::random::normal;
use nn_data::Csv;

const ROWS: usize = 100_000;
const COLUMNS: usize = 20;

fn tables(c: &mut Criterion) {
    bench(c, "numbers of 17 digits", |number, text| write!(text, "{number:?}"));
    bench(c, "numbers of 4 decimals", |number, text| write!(text, "{number:.4}"));
}

fn bench(c: &mut Criterion, name: &str, number: impl Fn(f64, &mut String) -> std::fmt::Result) {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let mut text = (0..COLUMNS).map(|column| format!("x{column}")).collect::<Vec<_>>().join(",");
    for place in 0..ROWS * COLUMNS {
        text.push(if place % COLUMNS == 0 { '\n' } else { ',' });
        number(normal(rng), &mut text).expect("a String takes every text");
    }
    let path = format!("{}/table.csv", env!("CARGO_TARGET_TMPDIR"));
    fs::write(&path, &text).expect("the target directory can be written");

    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.sample_size(10).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    group.bench_function("f32", |b| b.iter(|| read::<f32>(&path)));
    group.bench_function("f64", |b| b.iter(|| read::<f64>(&path)));
    group.bench_function("table", |b| b.iter(|| table(&path)));
    group.finish();
    fs::remove_file(path).expect("the file is there");
}

/// Reads the last column as the numbers to predict, the others as features.
fn read<F: Scalar>(path: &str) -> nn_data::Values<F> {
    let csv = Csv::open(path).expect("the file is there");
    csv.values([format!("x{}", COLUMNS - 1)]).expect("a table of numbers")
}

/// Reads all columns as a table.
fn table(path: &str) -> nn_data::Table {
    let csv = Csv::open(path).expect("the file is there");
    csv.table().expect("a table of numbers")
}

criterion_group!(benches, tables);
criterion_main!(benches);
