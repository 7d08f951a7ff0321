//! Generated data: a seed always gives the same, with the statistics that were asked for.

use nn_core::Tensor;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_data::{DataError, Dataset, make_adding, make_blobs, make_recall, make_regression, make_xor};

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

fn seeded(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

// --- Seeds ---

/// A seed must give the same bits in every release and on every platform, so the bits are written here.
#[test]
fn regression_never_changes_its_bits() {
    let made = make_regression::<f64>(2, 2, 1, 0.5, &mut seeded(1)).unwrap();
    assert_eq!(made.weight.as_slice().unwrap(), [-0.5850860180109116, -2.517697746421308]);
    assert_eq!(made.bias.as_slice().unwrap(), [0.1931203618697097]);
    assert_eq!(made.data.x().feature(0), [-0.9295349708927321, 0.17079181831840382]);
    assert_eq!(made.data.x().feature(1), [1.8108902869836896, -1.678099553095942]);
    assert_eq!(made.data.y().feature(0), [-2.8870466178355803, 3.880373214556224]);
    assert_ne!(made.data, make_regression(2, 2, 1, 0.5, &mut seeded(2)).unwrap().data);
}

#[test]
fn blobs_never_change_their_bits() {
    let centers = [[-1.5, -1.5], [1.5, 1.5]];
    let made = make_blobs::<f64, 2>(3, &centers, 0.5, &mut seeded(1)).unwrap();
    assert_eq!(made.x().feature(0), [-1.587366038691803, 0.9910972483191087, -1.1545970155090814]);
    assert_eq!(made.x().feature(1), [-1.2650786451042804, 1.4333838409093003, -1.7878682764088052]);
    assert_eq!(made.y(), &[0, 1, 0]);
    assert_ne!(made, make_blobs(3, &centers, 0.5, &mut seeded(2)).unwrap());
}

#[test]
fn xor_never_changes_its_bits() {
    let made = make_xor::<f64>(3, 0.5, &mut seeded(1)).unwrap();
    assert_eq!(made.x().feature(0), [0.623235769809888, 0.9333838409093003, -0.9146040908407981]);
    assert_eq!(made.x().feature(1), [-1.464767485446366, 1.3454029844909186, -1.839049776547971]);
    assert_eq!(made.y(), &[1, 0, 0]);
    assert_ne!(made, make_xor(3, 0.5, &mut seeded(2)).unwrap());
}

#[test]
fn sequences_to_add_never_change_their_bits() {
    let made = make_adding::<f64>(2, 3, &mut seeded(1)).unwrap();
    let sample = |sample| made.x().sample(sample).collect::<Vec<_>>();
    assert_eq!(sample(0), [0.40248566366484806, 1.0, 0.08038370892978197, 1.0, 0.5965601809348549, 0.0]);
    assert_eq!(sample(1), [0.7106102236811087, 1.0, 0.46108817320691575, 0.0, 0.15265269640601276, 1.0]);
    assert_eq!(made.y().feature(0), [0.48286937259463003, 0.8632629200871215]);
    assert_ne!(made, make_adding(2, 3, &mut seeded(2)).unwrap());
}

#[test]
fn recall_never_changes_its_bits() {
    let made = make_recall::<f64>(2, 2, 3, 2, &mut seeded(1)).unwrap();
    let steps = |sample| {
        let numbers: Vec<f64> = made.x().sample(sample).collect();
        numbers.chunks(5).map(|step| step.iter().map(|&x| x as u8).collect()).collect::<Vec<Vec<u8>>>()
    };
    assert_eq!(steps(0), [[1, 0, 0, 0, 1], [0, 1, 0, 1, 0], [1, 0, 0, 0, 0]]);
    assert_eq!(steps(1), [[0, 1, 0, 1, 0], [0, 0, 1, 0, 1], [0, 0, 1, 0, 0]]);
    assert_eq!(made.y(), &[1, 1]);
    assert_ne!(made, make_recall(2, 2, 3, 2, &mut seeded(2)).unwrap());
}

#[test]
fn single_precision_is_double_precision_rounded() {
    let double = make_regression::<f64>(20, 3, 2, 0.5, &mut seeded(7)).unwrap();
    let single = make_regression::<f32>(20, 3, 2, 0.5, &mut seeded(7)).unwrap();
    assert_eq!(single.weight, double.weight.mapv(|w| w as f32));
    assert_eq!(single.bias, double.bias.mapv(|b| b as f32));
    assert_eq!(single.data.x(), &rounded(double.data.x()));
    assert_eq!(single.data.y(), &rounded(double.data.y()));

    let centers = [[0.1, 0.2, 0.3], [1.0, 2.0, 3.0]];
    let double = make_blobs::<f64, 3>(20, &centers, 0.7, &mut seeded(7)).unwrap();
    let single = make_blobs::<f32, 3>(20, &centers, 0.7, &mut seeded(7)).unwrap();
    assert_eq!((single.x(), single.y()), (&rounded(double.x()), double.y()));

    let double = make_xor::<f64>(20, 0.7, &mut seeded(7)).unwrap();
    let single = make_xor::<f32>(20, 0.7, &mut seeded(7)).unwrap();
    assert_eq!((single.x(), single.y()), (&rounded(double.x()), double.y()));

    let double = make_adding::<f64>(20, 9, &mut seeded(7)).unwrap();
    let single = make_adding::<f32>(20, 9, &mut seeded(7)).unwrap();
    assert_eq!(single.x(), &rounded(double.x()).reshape(&[9, 2]).unwrap());
    assert_eq!(single.y(), &rounded(double.y()));
}

/// A call draws no more than it needs, so that two calls continue where one would.
#[test]
fn a_longer_draw_begins_like_a_shorter_one() {
    let long = make_xor::<f64>(8, 0.5, &mut seeded(3)).unwrap();
    let rng = &mut seeded(3);
    let (first, second): (_, _) =
        (make_xor::<f64>(3, 0.5, rng).unwrap(), make_xor::<f64>(5, 0.5, rng).unwrap());
    assert_eq!(long.select(&[0, 1, 2]).unwrap(), first);
    assert_eq!(long.select(&[3, 4, 5, 6, 7]).unwrap(), second);

    let long = make_adding::<f64>(3, 5, &mut seeded(3)).unwrap();
    let rng = &mut seeded(3);
    let (first, second) = (make_adding(1, 5, rng).unwrap(), make_adding(2, 5, rng).unwrap());
    assert_eq!(Dataset::concat(&[&first, &second]).unwrap(), long);
}

/// Keys of a sequence differ, one of them is asked for, and its value is the class; pairs, keys and values are drawn evenly.
#[test]
fn recall_asks_for_one_of_its_pairs() {
    let (pairs, keys, values) = (3, 5, 4);
    let made = make_recall::<f64>(N, pairs, keys, values, &mut seeded(11)).unwrap();
    let (mut asked, mut keys_seen, mut classes) = ([0; 3], [0; 5], [0; 4]);
    for sample in 0..N {
        let numbers: Vec<f64> = made.x().sample(sample).collect();
        let steps: Vec<&[f64]> = numbers.chunks(keys + values).collect();
        let one = |part: &[f64]| {
            assert_eq!(part.iter().sum::<f64>(), 1.0);
            part.iter().position(|&x| x == 1.0).unwrap()
        };
        let query = one(&steps[pairs][..keys]);
        assert_eq!(steps[pairs][keys..], [0.0; 4]);
        let found: Vec<usize> = steps[..pairs].iter().map(|step| one(&step[..keys])).collect();
        let matches: Vec<usize> = (0..pairs).filter(|&pair| found[pair] == query).collect();
        let [pair] = matches[..] else { panic!("{found:?} for {query}") };
        assert_eq!(one(&steps[pair][keys..]), made.y()[sample]);
        (asked[pair], keys_seen[query], classes[made.y()[sample]]) =
            (asked[pair] + 1, keys_seen[query] + 1, classes[made.y()[sample]] + 1);
    }
    for counts in [&asked[..], &keys_seen, &classes] {
        let share = 1.0 / counts.len() as f64;
        let deviation = (N as f64 * share * (1.0 - share)).sqrt();
        let even = |&count: &i32| (f64::from(count) - N as f64 * share).abs() < 5.0 * deviation;
        assert!(counts.iter().all(even), "{counts:?}");
    }
    let message = make_recall::<f32>(5, 3, 2, 2, &mut seeded(1)).unwrap_err().to_string();
    assert_eq!(message, "make_recall: number of keys is 2, expected at least 3, one for each pair");
}

// --- Statistics: with 10,000 samples and a fixed seed, five standard errors are a safe bound ---

const N: usize = 10_000;

#[test]
fn regression_is_a_line_and_noise() {
    let made = make_regression::<f64>(N, 2, 3, 0.5, &mut seeded(11)).unwrap();
    let (x, y) = (made.data.x(), made.data.y());
    assert_eq!((x.shape(), y.shape()), (&[N, 2][..], &[N, 3][..]));
    assert_eq!((made.weight.dim(), made.bias.dim()), ((3, 2), 3));
    for feature in 0..2 {
        assert_normal(x.feature(feature).iter().copied(), 0.0, 1.0);
    }
    let residual = |sample: usize, output: usize| {
        let weight = made.weight.row(output);
        y[[sample, output]] - made.bias[output] - weight[0] * x[[sample, 0]] - weight[1] * x[[sample, 1]]
    };
    for output in 0..3 {
        assert_normal((0..N).map(|sample| residual(sample, output)), 0.0, 0.5);
    }
    // Each output has its own noise.
    assert_uncorrelated((0..N).map(|sample| (residual(sample, 0), residual(sample, 1))));
    assert_uncorrelated((0..N).map(|sample| (residual(sample, 0), x[[sample, 0]])));
    assert_uncorrelated((0..N).map(|sample| (x[[sample, 0]], x[[sample, 1]])));
}

#[test]
fn weights_and_biases_are_uniform() {
    let made = make_regression::<f64>(1, 100, 100, 0.0, &mut seeded(11)).unwrap();
    assert_uniform(made.weight.iter().copied(), 3.0);
    let made = make_regression::<f64>(1, 1, N, 0.0, &mut seeded(12)).unwrap();
    assert_uniform(made.bias.iter().copied(), 1.0);
}

#[test]
fn blobs_lie_around_their_centers() {
    let centers = [[-1.5, 4.0], [1.5, 0.0], [0.0, -2.0]];
    let made = make_blobs::<f64, 2>(3 * N + 2, &centers, 0.7, &mut seeded(11)).unwrap();
    for (class, center) in centers.iter().enumerate() {
        let members: Vec<usize> = (0..made.samples()).filter(|&sample| made.y()[sample] == class).collect();
        assert_eq!(members.len(), N + usize::from(class < 2), "the sizes differ by at most one");
        let part = made.select(&members).unwrap();
        for (axis, &mean) in center.iter().enumerate() {
            assert_normal(part.x().feature(axis).iter().copied(), mean, 0.7);
        }
        assert_uncorrelated((0..N).map(|sample| (part.x()[[sample, 0]], part.x()[[sample, 1]])));
    }
    let points = make_blobs::<f64, 2>(4, &centers, 0.0, &mut seeded(11)).unwrap();
    assert_eq!(points.x(), &Tensor::from_rows(&[[-1.5, 4.0], [1.5, 0.0], [0.0, -2.0], [-1.5, 4.0]]));
}

#[test]
fn xor_lies_around_four_corners_equally_often() {
    // The noise leaves no doubt about the corner.
    let made = make_xor::<f64>(N, 0.1, &mut seeded(11)).unwrap();
    for corner in [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]] {
        let near = |&sample: &usize| (0..2).all(|axis| made.x()[[sample, axis]] * corner[axis] > 0.0);
        let members: Vec<usize> = (0..N).filter(near).collect();
        // The number in a quarter has the standard deviation √(N · ¼ · ¾).
        assert!((members.len() as f64 - 2500.0).abs() < 5.0 * 43.4, "{} at {corner:?}", members.len());
        let part = made.select(&members).unwrap();
        assert!(part.y().iter().all(|&class| class == usize::from(corner[0] != corner[1])), "{corner:?}");
        for (axis, &mean) in corner.iter().enumerate() {
            assert_normal(part.x().feature(axis).iter().copied(), mean, 0.1);
        }
        assert_uncorrelated((0..part.samples()).map(|sample| (part.x()[[sample, 0]], part.x()[[sample, 1]])));
    }
}

#[test]
fn one_number_of_each_half_is_to_be_added() {
    // Seven steps: three in the first half, four in the second.
    let (samples, steps) = (N, 7);
    let made = make_adding::<f64>(samples, steps, &mut seeded(11)).unwrap();
    assert_eq!((made.x().shape(), made.y().shape()), (&[N, 7, 2][..], &[N, 1][..]));
    let mut marks = vec![0; steps];
    for sample in 0..samples {
        let values: Vec<f64> = made.x().sample(sample).collect();
        let marked: Vec<usize> = (0..steps).filter(|step| values[2 * step + 1] == 1.0).collect();
        assert_eq!(values.iter().skip(1).step_by(2).sum::<f64>(), 2.0, "zeros and two ones");
        assert!(marked.len() == 2 && marked[0] < 3 && marked[1] >= 3, "{marked:?}");
        assert_eq!(made.y()[[sample, 0]], values[2 * marked[0]] + values[2 * marked[1]]);
        marked.into_iter().for_each(|step| marks[step] += 1);
    }
    for (step, &count) in marks.iter().enumerate() {
        let share = if step < 3 { 1.0 / 3.0 } else { 0.25 };
        let error = (f64::from(count) - share * N as f64) / (N as f64 * share * (1.0 - share)).sqrt();
        assert!(error.abs() < 5.0, "step {step} is marked {count} times");
        assert_uniform(made.x().feature(2 * step).iter().map(|number| 2.0 * number - 1.0), 1.0);
    }
    assert_uncorrelated((0..N).map(|sample| (made.x()[[sample, 0]], made.x()[[sample, 2]])));
    // Who always predicts 1 is wrong by the variance of the sum of two uniform numbers.
    let squares: Vec<f64> = made.y().feature(0).iter().map(|y| (y - 1.0) * (y - 1.0)).collect();
    assert!((mean(&squares) - 1.0 / 6.0).abs() < 0.01);
    // A half of one step.
    let shortest = make_adding::<f64>(5, 2, &mut seeded(11)).unwrap();
    assert!((0..5).all(|sample| shortest.x()[[sample, 1]] == 1.0 && shortest.x()[[sample, 3]] == 1.0));
}

// --- Arguments ---

#[test]
fn regression_refuses_what_it_cannot_make() {
    let made = |samples, features, outputs, noise| {
        make_regression::<f64>(samples, features, outputs, noise, &mut seeded(0))
    };
    says(made(0, 1, 1, 0.0), "make_regression: samples is 0, expected at least 1");
    says(made(1, 0, 1, 0.0), "make_regression: features is 0, expected at least 1");
    says(made(1, 1, 0, 0.0), "make_regression: outputs is 0, expected at least 1");
    says(made(1, 1, 1, -0.5), "make_regression: noise is -0.5, expected a finite number of at least 0");
    says(made(1, 1, 1, INF), "make_regression: noise is inf, expected a finite number of at least 0");
    says(made(1, 1, 1, NAN), "make_regression: noise is NaN, expected a finite number of at least 0");
}

#[test]
fn blobs_refuse_what_they_cannot_make() {
    let made =
        |samples, centers: &[[f64; 2]], noise| make_blobs::<f64, 2>(samples, centers, noise, &mut seeded(0));
    says(made(0, &[[0.0, 0.0]], 1.0), "make_blobs: samples is 0, expected at least 1");
    says(made(1, &[], 1.0), "make_blobs: number of centers is 0, expected at least 1");
    says(made(1, &[[0.0, 0.0]], -1.0), "make_blobs: noise is -1, expected a finite number of at least 0");
    says(made(1, &[[0.0, 0.0]], INF), "make_blobs: noise is inf, expected a finite number of at least 0");
    says(made(1, &[[0.0, 0.0]], NAN), "make_blobs: noise is NaN, expected a finite number of at least 0");
    says(
        made(1, &[[0.0, 0.0], [1.0, NAN]], 1.0),
        "make_blobs: a coordinate of centers is NaN, expected a finite number",
    );
    says(
        made(1, &[[-INF, 0.0]], 1.0),
        "make_blobs: a coordinate of centers is -inf, expected a finite number",
    );
}

#[test]
fn xor_refuses_what_it_cannot_make() {
    let made = |samples, noise| make_xor::<f64>(samples, noise, &mut seeded(0));
    says(made(0, 0.0), "make_xor: samples is 0, expected at least 1");
    says(made(1, -0.5), "make_xor: noise is -0.5, expected a finite number of at least 0");
    says(made(1, -INF), "make_xor: noise is -inf, expected a finite number of at least 0");
    says(made(1, NAN), "make_xor: noise is NaN, expected a finite number of at least 0");
}

#[track_caller]
fn says<T>(result: Result<T, DataError>, message: &str) {
    assert_eq!(result.err().map(|error| error.to_string()).as_deref(), Some(message));
}

fn rounded(x: &Tensor<f64>) -> Tensor<f32> {
    Tensor::from_fn(x.samples(), x.features(), |sample, feature| x[[sample, feature]] as f32)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Mean, variance and fourth moment of the normal distribution, each within five of its standard errors.
#[track_caller]
fn assert_normal(values: impl Iterator<Item = f64>, center: f64, std: f64) {
    let z: Vec<f64> = values.map(|value| (value - center) / std).collect();
    // E zᵏ, and the variance of zᵏ: E z²ᵏ − (E zᵏ)².
    for (power, expected, variance) in [(1, 0.0, 1.0), (2, 1.0, 2.0), (4, 3.0, 96.0)] {
        let moment = mean(&z.iter().map(|z| z.powi(power)).collect::<Vec<_>>());
        let error = (moment - expected) / f64::sqrt(variance / z.len() as f64);
        assert!(error.abs() < 5.0, "moment {power} is {moment}: {error} standard errors off");
    }
}

/// Values in (−a, a), a tenth of them in each tenth.
#[track_caller]
fn assert_uniform(values: impl Iterator<Item = f64>, a: f64) {
    let mut counts = [0; 10];
    for value in values {
        assert!(value.abs() < a, "{value}");
        counts[(5.0 * (value / a + 1.0)) as usize] += 1;
    }
    // √(N · 0.1 · 0.9) = 30.
    assert!(counts.iter().all(|&count: &i32| (count - 1000).abs() < 150), "{counts:?}");
}

#[track_caller]
fn assert_uncorrelated(pairs: impl Iterator<Item = (f64, f64)>) {
    let (a, b): (Vec<f64>, Vec<f64>) = pairs.unzip();
    let covariance = |a: &[f64], b: &[f64]| {
        let (mean_a, mean_b) = (mean(a), mean(b));
        mean(&a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).collect::<Vec<_>>())
    };
    let correlation = covariance(&a, &b) / (covariance(&a, &a) * covariance(&b, &b)).sqrt();
    assert!(correlation.abs() < 5.0 / f64::sqrt(a.len() as f64), "{correlation}");
}
