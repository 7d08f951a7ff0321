//! The lengths of sequences that are filled up with padding.

use crate::{Scalar, Tensor};

/// Writes the number of steps of each sample of `x`, of shape `[n, t, d]`, before those at its end at which every feature is `padding`.
pub(super) fn find<F: Scalar>(x: &Tensor<F>, padding: F, lengths: &mut Tensor<F>) {
    let [steps, inputs] = [x.shape()[1], x.shape()[2]];
    let lengths = lengths.feature_mut(0);
    for (sample, length) in lengths.iter_mut().enumerate() {
        let is_padding = |&step: &usize| {
            let features = step * inputs..(step + 1) * inputs;
            features.into_iter().all(|feature| x.feature(feature)[sample] == padding)
        };
        let ended = (0..steps).rev().take_while(is_padding).count();
        *length = F::from_f64((steps - ended) as f64);
    }
}
