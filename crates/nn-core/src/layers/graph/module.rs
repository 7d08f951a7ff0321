//! A graph as a module.

use super::{Graph, Input, Node, Operation};
use crate::layers::layer::{Layer, compiled_here};
use crate::{
    Accumulate, Mode, Module, ModuleError, Param, ParamMut, Parameters, Plan, Purpose, Scalar, Tensor,
    Workspace, all_like,
};

impl<F: Scalar> Parameters<F> for Graph<F> {
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        for (name, module) in self.modules() {
            module.visit(&mut |parameter| visitor(parameter.inside(name)));
        }
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        for (index, node) in self.nodes.iter_mut().enumerate() {
            if let Operation::Module(module) = &mut node.operation {
                let child = Workspace::child(workspace, index);
                module.visit_mut(child, &mut |mut parameter| visitor(parameter.inside(&*node.name)));
            }
        }
    }

    /// A shared module observes once for each of its nodes, in the order in which they ran.
    fn absorb(&mut self, workspace: &Workspace<F>) {
        let Some(route) = workspace.route.as_ref().filter(|route| route.key == self.key) else { return };
        for step in &route.steps {
            if let (Some(of), Some(child)) = (step.work.module(), workspace.children.get(step.node))
                && let Some(Node { operation: Operation::Module(module), .. }) = self.nodes.get_mut(of)
            {
                module.absorb(child);
            }
        }
    }
}

/// The workspace of a graph has a child for each node. Those without a module of their own have no gradients.
impl<F: Scalar> Module<F> for Graph<F> {
    compiled_here!(Graph<F>);

    fn check_values(&self, x: &Tensor<F>) -> Result<(), ModuleError> {
        self.check_values_of_inputs(x)
    }

    fn stacked(&self, networks: &[&dyn Module<F>]) -> Option<Box<dyn Module<F>>> {
        Some(Box::new(self.stacked_like(&all_like::<Self, F>(networks)?)?))
    }
}

impl<F: Scalar> Layer<F> for Graph<F> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        self.plan_as(self, &"Graph", input, purpose)
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, mode: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        workspace.check_own(self, self.planned(workspace));
        self.run_forward(x, y, workspace, mode);
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
        workspace.check_own(self, self.planned(workspace));
        self.run_backward(x, y, dy, dx, accumulate, workspace);
    }
}

impl<F: Scalar> Graph<F> {
    /// Returns the form of this graph that serves all networks of a stack.
    pub(crate) fn stacked_like(&self, graphs: &[&Self]) -> Option<Self> {
        if graphs.iter().any(|graph| graph.key != self.key || graph.nodes.len() != self.nodes.len()) {
            return None;
        }
        let stacked = |(index, node): (usize, &Node<F>)| {
            let operation = match &node.operation {
                Operation::Shared(of) => Operation::Shared(of.clone()),
                Operation::Join(join) => Operation::Join(*join),
                Operation::Module(module) => {
                    let alike: Vec<&dyn Module<F>> = graphs.iter().map(|graph| graph.module(index)).collect();
                    Operation::Module((**module).stacked(&alike)?)
                }
            };
            Some(Node { name: node.name.clone(), operation, from: node.from.clone() })
        };
        let inputs = self.inputs.iter();
        Some(Graph {
            inputs: inputs.map(|i| Input { name: i.name.clone(), sample: i.sample.clone() }).collect(),
            nodes: self.nodes.iter().enumerate().map(stacked).collect::<Option<_>>()?,
            outputs: self.outputs.clone(),
            key: self.key,
        })
    }
}
