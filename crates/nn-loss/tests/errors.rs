//! Outputs and targets that do not fit are refused, in words that say what was expected and what came.

use nn_core::Tensor;
use nn_loss::{CategoricalCrossEntropy, CrossEntropyLoss, Loss, MseLoss};

const NAN: f64 = f64::NAN;

#[test]
fn targets_of_another_shape_are_refused() {
    for (output, target, message) in [
        (&[3, 2][..], &[3, 1][..], "MseLoss: expected a target of the output's shape [3, 2], got [3, 1]"),
        (&[3, 2], &[2, 2], "MseLoss: expected a target of the output's shape [3, 2], got [2, 2]"),
        (&[3], &[3, 1], "MseLoss: expected a target of the output's shape [3], got [3, 1]"),
    ] {
        let error = MseLoss::mean().value(&Tensor::<f64>::zeros(output), &Tensor::zeros(target)).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
    let (output, target) = (Tensor::<f64>::zeros(&[3, 2]), Tensor::zeros(&[3, 3]));
    let message = "CrossEntropyLoss: expected a target of the output's shape [3, 2], got [3, 3]";
    assert_eq!(
        CrossEntropyLoss::sum().value_and_gradient(&output, &target).unwrap_err().to_string(),
        message
    );
}

#[test]
fn losses_of_classes_need_outputs_of_rank_2_and_a_label_a_sample() {
    for (output, labels, message) in [
        (&[3][..], &[0, 0, 0][..], "expected an output [n, classes], got [3]"),
        (&[3, 2, 2], &[0, 0, 0], "expected an output [n, classes], got [3, 2, 2]"),
        (&[3, 2], &[0, 0], "expected 3 labels, one for each sample, got 2"),
        (&[3, 2], &[0, 2, 5], "sample 1 has label 2, but the network has 2 outputs (labels count from 0)"),
    ] {
        let (y, labels) = (Tensor::<f32>::zeros(output), labels.to_vec());
        let error = CrossEntropyLoss::mean().value(&y, &labels).unwrap_err();
        assert_eq!(error.to_string(), format!("CrossEntropyLoss: {message}"));
        let error = CategoricalCrossEntropy::mean().value(&y, &labels).unwrap_err();
        assert_eq!(error.to_string(), format!("CategoricalCrossEntropy: {message}"));
    }
    let y = Tensor::<f64>::zeros(&[3, 2, 2]);
    let error = CategoricalCrossEntropy::sum().value(&y, &y).unwrap_err();
    assert_eq!(error.to_string(), "CategoricalCrossEntropy: expected an output [n, classes], got [3, 2, 2]");
}

#[test]
fn targets_must_be_finite() {
    for (rows, message) in [
        ([[0.0, 1.0], [NAN, 0.0]], "the target of sample 1 is NaN"),
        ([[0.0, f64::INFINITY], [0.0, 0.0]], "the target of sample 0 is inf"),
    ] {
        let (y, target) = (Tensor::zeros(&[2, 2]), Tensor::from_rows(&rows));
        for (name, loss) in [
            ("MseLoss", &MseLoss::mean() as &dyn Loss<f64, Tensor<f64>>),
            ("CrossEntropyLoss", &CrossEntropyLoss::mean()),
            ("CategoricalCrossEntropy", &CategoricalCrossEntropy::mean()),
        ] {
            assert_eq!(loss.value(&y, &target).unwrap_err().to_string(), format!("{name}: {message}"));
        }
    }
}

/// An output that is not finite is no error: it is what a training that diverges computes.
#[test]
fn outputs_that_are_not_finite_give_losses_that_are_not() {
    for bad in [NAN, f64::INFINITY, f64::NEG_INFINITY] {
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
        for (name, loss) in [
            ("MseLoss", &MseLoss::mean() as &dyn Loss<f64, Tensor<f64>>),
            ("CrossEntropyLoss", &CrossEntropyLoss::mean()),
            ("CategoricalCrossEntropy", &CategoricalCrossEntropy::mean()),
        ] {
            let message = format!("{name}: expected an output with at least one number, got {shape:?}");
            assert_eq!(loss.value_and_gradient(&y, &y).unwrap_err().to_string(), message);
        }
        let error = CrossEntropyLoss::sum().value(&y, &labels).unwrap_err();
        let message = format!("CrossEntropyLoss: expected an output with at least one number, got {shape:?}");
        assert_eq!(error.to_string(), message);
    }
}
