//! Plan, forward and backward of a recurrent layer: its layers and directions, one after another.

use super::direction::gradients;
use super::{Recurrent, lengths};
use crate::kernels::recurrent::{Cell, Outputs, Pass, strips};
use crate::kernels::{dropout, elementwise};
use crate::layers::layer::Layer;
use crate::{
    Accumulate, Mode, ModuleError, Plan, Purpose, RecurrentState, Scalar, Setting, ShapeError, Tensor,
    Workspace, size, slots_mut,
};

// The buffers of a layer's workspace are its input in strips and, above the first layer, the output of the layer below, its mask of
// dropout, and its gradient; those that it does not need are empty.
const INPUT: usize = 1;
const SLOPE: usize = 3;

impl<C: Cell, F: Scalar> Recurrent<C, F> {
    /// Returns a direction of a layer with its sizes.
    fn pass(&self, input: &[usize], layer: usize, way: usize) -> Pass<C> {
        Pass {
            cell: self.cell,
            inputs: if layer == 0 { self.inputs } else { self.ways() * self.units },
            units: self.units,
            steps: input[1],
            samples: input[0],
            reversed: way == 1,
        }
    }

    /// Returns the rows of the output of a direction.
    fn outputs(&self, layer: usize, way: usize) -> Outputs {
        let all = !self.last || layer + 1 < self.layers();
        Outputs { first: way * self.units, step: all.then_some(self.ways() * self.units) }
    }

    /// Returns all that the memory of a step depends on.
    fn numbers(&self) -> [usize; 7] {
        let settings = [self.bias, self.dropout > 0.0, self.padding.is_some()].map(usize::from);
        let [bias, dropout, padding] = settings;
        [self.inputs, self.units, self.layers(), self.ways(), bias, dropout, padding]
    }
}

/// The workspace has a child for each layer, which has one for each direction. Its own buffer holds the lengths of the samples, if there
/// is padding.
impl<C: Cell, F: Scalar> Layer<F> for Recurrent<C, F>
where
    Self: crate::Module<F>,
{
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        Setting::of::<f64>(C::NAME, "dropout", self.dropout).up_to_1()?;
        if let Some(padding) = self.padding {
            Setting::of::<F>(C::NAME, "padding", padding).finite()?;
        }
        ShapeError::check_samples(self, input)?;
        let sizes = [self.inputs, self.units, self.directions.len()];
        if sizes.contains(&0) {
            let expected = "at least one input, unit and layer";
            return Err(ShapeError::new(self, expected, &[self.inputs, self.units, self.layers()]).into());
        }
        if input.len() != 3 || input[2] != self.inputs || input.contains(&0) {
            return Err(ShapeError::new(self, format!("input [n, t, {}]", self.inputs), input).into());
        }
        let [samples, steps] = [input[0], input[1]];
        let wide = self.ways() * self.units;
        let output = if self.last { vec![samples, wide] } else { vec![samples, steps, wide] };
        let mut workspace = Workspace::of(self, input, &output, purpose)?;
        // What follows multiplies sizes without looking: the largest memory of all must be countable.
        let most =
            [samples, steps + 1, wide.max(self.inputs), 2 * C::KEPT.max(C::STATES), self.directions.len()];
        if size::count::<F>(most).is_none() {
            return Err(ShapeError::too_large(self, input).into());
        }
        let train = purpose == Purpose::Train;
        let memory =
            |shape: &[usize]| Tensor::try_zeros(shape).map_err(|_| ShapeError::too_large(self, input));
        let zeros = |rows: usize| memory(&[samples, rows]);
        if self.padding.is_some() {
            workspace.buffers.push(zeros(1)?);
        }
        workspace.indices.push(self.numbers().to_vec());
        for layer in 0..self.layers() {
            let mut here = Workspace::empty();
            let inputs = self.pass(input, layer, 0).inputs;
            let above = |needed: bool| -> Result<Tensor<F>, ShapeError> {
                if needed { memory(&[samples, steps, inputs]) } else { Ok(Tensor::zeros(&[0])) }
            };
            here.buffers = vec![
                zeros(steps * inputs)?,
                above(layer > 0)?,
                above(layer > 0 && self.dropout > 0.0)?,
                above(layer > 0 && train)?,
            ];
            for way in 0..self.ways() {
                let pass = self.pass(input, layer, way);
                let mut there = Workspace::empty();
                let states = zeros((steps + 1) * pass.state())?;
                if train {
                    there.buffers = vec![
                        states,
                        zeros(steps * pass.kept())?,
                        zeros(steps * pass.sums())?,
                        zeros(2 * pass.state())?,
                        Tensor::try_zeros(&[pass.sums()])?,
                    ];
                    there.gradients = self.directions[layer * self.ways() + way].zeros();
                } else {
                    there.buffers = vec![states, zeros(pass.kept())?];
                }
                here.children.push(there);
            }
            workspace.children.push(here);
        }
        let state = self.directions.len() * self.pass(input, 0, 0).state();
        let gradient = if train { Some(zeros(state)?) } else { None };
        workspace.state =
            Some(Box::new(RecurrentState { first: zeros(state)?, last: zeros(state)?, gradient }));
        Ok(Plan { output, workspace })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, mode: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        workspace
            .check_own(self, workspace.indices.first().is_some_and(|planned| *planned == self.numbers()));
        workspace.trained = mode.is_train();
        let Workspace { buffers, children, state, .. } = workspace;
        if let (Some(lengths), Some(padding)) = (buffers.first_mut(), self.padding) {
            lengths::find(x, F::from_f64(padding), lengths);
        }
        let lengths = buffers.first().map_or(&[][..], Tensor::blocks);
        let state = state.as_mut().expect("planned with a state");
        let [first, planned] = [&state.first, &state.last].map(Tensor::shape);
        assert!(first == planned, "{self}: expected a first state {planned:?}, found {first:?}");
        let mut rest = &mut children[..];
        for layer in 0..self.layers() {
            let Some((here, above)) = rest.split_first_mut() else { break };
            let [strips, input, mask, _] = slots_mut(&mut here.buffers);
            if layer > 0
                && !mask.blocks().is_empty()
                && let Mode::Train(rng) = mode
            {
                dropout::draw(mask, self.dropout, &mut **rng);
                elementwise::multiply(input, mask);
            }
            let input = if layer == 0 { x } else { &*input };
            strips::cut(input.blocks(), x.blocks_per_feature(), strips.blocks_mut());
            for (way, there) in here.children.iter_mut().enumerate() {
                let pass = self.pass(x.shape(), layer, way);
                let index = layer * self.ways() + way;
                let own = index * pass.state()..(index + 1) * pass.state();
                let [states, kept, ..] = &mut there.buffers[..] else { break };
                let (first, weights) =
                    (state.first.columns(own.clone()).blocks(), self.directions[index].weights());
                pass.forward(
                    weights,
                    lengths,
                    strips.blocks(),
                    first,
                    states.blocks_mut(),
                    kept.blocks_mut(),
                );
                pass.write_state(states.blocks(), pass.steps, state.last.columns_mut(own).into_blocks());
                let y = if let Some(above) = above.first_mut() { &mut above.buffers[INPUT] } else { &mut *y };
                pass.write_outputs(lengths, states.blocks(), y.blocks_mut(), self.outputs(layer, way));
            }
            rest = above;
        }
    }

    fn backward(
        &self,
        x: &Tensor<F>,
        y: &Tensor<F>,
        dy: &Tensor<F>,
        mut dx: Option<&mut Tensor<F>>,
        accumulate: Accumulate,
        workspace: &mut Workspace<F>,
    ) {
        workspace.check_backward(self, x, y, dy, dx.as_deref());
        workspace
            .check_own(self, workspace.indices.first().is_some_and(|planned| *planned == self.numbers()));
        let Workspace { buffers, children, state, trained, .. } = workspace;
        let lengths = buffers.first().map_or(&[][..], Tensor::blocks);
        let gradient =
            state.as_mut().and_then(|state| state.gradient.as_mut()).expect("planned for training");
        for layer in (0..self.layers()).rev() {
            let (below, above) = children.split_at_mut(layer + 1);
            let here = &mut below[layer];
            let [strips, _, mask, slope] = slots_mut(&mut here.buffers);
            let dy = above.first().map_or(dy, |above| &above.buffers[SLOPE]);
            for (way, there) in here.children.iter_mut().enumerate() {
                let pass = self.pass(x.shape(), layer, way);
                let index = layer * self.ways() + way;
                let own = index * pass.state()..(index + 1) * pass.state();
                let weights = self.directions[index].weights();
                let [states, kept, sums, scratch, totals] = slots_mut(&mut there.buffers);
                let (remembered, written) = (
                    [&*states, &*kept].map(Tensor::blocks),
                    [&mut *sums, &mut *scratch].map(Tensor::blocks_mut),
                );
                pass.backward(weights, lengths, (dy.blocks(), self.outputs(layer, way)), remembered, written);
                pass.write_state(scratch.blocks(), 0, gradient.columns_mut(own).into_blocks());
                let (x, states, sums) = (strips.blocks(), states.blocks(), sums.blocks());
                pass.backward_weights(
                    x,
                    states,
                    sums,
                    totals.feature_mut(0),
                    gradients(&mut there.gradients),
                );
                let (dx, accumulate) = match &mut dx {
                    _ if layer > 0 => (&mut *slope, Accumulate::Replace),
                    Some(dx) => (&mut **dx, accumulate),
                    None => continue,
                };
                // The directions see one input.
                let accumulate = if way > 0 { Accumulate::Add } else { accumulate };
                pass.backward_input(weights, sums, dx.blocks_mut(), accumulate);
            }
            if layer > 0 && *trained && !mask.blocks().is_empty() {
                elementwise::multiply(slope, mask);
            }
        }
    }
}
