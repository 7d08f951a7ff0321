//! The sixteen linear layers of a stack.

use std::fmt;

use super::shared::{fits, plan, weight_and_bias};
use crate::kernels::affine;
use crate::lanes::{Block, LANES};
use crate::layers::layer::{Layer, steps_compiled_here};
use crate::{
    Accumulate, Combination, Mode, Module, ModuleError, Param, ParamMut, Parameters, Plan, Purpose, Scalar,
    Tensor, Workspace,
};

/// [`Linear`](crate::Linear) for the sixteen networks of a [`Stack`](crate::Stack): the same equations in every lane,
/// with sixteen values in place of each parameter.
pub(super) struct StackedLinear<F> {
    /// `[outputs, inputs, 16]`.
    shape: [usize; 3],
    weight: Vec<F>,
    bias: Option<Vec<F>>,
}

impl<F: Scalar> StackedLinear<F> {
    /// Makes layers of the shape `[outputs, inputs]` with parameters of 0.
    pub(super) fn new([outputs, inputs]: [usize; 2], has_bias: bool) -> Self {
        StackedLinear {
            shape: [outputs, inputs, LANES],
            weight: vec![F::ZERO; outputs * inputs * LANES],
            bias: has_bias.then(|| vec![F::ZERO; outputs * LANES]),
        }
    }
}

fn blocks<F>(values: &[F]) -> &[Block<F>] {
    values.as_chunks().0
}

impl<F: Scalar> Parameters<F> for StackedLinear<F> {
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        let [outputs, _, lanes] = self.shape;
        visitor(Param::new("weight", &self.shape, &self.weight));
        if let Some(bias) = &self.bias {
            visitor(Param::new("bias", &[outputs, lanes], bias));
        }
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        let [outputs, _, lanes] = self.shape;
        let [dw, db] = [0, 1].map(|index| Workspace::gradient(workspace, index));
        visitor(ParamMut::new("weight", &self.shape, &mut self.weight, dw));
        if let Some(bias) = &mut self.bias {
            visitor(ParamMut::new("bias", &[outputs, lanes], bias, db));
        }
    }
}

impl<F: Scalar> Module<F> for StackedLinear<F> {
    // No file has sixteen networks at once.
    steps_compiled_here!(StackedLinear<F>);

    fn input_gradient<'a>(&'a self, dy: &'a Tensor<F>) -> Option<Combination<'a, F>> {
        let [outputs, ..] = self.shape;
        // With more features, several vectors of a sample go through the layer.
        if dy.features() == outputs { Combination::of(blocks(&self.weight), dy.into()) } else { None }
    }
}

impl<F: Scalar> Layer<F> for StackedLinear<F> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        let [outputs, inputs, _] = self.shape;
        let bias = self.bias.as_ref().map(Vec::len);
        plan(self, [outputs, inputs], input, [Some(self.weight.len()), bias], purpose)
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, _: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        let [outputs, inputs, _] = self.shape;
        workspace.check_own(self, fits([outputs, inputs], x, y));
        let (features, mut from, mut to) = (x.features(), 0, 0);
        while from < features {
            let (x, y) = (x.columns(from..from + inputs), y.columns_mut(to..to + outputs));
            affine::narrow_forward(blocks(&self.weight), self.bias.as_deref().map(blocks), x, y);
            (from, to) = (from + inputs, to + outputs);
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
        let [outputs, inputs, _] = self.shape;
        let gradients = 1 + usize::from(self.bias.is_some());
        let own = fits([outputs, inputs], x, y) && workspace.gradients.len() == gradients;
        workspace.check_own(self, own);
        let [dw, db] = weight_and_bias(&mut workspace.gradients, self.bias.is_some());
        let (dw, db) = (dw.as_chunks_mut().0, db.as_chunks_mut().0);
        let (features, mut from, mut to) = (x.features(), 0, 0);
        while from < features {
            let dy = dy.columns(to..to + outputs);
            affine::stack_backward_parameters(x.columns(from..from + inputs), dy, dw, db);
            if let Some(dx) = &mut dx {
                affine::narrow_backward_input(
                    blocks(&self.weight),
                    dy,
                    dx.columns_mut(from..from + inputs),
                    accumulate,
                );
            }
            (from, to) = (from + inputs, to + outputs);
        }
    }
}

impl<F: Scalar> fmt::Display for StackedLinear<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [outputs, inputs, lanes] = self.shape;
        write!(f, "Linear({inputs} → {outputs}) × {lanes}")
    }
}
