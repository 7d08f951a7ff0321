//! A product shared by several threads gives the bits that one thread gives.

use crate::common::{assert_same_bits, random, results};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{Linear, Scalar};

#[test]
fn shared_products_have_the_same_bits() {
    same_bits::<f32>();
    same_bits::<f64>();
}

fn same_bits<F: Scalar>() {
    let rng = &mut ChaCha8Rng::seed_from_u64(5);
    // The rows are not a whole number of tiles.
    let mut layer = Linear::<F>::new(301, 253, rng);
    // More multiplications than one thread does alone, then fewer, shared with helpers that are still awake.
    let batches = [130, 60, 130, 60, 60].map(|n| (random(&[n, 301], rng), random(&[n, 253], rng)));
    let mut all = || batches.each_ref().map(|(x, dy)| results(&mut layer, x, dy));
    let shared = all();
    // Inside a pool nothing is shared.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let alone = pool.install(all);
    for (shared, alone) in shared.iter().zip(&alone) {
        assert_same_bits(shared, alone, "shared and alone");
    }
}
