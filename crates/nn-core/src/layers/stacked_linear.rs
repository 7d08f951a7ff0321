//! Sixteen linear layers of a stack.

use std::fmt;

use crate::kernels::affine;
use crate::lanes::{Block, LANES};
use crate::{Mode, Module, Param, ParamMut, Plan, Purpose, Scalar, ShapeError, Tensor, Workspace};

/// [`Linear`](super::Linear) for the sixteen networks of a [`Stack`](crate::Stack): the same equations in every lane, with
/// sixteen numbers in place of each parameter.
pub(super) struct StackedLinear<F> {
    /// `[outputs, inputs, 16]`.
    shape: [usize; 3],
    weight: Vec<F>,
    bias: Vec<F>,
}

impl<F: Scalar> StackedLinear<F> {
    /// Zeros.
    pub(super) fn new(inputs: usize, outputs: usize) -> Self {
        let (weight, bias) = (vec![F::ZERO; outputs * inputs * LANES], vec![F::ZERO; outputs * LANES]);
        StackedLinear { shape: [outputs, inputs, LANES], weight, bias }
    }
}

fn blocks<F>(numbers: &[F]) -> &[Block<F>] {
    numbers.as_chunks().0
}

impl<F: Scalar> Module<F> for StackedLinear<F> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ShapeError> {
        ShapeError::check_samples(self, input)?;
        let [outputs, inputs, _] = self.shape;
        if inputs == 0 || outputs == 0 || input.len() != 2 || input[1] != inputs {
            return Err(ShapeError::new(self, format!("input [n, {inputs}], inputs and outputs"), input));
        }
        let gradients = match purpose {
            Purpose::Train => vec![vec![F::ZERO; self.weight.len()], vec![F::ZERO; self.bias.len()]],
            Purpose::Predict => Vec::new(),
        };
        let workspace = Workspace { gradients, ..Workspace::empty() };
        Ok(Plan { output: vec![input[0], outputs], workspace })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, _: &mut Workspace<F>, _: &mut Mode<'_>) {
        affine::narrow_forward(blocks(&self.weight), blocks(&self.bias), x, y);
    }

    fn backward(
        &self,
        x: &Tensor<F>,
        _y: &Tensor<F>,
        dy: &Tensor<F>,
        dx: Option<&mut Tensor<F>>,
        workspace: &mut Workspace<F>,
    ) {
        let [dw, db] = &mut workspace.gradients[..] else { panic!("backward needs a plan for training") };
        affine::stack_backward_parameters(x, dy, dw.as_chunks_mut().0, db.as_chunks_mut().0);
        if let Some(dx) = dx {
            affine::narrow_backward_input(blocks(&self.weight), dy, dx);
        }
    }

    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        let [outputs, _, lanes] = self.shape;
        visitor(Param::new("weight", &self.shape, &self.weight));
        visitor(Param::new("bias", &[outputs, lanes], &self.bias));
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        let [outputs, _, lanes] = self.shape;
        let gradient = |index: usize| Some(&workspace?.gradients.get(index)?[..]);
        visitor(ParamMut::new("weight", &self.shape, &mut self.weight, gradient(0)));
        visitor(ParamMut::new("bias", &[outputs, lanes], &mut self.bias, gradient(1)));
    }
}

impl<F: Scalar> fmt::Display for StackedLinear<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [outputs, inputs, lanes] = self.shape;
        write!(f, "Linear({inputs} → {outputs}) × {lanes}")
    }
}
