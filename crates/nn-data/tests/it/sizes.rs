//! Sizes that no memory can hold: an error, where a multiplication would overflow or an allocation end the program.

use nn_core::Tensor;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_data::{
    DataError, Dataset, GroupKFold, KFold, RepeatedKFold, RepeatedStratifiedKFold, StratifiedKFold,
    TimeSeriesSplit, make_adding, make_blobs, make_checkerboard, make_circles, make_moons, make_recall,
    make_regression, make_sinusoid, make_spirals, make_xor, one_hot, temporal_train_test_split,
    train_test_split, train_validation_test_split,
};

/// The first product overflows, or the size in bytes, or it fits into 64 bits and into no memory.
const HUGE: [usize; 5] = [usize::MAX, usize::MAX - 15, usize::MAX / 8, isize::MAX as usize, 1 << 48];

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(0)
}

fn made<T>(result: Result<T, DataError>) -> Result<(), DataError> {
    result.map(drop)
}

#[test]
fn too_many_samples_features_outputs_and_classes() {
    type Row = (&'static str, fn(usize) -> Result<(), DataError>);
    let table: [Row; 18] = [
        ("make_adding", |n| made(make_adding::<f32>(n, 2, &mut rng()))),
        ("make_adding", |n| made(make_adding::<f64>(1, n, &mut rng()))),
        ("make_adding", |n| made(make_adding::<f64>(n, n, &mut rng()))),
        ("make_recall", |n| made(make_recall::<f32>(n, 1, 1, 1, &mut rng()))),
        ("make_recall", |n| made(make_recall::<f64>(1, n, n, n, &mut rng()))),
        ("make_blobs", |n| made(make_blobs::<f32, 1>(n, &[[0.0]], 0.1, &mut rng()))),
        ("make_checkerboard", |n| made(make_checkerboard::<f64>(n, 2, 0.1, &mut rng()))),
        ("make_circles", |n| made(make_circles::<f32>(n, 0.1, 0.5, &mut rng()))),
        ("make_moons", |n| made(make_moons::<f64>(n, 0.1, &mut rng()))),
        ("make_regression", |n| made(make_regression::<f32>(n, 1, 1, 0.1, &mut rng()))),
        ("make_regression", |n| made(make_regression::<f64>(1, n, 1, 0.1, &mut rng()))),
        ("make_regression", |n| made(make_regression::<f32>(1, 1, n, 0.1, &mut rng()))),
        ("make_regression", |n| made(make_regression::<f32>(n, n, n, 0.1, &mut rng()))),
        ("make_sinusoid", |n| made(make_sinusoid::<f64>(n, 1.0, 0.1, &mut rng()))),
        ("make_spirals", |n| made(make_spirals::<f32>(n, 2, 1.0, 0.1, &mut rng()))),
        ("make_xor", |n| made(make_xor::<f32>(n, 0.1, &mut rng()))),
        ("one_hot", |n| made(one_hot::<f32>(&[0], n))),
        ("one_hot", |n| made(one_hot::<f64>(&[0; 17], n))),
    ];
    for (name, call) in table {
        for huge in HUGE {
            match call(huge) {
                Err(DataError::Setting(error)) => {
                    assert_eq!(
                        (&*error.of, &*error.expected),
                        (name, "no more than memory can hold"),
                        "{error}"
                    );
                }
                other => panic!("{name} of {huge}: {other:?}"),
            }
        }
    }
    let error = one_hot::<f32>(&[0, 1], usize::MAX).unwrap_err().to_string();
    assert_eq!(error, "one_hot: size is 2 x 18446744073709551615, expected no more than memory can hold");
    // The product of the weights alone overflows.
    let error = make_regression::<f32>(1, 1 << 33, 1 << 33, 0.1, &mut rng()).unwrap_err().to_string();
    assert_eq!(
        error,
        "make_regression: features x outputs is 18446744073709551615, expected no more than memory can hold"
    );
}

/// No memory is needed for them.
#[test]
fn large_numbers_that_are_no_sizes() {
    for huge in HUGE {
        // An array whose strides would overflow is refused even if it holds nothing.
        assert_eq!(one_hot::<f32>(&[], huge).is_ok(), huge <= usize::MAX / 8);
        assert_eq!(make_spirals::<f32>(5, huge, 1.0, 0.0, &mut rng()).unwrap().y(), &[0, 1, 2, 3, 4]);
        assert_eq!(make_checkerboard::<f32>(5, huge, 0.0, &mut rng()).unwrap().samples(), 5);
    }
}

/// Samples without features take no memory, but their order does.
#[test]
fn samples_without_features() {
    let none = Tensor::<f32>::zeros(&[1 << 48, 0]);
    let data = Dataset::new(none.clone(), none).unwrap();
    for (of, result) in [
        ("train_test_split", made(train_test_split(&data, 0.5, &mut rng()))),
        ("train_validation_test_split", made(train_validation_test_split(&data, 0.3, 0.3, &mut rng()))),
        ("KFold", made(KFold::new(2).split(&data, &mut rng()))),
        ("RepeatedKFold", made(RepeatedKFold::new(2, 3).split(&data, &mut rng()))),
        ("TimeSeriesSplit", made(TimeSeriesSplit::new(2).split(&data))),
        ("temporal_train_test_split", made(temporal_train_test_split(&data, 0.5))),
    ] {
        let Err(DataError::Setting(error)) = result else { panic!("{of}") };
        assert_eq!((&*error.of, &*error.name), (of, "number of samples"), "{error}");
    }
}

#[test]
fn more_folds_than_samples() {
    let data = make_xor::<f32>(20, 0.1, &mut rng()).unwrap();
    for huge in HUGE {
        assert!(KFold::new(huge).split(&data, &mut rng()).is_err());
        assert!(StratifiedKFold::new(huge).split(&data, &mut rng()).is_err());
        assert!(GroupKFold::new(huge).split(&data, data.y()).is_err());
        assert!(RepeatedKFold::new(2, huge).split(&data, &mut rng()).is_err());
        assert!(RepeatedStratifiedKFold::new(2, huge).split(&data, &mut rng()).is_err());
        for split in [TimeSeriesSplit::new(huge), TimeSeriesSplit::new(2).test_size(huge)] {
            assert!(split.split(&data).is_err() && split.test_size(1).gap(huge).split(&data).is_err());
        }
    }
}

// --- Indices ---

#[test]
fn samples_that_are_not_there() {
    let data = make_xor::<f32>(20, 0.1, &mut rng()).unwrap();
    let none = Tensor::<f32>::zeros(&[3, 0]);
    let empty = Dataset::new(none.clone(), none).unwrap();
    for index in [20, 21, usize::MAX] {
        assert_eq!(
            data.select(&[0, index, 99]).err(),
            Some(DataError::NoSample { samples: 20, found: index })
        );
    }
    assert_eq!(empty.select(&[3]).err(), Some(DataError::NoSample { samples: 3, found: 3 }));
    assert_eq!(data.select(&[19]).unwrap().samples(), 1);
    assert_eq!(data.select(&[]).unwrap().samples(), 0);
}

#[test]
#[should_panic(expected = "expected indices of samples below 20, found 20")]
fn the_memory_of_a_batch_is_filled_with_samples_that_are_there() {
    let data = make_xor::<f32>(20, 0.1, &mut rng()).unwrap();
    let mut batch = data.select(&[0, 1]).unwrap();
    data.select_into(&[1, 20], &mut batch);
}
