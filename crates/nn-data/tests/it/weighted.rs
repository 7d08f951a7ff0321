//! Weights of samples go where the samples go, and are checked where data enter.

use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{ClassMap, Tensor, Weighted};
use nn_data::{Dataset, KFold, Target, train_test_split};

/// Sample i has the input i, the class i mod 3 and the weight i / 2.
fn numbered(n: usize) -> Dataset<f64, Weighted<Vec<usize>>> {
    let x: Vec<f64> = (0..n).map(|i| i as f64).collect();
    let weights: Vec<f64> = x.iter().map(|i| i / 2.0).collect();
    Dataset::new(Tensor::from_column(&x), Weighted::new((0..n).map(|i| i % 3).collect(), weights)).unwrap()
}

fn stay_together(part: &Dataset<f64, Weighted<Vec<usize>>>) {
    let Weighted { target, weights } = part.y();
    assert_eq!((target.len(), weights.len()), (part.samples(), part.samples()));
    for ((x, class), weight) in part.x().feature(0).iter().zip(target).zip(weights) {
        assert_eq!((*x as usize % 3, x / 2.0), (*class, *weight));
    }
}

#[test]
fn weights_stay_with_their_samples() {
    let (data, rng) = (numbered(23), &mut ChaCha8Rng::seed_from_u64(0));
    stay_together(&data.select(&[7, 3, 7, 22]).unwrap());
    let (train, test) = train_test_split(&data, 0.3, rng).unwrap();
    stay_together(&train);
    stay_together(&test);
    for (train, test) in KFold::new(4).split(&data, rng).unwrap() {
        stay_together(&train);
        stay_together(&test);
    }
    stay_together(&Dataset::concat(&[&data, &data.select(&[4, 2]).unwrap()]).unwrap());
    let mut into = data.select(&[0; 3]).unwrap();
    data.select_into(&[5, 9, 5], &mut into);
    stay_together(&into);
    assert_eq!(into, data.select(&[5, 9, 5]).unwrap());
}

#[test]
fn weights_that_make_no_sense_are_refused() {
    let message = |weights: &[f64]| {
        let y = Weighted::new(vec![0, 1], weights);
        Dataset::new(Tensor::from_column(&[1.0, 2.0]), y).unwrap_err().to_string()
    };
    assert_eq!(message(&[1.0]), "Dataset: number of weights is 1, expected 2, one for each sample");
    assert_eq!(
        message(&[1.0, -1.0]),
        "Dataset: weight of sample 1 is -1, expected a finite number of at least 0"
    );
    assert_eq!(
        message(&[f64::NAN, 1.0]),
        "Dataset: weight of sample 0 is NaN, expected a finite number of at least 0"
    );
    assert!(message(&[0.0, f64::INFINITY]).contains("weight of sample 1 is inf"));
    // The targets are checked as well.
    let y = Weighted::new(Tensor::from_column(&[f64::NAN]), [1.0]);
    let error = Dataset::new(Tensor::from_column(&[1.0]), y).unwrap_err();
    assert_eq!(error.to_string(), "Dataset: target 0 of sample 0 is NaN, expected a finite number");
}

/// Each network of a stack would divide by another sum of weights.
#[test]
fn weighted_targets_do_not_stack() {
    let y = Weighted::new(vec![0, 1], [1.0, 2.0]);
    assert!(Weighted::interleave([&y; 16]).is_none());
    let map = Weighted::new(ClassMap::new(&[1, 2], &[0, 1]).unwrap(), [1.0]);
    assert!(!map.select_into_lane(&[0], 0, &mut map.clone()));
}
