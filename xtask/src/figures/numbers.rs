//! Curves as CSV. Every number is printed with as many digits as are needed to read the same bits back.

use std::fmt::Write;

use nn_train::statistics::Summary;

/// The statistics over all trials, one row per epoch, counted from 1. A loss that is not finite counts as `inf`.
pub(super) fn statistics(curve: &[Summary]) -> String {
    let mut csv = String::from("epoch,iqm,q1,q3,min,max\n");
    for (index, Summary { iqm, q1, q3, min, max, .. }) in curve.iter().enumerate() {
        writeln!(csv, "{},{iqm},{q1},{q3},{min},{max}", index + 1).expect("strings can be written to");
    }
    csv
}

/// The loss curves, one row per epoch and one column per trial, which is named by its index.
pub(super) fn curves(curves: &[(usize, Vec<String>)]) -> String {
    let header: Vec<String> = curves.iter().map(|(trial, _)| format!("trial_{trial}")).collect();
    let mut csv = format!("epoch,{}\n", header.join(","));
    for epoch in 0..curves.first().map_or(0, |(_, curve)| curve.len()) {
        write!(csv, "{}", epoch + 1).expect("strings can be written to");
        for (_, curve) in curves {
            csv.push(',');
            csv.push_str(&curve[epoch]);
        }
        csv.push('\n');
    }
    csv
}
