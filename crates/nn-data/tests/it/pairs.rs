//! Targets of two kinds stay with their samples, and are checked where data enter.

use nn_core::Tensor;
use nn_core::lanes::LANES;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_data::{Dataset, Gather, KFold, Target};

type Both = (Vec<usize>, Tensor<f64>);

/// Sample i has the input i, the class i mod 3 and the value i / 2.
fn numbered(n: usize) -> Dataset<f64, Both> {
    let x: Vec<f64> = (0..n).map(|i| i as f64).collect();
    let values: Vec<f64> = x.iter().map(|i| i / 2.0).collect();
    let y = ((0..n).map(|i| i % 3).collect(), Tensor::from_column(&values));
    Dataset::new(Tensor::from_column(&x), y).unwrap()
}

fn stay_together(part: &Dataset<f64, Both>, samples: usize) {
    let (classes, values) = part.y();
    assert_eq!((part.samples(), part.y().len()), (samples, samples));
    assert_eq!((classes.len(), values.samples()), (samples, samples));
    for (sample, class) in classes.iter().enumerate() {
        let x = part.x()[[sample, 0]];
        assert_eq!((x as usize % 3, x / 2.0), (*class, values[[sample, 0]]));
    }
}

#[test]
fn both_targets_stay_with_their_samples() {
    let data = numbered(23);
    stay_together(&data, 23);
    stay_together(&data.select(&[7, 3, 7, 22]).unwrap(), 4);
    for (train, test) in KFold::new(23).split(&data, &mut ChaCha8Rng::seed_from_u64(0)).unwrap() {
        stay_together(&train, 22);
        stay_together(&test, 1);
    }
    stay_together(&Dataset::concat(&[&data, &data.select(&[4, 2]).unwrap()]).unwrap(), 25);
    let mut into = data.select(&[0; 3]).unwrap();
    data.select_into(&[5, 9, 4], &mut into);
    stay_together(&into, 3);
    assert_eq!(into, data.select(&[5, 9, 4]).unwrap());
    let mut batch = data.select(&[0; 2]).unwrap();
    data.batches().gather(&[8, 22], &[], &mut batch);
    assert_eq!(batch, data.select(&[8, 22]).unwrap());
}

#[test]
fn both_targets_are_interleaved() {
    let parts: [Both; LANES] =
        std::array::from_fn(|k| numbered(40).select(&[k, k + 20]).unwrap().y().clone());
    let mut stacked = Both::interleave(parts.each_ref()).unwrap();
    let at = |stacked: &Both, place: usize| (stacked.0[place], stacked.1[[place, 0]]);
    for k in 0..LANES {
        assert_eq!(at(&stacked, k), (k % 3, k as f64 / 2.0));
        assert_eq!(at(&stacked, LANES + k), ((k + 20) % 3, (k + 20) as f64 / 2.0));
    }
    assert!(numbered(40).y().select_into_lane(&[39, 1], 5, &mut stacked));
    assert_eq!([at(&stacked, 5), at(&stacked, LANES + 5)], [(0, 19.5), (1, 0.5)]);
    assert_eq!(at(&stacked, 6), (0, 3.0));
}

#[test]
fn a_pair_is_checked() {
    let message = |values: &[f64]| {
        let y = (vec![0, 1], Tensor::from_column(values));
        Dataset::new(Tensor::from_column(&[1.0, 2.0]), y).unwrap_err().to_string()
    };
    assert_eq!(message(&[1.0]), "Dataset: number of second targets is 1, expected 2, as of the first");
    assert_eq!(message(&[1.0, f64::NAN]), "Dataset: target 0 of sample 1 is NaN, expected a finite number");
}
