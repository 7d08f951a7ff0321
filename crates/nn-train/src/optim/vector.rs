//! Operations on long vectors. Sums are computed in `f64` as sixteen partial sums in a fixed order, so that every instruction set
//! gives the same bits.

use nn_core::lanes::{LANES, Lanes};
use nn_core::simd::{Kernel, dispatch};
use nn_core::{Scalar, once};

once! {
    /// Σ aᵢ bᵢ
    pub(super) fn dot<'a, F>(a: &'a [F], b: &'a [F]) -> f64 {
        dispatch(Dot(a, b))
    }
}

once! {
    /// to ← to + factor · from
    pub(super) fn add_scaled<'a, F>(to: &'a mut [F], factor: F, from: &'a [F]) {
        dispatch(AddScaled(to, factor, from));
    }
}

once! {
    /// max |aᵢ|. NaN if an element is NaN, 0 for an empty vector.
    pub(super) fn max_abs<'a, F>(a: &'a [F]) -> f64 {
        let larger = |max: f64, x: f64| if x > max || x.is_nan() { x } else { max };
        a.iter().fold(0.0, |max, x| larger(max, x.abs().to_f64()))
    }
}

once! {
    /// Σ |aᵢ|
    pub(super) fn sum_abs<'a, F>(a: &'a [F]) -> f64 {
        a.iter().map(|x| x.abs().to_f64()).sum()
    }
}

struct Dot<'a, F>(&'a [F], &'a [F]);

impl<F: Scalar> Kernel for Dot<'_, F> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let ((a, a_rest), (b, b_rest)) = (self.0.as_chunks::<LANES>(), self.1.as_chunks::<LANES>());
        let mut sum = Lanes::zero();
        for (a, b) in a.iter().zip(b) {
            let mut products = [0.0; LANES];
            for lane in 0..LANES {
                products[lane] = a[lane].to_f64() * b[lane].to_f64();
            }
            sum += Lanes(products);
        }
        let mut products = [0.0; LANES];
        for ((product, a), b) in products.iter_mut().zip(a_rest).zip(b_rest) {
            *product = a.to_f64() * b.to_f64();
        }
        (sum + Lanes(products)).sum()
    }
}

struct AddScaled<'a, F>(&'a mut [F], F, &'a [F]);

impl<F: Scalar> Kernel for AddScaled<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (to, &from) in self.0.iter_mut().zip(self.2) {
            *to += self.1 * from;
        }
    }
}
