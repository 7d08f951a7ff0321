//! Statistics over trials: what a hundred runs of one experiment show, and how certain it is.
//!
//! These are plain functions over `&[f64]` with one value per trial, usually its final loss.
//!
//! | question | answer |
//! |---|---|
//! | What does a typical trial reach? | [`iqm`], the mean of the middle half |
//! | How far apart are the trials? | [`quantile`] at 1/4 and 3/4, [`Summary`] for all at once, with mean and standard deviation |
//! | How uncertain is the typical value itself? | [`bootstrap_iqm`] |
//! | Is one configuration better than another on the same seeds? | [`paired()`] |
//! | What fraction of trials succeeds, and how certain is it? | [`wilson`] |
//! | Which trial is the best, which the worst? | [`best`], [`worst`] |
//! | How many trials diverged? | [`diverged`] |
//!
//! Q1 to Q3 is the spread of the trials, not the uncertainty of the IQM: with more trials the
//! interval of [`bootstrap_iqm`] narrows, but the quartiles stay. A caption should say which of the
//! two it shows.
//!
//! **A value that is not finite ranks worst.** NaN, +∞ and −∞ all count as +∞, because a loss of −∞
//! also means that the run is broken. Where higher is [better](Better), in [`Summary::of_scores`],
//! [`bootstrap_iqm_of_scores`] and [`paired()`], they count as −∞. Such values are counted, never
//! removed, so a diverged trial shifts every rank towards the worst. The IQM hides up to a quarter
//! of them, so print minimum, maximum and the number of diverged trials beside it.
//!
//! **Few trials say little.** A single trial has neither an interval nor a standard deviation. With
//! fewer than [`FEW`], everything that is printed says that they are too few to judge by.
//!
//! Functions return `None` where a statistic is not defined, such as without values. The order of
//! the values never matters: every permutation gives the same bits, on every platform.

mod better;
mod bootstrap;
mod interval;
mod iqm;
mod order;
mod paired;
mod quantile;
mod summary;
mod wilson;

pub use better::Better;
pub use bootstrap::{FEW, RESAMPLES, bootstrap_iqm, bootstrap_iqm_of_scores};
pub use interval::Interval;
pub use iqm::iqm;
pub use order::{best, diverged, worst};
pub use paired::{Paired, paired};
pub(crate) use quantile::of_sorted;
pub use quantile::quantile;
pub use summary::Summary;
pub use wilson::wilson;
