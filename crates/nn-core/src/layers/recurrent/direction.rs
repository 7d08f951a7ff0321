//! One layer of a recurrent network in one direction: its parameters.

use rand::Rng;

use crate::kernels::recurrent::{Gradients, Weights};
use crate::{Fans, Init, Initialize, Param, ParamMut, Scalar, Workspace, slots_mut};

/// W, U and the biases b and c of one direction.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Direction<F> {
    /// The names in PyTorch, such as `weight_ih_l0_reverse`.
    names: [String; 4],
    shapes: [[usize; 2]; 2],
    values: [Vec<F>; 4],
}

impl<F: Scalar> Direction<F> {
    /// Draws the parameters of a direction with so many rows of weights, inputs and units.
    pub(super) fn drawn(
        layer: usize,
        reversed: bool,
        [rows, inputs, units]: [usize; 3],
        rng: &mut (impl Rng + ?Sized),
    ) -> Self {
        let suffix = if reversed { "_reverse" } else { "" };
        let name = |name: &str| format!("{name}_l{layer}{suffix}");
        // PyTorch draws all of them from the number of units.
        let fans = Fans { fan_in: units, fan_out: units };
        let mut draw = |shape: &[usize]| Init::FanIn.draw(shape, fans, rng);
        Direction {
            names: ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map(name),
            shapes: [[rows, inputs], [rows, units]],
            values: [draw(&[rows, inputs]), draw(&[rows, units]), draw(&[rows]), draw(&[rows])],
        }
    }

    pub(super) fn remove_biases(&mut self) {
        let [_, _, b, c] = &mut self.values;
        (*b, *c) = (Vec::new(), Vec::new());
    }

    pub(super) fn weights(&self) -> Weights<'_, F> {
        let [input, state, b, c] = &self.values;
        Weights { input, state, biases: [b, c] }
    }

    /// Returns the bias b, to change.
    pub(super) fn input_bias_mut(&mut self) -> &mut [F] {
        &mut self.values[2]
    }

    /// Returns a gradient of zeros for each parameter.
    pub(super) fn zeros(&self) -> Vec<Vec<F>> {
        self.values.iter().map(|values| vec![F::ZERO; values.len()]).collect()
    }

    pub(super) fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        for (i, (name, values)) in self.names.iter().zip(&self.values).enumerate() {
            if !values.is_empty() {
                visitor(Param::new(
                    name,
                    self.shapes.get(i).map_or(&[values.len()][..], |shape| shape),
                    values,
                ));
            }
        }
    }

    pub(super) fn visit_mut(
        &mut self,
        workspace: Option<&Workspace<F>>,
        visitor: &mut dyn FnMut(ParamMut<'_, F>),
    ) {
        for (i, (name, values)) in self.names.iter().zip(&mut self.values).enumerate() {
            if !values.is_empty() {
                let (length, gradient) = ([values.len()], Workspace::gradient(workspace, i));
                let shape = self.shapes.get(i).map_or(&length[..], |shape| shape);
                visitor(ParamMut::new(name, shape, values, gradient));
            }
        }
    }
}

/// Takes the gradients of a direction apart.
pub(super) fn gradients<F>(all: &mut [Vec<F>]) -> Gradients<'_, F> {
    let [input, state, b, c] = slots_mut(all).each_mut().map(Vec::as_mut_slice);
    Gradients { input, state, biases: [b, c] }
}
