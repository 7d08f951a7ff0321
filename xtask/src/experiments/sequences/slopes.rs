//! How much an output depends on what a network saw so many steps ago.

use nn_core::{Accumulate, Mode, Module, ModuleError, Plan, Purpose, Scalar, Tensor};

/// Returns, for each distance in time from the last step back, the norm of the gradient of the output with respect to the input
/// there: the root of its mean square over samples.
pub(super) fn slopes<F: Scalar>(network: &dyn Module<F>, x: &Tensor<F>) -> Result<Vec<f64>, ModuleError> {
    let Plan { output, mut workspace } = network.plan(x.shape(), Purpose::Train)?;
    let (mut y, mut dx) = (Tensor::try_zeros(&output)?, Tensor::try_zeros(x.shape())?);
    let dy = Tensor::try_zeros(&output)?.map(|_| F::ONE);
    network.forward(x, &mut y, &mut workspace, &mut Mode::Eval);
    network.backward(x, &y, &dy, Some(&mut dx), Accumulate::Replace, &mut workspace);
    let [samples, steps, inputs] = [0, 1, 2].map(|axis| x.shape()[axis]);
    let norm = |step: usize| {
        let features = step * inputs..(step + 1) * inputs;
        let squares = features.flat_map(|feature| dx.feature(feature)).map(|slope| slope.to_f64().powi(2));
        (squares.sum::<f64>() / samples as f64).sqrt()
    };
    Ok((0..steps).rev().map(norm).collect())
}
