//! Compares two configurations on the same seeds: which is better, by how much, and how certain that is.

use rand::Rng;

use super::bootstrap::{draw, expand};
use super::{Better, Interval, iqm, quantile, wilson};

/// The comparison of two configurations, A and B, by pairs of trials.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Paired {
    /// The IQM of A.
    pub a: f64,
    /// The IQM of B.
    pub b: f64,
    /// The IQM of A minus the IQM of B; NaN if both are infinite.
    pub difference: f64,
    /// The 95 % bootstrap interval of the difference; `None` for a single pair.
    pub difference_interval: Option<Interval>,
    /// The number of pairs in which A is better.
    pub wins: usize,
    /// The number of ties.
    pub ties: usize,
    /// The number of pairs in which B is better.
    pub losses: usize,
    /// The probability of improvement: the probability that A is better than B on the same seed.
    pub improvement: f64,
    /// The 95 % interval of the probability of improvement; `None` for a single pair.
    pub improvement_interval: Option<Interval>,
}

/// Compares `a` and `b`, where the values of one index form a pair: two configurations on the data of one seed.
///
/// Data that are hard for one configuration are often hard for both. The two trials of a pair share their data, so their
/// difference says more than that of two unrelated trials. With n pairs (aᵢ, bᵢ):
///
/// difference = IQM(a) − IQM(b)
///
/// P(A better) = (#{aᵢ better than bᵢ} + ½ #{aᵢ = bᵢ}) / n
///
/// The probability of improvement of Agarwal et al. compares each of A's runs with each of B's, n² pairs, because their runs
/// have nothing in common. Here only the runs of one seed are compared.
///
/// Each resample draws n whole pairs with replacement. The intervals are Q(0.025) to Q(0.975) of the resampled values, with
/// the draws of [`bootstrap_iqm`](super::bootstrap_iqm) from the pairs sorted by a, then b.
///
/// If one configuration wins every pair, or all pairs are ties, all resamples agree and do not show how certain that is. The
/// interval of the probability is then that of [`wilson`]. For ties it is L/2 to 1 − L/2, where L is the lower end of
/// `wilson`'s interval for the rate of ties, and all other pairs are assumed to go to one side.
///
/// A single pair has no intervals, because all its resamples are alike. Fewer than [`FEW`](super::FEW) pairs are too few to
/// judge by.
///
/// On pairs of uniform values with a common part, both intervals contain the true value in 94 % to 98 % of experiments with
/// 10, 20 and 100 pairs.
///
/// Values that are not finite rank worst and tie with each other. If so many trials diverged that one IQM is infinite, so is
/// the difference. If both are infinite, the difference is NaN, and its interval is unbounded where the resamples are.
///
/// Source: Agarwal et al., "Deep Reinforcement Learning at the Edge of the Statistical Precipice" (2021).
///
/// # Errors
///
/// Returns `None` if the two differ in length, or there are no pairs or no resamples.
///
/// ```
/// use nn_train::statistics::{Better, RESAMPLES, paired};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let (a, b) = ([0.96, 0.95, 0.98, 0.90, 0.97], [0.95, 0.93, 0.98, 0.91, 0.94]);
/// let pairs =
///     paired(&a, &b, Better::Higher, RESAMPLES, &mut ChaCha8Rng::seed_from_u64(1))
///         .unwrap();
/// assert_eq!(
///     (pairs.wins, pairs.ties, pairs.losses, pairs.improvement),
///     (3, 1, 1, 0.7)
/// );
/// assert!(
///     (pairs.difference - 0.02).abs() < 1e-15
///         && pairs.difference_interval.unwrap().contains(0.02)
/// );
/// ```
pub fn paired(a: &[f64], b: &[f64], better: Better, resamples: usize, rng: &mut impl Rng) -> Option<Paired> {
    if a.len() != b.len() || a.is_empty() || resamples == 0 {
        return None;
    }
    let pairs = Pairs::new(a, b, better);
    let mut counts = vec![0; a.len()];
    let mut scratch = vec![0.0; a.len()];
    let (mut differences, mut improvements) = (Vec::new(), Vec::new());
    for _ in 0..resamples {
        draw(&mut counts, rng);
        let (a, b) = pairs.iqms(&counts, &mut scratch);
        differences.push(a - b);
        improvements.push(pairs.improvement(&counts));
    }

    let all = vec![1; a.len()];
    let (a, b) = pairs.iqms(&all, &mut scratch);
    let count = |halves| pairs.halves.iter().filter(|&&found| found == halves).count();
    let (wins, ties, losses) = (count(2), count(1), count(0));
    let agreed = if ties == all.len() {
        wilson(ties, all.len()).map(|equals| Interval { low: 0.5 * equals.low, high: 1.0 - 0.5 * equals.low })
    } else if wins.max(losses) == all.len() {
        wilson(wins, all.len())
    } else {
        None
    };
    let several = all.len() > 1;
    Some(Paired {
        a,
        b,
        difference: a - b,
        difference_interval: several.then(|| interval(&differences)),
        wins,
        ties,
        losses,
        improvement: pairs.improvement(&all),
        improvement_interval: several.then(|| agreed.unwrap_or_else(|| interval(&improvements))),
    })
}

/// Pairs sorted by a, then b, so that their original order does not matter.
struct Pairs {
    a: Vec<f64>,
    /// Sorted by value; `of_b` holds the index of the pair of each.
    b: Vec<f64>,
    of_b: Vec<usize>,
    /// The half points of A in each pair: 2 for a win, 1 for a tie, 0 for a loss.
    halves: Vec<usize>,
}

impl Pairs {
    fn new(a: &[f64], b: &[f64], better: Better) -> Self {
        let ranked = a.iter().zip(b).map(|(&a, &b)| (better.ranked(a), better.ranked(b)));
        let mut pairs: Vec<(f64, f64)> = ranked.collect();
        pairs.sort_unstable_by(|x, y| x.0.total_cmp(&y.0).then(x.1.total_cmp(&y.1)));
        let mut of_b: Vec<usize> = (0..pairs.len()).collect();
        of_b.sort_by(|&i, &j| pairs[i].1.total_cmp(&pairs[j].1));
        let halves = |&(a, b): &(f64, f64)| {
            let (better, worse) = if better == Better::Higher { (a, b) } else { (b, a) };
            usize::from(better > worse) + usize::from(better >= worse)
        };
        Pairs {
            a: pairs.iter().map(|pair| pair.0).collect(),
            b: of_b.iter().map(|&pair| pairs[pair].1).collect(),
            of_b,
            halves: pairs.iter().map(halves).collect(),
        }
    }

    /// Returns the IQMs of both, with each pair taken as often as `counts` says.
    fn iqms(&self, counts: &[usize], scratch: &mut [f64]) -> (f64, f64) {
        expand(&self.a, counts.iter().copied(), scratch);
        let a = iqm::of_sorted(scratch);
        expand(&self.b, self.of_b.iter().map(|&pair| counts[pair]), scratch);
        (a, iqm::of_sorted(scratch))
    }

    fn improvement(&self, counts: &[usize]) -> f64 {
        let halves: usize = self.halves.iter().zip(counts).map(|(halves, count)| halves * count).sum();
        halves as f64 / (2 * counts.len()) as f64
    }
}

/// Returns the middle 95 % of the values. NaN counts as unbounded on both sides.
fn interval(values: &[f64]) -> Interval {
    let end = |q, unbounded: f64| {
        let bound = |value: f64| if value.is_nan() { unbounded } else { value };
        let mut sorted: Vec<f64> = values.iter().map(|&value| bound(value)).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        bound(quantile::of_sorted(&sorted, q))
    };
    Interval { low: end(0.025, f64::NEG_INFINITY), high: end(0.975, f64::INFINITY) }
}
