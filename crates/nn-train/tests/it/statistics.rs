//! Tests statistics against `scipy` and `numpy`, against their definitions, and with hostile input.

#![expect(clippy::disallowed_methods, reason = "made-up samples")]

use std::convert::Infallible;

use approx::relative_eq;
use nn_train::statistics::{
    Better, Interval, Paired, RESAMPLES, Summary, best, bootstrap_iqm, bootstrap_iqm_of_scores, diverged,
    iqm, paired, quantile, wilson, worst,
};
use proptest::{prelude::*, test_runner::RngSeed};
use rand::{RngExt, SeedableRng, TryRng, rngs::ChaCha8Rng};
use serde_json::Value;

const INF: f64 = f64::INFINITY;

// --- The values of SciPy and NumPy, written by scripts/statistics_oracle.py ---

#[test]
fn quantiles_have_the_bits_of_numpy() {
    let oracle = oracle();
    let levels = numbers(&oracle["levels"]);
    for sample in cases(&oracle, "samples") {
        let values = numbers(&sample["values"]);
        for (&q, expected) in levels.iter().zip(numbers(&sample["quantiles"])) {
            assert_eq!(quantile(&values, q), Some(expected), "{} at {q}", sample["name"]);
        }
    }
}

#[test]
fn the_iqm_is_the_trimmed_mean_of_scipy() {
    for sample in cases(&oracle(), "samples") {
        let ours = iqm(&numbers(&sample["values"])).unwrap();
        // SciPy adds up in another order and does not clamp to the quartiles, so the bits differ.
        assert_close(ours, number(&sample["iqm"]), 1e-14, &sample["name"]);
    }
}

#[test]
fn the_wilson_interval_is_that_of_scipy() {
    for case in cases(&oracle(), "wilson") {
        let count = |key: &str| case[key].as_u64().unwrap() as usize;
        let ours = wilson(count("successes"), count("n")).unwrap();
        // The equation is the same, the order of operations is not.
        assert_close(ours.low, number(&case["low"]), 1e-13, case);
        assert_close(ours.high, number(&case["high"]), 1e-13, case);
    }
}

#[test]
fn the_bootstrap_is_that_of_scipy_and_numpy_on_the_same_draws() {
    for case in cases(&oracle(), "bootstrap_same_draws") {
        let resamples = case["resamples"].as_u64().unwrap() as usize;
        let mut rng = SplitMix64(case["seed"].as_u64().unwrap());
        let values = numbers(&case["values"]);
        let Some(ours) = bootstrap_iqm(&values, resamples, &mut rng) else {
            assert_eq!(values.len(), 1, "only a single value has no interval here");
            continue;
        };
        // The sums of the resamples are added up in another order.
        assert_close(ours.low, number(&case["low"]), 1e-13, &case["seed"]);
        assert_close(ours.high, number(&case["high"]), 1e-13, &case["seed"]);
    }
}

#[test]
fn the_bootstrap_agrees_with_that_of_scipy_on_its_own_draws() {
    for case in cases(&oracle(), "bootstrap_own_draws") {
        let values = numbers(&case["values"]);
        assert_eq!(case["resamples"], RESAMPLES);
        let ours = bootstrap_iqm(&values, RESAMPLES, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
        let (mean, deviation) = (numbers(&case["mean"]), numbers(&case["deviation"]));
        for (end, ours) in [ours.low, ours.high].into_iter().enumerate() {
            // Chance alone exceeds four of SciPy's standard deviations once in ten thousand seeds.
            assert!((ours - mean[end]).abs() < 4.0 * deviation[end], "{ours} and {}", mean[end]);
        }
    }
}

#[test]
fn pairs_are_those_of_scipy_and_numpy_on_the_same_draws() {
    for case in cases(&oracle(), "paired_same_draws") {
        let resamples = case["resamples"].as_u64().unwrap() as usize;
        let mut rng = SplitMix64(case["seed"].as_u64().unwrap());
        let (a, b) = (numbers(&case["a"]), numbers(&case["b"]));
        let ours = paired(&a, &b, Better::Lower, resamples, &mut rng).unwrap();
        assert_close(ours.a, number(&case["iqm_a"]), 1e-14, case);
        assert_close(ours.b, number(&case["iqm_b"]), 1e-14, case);
        assert_eq!(ours.difference, ours.a - ours.b);
        assert_eq!([ours.wins, ours.ties].map(Value::from), [case["wins"].clone(), case["ties"].clone()]);
        assert_eq!(ours.wins + ours.ties + ours.losses, a.len());
        assert_close(ours.improvement, number(&case["improvement"]), 1e-15, case);
        // The differences of IQMs lose digits, because values up to 1e4 have a relative rounding error of 1e-16.
        for (interval, key, tolerance) in [
            (ours.difference_interval, "difference_interval", 1e-12),
            (ours.improvement_interval, "improvement_interval", 1e-13),
        ] {
            let Some(interval) = interval else {
                assert_eq!(a.len(), 1, "only a single pair has no interval here");
                continue;
            };
            let expected = numbers(&case[key]);
            for (ours, theirs) in [(interval.low, expected[0]), (interval.high, expected[1])] {
                assert!((ours - theirs).abs() < tolerance, "{key}: {ours} and {theirs} in {case}");
            }
        }
    }
}

#[test]
fn pairs_agree_with_the_paired_bootstrap_of_scipy_on_its_own_draws() {
    for case in cases(&oracle(), "paired_own_draws") {
        let (a, b) = (numbers(&case["a"]), numbers(&case["b"]));
        let ours = paired(&a, &b, Better::Lower, RESAMPLES, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
        for (interval, key) in
            [(ours.difference_interval, "difference"), (ours.improvement_interval, "improvement")]
        {
            let (mean, deviation) = (numbers(&case[key]["mean"]), numbers(&case[key]["deviation"]));
            let Interval { low, high } = interval.unwrap();
            for (end, ours) in [low, high].into_iter().enumerate() {
                // With ten pairs the probability takes few values, and SciPy's end does not vary at all.
                let tolerance = 4.0 * deviation[end] + 1e-12;
                assert!((ours - mean[end]).abs() < tolerance, "{key}: {ours} and {}", mean[end]);
            }
        }
    }
}

// --- Definitions that rival ones do not satisfy ---

#[test]
fn the_iqm_is_neither_midmean_nor_mean_nor_median() {
    let powers = |n| (0..n).map(|i| f64::from(1 << i)).collect::<Vec<_>>();
    let squares: Vec<_> = (0..100).map(|i| f64::from(i * i)).collect();
    let table = [
        (powers(9), 24.8, 107.0 / 4.5, 4.0, 64.0),
        (powers(10), 42.0, 37.2, 5.0, 112.0),
        (squares, 2658.5, 2658.5, 612.75, 5513.25), // 4 divides 100, so midmean and IQM agree
    ];
    for (mut values, expected, rival, q1, q3) in table {
        let n = values.len();
        let (mean, median) = (values.iter().sum::<f64>() / n as f64, quantile(&values, 0.5).unwrap());
        assert!(expected != mean && expected != median);
        assert_eq!(midmean(&values), rival);
        assert_eq!(expected == rival, n % 4 == 0);
        let summary = Summary::of(&mut values).unwrap();
        assert_eq!((summary.iqm, summary.q1, summary.q3), (expected, q1, q3));
    }
}

/// Returns the midmean of sorted values: exactly a quarter is cut off each side, by a weight on the two values at the edge.
fn midmean(sorted: &[f64]) -> f64 {
    let (m, half) = (sorted.len() / 4, sorted.len() as f64 / 2.0);
    let middle = &sorted[m..sorted.len() - m];
    let edges = middle[0] + middle[middle.len() - 1];
    (middle.iter().sum::<f64>() - edges * (middle.len() as f64 - half) / 2.0) / half
}

#[test]
fn the_iqm_of_equal_values_is_that_value() {
    for n in 1..400 {
        assert_eq!(iqm(&vec![0.1; n]), Some(0.1), "n = {n}");
    }
}

#[test]
fn more_than_a_quarter_of_diverged_trials_makes_the_iqm_infinite() {
    let mut losses = [f64::NAN, 1.0, 2.0, 3.0, f64::NEG_INFINITY, 4.0, 5.0, 6.0];
    assert_eq!((iqm(&losses), quantile(&losses, 0.75)), (Some(4.5), Some(INF)));
    losses[1] = INF;
    assert_eq!((iqm(&losses), quantile(&losses, 0.25)), (Some(INF), Some(3.75)));

    let interval = bootstrap_iqm(&losses, 1000, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
    assert!(interval.low.is_finite() && interval.high == INF);
    let summary = Summary::of(&mut losses).unwrap();
    assert_eq!((summary.min, summary.max, summary.diverged), (2.0, INF, 3));

    let std = Some(INF);
    let expected = Summary { iqm: INF, q1: INF, q3: INF, min: INF, max: INF, mean: INF, std, diverged: 2 };
    assert_eq!(Summary::of(&mut [f64::NAN, f64::NEG_INFINITY]), Some(expected));
}

#[test]
fn the_wilson_interval_ends_exactly_at_none_and_all() {
    for n in 1..10_000 {
        let (none, all) = (wilson(0, n).unwrap(), wilson(n, n).unwrap());
        assert_eq!((none.low, all.high), (0.0, 1.0), "n = {n}");
        assert!(none.high < 1.0 && all.low > 0.0, "n = {n}");
    }
}

/// Where data are hard for both, a small difference is certain in pairs of one seed but lost among all n² pairs.
#[test]
fn pairs_tell_what_trials_apart_do_not() {
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    let b: Vec<f64> = (0..40).map(|_| rng.random()).collect();
    let a: Vec<f64> = b.iter().enumerate().map(|(i, b)| b + if i % 8 == 0 { -0.01 } else { 0.01 }).collect();
    let pairs = paired(&a, &b, Better::Higher, RESAMPLES, rng).unwrap();
    assert_eq!((pairs.wins, pairs.ties, pairs.losses, pairs.improvement), (35, 0, 5, 0.875));
    let [difference, improvement] =
        [pairs.difference_interval, pairs.improvement_interval].map(Option::unwrap);
    assert!(difference.low > 0.0 && improvement.low > 0.7, "{pairs:?}");

    let beats = |a: f64| b.iter().filter(|&&b| a > b).count();
    let unpaired = a.iter().map(|&a| beats(a)).sum::<usize>() as f64 / 1600.0;
    assert!((0.45..0.55).contains(&unpaired), "{unpaired}");
}

/// If A is always better by the same amount, all resamples agree, and only the number of wins shows how certain that is.
#[test]
fn pairs_that_all_agree() {
    let b: Vec<f64> = (0..20).map(f64::from).collect();
    let a: Vec<f64> = b.iter().map(|b| b + 0.5).collect();
    let pairs = |better| paired(&a, &b, better, 500, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
    let constant = Interval { low: 0.5, high: 0.5 };
    let (higher, lower) = (pairs(Better::Higher), pairs(Better::Lower));
    assert_eq!((higher.difference, higher.difference_interval), (0.5, Some(constant)));
    assert_eq!((higher.improvement, higher.improvement_interval), (1.0, wilson(20, 20)));
    assert_eq!((lower.improvement, lower.improvement_interval), (0.0, wilson(0, 20)));
    assert_eq!((lower.difference, lower.wins, lower.losses), (0.5, 0, 20));

    let same = paired(&a, &a, Better::Higher, 500, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
    assert_eq!((same.difference, same.ties, same.improvement), (0.0, 20, 0.5));
    // With 20 ties of 20, up to one pair in six may not be a tie, and all of these may be wins, or losses.
    let Interval { low, high } = same.improvement_interval.unwrap();
    assert_eq!((low, high), (0.5 * wilson(20, 20).unwrap().low, 1.0 - low));
    assert!((0.41..0.43).contains(&low), "{low}");
}

#[test]
fn pairs_with_diverged_trials() {
    let pairs =
        |a: &[f64], b: &[f64], better| paired(a, b, better, 1000, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
    // Two diverged trials tie; one diverged trial loses to any finite one.
    let (a, b) = ([f64::NAN, INF, 1.0, 1.0], [INF, 2.0, f64::NEG_INFINITY, 1.0]);
    for better in [Better::Higher, Better::Lower] {
        let found = pairs(&a, &b, better);
        assert_eq!((found.wins, found.ties, found.losses), (1, 2, 1), "{better}");
    }
    // The IQM of A alone is infinite, then that of B alone, then both.
    let (finite, broken) = ([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, f64::NAN, INF]);
    assert_eq!(pairs(&broken, &finite, Better::Lower).difference, INF);
    assert_eq!(pairs(&broken, &finite, Better::Higher).difference, f64::NEG_INFINITY);
    assert_eq!(pairs(&finite, &broken, Better::Lower).difference, f64::NEG_INFINITY);
    let both = pairs(&broken, &broken, Better::Lower);
    assert!(both.difference.is_nan());
    assert_eq!(both.difference_interval, Some(Interval { low: f64::NEG_INFINITY, high: INF }));
}

#[test]
fn scores_that_are_not_finite_rank_lowest_where_higher_is_better() {
    let mut scores = [f64::NAN, 0.5, 0.75, 0.75, 1.0, INF, 0.75, 0.5];
    let interval = bootstrap_iqm_of_scores(&scores, Better::Higher, 1000, &mut ChaCha8Rng::seed_from_u64(1));
    assert_eq!(interval.map(|i| (i.low == f64::NEG_INFINITY, i.high < 1.0)), Some((true, true)));
    let found = Summary::of_scores(&mut scores, Better::Higher).unwrap();
    assert_eq!((found.min, found.max, found.diverged), (f64::NEG_INFINITY, 1.0, 2));
    assert_eq!((found.iqm, found.q3), (0.625, 0.75));
    assert_eq!(found.q1, f64::NEG_INFINITY); // between the second and the third
}

#[test]
fn ties_go_to_the_first() {
    assert_eq!((best(&[0.0, -0.0]), worst(&[-0.0, 0.0])), (Some(0), Some(0)));
    let diverged = [f64::NAN, f64::NEG_INFINITY, INF];
    assert_eq!((best(&diverged), worst(&diverged)), (None, Some(0)));
    // A later finite value is the best, whatever comes before it.
    assert_eq!((best(&[INF, f64::MAX]), best(&[f64::NEG_INFINITY, 1.0, f64::NAN])), (Some(1), Some(1)));
}

/// NumPy's `mean` and `std(ddof=1)`, by hand: Σ (x − 5)² = 32.
#[test]
fn the_mean_and_the_standard_deviation_are_those_of_papers() {
    let mut values = [9.0, 2.0, 4.0, 5.0, 4.0, 7.0, 4.0, 5.0];
    let of = Summary::of(&mut values).unwrap();
    assert_eq!((of.mean, of.std), (5.0, Some((32.0_f64 / 7.0).sqrt()))); // and not √(32/8) = 2
    // Scores far from 0 lose no digits.
    let far = Summary::of(&mut [1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0]).unwrap();
    assert_eq!((far.mean, far.std), (1e9 + 2.0, Some(1.0)));
    let broken = Summary::of_scores(&mut [0.5, f64::NAN], Better::Higher).unwrap();
    assert_eq!((broken.mean, broken.std), (f64::NEG_INFINITY, Some(INF)));
}

/// All resamples of one value are alike: an interval of width 0 would claim certainty.
#[test]
fn a_single_trial_has_no_interval() {
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    assert_eq!(bootstrap_iqm(&[0.6], RESAMPLES, rng), None);
    assert_eq!(bootstrap_iqm_of_scores(&[0.6], Better::Higher, RESAMPLES, rng), None);
    assert!(bootstrap_iqm(&[0.6, 0.7], 100, rng).is_some());
    let summary = Summary::of(&mut [0.6]).unwrap();
    assert_eq!((summary.iqm, summary.mean, summary.std), (0.6, 0.6, None));
    for (a, b) in [(0.6, 0.5), (0.5, 0.5), (f64::NAN, 0.5)] {
        let pair = paired(&[a], &[b], Better::Higher, 100, rng).unwrap();
        assert_eq!((pair.difference_interval, pair.improvement_interval), (None, None));
    }
    let two = paired(&[0.6, 0.7], &[0.5, 0.6], Better::Higher, 100, rng).unwrap();
    assert!(two.difference_interval.is_some() && two.improvement_interval.is_some());
}

#[test]
fn what_is_not_defined_is_none() {
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    assert_eq!((iqm(&[]), quantile(&[], 0.5), Summary::of(&mut [])), (None, None, None));
    assert_eq!((best(&[]), worst(&[]), diverged(&[])), (None, None, 0));
    for q in [-0.1, 1.1, f64::NAN, INF] {
        assert_eq!(quantile(&[1.0, 2.0], q), None);
    }
    assert_eq!((wilson(0, 0), wilson(2, 1)), (None, None));
    assert_eq!((bootstrap_iqm(&[], 10, rng), bootstrap_iqm(&[1.0], 0, rng)), (None, None));
    for (a, b, resamples) in [(&[][..], &[][..], 10), (&[1.0], &[1.0], 0), (&[1.0, 2.0], &[1.0], 10)] {
        assert_eq!(paired(a, b, Better::Higher, resamples, rng), None);
    }
}

/// The coverage is 95 %, and lower with few trials. The values u/(1 − u) have no mean.
#[test]
fn the_bootstrap_interval_holds_the_true_iqm_as_often_as_it_says() {
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    let truth = 2.0 * 3_f64.ln() - 1.0; // ∫ u/(1 − u) du over the middle half, over its length
    let experiments = 500; // a standard deviation of 1 %
    for (trials, expected) in [(100, 0.95), (10, 0.93), (5, 0.89)] {
        let mut held = 0;
        for _ in 0..experiments {
            let odds = |u: f64| u / (1.0 - u);
            let values: Vec<_> = (0..trials).map(|_| odds(rng.random())).collect();
            held += u32::from(bootstrap_iqm(&values, 300, rng).unwrap().contains(truth));
        }
        let coverage = f64::from(held) / f64::from(experiments);
        assert!((coverage - expected).abs() < 0.03, "{coverage} with {trials} trials");
    }
}

/// A and B have one distribution with a shared part, and A is shifted by `shift`, so the true values are known.
#[test]
fn the_intervals_of_pairs_hold_the_truth_as_often_as_they_say() {
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    let shift = 0.3;
    let improvement = 1.0 - 0.7 * 0.7 / 2.0; // u + shift > v, with u and v uniform
    let experiments = 500; // a standard deviation of 1 %
    for (trials, expected) in [(100, [0.95, 0.95]), (20, [0.95, 0.95]), (10, [0.95, 0.97])] {
        let mut held = [0; 2];
        for _ in 0..experiments {
            let mut draw = || -> Vec<f64> { (0..trials).map(|_| rng.random()).collect() };
            let (shared, mut a, mut b) = (draw(), draw(), draw());
            a.iter_mut().zip(&shared).for_each(|(a, shared)| *a += 2.0 * shared + shift);
            b.iter_mut().zip(&shared).for_each(|(b, shared)| *b += 2.0 * shared);
            let pairs = paired(&a, &b, Better::Higher, 300, rng).unwrap();
            held[0] += u32::from(pairs.difference_interval.unwrap().contains(shift));
            held[1] += u32::from(pairs.improvement_interval.unwrap().contains(improvement));
        }
        let coverage = held.map(|held| f64::from(held) / f64::from(experiments));
        for (coverage, expected) in coverage.into_iter().zip(expected) {
            assert!((coverage - expected).abs() < 0.03, "{coverage} with {trials} trials");
        }
    }
}

/// Pinned, because the bits must be the same in every release and on every platform.
#[test]
fn the_bootstrap_never_changes_its_bits() {
    let values: Vec<_> = (0..100).map(|i| f64::from(i * i)).collect();
    let interval = |seed| bootstrap_iqm(&values, RESAMPLES, &mut ChaCha8Rng::seed_from_u64(seed));
    assert_eq!(interval(0), Some(Interval { low: 1901.179, high: 3501.6424999999995 }));
    assert_ne!(interval(0), interval(1));

    let others: Vec<_> = values.iter().map(|x| x * 0.9 + 100.0).collect();
    let pairs =
        paired(&values, &others, Better::Lower, RESAMPLES, &mut ChaCha8Rng::seed_from_u64(0)).unwrap();
    let expected = Interval { low: 90.11790000000015, high: 250.16424999999936 };
    assert_eq!(pairs.difference_interval, Some(expected));
    let expected = Interval { low: 0.23, high: 0.42 };
    assert_eq!(pairs.improvement_interval, Some(expected));
}

// --- Properties ---

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(1996),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_numbers_of_a_summary_stand_in_order(mut values in hostile()) {
        let s = Summary::of(&mut values).unwrap();
        prop_assert!(s.min <= s.q1 && s.q1 <= s.iqm && s.iqm <= s.q3 && s.q3 <= s.max, "{s:?}");
    }

    #[test]
    fn a_summary_is_made_of_the_single_statistics(values in hostile()) {
        let s = Summary::of(&mut values.clone()).unwrap();
        prop_assert_eq!(Some(s.iqm), iqm(&values));
        let quantiles = [0.0, 0.25, 0.75, 1.0].map(|q| quantile(&values, q).unwrap());
        prop_assert_eq!([s.min, s.q1, s.q3, s.max], quantiles);
        prop_assert_eq!(s.diverged, diverged(&values));
    }

    #[test]
    fn the_mean_lies_within_and_its_distances_make_the_standard_deviation(values in finite()) {
        let s = Summary::of(&mut values.clone()).unwrap();
        let n = values.len() as f64;
        prop_assert!(s.min <= s.mean && s.mean <= s.max);
        prop_assert!((s.mean - values.iter().sum::<f64>() / n).abs() < 1e-9);
        let squares: f64 = values.iter().map(|x| (x - s.mean) * (x - s.mean)).sum();
        match s.std {
            Some(std) => prop_assert!((std - (squares / (n - 1.0)).sqrt()).abs() <= 1e-9),
            None => prop_assert_eq!(values.len(), 1),
        }
    }

    #[test]
    fn order_changes_no_bit((values, shuffled) in hostile().prop_flat_map(|values| {
        (Just(values.clone()), Just(values).prop_shuffle())
    })) {
        let bits = |values: &[f64]| {
            let s = Summary::of(&mut values.to_vec()).unwrap();
            let i = bootstrap_iqm(values, 20, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
            [s.iqm, s.q1, s.q3, s.min, s.max, s.mean, s.std.unwrap(), i.low, i.high].map(f64::to_bits)
        };
        prop_assert_eq!(bits(&values), bits(&shuffled));
    }

    #[test]
    fn scale_and_shift_carry_over(values in finite(), scale in 0.01..100.0_f64, shift in -1e3..1e3_f64) {
        let moved: Vec<_> = values.iter().map(|x| scale * x + shift).collect();
        // Values up to 1e5, each with a few relative rounding errors of 1e-16.
        let tolerance = 1e-9;
        let expected = scale * iqm(&values).unwrap() + shift;
        prop_assert!((iqm(&moved).unwrap() - expected).abs() < tolerance);
        for q in [0.0, 0.1, 0.25, 0.5, 0.75, 1.0] {
            let expected = scale * quantile(&values, q).unwrap() + shift;
            prop_assert!((quantile(&moved, q).unwrap() - expected).abs() < tolerance);
        }
    }

    #[test]
    fn best_and_worst_are_the_first_of_the_extremes(values in hostile()) {
        let ranks: Vec<_> = values.iter().map(|x| if x.is_finite() { *x } else { INF }).collect();
        prop_assert_eq!(best(&values).is_none(), diverged(&values) == values.len());
        let (best, worst) = (best(&values).unwrap_or(0), worst(&values).unwrap());
        for (index, &rank) in ranks.iter().enumerate() {
            prop_assert!(ranks[best] < rank || ranks[best] == rank && best <= index);
            prop_assert!(ranks[worst] > rank || ranks[worst] == rank && worst <= index);
        }
    }

    #[test]
    fn the_wilson_interval_holds_the_rate_and_mirrors(
        (successes, n) in (1..100_000_usize).prop_flat_map(|n| (0..=n, Just(n)))
    ) {
        let (here, mirror) = (wilson(successes, n).unwrap(), wilson(n - successes, n).unwrap());
        prop_assert!(here.contains(successes as f64 / n as f64));
        prop_assert!(0.0 <= here.low && here.high <= 1.0);
        prop_assert_eq!((here.low == 0.0, here.high == 1.0), (successes == 0, successes == n));
        prop_assert!((here.low - (1.0 - mirror.high)).abs() < 1e-14);
    }

    #[test]
    fn pairs_do_not_depend_on_their_order((pairs, shuffled) in pairs().prop_flat_map(|pairs| {
        (Just(pairs.clone()), Just(pairs).prop_shuffle())
    })) {
        prop_assert_eq!(bits(&compare(&pairs)), bits(&compare(&shuffled)));
    }

    /// Comparing A with B gives the opposite of comparing B with A, except for the intervals, because the draws differ.
    #[test]
    fn pairs_mirror(pairs in pairs()) {
        let (here, there) = (compare(&pairs), compare(&pairs.iter().map(|&(a, b)| (b, a)).collect::<Vec<_>>()));
        prop_assert_eq!((here.a, here.b), (there.b, there.a));
        prop_assert!(here.difference == -there.difference || here.difference.is_nan());
        prop_assert_eq!((here.wins, here.ties, here.losses), (there.losses, there.ties, there.wins));
        prop_assert!((here.improvement + there.improvement - 1.0).abs() < 1e-15);
    }

    #[test]
    fn the_intervals_of_pairs_stand_in_order(pairs in pairs()) {
        let found = compare(&pairs);
        let [difference, improvement] =
            [found.difference_interval, found.improvement_interval].map(Option::unwrap);
        prop_assert!(difference.low <= difference.high);
        prop_assert!(0.0 <= improvement.low && improvement.low <= improvement.high && improvement.high <= 1.0);
        let share = (found.wins as f64 + 0.5 * found.ties as f64) / pairs.len() as f64;
        prop_assert!((found.improvement - share).abs() < 1e-15);
    }

    #[test]
    fn the_bootstrap_is_reproducible_and_within_the_values(values in hostile(), seed: u64) {
        let interval = || bootstrap_iqm(&values, 50, &mut ChaCha8Rng::seed_from_u64(seed)).unwrap();
        let Interval { low, high } = interval();
        prop_assert_eq!(interval(), Interval { low, high });
        let (min, max) = (quantile(&values, 0.0).unwrap(), quantile(&values, 1.0).unwrap());
        prop_assert!(min <= low && low <= high && high <= max);
    }
}

/// Up to 60 values, so that every remainder of n divided by 4 occurs.
fn finite() -> impl Strategy<Value = Vec<f64>> {
    proptest::collection::vec(-1e3..1e3, 1..60)
}

/// At least two values, with ties, both zeros, the whole range of `f64` and, on average, one in ten that diverged.
fn hostile() -> impl Strategy<Value = Vec<f64>> {
    use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    let value = prop_oneof![
        4 => -1e3..1e3,
        3 => (0..4).prop_map(|i| f64::from(i) / 10.0),
        2 => NEGATIVE | POSITIVE | NORMAL | SUBNORMAL | ZERO,
        1 => prop::sample::select(vec![f64::NAN, -f64::NAN, INF, f64::NEG_INFINITY]),
    ];
    proptest::collection::vec(value, 2..60)
}

/// Pairs with diverged and with many equal values.
fn pairs() -> impl Strategy<Value = Vec<(f64, f64)>> {
    (hostile(), hostile()).prop_map(|(a, b)| a.into_iter().zip(b).collect())
}

fn compare(pairs: &[(f64, f64)]) -> Paired {
    let (a, b): (Vec<_>, Vec<_>) = pairs.iter().copied().unzip();
    paired(&a, &b, Better::Lower, 50, &mut ChaCha8Rng::seed_from_u64(1)).unwrap()
}

fn bits(p: &Paired) -> [u64; 8] {
    let [difference, improvement] = [p.difference_interval, p.improvement_interval].map(Option::unwrap);
    let values = [p.a, p.b, p.difference, p.improvement, difference.low, difference.high, improvement.low];
    let [a, b, c, d, e, f, g] = values.map(f64::to_bits);
    [a, b, c, d, e, f, g, improvement.high.to_bits()]
}

// --- Reading the oracle ---

/// The generator `SplitMix64` (Steele, Lea and Flood 2014), also used by the script.
struct SplitMix64(u64);

impl TryRng for SplitMix64 {
    type Error = Infallible;

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Ok(z ^ (z >> 31))
    }

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|z| (z >> 32) as u32)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.try_next_u64()?.to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

fn oracle() -> Value {
    serde_json::from_str(include_str!("../oracle/statistics.json")).unwrap()
}

fn cases<'a>(oracle: &'a Value, key: &str) -> &'a [Value] {
    let cases = oracle[key].as_array().unwrap();
    assert!(!cases.is_empty());
    cases
}

fn numbers(array: &Value) -> Vec<f64> {
    array.as_array().unwrap().iter().map(number).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn assert_close(ours: f64, theirs: f64, relative: f64, case: &Value) {
    let close = relative_eq!(ours, theirs, epsilon = 0.0, max_relative = relative);
    assert!(close, "{ours} and {theirs} in {case}");
}
