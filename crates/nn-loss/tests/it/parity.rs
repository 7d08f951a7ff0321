//! Every loss computes what PyTorch computes: value, gradient and terms, every reduction and setting, every kind of target,
//! logits of ±1000 and probabilities of 10⁻³⁰⁰.
//!
//! The numbers are in `oracle/parity.json`, written by `scripts/parity.py`.

use nn_core::ndarray::ArrayD;
use nn_core::{ClassMap, Masked, Tensor};
use nn_loss::{
    BceWithLogitsLoss, CategoricalCrossEntropy, CrossEntropyLoss, HingeLoss, HuberLoss, KlDivLoss, L1Loss,
    Loss, MseLoss, MultiMarginLoss, NllLoss, Reduction, SmoothL1Loss,
};
use serde_json::Value;

#[test]
fn losses_are_those_of_pytorch() {
    let oracle: Value = serde_json::from_str(include_str!("../oracle/parity.json")).unwrap();
    let cases = oracle["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 629);
    for case in cases {
        let reduction = match case["reduction"].as_str().unwrap() {
            "mean" => Reduction::Mean,
            "sum" => Reduction::Sum,
            "batchmean" => Reduction::BatchMean,
            other => panic!("unknown reduction {other}"),
        };
        match case["loss"].as_str().unwrap() {
            "MseLoss" => values(MseLoss::new(reduction), case),
            "L1Loss" => values(L1Loss::new(reduction), case),
            "HuberLoss" => values(with(HuberLoss::new(reduction), "delta", case, HuberLoss::delta), case),
            "SmoothL1Loss" => {
                values(with(SmoothL1Loss::new(reduction), "beta", case, SmoothL1Loss::beta), case);
            }
            "HingeLoss" => values(HingeLoss::new(reduction), case),
            "BCEWithLogitsLoss" => {
                let loss = BceWithLogitsLoss::new(reduction);
                let pos_weight = &case["settings"]["pos_weight"];
                values(
                    match pos_weight.as_f64() {
                        Some(weight) => loss.pos_weight(weight),
                        None if pos_weight.is_array() => loss.pos_weight(numbers(pos_weight)),
                        None => loss,
                    },
                    case,
                );
            }
            "KLDivLoss" => values(KlDivLoss::new(reduction), case),
            "CategoricalCrossEntropy" => {
                let loss = CategoricalCrossEntropy::new(reduction);
                classify(last(loss, case, CategoricalCrossEntropy::classes_last), case);
            }
            "CrossEntropyLoss" => {
                let loss = CrossEntropyLoss::new(reduction);
                let loss = with(loss, "label_smoothing", case, CrossEntropyLoss::label_smoothing);
                let loss = ignoring(loss, case, CrossEntropyLoss::ignore_index);
                let loss = last(loss, case, CrossEntropyLoss::classes_last);
                classify(weighted(loss, case, CrossEntropyLoss::weight), case);
            }
            "NLLLoss" => {
                let loss = ignoring(NllLoss::new(reduction), case, NllLoss::ignore_index);
                let loss = last(loss, case, NllLoss::classes_last);
                of_labels(weighted(loss, case, NllLoss::weight), case);
            }
            "MultiMarginLoss" => of_labels(MultiMarginLoss::new(reduction), case),
            other => panic!("unknown loss {other}"),
        }
    }
}

/// The loss with a number set, if the case has it.
fn with<L>(loss: L, name: &str, case: &Value, set: impl Fn(L, f64) -> L) -> L {
    match case["settings"][name].as_f64() {
        Some(setting) => set(loss, setting),
        None => loss,
    }
}

/// The loss with weights of the classes, if the case has them.
fn weighted<L>(loss: L, case: &Value, set: impl Fn(L, Vec<f64>) -> L) -> L {
    let weight = &case["settings"]["weight"];
    if weight.is_null() { loss } else { set(loss, numbers(weight)) }
}

/// The loss with a label that is ignored, if the case has one.
fn ignoring<L>(loss: L, case: &Value, set: impl Fn(L, usize) -> L) -> L {
    match case["settings"]["ignore_index"].as_u64() {
        Some(label) => set(loss, label as usize),
        None => loss,
    }
}

/// The loss with the classes on the last axis, if the case has them there.
fn last<L>(loss: L, case: &Value, set: impl Fn(L) -> L) -> L {
    if case["settings"]["classes_last"].is_null() { loss } else { set(loss) }
}

fn values(loss: impl Loss<f64, Tensor<f64>> + Loss<f64, Masked<f64>>, case: &Value) {
    let (target, mask) = (tensor(&case["target"]), &case["settings"]["mask"]);
    if mask.is_null() {
        compare(&loss, &target, case);
    } else {
        compare(&loss, &Masked::new(target, tensor(mask)), case);
    }
}

/// Labels are whole numbers; probabilities have the shape of the output.
fn classify<L>(loss: L, case: &Value)
where
    L: Loss<f64, Vec<usize>> + Loss<f64, [usize]> + Loss<f64, ClassMap> + Loss<f64, Tensor<f64>>,
{
    if shape(&case["target"]) == shape(&case["y"]) {
        compare(&loss, &tensor(&case["target"]), case);
    } else {
        of_labels(loss, case);
    }
}

/// Labels of samples are a map as well.
fn of_labels<L>(loss: L, case: &Value)
where
    L: Loss<f64, Vec<usize>> + Loss<f64, [usize]> + Loss<f64, ClassMap>,
{
    let (shape, labels) = (shape(&case["target"]), labels(case));
    compare(&loss, &ClassMap::new(&shape, &labels).unwrap(), case);
    if shape.len() == 1 {
        compare(&loss, &labels, case);
        compare::<[usize]>(&loss, &labels, case);
    }
}

fn labels(case: &Value) -> Vec<usize> {
    numbers(&case["target"]).iter().map(|&label| label as usize).collect()
}

fn compare<T: ?Sized>(loss: &dyn Loss<f64, T>, target: &T, case: &Value) {
    let (value, gradient) = loss.value_and_gradient(&tensor(&case["y"]), target).unwrap();
    assert_close(value, case["value"].as_f64().unwrap(), case);
    for (&ours, theirs) in gradient.view().iter().zip(numbers(&case["gradient"])) {
        assert_close(ours, theirs, case);
    }
    if !case["terms"].is_null() {
        let terms = loss.terms(&tensor(&case["y"]), target).unwrap();
        assert_eq!(terms.shape(), shape(&case["terms"]), "{case}");
        for (&ours, theirs) in terms.view().iter().zip(numbers(&case["terms"])) {
            assert_close(ours, theirs, case);
        }
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
        _ => vec![value.as_f64().unwrap_or_else(|| panic!("{value} is not a number"))],
    }
}
