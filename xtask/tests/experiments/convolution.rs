//! The claims about shapes at random places.

use nn_core::Parameters;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use xtask::experiments::convolution::{Kind, run};

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
