//! Windows over series, and splits in the order of time. The expected values are in `oracle/windows.json`, made by
//! `scripts/windows_oracle.py` with NumPy and scikit-learn.

use nn_core::{Scalar, Tensor};
use nn_data::{
    Column, DataError, Dataset, MinMaxScaler, PartSize, RobustScaler, StandardScaler, Table, TimeSeriesSplit,
    Windows, temporal_train_test_split, temporal_train_validation_test_split,
};
use proptest::prelude::*;
use serde_json::Value;

#[track_caller]
fn says<T>(result: Result<T, DataError>, message: &str) {
    assert_eq!(result.err().map(|error| error.to_string()).as_deref(), Some(message));
}

/// Returns the cases of one kind; there must be at least one.
fn cases(kind: &str) -> Vec<Value> {
    let oracle: Value = serde_json::from_str(include_str!("../oracle/windows.json")).unwrap();
    let cases = oracle[kind].as_array().unwrap().clone();
    assert!(!cases.is_empty(), "{kind}");
    cases
}

fn count(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

fn counts(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(count).collect()
}

/// Nested lists of any depth.
fn tensor<F: Scalar>(value: &Value) -> Tensor<F> {
    fn collect<F: Scalar>(value: &Value, values: &mut Vec<F>) {
        match value.as_array() {
            Some(list) => list.iter().for_each(|value| collect(value, values)),
            None => values.push(F::from_f64(value.as_f64().unwrap())),
        }
    }
    let (mut shape, mut inner) = (Vec::new(), value);
    while let Some(list) = inner.as_array() {
        shape.push(list.len());
        inner = &list[0];
    }
    let mut values = Vec::new();
    collect(value, &mut values);
    Tensor::from_vec(&shape, values).unwrap()
}

fn settings(case: &Value) -> Windows {
    let windows = Windows::new(count(&case["length"]));
    windows.horizon(count(&case["horizon"])).stride(count(&case["stride"]))
}

/// A series whose values are the numbers of its steps.
fn steps(from: usize, to: usize) -> Tensor<f64> {
    Tensor::from_column(&(from..to).map(|step| step as f64).collect::<Vec<_>>())
}

fn compare_windows<F: Scalar>() {
    for case in cases("windows") {
        let mut windows = settings(&case);
        if !case["targets"].is_null() {
            windows = windows.targets(counts(&case["targets"]));
        }
        let data = windows.of(&tensor::<F>(&case["series"])).unwrap();
        assert_eq!(data.x(), &tensor(&case["x"]), "{case}");
        assert_eq!(data.y(), &tensor(&case["y"]), "{case}");
    }
}

#[test]
fn windows_are_those_of_numpy() {
    compare_windows::<f32>();
    compare_windows::<f64>();
}

#[test]
fn windows_of_parts_have_their_targets_in_the_part() {
    for case in cases("parts") {
        let series = tensor::<f64>(&case["series"]);
        let windows = settings(&case).targets([1]);
        let mut start = 0;
        let parts = counts(&case["sizes"]).into_iter().map(|size| {
            start += size;
            series.select(&(start - size..start).collect::<Vec<_>>())
        });
        let parts: Vec<Tensor<f64>> = parts.collect();
        let cut: Vec<_> = match &parts[..] {
            [a, b] => windows.of_parts([a, b]).unwrap().into(),
            [a, b, c] => windows.of_parts([a, b, c]).unwrap().into(),
            _ => panic!("{case}"),
        };
        for (data, part) in cut.iter().zip(case["parts"].as_array().unwrap()) {
            assert_eq!(data.x(), &tensor(&part["x"]), "{case}");
            assert_eq!(data.y(), &tensor(&part["y"]), "{case}");
        }
    }
}

#[test]
fn parts_in_the_order_of_time_are_those_of_scikit_learn() {
    for case in cases("splits") {
        let series = steps(0, count(&case["steps"]));
        let size = &case["size"];
        let size = size
            .as_u64()
            .map_or_else(|| size.as_f64().unwrap().into(), |count| PartSize::from(count as usize));
        let (train, test) = temporal_train_test_split(&series, size).unwrap();
        let values = |part: &Value| counts(part).into_iter().map(|step| step as f64).collect::<Vec<_>>();
        assert_eq!(train.feature(0), values(&case["train"]), "{case}");
        assert_eq!(test.feature(0), values(&case["test"]), "{case}");
    }
}

#[test]
fn folds_of_windows_need_a_gap() {
    for case in cases("folds") {
        let data = settings(&case).of(&steps(0, count(&case["steps"]))).unwrap();
        let folds = |gap| {
            let folds = TimeSeriesSplit::new(count(&case["splits"])).gap(gap).split(&data).unwrap();
            folds.map(|(train, test)| (most(train.y()), test.y()[[0, 0]])).collect::<Vec<_>>()
        };
        let expected: Vec<(f64, f64)> = case["last_and_first"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| (pair[0].as_f64().unwrap(), pair[1].as_f64().unwrap()))
            .collect();
        let gap = count(&case["gap"]);
        assert_eq!(folds(gap), expected, "{case}");
        if gap > 0 {
            assert!(folds(gap - 1).iter().all(|(last, first)| last >= first), "{case}");
        }
    }
}

fn most(y: &Tensor<f64>) -> f64 {
    (0..y.features()).flat_map(|target| y.feature(target)).copied().fold(f64::NEG_INFINITY, f64::max)
}

proptest! {
    /// The values of a series are its steps, so a sample says what it is made of.
    #[test]
    fn no_window_looks_ahead(
        sizes in prop::collection::vec(1..40_usize, 3),
        length in 1..12_usize,
        horizon in 1..8_usize,
        stride in 1..6_usize,
    ) {
        let ends = [sizes[0], sizes[0] + sizes[1], sizes.iter().sum()];
        let parts = [steps(0, ends[0]), steps(ends[0], ends[1]), steps(ends[1], ends[2])];
        let windows = Windows::new(length).horizon(horizon).stride(stride);
        let short = |start: usize, size: usize| size < horizon + length.saturating_sub(start);
        let is_short = short(0, sizes[0]) || short(ends[0], sizes[1]) || short(ends[1], sizes[2]);
        let cut = windows.of_parts([&parts[0], &parts[1], &parts[2]]);
        prop_assert_eq!(cut.is_err(), is_short);
        let mut start = 0;
        for (data, end) in cut.into_iter().flatten().zip(ends) {
            prop_assert_eq!(data.y()[[0, 0]], start.max(length) as f64, "the first target");
            for sample in 0..data.samples() {
                let window: Vec<f64> = data.x().sample(sample).chain(data.y().sample(sample)).collect();
                prop_assert!(window.windows(2).all(|pair| pair[1] == pair[0] + 1.0));
                prop_assert_eq!(window[0], data.x()[[0, 0]] + (sample * stride) as f64);
                prop_assert!(window[length] >= start as f64 && window[length + horizon - 1] < end as f64);
            }
            let last = data.y()[[data.samples() - 1, horizon - 1]] as usize;
            prop_assert!(last + stride >= end, "another window fits");
            start = end;
        }
    }

    #[test]
    fn a_window_is_of_one_series(
        sizes in prop::collection::vec(8..30_usize, 1..5),
        length in 1..5_usize,
        horizon in 1..4_usize,
        stride in 1..4_usize,
    ) {
        let series: Vec<Tensor<f64>> =
            sizes.iter().enumerate().map(|(place, &size)| steps(1000 * place, 1000 * place + size)).collect();
        let windows = Windows::new(length).horizon(horizon).stride(stride);
        let data = windows.of_all(&series).unwrap();
        let each: Vec<_> = series.iter().map(|series| windows.of(series).unwrap()).collect();
        prop_assert_eq!(data, Dataset::concat(&each.iter().collect::<Vec<_>>()).unwrap());
    }
}

/// Everything that a training sees, made of a series whose last steps are those of the test.
fn training(series: &Tensor<f64>) -> [Dataset<f64, Tensor<f64>>; 2] {
    let (train, validation, test) = temporal_train_validation_test_split(series, 20, 0.25).unwrap();
    let standard = StandardScaler::fit(&train).unwrap();
    let robust = RobustScaler::fit(&standard.transform(&train).unwrap()).unwrap();
    let scaled = |part| robust.transform(&standard.transform(part).unwrap()).unwrap();
    let windows = Windows::new(6).horizon(3).targets([1]);
    let [train, validation, test] =
        windows.of_parts([&scaled(&train), &scaled(&validation), &scaled(&test)]).unwrap();
    assert_eq!((train.samples(), validation.samples(), test.samples()), (47, 18, 23));
    [train, validation]
}

#[test]
fn what_comes_later_changes_nothing_in_the_training_data() {
    let series = |change: &dyn Fn(usize) -> f64| {
        Tensor::from_fn(100, 2, |step, column| (step * (column + 3) % 17) as f64 + change(step))
    };
    let before = training(&series(&|_| 0.0));
    let [train, validation] = training(&series(&|step| if step < 75 { 0.0 } else { 1e6 + step as f64 }));
    assert_eq!([&train, &validation], [&before[0], &before[1]], "another test part");
    let [train, validation] = training(&series(&|step| if step < 55 { 0.0 } else { -1e6 }));
    assert_eq!(train, before[0], "another validation part");
    assert_ne!(validation, before[1]);
    let [train, _] = training(&series(&|step| if step < 54 { 0.0 } else { -1e6 }));
    assert_ne!(train, before[0], "the last step of the training part matters");
}

#[test]
fn predictions_go_back_to_the_units_of_the_series() {
    let series = Tensor::from_fn(60, 3, |step, column| (1 + column) as f64 * (step % 7) as f64 - 50.0);
    let windows = Windows::new(4).horizon(2).targets([2, 0]);
    let plain = windows.of(&series).unwrap();
    let close = |a: &Tensor<f64>| {
        assert_eq!(a.shape(), [55, 2, 2]);
        assert!(a.view().iter().zip(plain.y().view()).all(|(a, b)| (a - b).abs() < 1e-12));
    };
    let columns = [2, 0].repeat(2);
    let standard = StandardScaler::fit(&series).unwrap();
    let scaled = windows.of(&standard.transform(&series).unwrap()).unwrap();
    close(&standard.select(&columns).unwrap().inverse_transform(scaled.y()).unwrap());
    let min_max = MinMaxScaler::fit_range(&series, -1.0, 2.0).unwrap();
    let scaled = windows.of(&min_max.transform(&series).unwrap()).unwrap();
    close(&min_max.select(&columns).unwrap().inverse_transform(scaled.y()).unwrap());
    let robust = RobustScaler::fit(&series).unwrap();
    let scaled = windows.of(&robust.transform(&series).unwrap()).unwrap();
    close(&robust.select(&columns).unwrap().inverse_transform(scaled.y()).unwrap());

    assert_eq!(standard.select(&[0, 1, 2]).unwrap(), standard);
    let message = |of| {
        format!(
            "{of}: index of a feature is 3, expected a number below 3, the number of features it was fitted on"
        )
    };
    says(standard.select(&[0, 3]), &message("StandardScaler"));
    says(min_max.select(&[3]), &message("MinMaxScaler"));
    says(robust.select(&[3]), &message("RobustScaler"));
}

#[test]
fn the_last_window_is_what_comes_before_the_future() {
    let series = Tensor::from_fn(9, 2, |step, column| (10 * step + column) as f64);
    let last = Windows::new(3).horizon(100).last(&series).unwrap();
    assert_eq!(last, Tensor::from_vec(&[1, 3, 2], vec![60.0, 61.0, 70.0, 71.0, 80.0, 81.0]).unwrap());
    assert_eq!(Windows::new(9).last(&series).unwrap().shape(), [1, 9, 2]);
    says(
        Windows::new(10).last(&series),
        "Windows: number of steps of the series is 9, expected at least 10 for a window of length 10 and horizon 1",
    );
}

#[test]
fn tables_and_data_sets_are_split_in_the_order_of_time() {
    let table = Table::new([Column::numbers("x", (0..5).map(|row| Some(f64::from(row))))]).unwrap();
    let (train, test) = temporal_train_test_split(&table, 2).unwrap();
    assert_eq!((train.rows(), test.column("x").unwrap().number(0)), (3, Some(3.0)));
    let data = Dataset::new(steps(0, 5), vec![0, 1, 2, 3, 4]).unwrap();
    let (train, validation, test) = temporal_train_validation_test_split(&data, 1, 0.4).unwrap();
    assert_eq!((train.y(), validation.y(), test.y()), (&vec![0, 1], &vec![2], &vec![3, 4]));
}

// --- What cannot be done ---

#[test]
fn parts_that_leave_nothing_to_learn_from() {
    let series = steps(0, 5);
    let name = "temporal_train_test_split: test_size is";
    let rest = "expected a size that leaves at least 1 of 5 samples for training";
    says(temporal_train_test_split(&series, 5), &format!("{name} 5, {rest}"));
    says(temporal_train_test_split(&series, 0.81), &format!("{name} 0.81, {rest}"));
    says(temporal_train_test_split(&series, 0), &format!("{name} 0, expected at least 1"));
    says(
        temporal_train_test_split(&series, 1.0),
        &format!("{name} 1, expected a number above 0 and below 1"),
    );
    let name = "temporal_train_validation_test_split: validation_size + test_size is";
    says(temporal_train_validation_test_split(&series, 3, 0.4), &format!("{name} 3 + 0.4, {rest}"));
    says(temporal_train_validation_test_split(&series, 0.5, 0.5), &format!("{name} 1, {rest}"));
    says(
        temporal_train_validation_test_split(&series, usize::MAX, usize::MAX),
        &format!("{name} {0} + {0}, {rest}", usize::MAX),
    );
}

#[test]
fn series_that_cannot_be_cut() {
    let windows = || Windows::new(3).horizon(2);
    let (long, short) = (steps(0, 6), steps(0, 4));
    says(
        windows().of(&short),
        "Windows: number of steps of the series is 4, expected at least 5 for a window of length 3 and horizon 2",
    );
    says(
        windows().of_all(&[&long, &short]),
        "Windows: number of steps of series 1 is 4, expected at least 5 for a window of length 3 and horizon 2",
    );
    says(
        windows().of_parts([&long, &steps(6, 7)]),
        "Windows: number of steps of part 1 is 1, expected at least 2 for a window of length 3 and horizon 2",
    );
    says(
        windows().of_all::<f64>(&[] as &[Tensor<f64>]),
        "Windows: number of series is 0, expected at least 1",
    );
    says(windows().of_parts::<f64, 0>([]), "Windows: number of parts is 0, expected at least 1");
    says(
        windows().targets([0, 1]).of(&long),
        "Windows: a target is 1, expected a column below 1, the number of columns of the series",
    );
    says(windows().targets([]).of(&long), "Windows: number of targets is 0, expected at least 1");
    says(
        windows().of(&Tensor::<f32>::zeros(&[9, 0])),
        "Windows: number of targets is 0, expected at least 1",
    );
    let wide = Tensor::zeros(&[6, 2]);
    let message = |named, found| format!("Windows: expected [steps, 1] of {named}, found {found}");
    says(windows().of_all(&[&long, &wide]), &message("series 1", "[6, 2]"));
    says(windows().of_parts([&long, &wide]), &message("part 1", "[6, 2]"));
    let plain = Tensor::from_vec(&[6], vec![0.0; 6]).unwrap();
    says(windows().of(&plain), &message("the series", "[6]"));
    says(windows().last(&plain), &message("the series", "[6]"));
}

#[test]
fn values_that_are_not_finite_are_refused() {
    for bad in [f64::NAN, f64::INFINITY] {
        let mut series = Tensor::zeros(&[9, 2]);
        series[[5, 1]] = bad;
        let good = Tensor::zeros(&[9, 2]);
        let message =
            |of: &str| format!("Windows, {of}: feature 1 of sample 5 is {bad}, expected a finite number");
        let windows = Windows::new(2);
        says(windows.of(&series), &message("the series"));
        says(windows.of_all(&[&good, &series]), &message("series 1"));
        says(windows.of_parts([&series, &good]), &message("part 0"));
        says(windows.last(&series), &message("the series"));
    }
}
