//! Tests metrics against scikit-learn, against their definitions, and with invalid input.

use approx::relative_eq;
use nn_train::metrics::{
    Average, ConfusionMatrix, MetricError, RocCurve, accuracy, f1_score, mean_absolute_error,
    mean_squared_error, or_nan, precision_score, r2_score, recall_score, roc_auc_score, roc_auc_score_ovr,
    roc_curve, root_mean_squared_error,
};
use nn_train::nn_core::Tensor;
use proptest::{prelude::*, test_runner::RngSeed};
use serde_json::Value;

type Labelled = fn(&[usize], &[usize], Average) -> Result<f64, MetricError>;
type OfNumbers = fn(&Tensor<f64>, &Tensor<f64>) -> Result<f64, MetricError>;

const LABELLED: [(&str, Labelled); 3] =
    [("precision", precision_score), ("recall", recall_score), ("f1", f1_score)];
const OF_NUMBERS: [(&str, OfNumbers); 4] = [
    ("r2_score", r2_score),
    ("mean_absolute_error", mean_absolute_error),
    ("mean_squared_error", mean_squared_error),
    ("root_mean_squared_error", root_mean_squared_error),
];

// --- scikit-learn's values, written by scripts/metrics_oracle.py ---

#[test]
fn precision_recall_and_f1_are_those_of_scikit_learn() {
    for case in cases("classification") {
        let (truth, predicted) = (labels(&case["truth"]), labels(&case["predicted"]));
        assert_eq!(accuracy(&truth, &predicted).unwrap(), number(&case["accuracy"]));
        for (name, function) in LABELLED {
            let values = &case[name];
            for (key, average) in
                [("macro", Average::Macro), ("micro", Average::Micro), ("weighted", Average::Weighted)]
            {
                let ours = function(&truth, &predicted, average).unwrap();
                assert_close(ours, number(&values[key]), &format!("{key} {name} of {}", case["name"]));
            }
            for (class, expected) in numbers(&values["classes"]).into_iter().enumerate() {
                let ours = function(&truth, &predicted, Average::Class(class)).unwrap();
                assert_close(ours, expected, &format!("{name} of class {class} of {}", case["name"]));
            }
        }
    }
}

#[test]
fn the_confusion_matrix_and_its_report_are_those_of_scikit_learn() {
    for case in cases("classification") {
        let classes: Vec<_> = array(&case["classes"]).iter().map(|name| name.as_str().unwrap()).collect();
        let (truth, predicted) = (labels(&case["truth"]), labels(&case["predicted"]));
        let matrix = ConfusionMatrix::new(&truth, &predicted, &classes).unwrap();
        let counts: Vec<_> = array(&case["counts"]).iter().map(labels).collect();
        assert_eq!(matrix.rows().collect::<Vec<_>>(), counts);
        assert_eq!(matrix.total(), truth.len());
        assert_eq!(matrix.classes(), classes);
        let normalised: Vec<_> = array(&case["normalised"]).iter().map(numbers).collect();
        assert_eq!(matrix.normalised(), normalised);

        // Equal character for character, except for the final line break.
        let report = matrix.report();
        assert_eq!(format!("{report}\n"), case["report_2"].as_str().unwrap(), "{}", case["name"]);
        assert_eq!(format!("{report:.4}\n"), case["report_4"].as_str().unwrap(), "{}", case["name"]);
        assert_eq!(report.accuracy, number(&case["accuracy"]));
        for (class, scores) in report.classes.iter().enumerate() {
            assert_eq!(scores.precision, number(&case["precision"]["classes"][class]));
            assert_eq!(scores.recall, number(&case["recall"]["classes"][class]));
            assert_close(scores.f1, number(&case["f1"]["classes"][class]), "f1");
        }
    }
}

#[test]
fn roc_curves_and_their_areas_are_those_of_scikit_learn() {
    for case in cases("binary") {
        let (truth, scores) = (labels(&case["truth"]), numbers(&case["scores"]));
        let curve = roc_curve(&truth, &scores).unwrap();
        assert_eq!(curve.false_positive_rate, numbers(&case["false_positive_rate"]));
        assert_eq!(curve.true_positive_rate, numbers(&case["true_positive_rate"]));
        assert_eq!(curve.thresholds[0], f64::INFINITY);
        assert_eq!(curve.thresholds[1..], numbers(&case["thresholds"]));
        assert_close(roc_auc_score(&truth, &scores).unwrap(), number(&case["auc"]), "two classes");
    }
    for case in cases("one_against_rest") {
        let rows: Vec<_> = array(&case["probabilities"]).iter().map(numbers).collect();
        let ours = roc_auc_score_ovr(&labels(&case["truth"]), &tensor(&rows)).unwrap();
        assert_close(ours, number(&case["auc"]), "one against the rest");
    }
}

#[test]
fn errors_and_r2_are_those_of_scikit_learn() {
    for case in cases("regression") {
        let rows = |key: &str| tensor(&array(&case[key]).iter().map(numbers).collect::<Vec<_>>());
        let (truth, predicted) = (rows("truth"), rows("predicted"));
        for (name, metric) in OF_NUMBERS {
            let (ours, expected) = (metric(&truth, &predicted).unwrap(), number(&case[name]));
            // Values of 2³⁰ leave seven digits after the decimal point.
            let tolerance = if truth[[0, 0]] > 1e6 { 1e-6 } else { 1e-13 };
            assert!(
                (ours - expected).abs() <= tolerance * expected.abs().max(1.0),
                "{name}: {ours}, {expected}"
            );
        }
    }
}

// --- Definitions that rival ones do not satisfy ---

/// Macro averages are over the classes that occur; those of the report are over all named classes.
#[test]
fn a_class_that_nobody_saw_is_in_the_report_only() {
    let (truth, predicted) = ([0, 2, 0], [0, 2, 0]);
    assert_eq!(f1_score(&truth, &predicted, Average::Macro), Ok(1.0));
    assert_eq!(f1_score(&truth, &predicted, Average::Class(1)), Ok(0.0));
    let report = ConfusionMatrix::new(&truth, &predicted, &["a", "b", "c"]).unwrap().report();
    assert_eq!((report.macro_average.f1, report.weighted_average.f1), (2.0 / 3.0, 1.0));
    assert_eq!((report.classes[1].f1, report.classes[1].support), (0.0, 0));
}

#[test]
fn the_root_of_several_outputs_is_the_mean_of_their_roots() {
    let (truth, predicted) = (Tensor::zeros(&[2, 2]), Tensor::from_rows(&[[1.0, 3.0], [1.0, 3.0]]));
    assert_eq!(root_mean_squared_error(&truth, &predicted), Ok(2.0)); // and not √5
    assert_eq!(mean_squared_error(&truth, &predicted), Ok(5.0));
}

/// The computed mean of ten values 0.1 is not 0.1, so a naive formula finds a variance where there is none.
#[test]
fn the_r2_of_equal_values_does_not_see_rounding() {
    for n in 2..40 {
        let truth = Tensor::from_column(&vec![0.1; n]);
        let mut predicted = truth.clone();
        assert_eq!(r2_score(&truth, &predicted), Ok(1.0));
        predicted[[0, 0]] = 0.2;
        assert_eq!(r2_score(&truth, &predicted), Ok(0.0));
    }
}

#[test]
fn what_padding_holds_does_not_matter() {
    let mut predicted = Tensor::from_column(&[1.0_f32, 2.0, 4.0]);
    for block in predicted.blocks_mut() {
        block[3..].fill(f32::NAN);
    }
    let truth = Tensor::from_column(&[1.0, 2.0, 3.0]);
    assert_eq!(r2_score(&truth, &predicted), Ok(0.5));
    assert_eq!(mean_absolute_error(&truth, &predicted), Ok(1.0 / 3.0));
}

// --- What cannot be judged ---

#[test]
fn classes_that_cannot_be_judged_say_why() {
    let length = "2 predictions for 3 true classes, expected equal numbers of at least 1";
    let nothing = "0 predictions for 0 true classes, expected equal numbers of at least 1";
    for (_, function) in LABELLED {
        assert_eq!(message(function(&[0, 1, 2], &[0, 1], Average::Macro)), length);
        assert_eq!(message(function(&[], &[], Average::Micro)), nothing);
        // A label may be any number: a table indexed by this one would not fit into memory.
        assert_eq!(function(&[usize::MAX], &[usize::MAX], Average::Macro), Ok(1.0));
    }
    let label = "a sample has class 2, but there are only 2 classes (they count from 0)";
    assert_eq!(ConfusionMatrix::new(&[0, 1], &[2, 1], &["a", "b"]).unwrap_err().to_string(), label);
    let unnamed = "a sample has class 0, but there are only 0 classes (they count from 0)";
    assert_eq!(ConfusionMatrix::new(&[0], &[0], &[] as &[&str]).unwrap_err().to_string(), unnamed);
    assert_eq!(ConfusionMatrix::new(&[0, 1, 2], &[0, 1], &["a"]).unwrap_err().to_string(), length);

    assert_eq!(message(roc_auc_score(&[0, 1, 1], &[0.1, 0.2])), length);
    assert_eq!(message(roc_auc_score::<f32>(&[], &[])), nothing);
    assert_eq!(message(roc_auc_score(&[0, 1, 2], &[0.1, 0.2, 0.3])), label);
    for (truth, expected) in
        [([0, 0], "0 of 2 samples have class 1"), ([1, 1], "2 of 2 samples have class 1")]
    {
        let one = message(roc_auc_score(&truth, &[0.1, 0.2]));
        assert!(one.starts_with(expected), "{one}");
        assert!(roc_curve(&truth, &[0.1, 0.2]).is_err());
    }
    let infinite = "the prediction of sample 1 is inf, expected a finite number";
    assert_eq!(message(roc_auc_score(&[0, 1], &[0.1, f32::INFINITY])), infinite);

    let ovr = |rows: &[Vec<f64>]| message(roc_auc_score_ovr(&[0, 1, 2], &tensor(rows)));
    let third = vec![0.5, 0.25, 0.25];
    let logits = "the scores of sample 1 add up to 2, expected 1: probabilities, as Softmax gives them";
    assert_eq!(ovr(&[third.clone(), vec![1.0, 1.0, 0.0], third.clone()]), logits);
    let nan = "the prediction of sample 2 is NaN, expected a finite number";
    assert_eq!(ovr(&[third.clone(), third.clone(), vec![1.0, f64::NAN, 0.0]]), nan);
    assert_eq!(ovr(&vec![vec![0.5, 0.5]; 3]), label);
    assert_eq!(ovr(&vec![third.clone(); 2]), length);
    let missing = message(roc_auc_score_ovr(&[0, 1, 1], &tensor(&vec![third; 3])));
    assert!(missing.starts_with("0 of 3 samples have class 2"), "{missing}");
}

#[test]
fn numbers_that_cannot_be_judged_say_why() {
    let column = |values: &[f64]| Tensor::from_column(values);
    for (_, metric) in OF_NUMBERS {
        let shapes = "predictions have shape [1, 2] and true values [2, 1], expected equal shapes with at least one value";
        assert_eq!(message(metric(&column(&[1.0, 2.0]), &Tensor::zeros(&[1, 2]))), shapes);
        let empty = "predictions have shape [0, 1] and true values [0, 1], expected equal shapes with at least one value";
        assert_eq!(message(metric(&column(&[]), &column(&[]))), empty);
        assert!(metric(&Tensor::zeros(&[2, 0]), &Tensor::zeros(&[2, 0])).is_err());

        let (numbers, diverged) = (column(&[1.0, 2.0]), column(&[1.0, f64::NAN]));
        let predicted = metric(&numbers, &diverged);
        assert_eq!(message(predicted.clone()), "the prediction of sample 1 is NaN, expected a finite number");
        assert!(or_nan(|| predicted).unwrap().is_nan());
        let truth = metric(&diverged, &numbers);
        assert_eq!(message(truth.clone()), "the true value of sample 1 is NaN, expected a finite number");
        assert!(or_nan(|| truth).is_err());
    }
    assert_eq!(message(r2_score(&column(&[1.0]), &column(&[1.0]))), "R² of 1 sample: at least 2 are needed");
    assert_eq!(mean_squared_error(&column(&[1.0]), &column(&[3.0])), Ok(4.0));
}

fn message<T: std::fmt::Debug>(result: Result<T, MetricError>) -> String {
    result.unwrap_err().to_string()
}

// --- Properties ---

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(1996),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_area_is_that_under_the_curve_and_that_of_all_pairs((truth, scores) in scored()) {
        let area = roc_auc_score(&truth, &scores).unwrap();
        let RocCurve { false_positive_rate: x, true_positive_rate: y, .. } = roc_curve(&truth, &scores).unwrap();
        let trapezoids = (1..x.len()).map(|i| (x[i] - x[i - 1]) * (y[i] + y[i - 1]) / 2.0);
        prop_assert!((area - trapezoids.sum::<f64>()).abs() < 1e-13);

        let of = |class| truth.iter().zip(&scores).filter(move |(label, _)| **label == class).map(|(_, s)| *s);
        let pair = |s, r| if s > r { 1.0 } else if s == r { 0.5 } else { 0.0 };
        let wins: f64 = of(1).flat_map(|s| of(0).map(move |r| pair(s, r))).sum();
        prop_assert_eq!(area, wins / (of(0).count() * of(1).count()) as f64);
    }

    /// Only the order of the scores matters, and reversing it gives 1 minus the area.
    #[test]
    fn the_area_keeps_to_the_order_of_scores((truth, scores) in scored()) {
        let area = roc_auc_score(&truth, &scores).unwrap();
        let moved: Vec<_> = scores.iter().map(|score| score * score * score / 8.0).collect();
        prop_assert_eq!(roc_auc_score(&truth, &moved), Ok(area));
        let turned: Vec<_> = scores.iter().map(|score| -score).collect();
        prop_assert!((roc_auc_score(&truth, &turned).unwrap() - (1.0 - area)).abs() < 1e-15);
        let swapped: Vec<_> = truth.iter().map(|class| 1 - class).collect();
        prop_assert_eq!(roc_auc_score(&swapped, &turned), Ok(area));
    }
}

/// Samples of both classes, with many equal scores and both zeros.
fn scored() -> impl Strategy<Value = (Vec<usize>, Vec<f64>)> {
    let score = prop_oneof![(-4..4).prop_map(f64::from), Just(-0.0), -4.0..4.0];
    proptest::collection::vec((0..2_usize, score), 2..60).prop_map(|mut samples| {
        (samples[0].0, samples[1].0) = (0, 1);
        samples.into_iter().unzip()
    })
}

// --- Reading the oracle ---

fn cases(key: &str) -> Vec<Value> {
    let oracle: Value = serde_json::from_str(include_str!("../oracle/metrics.json")).unwrap();
    let cases = array(&oracle[key]).clone();
    assert!(!cases.is_empty());
    cases
}

fn array(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

fn labels(value: &Value) -> Vec<usize> {
    array(value).iter().map(|label| label.as_u64().unwrap() as usize).collect()
}

fn numbers(value: &Value) -> Vec<f64> {
    array(value).iter().map(number).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn tensor(rows: &[Vec<f64>]) -> Tensor<f64> {
    Tensor::from_fn(rows.len(), rows[0].len(), |sample, feature| rows[sample][feature])
}

fn assert_close(ours: f64, theirs: f64, case: &str) {
    let close = relative_eq!(ours, theirs, epsilon = 0.0, max_relative = 4e-16);
    assert!(close, "{ours} and {theirs}: {case}");
}
