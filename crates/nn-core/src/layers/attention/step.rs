//! Forward and backward of attention, with the linear maps before and after it.

use std::ops::Range;

use super::MultiheadAttention;
use super::attend::OWN;
use crate::kernels::attention::{Attention, InLanes, Place, Tokens};
use crate::kernels::dropout;
use crate::kernels::tokens::{self, Matrix, scatter};
use crate::{Accumulate, Columns, Mode, Purpose, Scalar, ShapeError, Tensor, Workspace, slots, slots_mut};

/// A layer for an input of a certain shape.
///
/// Where every token asks, one linear map makes q, k and v of all tokens. Where the first ask the others, one makes q of the former, and
/// another k and v of the latter.
pub(super) struct Step<'a, F> {
    layer: &'a MultiheadAttention<F>,
    attention: Attention,
    /// The number of samples of each tensor, which are the tokens of a sequence alone.
    samples: usize,
    /// The number of tokens that follow each other in the features of the input: one in a sequence alone.
    tokens: usize,
}

/// A linear map from some tokens to q, k or v: rows of the weight.
struct Map {
    tokens: Range<usize>,
    rows: Range<usize>,
}

/// The number of features that a token has in the memory of a step beyond those that count. Without one, the tokens of a head often
/// lie a multiple of 4096 bytes apart, where a cache has room for few of them.
const APART: usize = 1;

/// The number of tensors that a step writes. Those that it does not need are empty.
///
/// They are: what each [`Map`] makes; the gradients of both; the weights P, what dropout multiplies them by, what that makes of them, and
/// ∂S; o and ∂o; and two in which tokens are put [aside](tokens::aside).
pub(super) const BUFFERS: usize = 12;

impl<'a, F: Scalar> Step<'a, F> {
    /// Makes the step for an input of this shape: `[n, t, d]`, or `[t, d]` for one sequence, all of whose tokens ask all.
    pub(super) fn of(layer: &'a MultiheadAttention<F>, input: &[usize]) -> Self {
        let (samples, heads, causal) = (input[0], layer.heads, layer.causal);
        let size = layer.width / heads;
        let (tokens, [queries, keys], lanes) = match *input {
            [tokens, _] => (1, [tokens; 2], InLanes::Tokens),
            _ => {
                let queries = layer.queries.unwrap_or(input[1]);
                let keys = input[1] - layer.queries.unwrap_or(0);
                (input[1], [queries, keys], InLanes::Samples(samples))
            }
        };
        Step { layer, attention: Attention { heads, size, queries, keys, causal, lanes }, samples, tokens }
    }

    /// Returns which tokens of those that follow each other ask.
    pub(super) fn queries(&self) -> Range<usize> {
        0..self.layer.queries.unwrap_or(self.tokens)
    }

    /// Returns which tokens of those that follow each other are asked.
    pub(super) fn keys(&self) -> Range<usize> {
        self.layer.queries.unwrap_or(0)..self.tokens
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
            None => [0, 1, 2].map(|i| Place { first: i * d, features: 3 * d + APART }),
            Some(_) => [(0, d), (0, 2 * d), (d, 2 * d)]
                .map(|(first, features)| Place { first, features: features + APART }),
        }
    }

    /// Returns the number of rows of tokens that are put aside.
    fn aside(&self) -> Option<usize> {
        // The two maps of other kinds have different numbers of tokens.
        let every = self.layer.queries.is_none();
        tokens::aside([self.layer.width; 2], self.tokens, self.samples).filter(|_| every)
    }

    /// Returns the place of o among the features of a token of the context.
    fn context_place(&self) -> Place {
        Place { first: 0, features: self.layer.width + APART }
    }

    /// Makes what a step writes, with a function that makes a tensor.
    pub(super) fn buffers(
        &self,
        purpose: Purpose,
        make: impl Fn(&[usize]) -> Result<Tensor<F>, ShapeError>,
    ) -> Result<[Tensor<F>; BUFFERS], ShapeError> {
        let (Attention { heads, keys, .. }, samples, queries) =
            (self.attention, self.samples, self.queries().len());
        let (d, aside) = (self.layer.width, self.aside());
        let [train, drop] = [purpose == Purpose::Train, self.layer.dropout > 0.0];
        let some = |needed: bool, shape: &[usize]| if needed { make(shape) } else { make(&[0]) };
        let [first, second] = self.maps().map(|map| [samples, map.tokens.len(), map.rows.len() + APART]);
        let both = second[1] > 0;
        let context = [samples, queries, self.layer.width + APART];
        let pairs = match self.attention.lanes {
            InLanes::Samples(_) => &[samples, queries, heads, keys][..],
            InLanes::Tokens => &[samples, heads, keys],
        };
        Ok([
            make(&first)?,
            some(both, &second)?,
            some(train, &first)?,
            some(train && both, &second)?,
            make(pairs)?,
            some(drop, pairs)?,
            some(drop, pairs)?,
            some(train, pairs)?,
            make(&context)?,
            some(train, &context)?,
            some(aside.is_some(), &[aside.unwrap_or(0), d])?,
            some(aside.is_some(), &[aside.unwrap_or(0), 3 * d])?,
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
        let ([first, second, _, _, weights, factors, dropped, _, context, _], aside) = self.split(buffers);
        for (map, made) in self.maps().into_iter().zip([&mut *first, &mut *second]) {
            if !map.tokens.is_empty() {
                let x = x.columns(map.tokens.start * d..map.tokens.end * d);
                let bias = layer.in_bias.get(map.rows.clone());
                tokens::forward(self.in_weight(&map), bias, map.tokens.len(), x, made.into(), aside);
            }
        }
        let ([q, k, v], place, queries) =
            (self.parts(first, second), self.context_place(), self.queries().len());
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
        self.attention.context(weights.into(), v, ((&mut *context).into(), place));
        let bias = layer.bias.then_some(&layer.out_bias[..]);
        tokens::forward(self.out_weight(), bias, queries, (&*context).into(), y.into(), aside);
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
        let (
            [first, second, d_first, d_second, weights, factors, dropped, slopes, context, d_context],
            aside,
        ) = self.split(buffers);
        let [d_in, d_in_bias, d_out, d_out_bias] = slots_mut(gradients);
        let (place, queries) = (self.context_place(), self.queries().len());
        let both = [(&*context).into(), dy.into()];
        tokens::backward_parameters([d, d], queries, both, [d_out, d_out_bias], aside, false);
        let to = (&mut *d_context).into();
        tokens::backward_input(self.out_weight(), queries, dy.into(), to, Accumulate::Replace, aside);

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
            let (columns, rows) = (map.tokens.start * d..map.tokens.end * d, map.rows.clone());
            let (tokens, shape) = (map.tokens.len(), [rows.len(), d]);
            let (dw, db) =
                (&mut d_in[rows.start * d..rows.end * d], d_in_bias.get_mut(rows).unwrap_or_default());
            let both = [x.columns(columns.clone()), slope.into()];
            tokens::backward_parameters(shape, tokens, both, [dw, db], aside, false);
            if let Some(dx) = &mut dx {
                let dx = dx.columns_mut(columns);
                tokens::backward_input(self.in_weight(&map), tokens, slope.into(), dx, accumulate, aside);
            }
        }
    }

    /// Takes the memory of a step apart: what it is made of, and where tokens are put aside, if they are.
    fn split<'t>(
        &self,
        buffers: &'t mut [Tensor<F>],
    ) -> (&'t mut [Tensor<F>; BUFFERS - 2], &'t mut [Tensor<F>]) {
        let (made, aside) = slots_mut::<_, BUFFERS>(buffers).split_at_mut(BUFFERS - 2);
        (slots_mut(made), if self.aside().is_some() { aside } else { &mut [] })
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
}

/// Returns P of a workspace of a layer, with the heads before the queries.
pub(super) fn weights<F: Scalar>(workspace: &Workspace<F>) -> Tensor<F> {
    let [_, _, _, _, weights, ..] = slots::<_, BUFFERS>(&workspace.buffers[OWN..][..BUFFERS]);
    if let [queries, heads, keys] = *weights.shape() {
        let mut out = Tensor::zeros(&[1, heads, queries, keys]);
        for head in 0..heads {
            let own = weights.columns(head * keys..(head + 1) * keys);
            let to = out.columns_mut(head * queries * keys..(head + 1) * queries * keys);
            scatter(own, queries, to);
        }
        return out;
    }
    let [samples, queries, heads, keys] = [0, 1, 2, 3].map(|axis| weights.shape()[axis]);
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

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::ChaCha8Rng};

    use super::*;

    /// Tokens of few samples are put aside, because they would leave most lanes empty. Nothing else shows that.
    #[test]
    fn tokens_of_few_samples_are_put_aside() {
        let layer = MultiheadAttention::<f32>::new(8, 2, &mut ChaCha8Rng::seed_from_u64(0));
        let aside = |layer: &_, input: &[usize]| Step::of(layer, input).aside();
        assert_eq!(aside(&layer, &[3, 5, 8]), Some(15));
        assert_eq!(aside(&layer, &[16, 5, 8]), None);
        // Those of one sequence are in the lanes already.
        assert_eq!(aside(&layer, &[5, 8]), None);
        assert_eq!(aside(&layer.cross(2), &[3, 5, 8]), None);
    }
}
