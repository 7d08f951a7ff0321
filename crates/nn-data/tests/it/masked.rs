//! Masks of targets go where the samples go, and are checked where data enter.

use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{Masked, Tensor};
use nn_data::{Dataset, Gather, KFold, Target, train_test_split};

/// Sample i has the input i, the targets 10 i + step and a length of i mod 4.
fn numbered(n: usize, steps: usize) -> Dataset<f64, Masked<f64>> {
    let x = Tensor::from_fn(n, 1, |i, _| i as f64);
    let target = Tensor::from_fn(n, steps, |i, step| (10 * i + step) as f64);
    let lengths: Vec<usize> = (0..n).map(|i| i % 4).collect();
    Dataset::new(x, Masked::with_lengths(target, &lengths).unwrap()).unwrap()
}

fn stay_together(part: &Dataset<f64, Masked<f64>>) {
    let Masked { target, mask } = part.y();
    assert_eq!((target.samples(), mask.samples()), (part.samples(), part.samples()));
    for (sample, &i) in part.x().feature(0).iter().enumerate() {
        for step in 0..target.features() {
            let counts = f64::from(u8::from(step < i as usize % 4));
            assert_eq!((target[[sample, step]], mask[[sample, step]]), (10.0 * i + step as f64, counts));
        }
    }
}

#[test]
fn masks_stay_with_their_samples() {
    // Wide tensors are gathered from rows, narrow ones from where they are.
    for steps in [3, 20] {
        let (data, rng) = (numbered(23, steps), &mut ChaCha8Rng::seed_from_u64(0));
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
        assert_eq!(into, data.select(&[5, 9, 5]).unwrap());
        data.batches().gather(&[22, 1, 8], &[3], &mut into);
        assert_eq!(into, data.select(&[22, 1, 8]).unwrap());
        stay_together(&into);
    }
}

#[test]
fn masks_that_make_no_sense_are_refused() {
    let message = |target: Tensor<f64>, mask: Tensor<f64>| {
        Dataset::new(Tensor::from_column(&[1.0, 2.0]), Masked::new(target, mask)).unwrap_err().to_string()
    };
    let target = || Tensor::from_rows(&[[1.0, 2.0], [3.0, f64::NAN]]);
    assert_eq!(
        message(target(), Tensor::zeros(&[2, 3])),
        "Dataset: shape of the mask is [2, 3], expected that of the target, [2, 2], or of its first axes"
    );
    assert_eq!(
        message(target(), Tensor::from_rows(&[[0.0, 1.0], [0.5, 0.0]])),
        "Dataset: mask of sample 1 is 0.5, expected 0 or 1"
    );
    assert_eq!(
        message(target(), Tensor::from_column(&[1.0, f64::NAN]).reshape(&[]).unwrap()),
        "Dataset: mask of sample 1 is NaN, expected 0 or 1"
    );
    // What counts is finite, what does not count is not looked at.
    assert_eq!(
        message(target(), Tensor::from_rows(&[[0.0, 1.0], [0.0, 1.0]])),
        "Dataset: target 1 of sample 1 is NaN, expected a finite number"
    );
    let known = Masked::new(target(), Tensor::from_rows(&[[1.0, 1.0], [1.0, 0.0]]));
    assert!(Dataset::new(Tensor::from_column(&[1.0, 2.0]), known).is_ok());
}

/// Each network of a stack would divide by another number of values.
#[test]
fn masked_targets_do_not_stack() {
    let y = numbered(3, 2).y().clone();
    assert!(Masked::interleave([&y; 16]).is_none());
    assert!(!y.select_into_lane(&[0], 0, &mut y.clone()));
}
