//! Batches are those samples that were asked for, with their targets, whichever way they are made.

use nn_core::{ClassMap, Tensor, Weighted};
use nn_data::{Dataset, Gather, Target};

/// Values that tell sample and feature.
fn numbers(samples: usize, features: usize) -> Tensor<f64> {
    Tensor::from_fn(samples, features, |sample, feature| (1000 * sample + feature) as f64)
}

/// Labels that tell sample and position.
fn map(samples: usize, positions: usize) -> ClassMap {
    ClassMap::new(&[samples, positions], &(0..samples * positions).collect::<Vec<_>>()).unwrap()
}

fn check<T: Target + PartialEq + std::fmt::Debug>(data: &Dataset<f64, T>) {
    let batches = data.batches();
    let mut batch = data.select(&[0; 17]).unwrap();
    for first in 0..data.samples() {
        let samples: Vec<usize> = (first..first + 17).map(|index| index * 7 % data.samples()).collect();
        batches.gather(&samples, &samples[3..], &mut batch);
        assert_eq!(batch, data.select(&samples).unwrap());
    }
}

#[test]
fn batches_have_the_samples_that_were_asked_for() {
    for features in [1, 2, 15, 16, 17, 100] {
        check(&Dataset::new(numbers(40, features), (0..40).collect::<Vec<usize>>()).unwrap());
        // Targets that are as wide as inputs, as those of an autoencoder.
        check(&Dataset::new(numbers(40, 3), numbers(40, features)).unwrap());
        check(&Dataset::new(numbers(40, 3), map(40, features)).unwrap());
        let weights: Vec<f64> = (0..40).map(f64::from).collect();
        check(&Dataset::new(numbers(40, 3), Weighted::new(numbers(40, features), weights)).unwrap());
    }
}

#[test]
fn a_lane_of_a_stack_has_the_samples_that_were_asked_for() {
    /// Labels that tell sample and position.
    fn map(samples: usize, positions: usize) -> ClassMap {
        ClassMap::new(&[samples, positions], &(0..samples * positions).collect::<Vec<_>>()).unwrap()
    }

    fn check<T: Target + PartialEq + std::fmt::Debug>(data: &Dataset<f64, T>) {
        let orders: [[usize; 3]; 16] = std::array::from_fn(|lane| [lane, 39 - lane, 20]);
        let parts = orders.map(|order| data.select(&order).unwrap());
        let mut x = Tensor::interleave(parts.each_ref().map(Dataset::x)).unwrap();
        let mut y = T::interleave(parts.each_ref().map(Dataset::y)).unwrap();
        let (expected_x, expected_y) = (x.clone(), T::interleave(parts.each_ref().map(Dataset::y)).unwrap());
        for (lane, order) in orders.iter().enumerate() {
            assert!(data.select_into_lane(&order.map(|sample| (sample + 1) % 40), lane, &mut x, &mut y));
            assert!(x != expected_x && y != expected_y);
            assert!(data.select_into_lane(order, lane, &mut x, &mut y));
            assert_eq!((&x, &y), (&expected_x, &expected_y));
        }
    }
    check(&Dataset::new(numbers(40, 3), (0..40).collect::<Vec<usize>>()).unwrap());
    check(&Dataset::new(numbers(40, 3), numbers(40, 2)).unwrap());
    check(&Dataset::new(numbers(40, 3), map(40, 2)).unwrap());
}

#[test]
fn a_map_has_one_target_for_each_sample() {
    let error = Dataset::new(numbers(6, 1), map(3, 2)).unwrap_err();
    assert_eq!(error.to_string(), "expected one target for each input, found 6 inputs and 3 targets");
}

#[test]
#[should_panic(expected = "expected indices of samples below 40, found 40")]
fn a_sample_that_is_not_there_is_refused() {
    let data = Dataset::new(numbers(40, 16), numbers(40, 1)).unwrap();
    data.batches().gather(&[40], &[], &mut data.select(&[0]).unwrap());
}
