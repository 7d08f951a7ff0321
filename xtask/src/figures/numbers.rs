//! Curves as CSV. Every number is printed with as many digits as are needed to read the same bits back.

use std::fmt::Write;

use nn_train::statistics::Summary;

/// The statistics over all trials, one row per epoch, counted from 1. A loss that is not finite counts as
/// `inf`. The training loss is that before the update of the epoch, the test loss that after it.
pub(super) fn statistics(training: &[Summary], test: Option<&[Summary]>) -> String {
    const NAMES: [&str; 5] = ["iqm", "q1", "q3", "min", "max"];
    let mut csv = String::from("epoch");
    let prefixes = ["", "test_"].into_iter().take(1 + usize::from(test.is_some()));
    prefixes.for_each(|prefix| NAMES.iter().for_each(|name| put(&mut csv, format_args!(",{prefix}{name}"))));
    csv.push('\n');
    for (index, training) in training.iter().enumerate() {
        put(&mut csv, format_args!("{}", index + 1));
        let test = test.map(|curve| &curve[index]);
        for Summary { iqm, q1, q3, min, max, .. } in [Some(training), test].into_iter().flatten() {
            put(&mut csv, format_args!(",{iqm},{q1},{q3},{min},{max}"));
        }
        csv.push('\n');
    }
    csv
}

/// The loss curves, one row per epoch and one column per trial, which is named by its index.
pub(super) fn curves(curves: &[(usize, Vec<String>)]) -> String {
    let header: Vec<String> = curves.iter().map(|(trial, _)| format!("trial_{trial}")).collect();
    let mut csv = format!("epoch,{}\n", header.join(","));
    for epoch in 0..curves.first().map_or(0, |(_, curve)| curve.len()) {
        put(&mut csv, format_args!("{}", epoch + 1));
        for (_, curve) in curves {
            csv.push(',');
            csv.push_str(&curve[epoch]);
        }
        csv.push('\n');
    }
    csv
}

fn put(csv: &mut String, text: std::fmt::Arguments<'_>) {
    csv.write_fmt(text).expect("strings can be written to");
}
