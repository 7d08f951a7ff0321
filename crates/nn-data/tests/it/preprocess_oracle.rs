//! Imputing, encoding, scaling and the splits by groups and by time compared with scikit-learn. The expected values are in
//! `oracle/preprocess.json`, made by `scripts/preprocess_oracle.py`.

use approx::abs_diff_eq;
use nn_core::Tensor;
use nn_data::{
    Categories, Column, Dataset, GroupKFold, Numbers, Recipe, RobustScaler, StratifiedGroupKFold, Table,
    TimeSeriesSplit,
};
use serde_json::Value;

/// Returns the cases of one kind; there must be at least one.
fn cases(kind: &str) -> Vec<Value> {
    let oracle: Value = serde_json::from_str(include_str!("../oracle/preprocess.json")).unwrap();
    let cases = oracle[kind].as_array().unwrap().clone();
    assert!(!cases.is_empty(), "{kind}");
    cases
}

fn counts(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|number| number.as_u64().unwrap() as usize).collect()
}

fn parts(value: &Value) -> Vec<Vec<usize>> {
    value.as_array().unwrap().iter().map(counts).collect()
}

fn tensor(value: &Value) -> Tensor<f64> {
    let rows = value.as_array().unwrap();
    let features = rows[0].as_array().unwrap().len();
    Tensor::from_fn(rows.len(), features, |sample, feature| rows[sample][feature].as_f64().unwrap())
}

#[track_caller]
fn close(ours: &Tensor<f64>, theirs: &Tensor<f64>, what: &Value) {
    assert_eq!(ours.shape(), theirs.shape(), "{what}");
    for (a, b) in ours.view().iter().zip(theirs.view()) {
        // Numbers near a thousand have a range of 1, so that three digits are lost.
        assert!(abs_diff_eq!(a, b, epsilon = 1e-9 * b.abs().max(1.0)), "{what}: {a} is not {b}");
    }
}

fn table(values: &Value) -> Table {
    let values = values.as_array().unwrap();
    let column = if values.iter().any(Value::is_string) {
        Column::categories("x", values.iter().map(Value::as_str))
    } else {
        Column::numbers("x", values.iter().map(Value::as_f64))
    };
    Table::new([column]).unwrap()
}

fn compare(case: &Value, recipe: &Recipe) {
    let tables = [table(&case["train"]), table(&case["other"])];
    let fitted = recipe.fit(&tables[0]).unwrap();
    for (place, table) in tables.iter().enumerate() {
        let theirs = tensor(&case["features"][place]);
        close(&fitted.transform(table).unwrap(), &theirs, case);
        assert_eq!(fitted.feature_names().len(), theirs.features());
    }
}

#[test]
fn columns_of_numbers_become_the_same_features() {
    for case in cases("numbers") {
        let how = Numbers::new().indicator();
        let how = match case["impute"].as_str().unwrap() {
            "mean" => how.impute_mean(),
            "median" => how.impute_median(),
            "most_frequent" => how.impute_most_frequent(),
            _ => how.impute_constant(2.5),
        };
        let how = match case["log"].as_str().unwrap() {
            "none" => how,
            "ln" => how.ln(),
            _ => how.ln_1p(),
        };
        let how = match case["scale"].as_str().unwrap() {
            "none" => how.unscaled(),
            "standard" => how.standard(),
            "min_max" => how.min_max(),
            _ => how.robust(),
        };
        compare(&case, &Recipe::new().numbers(["x"], how));
    }
}

#[test]
fn columns_of_categories_become_the_same_features() {
    for case in cases("categories") {
        let how = match case["impute"].as_str().unwrap() {
            "most_frequent" => Categories::new().impute_most_frequent(),
            _ => Categories::new().impute_constant("green"),
        };
        let order = case["order"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
        let how = match case["encode"].as_str().unwrap() {
            "one_hot" => how.one_hot().ignore_unknown(),
            _ => how.ordinal(order).unknown_as(-1.0),
        };
        compare(&case, &Recipe::new().categories(["x"], how));
    }
}

#[test]
fn a_robust_scaler_gives_the_same_numbers_there_and_back() {
    for case in cases("robust") {
        let (train, other) = (tensor(&case["train"]), tensor(&case["other"]));
        let scaler = RobustScaler::fit(&train).unwrap();
        let z = scaler.transform(&other).unwrap();
        close(&z, &tensor(&case["z"]), &case);
        let back = scaler.inverse_transform(&z).unwrap();
        close(&back, &tensor(&case["back"]), &case);
        close(&back, &other, &case);
    }
}

#[test]
fn folds_of_groups_are_the_same() {
    for case in cases("groups") {
        let groups = counts(&case["groups"]);
        let x = Tensor::<f64>::zeros(&[groups.len(), 1]);
        let splits = case["splits"].as_u64().unwrap() as usize;
        let folds = GroupKFold::new(splits).split(&x, &groups).unwrap();
        assert_eq!(folds.test_indices(), parts(&case["tests"]), "{case}");
    }
}

#[test]
fn stratified_folds_of_groups_are_the_same() {
    for case in cases("stratified_groups") {
        let groups = counts(&case["groups"]);
        let data = Dataset::new(Tensor::<f64>::zeros(&[groups.len(), 1]), counts(&case["classes"])).unwrap();
        let splits = case["splits"].as_u64().unwrap() as usize;
        let folds = StratifiedGroupKFold::new(splits).split(&data, &groups).unwrap();
        assert_eq!(folds.test_indices(), parts(&case["tests"]), "{case}");
    }
}

#[test]
fn folds_in_the_order_of_time_are_the_same() {
    for case in cases("times") {
        let number = |name: &str| case[name].as_u64().map(|number| number as usize);
        let x = Tensor::<f64>::zeros(&[number("samples").unwrap(), 1]);
        let mut split = TimeSeriesSplit::new(number("splits").unwrap()).gap(number("gap").unwrap());
        if let Some(most) = number("max_train_size") {
            split = split.max_train_size(most);
        }
        if let Some(size) = number("test_size") {
            split = split.test_size(size);
        }
        let folds = split.split(&x).unwrap();
        let ours: Vec<[Vec<usize>; 2]> = folds
            .train_indices()
            .into_iter()
            .zip(folds.test_indices())
            .map(|(train, test)| [train, test])
            .collect();
        let theirs: Vec<[Vec<usize>; 2]> = case["folds"]
            .as_array()
            .unwrap()
            .iter()
            .map(|fold| [counts(&fold[0]), counts(&fold[1])])
            .collect();
        assert_eq!(ours, theirs, "{case}");
    }
}
