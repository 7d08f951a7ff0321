//! Sequences of different lengths in one tensor.

use nn_core::{Scalar, Tensor};
use nn_data::{DataError, pad_sequences};
use proptest::prelude::*;

#[track_caller]
fn says<T>(result: Result<T, DataError>, message: &str) {
    assert_eq!(result.err().map(|error| error.to_string()).as_deref(), Some(message));
}

/// A sequence whose values say where they are.
fn sequence(place: usize, steps: usize, features: usize) -> Tensor<f64> {
    Tensor::from_fn(steps, features, |step, feature| (1 + 10_000 * place + 10 * step + feature) as f64)
}

proptest! {
    #[test]
    fn steps_are_followed_by_padding(
        lengths in prop::collection::vec(1..20_usize, 1..40),
        features in 1..4_usize,
        padding in prop::sample::select(vec![0.0, -1.0, 1e300]),
    ) {
        let sequences: Vec<Tensor<f64>> =
            lengths.iter().enumerate().map(|(place, &steps)| sequence(place, steps, features)).collect();
        let (x, found) = pad_sequences(&sequences, padding).unwrap();
        prop_assert_eq!(&found, &lengths);
        let longest = *lengths.iter().max().unwrap();
        prop_assert_eq!(x.shape(), [lengths.len(), longest, features]);
        for (place, sequence) in sequences.iter().enumerate() {
            let mut expected: Vec<f64> = (0..sequence.samples()).flat_map(|step| sequence.sample(step)).collect();
            expected.resize(longest * features, padding);
            prop_assert_eq!(x.sample(place).collect::<Vec<_>>(), expected);
        }
    }
}

#[test]
fn a_last_step_of_padding_is_refused() {
    let message = |place: usize, found: &str| {
        format!(
            "pad_sequences: last step of sequence {place} is {found} in every feature, expected another value than the \
             padding; choose a padding that no step has"
        )
    };
    let ends = Tensor::from_rows(&[[1.0, 1.0], [-1.0, -1.0]]);
    let other = Tensor::from_rows(&[[-1.0, -1.0], [-1.0, 2.0]]);
    says(pad_sequences(&[&other, &ends], -1.0), &message(1, "-1"));
    says(pad_sequences(&[&ends], -1.0), &message(0, "-1"));
    says(pad_sequences(&[Tensor::from_rows(&[[0.0]])], -0.0), &message(0, "-0"));
    // A step within, one feature alone, and a value that only `f64` tells from the padding.
    assert!(pad_sequences(&[&other], -1.0).is_ok());
    assert!(pad_sequences(&[&ends], 1.0).is_ok());
    assert!(pad_sequences(&[Tensor::from_rows(&[[0.1_f64]])], f64::from(0.1_f32)).is_ok());
}

#[test]
fn sequences_that_do_not_fit() {
    let one = Tensor::from_rows(&[[1.0, 2.0]]);
    says(
        pad_sequences::<f64>(&[] as &[Tensor<f64>], 0.0),
        "pad_sequences: number of sequences is 0, expected at least 1",
    );
    says(
        pad_sequences(&[&one, &Tensor::zeros(&[0, 2])], 0.0),
        "pad_sequences: number of steps of sequence 1 is 0, expected at least 1",
    );
    says(
        pad_sequences(&[&one, &Tensor::zeros(&[4, 3])], 0.0),
        "pad_sequences: expected [steps, 2] of sequence 1, found [4, 3]",
    );
    says(
        pad_sequences(&[Tensor::<f32>::zeros(&[4])], 0.0),
        "pad_sequences: expected [steps, 1] of sequence 0, found [4]",
    );
    for bad in [f32::NAN, f32::INFINITY] {
        let message = format!("pad_sequences: padding is {bad}, expected a finite number");
        says(pad_sequences(&[Tensor::<f32>::zeros(&[4, 1])], bad), &message);
    }
}

/// What is not finite stays so, for the data set to refuse.
#[test]
fn values_that_are_not_finite_stay() {
    fn check<F: Scalar>() {
        let bad = Tensor::from_column(&[F::from_f64(f64::NAN), F::from_f64(f64::INFINITY)]);
        let (x, _) = pad_sequences(&[&bad, &Tensor::from_column(&[F::ONE])], F::ZERO).unwrap();
        assert!(!x[[0, 0]].is_finite() && !x[[0, 1]].is_finite() && x[[1, 1]] == F::ZERO);
    }
    check::<f32>();
    check::<f64>();
}
