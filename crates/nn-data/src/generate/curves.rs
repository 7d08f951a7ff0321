//! Points along plane curves, one curve a class.

use nn_core::rand::Rng;
use nn_core::random::normal;
use nn_core::{Scalar, Tensor};

use crate::{DataError, Dataset};

/// Which point of which curve is wanted: number `place` of the `members` points of curve `class`, counted from 0.
pub(super) struct Place {
    pub(super) class: usize,
    pub(super) place: usize,
    pub(super) members: usize,
}

/// Sample i is the next point of curve i mod `classes`, moved by normal noise in both directions. The curves' numbers of
/// points are as equal as they can be.
pub(super) fn along<F: Scalar>(
    samples: usize,
    classes: usize,
    noise: f64,
    rng: &mut (impl Rng + ?Sized),
    point: impl Fn(&Place) -> [f64; 2],
) -> Result<Dataset<F, Vec<usize>>, DataError> {
    DataError::check_positive("samples", samples)?;
    DataError::check_spread("noise", noise)?;
    let mut x = Tensor::zeros(&[samples, 2]);
    let mut labels = Vec::with_capacity(samples);
    for sample in 0..samples {
        let class = sample % classes;
        let members = samples / classes + usize::from(class < samples % classes);
        let exact = point(&Place { class, place: sample / classes, members });
        for (axis, value) in exact.into_iter().enumerate() {
            x[[sample, axis]] = F::from_f64(value + noise * normal(rng));
        }
        labels.push(class);
    }
    Dataset::new(x, labels)
}
