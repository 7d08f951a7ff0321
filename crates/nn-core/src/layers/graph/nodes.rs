//! The nodes of a graph, for a picture or a table.

use super::wiring::Wiring;
use super::{Graph, Operation};
use crate::{ModuleError, Parameters, Purpose, Scalar, Workspace};

/// An input or a node of a [`Graph`], as [`Graph::nodes`] describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GraphNode {
    /// The name.
    pub name: String,
    /// What it is, such as `Linear(4 → 8)`, `Sum` or `input`; of a container the name alone.
    pub text: String,
    /// The names of the inputs and nodes that it reads.
    pub from: Vec<String>,
    /// The shape of a sample of what it computes.
    pub shape: Vec<usize>,
    /// The number of learned values of its own. A node that shares a module has none.
    pub parameters: usize,
    /// Whether it is an output.
    pub is_output: bool,
}

impl<F: Scalar> Graph<F> {
    /// Returns the inputs, and the nodes in an order in which each comes after those that it reads.
    ///
    /// # Errors
    /// As [`plan`](crate::Module::plan).
    pub fn nodes(&self) -> Result<Vec<GraphNode>, ModuleError> {
        let wiring = Wiring::resolved(self)?;
        let samples = self.inputs.iter().map(|input| input.sample.clone().unwrap_or_default());
        let shapes = samples.map(|sample| [&[1], &sample[..]].concat()).collect();
        let mut children = vec![Workspace::empty(); self.nodes.len()];
        let shapes = self.plan_nodes(&wiring, shapes, Purpose::Predict, &mut children)?;
        let node = |name: &str, text: String, from: &[String], value: usize, parameters| GraphNode {
            name: name.to_owned(),
            text: text.split([':', '\n']).next().unwrap_or_default().to_owned(),
            from: from.to_vec(),
            shape: shapes[value][1..].to_vec(),
            parameters,
            is_output: self.outputs.iter().any(|output| output == name),
        };
        let inputs = self.inputs.iter().enumerate();
        let inputs = inputs.map(|(value, input)| node(&input.name, "input".into(), &[], value, 0));
        let nodes = wiring.order.iter().map(|&index| {
            let declared = &self.nodes[index];
            let (text, parameters) = match &declared.operation {
                Operation::Module(module) => (module.to_string(), module.parameter_count()),
                Operation::Shared(of) => (format!("shared with {of}"), 0),
                Operation::Join(join) => (join.to_string(), 0),
            };
            node(&declared.name, text, &declared.from, self.inputs.len() + index, parameters)
        });
        Ok(inputs.chain(nodes).collect())
    }
}
