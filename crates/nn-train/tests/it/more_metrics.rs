//! Tests metrics of rare classes, of probabilities and of relative errors against scikit-learn, degenerate input included,
//! and with invalid input.

use approx::relative_eq;
use nn_train::metrics::{
    Bins, MetricError, accuracy, argmax, average_precision_score, balanced_accuracy_score, calibration_curve,
    cohen_kappa_score, explained_variance_score, log_loss, matthews_corrcoef, mean_absolute_percentage_error,
    or_nan, precision_recall_curve, r2_score, roc_auc_score, top_k_accuracy_score,
};
use nn_train::nn_core::{Scalar, Tensor};
use serde_json::Value;

// --- scikit-learn's values, written by scripts/metrics_oracle.py ---

#[test]
fn metrics_of_rare_classes_are_those_of_scikit_learn() {
    let mut undefined = 0;
    for case in cases("agreement") {
        let (truth, predicted, name) = (labels(&case["truth"]), labels(&case["predicted"]), &case["name"]);
        for (key, ours) in [
            ("balanced_accuracy_score", balanced_accuracy_score(&truth, &predicted)),
            ("matthews_corrcoef", matthews_corrcoef(&truth, &predicted)),
            ("cohen_kappa_score", cohen_kappa_score(&truth, &predicted)),
        ] {
            match case[key].as_f64() {
                Some(theirs) => assert_close(ours.unwrap(), theirs, &format!("{key} of {name}")),
                None => {
                    // scikit-learn returns NaN.
                    assert!(matches!(ours, Err(MetricError::NoDisagreement { .. })), "{key} of {name}");
                    undefined += 1;
                }
            }
        }
        let turned = cohen_kappa_score(&predicted, &truth);
        assert_eq!(turned.is_ok(), cohen_kappa_score(&truth, &predicted).is_ok());
        assert_eq!(turned.ok(), cohen_kappa_score(&truth, &predicted).ok(), "{name} exchanged");
    }
    assert!(undefined >= 2);
}

#[test]
fn precision_recall_and_calibration_curves_are_those_of_scikit_learn() {
    for case in cases("precision_recall") {
        let (truth, scores) = (labels(&case["truth"]), numbers(&case["scores"]));
        let curve = precision_recall_curve(&truth, &scores).unwrap();
        assert_eq!(curve.precision, numbers(&case["precision"]), "{case}");
        assert_eq!(curve.recall, numbers(&case["recall"]), "{case}");
        assert_eq!(curve.thresholds, numbers(&case["thresholds"]), "{case}");
        let ours = average_precision_score(&truth, &scores).unwrap();
        assert_close(ours, number(&case["average_precision_score"]), "average precision");
        for bins in array(&case["calibration"]) {
            let count = bins["count"].as_u64().unwrap() as usize;
            let strategy = if bins["strategy"] == "uniform" { Bins::Uniform } else { Bins::Quantile };
            let curve = calibration_curve(&truth, &scores, strategy(count)).unwrap();
            let what = format!("{:?} of {truth:?} {scores:?}", strategy(count));
            assert_eq!(curve.fraction_of_positives, numbers(&bins["fraction"]), "{what}");
            assert_eq!(curve.mean_predicted_probability, numbers(&bins["mean"]), "{what}");
            assert_eq!(curve.samples.iter().sum::<usize>(), truth.len(), "{what}");
        }
    }
}

#[test]
fn log_loss_and_top_k_are_those_of_scikit_learn() {
    for case in cases("many_classes") {
        let (truth, rows) = (labels(&case["truth"]), rows(&case["probabilities"]));
        let probabilities = tensor::<f64>(&rows);
        assert_close(log_loss(&truth, &probabilities).unwrap(), number(&case["log_loss"]), "log loss");
        // In single precision scikit-learn adds up in single precision, but clips at another ε as well.
        let single = log_loss(&truth, &tensor::<f32>(&rows)).unwrap();
        let theirs = number(&case["log_loss_f32"]);
        assert!(relative_eq!(single, theirs, epsilon = 0.0, max_relative = 1e-6), "{single}, {theirs}");
        for (k, theirs) in numbers(&case["top_k"]).into_iter().enumerate() {
            let ours = top_k_accuracy_score(&truth, &probabilities, k + 1).unwrap();
            assert_close(ours, theirs, &format!("top {}", k + 1));
        }
        assert_eq!(top_k_accuracy_score(&truth, &probabilities, usize::MAX), Ok(1.0));
    }
}

#[test]
fn relative_errors_and_explained_variance_are_those_of_scikit_learn() {
    for case in cases("later_regression") {
        let (truth, predicted) = (tensor(&rows(&case["truth"])), tensor(&rows(&case["predicted"])));
        for (name, ours) in [
            ("explained_variance_score", explained_variance_score::<f64>(&truth, &predicted)),
            ("mean_absolute_percentage_error", mean_absolute_percentage_error(&truth, &predicted)),
        ] {
            let (ours, theirs) = (ours.unwrap(), number(&case[name]));
            // Values of 2³⁰ leave seven digits after the decimal point.
            let tolerance = if truth[[0, 0]] > 1e6 { 1e-6 } else { 1e-13 };
            let close = (ours - theirs).abs() <= tolerance * theirs.abs().max(1.0);
            assert!(close, "{name}: {ours}, {theirs}");
        }
    }
}

// --- Definitions that rival ones do not satisfy ---

#[test]
fn a_constant_error_is_explained_variance_and_no_r2() {
    let (truth, predicted) = (Tensor::from_column(&[0.1, 0.2, 0.4]), Tensor::from_column(&[1.1, 1.2, 1.4]));
    let explained = explained_variance_score(&truth, &predicted).unwrap();
    assert!((explained - 1.0).abs() < 1e-15 && r2_score(&truth, &predicted).unwrap() < -10.0);
    // The computed mean of ten values 0.1 is not 0.1, so a naive formula finds a variance where there is none.
    for n in 1..40 {
        let truth = Tensor::from_column(&vec![0.1; n]);
        let mut predicted = Tensor::from_column(&vec![0.7; n]);
        assert_eq!(explained_variance_score(&truth, &predicted), Ok(1.0));
        predicted[[0, 0]] = 0.3;
        assert_eq!(explained_variance_score(&truth, &predicted), Ok(if n == 1 { 1.0 } else { 0.0 }));
    }
}

#[test]
fn a_constant_prediction_is_accurate_and_worth_nothing() {
    let truth: Vec<usize> = (0..100).map(|sample| usize::from(sample == 7)).collect();
    let constant = vec![0; 100];
    assert_eq!(accuracy(&truth, &constant), Ok(0.99));
    assert_eq!(balanced_accuracy_score(&truth, &constant), Ok(0.5));
    assert_eq!(matthews_corrcoef(&truth, &constant), Ok(0.0));
    assert_eq!(cohen_kappa_score(&truth, &constant), Ok(0.0));
    let scores = vec![0.25; 100];
    assert_eq!(roc_auc_score(&truth, &scores), Ok(0.5));
    assert_eq!(average_precision_score(&truth, &scores), Ok(0.01));
}

/// The counts are combined in integers, so no number of samples makes the correlation of equal labellings other than 1.
#[test]
fn perfect_predictions_have_perfect_scores() {
    for n in [2_usize, 3, 10, 1001] {
        let truth: Vec<usize> = (0..n).map(|sample| sample % 3).collect();
        assert_eq!(balanced_accuracy_score(&truth, &truth), Ok(1.0));
        assert_eq!(matthews_corrcoef(&truth, &truth), Ok(1.0));
        assert_eq!(cohen_kappa_score(&truth, &truth), Ok(1.0));
    }
}

/// As in scikit-learn, the last of equal scores comes first; `argmax` takes the first.
#[test]
fn ties_of_the_top_k_go_to_the_last_class() {
    let equal = Tensor::from_rows(&[[0.5, 0.5, 0.5]]);
    for (class, k) in [(2, 1), (1, 2), (0, 3)] {
        assert_eq!(top_k_accuracy_score(&[class], &equal, k), Ok(1.0));
        assert_eq!(top_k_accuracy_score(&[class], &equal, k - 1).unwrap_or(0.0), 0.0);
    }
    assert_eq!(argmax(&equal), Ok(vec![0]));
    // −0 and +0 are equal.
    assert_eq!(top_k_accuracy_score(&[0], &Tensor::from_rows(&[[0.0, -0.0]]), 1), Ok(0.0));
}

// --- What cannot be judged ---

#[test]
fn what_cannot_be_judged_says_why() {
    let length = "2 predictions for 3 true classes, expected equal numbers of at least 1";
    let nothing = "0 predictions for 0 true classes, expected equal numbers of at least 1";
    type OfClasses = fn(&[usize], &[usize]) -> Result<f64, MetricError>;
    for metric in [balanced_accuracy_score, matthews_corrcoef, cohen_kappa_score] as [OfClasses; 3] {
        assert_eq!(message(metric(&[0, 1, 2], &[0, 1])), length);
        assert_eq!(message(metric(&[], &[])), nothing);
        // A label may be any number: a table indexed by this one would not fit into memory.
        assert_eq!(metric(&[0, usize::MAX], &[0, usize::MAX]), Ok(1.0));
    }
    let alike = "all 2 samples have class 7 in both, expected at least 2 classes: κ is 0/0";
    assert_eq!(message(cohen_kappa_score(&[7, 7], &[7, 7])), alike);

    let label = "a sample has class 2, but there are only 2 classes (they count from 0)";
    let curve = |truth: &[usize], p: &[f64]| calibration_curve(truth, p, Bins::Uniform(2));
    for (truth, scores, expected) in
        [(&[0, 1, 2][..], &[0.1, 0.2][..], length), (&[], &[], nothing), (&[0, 2], &[0.1, 0.2], label)]
    {
        assert_eq!(message(average_precision_score(truth, scores)), expected);
        assert_eq!(message(precision_recall_curve(truth, scores)), expected);
        assert_eq!(message(curve(truth, scores)), expected);
        let rows = tensor::<f64>(&scores.iter().map(|p| vec![1.0 - p, *p]).collect::<Vec<_>>());
        assert_eq!(message(log_loss(truth, &rows)), expected);
        assert_eq!(message(top_k_accuracy_score(truth, &rows, 1)), expected);
    }
    let share = "the prediction of sample 1 is 1.5, expected a probability from 0 to 1";
    assert_eq!(message(curve(&[0, 1], &[0.5, 1.5])), share);
    let negative = "the prediction of sample 0 is -0.5, expected a probability from 0 to 1";
    assert_eq!(message(log_loss(&[0], &Tensor::from_rows(&[[-0.5, 1.5]]))), negative);
    let sum = "the scores of sample 0 add up to 1.5, expected 1: probabilities, as Softmax gives them";
    assert_eq!(message(log_loss(&[0], &Tensor::from_rows(&[[0.5, 1.0]]))), sum);
    let k = "top_k_accuracy_score: k is 0, expected at least 1";
    assert_eq!(message(top_k_accuracy_score(&[0], &Tensor::from_rows(&[[0.5, 1.0]]), 0)), k);
    for bins in [Bins::Uniform, Bins::Quantile] {
        let none = "calibration_curve: number of bins is 0, expected from 1 to 1048576";
        assert_eq!(message(calibration_curve(&[0], &[0.5], bins(0))), none);
        assert!(calibration_curve(&[0], &[0.5], bins(usize::MAX)).is_err());
    }

    let column = |values: &[f64]| Tensor::from_column(values);
    type OfNumbers = fn(&Tensor<f64>, &Tensor<f64>) -> Result<f64, MetricError>;
    for metric in [explained_variance_score, mean_absolute_percentage_error] as [OfNumbers; 2] {
        let shapes = "predictions have shape [1, 2] and true values [2, 1], expected equal shapes with at least one value";
        assert_eq!(message(metric(&column(&[1.0, 2.0]), &Tensor::zeros(&[1, 2]))), shapes);
        assert!(metric(&column(&[]), &column(&[])).is_err());
        let (sound, diverged) = (column(&[1.0, 2.0]), column(&[1.0, f64::NAN]));
        assert!(or_nan(|| metric(&sound, &diverged)).unwrap().is_nan());
        assert!(or_nan(|| metric(&diverged, &sound)).is_err());
    }
}

fn message<T: std::fmt::Debug>(result: Result<T, MetricError>) -> String {
    result.unwrap_err().to_string()
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

fn rows(value: &Value) -> Vec<Vec<f64>> {
    array(value).iter().map(numbers).collect()
}

fn tensor<F: Scalar>(rows: &[Vec<f64>]) -> Tensor<F> {
    let features = rows.first().map_or(2, Vec::len);
    Tensor::from_fn(rows.len(), features, |sample, feature| F::from_f64(rows[sample][feature]))
}

/// Equal up to the rounding of the order in which the terms are added up.
fn assert_close(ours: f64, theirs: f64, case: &str) {
    let close = relative_eq!(ours, theirs, epsilon = 1e-16, max_relative = 1e-14);
    assert!(close, "{ours} and {theirs}: {case}");
}
