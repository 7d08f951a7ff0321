//! Recurrent layers: a cell that goes over the steps of a sequence, in several layers and in both directions.

mod direction;
mod gru;
mod lengths;
mod lstm;
mod rnn;
mod steps;

use std::fmt;

use rand::Rng;

use super::described::described;
use super::layer::compiled_here;
use crate::kernels::recurrent::{Cell, GruCell, LstmCell, Nonlinearity, RnnCell};
use crate::state::Quoted;
use crate::{Module, Param, ParamMut, Parameters, Scalar, SettingError, Workspace};
use direction::Direction;

pub use gru::Gru;
pub use lstm::Lstm;
pub use rnn::Rnn;

/// A recurrent layer: a cell that goes over the steps of a sequence and takes its state along. [`Rnn`], [`Lstm`] and [`Gru`]
/// name its three cells, with their equations; all else is here.
///
/// Shapes: `[n, t, d]` to `[n, t, h]`, the output of every step, or to `[n, h]`, that of the last ([`last`](Recurrent::last)).
/// With both directions there is 2h in place of h: the forward direction comes first. Parameters, for each layer k and with
/// the suffix `_reverse` for the way from the last step to the first, named and ordered as PyTorch's: `weight_ih_lk` of shape
/// `[g h, d]` for the g gates of the cell, `weight_hh_lk` `[g h, h]`, `bias_ih_lk` and `bias_hh_lk` `[g h]` unless they are
/// [removed](Recurrent::without_bias). A layer above the first has the outputs of the layer below as its d. Initialisation: U(−a, a) with
/// a = 1/√h for all, as in PyTorch.
///
/// # The state
///
/// A sequence begins from the [state](crate::RecurrentState) in the workspace, which is zero, and leaves there the one it ends with. To go
/// on where the last sequence ended, as a control loop does step by step, call [`Workspace::carry_state`] in between; the result is that
/// of one long sequence. [`RecurrentState`](crate::RecurrentState) says how to give a first state of one's own.
///
/// # Sequences of different lengths
///
/// Fill up the shorter ones at the end with steps at which every feature has one value that no real step has, and name it with
/// [`padding`](Recurrent::padding). Steps of this kind at the end of a sequence are not computed: the state stays as it is, the output is
/// 0, and every gradient that would come from there is exactly 0. With [`last`](Recurrent::last), the output is that of the last real
/// step, and the reverse direction begins there, as for PyTorch's packed sequences.
///
/// # Errors
///
/// Planning fails unless the input has the shape `[n, t, d]` with at least one step, if there are no inputs, units or layers, unless
/// the probability of dropout is from 0 to 1, and if the value of padding is not finite.
///
/// # Memory and threads
///
/// Back-propagation through time needs what every step computed, so the workspace of a training plan grows with t; that of a prediction
/// keeps the states alone. Threads share samples, 32 at a time: each goes through all steps without waiting for another.
#[derive(Debug, Clone, PartialEq)]
pub struct Recurrent<C, F> {
    cell: C,
    inputs: usize,
    units: usize,
    bidirectional: bool,
    bias: bool,
    dropout: f64,
    padding: Option<f64>,
    last: bool,
    /// Layer by layer, the forward direction first.
    directions: Vec<Direction<F>>,
}

impl<C: Cell, F: Scalar> Recurrent<C, F> {
    /// Makes one layer from `inputs` features to `units` units.
    ///
    /// # Panics
    /// If there is no memory for the parameters.
    pub fn new(inputs: usize, units: usize, rng: &mut (impl Rng + ?Sized)) -> Self {
        Recurrent::deep(inputs, units, 1, rng)
    }

    /// Makes several layers, each of which sees the outputs of the one below.
    ///
    /// # Panics
    /// If there is no memory for the parameters.
    pub fn deep(inputs: usize, units: usize, layers: usize, rng: &mut (impl Rng + ?Sized)) -> Self {
        Recurrent::drawn([inputs, units], layers, false, rng)
    }

    /// Makes layers that each go through the sequence in both directions, with `units` units for each direction.
    ///
    /// # Panics
    /// If there is no memory for the parameters.
    pub fn bidirectional(inputs: usize, units: usize, layers: usize, rng: &mut (impl Rng + ?Sized)) -> Self {
        Recurrent::drawn([inputs, units], layers, true, rng)
    }

    fn drawn(
        [inputs, units]: [usize; 2],
        layers: usize,
        bidirectional: bool,
        rng: &mut (impl Rng + ?Sized),
    ) -> Self {
        let both = if bidirectional { &[false, true][..] } else { &[false] };
        let rows = C::GATES.saturating_mul(units);
        let mut directions = Vec::new();
        for layer in 0..layers {
            let inputs = if layer == 0 { inputs } else { units.saturating_mul(both.len()) };
            for &reversed in both {
                directions.push(Direction::drawn(layer, reversed, [rows, inputs, units], rng));
            }
        }
        Recurrent {
            cell: C::default(),
            inputs,
            units,
            bidirectional,
            bias: true,
            dropout: 0.0,
            padding: None,
            last: false,
            directions,
        }
    }

    /// Removes all biases. What a generator draws later does not depend on it.
    #[must_use]
    pub fn without_bias(mut self) -> Self {
        self.directions.iter_mut().for_each(Direction::remove_biases);
        self.bias = false;
        self
    }

    /// Sets the probability with which each output of a layer is set to 0 in training before the next layer sees it, as
    /// [`Dropout`](crate::Dropout) does. Must be from 0 to 1. The output of the last layer stays whole.
    #[must_use]
    pub fn dropout(self, p: f64) -> Self {
        Recurrent { dropout: p, ..self }
    }

    /// Makes steps at the end of a sequence count as padding, and not as steps, if all their features have this value. Must be finite.
    /// Choose one that no real step has.
    #[must_use]
    pub fn padding(self, value: f64) -> Self {
        Recurrent { padding: Some(value), ..self }
    }

    /// Makes the output that of the last step alone, of shape `[n, h]`; of the reverse direction that of the step that it ends with, the
    /// first.
    #[must_use]
    pub fn last(self) -> Self {
        Recurrent { last: true, ..self }
    }

    /// Returns the number of features of a step, d.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Returns the number of units of a layer in one direction, h.
    pub fn units(&self) -> usize {
        self.units
    }

    /// Returns the number of layers.
    pub fn layers(&self) -> usize {
        self.directions.len() / self.ways()
    }

    /// Returns the number of directions.
    fn ways(&self) -> usize {
        1 + usize::from(self.bidirectional)
    }
}

impl<C: Cell, F: Scalar> Parameters<F> for Recurrent<C, F> {
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        for direction in &self.directions {
            direction.visit(visitor);
        }
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        let ways = self.ways();
        for (index, direction) in self.directions.iter_mut().enumerate() {
            let layer = Workspace::child(workspace, index / ways);
            direction.visit_mut(Workspace::child(layer, index % ways), visitor);
        }
    }
}

described! {
    Recurrent<C, F> [C: Cell] as C::NAME;
    settings |layer| {
        input_size: usize = layer.inputs,
        hidden_size: usize = layer.units,
        num_layers: usize = layer.layers(),
        nonlinearity: Option<Nonlinearity> = layer.cell.nonlinearity(),
        bias: bool = layer.bias,
        dropout: f64 = layer.dropout,
        bidirectional: bool = layer.bidirectional,
        padding_value: Option<f64> = layer.padding,
        last: bool = layer.last,
    }
    fixed { batch_first: true }
    parameters [
        &first_layer::<C>(input_size, hidden_size, num_layers, bidirectional, bias),
        &other_layers::<C>(hidden_size, num_layers, bidirectional, bias),
    ];
    made |rng| => {
        let found = if nonlinearity.is_some() { "set" } else { "left out" };
        let expected = format!("{} for this cell", if nonlinearity.is_some() { "left out" } else { "set" });
        let refused = || SettingError::new(C::NAME, "nonlinearity", expected, Quoted(found));
        let layer = Recurrent::drawn([input_size, hidden_size], num_layers, bidirectional, rng);
        let layer = Recurrent { cell: C::of(nonlinearity).ok_or_else(refused)?, padding: padding_value, last, ..layer };
        let layer = layer.dropout(dropout);
        if bias { layer } else { layer.without_bias() }
    }
}

/// Returns a shape of as many values as the parameters of the first layer have.
fn first_layer<C: Cell>(
    inputs: usize,
    units: usize,
    layers: usize,
    bidirectional: bool,
    bias: bool,
) -> [usize; 4] {
    let [both, biases] = [bidirectional, bias].map(usize::from);
    let terms = inputs.saturating_add(units).saturating_add(2 * biases);
    // Layers without units take memory as well.
    [layers.min(1), 1 + both, C::GATES.saturating_mul(units.max(1)), terms]
}

/// Returns a shape of as many values as the parameters of the layers above it have.
fn other_layers<C: Cell>(units: usize, layers: usize, bidirectional: bool, bias: bool) -> [usize; 4] {
    let inputs = units.saturating_mul(1 + usize::from(bidirectional)).max(1);
    let [_, directions, rows, terms] = first_layer::<C>(inputs, units, 1, bidirectional, bias);
    [layers.saturating_sub(1), directions, rows, terms]
}

impl<F: Scalar> Module<F> for Rnn<F> {
    compiled_here!(Recurrent<RnnCell, F>);
}

impl<F: Scalar> Module<F> for Lstm<F> {
    compiled_here!(Recurrent<LstmCell, F>);
}

impl<F: Scalar> Module<F> for Gru<F> {
    compiled_here!(Recurrent<GruCell, F>);
}

impl<C: Cell, F: Scalar> fmt::Display for Recurrent<C, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({} → {}", C::NAME, self.inputs, self.units)?;
        if let Some(nonlinearity) = self.cell.nonlinearity().filter(|&f| f != Nonlinearity::Tanh) {
            write!(f, ", {nonlinearity}")?;
        }
        if self.layers() != 1 {
            write!(f, ", layers={}", self.layers())?;
        }
        if self.bidirectional {
            f.write_str(", bidirectional")?;
        }
        if self.dropout != 0.0 {
            write!(f, ", dropout={}", self.dropout)?;
        }
        if let Some(padding) = self.padding {
            write!(f, ", padding={padding}")?;
        }
        if self.last {
            f.write_str(", last")?;
        }
        f.write_str(if self.bias { ")" } else { ", bias=false)" })
    }
}
