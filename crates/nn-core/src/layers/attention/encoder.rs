//! The layer that transformers are made of: attention, then a small network for each token.

use std::fmt;

use rand::Rng;

use super::MultiheadAttention;
use super::function::Function;
use crate::layers::described::described;
use crate::layers::layer::compiled_here;
use crate::{LayerNorm, Linear, Module, Param, ParamMut, Parameters, Scalar, Workspace};

/// A layer of a transformer. Every token gets from the others what it finds relevant, and then goes through a network of its own, the same
/// for all tokens.
///
/// Forward, with drop as [dropout](crate::Dropout):
/// - in the usual order z = norm₁(x + drop(attention(x))), y = norm₂(z + drop(W₂ drop(f(W₁ z + b₁)) + b₂))
/// - with [`norm_first`](TransformerEncoderLayer::norm_first) z = x + drop(attention(norm₁(x))),
///   y = z + drop(W₂ drop(f(W₁ norm₂(z) + b₁)) + b₂): gradients reach every layer through the sums alone, so that it trains without a
///   warm-up of the rate. A chain of these wants a [`LayerNorm`] at its end.
///
/// Attention is [`MultiheadAttention`], norm₁ and norm₂ are [`LayerNorm`]s over the features of a token, f is max(0, ·) or the
/// [GELU](crate::Gelu).
///
/// Backward: where something is added, the gradient goes to both terms. In the usual order, with s = x + drop(attention(x)) and ∂s the
/// gradient through norm₁, ∂x = ∂s + (∂ drop(attention(x)) / ∂x)ᵀ ∂s; the other sum and the other order are alike.
///
/// A decoder alone, which writes token after token, is a chain of these layers that are [causal](TransformerEncoderLayer::causal).
///
/// Shapes: `[n, t, d]`, unchanged. Parameters, named as PyTorch's: those of `self_attn`, `linear1`, `linear2`, `norm1` and `norm2`.
/// Initialisation: that of these layers.
///
/// Errors: planning fails if one of these layers refuses its settings or the input, if the probability of dropout is not from 0 to 1, and
/// if the value of padding is not finite.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Embedding, LayerNorm, Linear, Module, Sequential, Tensor};
/// use nn_core::TransformerEncoderLayer;
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// // For each token of a text, the next: 50 tokens are known.
/// let mut network = Sequential::<f32>::new();
/// network = network.append(Embedding::new(50, 16, &mut rng));
/// for _ in 0..2 {
///     let layer = TransformerEncoderLayer::new(16, 4, 32, &mut rng);
///     network = network.append(layer.norm_first().causal());
/// }
/// let network = network
///     .append(LayerNorm::new([16]))
///     .append(Linear::new(16, 50, &mut rng));
/// let tokens = Tensor::from_rows(&[[7.0, 3.0, 49.0, 0.0]]);
/// assert_eq!(network.predict(&tokens)?.shape(), [1, 4, 50]);
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
///
/// PyTorch's `nn.TransformerEncoder` has a chain of them under the name `layers`, and perhaps a norm at its end. So does this
/// [`Graph`](crate::Graph), which loads and saves the same files:
///
/// ```
/// # use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Graph, LayerNorm, Parameters, Sequential, TransformerEncoderLayer};
/// # let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let layers = Sequential::new()
///     .append(TransformerEncoderLayer::<f32>::new(16, 4, 32, &mut rng))
///     .append(TransformerEncoderLayer::new(16, 4, 32, &mut rng));
/// let encoder = Graph::new()
///     .input("x", [10, 16])
///     .node("layers", layers, "x")
///     .node("norm", LayerNorm::new([16]), "layers")
///     .output("norm");
/// let state = encoder.state_dict();
/// assert!(state.get("layers.1.self_attn.in_proj_weight").is_some());
/// ```
///
/// Source: A. Vaswani et al., "Attention is all you need", 2017; R. Xiong et al., "On layer normalization in the transformer architecture",
/// 2020.
#[derive(Debug, Clone, PartialEq)]
pub struct TransformerEncoderLayer<F> {
    pub(super) attention: MultiheadAttention<F>,
    pub(super) linear: [Linear<F>; 2],
    pub(super) norms: [LayerNorm<F>; 2],
    pub(super) function: Function,
    pub(super) dropout: f64,
    pub(super) norm_first: bool,
    pub(super) padding: Option<f64>,
}

impl<F: Scalar> TransformerEncoderLayer<F> {
    /// Makes a layer for tokens of `width` features, d, with so many heads, and `hidden` features between W₁ and W₂.
    ///
    /// # Panics
    /// If there is no memory for the parameters.
    pub fn new(width: usize, heads: usize, hidden: usize, rng: &mut (impl Rng + ?Sized)) -> Self {
        TransformerEncoderLayer {
            attention: MultiheadAttention::new(width, heads, rng),
            linear: [Linear::new(width, hidden, rng), Linear::new(hidden, width, rng)],
            norms: [LayerNorm::new([width]), LayerNorm::new([width])],
            function: Function::Relu,
            dropout: 0.0,
            norm_first: false,
            padding: None,
        }
    }

    /// Normalises what attention and the network of a token see, and not the sums.
    #[must_use]
    pub fn norm_first(self) -> Self {
        TransformerEncoderLayer { norm_first: true, ..self }
    }

    /// Replaces max(0, ·) by the [GELU](crate::Gelu).
    #[must_use]
    pub fn gelu(self) -> Self {
        TransformerEncoderLayer { function: Function::Gelu, ..self }
    }

    /// Lets every token see itself and those before it alone.
    #[must_use]
    pub fn causal(self) -> Self {
        TransformerEncoderLayer { attention: self.attention.causal(), ..self }
    }

    /// Sets the probability with which values are set to 0 in training, as [`Dropout`](crate::Dropout) does: the weights of attention, its
    /// output, what f gives, and the output of the network of a token. Must be from 0 to 1.
    #[must_use]
    pub fn dropout(self, p: f64) -> Self {
        TransformerEncoderLayer { attention: self.attention.dropout(p), dropout: p, ..self }
    }

    /// Makes tokens count as padding if all their features have this value. Must be finite. No token sees them, they stay as they are, so
    /// that the next layer knows them, and no gradient passes through them.
    #[must_use]
    pub fn padding(self, value: f64) -> Self {
        TransformerEncoderLayer { padding: Some(value), ..self }
    }

    /// Returns the layers inside in the order of their workspaces, with their names in PyTorch.
    fn layers(&self) -> [(&'static str, &dyn Parameters<F>); 5] {
        let ([first, second], [one, two]) = (&self.linear, &self.norms);
        let layers: [&dyn Parameters<F>; 5] = [&self.attention, first, second, one, two];
        std::array::from_fn(|i| (NAMES[i], layers[i]))
    }
}

/// The names of the layers inside.
pub(super) const NAMES: [&str; 5] = ["self_attn", "linear1", "linear2", "norm1", "norm2"];

impl<F: Scalar> Parameters<F> for TransformerEncoderLayer<F> {
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        for (name, layer) in self.layers() {
            layer.visit(&mut |parameter| visitor(parameter.inside(name)));
        }
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        let ([first, second], [one, two]) = (&mut self.linear, &mut self.norms);
        let layers: [&mut dyn Parameters<F>; 5] = [&mut self.attention, first, second, one, two];
        for (index, layer) in layers.into_iter().enumerate() {
            let child = Workspace::child(workspace, index);
            layer.visit_mut(child, &mut |mut parameter| visitor(parameter.inside(NAMES[index])));
        }
    }
}

described! {
    TransformerEncoderLayer<F> as "TransformerEncoderLayer";
    settings |layer| {
        d_model: usize = layer.attention.width,
        nhead: usize = layer.attention.heads,
        dim_feedforward: usize = layer.linear[0].bias().len(),
        dropout: f64 = layer.dropout,
        activation: Function = layer.function,
        norm_first: bool = layer.norm_first,
        causal: bool = layer.attention.causal,
        padding_value: Option<f64> = layer.padding,
    }
    fixed { batch_first: true }
    parameters [&[4, d_model, d_model], &[9, d_model], &[2, d_model, dim_feedforward], &[dim_feedforward]];
    made |rng| => {
        let layer = TransformerEncoderLayer::new(d_model, nhead, dim_feedforward, rng).dropout(dropout);
        let layer = if causal { layer.causal() } else { layer };
        TransformerEncoderLayer { function: activation, norm_first, padding: padding_value, ..layer }
    }
}

impl<F: Scalar> Module<F> for TransformerEncoderLayer<F> {
    compiled_here!(TransformerEncoderLayer<F>);
}

impl<F: Scalar> fmt::Display for TransformerEncoderLayer<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (attention, hidden) = (&self.attention, self.linear[0].bias().len());
        write!(f, "TransformerEncoderLayer({}, heads={}, hidden={hidden}", attention.width, attention.heads)?;
        if self.function == Function::Gelu {
            f.write_str(", gelu")?;
        }
        for (set, name) in [(self.norm_first, ", norm_first"), (attention.causal, ", causal")] {
            f.write_str(if set { name } else { "" })?;
        }
        if self.dropout != 0.0 {
            write!(f, ", dropout={}", self.dropout)?;
        }
        if let Some(padding) = self.padding {
            write!(f, ", padding={padding}")?;
        }
        f.write_str(")")
    }
}
