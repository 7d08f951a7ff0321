//! Outputs and targets that do not fit are refused, in words that say what was expected and what was found.

use crate::common::{losses_of_labels, losses_of_tensors};
use nn_core::{ClassMap, Tensor};
use nn_loss::{
    BceWithLogitsLoss, CategoricalCrossEntropy, CrossEntropyLoss, HingeLoss, KlDivLoss, Loss, MseLoss,
    MultiMarginLoss, NllLoss,
};

const NAN: f64 = f64::NAN;

#[test]
fn targets_of_another_shape_are_refused() {
    for loss in losses_of_tensors::<f64>() {
        for (output, target, message) in [
            (&[3, 2][..], &[3, 1][..], "expected a target of the output's shape [3, 2], found [3, 1]"),
            (&[3, 2], &[2, 2], "expected a target of the output's shape [3, 2], found [2, 2]"),
        ] {
            let error = loss.value(&Tensor::zeros(output), &Tensor::zeros(target)).unwrap_err();
            assert_eq!(error.to_string(), format!("{loss}: {message}"));
        }
    }
    let error = MseLoss::mean().value(&Tensor::<f64>::zeros(&[3]), &Tensor::zeros(&[3, 1])).unwrap_err();
    let message = "MseLoss: expected a target of the output's shape [3], found [3, 1]";
    assert_eq!(error.to_string(), message);
}

#[test]
fn losses_of_classes_need_classes_and_a_label_a_sample() {
    for loss in losses_of_labels::<f64>() {
        for (output, labels, message) in [
            (&[3][..], &[0, 0, 0][..], "expected an output [n, classes] or [n, classes, …], found [3]"),
            (
                &[3, 2, 4, 1],
                &[0, 0, 0],
                "expected a ClassMap of shape [3, 4, 1] for an output [3, 2, 4, 1], found 3 labels",
            ),
            (&[3, 2], &[0, 0], "expected 3 labels, one for each sample, found 2"),
            (
                &[3, 2],
                &[0, 2, 5],
                "expected labels below 2, the number of the network's outputs, found 2 in sample 1 (labels count from 0)",
            ),
        ] {
            let error = loss.value(&Tensor::zeros(output), labels).unwrap_err();
            assert_eq!(error.to_string(), format!("{loss}: {message}"));
        }
    }
    let y = Tensor::<f64>::zeros(&[3]);
    let error = CategoricalCrossEntropy::sum().value(&y, &y).unwrap_err();
    assert_eq!(
        error.to_string(),
        "CategoricalCrossEntropy: expected an output [n, classes] or [n, classes, …], found [3]"
    );
}

#[test]
fn a_map_has_a_label_for_each_position() {
    fn check(loss: &dyn Loss<f64, ClassMap>) {
        for (output, shape, message) in [
            (
                &[3, 2, 4, 1][..],
                &[3, 4][..],
                "expected a ClassMap of shape [3, 4, 1] for an output [3, 2, 4, 1], found [3, 4]",
            ),
            (
                &[3, 2, 4],
                &[4, 4],
                "expected a ClassMap of shape [3, 4] for an output [3, 2, 4], found [4, 4]",
            ),
            (
                &[3, 2, 4],
                &[3, 5],
                "expected a ClassMap of shape [3, 4] for an output [3, 2, 4], found [3, 5]",
            ),
            (&[3, 2], &[3, 2], "expected a ClassMap of shape [3] for an output [3, 2], found [3, 2]"),
            (&[3, 2, 0], &[3, 0], "expected an output with at least one value, found [3, 2, 0]"),
            (&[3], &[3], "expected an output [n, classes] or [n, classes, …], found [3]"),
        ] {
            let map = ClassMap::new(shape, &vec![0; shape.iter().product()]).unwrap();
            let error = loss.value(&Tensor::zeros(output), &map).unwrap_err();
            assert_eq!(error.to_string(), format!("{loss}: {message}"));
            assert_eq!(loss.terms(&Tensor::zeros(output), &map).unwrap_err(), error);
        }
        let map = ClassMap::new(&[2, 3], &[0, 1, 0, 1, 7, 0]).unwrap();
        let error = loss.value(&Tensor::zeros(&[2, 2, 3]), &map).unwrap_err();
        let message = "expected labels below 2, the number of the network's outputs, found 7 in sample 1 at position 1 (labels count from 0)";
        assert_eq!(error.to_string(), format!("{loss}: {message}"));
    }
    check(&CrossEntropyLoss::mean());
    check(&CategoricalCrossEntropy::mean());
    check(&NllLoss::mean());
    check(&MultiMarginLoss::mean());
}

#[test]
fn classes_on_the_last_axis_need_a_label_for_each_of_the_other_places() {
    fn check(loss: &dyn Loss<f64, ClassMap>) {
        for (output, shape, message) in [
            (
                &[3, 2, 4][..],
                &[3, 4][..],
                "expected a ClassMap of shape [3, 2] for an output [3, 2, 4], found [3, 4]",
            ),
            (&[3, 2], &[3, 2], "expected a ClassMap of shape [3] for an output [3, 2], found [3, 2]"),
            (&[3, 0, 2], &[3, 0], "expected an output with at least one value, found [3, 0, 2]"),
            (&[3], &[3], "expected an output [n, classes] or [n, …, classes], found [3]"),
        ] {
            let map = ClassMap::new(shape, &vec![0; shape.iter().product()]).unwrap();
            let error = loss.value(&Tensor::zeros(output), &map).unwrap_err();
            assert_eq!(error.to_string(), format!("{loss}: {message}"));
            assert_eq!(loss.terms(&Tensor::zeros(output), &map).unwrap_err(), error);
        }
        let map = ClassMap::new(&[2, 3], &[0, 1, 0, 1, 7, 0]).unwrap();
        let error = loss.value(&Tensor::zeros(&[2, 3, 2]), &map).unwrap_err();
        let message = "expected labels below 2, the number of the network's outputs, found 7 in sample 1 at position 1 (labels count from 0)";
        assert_eq!(error.to_string(), format!("{loss}: {message}"));
    }
    check(&CrossEntropyLoss::mean().classes_last());
    check(&CategoricalCrossEntropy::mean().classes_last());
    check(&NllLoss::mean().classes_last());
    check(&MultiMarginLoss::mean().classes_last());

    // Whoever forgets the setting is told of it.
    let (y, map) = (Tensor::<f64>::zeros(&[3, 4, 2]), ClassMap::new(&[3, 4], &[0; 12]).unwrap());
    assert_eq!(
        NllLoss::mean().value(&y, &map).unwrap_err().to_string(),
        "NllLoss: expected a ClassMap of shape [3, 2] for an output [3, 4, 2] without `classes_last`, found [3, 4]"
    );
    let weighted = NllLoss::mean().weight([1.0; 4]).classes_last();
    assert_eq!(
        weighted.value(&y, &map).unwrap_err().to_string(),
        "NllLoss: expected an output [n, …, 4], one for each of the 4 class weights, found [3, 4, 2]"
    );
    let error = CrossEntropyLoss::mean().classes_last().value(&y, &vec![0; 3]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "CrossEntropyLoss: expected a ClassMap of shape [3, 4] for an output [3, 4, 2], found 3 labels"
    );
}

#[test]
fn probabilities_have_no_label_to_ignore() {
    let y = Tensor::<f64>::zeros(&[3, 2]);
    let error = CrossEntropyLoss::mean().ignore_index(255).value(&y, &y).unwrap_err();
    assert_eq!(
        error.to_string(),
        "CrossEntropyLoss: ignore_index is 255, expected none, because probabilities have no labels to ignore"
    );
}

#[test]
fn other_labels_than_the_ignored_one_are_refused() {
    let y = Tensor::<f64>::zeros(&[3, 2]);
    let message = "expected labels below 2, the number of the network's outputs, found 254 in sample 2 (labels count from 0)";
    let error = CrossEntropyLoss::mean().ignore_index(255).value(&y, &vec![0, 255, 254]).unwrap_err();
    assert_eq!(error.to_string(), format!("CrossEntropyLoss: {message}"));
    let error = NllLoss::mean().ignore_index(255).value(&y, &vec![255, 255, 254]).unwrap_err();
    assert_eq!(error.to_string(), format!("NllLoss: {message}"));
}

#[test]
fn targets_must_be_finite() {
    for (rows, message) in [
        ([[1.0, 1.0], [NAN, 1.0]], "found NaN in sample 1"),
        ([[1.0, f64::INFINITY], [1.0, 1.0]], "found inf in sample 0"),
    ] {
        for loss in losses_of_tensors::<f64>() {
            let error = loss.value(&Tensor::zeros(&[2, 2]), &Tensor::from_rows(&rows)).unwrap_err();
            let expected = match &loss.to_string()[..] {
                "HingeLoss" => "-1 or 1 (2 * label - 1 for labels 0 and 1)",
                "BceWithLogitsLoss" => "a probability from 0 to 1",
                "KlDivLoss" => "a finite number of at least 0",
                _ => "a finite number",
            };
            let message = format!("{loss}: expected each target to be {expected}, {message}");
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
    let y = Tensor::<f64>::zeros(&[3, 2, 3]);
    let error = fused.value(&y, &y).unwrap_err();
    let message = "expected an output [n, 3, …], one for each of the 3 class weights, found [3, 2, 3]";
    assert_eq!(error.to_string(), format!("CrossEntropyLoss: {message}"));
}

#[test]
fn a_batch_without_numbers_is_refused() {
    for shape in [[0, 2], [2, 0]] {
        let (y, labels) = (Tensor::<f64>::zeros(&shape), vec![0; shape[0]]);
        for loss in losses_of_tensors::<f64>() {
            let message = format!("{loss}: expected an output with at least one value, found {shape:?}");
            assert_eq!(loss.value_and_gradient(&y, &y).unwrap_err().to_string(), message);
        }
        for loss in losses_of_labels::<f64>() {
            let message = format!("{loss}: expected an output with at least one value, found {shape:?}");
            assert_eq!(loss.value(&y, &labels).unwrap_err().to_string(), message);
        }
    }
}

/// `evaluate` has no error to return: numbers computed from shapes that do not fit would have no meaning, so it panics.
#[test]
fn evaluate_panics_where_the_shapes_do_not_fit() {
    fn message<T: ?Sized>(
        loss: &dyn Loss<f64, T>,
        y: &[usize],
        target: &T,
        dy: &[usize],
        losses: usize,
    ) -> String {
        let (y, mut dy, mut losses) = (Tensor::zeros(y), Tensor::zeros(dy), vec![0.0; losses]);
        let mut run = || loss.evaluate(&y, target, Some(&mut dy), &mut losses);
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(&mut run)).unwrap_err();
        panic.downcast_ref::<String>().expect("a message").clone()
    }
    let long = Tensor::<f64>::zeros(&[4, 3]);
    for loss in losses_of_tensors() {
        for (y, dy, losses, expected) in [
            ([4, 2], [4, 2], 1, "expected a target of the output's shape [4, 2], found [4, 3]"),
            ([3, 3], [3, 3], 1, "expected a target of the output's shape [3, 3], found [4, 3]"),
            ([4, 3], [4, 2], 1, "expected memory for a gradient of the output's shape [4, 3], found [4, 2]"),
            (
                [4, 3],
                [4, 3],
                2,
                "expected memory for 1 loss, or for 16 of a stack, found 2 for an output [4, 3]",
            ),
            (
                [4, 3],
                [4, 3],
                16,
                "expected memory for 1 loss, or for 16 of a stack, found 16 for an output [4, 3]",
            ),
        ] {
            assert_eq!(message(&*loss, &y, &long, &dy, losses), format!("{loss}: {expected}"));
        }
    }
    for loss in losses_of_labels() {
        for (y, expected) in [
            (&[4, 3][..], "expected 4 labels, one for each sample, found 3"),
            (&[2, 3], "expected 2 labels, one for each sample, found 3"),
            (&[3, 3, 1], "expected a ClassMap of shape [3, 1] for an output [3, 3, 1], found 3 labels"),
        ] {
            assert_eq!(message(&*loss, y, &[0, 1, 2][..], y, 1), format!("{loss}: {expected}"));
        }
    }
    let weighted = NllLoss::mean().weight([1.0, 2.0]);
    assert_eq!(
        message::<Vec<usize>>(&weighted, &[2, 3], &vec![0, 1], &[2, 3], 1),
        "NllLoss: expected an output [n, 2], one for each of the 2 class weights, found [2, 3]"
    );
    assert_eq!(
        message::<Vec<usize>>(&weighted, &[16, 2], &vec![0; 16], &[16, 2], 16),
        "NllLoss: expected memory for 1 loss, found 16 for an output [16, 2]"
    );
}

/// A message does not grow with the number of classes.
#[test]
fn messages_about_weights_are_short() {
    let error = NllLoss::sum().weight(vec![0.0; 1_000_000]).value(&Tensor::<f64>::zeros(&[1, 2]), &vec![0]);
    let message = error.unwrap_err().to_string();
    assert!(message.ends_with("0.0] and 999992 more, expected at least one number above 0"), "{message}");
}
