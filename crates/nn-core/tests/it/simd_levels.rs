//! The instruction set changes the speed, never a result: every layer gives the same bits at every level.

use crate::common::{assert_same_bits, narrow, random, results, wide};
use nn_core::lanes::Lanes;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::simd::{Kernel, Level, Unavailable, dispatch};
use nn_core::{Purpose, Scalar};

#[test]
fn every_layer_gives_the_same_bits_at_every_level() {
    let _alone = crate::LEVEL.lock();
    same_bits::<f32>();
    same_bits::<f64>();
    one_rounding();
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

/// Checks `mul_add` on factors whose product lies halfway between 1 and the next number, with a term that decides which
/// of the two is nearer. Two roundings give 1 for both signs, and so does rounding in twice the precision first.
fn one_rounding() {
    struct MulAdd<F>(F, F, F);
    impl<F: Scalar> Kernel for MulAdd<F> {
        type Output = Lanes<F>;
        #[inline(always)]
        fn run(self) -> Lanes<F> {
            Lanes::splat(self.0).mul_add(Lanes::splat(self.1), Lanes::splat(self.2))
        }
    }
    fn check<F: Scalar>(factor: f64, other: f64, term: f64, next: f64) {
        let [factor, other] = [factor, other].map(F::from_f64);
        for (term, expected) in [(term, next), (-term, 1.0)] {
            let (term, expected) = (F::from_f64(term), F::from_f64(expected));
            for level in Level::available() {
                level.set().unwrap();
                let found = dispatch(MulAdd(factor, other, term));
                assert_eq!(found, Lanes::splat(expected), "{level:?}");
            }
        }
    }
    // 24929 · 673 = 2^24 + 1 and 321 · 28059810762433 = 2^53 + 1.
    check::<f32>(24929.0, 673.0 / 2.0_f64.powi(24), 2.0_f64.powi(-80), 1.0 + f64::from(f32::EPSILON));
    check::<f64>(321.0, 28_059_810_762_433.0 / 2.0_f64.powi(53), 2.0_f64.powi(-200), 1.0 + f64::EPSILON);
}
