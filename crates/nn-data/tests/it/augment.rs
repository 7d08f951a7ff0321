//! Augmentations against what they say, computed sample by sample.

use nn_core::lanes::LANES;
use nn_core::rand::rngs::ChaCha8Rng;
use nn_core::rand::{Rng, RngExt, SeedableRng};
use nn_core::simd::Level;
use nn_core::{Scalar, Tensor};
use nn_data::augment::{AddNoise, Augment, Flip, Shift};
use nn_data::{DataError, Dataset};
use rand_distr::Exp;

const SHAPES: [[usize; 4]; 7] =
    [[1, 1, 3, 3], [5, 2, 4, 7], [16, 1, 5, 3], [17, 3, 3, 8], [33, 1, 8, 8], [300, 1, 4, 3], [2, 1, 1, 1]];

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Values that tell sample, channel, row and column, above 0.
fn images<F: Scalar>(shape: [usize; 4]) -> Tensor<F> {
    let [n, c, h, w] = shape;
    let x =
        Tensor::from_fn(n, c * h * w, |sample, feature| F::from_f64((1 + 1000 * sample + feature) as f64));
    x.reshape(&[c, h, w]).unwrap()
}

/// Augments, with NaN in the padding before.
fn augmented<F: Scalar>(augmentation: &dyn Augment<F>, x: &Tensor<F>, seed: u64) -> Tensor<F> {
    let mut x = x.clone();
    for feature in 0..x.features() {
        let blocks = x.blocks_per_feature();
        let padding = x.samples() % LANES;
        if padding > 0 {
            x.blocks_mut()[(feature + 1) * blocks - 1][padding..].fill(F::from_f64(f64::NAN));
        }
    }
    augmentation.check(x.shape()).unwrap();
    augmentation.augment(&mut x, &mut rng(seed));
    x
}

/// The tensor whose value at sample, channel, row and column is `value` of these.
fn expected<F: Scalar>(shape: [usize; 4], value: impl Fn([usize; 4]) -> F) -> Tensor<F> {
    let [n, c, h, w] = shape;
    let at = |sample, feature: usize| value([sample, feature / (h * w), feature / w % h, feature % w]);
    Tensor::from_fn(n, c * h * w, at).reshape(&[c, h, w]).unwrap()
}

#[test]
fn a_shifted_image_has_each_pixel_where_it_moved_and_the_fill_elsewhere() {
    fn check<F: Scalar>() {
        for shape in SHAPES {
            let [n, _, h, w] = shape;
            let x = images::<F>(shape);
            for pixels in 0..h.min(w) {
                for fill in [0.0, -2.5] {
                    let seed = 10 + pixels as u64;
                    let mut rng = rng(seed);
                    let mut draw = || {
                        let steps = 2 * pixels as u128 + 1;
                        ((u128::from(rng.next_u64()) * steps) >> 64) as isize - pixels as isize
                    };
                    let moves: Vec<[isize; 2]> = (0..n).map(|_| [draw(), draw()]).collect();
                    let view = x.view();
                    let oracle = expected(shape, |[sample, channel, row, column]| {
                        let [down, right] = moves[sample];
                        let (row, column) = (row as isize - down, column as isize - right);
                        let inside = (0..h as isize).contains(&row) && (0..w as isize).contains(&column);
                        if inside {
                            view[[sample, channel, row as usize, column as usize]]
                        } else {
                            F::from_f64(fill)
                        }
                    });
                    let shift = Shift::new(pixels).fill(fill);
                    assert_eq!(augmented(&shift, &x, seed), oracle, "{shape:?}, {pixels} pixels, {moves:?}");
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn shifted_values_keep_their_bits() {
    let values = [-0.0, 0.0, f64::NAN, f64::INFINITY, -1e-310, 1e300];
    let x = expected([40, 1, 3, 3], |[sample, ..]| values[sample % values.len()]);
    let moved = augmented(&Shift::new(1).fill(-0.0), &x, 1);
    for sample in 0..40 {
        let bits = |x: f64| if x.is_nan() { f64::NAN.to_bits() } else { x.to_bits() };
        for value in moved.sample(sample) {
            let allowed = [values[sample % values.len()], -0.0];
            assert!(allowed.iter().any(|&allowed| bits(allowed) == bits(value)), "{value} of {allowed:?}");
        }
        // A pixel in the middle stays within the image.
        assert!(moved.sample(sample).any(|value| bits(value) == bits(values[sample % values.len()])));
    }
}

#[test]
fn all_shifts_are_equally_likely_and_the_directions_independent() {
    // The dot is in the middle.
    let (n, pixels) = (25_000, 2);
    let x = expected([n, 1, 5, 5], |[_, _, row, column]| f64::from(u8::from([row, column] == [2, 2])));
    let moved = augmented(&Shift::new(pixels), &x, 1);
    for place in 0..25 {
        let count: f64 = moved.feature(place).iter().sum();
        let (mean, deviation) = (n as f64 / 25.0, (n as f64 * (1.0 / 25.0) * (24.0 / 25.0)).sqrt());
        assert!((count - mean).abs() < 4.0 * deviation, "{count} dots at {place}, expected {mean}");
    }
}

#[test]
fn a_flipped_image_is_mirrored_and_every_other_is_as_it_was() {
    fn check<F: Scalar>() {
        for shape in SHAPES {
            let x = images::<F>(shape);
            for p in [0.0, 0.3, 1.0] {
                let mut rng = rng(4);
                let flips: Vec<bool> = (0..shape[0]).map(|_| rng.random::<f64>() < p).collect();
                let (view, last) = (x.view(), shape[3] - 1);
                let oracle = expected(shape, |[sample, channel, row, column]| {
                    view[[sample, channel, row, if flips[sample] { last - column } else { column }]]
                });
                assert_eq!(augmented(&Flip::new(p), &x, 4), oracle, "{shape:?}, {flips:?}");
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn images_are_flipped_with_the_probability() {
    let n = 20_000;
    let x = images::<f64>([n, 1, 1, 2]);
    for p in [0.0, 0.1, 0.5, 1.0] {
        let flipped = augmented(&Flip::new(p), &x, 2);
        let count = (0..n).filter(|&sample| flipped[[sample, 0]] > flipped[[sample, 1]]).count() as f64;
        let deviation = (n as f64 * p * (1.0 - p)).sqrt();
        assert!((count - n as f64 * p).abs() <= 4.0 * deviation, "{count} of {n} with p = {p}");
    }
}

#[test]
fn normal_noise_is_what_its_bytes_say_at_every_vector_width() {
    // All levels give the same bits, so other tests may run at any.
    fn check<F: Scalar>() {
        for shape in SHAPES {
            let x = images::<F>(shape);
            let noisy = augmented(&AddNoise::new(0.5), &x, 3);
            let mut rng = rng(3);
            for feature in 0..x.features() {
                for sample in 0..x.samples() {
                    let mut bytes = [0; 4];
                    rng.fill_bytes(&mut bytes);
                    let share = (f64::from(i32::from_le_bytes(bytes)) + 0.5) / 2_147_483_648.0;
                    // The noise as it was rounded; its inverse is the error function.
                    let (from, to) = (x[[sample, feature]].to_f64(), noisy[[sample, feature]].to_f64());
                    let z = (to - from) / 0.5;
                    let rounded = if size_of::<F>() == 4 { from * 1.2e-7 } else { from * 2.3e-16 };
                    let error = (Scalar::erf(z * std::f64::consts::FRAC_1_SQRT_2) - share).abs();
                    assert!(error < 1e-6 + 2.0 * rounded, "{z} of {share}");
                }
            }
            let before = Level::current();
            for level in Level::available() {
                level.set().unwrap();
                let again = augmented(&AddNoise::new(0.5), &x, 3);
                before.set().unwrap();
                assert_eq!(again, noisy, "{level:?}");
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn normal_noise_has_its_mean_and_deviation_and_neighbours_are_independent() {
    let n = 100_000;
    let noise = augmented(&AddNoise::new(0.25), &Tensor::<f64>::zeros(&[n / 10, 10]), 8);
    let values: Vec<f64> = (0..10).flat_map(|feature| noise.feature(feature).to_vec()).collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let squares: Vec<f64> = values.iter().map(|x| x * x / 0.0625).collect();
    let pairs: Vec<f64> = values.windows(2).map(|pair| pair[0] * pair[1] / 0.0625).collect();
    let bound = 4.0 / (n as f64).sqrt();
    assert!((mean(&values) / 0.25).abs() < bound && mean(&pairs).abs() < bound);
    assert!((mean(&squares) - 1.0).abs() < bound * 2.0_f64.sqrt());
    // Without a deviation nothing changes.
    let x = images::<f32>([17, 1, 2, 2]);
    assert_eq!(augmented(&AddNoise::new(0.0), &x, 8), x);
}

#[test]
fn noise_of_a_distribution_is_drawn_feature_by_feature() {
    let (x, exp) = (images::<f32>([17, 1, 2, 2]), Exp::new(2.0).unwrap());
    let mut rng = rng(6);
    let mut oracle = x.clone();
    for feature in 0..4 {
        for value in oracle.feature_mut(feature) {
            *value = (f64::from(*value) + rng.sample::<f64, _>(exp)) as f32;
        }
    }
    assert_eq!(augmented(&AddNoise::new(&exp), &x, 6), oracle);
}

#[test]
fn a_seed_gives_the_same_bits_and_another_seed_others() {
    let x = images::<f32>([40, 2, 6, 6]);
    let all: [&dyn Augment<f32>; 3] = [&Shift::new(2), &Flip::new(0.5), &AddNoise::new(0.1)];
    for augmentation in all {
        let one = augmented(augmentation, &x, 1);
        assert_eq!(augmented(augmentation, &x, 1), one);
        assert_ne!(augmented(augmentation, &x, 2), one);
        // The dataset's method does the same, to its inputs alone.
        let mut data = Dataset::new(x.clone(), vec![0; 40]).unwrap();
        data.augment(augmentation, &mut rng(1)).unwrap();
        assert_eq!(data, Dataset::new(one, vec![0; 40]).unwrap());
    }
}

#[test]
fn no_samples_are_left_as_they_are() {
    let mut x = Tensor::<f32>::zeros(&[0, 1, 3, 3]);
    for augmentation in [&Shift::new(2) as &dyn Augment<f32>, &Flip::new(0.5), &AddNoise::new(0.1)] {
        augmentation.check(x.shape()).unwrap();
        augmentation.augment(&mut x, &mut rng(0));
    }
    assert_eq!(x.shape(), [0, 1, 3, 3]);
}

#[test]
fn inputs_that_are_no_images_are_refused() {
    let refused = |augmentation: &dyn Augment<f32>, shape: &[usize]| {
        let mut data = Dataset::new(Tensor::zeros(shape), vec![0; shape[0]]).unwrap();
        let before = data.clone();
        let error = data.augment(augmentation, &mut rng(0)).unwrap_err();
        assert!(data == before && matches!(error, DataError::Setting(_)));
        error.to_string()
    };
    let expected = "expected [n, channels, height, width], images as `Dataset::reshape` makes them";
    assert_eq!(refused(&Shift::new(1), &[2, 9]), format!("Shift: shape of the inputs is [2, 9], {expected}"));
    assert_eq!(
        refused(&Flip::new(0.5), &[2, 3, 3]),
        format!("Flip: shape of the inputs is [2, 3, 3], {expected}")
    );
    let long = refused(&Flip::new(0.5), &[1; 1000]);
    assert_eq!(long, format!("Flip: shape of the inputs is one of 1000 axes, {expected}"));
    assert_eq!(
        refused(&Shift::new(3), &[2, 1, 5, 3]),
        "Shift: pixels is 3, expected below the height and width of the images, 5 x 3"
    );
    assert_eq!(
        refused(&AddNoise::new(-1.0), &[2, 9]),
        "AddNoise: noise is -1, expected a finite number of at least 0"
    );
}
