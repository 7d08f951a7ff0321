//! Splits of tables, of groups, in the order of time, and repeated.

use std::collections::HashSet;

use nn_core::Tensor;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_data::{
    Column, DataError, Dataset, Folds, GroupKFold, KFold, RepeatedKFold, RepeatedStratifiedKFold, Samples,
    StratifiedGroupKFold, StratifiedKFold, Table, TimeSeriesSplit, stratified_train_test_split,
    stratified_train_validation_test_split, train_test_split, train_validation_test_split,
};
use proptest::prelude::*;

fn seeded(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

#[track_caller]
fn says<T>(result: Result<T, DataError>, message: &str) {
    assert_eq!(result.err().map(|error| error.to_string()).as_deref(), Some(message));
}

/// The same samples as a data set and as a table: a number and a class, of which there are three of different sizes.
fn both(samples: usize) -> (Dataset<f64, Vec<usize>>, Table) {
    let numbers: Vec<f64> = (0..samples).map(|sample| sample as f64).collect();
    let labels: Vec<usize> = (0..samples).map(|sample| [0, 1, 0, 2, 0, 1][sample % 6]).collect();
    let table = Table::new([
        Column::numbers("x", numbers.iter().copied().map(Some)),
        Column::categories("class", labels.iter().map(|&label| Some(["c", "d", "e"][label]))),
    ]);
    (Dataset::new(Tensor::from_column(&numbers), labels).unwrap(), table.unwrap())
}

fn numbers(table: &Table) -> Vec<f64> {
    let column = table.column("x").unwrap();
    (0..table.rows()).map(|row| column.number(row).unwrap()).collect()
}

// --- Tables ---

#[test]
fn a_table_is_split_as_the_data_set_of_its_rows() {
    let (data, table) = both(60);
    let strata = table.strata("class").unwrap();
    let same = |tables: &[Table], sets: &[Dataset<f64, Vec<usize>>]| {
        assert_eq!(tables.len(), sets.len());
        for (table, set) in tables.iter().zip(sets) {
            assert_eq!(numbers(table), set.x().feature(0));
        }
    };
    let two = |(a, b)| [a, b];
    same(
        &two(train_test_split(&table, 0.3, &mut seeded(1)).unwrap()),
        &train_test_split(&data, 0.3, &mut seeded(1)).map(|(a, b)| [a, b]).unwrap(),
    );
    same(
        &two(stratified_train_test_split(&strata, 0.3, &mut seeded(1)).unwrap()),
        &stratified_train_test_split(&data, 0.3, &mut seeded(1)).map(|(a, b)| [a, b]).unwrap(),
    );
    same(
        &train_validation_test_split(&table, 0.1, 0.3, &mut seeded(1)).map(|(a, b, c)| [a, b, c]).unwrap(),
        &train_validation_test_split(&data, 0.1, 0.3, &mut seeded(1)).map(|(a, b, c)| [a, b, c]).unwrap(),
    );
    same(
        &stratified_train_validation_test_split(&strata, 0.1, 0.3, &mut seeded(1))
            .map(|(a, b, c)| [a, b, c])
            .unwrap(),
        &stratified_train_validation_test_split(&data, 0.1, 0.3, &mut seeded(1))
            .map(|(a, b, c)| [a, b, c])
            .unwrap(),
    );
    let of_tables = |folds: Vec<(Table, Table)>| folds.into_iter().flat_map(two).collect::<Vec<_>>();
    let of_sets = |folds: Vec<_>| folds.into_iter().flat_map(|(a, b)| [a, b]).collect::<Vec<_>>();
    same(
        &of_tables(KFold::new(4).split(&table, &mut seeded(1)).unwrap().collect()),
        &of_sets(KFold::new(4).split(&data, &mut seeded(1)).unwrap().collect()),
    );
    same(
        &of_tables(StratifiedKFold::new(4).split(&strata, &mut seeded(1)).unwrap().collect()),
        &of_sets(StratifiedKFold::new(4).split(&data, &mut seeded(1)).unwrap().collect()),
    );
    // Inputs alone.
    let (train, test) = train_test_split(data.x(), 0.3, &mut seeded(1)).unwrap();
    let tables = train_test_split(&table, 0.3, &mut seeded(1)).unwrap();
    assert_eq!((train.feature(0), test.feature(0)), (&numbers(&tables.0)[..], &numbers(&tables.1)[..]));
}

#[test]
fn a_class_of_too_few_rows_is_named() {
    let table = Table::new([
        Column::categories("class", [Some("rare"), Some("b"), Some("b"), Some("b"), Some("b")]),
        Column::numbers("price", [Some(2.5), Some(1.0), Some(1.0), Some(1.0), Some(1.0)]),
        Column::numbers("x", [None, Some(1.0), Some(1.0), Some(1.0), Some(1.0)]),
    ])
    .unwrap();
    let split = |column: &str| stratified_train_test_split(&table.strata(column)?, 0.5, &mut seeded(0));
    says(
        split("class"),
        "column \"class\": expected at least 2 rows of each class, one for each part, found 1 of \"rare\"; leave the \
         class out, or split without strata",
    );
    assert!(split("price").unwrap_err().to_string().contains("found 1 of \"2.5\""));
    says(
        split("x"),
        "column \"x\", row 1: expected a class, found no value; leave out the rows without a target",
    );
    assert!(matches!(split("y"), Err(DataError::Setting(_))));
}

// --- Folds ---

/// Every sample is in one test part, and in the training parts of all other folds.
fn cover<S: Samples>(folds: &Folds<S>, samples: usize) {
    let mut all: Vec<usize> = folds.test_indices().concat();
    all.sort_unstable();
    assert!(all.into_iter().eq(0..samples));
    for (train, test) in folds.train_indices().iter().zip(folds.test_indices()) {
        let both: HashSet<usize> = train.iter().copied().chain(test).collect();
        assert_eq!((both.len(), train.len() < samples), (samples, true));
    }
}

proptest! {
    #[test]
    fn no_group_is_in_both_parts(
        groups in prop::collection::vec(0..12_u8, 4..60),
        labels in prop::collection::vec(0..2_usize, 60),
        splits in 2..5_usize,
    ) {
        let samples = groups.len();
        let data = Dataset::new(Tensor::<f32>::zeros(&[samples, 1]), labels[..samples].to_vec()).unwrap();
        let distinct = groups.iter().collect::<HashSet<_>>().len();
        let names: Vec<String> = groups.iter().map(|group| format!("group {group}")).collect();
        let by_size = GroupKFold::new(splits).split(&data, &names);
        prop_assert_eq!(by_size.is_ok(), splits <= distinct);
        let stratified = StratifiedGroupKFold::new(splits).split(&data, &groups);
        for folds in by_size.into_iter().chain(stratified) {
            cover(&folds, samples);
            for (train, test) in folds.train_indices().into_iter().zip(folds.test_indices()) {
                prop_assert!(!test.is_empty());
                let train: HashSet<u8> = train.into_iter().map(|sample| groups[sample]).collect();
                prop_assert!(test.into_iter().all(|sample| !train.contains(&groups[sample])));
            }
        }
    }
}

#[test]
fn a_training_part_is_before_its_test_part() {
    for (samples, splits, size, gap, most) in
        [(10, 2, None, 0, None), (100, 7, Some(3), 4, None), (50, 3, None, 1, Some(5))]
    {
        let x = Tensor::<f32>::zeros(&[samples, 1]);
        let mut split = TimeSeriesSplit::new(splits).gap(gap);
        if let Some(size) = size {
            split = split.test_size(size);
        }
        if let Some(most) = most {
            split = split.max_train_size(most);
        }
        let folds = split.split(&x).unwrap();
        assert_eq!(folds.len(), splits);
        for (train, test) in folds.train_indices().iter().zip(folds.test_indices()) {
            assert_eq!(train.last().unwrap() + gap + 1, test[0]);
            assert_eq!(test.len(), size.unwrap_or(samples / (splits + 1)));
            assert!(train.len() <= most.unwrap_or(samples));
        }
        assert_eq!(folds.test_indices().concat().last(), Some(&(samples - 1)));
    }
}

#[test]
fn repetitions_have_folds_of_their_own() {
    let (data, table) = both(24);
    let folds = RepeatedKFold::new(4, 3).split(&data, &mut seeded(7)).unwrap();
    let once = KFold::new(4).split(&data, &mut seeded(7)).unwrap();
    let all = folds.test_indices();
    assert_eq!((all.len(), folds.len()), (12, 12));
    assert_eq!(all[..4], once.test_indices());
    assert_ne!(all[..4], all[4..8]);
    for round in all.chunks(4) {
        let mut samples = round.concat();
        samples.sort_unstable();
        assert!(samples.into_iter().eq(0..24));
    }
    let strata = table.strata("class").unwrap();
    let folds = RepeatedStratifiedKFold::new(4, 2).split(&strata, &mut seeded(7)).unwrap();
    let once = StratifiedKFold::new(4).split(&data, &mut seeded(7)).unwrap();
    assert_eq!(folds.test_indices()[..4], once.test_indices());
    for (_, test) in folds {
        let classes = test.column("class").unwrap();
        let count = |class: &str| (0..6).filter(|&row| classes.text(row) == Some(class)).count();
        assert_eq!((test.rows(), count("c"), count("d"), count("e")), (6, 3, 2, 1));
    }
}

#[test]
fn folds_that_cannot_be_made_are_refused() {
    let x = Tensor::<f32>::zeros(&[6, 1]);
    let data = Dataset::new(x.clone(), vec![0, 0, 0, 1, 1, 1]).unwrap();
    says(
        GroupKFold::new(2).split(&x, &[0, 1]),
        "GroupKFold: length of groups is 2, expected 6, one for each sample",
    );
    says(
        GroupKFold::new(3).split(&x, &[0, 1, 1, 1, 1, 0]),
        "GroupKFold: splits is 3, expected at most the number of groups, 2",
    );
    says(GroupKFold::new(1).split(&x, &[0; 6]), "GroupKFold: splits is 1, expected at least 2");
    says(
        StratifiedGroupKFold::new(4).split(&data, &[0, 1, 2, 3, 4, 5]),
        "class 0 has 3 samples, expected at least 4, one for each part",
    );
    says(
        RepeatedKFold::new(2, 0).split(&x, &mut seeded(0)),
        "RepeatedKFold: repeats is 0, expected at least 1",
    );
    says(
        RepeatedStratifiedKFold::new(2, 0).split(&data, &mut seeded(0)),
        "RepeatedStratifiedKFold: repeats is 0, expected at least 1",
    );
    says(
        RepeatedKFold::new(7, 1).split(&x, &mut seeded(0)),
        "RepeatedKFold: splits is 7, expected at most the number of samples, 6",
    );
    let time = TimeSeriesSplit::new(2);
    says(TimeSeriesSplit::new(1).split(&x), "TimeSeriesSplit: splits is 1, expected at least 2");
    says(TimeSeriesSplit::new(6).split(&x), "TimeSeriesSplit: test_size is 0, expected at least 1");
    says(TimeSeriesSplit::new(usize::MAX).split(&x), "TimeSeriesSplit: test_size is 0, expected at least 1");
    says(time.max_train_size(0).split(&x), "TimeSeriesSplit: max_train_size is 0, expected at least 1");
    let expected = "expected fewer than the 6 samples, so that the first can be learnt from";
    says(
        time.test_size(3).split(&x),
        &format!("TimeSeriesSplit: splits x test_size + gap is 2 x 3 + 0, {expected}"),
    );
    says(
        time.gap(usize::MAX).split(&x),
        &format!("TimeSeriesSplit: splits x test_size + gap is 2 x 2 + {}, {expected}", usize::MAX),
    );
    assert!(time.test_size(2).gap(1).split(&x).is_ok());
}
