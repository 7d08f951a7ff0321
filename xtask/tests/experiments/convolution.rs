//! The claims about shapes at random places.

use nn_core::Parameters;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use xtask::experiments::convolution::{Kind, run};
use xtask::experiments::convolution_matrix::{FIELD, backward_matrix, field, filter, matrix, networks};

use crate::COMMITTED;

#[test]
fn both_networks_have_about_as_many_parameters() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let [cnn, dense] = Kind::ALL.map(|kind| kind.network::<f32>(&mut rng).parameter_count());
    assert_eq!([cnn, dense], [772, 763]);
}

/// A convolutional network that has seen 25 images is right more often than a dense one that has seen 200, in the middle half
/// of the trials and for every pair of quartiles.
#[test]
fn a_convolution_learns_more_from_25_images_than_a_dense_network_from_200() {
    let of = |kind, samples| run::<f32>(&COMMITTED, kind, samples, &COMMITTED.trials(&|| ())).unwrap();
    let score = |kind, samples| of(kind, samples).score().unwrap().summary();
    let (few, many) = (score(Kind::Convolutional, 25), score(Kind::Convolutional, 200));
    let dense = score(Kind::Dense, 200);
    assert!(few.q1 > dense.q3 + 0.1, "{few:?} {dense:?}");
    assert!(many.iqm > 0.85 && dense.iqm < 0.4, "{many:?} {dense:?}");
    // No convolutional network is as bad as the best dense one.
    assert!(many.min > dense.max, "{many:?} {dense:?}");
}

/// Row i of the matrix is the filter, i places to the right, and backward is its transpose.
#[test]
fn a_convolution_is_a_matrix_and_its_gradient_the_transpose() {
    let (forward, backward) = (matrix::<f64>(&filter(), &[1, 8]), backward_matrix::<f64>(&filter(), &[1, 8]));
    assert_eq!((forward.rows, forward.columns, backward.rows, backward.columns), (6, 8, 8, 6));
    for i in 0..6 {
        for j in 0..8_usize {
            let expected = j.checked_sub(i).and_then(|tap| [1.0, 2.0, 3.0].get(tap)).copied().unwrap_or(0.0);
            assert_eq!(forward.entries[8 * i + j], expected, "{i}, {j}");
            assert_eq!(backward.entries[6 * j + i], expected, "{i}, {j}");
        }
    }
}

/// The sides of the squares of pixels that the output in the middle sees, as the theory has them.
#[test]
fn receptive_fields_are_as_large_as_the_theory_says() {
    for ((name, network), side) in networks::<f64>().into_iter().zip([3, 5, 7, 8, 15]) {
        let seen: Vec<usize> = (0..FIELD * FIELD).filter(|&pixel| field(&network)[pixel] > 0.0).collect();
        let rows = seen[seen.len() - 1] / FIELD - seen[0] / FIELD + 1;
        assert_eq!((rows, seen.len()), (side, side * side), "{name}");
    }
}
