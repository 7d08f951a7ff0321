//! The instruction set changes the speed, never a result: every layer gives the same bits at every level.

mod common;

use common::{assert_same_bits, narrow, random, results, wide};
use nn_core::Purpose;
use nn_core::Scalar;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::simd::{Level, Unavailable};

/// One test, because the level is one for the whole process.
#[test]
fn every_layer_gives_the_same_bits_at_every_level() {
    same_bits::<f32>();
    same_bits::<f64>();
    for level in [Level::Baseline, Level::Avx2, Level::Avx512] {
        let expected = if Level::available().any(|l| l == level) { Ok(()) } else { Err(Unavailable(level)) };
        assert_eq!(level.set(), expected);
    }
    assert_eq!(Unavailable(Level::Avx512).to_string(), "this machine has no Avx512 instructions");
}

fn same_bits<F: Scalar>() {
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    for case in narrow::<F>().iter_mut().chain(&mut wide()) {
        for samples in case.sizes((1..=40).chain([200])) {
            let x = case.input(samples, &mut rng);
            let dy = random(&case.module.plan(x.shape(), Purpose::Train).unwrap().output, &mut rng);
            Level::Baseline.set().unwrap();
            let expected = results(case.module.as_mut(), &x, &dy);
            for level in Level::available() {
                level.set().unwrap();
                assert_eq!(Level::current(), level);
                let got = results(case.module.as_mut(), &x, &dy);
                assert_same_bits(&got, &expected, &format!("{} of {samples} at {level:?}", case.name));
            }
        }
    }
}
