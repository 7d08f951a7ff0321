//! Forward and backward of attention, with the linear maps before and after it.

use std::ops::Range;

use super::MultiheadAttention;
use crate::kernels::attention::{Attention, Place, Tokens};
use crate::kernels::dropout;
use crate::kernels::tokens::{self, Matrix};
use crate::{Accumulate, Columns, Mode, Purpose, Scalar, ShapeError, Tensor, slots, slots_mut};

/// A layer for an input of a certain shape.
///
/// Where every token asks, one linear map makes q, k and v of all tokens. Where the first ask the others, one makes q of the former, and
/// another k and v of the latter.
pub(super) struct Step<'a, F> {
    layer: &'a MultiheadAttention<F>,
    attention: Attention,
    /// The number of tokens of the input.
    tokens: usize,
}

/// A linear map from some tokens to q, k or v: rows of the weight.
struct Map {
    tokens: Range<usize>,
    rows: Range<usize>,
}

/// The number of tensors that a step writes. Those that it does not need are empty.
///
/// They are: what each [`Map`] makes; the gradients of both; the weights P, what dropout multiplies them by, what that makes of them, and
/// ∂S; o and ∂o.
const BUFFERS: usize = 10;

impl<'a, F: Scalar> Step<'a, F> {
    /// Makes the step for an input of this shape, which is `[n, t, d]`.
    pub(super) fn of(layer: &'a MultiheadAttention<F>, input: &[usize]) -> Self {
        let [samples, tokens] = [input[0], input[1]];
        let queries = layer.queries.unwrap_or(tokens);
        let keys = if layer.queries.is_some() { tokens - queries } else { tokens };
        let (heads, causal) = (layer.heads, layer.causal);
        let size = layer.width / heads;
        Step { layer, attention: Attention { heads, size, queries, keys, causal, samples }, tokens }
    }

    /// Returns the tokens that ask.
    pub(super) fn queries(&self) -> Range<usize> {
        0..self.attention.queries
    }

    /// Returns the tokens that are asked.
    pub(super) fn keys(&self) -> Range<usize> {
        self.tokens - self.attention.keys..self.tokens
    }

    /// Returns the linear maps; the second is of no tokens where the first is of all.
    fn maps(&self) -> [Map; 2] {
        let d = self.layer.width;
        match self.layer.queries {
            None => [Map { tokens: 0..self.tokens, rows: 0..3 * d }, Map { tokens: 0..0, rows: 0..0 }],
            Some(_) => {
                [Map { tokens: self.queries(), rows: 0..d }, Map { tokens: self.keys(), rows: d..3 * d }]
            }
        }
    }

    /// Returns the places of q, k and v among the features that the maps make.
    fn places(&self) -> [Place; 3] {
        let d = self.layer.width;
        match self.layer.queries {
            None => [0, 1, 2].map(|i| Place { first: i * d, features: 3 * d }),
            Some(_) => [(0, d), (0, 2 * d), (d, 2 * d)].map(|(first, features)| Place { first, features }),
        }
    }

    /// Makes what a step writes, with a function that makes a tensor.
    pub(super) fn buffers(
        &self,
        purpose: Purpose,
        make: impl Fn(&[usize]) -> Result<Tensor<F>, ShapeError>,
    ) -> Result<[Tensor<F>; BUFFERS], ShapeError> {
        let Attention { heads, queries, keys, samples, .. } = self.attention;
        let [train, drop] = [purpose == Purpose::Train, self.layer.dropout > 0.0];
        let some = |needed: bool, shape: &[usize]| if needed { make(shape) } else { make(&[0]) };
        let [first, second] = self.maps().map(|map| [samples, map.tokens.len(), map.rows.len()]);
        let both = second[1] > 0;
        let (pairs, context) = ([samples, queries, heads, keys], [samples, queries, self.layer.width]);
        Ok([
            make(&first)?,
            some(both, &second)?,
            some(train, &first)?,
            some(train && both, &second)?,
            make(&pairs)?,
            some(drop, &pairs)?,
            some(drop, &pairs)?,
            some(train, &pairs)?,
            make(&context)?,
            some(train, &context)?,
        ])
    }

    /// Computes y, and returns whether weights were dropped. The mask has a feature for each token that is asked.
    pub(super) fn forward(
        &self,
        x: &Tensor<F>,
        y: &mut Tensor<F>,
        buffers: &mut [Tensor<F>],
        mode: &mut Mode<'_>,
        mask: Option<Columns<'_, F>>,
    ) -> bool {
        let (layer, d) = (self.layer, self.layer.width);
        let [first, second, _, _, weights, factors, dropped, _, context, _] = slots_mut(buffers);
        for (map, made) in self.maps().into_iter().zip([&mut *first, &mut *second]) {
            if !map.tokens.is_empty() {
                let x = x.columns(map.tokens.start * d..map.tokens.end * d);
                let bias = layer.in_bias.get(map.rows.clone());
                tokens::forward(self.in_weight(&map), bias, x, made.into());
            }
        }
        let [q, k, v] = self.parts(first, second);
        self.attention.weights([q, k], mask, (&mut *weights).into());
        let drops = layer.dropout > 0.0 && mode.is_train();
        let weights = match mode {
            Mode::Train(rng) if drops => {
                dropout::draw(factors, layer.dropout, &mut **rng);
                dropout::apply(weights, factors, dropped, Accumulate::Replace);
                &*dropped
            }
            _ => &*weights,
        };
        self.attention.context(weights.into(), v, (&mut *context).into());
        tokens::forward(self.out_weight(), self.bias(&layer.out_bias), (&*context).into(), y.into());
        drops
    }

    /// Adds the gradients of the parameters to `gradients`, and writes or adds ∂x.
    pub(super) fn backward(
        &self,
        x: &Tensor<F>,
        dy: &Tensor<F>,
        mut dx: Option<&mut Tensor<F>>,
        accumulate: Accumulate,
        (buffers, dropped_some): (&mut [Tensor<F>], bool),
        gradients: &mut [Vec<F>],
    ) {
        let d = self.layer.width;
        let [first, second, d_first, d_second, weights, factors, dropped, slopes, context, d_context] =
            slots_mut(buffers);
        let [d_in, d_in_bias, d_out, d_out_bias] = slots_mut(gradients);
        let place = self.attention.place();
        tokens::backward_parameters([d, d], (&*context).into(), dy.into(), d_out, d_out_bias);
        tokens::backward_input(self.out_weight(), dy.into(), (&mut *d_context).into(), Accumulate::Replace);

        let [q, k, v] = self.parts(first, second);
        let d_context = Tokens { columns: (&*d_context).into(), place };
        let [q_place, k_place, v_place] = self.places();
        let kept = if dropped_some { &*dropped } else { &*weights };
        let factors = dropped_some.then(|| (&*factors).into());
        let dq = ((&mut *d_first).into(), q_place);
        let attention = &self.attention;
        attention.backward_queries([k, v, d_context], (&*weights).into(), factors, (&mut *slopes).into(), dq);
        let dkv = if self.layer.queries.is_some() { &mut *d_second } else { &mut *d_first };
        let pairs = [&*slopes, kept].map(Columns::from);
        attention.backward_keys([q, d_context], pairs, dkv.into(), [k_place, v_place]);

        for (map, slope) in self.maps().into_iter().zip([&*d_first, &*d_second]) {
            if map.tokens.is_empty() {
                continue;
            }
            let (tokens, rows) = (map.tokens.start * d..map.tokens.end * d, map.rows.clone());
            let shape = [rows.len(), d];
            let (dw, db) =
                (&mut d_in[rows.start * d..rows.end * d], d_in_bias.get_mut(rows).unwrap_or_default());
            tokens::backward_parameters(shape, x.columns(tokens.clone()), slope.into(), dw, db);
            if let Some(dx) = &mut dx {
                tokens::backward_input(
                    self.in_weight(&map),
                    slope.into(),
                    dx.columns_mut(tokens),
                    accumulate,
                );
            }
        }
    }

    /// Returns P, with the heads before the queries.
    pub(super) fn weights(&self, buffers: &[Tensor<F>]) -> Tensor<F> {
        let Attention { heads, queries, keys, samples, .. } = self.attention;
        let [_, _, _, _, weights, ..] = slots::<_, BUFFERS>(buffers);
        let mut out = Tensor::zeros(&[samples, heads, queries, keys]);
        for head in 0..heads {
            for query in 0..queries {
                let (from, to) = ((query * heads + head) * keys, (head * queries + query) * keys);
                let row = weights.columns(from..from + keys).blocks();
                out.columns_mut(to..to + keys).into_blocks().copy_from_slice(row);
            }
        }
        out
    }

    /// Returns q, k and v of what the maps made.
    fn parts<'t>(&self, first: &'t Tensor<F>, second: &'t Tensor<F>) -> [Tokens<'t, F>; 3] {
        let answers = if self.layer.queries.is_some() { second } else { first };
        let [q, k, v] = self.places();
        [(first, q), (answers, k), (answers, v)]
            .map(|(tensor, place)| Tokens { columns: tensor.into(), place })
    }

    fn in_weight(&self, map: &Map) -> Matrix<'a, F> {
        let d = self.layer.width;
        let values = &self.layer.in_weight[map.rows.start * d..map.rows.end * d];
        Matrix { shape: [map.rows.len(), d], values }
    }

    fn out_weight(&self) -> Matrix<'a, F> {
        Matrix { shape: [self.layer.width; 2], values: &self.layer.out_weight }
    }

    fn bias(&self, values: &'a [F]) -> Option<&'a [F]> {
        self.layer.bias.then_some(values)
    }
}
