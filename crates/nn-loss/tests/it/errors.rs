//! Outputs and targets that do not fit are refused, in words that say what was expected and what was found.

use nn_core::Tensor;
use nn_loss::{
    BceWithLogitsLoss, CategoricalCrossEntropy, CrossEntropyLoss, HingeLoss, HuberLoss, KlDivLoss, L1Loss,
    Loss, MseLoss, MultiMarginLoss, NllLoss, SmoothL1Loss,
};

const NAN: f64 = f64::NAN;

type Named<T> = (&'static str, Box<dyn Loss<f64, T>>);

/// Every loss of tensors.
fn of_tensors() -> [Named<Tensor<f64>>; 9] {
    [
        ("MseLoss", Box::new(MseLoss::mean())),
        ("L1Loss", Box::new(L1Loss::mean())),
        ("HuberLoss", Box::new(HuberLoss::mean())),
        ("SmoothL1Loss", Box::new(SmoothL1Loss::mean())),
        ("HingeLoss", Box::new(HingeLoss::mean())),
        ("BceWithLogitsLoss", Box::new(BceWithLogitsLoss::mean())),
        ("KlDivLoss", Box::new(KlDivLoss::batch_mean())),
        ("CrossEntropyLoss", Box::new(CrossEntropyLoss::mean())),
        ("CategoricalCrossEntropy", Box::new(CategoricalCrossEntropy::mean())),
    ]
}

/// Every loss of labels.
fn of_labels() -> [Named<[usize]>; 4] {
    [
        ("CrossEntropyLoss", Box::new(CrossEntropyLoss::mean())),
        ("CategoricalCrossEntropy", Box::new(CategoricalCrossEntropy::mean())),
        ("NllLoss", Box::new(NllLoss::mean())),
        ("MultiMarginLoss", Box::new(MultiMarginLoss::mean())),
    ]
}

#[test]
fn targets_of_another_shape_are_refused() {
    for (name, loss) in of_tensors() {
        for (output, target, message) in [
            (&[3, 2][..], &[3, 1][..], "expected a target of the output's shape [3, 2], found [3, 1]"),
            (&[3, 2], &[2, 2], "expected a target of the output's shape [3, 2], found [2, 2]"),
        ] {
            let error = loss.value(&Tensor::zeros(output), &Tensor::zeros(target)).unwrap_err();
            assert_eq!(error.to_string(), format!("{name}: {message}"));
        }
    }
    let error = MseLoss::mean().value(&Tensor::<f64>::zeros(&[3]), &Tensor::zeros(&[3, 1])).unwrap_err();
    let message = "MseLoss: expected a target of the output's shape [3], found [3, 1]";
    assert_eq!(error.to_string(), message);
}

#[test]
fn losses_of_classes_need_outputs_of_rank_2_and_a_label_a_sample() {
    for (name, loss) in of_labels() {
        for (output, labels, message) in [
            (&[3][..], &[0, 0, 0][..], "expected an output [n, classes], found [3]"),
            (&[3, 2, 2], &[0, 0, 0], "expected an output [n, classes], found [3, 2, 2]"),
            (&[3, 2], &[0, 0], "expected 3 labels, one for each sample, found 2"),
            (
                &[3, 2],
                &[0, 2, 5],
                "expected labels below 2, the number of the network's outputs, found 2 in sample 1 (labels count from 0)",
            ),
        ] {
            let error = loss.value(&Tensor::zeros(output), labels).unwrap_err();
            assert_eq!(error.to_string(), format!("{name}: {message}"));
        }
    }
    let y = Tensor::<f64>::zeros(&[3, 2, 2]);
    let error = CategoricalCrossEntropy::sum().value(&y, &y).unwrap_err();
    assert_eq!(
        error.to_string(),
        "CategoricalCrossEntropy: expected an output [n, classes], found [3, 2, 2]"
    );
}

#[test]
fn targets_must_be_finite() {
    for (rows, message) in [
        ([[1.0, 1.0], [NAN, 1.0]], "found NaN in sample 1"),
        ([[1.0, f64::INFINITY], [1.0, 1.0]], "found inf in sample 0"),
    ] {
        for (name, loss) in of_tensors() {
            let error = loss.value(&Tensor::zeros(&[2, 2]), &Tensor::from_rows(&rows)).unwrap_err();
            let expected = match name {
                "HingeLoss" => "-1 or 1 (2 * label - 1 for labels 0 and 1)",
                "BceWithLogitsLoss" => "a probability from 0 to 1",
                "KlDivLoss" => "a finite number of at least 0",
                _ => "a finite number",
            };
            let message = format!("{name}: expected each target to be {expected}, {message}");
            assert_eq!(error.to_string(), message);
        }
    }
}

#[test]
fn targets_must_be_what_the_loss_is_made_for() {
    let (hinge, binary, divergence) = (HingeLoss::mean(), BceWithLogitsLoss::mean(), KlDivLoss::mean());
    for (loss, good, bad, message) in [
        (
            &hinge as &dyn Loss<f64, Tensor<f64>>,
            [-1.0, 1.0],
            0.0,
            "HingeLoss: expected each target to be -1 or 1 (2 * label - 1 for labels 0 and 1), found 0 in sample 1",
        ),
        (
            &binary,
            [0.0, 1.0],
            1.5,
            "BceWithLogitsLoss: expected each target to be a probability from 0 to 1, found 1.5 in sample 1",
        ),
        (
            &binary,
            [0.5, 1.0],
            -1.0,
            "BceWithLogitsLoss: expected each target to be a probability from 0 to 1, found -1 in sample 1",
        ),
        (
            &divergence,
            [0.0, 7.0],
            -0.1,
            "KlDivLoss: expected each target to be a finite number of at least 0, found -0.1 in sample 1",
        ),
    ] {
        let y = Tensor::zeros(&[2, 1]);
        assert!(loss.value(&y, &Tensor::from_column(&good)).is_ok());
        let error = loss.value(&y, &Tensor::from_column(&[good[0], bad])).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn every_class_needs_a_weight() {
    let y = Tensor::<f64>::zeros(&[3, 2]);
    let message = "expected an output [n, 3], one for each of the 3 class weights, found [3, 2]";
    let fused = CrossEntropyLoss::sum().weight([1.0, 2.0, 3.0]);
    for error in [fused.value(&y, &vec![0, 1, 0]).unwrap_err(), fused.value(&y, &y).unwrap_err()] {
        assert_eq!(error.to_string(), format!("CrossEntropyLoss: {message}"));
    }
    let error = NllLoss::sum().weight([1.0, 2.0, 3.0]).value(&y, &vec![0, 1, 0]).unwrap_err();
    assert_eq!(error.to_string(), format!("NllLoss: {message}"));
}

/// An output that is not finite is not an error: a training that diverges computes such outputs.
#[test]
fn outputs_that_are_not_finite_give_losses_that_are_not() {
    let target = Tensor::from_rows(&[[1.0; 2]; 2]);
    for (name, loss) in of_tensors() {
        let value = loss.value(&Tensor::from_rows(&[[0.5, NAN], [NAN, 0.5]]), &target).unwrap();
        assert!(value.is_nan(), "{name}: {value}");
    }
    for (name, loss) in of_labels() {
        let value = loss.value(&Tensor::from_rows(&[[0.5, NAN], [NAN, 0.5]]), &[1, 0]).unwrap();
        assert!(value.is_nan(), "{name}: {value}");
    }
    for bad in [f64::INFINITY, f64::NEG_INFINITY] {
        let y = Tensor::from_rows(&[[0.5, bad], [bad, 0.5]]);
        let value = MseLoss::mean().value(&y, &Tensor::zeros(&[2, 2])).unwrap();
        assert!(!value.is_finite(), "{bad}: {value}");
        let value = CrossEntropyLoss::mean().value(&y, &vec![1, 1]).unwrap();
        assert!(!value.is_finite(), "{bad}: {value}");
    }
}

#[test]
fn a_batch_without_numbers_is_refused() {
    for shape in [[0, 2], [2, 0]] {
        let (y, labels) = (Tensor::<f64>::zeros(&shape), vec![0; shape[0]]);
        for (name, loss) in of_tensors() {
            let message = format!("{name}: expected an output with at least one value, found {shape:?}");
            assert_eq!(loss.value_and_gradient(&y, &y).unwrap_err().to_string(), message);
        }
        for (name, loss) in of_labels() {
            let message = format!("{name}: expected an output with at least one value, found {shape:?}");
            assert_eq!(loss.value(&y, &labels).unwrap_err().to_string(), message);
        }
    }
}
