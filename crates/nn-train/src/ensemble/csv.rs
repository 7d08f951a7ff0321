//! The curves of an ensemble as CSV.

use std::fmt::Write;

use nn_core::Scalar;

use super::Ensemble;
use crate::statistics::Summary;

const STATISTICS: [&str; 8] = ["iqm", "q1", "q3", "min", "max", "mean", "std", "diverged"];

impl<F: Scalar, K> Ensemble<F, K> {
    /// Returns the statistics of every epoch as the text of a CSV file, one row per epoch, counted from 1. The column
    /// `running` says how many trials still trained in it, because [the others](Ensemble::curve) only keep their last loss. With
    /// validation losses there are eight more columns, `validation_iqm` to `validation_diverged`. Every number has as many digits
    /// as are needed to read the same bits back; `std` is empty for a single trial.
    ///
    /// ```
    /// use nn_train::{Ensemble, Run};
    ///
    /// let runs = vec![Run::new(vec![4.0, 2.0]), Run::new(vec![6.0])];
    /// let csv = Ensemble::new(runs, 0)?.to_csv(); // std::fs::write("curves.csv", csv)
    /// assert_eq!(
    ///     csv,
    ///     "epoch,running,iqm,q1,q3,min,max,mean,std,diverged
    /// 1,2,5,4.5,5.5,4,6,5,1.4142135623730951,0
    /// 2,1,4,3,5,2,6,4,2.8284271247461903,0
    /// "
    /// );
    /// # Ok::<(), nn_train::TrialsError>(())
    /// ```
    pub fn to_csv(&self) -> String {
        curves_to_csv(&self.running(), &self.curve(), self.validation_curve().as_deref())
    }
}

/// The text of the file, from the number of runs in each epoch and the statistics of their losses.
pub(crate) fn curves_to_csv(
    running: &[usize],
    training: &[Summary],
    validation: Option<&[Summary]>,
) -> String {
    let mut csv = format!("epoch,running,{}", STATISTICS.join(","));
    if validation.is_some() {
        STATISTICS.iter().for_each(|name| put(&mut csv, format_args!(",validation_{name}")));
    }
    csv.push('\n');
    for (index, (summary, running)) in training.iter().zip(running).enumerate() {
        put(&mut csv, format_args!("{},{running}", index + 1));
        let validation = validation.map(|curve| &curve[index]);
        for Summary { iqm, q1, q3, min, max, mean, std, diverged } in
            [Some(summary), validation].into_iter().flatten()
        {
            let std = std.map_or(String::new(), |std| std.to_string());
            put(&mut csv, format_args!(",{iqm},{q1},{q3},{min},{max},{mean},{std},{diverged}"));
        }
        csv.push('\n');
    }
    csv
}

fn put(csv: &mut String, text: std::fmt::Arguments<'_>) {
    csv.write_fmt(text).expect("strings can be written to");
}
