//! All statistics that a plot shows of one epoch, from a single sort.

use super::{Better, iqm, order, quantile};

/// The results of many trials in five values and a count.
///
/// Minimum, maximum and the number of diverged trials stand beside the IQM because it hides up to a
/// quarter of the failures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// The mean of the middle half, see [`iqm()`](super::iqm).
    pub iqm: f64,
    /// The first quartile: [`quantile()`](super::quantile) at 1/4.
    pub q1: f64,
    /// The third quartile: [`quantile()`](super::quantile) at 3/4.
    pub q3: f64,
    /// The lowest value; for losses, +∞ if every trial diverged.
    pub min: f64,
    /// The highest value; for losses, +∞ if any trial diverged.
    pub max: f64,
    /// The number of values that are not finite.
    pub diverged: usize,
}

impl Summary {
    /// Summarises `values`, in any order.
    ///
    /// Allocates nothing: it sorts `values` in place and replaces values that are not finite by +∞. For
    /// many epochs, copy the values of each epoch into the same buffer and pass that.
    ///
    /// # Errors
    ///
    /// Returns `None` if there are no values.
    ///
    /// ```
    /// use nn_train::statistics::Summary;
    ///
    /// let epochs = [[9.0, 7.0, 8.0, 5.0, 1.0], [5.0, 1.0, f64::NAN, 2.0, 3.0]];
    /// let mut scratch = [0.0; 5];
    /// let curve: Vec<_> = epochs
    ///     .iter()
    ///     .filter_map(|losses| {
    ///         scratch.copy_from_slice(losses);
    ///         Summary::of(&mut scratch)
    ///     })
    ///     .collect();
    ///
    /// assert_eq!((curve[0].q1, curve[0].iqm, curve[0].q3), (5.0, 20.0 / 3.0, 8.0));
    /// assert_eq!((curve[1].min, curve[1].max, curve[1].diverged), (1.0, f64::INFINITY, 1));
    /// ```
    pub fn of(values: &mut [f64]) -> Option<Self> {
        Summary::of_scores(values, Better::Lower)
    }

    /// Summarises values where either higher or lower is better. Where higher is better, values that are
    /// not finite become −∞.
    ///
    /// # Errors
    ///
    /// Returns `None` if there are no values.
    ///
    /// ```
    /// use nn_train::statistics::{Better, Summary};
    ///
    /// let accuracies = Summary::of_scores(&mut [0.75, f64::NAN, 1.0, 0.5, 0.75], Better::Higher).unwrap();
    /// assert_eq!((accuracies.min, accuracies.iqm, accuracies.max), (f64::NEG_INFINITY, 2.0 / 3.0, 1.0));
    /// ```
    pub fn of_scores(values: &mut [f64], better: Better) -> Option<Self> {
        let diverged = order::diverged(values);
        order::sort(values, better);
        let (&min, &max) = (values.first()?, values.last()?);
        let (q1, q3) = (quantile::of_sorted(values, 0.25), quantile::of_sorted(values, 0.75));
        Some(Self { iqm: iqm::of_sorted(values), q1, q3, min, max, diverged })
    }
}
