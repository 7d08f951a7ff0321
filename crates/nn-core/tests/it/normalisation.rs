//! Normalisation of values that are far from 0 and close together, compared with the same in `f64`.

use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::random::normal;
use nn_core::{
    Accumulate, BatchNorm1d, GroupNorm, LayerNorm, Mode, Module, Parameters, Plan, Purpose, Tensor,
};

const EPS: f64 = 1e-5;

/// Returns these values normalised by both layers: as a channel, and as a sample.
fn both(x: &[f32]) -> [Vec<f32>; 2] {
    let (channel, sample) = (Tensor::from_column(x), Tensor::from_fn(1, x.len(), |_, j| x[j]));
    let layer = BatchNorm1d::new(1);
    let Plan { output, mut workspace } = layer.plan(channel.shape(), Purpose::Train).unwrap();
    let mut y = Tensor::zeros(&output);
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    layer.forward(&channel, &mut y, &mut workspace, &mut Mode::Train(&mut rng));
    [y.feature(0).to_vec(), LayerNorm::new([x.len()]).predict(&sample).unwrap().sample(0).collect()]
}

#[test]
fn numbers_that_are_all_equal_become_0() {
    for value in [0.1, -16777.1, 123_456.7, 1_000_000.3, 3e30] {
        for count in [2, 7, 15, 16, 17, 33, 200, 1000] {
            for y in both(&vec![value; count]) {
                assert!(y.iter().all(|&y| y == 0.0), "{count} times {value}: {}", y[0]);
            }
        }
    }
}

/// The mean and the variance of a million values are those of the sums in `f64`, as `absorb` shows them.
#[test]
fn the_statistics_of_a_long_channel_keep_six_digits() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let x: Vec<f32> = (0..1_000_003).map(|_| (2.0 + normal(&mut rng)) as f32).collect();
    let n = x.len() as f64;
    let wide = || x.iter().map(|&x| f64::from(x));
    let mean = wide().sum::<f64>() / n;
    let variance = wide().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    let mut layer = BatchNorm1d::new(1).momentum(1.0);
    let channel = Tensor::from_column(&x);
    let Plan { output, mut workspace } = layer.plan(channel.shape(), Purpose::Train).unwrap();
    let mut y = Tensor::zeros(&output);
    layer.forward(&channel, &mut y, &mut workspace, &mut Mode::Train(&mut rng));
    layer.absorb(&workspace);
    for (found, truth) in [(layer.running_mean()[0], mean), (layer.running_var()[0], variance)] {
        assert!((f64::from(found) / truth - 1.0).abs() < 1e-6, "{found}, not {truth}");
    }
}

/// The remaining error is the rounding of the mean to an `f32`.
#[test]
fn a_large_mean_costs_no_digits() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for (mean, spread) in [(0.0, 1.0), (1e3, 1.0), (-1e4, 0.1), (1e6, 1.0), (1e-3, 1e-6)] {
        for count in [2, 16, 31, 200, 1000] {
            let x: Vec<f32> = (0..count).map(|_| (mean + spread * normal(&mut rng)) as f32).collect();
            let wide = || x.iter().map(|&x| f64::from(x));
            let mean = wide().sum::<f64>() / count as f64;
            let variance = wide().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count as f64;
            let deviation = (variance + EPS).sqrt();
            let rounding = f64::from(f32::EPSILON) * mean.abs() / 2.0 / deviation;
            for y in both(&x) {
                for (y, x) in y.into_iter().zip(wide()) {
                    let error = (f64::from(y) - (x - mean) / deviation).abs();
                    assert!(error < 1.1 * rounding + 1e-5, "{count} around {mean}: {error}, {rounding}");
                }
            }
        }
    }
}

#[test]
fn the_statistics_of_a_large_group_keep_six_digits() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let (channels, positions) = (8, 100_003);
    let mut x = Tensor::<f32>::zeros(&[2, channels, positions]);
    for feature in 0..x.features() {
        x.feature_mut(feature).fill_with(|| (2.0 + normal(&mut rng)) as f32);
    }
    let layer = GroupNorm::new(2, channels);
    let Plan { output, mut workspace } = layer.plan(x.shape(), Purpose::Train).unwrap();
    let (mut y, mut dx) = (Tensor::zeros(&output), Tensor::zeros(x.shape()));
    layer.forward(&x, &mut y, &mut workspace, &mut Mode::Eval);
    // With dy = x the gradient of a bias is a sum of values of one sign.
    layer.backward(&x, &y, &x, Some(&mut dx), Accumulate::Replace, &mut workspace);
    for channel in 0..channels {
        let features = channel * positions..(channel + 1) * positions;
        let sum: f64 = features.flat_map(|f| x.feature(f)).map(|&x| f64::from(x)).sum();
        let found = f64::from(workspace.gradients[1][channel]);
        assert!((found / sum - 1.0).abs() < 1e-6, "{found}, not {sum}");
    }
    for sample in 0..2 {
        for group in 0..2 {
            let features = group * x.features() / 2..(group + 1) * x.features() / 2;
            let wide = || features.clone().map(|f| f64::from(x.feature(f)[sample]));
            let count = features.len() as f64;
            let mean = wide().sum::<f64>() / count;
            let variance = wide().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count;
            for (x, feature) in wide().zip(features.clone()) {
                let expected = (x - mean) / (variance + EPS).sqrt();
                let found = f64::from(y.feature(feature)[sample]);
                assert!((found - expected).abs() < 1e-5, "{found}, not {expected}");
            }
        }
    }
}
