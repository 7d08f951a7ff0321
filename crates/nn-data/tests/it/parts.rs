//! Splits into two and three parts, folds, and the mixture of classes in each part.

use nn_core::Tensor;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_data::{
    DataError, Dataset, KFold, StratifiedKFold, stratified_train_test_split,
    stratified_train_validation_test_split, train_test_split, train_validation_test_split,
};
use proptest::{collection::vec, prelude::*, test_runner::RngSeed};

type Data = Dataset<f64, Vec<usize>>;

fn seeded(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Sample i has the input i.
fn labelled(labels: &[usize]) -> Data {
    let x: Vec<f64> = (0..labels.len()).map(|i| i as f64).collect();
    Dataset::new(Tensor::from_column(&x), labels.to_vec()).unwrap()
}

/// As many samples of each class as its size, taking the classes in turn.
fn mixture(sizes: &[usize]) -> Data {
    let most = sizes.iter().copied().max().unwrap_or(0);
    let labels: Vec<usize> =
        (0..most).flat_map(|round| (0..sizes.len()).filter(move |&class| round < sizes[class])).collect();
    labelled(&labels)
}

fn count(data: &Data, classes: usize) -> Vec<usize> {
    (0..classes).map(|class| data.y().iter().filter(|&&label| label == class).count()).collect()
}

fn inputs(data: &Data) -> Vec<usize> {
    data.x().feature(0).iter().map(|&x| x as usize).collect()
}

/// Each sample is in exactly one part, with its own target.
fn is_partition(data: &Data, parts: &[&Data]) -> bool {
    let mut all: Vec<usize> = parts.iter().flat_map(|part| inputs(part)).collect();
    all.sort_unstable();
    let own = |part: &&Data| inputs(part).iter().zip(part.y()).all(|(&sample, &y)| data.y()[sample] == y);
    all.into_iter().eq(0..data.samples()) && parts.iter().all(own)
}

#[track_caller]
fn says<T>(result: Result<T, DataError>, message: &str) {
    assert_eq!(result.err().map(|error| error.to_string()).as_deref(), Some(message));
}

// --- Parts by their sizes ---

#[test]
fn three_parts_have_their_sizes() {
    for (n, validation_size, test_size, expected) in
        [(10, 0.2, 0.3, [5, 2, 3]), (150, 0.1, 0.25, [97, 15, 38]), (3, 0.01, 0.01, [1, 1, 1])]
    {
        let data = labelled(&vec![0; n]);
        let (train, validation, test) =
            train_validation_test_split(&data, validation_size, test_size, &mut seeded(5)).unwrap();
        assert_eq!([train.samples(), validation.samples(), test.samples()], expected);
        assert!(is_partition(&data, &[&train, &validation, &test]));
        assert!(train.samples() < 2 || !inputs(&train).is_sorted(), "at random");
        // The test part does not change when a validation part is taken from the rest.
        assert_eq!(test, train_test_split(&data, test_size, &mut seeded(5)).unwrap().1);
    }
}

#[test]
fn folds_are_equal_and_every_sample_is_tested_once() {
    for (n, splits) in [(10, 5), (11, 3), (7, 7), (100, 2)] {
        let data = labelled(&(0..n).map(|i| 10 * i).collect::<Vec<_>>());
        let folds = KFold::new(splits).split(&data, &mut seeded(2)).unwrap();
        assert_eq!(folds.len(), splits);
        let (indices, folds) = (folds.test_indices(), folds.collect::<Vec<_>>());
        for ((train, test), indices) in folds.iter().zip(&indices) {
            assert!(is_partition(&data, &[train, test]));
            assert!((n / splits..=n.div_ceil(splits)).contains(&test.samples()));
            assert_eq!(&inputs(test), indices);
        }
        assert!(is_partition(&data, &folds.iter().map(|(_, test)| test).collect::<Vec<_>>()));
    }
}

#[test]
fn values_are_folded_as_classes_are() {
    let data =
        Dataset::new(Tensor::from_column(&[1.0, 2.0, 3.0]), Tensor::from_column(&[2.0, 4.0, 6.0])).unwrap();
    for (train, test) in KFold::new(3).split(&data, &mut seeded(0)).unwrap() {
        assert_eq!((train.samples(), test.samples()), (2, 1));
        assert_eq!(2.0 * test.x()[[0, 0]], test.y()[[0, 0]]);
    }
}

// --- Mixtures ---

#[test]
fn largest_remainders_are_rounded_up() {
    // Shares of the test part: 0.1, 0.9 and 9.0 of ten.
    let (train, test) = stratified_train_test_split(&mixture(&[2, 18, 180]), 0.05, &mut seeded(0)).unwrap();
    assert_eq!((count(&test, 3), count(&train, 3)), (vec![0, 1, 9], vec![2, 17, 171]));
    let (train, validation, test) =
        stratified_train_validation_test_split(&mixture(&[6, 14]), 0.1, 0.1, &mut seeded(0)).unwrap();
    // Shares 4.8, 0.6, 0.6 and 11.2, 1.4, 1.4.
    assert_eq!(
        (count(&train, 2), count(&validation, 2), count(&test, 2)),
        (vec![5, 11], vec![1, 1], vec![0, 2])
    );
}

#[test]
fn class_indices_may_have_gaps() {
    let data = labelled(&[7, 7, usize::MAX, usize::MAX]);
    let (train, test) = stratified_train_test_split(&data, 0.5, &mut seeded(0)).unwrap();
    for part in [train, test] {
        let mut labels = part.y().clone();
        labels.sort_unstable();
        assert_eq!(labels, [7, usize::MAX]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        rng_seed: RngSeed::Fixed(1996),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn three_stratified_parts_have_every_share_within_one(
        sizes in vec(3..60_usize, 1..12),
        validation_size in 0.01..0.49,
        test_size in 0.01..0.49,
        seed in any::<u64>(),
    ) {
        let data = mixture(&sizes);
        let split = |seed| {
            stratified_train_validation_test_split(&data, validation_size, test_size, &mut seeded(seed))
        };
        let plain = train_validation_test_split(&data, validation_size, test_size, &mut seeded(seed));
        let Ok((train, validation, test)) = split(seed) else {
            // Only if a part has fewer samples than there are classes.
            if let Ok(plain) = plain {
                let least = [plain.0, plain.1, plain.2].map(|part| part.samples()).into_iter().min();
                prop_assert!(least < Some(sizes.len()));
            }
            return Ok(());
        };
        prop_assert!(is_partition(&data, &[&train, &validation, &test]));
        let plain = plain?;
        for (part, plain) in [(&train, plain.0), (&validation, plain.1), (&test, plain.2)] {
            prop_assert_eq!(part.samples(), plain.samples());
            for (class, &have) in count(part, sizes.len()).iter().enumerate() {
                // |have − size · part / n| ≤ 1, in integers.
                let (n, share) = (data.samples() as i64, (sizes[class] * part.samples()) as i64);
                prop_assert!((have as i64 * n - share).abs() <= n, "class {}: {}", class, have);
            }
        }
        prop_assert_eq!(split(seed)?, (train, validation, test));
    }

    #[test]
    fn stratified_folds_differ_by_one_at_most(
        sizes in vec(2..60_usize, 1..12),
        splits in 2..12_usize,
        seed in any::<u64>(),
    ) {
        let data = mixture(&sizes);
        let split = |seed| StratifiedKFold::new(splits).split(&data, &mut seeded(seed));
        let Ok(folds) = split(seed) else {
            prop_assert!(sizes.iter().any(|&size| size < splits));
            return Ok(());
        };
        let folds: Vec<(Data, Data)> = folds.collect();
        let tests: Vec<&Data> = folds.iter().map(|(_, test)| test).collect();
        prop_assert!(is_partition(&data, &tests));
        for (train, test) in &folds {
            prop_assert!(is_partition(&data, &[train, test]));
            prop_assert!((data.samples() / splits..=data.samples().div_ceil(splits)).contains(&test.samples()));
            for (class, &have) in count(test, sizes.len()).iter().enumerate() {
                prop_assert!((sizes[class] / splits..=sizes[class].div_ceil(splits)).contains(&have));
            }
        }
        prop_assert_eq!(split(seed)?.collect::<Vec<_>>(), folds);
    }
}

#[test]
fn which_samples_of_a_class_are_tested_on_is_chance() {
    // Of ten samples of a class, two: each of them in a fifth of the splits.
    let data = mixture(&[10, 20]);
    let mut counts = [0; 30];
    let rng = &mut seeded(9);
    for _ in 0..5000 {
        for sample in inputs(&stratified_train_test_split(&data, 0.2, rng).unwrap().1) {
            counts[sample] += 1;
        }
    }
    // Five standard deviations, √(5000 · 0.2 · 0.8) = 28.3.
    assert!(counts.iter().all(|&count: &i32| (count - 1000).abs() < 142), "{counts:?}");
    let orders: Vec<_> =
        (0..2).map(|seed| StratifiedKFold::new(2).split(&data, &mut seeded(seed)).unwrap()).collect();
    assert_ne!(orders[0].test_indices(), orders[1].test_indices());
}

// --- Arguments ---

#[test]
fn three_parts_leave_none_empty() {
    let split =
        |validation, test| train_validation_test_split(&labelled(&[0; 10]), validation, test, &mut seeded(0));
    for (size, found) in [(0.0, "0"), (1.0, "1"), (-0.1, "-0.1"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        let message = |name| {
            format!("train_validation_test_split: {name} is {found}, expected a number above 0 and below 1")
        };
        says(split(size, 0.5), &message("validation_size"));
        says(split(0.5, size), &message("test_size"));
    }
    let message = "expected a size that leaves at least 1 of 10 samples for training";
    let of = "train_validation_test_split";
    says(split(0.5, 0.5), &format!("{of}: validation_size + test_size is 1, {message}"));
    says(split(0.75, 0.5), &format!("{of}: validation_size + test_size is 1.25, {message}"));
}

#[test]
fn stratified_parts_need_samples_of_every_class() {
    let two = |sizes: &[usize], test| stratified_train_test_split(&mixture(sizes), test, &mut seeded(0));
    let three = |sizes: &[usize], validation, test| {
        stratified_train_validation_test_split(&mixture(sizes), validation, test, &mut seeded(0))
    };
    says(two(&[5, 1], 0.5), "class 1 has 1 sample, expected at least 2, one for each part");
    says(three(&[5, 2, 5], 0.3, 0.3), "class 1 has 2 samples, expected at least 3, one for each part");
    says(
        two(&[5, 5, 5], 0.1),
        "stratified_train_test_split: test_size is 0.1, expected a size that makes a part of at least 3 samples, one for each class",
    );
    says(
        two(&[5, 5, 5], 0.9),
        "stratified_train_test_split: test_size is 0.9, expected a size that leaves at least 3 samples for training, one for each class",
    );
    says(
        three(&[5, 5, 5], 0.4, 0.5),
        "stratified_train_validation_test_split: validation_size + test_size is 0.9, expected a size that leaves at least 3 samples for training, one for each class",
    );
    says(
        two(&[5, 5], 1.5),
        "stratified_train_test_split: test_size is 1.5, expected a number above 0 and below 1",
    );
    says(
        two(&[], 0.5),
        "stratified_train_test_split: test_size is 0.5, expected a size that leaves at least 1 of 0 samples for training",
    );
}

#[test]
fn folds_need_samples() {
    let plain =
        |n, splits| KFold::new(splits).split(&labelled(&vec![0; n]), &mut seeded(0)).map(|folds| folds.len());
    says(plain(10, 0), "KFold: splits is 0, expected at least 2");
    says(plain(10, 1), "KFold: splits is 1, expected at least 2");
    says(plain(10, 11), "KFold: splits is 11, expected at most the number of samples, 10");
    says(plain(0, 2), "KFold: splits is 2, expected at most the number of samples, 0");
    let mixed = |sizes: &[usize], splits| {
        StratifiedKFold::new(splits).split(&mixture(sizes), &mut seeded(0)).map(|folds| folds.len())
    };
    says(mixed(&[5, 5], 1), "StratifiedKFold: splits is 1, expected at least 2");
    says(mixed(&[5, 5], 11), "StratifiedKFold: splits is 11, expected at most the number of samples, 10");
    says(mixed(&[5, 3], 4), "class 1 has 3 samples, expected at least 4, one for each part");
}
