//! Data sets, random orders, splits, scalers and one-hot rows.

use std::collections::HashMap;

use approx::assert_abs_diff_eq;
use nn_core::Tensor;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_data::{
    DataError, Dataset, MinMaxScaler, RobustScaler, StandardScaler, one_hot, permutation, train_test_split,
};

fn seeded(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Sample i has the input i and the class 10 i.
fn numbered(n: usize) -> Dataset<f64, Vec<usize>> {
    let x: Vec<f64> = (0..n).map(|i| i as f64).collect();
    Dataset::new(Tensor::from_column(&x), (0..n).map(|i| 10 * i).collect()).unwrap()
}

#[track_caller]
fn says<T>(result: Result<T, DataError>, message: &str) {
    assert_eq!(result.err().map(|error| error.to_string()).as_deref(), Some(message));
}

// --- Datasets ---

#[test]
fn inputs_and_targets_stay_together() {
    let data = Dataset::new(
        Tensor::from_rows(&[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
        Tensor::from_column(&[10.0, 20.0, 30.0]),
    )
    .unwrap();
    let part = data.select(&[2, 0, 2]).unwrap();
    assert_eq!(part.samples(), 3);
    assert_eq!(part.x(), &Tensor::from_rows(&[[5.0, 6.0], [1.0, 2.0], [5.0, 6.0]]));
    assert_eq!(part.y(), &Tensor::from_column(&[30.0, 10.0, 30.0]));
    assert_eq!(numbered(5).select(&[4, 1]).unwrap().y(), &[40, 10]);
}

#[test]
fn other_inputs_keep_the_targets() {
    let data = numbered(2).with_x(Tensor::from_rows(&[[1.0, 2.0], [3.0, 4.0]])).unwrap();
    assert_eq!(data.x(), &Tensor::from_rows(&[[1.0, 2.0], [3.0, 4.0]]));
    assert_eq!(data.y(), &[0, 10]);
}

#[test]
fn every_sample_needs_a_target() {
    let message = "expected one target for each input, found 2 inputs and 3 targets";
    says(Dataset::new(Tensor::from_column(&[1.0, 2.0]), vec![0, 1, 2]), message);
    says(Dataset::new(Tensor::from_column(&[1.0, 2.0]), Tensor::from_column(&[1.0, 2.0, 3.0])), message);
    says(numbered(3).with_x(Tensor::from_column(&[1.0, 2.0])), message);
}

// --- Orders ---

#[test]
fn a_permutation_has_every_number_once() {
    for n in [0, 1, 2, 3, 100, 1000] {
        let mut order = permutation(n, &mut seeded(n as u64));
        order.sort_unstable();
        assert!(order.into_iter().eq(0..n), "{n}");
    }
}

/// A seed must give the same order in every release, so one order is written here.
#[test]
fn the_permutation_of_a_seed_never_changes() {
    assert_eq!(permutation(10, &mut seeded(1)), [2, 7, 8, 5, 3, 6, 1, 9, 0, 4]);
    assert_ne!(permutation(10, &mut seeded(1)), permutation(10, &mut seeded(2)));
}

#[test]
fn all_permutations_are_equally_likely() {
    const DRAWS: usize = 24_000;
    let rng = &mut seeded(1996);
    let mut counts: HashMap<Vec<usize>, usize> = HashMap::new();
    for _ in 0..DRAWS {
        *counts.entry(permutation(4, rng)).or_default() += 1;
    }
    assert_eq!(counts.len(), 24);
    let expected = (DRAWS / 24) as f64;
    let chi2: f64 = counts.values().map(|&count| (count as f64 - expected).powi(2) / expected).sum();
    // With 23 degrees of freedom, one seed in ten thousand would exceed 56.
    assert!(chi2 < 56.0, "{chi2}");
}

// --- Splits ---

#[test]
fn the_test_part_has_its_share_rounded_up() {
    for (n, test_size, expected) in [(10, 0.2, 2), (10, 0.21, 3), (150, 0.25, 38), (3, 0.01, 1), (2, 0.5, 1)]
    {
        let (train, test) = train_test_split(&numbered(n), test_size, &mut seeded(5)).unwrap();
        assert_eq!((train.samples(), test.samples()), (n - expected, expected), "{test_size} of {n}");
    }
}

#[test]
fn every_sample_is_in_one_part_and_keeps_its_target() {
    let (train, test) = train_test_split(&numbered(100), 0.3, &mut seeded(5)).unwrap();
    let mut all = Vec::new();
    for part in [&test, &train] {
        for (&x, &y) in part.x().feature(0).iter().zip(part.y()) {
            assert_eq!(10.0 * x, y as f64);
            all.push(y / 10);
        }
    }
    assert!(!all.is_sorted(), "at random");
    all.sort_unstable();
    assert!(all.into_iter().eq(0..100));
}

#[test]
fn a_split_depends_on_the_seed_alone() {
    let split = |seed| train_test_split(&numbered(100), 0.3, &mut seeded(seed)).unwrap();
    assert_eq!(split(1), split(1));
    assert_ne!(split(1), split(2));
}

#[test]
fn a_split_leaves_no_part_empty() {
    let split = |n, test_size| train_test_split(&numbered(n), test_size, &mut seeded(0));
    for (test_size, found) in [(0.0, "0"), (1.0, "1"), (-0.1, "-0.1"), (30.0, "30"), (f64::NAN, "NaN")] {
        let message =
            format!("train_test_split: test_size is {found}, expected a number above 0 and below 1");
        says(split(10, test_size), &message);
    }
    for (samples, test_size) in [(10, 0.95), (1, 0.5), (0, 0.5)] {
        let expected = format!("expected a size that leaves at least 1 of {samples} samples for training");
        says(split(samples, test_size), &format!("train_test_split: test_size is {test_size}, {expected}"));
    }
}

// --- Scales ---

#[test]
fn standardisation_against_numbers_worked_out_by_hand() {
    // Feature 0: mean 5, squared deviations 9 1 1 1 0 0 4 16, variance 32 / 8. Feature 1: mean 2, variance 8 / 8.
    let train = Tensor::from_rows(&[
        [2.0, 1.0],
        [4.0, 3.0],
        [4.0, 1.0],
        [4.0, 3.0],
        [5.0, 1.0],
        [5.0, 3.0],
        [7.0, 1.0],
        [9.0, 3.0],
    ]);
    let scaler = StandardScaler::fit(&train).unwrap();
    assert_eq!((scaler.mean(), scaler.std()), (&[5.0, 2.0][..], &[2.0, 1.0][..]));
    // Other samples are scaled like those that it was fitted on.
    let test = Tensor::from_rows(&[[1.0, 2.0], [6.0, -0.5]]);
    assert_eq!(scaler.transform(&test).unwrap(), Tensor::from_rows(&[[-2.0, 0.0], [0.5, -2.5]]));
    assert_eq!(test, Tensor::from_rows(&[[1.0, 2.0], [6.0, -0.5]]));
}

#[test]
fn single_precision_is_scaled_in_double() {
    // In f32, 2²⁴ + 1 is 2²⁴, so the sum of these numbers would lose the ones.
    let train = Tensor::from_column(&[16_777_216.0_f32, 1.0, 1.0, 1.0]);
    assert_eq!(StandardScaler::fit(&train).unwrap().mean(), [16_777_219.0 / 4.0]);
}

#[test]
fn a_constant_feature_is_only_centred() {
    // Ten times 0.1 adds up to less than 1, so the mean is not exactly 0.1 and the variance not exactly 0.
    for constant in [0.1_f64, 0.0, -1e9, 1e-9, 1.0 / 3.0] {
        let train = Tensor::from_column(&[constant; 10]);
        let scaler = StandardScaler::fit(&train).unwrap();
        assert_eq!(scaler.std(), [1.0], "{constant}");
        let z = scaler.transform(&train).unwrap();
        assert!(z.feature(0).iter().all(|z| z.abs() <= 1e-15 * constant.abs()), "{constant}");
    }
    // Almost constant is not constant.
    let scaler = StandardScaler::fit(&Tensor::from_column(&[1.0, 1.0 + 1e-12])).unwrap();
    assert_abs_diff_eq!(scaler.std()[0], 5e-13, epsilon = 1e-3 * 5e-13);
}

#[test]
fn neither_no_samples_nor_huge_values_upset_it() {
    says(
        StandardScaler::fit(&Tensor::<f64>::zeros(&[0, 2])),
        "StandardScaler: number of samples is 0, expected at least 1",
    );
    let scaler = StandardScaler::fit(&Tensor::from_column(&[1e150, 3e150])).unwrap();
    assert_abs_diff_eq!(scaler.std()[0], 1e150, epsilon = 1e-12 * 1e150);
}

#[test]
fn another_number_of_features_does_not_fit() {
    let scaler = StandardScaler::fit(&Tensor::from_rows(&[[1.0, 2.0], [3.0, 4.0]])).unwrap();
    let message = "StandardScaler: number of features is 3, expected 2, as in the data it was fitted on";
    says(scaler.transform(&Tensor::from_rows(&[[1.0, 2.0, 3.0]])), message);
}

#[test]
fn what_no_scale_fits_is_refused() {
    for (bad, found) in [(f64::NAN, "NaN"), (f64::INFINITY, "inf"), (-f64::INFINITY, "-inf")] {
        let x = Tensor::from_rows(&[[1.0, 2.0], [3.0, bad]]);
        let message = |of| format!("{of}: feature 1 of sample 1 is {found}, expected a finite number");
        says(StandardScaler::fit(&x), &message("StandardScaler"));
        says(MinMaxScaler::fit(&x), &message("MinMaxScaler"));
    }
    let huge = Tensor::from_column(&[-1e308, 1e308]);
    let message =
        |of| format!("{of}: range of x is inf, expected a finite number; divide x by a constant first");
    says(StandardScaler::fit(&huge), &message("StandardScaler"));
    says(MinMaxScaler::fit(&huge), &message("MinMaxScaler"));
    says(
        MinMaxScaler::fit(&Tensor::<f32>::zeros(&[0, 2])),
        "MinMaxScaler: number of samples is 0, expected at least 1",
    );
}

/// Unix times in fifths of a second, which differ by a millionth of a millionth.
#[test]
fn a_million_values_around_a_large_mean_are_not_constant() {
    let distances = [0.0, 0.2, 0.4, 0.6].map(|fifths| (1.7e9 + fifths) - 1.7e9);
    let x: Vec<f64> = (0..1_000_000).map(|i| 1.7e9 + distances[i % 4]).collect();
    let x = Tensor::from_column(&x);
    // The closed form, from four numbers near 0.
    let mean = distances.iter().sum::<f64>() / 4.0;
    let std = (distances.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / 4.0).sqrt();

    let scaler = StandardScaler::fit(&x).unwrap();
    assert_eq!(scaler.mean(), [1.7e9 + mean]);
    assert_abs_diff_eq!(scaler.std()[0], std, epsilon = 1e-15);
    let z = scaler.transform(&x).unwrap();
    let scaled = MinMaxScaler::fit(&x).unwrap().transform(&x).unwrap();
    for i in 0..4 {
        // The mean is rounded to 2.4e-7.
        assert_abs_diff_eq!(z[[i, 0]], (distances[i] - mean) / std, epsilon = 1e-6);
        assert_abs_diff_eq!(scaled[[i, 0]], distances[i] / distances[3], epsilon = 1e-15);
    }
}

#[test]
fn ten_million_values_have_an_exact_mean_and_deviation() {
    let (low, high) = (1e6_f64, 1e6 + 0.1);
    let x = Tensor::from_fn(10_000_000, 1, |sample, _| if sample % 2 == 0 { low } else { high });
    let scaler = StandardScaler::fit(&x).unwrap();
    assert_eq!(scaler.mean(), [low + (high - low) / 2.0]);
    assert_abs_diff_eq!(scaler.std()[0], (high - low) / 2.0, epsilon = 1e-16);
    // In f32, 0.1 and 0.3 of 0.1; 3,000,000 of 10,000,000 values are larger.
    let (low, high) = (0.1_f32, 0.3_f32);
    let x = Tensor::from_fn(10_000_000, 1, |sample, _| if sample % 10 < 3 { high } else { low });
    let scaler = StandardScaler::fit(&x).unwrap();
    let range = f64::from(high) - f64::from(low);
    assert_abs_diff_eq!(scaler.mean()[0], f64::from(low) + 0.3 * range, epsilon = 1e-16);
    assert_abs_diff_eq!(scaler.std()[0], range * 0.21_f64.sqrt(), epsilon = 1e-16);
}

/// Both scalers have one rule: no more than four units in the last place of double precision, or less than a normal number.
#[test]
fn a_feature_is_constant_for_both_scalers_or_for_none() {
    let units = |x: f64, units: u64| f64::from_bits(x.to_bits() + units);
    let check = |values: &[f64], is_constant: bool| {
        let x = Tensor::from_column(values);
        let standard = StandardScaler::fit(&x).unwrap();
        assert_eq!(standard.std()[0] == 1.0, is_constant, "StandardScaler: {values:?}");
        let min_max = MinMaxScaler::fit(&x).unwrap();
        let z = min_max.transform(&x).unwrap();
        let largest = z.feature(0).iter().fold(0.0_f64, |most, &z| most.max(z));
        assert_eq!(largest != 1.0, is_constant, "MinMaxScaler: {values:?}");
        if !is_constant {
            let z = standard.transform(&x).unwrap();
            let squares: f64 = z.feature(0).iter().map(|z| z * z).sum();
            assert_abs_diff_eq!(squares / values.len() as f64, 1.0, epsilon = 1e-2);
        }
        assert_eq!(MinMaxScaler::from_state_dict(&min_max.state_dict()).unwrap().transform(&x).unwrap(), z);
    };
    for constant in [0.0, 5.0, -0.1, 1e300, 1e-300, 5e-324, f64::MAX] {
        check(&[constant; 3], true);
    }
    check(&[0.0, -0.0], true);
    // Their deviation has no digits left, or is 0.
    check(&[1e-310, 3e-310], true);
    check(&[0.0, 5e-324], true);
    check(&[0.1 + 0.2, 0.3], true);
    for x in [1.0, 1.7e9, 1e-200] {
        check(&[x, units(x, 1), x, units(x, 4)], true);
        check(&[x, units(x, 100), x, units(x, 100)], false);
        check(&[-x, -units(x, 2)], true);
    }
    // Of f32, neighbours are a hundred million units apart.
    let next = f32::from_bits(0.1_f32.to_bits() + 1);
    check(&[f64::from(0.1_f32), f64::from(next)], false);
    // Squares of these differences are 0 or infinite in f64.
    check(&[1e-170, 3e-170, 7e-170], false);
    check(&[1e-307, 3e-307], false);
    check(&[-8e307, 8e307], false);
    check(&[-1e200, 0.0, 1e-200], false);
}

#[test]
fn the_ends_of_a_range_are_met_exactly() {
    // None of these numbers is exact in binary.
    let x = Tensor::from_column(&[0.1, 0.7, 0.3]);
    let scaler = MinMaxScaler::fit_range(&x, -0.3, 0.9).unwrap();
    assert_eq!((scaler.data_min(), scaler.data_max()), (&[0.1][..], &[0.7][..]));
    let z = scaler.transform(&x).unwrap();
    assert_eq!((z[[0, 0]], z[[1, 0]]), (-0.3, 0.9));
    let back = scaler.inverse_transform(&z).unwrap();
    assert_eq!((back[[0, 0]], back[[1, 0]]), (0.1, 0.7));
    // Other samples may lie outside.
    assert!(scaler.transform(&Tensor::from_column(&[1.0])).unwrap()[[0, 0]] > 0.9);
}

#[test]
fn a_constant_feature_goes_to_the_low_end() {
    for constant in [0.1_f64, 0.0, -1e9, 1e300] {
        let x = Tensor::from_column(&[constant; 3]);
        let scaler = MinMaxScaler::fit_range(&x, 2.0, 5.0).unwrap();
        let z = scaler.transform(&x).unwrap();
        assert_eq!(z, Tensor::from_column(&[2.0; 3]));
        assert_eq!(scaler.inverse_transform(&z).unwrap(), x);
    }
    let scaler = MinMaxScaler::fit(&Tensor::from_column(&[7.0, 7.0])).unwrap();
    assert_eq!(scaler.transform(&Tensor::from_column(&[7.5])).unwrap()[[0, 0]], 0.5);
}

#[test]
fn scalers_undo_what_they_did() {
    let x = Tensor::from_rows(&[[2.0_f32, 1e-3], [4.0, 3e-3], [9.0, 1.0]]);
    let standard = StandardScaler::fit(&x).unwrap();
    let min_max = MinMaxScaler::fit(&x).unwrap();
    for back in [
        standard.inverse_transform(&standard.transform(&x).unwrap()).unwrap(),
        min_max.inverse_transform(&min_max.transform(&x).unwrap()).unwrap(),
    ] {
        for (&back, &x) in back.view().iter().zip(x.view()) {
            assert_abs_diff_eq!(back, x, epsilon = 1e-6);
        }
    }
    let message = |of| format!("{of}: number of features is 1, expected 2, as in the data it was fitted on");
    says(standard.inverse_transform(&Tensor::from_column(&[1.0])), &message("StandardScaler"));
    says(min_max.transform(&Tensor::from_column(&[1.0])), &message("MinMaxScaler"));
    says(min_max.inverse_transform(&Tensor::from_column(&[1.0])), &message("MinMaxScaler"));
}

#[test]
fn a_range_needs_two_ends() {
    let x = Tensor::from_column(&[1.0, 2.0]);
    for (low, high, found) in [
        (1.0, 1.0, "(1, 1)"),
        (1.0, 0.0, "(1, 0)"),
        (f64::NAN, 1.0, "(NaN, 1)"),
        (0.0, f64::INFINITY, "(0, inf)"),
    ] {
        let message = format!(
            "MinMaxScaler: feature_range is {found}, expected two finite numbers, the lower one first"
        );
        says(MinMaxScaler::fit_range(&x, low, high), &message);
    }
}

// --- One-hot rows ---

#[test]
fn labels_become_rows() {
    let rows = one_hot::<f64>(&[1, 0, 1], 2).unwrap();
    assert_eq!(rows, Tensor::from_rows(&[[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]));
    assert_eq!(one_hot::<f64>(&[], 3).unwrap().shape(), [0, 3]);
}

#[test]
fn a_label_must_be_a_class() {
    says(
        one_hot::<f64>(&[0, 3, 9], 3),
        "one_hot: a label is 3, expected a number below the number of classes, 3",
    );
    says(one_hot::<f64>(&[0], 0), "one_hot: a label is 0, expected a number below the number of classes, 0");
}

#[test]
fn scalers_come_back_from_their_state_and_refuse_another() {
    let x = Tensor::from_rows(&[[1.0, 5.0, 0.1], [3.0, 5.0, -0.7], [4.5, 5.0, 12.0]]);
    let standard = StandardScaler::fit(&x).unwrap();
    let stretched = MinMaxScaler::fit_range(&x, -1.0, 1.0).unwrap();
    let bytes = standard.state_dict().to_safetensors().unwrap();
    let read = nn_core::StateDict::from_safetensors(&bytes).unwrap();
    assert_eq!(StandardScaler::from_state_dict(&read).unwrap(), standard);
    assert_eq!(MinMaxScaler::from_state_dict(&stretched.state_dict()).unwrap(), stretched);

    let error = StandardScaler::from_state_dict(&stretched.state_dict()).unwrap_err().to_string();
    assert_eq!(
        error,
        "StandardScaler: mean is missing, expected finite numbers, as in the state of a StandardScaler"
    );
    let robust = RobustScaler::fit(&x).unwrap();
    assert_eq!(RobustScaler::from_state_dict(&robust.state_dict()).unwrap(), robust);
    assert_eq!((robust.median(), robust.iqr()[1]), (&[3.0, 5.0, 0.1][..], 1.0));
    for (name, value) in [("iqr", vec![1.0, 0.0, 1.0]), ("iqr", vec![1.0]), ("median", vec![f64::NAN; 3])] {
        let mut state = robust.state_dict();
        let shape = vec![value.len()];
        state.insert(nn_core::Entry { name: name.into(), kind: nn_core::Kind::Buffer, shape, value });
        assert!(RobustScaler::from_state_dict(&state).is_err(), "{name}");
    }
    for (name, value) in [("std", vec![1.0, 0.0, 1.0]), ("std", vec![1.0]), ("mean", vec![f64::NAN; 3])] {
        let mut state = standard.state_dict();
        let shape = vec![value.len()];
        state.insert(nn_core::Entry { name: name.into(), kind: nn_core::Kind::Buffer, shape, value });
        assert!(StandardScaler::from_state_dict(&state).is_err(), "{name}");
    }
}

#[test]
fn the_deviation_of_a_rare_outlier_keeps_its_digits() {
    // All are 1 but for one 0: the deviation is √(p (1 − p)), with p = 1 / n.
    let n = 100_001;
    let mut values = vec![1.0; n];
    values[70_000] = 0.0;
    let scaler = StandardScaler::fit(&Tensor::from_column(&values)).unwrap();
    let p = 1.0 / n as f64;
    let z = scaler.transform(&Tensor::from_column(&[0.0])).unwrap();
    let deviation = (p - 1.0) / z[[0, 0]];
    assert!((deviation - (p * (1.0 - p)).sqrt()).abs() <= 2.0 * f64::EPSILON, "{deviation:e}");
}
