//! Balanced weights of classes, and weights of the outputs of yes-or-no questions: definitions, and what is refused.

use nn_core::{ClassMap, Scalar, Tensor};
use nn_loss::{BceWithLogitsLoss, CrossEntropyLoss, Loss, NllLoss, balanced_class_weights};

/// Each class then has the same share of the loss, and the weights of all samples add up to their number.
#[test]
fn balanced_weights_give_every_class_the_same_share() {
    for counts in [vec![1], vec![3, 1], vec![50, 1, 7], vec![2, 2, 2, 2]] {
        let classes = counts.len();
        let labels: Vec<usize> =
            counts.iter().enumerate().flat_map(|(class, &n)| std::iter::repeat_n(class, n)).collect();
        let weights = balanced_class_weights(&labels, classes).unwrap();
        for (&count, weight) in counts.iter().zip(&weights) {
            let share = labels.len() as f64 / classes as f64;
            assert!((weight * count as f64 - share).abs() < 1e-13, "{counts:?}: {weights:?}");
        }
        // Logits of which each class has its own loss.
        let y = Tensor::from_fn(labels.len(), classes, |_, class| class as f64);
        let of = |class| CrossEntropyLoss::mean().value(&y, &vec![class; labels.len()]).unwrap();
        let mean = (0..classes).map(of).sum::<f64>() / classes as f64;
        let weighted = CrossEntropyLoss::mean().weight(weights).value(&y, &labels).unwrap();
        assert!((weighted - mean).abs() < 1e-13, "{counts:?}: {weighted}, not {mean}");
    }
}

#[test]
fn labels_of_positions_are_counted_as_well() {
    let map = ClassMap::new(&[2, 3], &[0, 0, 1, 0, 0, 0]).unwrap();
    let weights = balanced_class_weights(&map, 2).unwrap();
    assert_eq!(weights, [6.0 / 10.0, 3.0]);
    assert_eq!(balanced_class_weights(&[0, 0, 1, 0, 0, 0][..], 2).unwrap(), weights);
    assert!(NllLoss::mean().weight(weights).value(&Tensor::<f64>::zeros(&[2, 2, 3]), &map).is_ok());
}

#[test]
fn a_class_without_samples_has_no_weight() {
    let message =
        |labels: &[usize], classes| balanced_class_weights(labels, classes).unwrap_err().to_string();
    assert_eq!(
        message(&[0, 2, 2], 3),
        "balanced_class_weights: class 1 has no samples, expected at least 1 of each of the 3 classes"
    );
    assert!(message(&[], 1).contains("class 0 has no samples"));
    assert!(message(&[0, 1], 1).contains("found 1 in sample 1"));
    assert!(message(&[0], usize::MAX).contains("memory"));
}

#[test]
fn weights_of_outputs_belong_to_the_second_axis() {
    let loss = BceWithLogitsLoss::sum().pos_weight([1.0, 9.0]);
    // ln 2 for each logit 0.
    let (z, yes) =
        (Tensor::<f64>::zeros(&[3, 2, 2]), Tensor::from_fn(3, 4, |_, _| 1.0).reshape(&[2, 2]).unwrap());
    let terms = loss.terms(&z, &yes).unwrap();
    let ln2 = Scalar::ln(2.0_f64);
    for (feature, expected) in [ln2, ln2, 9.0 * ln2, 9.0 * ln2].into_iter().enumerate() {
        assert_eq!(terms.feature(feature), [expected; 3]);
    }
    // Of yes alone.
    let no = Tensor::zeros(&[3, 2, 2]);
    assert_eq!(loss.value(&z, &no), BceWithLogitsLoss::sum().value(&z, &no));
    // A number is the same for all outputs.
    let all = BceWithLogitsLoss::mean().pos_weight(3.0).value_and_gradient(&z, &yes).unwrap();
    assert_eq!(BceWithLogitsLoss::mean().pos_weight([3.0; 2]).value_and_gradient(&z, &yes).unwrap(), all);
}

#[test]
fn weights_of_outputs_must_be_one_for_each() {
    for (output, weights) in [(&[3, 2][..], &[1.0][..]), (&[3, 2, 4], &[1.0; 8]), (&[3, 2], &[])] {
        let loss = BceWithLogitsLoss::mean().pos_weight(weights);
        let y = Tensor::<f64>::zeros(output);
        let (count, error) = (weights.len(), loss.value(&y, &y).unwrap_err());
        let expected = format!("[n, {count}] or [n, {count}, …], one for each of the {count} pos_weights");
        assert_eq!(
            error.to_string(),
            format!("BceWithLogitsLoss: expected an output {expected}, found {output:?}")
        );
    }
}

/// A caller that did not check gets a panic and no numbers.
#[test]
#[should_panic(expected = "one for each of the 1 pos_weights, found [3, 2]")]
fn weights_that_do_not_fit_are_no_loss() {
    let (y, loss) = (Tensor::<f64>::zeros(&[3, 2]), BceWithLogitsLoss::mean().pos_weight([1.0]));
    loss.evaluate(&y, &y, None, &mut [0.0]);
}
