//! Multi-head attention: every token asks all others, and takes from each as much as it answers.

use std::fmt;

use rand::Rng;

use super::sequence::{self, Slopes};
use super::step::{BUFFERS, Step};
use crate::kernels::elementwise;
use crate::kernels::padding;
use crate::layers::described::described;
use crate::layers::layer::{Layer, compiled_here};
use crate::{
    Accumulate, Columns, Fans, Init, Initialize, Mode, Module, ModuleError, Param, ParamMut, Parameters,
    Plan, Purpose, Scalar, Setting, SettingError, ShapeError, Tensor, Workspace,
};

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
    padding: Option<f64>,
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

    /// Plans what a layer does within, for an input of the shape `[n, t, d]`, or `[t, d]` for one [sequence] alone.
    pub(super) fn plan_within(&self, input: &[usize], purpose: Purpose) -> Result<Workspace<F>, ModuleError> {
        self.check()?;
        let step = Step::of(self, input);
        let mut output = input.to_vec();
        if let (Some(queries), [_, tokens, _]) = (self.queries, &mut output[..]) {
            *tokens = queries;
        }
        let mut workspace = Workspace::of(self, input, &output, purpose)?;
        let make = |shape: &[usize]| Tensor::try_zeros(shape).map_err(|_| ShapeError::too_large(self, input));
        let if_padding = |shape: &[usize]| if self.padding.is_some() { make(shape) } else { make(&[0]) };
        workspace.indices.push(self.numbers().to_vec());
        workspace.buffers.push(if_padding(&input[..input.len() - 1])?);
        workspace.buffers.push(if_padding(if purpose == Purpose::Train { &output } else { &[0] })?);
        workspace.buffers.extend(step.buffers(purpose, make)?);
        if purpose == Purpose::Train {
            let parameters = [&self.in_weight, &self.in_bias, &self.out_weight, &self.out_bias];
            workspace.gradients = parameters.map(|values| vec![F::ZERO; values.len()]).into();
        }
        Ok(workspace)
    }

    /// Computes y as `forward` does, for a layer without padding of its own that was planned by [`plan_within`](Self::plan_within): the mask
    /// says which tokens are there to be seen.
    pub(super) fn attend(
        &self,
        x: &Tensor<F>,
        y: &mut Tensor<F>,
        workspace: &mut Workspace<F>,
        mode: &mut Mode<'_>,
        mask: Option<Columns<'_, F>>,
    ) {
        workspace.check_forward(self, x, y);
        self.check_own(workspace);
        let buffers = &mut workspace.buffers[OWN..];
        workspace.trained = Step::of(self, x.shape()).forward(x, y, buffers, mode, mask);
    }

    /// Computes the gradients as `backward` does, after [`attend`](Self::attend).
    pub(super) fn retrace(&self, slopes: Slopes<'_, F>, workspace: &mut Workspace<F>) {
        let Slopes { x, y, dy, dx, accumulate } = slopes;
        workspace.check_backward(self, x, y, dy, dx.as_deref());
        self.check_own(workspace);
        let memory = (&mut workspace.buffers[OWN..], workspace.trained);
        Step::of(self, x.shape()).backward(x, dy, dx, accumulate, memory, &mut workspace.gradients);
    }

    /// Returns the shape that the tokens have within.
    fn within<'a>(&self, input: &'a [usize]) -> &'a [usize] {
        // Tokens that ask others are of two kinds, which would not begin in the same lane.
        if self.queries.is_none() { sequence::within(input) } else { input }
    }

    /// Returns all that the memory of a step depends on.
    fn numbers(&self) -> [usize; 6] {
        let flags = [self.bias, self.dropout > 0.0, self.padding.is_some()].map(usize::from);
        [self.width, self.heads, self.queries.unwrap_or(0), flags[0], flags[1], flags[2]]
    }

    fn check_own(&self, workspace: &Workspace<F>) {
        let numbers = workspace.indices.first();
        workspace.check_own(self, numbers.is_some_and(|planned| *planned == self.numbers()));
    }

    /// Checks the settings, and returns those of the kernels.
    fn check(&self) -> Result<(), ModuleError> {
        const OF: &str = "MultiheadAttention";
        Setting::of::<f64>(OF, "dropout", self.dropout).up_to_1()?;
        if let Some(padding) = self.padding {
            Setting::of::<F>(OF, "padding", padding).finite()?;
        }
        let fits = self.heads > 0 && self.width > 0 && self.width.is_multiple_of(self.heads);
        let expected = format_args!("at least 1 and a divisor of the {} features of a token", self.width);
        SettingError::unless(fits, OF, "number of heads", expected, self.heads)?;
        let fits = !(self.causal && self.queries.is_some());
        SettingError::unless(fits, OF, "causal", "false with queries that are not keys", self.causal)?;
        Ok(())
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

/// The number of buffers before those of the [`Memory`]: the mask, which has a token for each of the input, and ∂y without what
/// belongs to padding. They are empty without padding.
pub(super) const OWN: usize = 2;

impl<F: Scalar> Module<F> for MultiheadAttention<F> {
    compiled_here!(MultiheadAttention<F>);
}

impl<F: Scalar> Layer<F> for MultiheadAttention<F> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        self.check()?;
        ShapeError::check_samples(self, input)?;
        let least = self.queries.map_or(1, |queries| queries.saturating_add(1));
        let fits = matches!(*input, [_, t, d] if t >= least && d == self.width) && self.queries != Some(0);
        if !fits {
            let expected = match self.queries {
                None => format!("input [n, t, {}]", self.width),
                Some(0) => "at least one query".into(),
                Some(queries) => format!("input [n, {queries} queries + t, {}]", self.width),
            };
            return Err(ShapeError::new(self, expected, input).into());
        }
        let mut workspace = self.plan_within(self.within(input), purpose)?;
        let output = [input[0], self.queries.unwrap_or(input[1]), self.width];
        if self.queries.is_none() {
            let make =
                |shape: &[usize]| Tensor::try_zeros(shape).map_err(|_| ShapeError::too_large(self, input));
            workspace.buffers.extend(sequence::memory(input, purpose, make)?);
        }
        workspace.planned = Workspace::<F>::of(self, input, &output, purpose)?.planned;
        Ok(Plan { output: output.into(), workspace })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, mode: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        self.check_own(workspace);
        let (buffers, outside) = workspace.buffers.split_at_mut(OWN + BUFFERS);
        let (own, buffers) = buffers.split_at_mut(OWN);
        workspace.trained = sequence::forward(x, y, outside, |x, y| {
            let step = Step::of(self, x.shape());
            let mask = self.padding.map(|value| {
                let value = F::from_f64(value);
                padding::find(x.into(), self.width, value, (&mut own[0]).into());
                (&own[0], value)
            });
            let keys = mask.map(|(mask, _)| mask.columns(step.keys()));
            let trained = step.forward(x, y, buffers, mode, keys);
            if let Some((mask, value)) = mask {
                padding::fill(y.into(), self.width, value, mask.columns(step.queries()));
            }
            trained
        });
    }

    fn backward(
        &self,
        x: &Tensor<F>,
        y: &Tensor<F>,
        dy: &Tensor<F>,
        dx: Option<&mut Tensor<F>>,
        accumulate: Accumulate,
        workspace: &mut Workspace<F>,
    ) {
        workspace.check_backward(self, x, y, dy, dx.as_deref());
        self.check_own(workspace);
        let (buffers, outside) = workspace.buffers.split_at_mut(OWN + BUFFERS);
        let (own, buffers) = buffers.split_at_mut(OWN);
        let [mask, masked] = own else { unreachable!("as many as planned") };
        sequence::backward(Slopes { x, y, dy, dx, accumulate }, outside, |slopes| {
            let Slopes { x, dy, dx, accumulate, .. } = slopes;
            let step = Step::of(self, x.shape());
            let dy = if self.padding.is_some() {
                elementwise::copy(masked, dy);
                padding::fill((&mut *masked).into(), self.width, F::ZERO, mask.columns(step.queries()));
                &*masked
            } else {
                dy
            };
            step.backward(x, dy, dx, accumulate, (buffers, workspace.trained), &mut workspace.gradients);
        });
    }
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
