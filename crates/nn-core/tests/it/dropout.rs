//! What dropout draws: the documented bits of the generator, and the promised share of values.

use nn_core::rand::{Rng, SeedableRng, rngs::ChaCha8Rng};
use nn_core::{Accumulate, Dropout, Dropout2d, Mode, Module, Plan, Purpose, Scalar, Tensor};

/// Returns y of a forward in training, and dx of a backward after it.
fn train<F: Scalar>(p: f64, x: &Tensor<F>, dy: &Tensor<F>, rng: &mut ChaCha8Rng) -> [Tensor<F>; 2] {
    train_by(&Dropout::new(p), x, dy, rng)
}

fn train_by<F: Scalar>(
    dropout: &dyn Module<F>,
    x: &Tensor<F>,
    dy: &Tensor<F>,
    rng: &mut ChaCha8Rng,
) -> [Tensor<F>; 2] {
    let Plan { output, mut workspace } = dropout.plan(x.shape(), Purpose::Train).unwrap();
    let (mut y, mut dx) = (Tensor::zeros(&output), Tensor::zeros(&output));
    dropout.forward(x, &mut y, &mut workspace, &mut Mode::Train(rng));
    dropout.backward(x, &y, dy, Some(&mut dx), Accumulate::Replace, &mut workspace);
    [y, dx]
}

fn ones<F: Scalar>(shape: &[usize]) -> Tensor<F> {
    let mut ones = Tensor::zeros(shape);
    ones.blocks_mut().as_flattened_mut().fill(F::ONE);
    ones
}

#[test]
fn a_byte_for_each_value_and_32_bits_more_where_it_is_that_of_p() {
    // The first byte of p is 0, 76 or 255; the last two shapes need more bytes than are drawn at a time.
    for p in [0.0, 0.001, 0.3, 0.75, 0.999] {
        for shape in [&[1, 3][..], &[16, 2], &[17, 2, 3], &[40], &[5, 0], &[37, 40], &[1100, 2]] {
            let x = ones::<f64>(shape);
            let (mut ours, mut theirs) = (ChaCha8Rng::seed_from_u64(1), ChaCha8Rng::seed_from_u64(1));
            let [y, _] = train(p, &x, &x, &mut ours);
            let expected = numbers(x.features() * x.samples().div_ceil(16), p, &mut theirs);
            for feature in 0..x.features() {
                let expected = expected.chunks(x.samples().next_multiple_of(16)).nth(feature).unwrap();
                for (&y, number) in y.feature(feature).iter().zip(expected) {
                    assert_eq!(y, if *number >= p { 1.0 / (1.0 - p) } else { 0.0 }, "{shape:?}");
                }
            }
            assert_eq!(ours.next_u32(), theirs.next_u32(), "{shape:?}: as many draws");
        }
    }
}

/// The numbers of so many blocks, of eight binary digits each, or of forty.
fn numbers(blocks: usize, p: f64, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let mut numbers = Vec::new();
    for first in (0..blocks).step_by(32) {
        let mut bytes = vec![0; 16 * 32.min(blocks - first)];
        rng.fill_bytes(&mut bytes);
        for byte in bytes {
            let next =
                if byte == (256.0 * p) as u8 { f64::from(rng.next_u32()) * 2.0_f64.powi(-40) } else { 0.0 };
            numbers.push(f64::from(byte) / 256.0 + next);
        }
    }
    numbers
}

#[test]
fn the_share_that_is_dropped_is_p_in_every_feature_and_the_mean_stays() {
    let (samples, features) = (10_000, 4);
    let x = ones::<f64>(&[samples, features]);
    for p in [0.0, 0.1, 0.5, 0.9, 1.0] {
        let [y, _] = train(p, &x, &x, &mut ChaCha8Rng::seed_from_u64(2));
        for feature in 0..features {
            let dropped = y.feature(feature).iter().filter(|&&y| y == 0.0).count() as f64 / samples as f64;
            let error = (p * (1.0 - p) / samples as f64).sqrt();
            assert!((dropped - p).abs() <= 4.0 * error, "{dropped} of {p}");
            let mean = y.feature(feature).iter().sum::<f64>() / samples as f64;
            assert!(p == 1.0 || (mean - 1.0).abs() <= 4.0 * error / (1.0 - p) + 1e-12, "{p}: mean {mean}");
        }
    }
}

#[test]
fn the_gradient_is_the_mask_over_the_rest_of_p() {
    let x = Tensor::from_fn(50, 3, |s, f| (s + f) as f32 - 20.5);
    let dy = Tensor::from_fn(50, 3, |s, f| 0.25 * (s as f32) - (f as f32) - 3.125);
    let [y, dx] = train(0.75, &x, &dy, &mut ChaCha8Rng::seed_from_u64(3));
    for feature in 0..3 {
        for s in 0..50 {
            let mask = if y[[s, feature]] == 0.0 { 0.0 } else { 1.0 };
            assert_eq!(y[[s, feature]], x[[s, feature]] * mask / 0.25);
            assert_eq!(dx[[s, feature]], dy[[s, feature]] * mask / 0.25);
        }
    }
}

#[test]
fn both_precisions_drop_the_same_and_every_step_drops_anew() {
    let rng = &mut ChaCha8Rng::seed_from_u64(4);
    let again = &mut ChaCha8Rng::seed_from_u64(4);
    let [wide, _] = train(0.5, &ones::<f64>(&[33, 2]), &ones(&[33, 2]), rng);
    let [narrow, _] = train(0.5, &ones::<f32>(&[33, 2]), &ones(&[33, 2]), again);
    for feature in 0..2 {
        assert!(wide.feature(feature).iter().zip(narrow.feature(feature)).all(|(w, n)| *w as f32 == *n));
    }
    let [next, _] = train(0.5, &ones::<f64>(&[33, 2]), &ones(&[33, 2]), rng);
    assert_ne!(wide, next);
}

/// Channels are dropped as the values of as many features are, and all positions of a channel alike.
#[test]
fn a_channel_is_dropped_with_all_its_positions() {
    for (shape, positions) in
        [(&[1, 3, 2, 2][..], 4), (&[16, 2, 5], 5), (&[40, 3, 1, 1], 1), (&[17, 2, 0], 0)]
    {
        let (x, channels) = (ones::<f32>(shape), ones::<f32>(&shape[..2]));
        let [expected, _] = train(0.3, &channels, &channels, &mut ChaCha8Rng::seed_from_u64(5));
        let [y, dx] = train_by(&Dropout2d::new(0.3), &x, &x, &mut ChaCha8Rng::seed_from_u64(5));
        for channel in 0..shape[1] {
            for feature in channel * positions..(channel + 1) * positions {
                assert_eq!(y.feature(feature), expected.feature(channel), "{shape:?}");
                assert_eq!(dx.feature(feature), expected.feature(channel), "{shape:?}");
            }
        }
    }
}
