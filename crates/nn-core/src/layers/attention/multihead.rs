//! Multi-head attention: every token asks all others, and takes from each as much as it answers.

use std::fmt;

use rand::Rng;

use crate::layers::described::described;
use crate::layers::layer::compiled_here;
use crate::{Fans, Init, Initialize, Module, Param, ParamMut, Parameters, Scalar, Workspace};

/// Scaled dot-product attention with several heads. Every token asks with a query; every token answers with a key, which says how well
/// it fits, and a value, which is what the asking token gets of it.
///
/// Forward, for tokens x_1 … x_t of d features each and H heads of d/H features:
/// - q = W_q x + b_q, k = W_k x + b_k, v = W_v x + b_v for each token; each head has its own d/H of their features
/// - S_ij = q_i · k_j / √(d/H), for each head and each pair of tokens
/// - P_ij = exp(S_ij) / Σ_k exp(S_ik): row i says how much token i takes of each token
/// - o_i = Σ_j P_ij v_j, the heads side by side
/// - y_i = W_o o_i + b_o.
///
/// Backward, with ∂o_i = W_oᵀ ∂y_i, for each head:
/// - ∂v_j = Σ_i P_ij ∂o_i
/// - ∂P_ij = ∂o_i · v_j
/// - ∂S_ij = P_ij (∂P_ij − Σ_k ∂P_ik P_ik)
/// - ∂q_i = Σ_j ∂S_ij k_j / √(d/H) and ∂k_j = Σ_i ∂S_ij q_i / √(d/H);
///
/// then the matrices and the input as for [`Linear`](crate::Linear).
///
/// Shapes: `[n, t, d]`, unchanged. With [`cross`](MultiheadAttention::cross) attention, which lets the first tokens ask the others,
/// `[n, queries + keys, d]` to `[n, queries, d]`. Parameters, named as PyTorch's: `in_proj_weight` of shape `[3d, d]`, with the rows of
/// W_q, W_k and W_v, `in_proj_bias` `[3d]`, `out_proj.weight` `[d, d]` and `out_proj.bias` `[d]`. Initialisation, as in PyTorch: Xavier
/// uniform for `in_proj_weight` as one matrix, U(−1/√d, 1/√d) for `out_proj.weight`, 0 for the biases.
///
/// Memory: the [weights](crate::Workspace::attention_weights) P of all pairs of tokens, H t² numbers for each sample, and as many again
/// for their gradients in training.
///
/// Errors: planning fails unless the heads divide d, the probability of dropout is from 0 to 1, the value of padding is finite, and the
/// input has the shape `[n, t, d]`; and if the attention is both causal and of the kind that lets the first tokens ask the others.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Module, MultiheadAttention, Tensor};
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let x = Tensor::zeros(&[5, 7, 8]);
/// let attention = MultiheadAttention::<f32>::new(8, 2, &mut rng);
/// assert_eq!(attention.predict(&x)?.shape(), [5, 7, 8]);
/// // The first two tokens ask the five others.
/// assert_eq!(attention.cross(2).predict(&x)?.shape(), [5, 2, 8]);
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
///
/// Source: A. Vaswani et al., "Attention is all you need", 2017.
#[derive(Debug, Clone, PartialEq)]
pub struct MultiheadAttention<F> {
    pub(super) width: usize,
    pub(super) heads: usize,
    pub(super) bias: bool,
    pub(super) dropout: f64,
    pub(super) causal: bool,
    pub(super) padding: Option<f64>,
    pub(super) queries: Option<usize>,
    pub(super) in_weight: Vec<F>,
    pub(super) in_bias: Vec<F>,
    pub(super) out_weight: Vec<F>,
    pub(super) out_bias: Vec<F>,
}

impl<F: Scalar> MultiheadAttention<F> {
    /// Makes attention over tokens of `width` features, d, with so many heads.
    ///
    /// # Panics
    /// If there is no memory for the parameters.
    pub fn new(width: usize, heads: usize, rng: &mut (impl Rng + ?Sized)) -> Self {
        let rows = width.saturating_mul(3);
        let fans = |fan_out| Fans { fan_in: width, fan_out };
        MultiheadAttention {
            width,
            heads,
            bias: true,
            dropout: 0.0,
            causal: false,
            padding: None,
            queries: None,
            in_weight: Init::XavierUniform.draw(&[rows, width], fans(rows), rng),
            in_bias: Init::ZEROS.draw(&[rows], fans(rows), rng),
            out_weight: Init::FanIn.draw(&[width, width], fans(width), rng),
            out_bias: Init::ZEROS.draw(&[width], fans(width), rng),
        }
    }

    /// Removes both biases.
    #[must_use]
    pub fn without_bias(self) -> Self {
        MultiheadAttention { bias: false, in_bias: Vec::new(), out_bias: Vec::new(), ..self }
    }

    /// Lets every token see itself and those before it alone, as what writes a text token by token has to.
    #[must_use]
    pub fn causal(self) -> Self {
        MultiheadAttention { causal: true, ..self }
    }

    /// Lets the first `queries` tokens of the input ask all others, the memory. The output has as many tokens.
    #[must_use]
    pub fn cross(self, queries: usize) -> Self {
        MultiheadAttention { queries: Some(queries), ..self }
    }

    /// Sets the probability with which each weight is set to 0 in training, as [`Dropout`](crate::Dropout) does. Must be from 0 to 1.
    #[must_use]
    pub fn dropout(self, p: f64) -> Self {
        MultiheadAttention { dropout: p, ..self }
    }

    /// Makes tokens count as padding if all their features have this value. Must be finite. No token sees them, and where one of them
    /// asks, the output has this value, too; no gradient passes through them. A token that sees no other takes nothing: its o is 0.
    #[must_use]
    pub fn padding(self, value: f64) -> Self {
        MultiheadAttention { padding: Some(value), ..self }
    }
}

impl<F: Scalar> Parameters<F> for MultiheadAttention<F> {
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        let (d, rows) = (self.width, self.in_weight.len() / self.width.max(1));
        visitor(Param::new("in_proj_weight", &[rows, d], &self.in_weight));
        if self.bias {
            visitor(Param::new("in_proj_bias", &[rows], &self.in_bias));
        }
        visitor(Param::new("weight", &[d, d], &self.out_weight).inside("out_proj"));
        if self.bias {
            visitor(Param::new("bias", &[d], &self.out_bias).inside("out_proj"));
        }
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        let (d, rows) = (self.width, self.in_weight.len() / self.width.max(1));
        let gradient = |index| Workspace::gradient(workspace, index);
        let MultiheadAttention { in_weight, in_bias, out_weight, out_bias, .. } = self;
        visitor(ParamMut::new("in_proj_weight", &[rows, d], in_weight, gradient(0)));
        if self.bias {
            visitor(ParamMut::new("in_proj_bias", &[rows], in_bias, gradient(1)));
        }
        visitor(ParamMut::new("weight", &[d, d], out_weight, gradient(2)).inside("out_proj"));
        if self.bias {
            visitor(ParamMut::new("bias", &[d], out_bias, gradient(3)).inside("out_proj"));
        }
    }
}

described! {
    MultiheadAttention<F> as "MultiheadAttention";
    settings |layer| {
        embed_dim: usize = layer.width,
        num_heads: usize = layer.heads,
        bias: bool = layer.bias,
        dropout: f64 = layer.dropout,
        causal: bool = layer.causal,
        padding_value: Option<f64> = layer.padding,
        queries: Option<usize> = layer.queries,
    }
    fixed { batch_first: true }
    parameters [&[4, embed_dim, embed_dim], &[4, embed_dim]];
    made |rng| => {
        let layer = MultiheadAttention::new(embed_dim, num_heads, rng).dropout(dropout);
        let layer = if bias { layer } else { layer.without_bias() };
        MultiheadAttention { causal, padding: padding_value, queries, ..layer }
    }
}

impl<F: Scalar> Module<F> for MultiheadAttention<F> {
    compiled_here!(MultiheadAttention<F>);
}

impl<F: Scalar> fmt::Display for MultiheadAttention<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MultiheadAttention({}, heads={}", self.width, self.heads)?;
        if let Some(queries) = self.queries {
            write!(f, ", queries={queries}")?;
        }
        if self.causal {
            f.write_str(", causal")?;
        }
        if self.dropout != 0.0 {
            write!(f, ", dropout={}", self.dropout)?;
        }
        if let Some(padding) = self.padding {
            write!(f, ", padding={padding}")?;
        }
        f.write_str(if self.bias { ")" } else { ", bias=false)" })
    }
}
