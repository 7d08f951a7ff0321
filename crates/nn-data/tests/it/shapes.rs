//! Moons, circles, spirals, boards and waves: every point is where its equation says.

use approx::assert_abs_diff_eq;
use nn_core::Tensor;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_data::{DataError, Dataset, make_checkerboard, make_circles, make_moons, make_sinusoid, make_spirals};

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;
const N: usize = 10_000;

type Points = Dataset<f64, Vec<usize>>;

fn seeded(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// The points of one class, in their order.
fn class(data: &Points, class: usize) -> Vec<[f64; 2]> {
    let (x, y) = (data.x().feature(0), data.x().feature(1));
    let members = (0..data.samples()).filter(|&sample| data.y()[sample] == class);
    members.map(|sample| [x[sample], y[sample]]).collect()
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    ((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1])).sqrt()
}

#[track_caller]
fn says<T>(result: Result<T, DataError>, message: &str) {
    assert_eq!(result.err().map(|error| error.to_string()).as_deref(), Some(message));
}

// --- Geometry, without noise ---

#[test]
fn moons_are_half_circles_of_even_steps() {
    let moons = make_moons::<f64>(201, 0.0, &mut seeded(0)).unwrap();
    let (upper, lower) = (class(&moons, 0), class(&moons, 1));
    assert_eq!((upper.len(), lower.len()), (101, 100));
    for (moon, center, up) in [(&upper, [0.0, 0.0], true), (&lower, [1.0, 0.5], false)] {
        let step = distance(moon[0], moon[1]);
        for pair in moon.windows(2) {
            assert_abs_diff_eq!(distance(pair[0], center), 1.0, epsilon = 4e-16);
            assert_abs_diff_eq!(distance(pair[0], pair[1]), step, epsilon = 1e-14);
        }
        assert!(moon.iter().all(|point| (point[1] >= center[1]) == up || point[1] == center[1]));
    }
    // From end to end.
    assert_eq!((upper[0], upper[100]), ([1.0, 0.0], [-1.0, 0.0]));
    assert_eq!((lower[0], lower[99]), ([0.0, 0.5], [2.0, 0.5]));
}

#[test]
fn circles_have_their_radii_and_even_steps() {
    let circles = make_circles::<f64>(201, 0.0, 0.3, &mut seeded(0)).unwrap();
    for (label, radius, count) in [(0, 1.0, 101), (1, 0.3, 100)] {
        let circle = class(&circles, label);
        assert_eq!((circle.len(), circle[0]), (count, [radius, 0.0]));
        let step = distance(circle[0], circle[1]);
        for (place, &point) in circle.iter().enumerate() {
            assert_abs_diff_eq!(distance(point, [0.0, 0.0]), radius, epsilon = 4e-16);
            // The last step closes the circle.
            assert_abs_diff_eq!(distance(point, circle[(place + 1) % count]), step, epsilon = 1e-14);
        }
        // Counterclockwise.
        assert!(circle[1][1] > 0.0);
    }
    assert_eq!(class(&make_circles::<f64>(9, 0.0, 0.0, &mut seeded(0)).unwrap(), 1), [[0.0, 0.0]; 4]);
}

#[test]
fn spirals_wind_evenly_and_are_turned_copies_of_each_other() {
    for (arms, turns) in [(2, 3.0), (3, 1.5), (5, 0.25)] {
        let spirals = make_spirals::<f64>(100 * arms, arms, turns, 0.0, &mut seeded(0)).unwrap();
        let first = class(&spirals, 0);
        for (place, pair) in first.windows(2).enumerate() {
            let radius = (place + 1) as f64 / 100.0;
            assert_abs_diff_eq!(distance(pair[0], [0.0, 0.0]), radius, epsilon = 4e-16);
            // The angle from one point to the next: the chord c has c² = (r − s)² + 4 r s sin²(δ/2), and sin(δ/2) is
            // that of a moon's or circle's even step: all are equal.
            let half_sine = |p: [f64; 2], q: [f64; 2]| {
                let (r, s) = (distance(p, [0.0, 0.0]), distance(q, [0.0, 0.0]));
                ((distance(p, q) * distance(p, q) - (r - s) * (r - s)) / (4.0 * r * s)).sqrt()
            };
            assert_abs_diff_eq!(
                half_sine(pair[0], pair[1]),
                half_sine(first[98], first[99]),
                epsilon = 1e-12
            );
        }
        // The angle between neighbouring arms is the same everywhere, and all of them make a full turn: the last points are a
        // regular polygon.
        let ends: Vec<[f64; 2]> = (0..arms).map(|arm| class(&spirals, arm)[99]).collect();
        for place in 0..100 {
            let ring: Vec<[f64; 2]> = (0..arms).map(|arm| class(&spirals, arm)[place]).collect();
            let radius = distance(ring[0], [0.0, 0.0]);
            for arm in 0..arms {
                let next = (arm + 1) % arms;
                assert_abs_diff_eq!(
                    distance(ring[arm], ring[next]),
                    radius * distance(ends[arm], ends[next]),
                    epsilon = 1e-14
                );
            }
        }
        let sum = |axis: usize| ends.iter().map(|end| end[axis]).sum::<f64>();
        assert_abs_diff_eq!(sum(0), 0.0, epsilon = 1e-14);
        assert_abs_diff_eq!(sum(1), 0.0, epsilon = 1e-14);
    }
    // Three quarters of a turn counterclockwise from the positive x axis: down.
    let quarter = make_spirals::<f64>(8, 2, 0.75, 0.0, &mut seeded(0)).unwrap();
    assert_eq!(class(&quarter, 0)[3], [0.0, -1.0]);
}

#[test]
fn a_board_has_its_squares() {
    for squares in [2, 3, 8] {
        let board = make_checkerboard::<f64>(N, squares, 0.0, &mut seeded(5)).unwrap();
        let mut counts = vec![0; squares * squares];
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for sample in 0..N {
            let [column, row] = [0, 1].map(|axis| {
                let at = board.x()[[sample, axis]];
                (low, high) = (low.min(at), high.max(at));
                // Count the lines to the left or below.
                (1..squares).filter(|&line| at >= -1.0 + 2.0 * line as f64 / squares as f64).count()
            });
            assert_eq!(board.y()[sample], (column + row) % 2, "{squares}, sample {sample}");
            counts[row * squares + column] += 1;
        }
        assert!((-1.0..-0.99).contains(&low) && (0.99..1.0).contains(&high), "{low} {high}");
        // Uniform: each number within five of its standard deviations.
        let p = 1.0 / (squares * squares) as f64;
        let (mean, std) = (N as f64 * p, (N as f64 * p * (1.0 - p)).sqrt());
        assert!(counts.iter().all(|&count| (f64::from(count) - mean).abs() < 5.0 * std), "{counts:?}");
    }
    // As many squares as there are numbers.
    assert_eq!(make_checkerboard::<f64>(9, usize::MAX, 0.0, &mut seeded(5)).unwrap().samples(), 9);
}

#[test]
fn a_wave_has_its_periods() {
    let wave = make_sinusoid::<f64>(N, 3.0, 0.0, &mut seeded(5)).unwrap();
    assert_eq!((wave.x().shape(), wave.y().shape()), (&[N, 1][..], &[N, 1][..]));
    let (mut sum, mut squares) = (0.0, 0.0);
    for (&x, &y) in wave.x().feature(0).iter().zip(wave.y().feature(0)) {
        assert!((0.0..1.0).contains(&x));
        // Half a period of a sine of x lies between two parabolas: 4 u (1 − u), and 0.0561 less.
        let half = 6.0 * x;
        let (u, sign) = (half % 1.0, if (half as usize).is_multiple_of(2) { 1.0 } else { -1.0 });
        let parabola = 4.0 * u * (1.0 - u);
        assert!((parabola - 0.0561..=parabola + 1e-15).contains(&(sign * y)), "{x}: {y}");
        sum += y;
        squares += y * y;
    }
    // Mean 0 and variance ½, the latter with variance 1/8.
    assert_abs_diff_eq!(sum / N as f64, 0.0, epsilon = 5.0 * (0.5 / N as f64).sqrt());
    assert_abs_diff_eq!(squares / N as f64, 0.5, epsilon = 5.0 * (0.125 / N as f64).sqrt());
}

// --- Noise ---

/// Noise moves the points of the exact shape: it is normal, with its standard deviation, and the same in every direction.
#[test]
fn noise_is_added_to_the_shape() {
    type Make = fn(f64) -> Points;
    let shapes: [(&str, Make); 4] = [
        ("moons", |noise| make_moons(N, noise, &mut seeded(3)).unwrap()),
        ("circles", |noise| make_circles(N, noise, 0.5, &mut seeded(3)).unwrap()),
        ("spirals", |noise| make_spirals(N, 3, 2.0, noise, &mut seeded(3)).unwrap()),
        ("board", |noise| make_checkerboard(N, 4, noise, &mut seeded(3)).unwrap()),
    ];
    for (name, make) in shapes {
        let (exact, noisy) = (make(0.0), make(0.2));
        assert_eq!(exact.y(), noisy.y(), "{name}");
        for axis in 0..2 {
            assert_noise(name, noisy.x().feature(axis), exact.x().feature(axis), 0.2);
        }
    }
    let wave = |noise| make_sinusoid::<f64>(N, 2.0, noise, &mut seeded(3)).unwrap();
    let (exact, noisy) = (wave(0.0), wave(0.2));
    assert_eq!(exact.x(), noisy.x());
    assert_noise("wave", noisy.y().feature(0), exact.y().feature(0), 0.2);
}

/// Mean, variance and fourth moment of the difference, each within five standard errors.
fn assert_noise(name: &str, noisy: &[f64], exact: &[f64], std: f64) {
    let z: Vec<f64> = noisy.iter().zip(exact).map(|(a, b)| (a - b) / std).collect();
    for (power, expected, variance) in [(1, 0.0, 1.0), (2, 1.0, 2.0), (4, 3.0, 96.0)] {
        let moment = z.iter().map(|z| z.powi(power)).sum::<f64>() / z.len() as f64;
        let error = (moment - expected) / f64::sqrt(variance / z.len() as f64);
        assert!(error.abs() < 5.0, "{name}: moment {power} is {moment}");
    }
}

// --- Seeds ---

#[test]
fn shapes_never_change_their_bits() {
    let rng = &mut seeded(1);
    let moons = make_moons::<f64>(3, 0.5, rng).unwrap();
    let circles = make_circles::<f64>(3, 0.5, 0.8, rng).unwrap();
    let spirals = make_spirals::<f64>(3, 2, 1.25, 0.5, rng).unwrap();
    let board = make_checkerboard::<f64>(3, 4, 0.5, rng).unwrap();
    let wave = make_sinusoid::<f64>(3, 1.0, 0.5, rng).unwrap();
    assert_eq!(moons.x().feature(0), [0.9126339613081972, -0.5089027516808913, -0.6545970155090814]);
    assert_eq!(moons.x().feature(1), [0.2349213548957197, 0.4333838409093003, -0.28786827640880525]);
    assert_eq!(circles.x().feature(0), [0.76771097595284, -0.26620851346633234, -0.9044553218812029]);
    assert_eq!(circles.x().feature(1), [-0.1853106937908249, -0.015966777606962104, -0.4634906008691]);
    assert_eq!(spirals.x().feature(0), [0.16646401619388368, 0.6575439638632445, -0.022430380630296058]);
    assert_eq!(spirals.x().feature(1), [-0.8116571801802449, -0.593319098732749, 0.25456864809876845]);
    assert_eq!(board.x().feature(0), [-0.3796553576682301, 1.8645479375404266, 1.043621523571702]);
    assert_eq!(board.x().feature(1), [-0.678197141291333, 1.7365159286912328, -0.6063523332142213]);
    assert_eq!(board.y(), &[1, 0, 1]);
    assert_eq!(wave.x().feature(0), [0.3626863322468131, 0.2752872964044806, 0.2164539470904464]);
    assert_eq!(wave.y().feature(0), [0.0027442419413568064, 1.37722364854356, 1.6408570826522038]);
}

#[test]
fn single_precision_is_double_precision_rounded() {
    let rounded = |x: &Tensor<f64>| {
        Tensor::from_fn(x.samples(), x.features(), |sample, feature| x[[sample, feature]] as f32)
    };
    let (double, single) = (&mut seeded(7), &mut seeded(7));
    for _ in 0..3 {
        let (a, b) = (make_moons(20, 0.1, double).unwrap(), make_moons(20, 0.1, single).unwrap());
        assert_eq!((&rounded(a.x()), a.y()), (b.x(), b.y()));
        let (a, b) =
            (make_circles(20, 0.1, 0.5, double).unwrap(), make_circles(20, 0.1, 0.5, single).unwrap());
        assert_eq!((&rounded(a.x()), a.y()), (b.x(), b.y()));
        let (a, b) =
            (make_spirals(20, 3, 2.0, 0.1, double).unwrap(), make_spirals(20, 3, 2.0, 0.1, single).unwrap());
        assert_eq!((&rounded(a.x()), a.y()), (b.x(), b.y()));
        let (a, b) =
            (make_checkerboard(20, 3, 0.1, double).unwrap(), make_checkerboard(20, 3, 0.1, single).unwrap());
        assert_eq!((&rounded(a.x()), a.y()), (b.x(), b.y()));
        let (a, b) =
            (make_sinusoid(20, 2.0, 0.1, double).unwrap(), make_sinusoid(20, 2.0, 0.1, single).unwrap());
        assert_eq!((&rounded(a.x()), &rounded(a.y())), (b.x(), b.y()));
    }
}

#[test]
fn few_samples_are_samples_too() {
    let moons = |n| make_moons::<f64>(n, 0.0, &mut seeded(0)).unwrap();
    assert_eq!(moons(1).x(), &Tensor::from_rows(&[[1.0, 0.0]]));
    assert_eq!(moons(2).x(), &Tensor::from_rows(&[[1.0, 0.0], [0.0, 0.5]]));
    let circles = make_circles::<f64>(1, 0.0, 0.5, &mut seeded(0)).unwrap();
    assert_eq!(circles.x(), &Tensor::from_rows(&[[1.0, 0.0]]));
    // Fewer than arms: the first arms have one each.
    let spirals = make_spirals::<f64>(2, 4, 1.0, 0.0, &mut seeded(0)).unwrap();
    assert_eq!((spirals.x(), spirals.y()), (&Tensor::from_rows(&[[1.0, 0.0], [0.0, 1.0]]), &vec![0, 1]));
}

// --- Arguments ---

#[test]
fn shapes_refuse_what_they_cannot_be() {
    let rng = &mut seeded(0);
    let message = |of| format!("{of}: samples is 0, expected at least 1");
    says(make_moons::<f64>(0, 0.0, rng), &message("make_moons"));
    says(make_circles::<f64>(0, 0.0, 0.5, rng), &message("make_circles"));
    says(make_spirals::<f64>(0, 2, 1.0, 0.0, rng), &message("make_spirals"));
    says(make_checkerboard::<f64>(0, 2, 0.0, rng), &message("make_checkerboard"));
    says(make_sinusoid::<f64>(0, 1.0, 0.0, rng), &message("make_sinusoid"));
    for (noise, found) in [(-0.5, "-0.5"), (INF, "inf"), (NAN, "NaN")] {
        let message = |of| format!("{of}: noise is {found}, expected a finite number of at least 0");
        says(make_moons::<f64>(1, noise, rng), &message("make_moons"));
        says(make_circles::<f64>(1, noise, 0.5, rng), &message("make_circles"));
        says(make_spirals::<f64>(1, 2, 1.0, noise, rng), &message("make_spirals"));
        says(make_checkerboard::<f64>(1, 2, noise, rng), &message("make_checkerboard"));
        says(make_sinusoid::<f64>(1, 1.0, noise, rng), &message("make_sinusoid"));
    }
    for (factor, found) in [(1.0, "1"), (-0.1, "-0.1"), (INF, "inf"), (NAN, "NaN")] {
        let message = format!("make_circles: factor is {found}, expected a number from 0 to below 1");
        says(make_circles::<f64>(1, 0.0, factor, rng), &message);
    }
    for (rate, found) in [(0.0, "0"), (-2.0, "-2"), (INF, "inf"), (NAN, "NaN")] {
        let message = |name| format!("{name} is {found}, expected a finite number above 0");
        says(make_spirals::<f64>(1, 2, rate, 0.0, rng), &message("make_spirals: turns"));
        says(make_sinusoid::<f64>(1, rate, 0.0, rng), &message("make_sinusoid: frequency"));
    }
    says(make_spirals::<f64>(1, 1, 1.0, 0.0, rng), "make_spirals: arms is 1, expected at least 2");
    says(make_checkerboard::<f64>(1, 1, 0.0, rng), "make_checkerboard: squares is 1, expected at least 2");
}
