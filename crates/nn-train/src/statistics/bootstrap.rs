//! The uncertainty of the interquartile mean, by resampling trials.

use rand::Rng;

use super::{Better, Interval, iqm, order, quantile};

/// The number of resamples used throughout.
///
/// With another seed the ends of an interval move by only about a hundredth of its width.
pub const RESAMPLES: usize = 10_000;

/// The number of trials below which printed statistics say that the trials are too few to judge by.
pub const FEW: usize = 5;

/// Returns the 95 % bootstrap interval of the IQM of `values`, in any order, by the percentile method.
///
/// Each of B resamples draws n of the n trials with replacement. With IQM*ᵢ the IQM of resample i:
///
/// low = Q(0.025), high = Q(0.975) of IQM*₁, …, IQM*_B
///
/// with [`quantile()`](super::quantile) as Q. Resamples consist of whole trials, so one value per
/// trial is enough.
///
/// With few trials the interval is too narrow: on log-logistic values it contains the true IQM in
/// about 95 % of experiments with 100 trials, 93 % with 10 and 89 % with 5. Fewer than [`FEW`] trials
/// are too few to judge by, and a single trial has no interval: all its resamples are alike, and an
/// interval of width 0 would claim certainty where nothing is known.
///
/// If so many trials diverged that the IQM of some resamples is +∞, an end of the interval may be +∞
/// as well: the data do not bound it.
///
/// The result depends only on the values, in any order, and on the generator's `u64` numbers. Each
/// draw takes one number u and picks the value of rank ⌊u n / 2⁶⁴⌋. This favours no rank over another
/// by more than one number in 2⁶⁴/n, and is the same for every width of `usize`.
///
/// Sources: Efron, "Bootstrap Methods: Another Look at the Jackknife", The Annals of Statistics 7
/// (1979); for the IQM of trials, Agarwal et al., "Deep Reinforcement Learning at the Edge of the
/// Statistical Precipice" (2021), whose stratified bootstrap with one task is this one.
///
/// # Errors
///
/// Returns `None` if there are fewer than two values or no resamples.
///
/// ```
/// use nn_train::statistics::{RESAMPLES, bootstrap_iqm, iqm};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let losses: Vec<f64> = (0..100).map(|i| f64::from(i * i)).collect();
/// let interval =
///     bootstrap_iqm(&losses, RESAMPLES, &mut ChaCha8Rng::seed_from_u64(1))
///         .unwrap();
/// assert!(interval.contains(iqm(&losses).unwrap()));
/// ```
pub fn bootstrap_iqm(values: &[f64], resamples: usize, rng: &mut impl Rng) -> Option<Interval> {
    bootstrap_iqm_of_scores(values, Better::Lower, resamples, rng)
}

/// Returns the same interval, from the same draws, for values where either higher or lower is better. Where higher is
/// better, values that are not finite rank lowest.
///
/// # Errors
///
/// Returns `None` if there are fewer than two values or no resamples.
///
/// ```
/// use nn_train::statistics::{Better, Interval, bootstrap_iqm_of_scores};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let rng = &mut ChaCha8Rng::seed_from_u64(1);
/// let interval = bootstrap_iqm_of_scores(
///     &[0.8, f64::NAN, 0.8, 0.8],
///     Better::Higher,
///     100,
///     rng,
/// );
/// assert_eq!(interval, Some(Interval { low: f64::NEG_INFINITY, high: 0.8 }));
/// ```
pub fn bootstrap_iqm_of_scores(
    values: &[f64],
    better: Better,
    resamples: usize,
    rng: &mut impl Rng,
) -> Option<Interval> {
    if values.len() < 2 || resamples == 0 {
        return None;
    }
    let sorted = order::sorted(values, better);
    let mut counts = vec![0; sorted.len()];
    let mut resample = vec![0.0; sorted.len()];
    let mut iqms: Vec<f64> = (0..resamples)
        .map(|_| {
            draw(&mut counts, rng);
            expand(&sorted, counts.iter().copied(), &mut resample);
            iqm::of_sorted(&resample)
        })
        .collect();
    order::sort(&mut iqms, better);
    Some(Interval { low: quantile::of_sorted(&iqms, 0.025), high: quantile::of_sorted(&iqms, 0.975) })
}

/// Draws n of n ranks with replacement, and counts how often each is drawn.
pub(super) fn draw(counts: &mut [usize], rng: &mut impl Rng) {
    counts.fill(0);
    let n = counts.len() as u128;
    for _ in 0..counts.len() {
        let rank = (u128::from(rng.next_u64()) * n) >> 64;
        counts[rank as usize] += 1;
    }
}

/// Writes each value as often as it was drawn, so that the resample is sorted without a sort.
pub(super) fn expand(sorted: &[f64], counts: impl Iterator<Item = usize>, resample: &mut [f64]) {
    let mut rest = resample;
    for (&value, count) in sorted.iter().zip(counts) {
        let (copies, after) = rest.split_at_mut(count);
        copies.fill(value);
        rest = after;
    }
}
