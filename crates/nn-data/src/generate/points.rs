//! Points in classes, moved by noise: the loop that all generators of classes share.

use nn_core::Scalar;
use nn_core::rand::Rng;

use super::Noise;
use crate::error::at_least;
use crate::{DataError, Dataset, memory};

/// Makes sample after sample: `point(sample, rng)` returns the exact point and its class, then noise moves every coordinate.
/// `of` is the generator's name, for errors.
pub(super) fn points<F: Scalar, const D: usize, R: Rng + ?Sized>(
    of: &str,
    samples: usize,
    noise: impl Noise,
    rng: &mut R,
    mut point: impl FnMut(usize, &mut R) -> ([f64; D], usize),
) -> Result<Dataset<F, Vec<usize>>, DataError> {
    at_least(1, of, "samples", samples)?;
    noise.check::<F>(of)?;
    let mut x = memory::tensor(of, [samples, D])?;
    let mut labels = memory::vec(of, "samples", samples)?;
    for sample in 0..samples {
        let (exact, class) = point(sample, rng);
        for (axis, value) in exact.into_iter().enumerate() {
            x[[sample, axis]] = F::from_f64(value + noise.draw(rng));
        }
        labels.push(class);
    }
    Dataset::made(of, x, labels)
}
