//! A value that is not finite never becomes a finite number, whatever public part of the crate it goes into: it is refused, or
//! what comes out is not finite. (Arguments that are NaN or infinite are in `settings.rs`.)

use std::cell::Cell;

use nn_core::rand::distr::Distribution;
use nn_core::rand::{Rng, SeedableRng, rngs::ChaCha8Rng};
use nn_core::{Entry, Kind, Scalar, StateDict, Tensor};
use nn_data::{
    Csv, DataError, Dataset, Idx, MinMaxScaler, RobustScaler, StandardScaler, make_blobs, make_checkerboard,
    make_circles, make_moons, make_regression, make_sinusoid, make_spirals, make_xor,
};

const BAD: [f64; 3] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

/// Twenty samples of three features, the last of which is constant.
fn samples<F: Scalar>() -> Tensor<F> {
    Tensor::from_fn(20, 3, |sample, feature| {
        F::from_f64([sample as f64 - 7.0, 0.1 * sample as f64, 5.0][feature])
    })
}

/// The samples with one of them changed.
fn with<F: Scalar>(place: [usize; 2], value: f64) -> Tensor<F> {
    let mut x = samples();
    x[place] = F::from_f64(value);
    x
}

const PLACES: [[usize; 2]; 4] = [[0, 0], [19, 0], [16, 1], [3, 2]];

#[track_caller]
fn refuses<T>(
    result: Result<T, DataError>,
    expected_of: &str,
    expected_name: &str,
    [row, column]: [usize; 2],
) {
    let Err(DataError::NotFinite { of, name, place, sample, .. }) = result else {
        panic!("{expected_of} accepts it, or says something else");
    };
    assert_eq!((&*of, name, sample, place), (expected_of, expected_name, row, column));
}

fn data_sets_and_scalers<F: Scalar>() {
    let labels = vec![0; 20];
    let good = Dataset::new(samples::<F>(), labels.clone()).unwrap();
    let standard = StandardScaler::fit(&samples::<F>()).unwrap();
    let robust = RobustScaler::fit(&samples::<F>()).unwrap();
    let ranges = [(0.0, 1.0), (-1.0, 1.0), (2.0, 5.0), (-3.0, 0.0)]
        .map(|(low, high)| MinMaxScaler::fit_range(&samples::<F>(), low, high).unwrap());
    for bad in BAD {
        for place in PLACES {
            let x = with::<F>(place, bad);
            refuses(Dataset::new(x.clone(), labels.clone()), "Dataset", "feature", place);
            refuses(good.with_x(x.clone()), "Dataset", "feature", place);
            refuses(Dataset::new(samples::<F>(), x.clone()), "Dataset", "target", place);
            refuses(good.with_y(x.clone()), "Dataset", "target", place);
            let bad_column = x.feature(place[1]);
            refuses(Dataset::regression(samples::<F>(), bad_column), "Dataset", "target", [place[0], 0]);
            refuses(StandardScaler::fit(&x), "StandardScaler", "feature", place);
            refuses(RobustScaler::fit(&x), "RobustScaler", "feature", place);
            refuses(MinMaxScaler::fit(&x), "MinMaxScaler", "feature", place);

            let mut made = vec![standard.transform(&x), standard.inverse_transform(&x)];
            made.extend([robust.transform(&x), robust.inverse_transform(&x)]);
            made.extend(
                ranges.iter().flat_map(|scaler| [scaler.transform(&x), scaler.inverse_transform(&x)]),
            );
            for made in made {
                let made = made.unwrap();
                for sample in 0..20 {
                    for feature in 0..3 {
                        let is_bad = [sample, feature] == place;
                        assert_eq!(
                            made[[sample, feature]].is_finite(),
                            !is_bad,
                            "{bad} at {place:?}: {made}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn data_sets_refuse_them_and_scalers_do_not_hide_them() {
    data_sets_and_scalers::<f32>();
    data_sets_and_scalers::<f64>();
}

#[test]
fn a_result_beyond_the_range_of_the_type_is_refused_by_the_data_set() {
    // The values of the test part are far from those of the training part.
    let scaler = StandardScaler::fit(&Tensor::from_column(&[0.0_f32, 1e-30])).unwrap();
    let far = scaler.transform(&Tensor::from_column(&[1e30_f32])).unwrap();
    assert_eq!(far[[0, 0]], f32::INFINITY);
    refuses(Dataset::new(far, vec![0]), "Dataset", "feature", [0, 0]);
}

#[test]
fn states_of_scalers() {
    type Row = (StateDict<f64>, fn(&StateDict<f64>) -> bool);
    let states: [Row; 3] = [
        (RobustScaler::fit(&samples::<f64>()).unwrap().state_dict(), |state| {
            RobustScaler::from_state_dict(state).is_ok()
        }),
        (StandardScaler::fit(&samples::<f64>()).unwrap().state_dict(), |state| {
            StandardScaler::from_state_dict(state).is_ok()
        }),
        (MinMaxScaler::fit(&samples::<f64>()).unwrap().state_dict(), |state| {
            MinMaxScaler::from_state_dict(state).is_ok()
        }),
    ];
    for (state, is_accepted) in states {
        assert!(is_accepted(&state));
        let names: Vec<String> = state.entries().iter().map(|entry| entry.name.to_string()).collect();
        for name in names {
            for bad in BAD {
                let mut state = state.clone();
                let mut value = state.get(&name).unwrap().value.clone();
                *value.last_mut().unwrap() = bad;
                state.insert(Entry {
                    name: name.clone(),
                    kind: Kind::Buffer,
                    shape: vec![value.len()],
                    value,
                });
                assert!(!is_accepted(&state), "{name} with {bad}");
            }
        }
    }
    // Both ends are finite, but 0 would become (0 − min) / ∞.
    let entry = |name: &str, value: Vec<f64>| Entry {
        name: name.into(),
        kind: Kind::Buffer,
        shape: vec![value.len()],
        value,
    };
    let wide = [
        entry("data_min", vec![-1e308]),
        entry("data_max", vec![1e308]),
        entry("feature_range", vec![0.0, 1.0]),
    ];
    let error = MinMaxScaler::from_state_dict(&wide.into_iter().collect()).unwrap_err().to_string();
    assert_eq!(
        error,
        "MinMaxScaler: data_max[0] is 1e308, expected at least its data_min, by a finite number"
    );
}

/// Noise of 0, but for one draw.
struct Burst {
    left: Cell<usize>,
    value: f64,
}

impl Distribution<f64> for Burst {
    fn sample<R: Rng + ?Sized>(&self, _: &mut R) -> f64 {
        let left = self.left.get();
        self.left.set(left.wrapping_sub(1));
        if left == 0 { self.value } else { 0.0 }
    }
}

#[test]
fn noise_of_a_distribution() {
    fn of<T>(result: Result<T, DataError>) -> Option<String> {
        match result {
            Err(DataError::NotFinite { of, .. }) => Some(of.into()),
            Err(error) => panic!("{error}"),
            Ok(_) => None,
        }
    }
    type Generator = (&'static str, fn(&Burst) -> Option<String>);
    fn rng() -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(0)
    }
    let generators: [Generator; 8] = [
        ("make_blobs", |noise| of(make_blobs::<f32, 2>(9, &[[0.0, 1.0]], noise, &mut rng()))),
        ("make_checkerboard", |noise| of(make_checkerboard::<f32>(9, 3, noise, &mut rng()))),
        ("make_circles", |noise| of(make_circles::<f32>(9, noise, 0.5, &mut rng()))),
        ("make_moons", |noise| of(make_moons::<f32>(9, noise, &mut rng()))),
        ("make_regression", |noise| of(make_regression::<f32>(9, 2, 2, noise, &mut rng()))),
        ("make_sinusoid", |noise| of(make_sinusoid::<f32>(9, 1.0, noise, &mut rng()))),
        ("make_spirals", |noise| of(make_spirals::<f32>(9, 2, 1.0, noise, &mut rng()))),
        ("make_xor", |noise| of(make_xor::<f32>(9, noise, &mut rng()))),
    ];
    for (name, generate) in generators {
        // 1e300 is infinite in f32.
        for value in BAD.into_iter().chain([1e300]) {
            for draw in [0, 7] {
                let noise = Burst { left: Cell::new(draw), value };
                assert_eq!(generate(&noise).as_deref(), Some(name), "{value} in draw {draw}");
            }
        }
        assert_eq!(generate(&Burst { left: Cell::new(3), value: 1e30 }), None);
    }
    let normal = make_xor::<f32>(9, 3e38, &mut rng()).unwrap_err().to_string();
    assert_eq!(normal, "make_xor: feature 0 of sample 5 is -inf, expected a finite number");
}

#[test]
fn files() {
    for bad in ["NaN", "nan", "inf", "-inf", "infinity", "1e999"] {
        for row in [format!("{bad},1"), format!("1,{bad}")] {
            let file = format!("x,y\n1,2\n{row}\n");
            let csv = Csv::from_reader(file.as_bytes()).unwrap();
            assert!(
                matches!(csv.values::<f64>(["y"]), Err(DataError::Csv(error)) if error.line == Some(3)),
                "{row}"
            );
        }
    }
    for bad in BAD {
        let mut file = vec![0, 0, 0x0E, 1, 0, 0, 0, 2];
        file.extend([1.0, bad].map(f64::to_be_bytes).concat());
        let idx = Idx::from_reader(&file[..]).unwrap();
        assert!(matches!(idx.tensor::<f64>(), Err(DataError::Idx(_))), "{bad}");
        assert!(matches!(idx.tensor::<f32>(), Err(DataError::Idx(_))), "{bad}");
    }
}
