//! What the tokens of a network looked at.

use super::MultiheadAttention;
use super::step;
use crate::{Scalar, Tensor, Workspace};

impl<F: Scalar> Workspace<F> {
    /// Returns the weights P of every attention of the network, in the order of its layers, as the last `forward` computed them: for each
    /// token how much it takes of each, before dropout. The shape is `[n, heads, queries, keys]`.
    ///
    /// ```
    /// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
    /// use nn_core::{Linear, Mode, Module, Plan, Purpose, Sequential, Tensor};
    /// use nn_core::TransformerEncoderLayer;
    /// let mut rng = ChaCha8Rng::seed_from_u64(0);
    /// let network = Sequential::<f32>::new()
    ///     .append(Linear::new(2, 8, &mut rng))
    ///     .append(TransformerEncoderLayer::new(8, 2, 16, &mut rng).causal());
    /// let x = Tensor::from_vec(&[1, 3, 2], vec![0.5, -1.0, 2.0, 1.0, 0.0, 3.0])?;
    /// let Plan { output, mut workspace } = network.plan(x.shape(), Purpose::Predict)?;
    /// network.forward(&x, &mut Tensor::zeros(&output), &mut workspace, &mut Mode::Eval);
    ///
    /// let all = workspace.attention_weights();
    /// assert_eq!((all.len(), all[0].shape()), (1, &[1, 2, 3, 3][..]));
    /// // The first token sees itself alone.
    /// let (head, query) = (1, 0);
    /// let row = [0, 1, 2].map(|key| all[0][[0, (head * 3 + query) * 3 + key]]);
    /// assert_eq!(row, [1.0, 0.0, 0.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn attention_weights(&self) -> Vec<Tensor<F>> {
        let inside = self.children.iter().flat_map(Workspace::attention_weights);
        let own = self.planned.is_of::<MultiheadAttention<F>>().then(|| step::weights(self));
        own.into_iter().chain(inside).collect()
    }
}
