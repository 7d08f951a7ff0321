//! What the token that asks looks at.

use nn_core::{Mode, Module, ModuleError, Plan, Purpose, Scalar, Tensor};

use super::KEYS;

/// Returns a map for each head of the network, if it has attention: a row for each place of the pair that is asked for, with the weights
/// that the last token gives to each pair, their mean over sequences. A network that looks up has ones on the diagonal.
pub(super) fn maps<F: Scalar>(network: &dyn Module<F>, x: &Tensor<F>) -> Result<Vec<Vec<f64>>, ModuleError> {
    let Plan { output, mut workspace } = network.plan(x.shape(), Purpose::Predict)?;
    let mut y = Tensor::try_zeros(&output)?;
    network.forward(x, &mut y, &mut workspace, &mut Mode::Eval);
    let Some(weights) = workspace.attention_weights().pop() else { return Ok(Vec::new()) };
    let [heads, tokens] = [1, 2].map(|axis| weights.shape()[axis]);
    let (pairs, features) = (tokens - 1, x.features() / tokens);
    let key = |sample: usize, token: usize| (0..KEYS).find(|k| x[[sample, token * features + k]] == F::ONE);
    let mut sums = vec![vec![0.0; pairs * pairs]; heads];
    let mut counts = vec![0; pairs];
    for sample in 0..x.samples() {
        let Some(asked) = (0..pairs).find(|&pair| key(sample, pair) == key(sample, pairs)) else { continue };
        counts[asked] += 1;
        for (head, sums) in sums.iter_mut().enumerate() {
            let first = (head * tokens + pairs) * tokens;
            for pair in 0..pairs {
                sums[asked * pairs + pair] += weights[[sample, first + pair]].to_f64();
            }
        }
    }
    for row in sums.iter_mut().flat_map(|sums| sums.chunks_exact_mut(pairs).zip(&counts)) {
        // A place that no sequence asks for stays 0.
        row.0.iter_mut().for_each(|sum| *sum /= f64::from((*row.1).max(1)));
    }
    Ok(sums)
}
