//! Every number that a user can pass to a generator, a split, a cross-validation or a scaler is refused if it makes no sense,
//! and only then.

use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{Scalar, Tensor};
use nn_data::augment::{AddNoise, Augment, Flip, Shift};
use nn_data::{
    Column, DataError, Dataset, GroupKFold, KFold, MinMaxScaler, Numbers, Recipe, RepeatedKFold,
    RepeatedStratifiedKFold, RobustScaler, StandardScaler, StratifiedGroupKFold, StratifiedKFold, Table,
    TimeSeriesSplit, Windows, make_adding, make_blobs, make_checkerboard, make_circles, make_moons,
    make_recall, make_regression, make_sinusoid, make_spirals, make_xor, one_hot,
    stratified_train_test_split, stratified_train_validation_test_split, temporal_train_test_split,
    temporal_train_validation_test_split, train_test_split, train_validation_test_split,
};

/// What an argument may be.
#[derive(Clone, Copy)]
enum Range {
    Finite,
    AtLeast0,
    Positive,
    /// From 0 to below 1.
    Below1,
    /// From 0 to 1, as a probability.
    UpTo1,
    /// Above 0 and below 1, as a part that leaves some of the samples.
    Part,
    /// Finite and below 2.
    Below2,
    /// Finite and above −2, where the distance to −2 is also finite.
    AboveMinus2,
}

impl Range {
    fn holds(self, x: f64) -> bool {
        match self {
            Range::Finite => x.is_finite(),
            Range::AtLeast0 => x.is_finite() && x >= 0.0,
            Range::Positive => x.is_finite() && x > 0.0,
            Range::Below1 => (0.0..1.0).contains(&x),
            Range::UpTo1 => (0.0..=1.0).contains(&x),
            Range::Part => 0.0 < x && x < 1.0,
            Range::Below2 => x.is_finite() && x < 2.0,
            Range::AboveMinus2 => x.is_finite() && x > -2.0,
        }
    }
}

/// Whether an argument is used in double precision, or in that of the data.
#[derive(Clone, Copy, PartialEq)]
enum Precision {
    Double,
    Data,
}

/// An argument: whose, its name, its range, its precision, and a call that passes a given value for it.
type Row = (&'static str, &'static str, Range, Precision, fn(f64) -> Result<(), DataError>);

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(0)
}

/// A hundred samples of two classes, so that every part that is tried has some of both.
fn data<F: Scalar>() -> Dataset<F, Vec<usize>> {
    make_xor(100, 0.3, &mut rng()).unwrap()
}

/// Three values of one feature, one of which is `x`.
fn column<F: Scalar>(x: f64) -> Tensor<F> {
    Tensor::from_column(&[0.0, 0.5, x].map(F::from_f64))
}

fn augment<F: Scalar>(augmentation: &dyn Augment<F>) -> Result<(), DataError> {
    Dataset::new(Tensor::zeros(&[9, 1, 4, 9]), vec![0; 9])?.augment(augmentation, &mut rng())
}

/// Treats a column of numbers so.
fn numbers(how: Numbers) -> Result<(), DataError> {
    let table = Table::new([Column::numbers("x", [Some(0.0), Some(0.5)])])?;
    Recipe::new().other_numbers(how).fit(&table).map(drop)
}

/// Windows over a series of two columns that is long enough for all that are tried.
fn windows(windows: Windows) -> Result<(), DataError> {
    windows.of(&Tensor::<f32>::zeros(&[110, 2])).map(drop)
}

/// Cross-validations of a hundred samples, ten of each group.
fn groups(n: usize) -> Result<(), DataError> {
    let groups: Vec<usize> = (0..100).map(|sample| sample % 10).collect();
    GroupKFold::new(n).split(&Tensor::<f32>::zeros(&[100, 1]), &groups).map(drop)
}

fn table<F: Scalar>() -> Vec<Row> {
    use Precision::*;
    use Range::*;
    fn done<T>(result: Result<T, DataError>) -> Result<(), DataError> {
        result.map(drop)
    }
    vec![
        ("AddNoise", "noise", AtLeast0, Data, |x| augment::<F>(&AddNoise::new(x))),
        ("Flip", "p", UpTo1, Double, |x| augment::<F>(&Flip::new(x))),
        ("Shift", "fill", Finite, Data, |x| augment::<F>(&Shift::new(1).fill(x))),
        ("make_blobs", "noise", AtLeast0, Data, |x| done(make_blobs::<F, 1>(9, &[[0.0]], x, &mut rng()))),
        ("make_blobs", "a coordinate of centers", Finite, Data, |x| {
            done(make_blobs::<F, 2>(9, &[[0.0, 1.0], [1.0, x]], 0.1, &mut rng()))
        }),
        ("make_checkerboard", "noise", AtLeast0, Data, |x| done(make_checkerboard::<F>(9, 3, x, &mut rng()))),
        ("make_circles", "noise", AtLeast0, Data, |x| done(make_circles::<F>(9, x, 0.5, &mut rng()))),
        ("make_circles", "factor", Below1, Double, |x| done(make_circles::<F>(9, 0.1, x, &mut rng()))),
        ("make_moons", "noise", AtLeast0, Data, |x| done(make_moons::<F>(9, x, &mut rng()))),
        ("make_regression", "noise", AtLeast0, Data, |x| done(make_regression::<F>(9, 1, 1, x, &mut rng()))),
        ("make_sinusoid", "noise", AtLeast0, Data, |x| done(make_sinusoid::<F>(9, 1.0, x, &mut rng()))),
        ("make_sinusoid", "frequency", Positive, Double, |x| done(make_sinusoid::<F>(9, x, 0.1, &mut rng()))),
        ("make_spirals", "noise", AtLeast0, Data, |x| done(make_spirals::<F>(9, 2, 1.0, x, &mut rng()))),
        ("make_spirals", "turns", Positive, Double, |x| done(make_spirals::<F>(9, 2, x, 0.1, &mut rng()))),
        ("make_xor", "noise", AtLeast0, Data, |x| done(make_xor::<F>(9, x, &mut rng()))),
        ("temporal_train_test_split", "test_size", Part, Double, |x| {
            done(temporal_train_test_split(&data::<F>(), x))
        }),
        ("temporal_train_validation_test_split", "validation_size", Part, Double, |x| {
            done(temporal_train_validation_test_split(&data::<F>(), x, 0.1))
        }),
        ("temporal_train_validation_test_split", "test_size", Part, Double, |x| {
            done(temporal_train_validation_test_split(&data::<F>(), 1, x))
        }),
        ("train_test_split", "test_size", Part, Double, |x| {
            done(train_test_split(&data::<F>(), x, &mut rng()))
        }),
        ("train_validation_test_split", "validation_size", Part, Double, |x| {
            done(train_validation_test_split(&data::<F>(), x, 0.1, &mut rng()))
        }),
        ("train_validation_test_split", "test_size", Part, Double, |x| {
            done(train_validation_test_split(&data::<F>(), 0.1, x, &mut rng()))
        }),
        ("stratified_train_test_split", "test_size", Part, Double, |x| {
            done(stratified_train_test_split(&data::<F>(), x, &mut rng()))
        }),
        ("stratified_train_validation_test_split", "validation_size", Part, Double, |x| {
            done(stratified_train_validation_test_split(&data::<F>(), x, 0.1, &mut rng()))
        }),
        ("stratified_train_validation_test_split", "test_size", Part, Double, |x| {
            done(stratified_train_validation_test_split(&data::<F>(), 0.1, x, &mut rng()))
        }),
        ("MinMaxScaler", "feature_range", Below2, Double, |x| {
            done(MinMaxScaler::fit_range(&column::<F>(1.0), x, 2.0))
        }),
        ("MinMaxScaler", "feature_range", AboveMinus2, Double, |x| {
            done(MinMaxScaler::fit_range(&column::<F>(1.0), -2.0, x))
        }),
        ("Numbers", "impute_constant", Finite, Double, |x| numbers(Numbers::new().impute_constant(x))),
        ("Numbers", "min_max_range", Below2, Double, |x| numbers(Numbers::new().min_max_range(x, 2.0))),
        ("Numbers", "min_max_range", AboveMinus2, Double, |x| numbers(Numbers::new().min_max_range(-2.0, x))),
    ]
}

const VALUES: [f64; 11] =
    [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1e300, -1.0, 0.0, 0.25, 0.5, 1.0, 1.5, 1e300];

/// Returns the number of refused values.
fn check<F: Scalar>() -> usize {
    let mut refused = 0;
    for (of, name, range, precision, call) in table::<F>() {
        for value in VALUES {
            let case = format!("{of}, {name} = {value:e}");
            let seen = if precision == Precision::Data { F::from_f64(value).to_f64() } else { value };
            match call(value) {
                Ok(()) => assert!(range.holds(seen), "{case} is accepted"),
                Err(DataError::Setting(error)) => {
                    assert!(!range.holds(seen), "{case} is refused: {error}");
                    assert_eq!((&error.of[..], &error.name[..]), (of, name));
                    refused += 1;
                }
                Err(other) => panic!("{case}: {other}"),
            }
        }
    }
    refused
}

#[test]
fn numbers_that_make_no_sense_are_refused() {
    // 1e300 is a number in f64 and infinite in f32.
    assert!(check::<f32>() > check::<f64>());
}

/// A count: whose, its name, the least and the greatest that is accepted, and a call that passes a given count for it.
type Count = (&'static str, &'static str, usize, usize, fn(usize) -> Result<(), DataError>);

#[test]
fn counts_that_make_no_sense_are_refused() {
    const ANY: usize = usize::MAX;
    fn done<T>(result: Result<T, DataError>) -> Result<(), DataError> {
        result.map(drop)
    }
    fn samples(n: usize) -> Tensor<f32> {
        Tensor::zeros(&[n, 1])
    }
    let table: [Count; 37] = [
        ("Shift", "pixels", 0, 3, |n| augment::<f32>(&Shift::new(n))),
        ("Windows", "length", 1, ANY, |n| windows(Windows::new(n))),
        ("Windows", "horizon", 1, ANY, |n| windows(Windows::new(1).horizon(n))),
        ("Windows", "stride", 1, ANY, |n| windows(Windows::new(1).stride(n))),
        ("Windows", "a target", 0, 1, |n| windows(Windows::new(1).targets([1, n]))),
        ("make_adding", "samples", 1, ANY, |n| done(make_adding::<f32>(n, 2, &mut rng()))),
        ("make_adding", "steps", 2, ANY, |n| done(make_adding::<f32>(9, n, &mut rng()))),
        ("make_blobs", "samples", 1, ANY, |n| done(make_blobs::<f32, 1>(n, &[[0.0]], 0.1, &mut rng()))),
        ("make_blobs", "number of centers", 1, ANY, |n| {
            done(make_blobs::<f32, 1>(9, &vec![[0.0]; n], 0.1, &mut rng()))
        }),
        ("make_checkerboard", "samples", 1, ANY, |n| done(make_checkerboard::<f32>(n, 2, 0.1, &mut rng()))),
        ("make_checkerboard", "squares", 2, ANY, |n| done(make_checkerboard::<f32>(9, n, 0.1, &mut rng()))),
        ("make_circles", "samples", 1, ANY, |n| done(make_circles::<f32>(n, 0.1, 0.5, &mut rng()))),
        ("make_moons", "samples", 1, ANY, |n| done(make_moons::<f32>(n, 0.1, &mut rng()))),
        ("make_recall", "samples", 1, ANY, |n| done(make_recall::<f32>(n, 2, 2, 2, &mut rng()))),
        ("make_recall", "pairs", 1, ANY, |n| done(make_recall::<f32>(9, n, n, 2, &mut rng()))),
        ("make_recall", "values", 1, ANY, |n| done(make_recall::<f32>(9, 2, 2, n, &mut rng()))),
        ("make_regression", "samples", 1, ANY, |n| done(make_regression::<f32>(n, 1, 1, 0.1, &mut rng()))),
        ("make_regression", "features", 1, ANY, |n| done(make_regression::<f32>(9, n, 1, 0.1, &mut rng()))),
        ("make_regression", "outputs", 1, ANY, |n| done(make_regression::<f32>(9, 1, n, 0.1, &mut rng()))),
        ("make_sinusoid", "samples", 1, ANY, |n| done(make_sinusoid::<f32>(n, 1.0, 0.1, &mut rng()))),
        ("make_spirals", "samples", 1, ANY, |n| done(make_spirals::<f32>(n, 2, 1.0, 0.1, &mut rng()))),
        ("make_spirals", "arms", 2, ANY, |n| done(make_spirals::<f32>(9, n, 1.0, 0.1, &mut rng()))),
        ("make_xor", "samples", 1, ANY, |n| done(make_xor::<f32>(n, 0.1, &mut rng()))),
        ("KFold", "splits", 2, 100, |n| done(KFold::new(n).split(&data::<f32>(), &mut rng()))),
        ("StratifiedKFold", "splits", 2, 100, |n| {
            // A single class, so that there may be as many folds as samples.
            let data = Dataset::new(samples(100), vec![0; 100])?;
            done(StratifiedKFold::new(n).split(&data, &mut rng()))
        }),
        ("GroupKFold", "splits", 2, 10, groups),
        ("StratifiedGroupKFold", "splits", 2, 10, |n| {
            let groups: Vec<usize> = (0..100).map(|sample| sample % 10).collect();
            done(StratifiedGroupKFold::new(n).split(&Dataset::new(samples(100), vec![0; 100])?, &groups))
        }),
        ("RepeatedKFold", "repeats", 1, ANY, |n| {
            done(RepeatedKFold::new(2, n).split(&data::<f32>(), &mut rng()))
        }),
        ("RepeatedStratifiedKFold", "repeats", 1, ANY, |n| {
            done(RepeatedStratifiedKFold::new(2, n).split(&data::<f32>(), &mut rng()))
        }),
        ("TimeSeriesSplit", "max_train_size", 1, ANY, |n| {
            done(TimeSeriesSplit::new(2).max_train_size(n).split(&data::<f32>()))
        }),
        ("RobustScaler", "number of samples", 1, ANY, |n| done(RobustScaler::fit(&samples(n)))),
        ("RobustScaler", "number of features", 3, 3, |n| {
            RobustScaler::fit(&Tensor::<f32>::zeros(&[2, 3]))
                .and_then(|scaler| done(scaler.transform(&Tensor::<f32>::zeros(&[2, n]))))
        }),
        ("StandardScaler", "number of samples", 1, ANY, |n| done(StandardScaler::fit(&samples(n)))),
        ("StandardScaler", "number of features", 3, 3, |n| {
            StandardScaler::fit(&Tensor::<f32>::zeros(&[2, 3]))
                .and_then(|scaler| done(scaler.transform(&Tensor::<f32>::zeros(&[2, n]))))
        }),
        ("MinMaxScaler", "number of samples", 1, ANY, |n| done(MinMaxScaler::fit(&samples(n)))),
        ("MinMaxScaler", "number of features", 3, 3, |n| {
            MinMaxScaler::fit(&Tensor::<f32>::zeros(&[2, 3]))
                .and_then(|scaler| done(scaler.transform(&Tensor::<f32>::zeros(&[2, n]))))
        }),
        ("one_hot", "a label", 0, 9, |n| done(one_hot::<f32>(&[0, n], 10))),
    ];
    for (of, name, least, most, call) in table {
        for count in [0, 1, 2, 3, 9, 10, 100, 101] {
            match call(count) {
                Ok(()) => assert!((least..=most).contains(&count), "{of}, {name} = {count} is accepted"),
                Err(DataError::Setting(error)) => {
                    assert!(!(least..=most).contains(&count), "{error}");
                    assert_eq!(
                        (&error.of[..], &error.name[..], &error.found[..]),
                        (of, name, &count.to_string()[..])
                    );
                }
                Err(other) => panic!("{of}, {name} = {count}: {other}"),
            }
        }
    }
}

#[test]
fn messages_say_what_is_expected_and_what_the_precision_sees() {
    let message = |noise| make_xor::<f32>(9, noise, &mut rng()).unwrap_err().to_string();
    assert_eq!(message(-0.5), "make_xor: noise is -0.5, expected a finite number of at least 0");
    assert_eq!(
        message(1e300),
        "make_xor: noise is 1e300, which is inf in f32, expected a finite number of at least 0"
    );
    let none = make_blobs::<f32, 0>(9, &[[]], 0.1, &mut rng()).unwrap_err().to_string();
    assert_eq!(none, "make_blobs: number of coordinates is 0, expected at least 1");
}
