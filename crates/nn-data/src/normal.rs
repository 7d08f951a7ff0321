//! Normal noise for whole batches, sixteen values at a time.

use std::f64::consts::SQRT_2;

use nn_core::lanes::{Block, LANES, Lanes};
use nn_core::rand::Rng;
use nn_core::simd::{Kernel, dispatch};
use nn_core::{Scalar, Tensor, once};

/// The random bytes of one value.
type Bytes = [u8; 4];

/// The number of blocks whose bytes are drawn together.
const GROUP: usize = 16;

once! {
    /// Adds noise with this standard deviation to every value, feature by feature, the samples of each in order. Draws four bytes
    /// for each, and nothing for the padding.
    pub(crate) fn add_normal<'a, F>(x: &'a mut Tensor<F>, deviation: f64, rng: &'a mut dyn Rng) {
        let (samples, blocks) = (x.samples(), x.blocks_per_feature());
        for feature in x.blocks_mut().chunks_exact_mut(blocks.max(1)) {
            for (group, blocks) in feature.chunks_mut(GROUP).enumerate() {
                let mut bytes = [[Bytes::default(); LANES]; GROUP];
                let count = (blocks.len() * LANES).min(samples - group * GROUP * LANES);
                rng.fill_bytes(bytes.as_flattened_mut()[..count].as_flattened_mut());
                dispatch(AddNormal { blocks, bytes: &bytes, deviation });
            }
        }
    }
}

struct AddNormal<'a, F> {
    blocks: &'a mut [Block<F>],
    bytes: &'a [[Bytes; LANES]; GROUP],
    deviation: f64,
}

impl<F: Scalar> Kernel for AddNormal<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (block, bytes) in self.blocks.iter_mut().zip(self.bytes) {
            let mut noisy = *block;
            for lane in 0..LANES {
                let noise = self.deviation * normal(i32::from_le_bytes(bytes[lane]));
                noisy[lane] = F::from_f64(noisy[lane].to_f64() + noise);
            }
            Lanes(noisy).store(block);
        }
    }
}

/// Returns the standard normal number that an integer stands for: √2 erf⁻¹(x), where the 2³² integers become numbers x that
/// divide the range from −1 to 1 evenly. Without the two ends, where it would be infinite.
///
/// The polynomials in w = −ln(1 − x²) and in its root are those of M. Giles, "Approximating the erfinv function", 2011, for single
/// precision. The result is wrong by at most a millionth, or by 4 · 10⁻⁴ of it above 5.5. Noise needs no more, and sixteen values
/// in single precision are one register; x and 1 − x² are in double precision, because near 1 and −1 they decide.
#[inline(always)]
fn normal(integer: i32) -> f64 {
    let x = (f64::from(integer) + 0.5) * (1.0 / 2_147_483_648.0);
    let w = -Scalar::ln(((1.0 - x) * (1.0 + x)) as f32);
    let near = polynomial(&NEAR, w - 2.5);
    let far = polynomial(&FAR, Scalar::sqrt(w) - 3.0);
    let slope = if w < 5.0 { near } else { far };
    SQRT_2 * x * f64::from(slope)
}

/// The coefficients of erf⁻¹(x) / x in powers of w − 2.5, the highest first, for w below 5.
const NEAR: [f32; 9] = [
    2.8102264e-8,
    3.4327394e-7,
    -3.5233877e-6,
    -4.3915065e-6,
    0.00021858087,
    -0.001253725,
    -0.0041776816,
    0.24664073,
    1.5014094,
];

/// The coefficients in powers of √w − 3, the highest first, from 5 on.
const FAR: [f32; 9] = [
    -0.00020021426,
    0.00010095056,
    0.0013493432,
    -0.0036734284,
    0.0057395077,
    -0.0076224613,
    0.0094388705,
    1.001674,
    2.8329768,
];

#[inline(always)]
fn polynomial(coefficients: &[f32; 9], x: f32) -> f32 {
    let mut sum = 0.0;
    for coefficient in coefficients {
        sum = sum * x + coefficient;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Inverts it: a relative error e of a normal number z changes erf(z / √2) by e z √(2/π) exp(−z²/2).
    #[test]
    fn a_number_has_the_share_of_the_normal_distribution_that_its_integer_has() {
        let integers = (0..2_000_000).map(|i| i * 1073).chain((0..100_000).map(|i| i32::MAX - i));
        for integer in integers {
            let z = normal(integer);
            assert_eq!(normal(-1 - integer), -z);
            // The share that lies further from 0 than z.
            let expected = (2_147_483_648.0 - f64::from(integer) - 0.5) / 2_147_483_648.0;
            let found = Scalar::erfc(z / SQRT_2);
            let slope = z * (2.0 / std::f64::consts::PI).sqrt() * Scalar::exp(-0.5 * z * z);
            let error = ((found - expected) / slope).abs();
            let bound = if z < 5.5 { 1e-6 } else { 4e-4 };
            assert!(error < bound, "{z} is wrong by {error:e}");
        }
        let last = normal(i32::MAX);
        assert!((6.3..6.4).contains(&last), "{last}");
    }
}
