//! The plan of a graph: the shapes of its nodes, and their memory.

use std::any::Any;
use std::fmt::Display;

use super::layout::Layout;
use super::wiring::Wiring;
use super::{Graph, Input, Operation};
use crate::size::count;
use crate::{ModuleError, Plan, Purpose, Scalar, ShapeError, Tensor, Workspace};

impl<F: Scalar> Graph<F> {
    /// Plans the graph for `face`, the module that users see, whose name is `label`.
    pub(crate) fn plan_as<M: Any + Display>(
        &self,
        face: &M,
        label: &dyn Display,
        input: &[usize],
        purpose: Purpose,
    ) -> Result<Plan<F>, ModuleError> {
        let wiring = Wiring::of(self)?;
        ShapeError::check_samples(label, input)?;
        let mut children = vec![Workspace::empty(); self.nodes.len()];
        let shapes = self.plan_nodes(&wiring, self.input_shapes(label, input)?, purpose, &mut children)?;
        let output = self.output_shape(&wiring, &shapes);
        let workspace = Workspace::of(face, input, &output, purpose)?;
        let layout = Layout::of(self, &wiring, &shapes, purpose);
        let buffers = layout.buffers().map(|value| Tensor::try_zeros(&shapes[value]));
        let buffers = buffers.collect::<Result<_, _>>()?;
        let route = Some(Box::new(layout.route()?));
        Ok(Plan { output, workspace: Workspace { buffers, children, route, ..workspace } })
    }

    /// Plans the modules of all nodes into `children`, and returns the shapes of all values, which begin with those of the inputs.
    fn plan_nodes(
        &self,
        wiring: &Wiring,
        mut shapes: Vec<Vec<usize>>,
        purpose: Purpose,
        children: &mut [Workspace<F>],
    ) -> Result<Vec<Vec<usize>>, ModuleError> {
        shapes.resize(self.inputs.len() + self.nodes.len(), Vec::new());
        for &index in &wiring.order {
            let (node, from) = (&self.nodes[index], &wiring.from[index]);
            let shape = match (&node.operation, wiring.module[index]) {
                (Operation::Join(join), _) => {
                    let from = node.from.iter().zip(from).map(|(name, &value)| (&**name, &*shapes[value]));
                    join.shape::<F>(&from.collect::<Vec<_>>())
                }
                (_, of) => self.module(of.unwrap_or(index)).plan(&shapes[from[0]], purpose).map(|plan| {
                    children[index] = plan.workspace;
                    plan.output
                }),
            };
            shapes[self.inputs.len() + index] = shape.map_err(|error| error.inside(&*node.name))?;
            if wiring.module[index] != Some(index) {
                // The gradients are those of the node that has the module.
                forget_gradients(&mut children[index]);
            }
        }
        Ok(shapes)
    }

    /// Returns the shape of each input in an input of this shape.
    fn input_shapes(&self, label: &dyn Display, input: &[usize]) -> Result<Vec<Vec<usize>>, ShapeError> {
        let shape = |sample: &[usize]| [&input[..1], sample].concat();
        if let [only] = &self.inputs[..] {
            let Some(sample) = &only.sample else { return Ok(vec![input.to_vec()]) };
            let shape = shape(sample);
            let sizes: String = sample.iter().map(|size| format!(", {size}")).collect();
            let expected = format!("input [n{sizes}]");
            return if shape == input {
                Ok(vec![shape])
            } else {
                Err(ShapeError::new(label, expected, input))
            };
        }
        let sample = |input: &Input| input.sample.clone().unwrap_or_default();
        let mut sizes = self.inputs.iter().map(|input| count::<F>(sample(input)));
        let all = sizes.try_fold(0_usize, |sum, size| sum.checked_add(size?));
        if input.len() != 2 || Some(input[1]) != all {
            let all = all.map_or_else(|| "more than fit into memory".to_owned(), |all| all.to_string());
            let expected = format!("input [n, {all}], the {} inputs side by side", self.inputs.len());
            return Err(ShapeError::new(label, expected, input));
        }
        Ok(self.inputs.iter().map(|input| shape(&sample(input))).collect())
    }

    /// Returns the shape of the output: that of the only one, or all side by side.
    fn output_shape(&self, wiring: &Wiring, shapes: &[Vec<usize>]) -> Vec<usize> {
        match wiring.outputs[..] {
            [only] => shapes[only].clone(),
            _ => {
                let features = wiring.outputs.iter().map(|&output| features(&shapes[output]));
                vec![shapes[0][0], features.fold(0, usize::saturating_add)]
            }
        }
    }
}

/// Returns the number of values of a sample.
pub(super) fn features(shape: &[usize]) -> usize {
    shape[1..].iter().product()
}

fn forget_gradients<F: Scalar>(workspace: &mut Workspace<F>) {
    workspace.gradients = Vec::new();
    workspace.children.iter_mut().for_each(forget_gradients);
}
