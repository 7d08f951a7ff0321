//! Points along plane curves, one curve for each class.

use nn_core::Scalar;
use nn_core::rand::Rng;

use super::Noise;
use super::points::points;
use crate::{DataError, Dataset};

/// The point that is asked for: number `place` of the `members` points on the curve of `class`, counted from 0.
pub(super) struct Place {
    pub(super) class: usize,
    pub(super) place: usize,
    pub(super) members: usize,
}

/// Sample i is the next point on curve i mod `classes`, moved by noise. The numbers of points on the curves differ by at
/// most one.
pub(super) fn along<F: Scalar>(
    of: &str,
    samples: usize,
    classes: usize,
    noise: impl Noise,
    rng: &mut (impl Rng + ?Sized),
    point: impl Fn(&Place) -> [f64; 2],
) -> Result<Dataset<F, Vec<usize>>, DataError> {
    points(of, samples, noise, rng, |sample, _| {
        let class = sample % classes;
        let members = samples / classes + usize::from(class < samples % classes);
        (point(&Place { class, place: sample / classes, members }), class)
    })
}
