//! A product that several threads share gives the bits that one thread gives.

mod common;

use common::{assert_same_bits, random, results};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{Linear, Scalar};

#[test]
fn shared_products_have_the_same_bits() {
    same_bits::<f32>();
    same_bits::<f64>();
}

fn same_bits<F: Scalar>() {
    let rng = &mut ChaCha8Rng::seed_from_u64(5);
    // More multiplications than one thread is left alone with; rows that make no whole number of tiles.
    let mut layer = Linear::<F>::new(301, 253, rng);
    let (x, dy) = (random(&[130, 301], rng), random(&[130, 253], rng));
    let shared = results(&mut layer, &x, &dy);
    // Inside a pool nothing is shared.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let alone = pool.install(|| results(&mut layer, &x, &dy));
    assert_same_bits(&shared, &alone, "shared and alone");
}
