//! The wiring of a graph: its names resolved, and its nodes in an order in which they can be computed.

use std::any::Any;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::{Graph, Operation};
use crate::layers::Identity;
use crate::state::Quoted;
use crate::{Module, Scalar, SettingError};

/// Which node reads which. A *value* is an input, or what a node computes: the inputs are counted first, then the nodes as they were
/// declared.
pub(super) struct Wiring {
    /// The nodes that compute something, each after those that it reads and otherwise as declared.
    pub(super) order: Vec<usize>,
    /// For each node, the values that it reads.
    pub(super) from: Vec<Vec<usize>>,
    /// For each node with a module, the node whose module it is.
    pub(super) module: Vec<Option<usize>>,
    /// The values that are outputs.
    pub(super) outputs: Vec<usize>,
}

impl Wiring {
    /// # Errors
    /// [`SettingError`] names the node that is not as it should be.
    pub(super) fn of<F: Scalar>(graph: &Graph<F>) -> Result<Self, SettingError> {
        let values = values(graph)?;
        let value = |of: &dyn std::fmt::Display, name: &str| {
            let expected = "the name of an input or of a node";
            values.get(name).copied().ok_or_else(|| SettingError::new("Graph", of, expected, Quoted(name)))
        };
        let inputs = graph.inputs.len();
        let (mut from, mut module) = (Vec::new(), Vec::new());
        for (index, node) in graph.nodes.iter().enumerate() {
            let name = format_args!("an input of node {}", Quoted(&node.name)).to_string();
            from.push(node.from.iter().map(|from| value(&name, from)).collect::<Result<Vec<_>, _>>()?);
            module.push(match &node.operation {
                Operation::Module(_) => Some(index),
                Operation::Join(_) => None,
                Operation::Shared(of) => Some(owner(graph, &node.name, of, values.get(&**of))?),
            });
        }
        let mut outputs = Vec::new();
        for name in &graph.outputs {
            let value = value(&"an output", name)?;
            let other = "one that is not an output already";
            SettingError::unless(!outputs.contains(&value), "Graph", "an output", other, Quoted(name))?;
            outputs.push(value);
        }
        for (what, count) in [("inputs", inputs), ("outputs", outputs.len())] {
            let name = format_args!("number of {what}").to_string();
            SettingError::unless(count > 0, "Graph", name, "at least 1", count)?;
        }
        check_use(graph, &from, &outputs)?;
        let order = order(graph, &from)?;
        Ok(Wiring { order, from, module, outputs }.without_identities(graph))
    }

    /// Lets nodes read past an identity, which then costs nothing.
    fn without_identities<F: Scalar>(mut self, graph: &Graph<F>) -> Self {
        let inputs = graph.inputs.len();
        let mut seen: Vec<usize> = (0..inputs + graph.nodes.len()).collect();
        for &node in &self.order {
            self.from[node].iter_mut().for_each(|value| *value = seen[*value]);
            if self.module[node].is_some_and(|of| graph.nodes[of].is_identity()) {
                seen[inputs + node] = self.from[node][0];
            }
        }
        self.order.retain(|node| seen[inputs + node] == inputs + node);
        self.outputs.iter_mut().for_each(|value| *value = seen[*value]);
        self
    }
}

impl<F: Scalar> super::Node<F> {
    fn is_identity(&self) -> bool {
        let Operation::Module(module) = &self.operation else { return false };
        let module: &dyn Module<F> = &**module;
        let module: &dyn Any = module;
        module.is::<Identity>()
    }
}

/// Returns the value of each name.
fn values<F: Scalar>(graph: &Graph<F>) -> Result<HashMap<&str, usize>, SettingError> {
    const LONGEST: usize = 80;
    let names = graph.inputs.iter().map(|input| &*input.name);
    let names = names.chain(graph.nodes.iter().map(|node| &*node.name));
    let mut values = HashMap::new();
    for (value, name) in names.enumerate() {
        // The dot stands between the names of a node and of its parameter.
        let fits = !name.is_empty() && !name.contains('.') && name.chars().nth(LONGEST).is_none();
        let expected = format_args!("1 to {LONGEST} characters without a dot").to_string();
        SettingError::unless(fits, "Graph", "a name", expected, Quoted(name))?;
        let twice = values.insert(name, value).is_some();
        SettingError::unless(!twice, "Graph", "a name", "one that no other input or node has", Quoted(name))?;
    }
    Ok(values)
}

/// Returns the node with the module that is shared.
fn owner<F: Scalar>(
    graph: &Graph<F>,
    name: &str,
    of: &str,
    value: Option<&usize>,
) -> Result<usize, SettingError> {
    let node = value.and_then(|value| value.checked_sub(graph.inputs.len()));
    node.filter(|&node| matches!(graph.nodes[node].operation, Operation::Module(_))).ok_or_else(|| {
        let name = format_args!("the module of node {}", Quoted(name)).to_string();
        SettingError::new("Graph", name, "that of a node with a module of its own", Quoted(of))
    })
}

/// Checks that every value is read or is an output.
fn check_use<F: Scalar>(
    graph: &Graph<F>,
    from: &[Vec<usize>],
    outputs: &[usize],
) -> Result<(), SettingError> {
    let inputs = graph.inputs.len();
    let mut used = vec![false; inputs + graph.nodes.len()];
    from.iter().flatten().chain(outputs).for_each(|&value| used[value] = true);
    let Some(unused) = used.iter().position(|used| !used) else { return Ok(()) };
    let (what, name) = match unused.checked_sub(inputs) {
        None => ("input", &graph.inputs[unused].name),
        Some(node) => ("node", &graph.nodes[node].name),
    };
    let what = format_args!("{what} {}", Quoted(name)).to_string();
    Err(SettingError::new("Graph", what, "one that a node reads, or an output", "unused"))
}

/// Returns the nodes in an order in which each comes after those that it reads: of those that can be next, the first declared.
fn order<F: Scalar>(graph: &Graph<F>, from: &[Vec<usize>]) -> Result<Vec<usize>, SettingError> {
    let inputs = graph.inputs.len();
    let nodes = |node: usize| from[node].iter().filter_map(|value| value.checked_sub(inputs));
    let mut readers = vec![Vec::new(); from.len()];
    let mut missing = vec![0; from.len()];
    for node in 0..from.len() {
        for read in nodes(node) {
            readers[read].push(node);
            missing[node] += 1;
        }
    }
    let mut next: BinaryHeap<_> = (0..from.len()).filter(|&node| missing[node] == 0).map(Reverse).collect();
    let mut order = Vec::new();
    while let Some(Reverse(node)) = next.pop() {
        order.push(node);
        for &reader in &readers[node] {
            missing[reader] -= 1;
            if missing[reader] == 0 {
                next.push(Reverse(reader));
            }
        }
    }
    let Some(left) = missing.iter().position(|&missing| missing > 0) else { return Ok(order) };
    // Each that is left reads one that is left, so this comes to a node that it has met.
    let mut way = vec![left];
    let circle = loop {
        let last = way[way.len() - 1];
        let read = nodes(last).find(|&read| missing[read] > 0).unwrap_or(last);
        if let Some(start) = way.iter().position(|&node| node == read) {
            break &way[start..];
        }
        way.push(read);
    };
    Err(is_circle(&circle.iter().map(|&node| &*graph.nodes[node].name).collect::<Vec<_>>()))
}

/// The error that each of these nodes reads the next, and the last one the first.
fn is_circle(names: &[&str]) -> SettingError {
    const SHOWN: usize = 5;
    let mut text: Vec<_> = names.iter().take(SHOWN).map(|name| Quoted(name).to_string()).collect();
    if let Some(more @ 1..) = names.len().checked_sub(SHOWN) {
        text.push(format!("{more} more"));
    }
    text.push(text[0].clone());
    let found = format!("in a circle: {}", text.join(" reads "));
    let name = format!("node {}", text[0]);
    SettingError::new("Graph", name, "one that does not need its own output", found)
}
