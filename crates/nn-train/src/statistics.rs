//! Statistics over trials: what a hundred runs of one experiment say, and how surely they say it.
//!
//! Plain functions over `&[f64]`, one value a trial, usually its final loss.
//!
//! | question | answer |
//! |---|---|
//! | What does a typical trial reach? | [`iqm`], the mean of the middle half |
//! | How far apart are the trials? | [`quantile`] at 1/4 and 3/4, [`Summary`] for all at once |
//! | How uncertain is the typical value itself? | [`bootstrap_iqm`] |
//! | Is one configuration better than another on the same seeds? | [`paired()`] |
//! | How many trials succeed, and how surely? | [`wilson`] |
//! | Which trial is the best, which the worst? | [`best`], [`worst`] |
//! | How many trials diverged? | [`diverged`] |
//!
//! Q1 to Q3 is the spread of the trials, not the uncertainty of the IQM: with more trials the
//! interval of [`bootstrap_iqm`] narrows and the quartiles stay. A caption says which one it draws.
//!
//! **A value that is not finite ranks worst.** NaN, +∞ and −∞ all count as +∞: descent brings no
//! loss to −∞ unless the run is broken. Of scores of which the higher is [better](Better) they count
//! as −∞, in [`Summary::of_scores`], [`bootstrap_iqm_of_scores`] and [`paired()`]. Such values are
//! counted, never removed, so a diverged trial pulls every rank towards it. The IQM hides up to a
//! quarter of them: print minimum, maximum and the number of diverged trials beside it.
//!
//! Where a statistic is not defined, as without any value, the answer is `None`. The order of the
//! values never matters: their permutations give the same bits, on every platform.

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
pub use bootstrap::{RESAMPLES, bootstrap_iqm, bootstrap_iqm_of_scores};
pub use interval::Interval;
pub use iqm::iqm;
pub use order::{best, diverged, worst};
pub use paired::{Paired, paired};
pub use quantile::quantile;
pub use summary::Summary;
pub use wilson::wilson;
