//! Every loss computes what PyTorch computes: value and gradient, both reductions, both kinds of target, logits of
//! ±1000 and probabilities of 10⁻³⁰⁰.
//!
//! The numbers are in `oracle/parity.json`, written by `scripts/parity.py`.

use nn_core::Tensor;
use nn_core::ndarray::ArrayD;
use nn_loss::{CategoricalCrossEntropy, CrossEntropyLoss, Loss, MseLoss, Reduction};
use serde_json::Value;

#[test]
fn losses_are_those_of_pytorch() {
    let oracle: Value = serde_json::from_str(include_str!("oracle/parity.json")).unwrap();
    let cases = oracle["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 26);
    for case in cases {
        let reduction = match case["reduction"].as_str().unwrap() {
            "mean" => Reduction::Mean,
            "sum" => Reduction::Sum,
            other => panic!("unknown reduction {other}"),
        };
        match case["loss"].as_str().unwrap() {
            "MseLoss" => compare(&MseLoss { reduction }, &tensor(&case["target"]), case),
            "CrossEntropyLoss" => classify(&CrossEntropyLoss { reduction }, case),
            "CategoricalCrossEntropy" => classify(&CategoricalCrossEntropy { reduction }, case),
            other => panic!("unknown loss {other}"),
        }
    }
}

/// Labels are whole numbers, probabilities rows.
fn classify<L: Loss<f64, Vec<usize>> + Loss<f64, Tensor<f64>>>(loss: &L, case: &Value) {
    if case["target"][0].is_u64() {
        let labels: Vec<_> = numbers(&case["target"]).iter().map(|&label| label as usize).collect();
        compare(loss, &labels, case);
    } else {
        compare(loss, &tensor(&case["target"]), case);
    }
}

fn compare<T>(loss: &dyn Loss<f64, T>, target: &T, case: &Value) {
    let (value, gradient) = loss.value_and_gradient(&tensor(&case["y"]), target).unwrap();
    assert_close(value, case["value"].as_f64().unwrap(), case);
    for (&ours, theirs) in gradient.view().iter().zip(numbers(&case["gradient"])) {
        assert_close(ours, theirs, case);
    }
}

fn assert_close(ours: f64, theirs: f64, case: &Value) {
    assert!(
        (ours - theirs).abs() <= 1e-12 * theirs.abs().max(1.0),
        "{ours:e}, PyTorch has {theirs:e}: {case}"
    );
}

// --- Nested lists as tensors ---

fn tensor(value: &Value) -> Tensor<f64> {
    Tensor::from_array(ArrayD::from_shape_vec(shape(value), numbers(value)).unwrap().view())
}

fn shape(value: &Value) -> Vec<usize> {
    value.as_array().map_or_else(Vec::new, |items| [vec![items.len()], shape(&items[0])].concat())
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        _ => vec![value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))],
    }
}
