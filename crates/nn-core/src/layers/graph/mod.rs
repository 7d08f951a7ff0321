//! A graph of named modules.

mod described;
mod join;
mod layout;
mod module;
mod nodes;
mod plan;
mod run;
mod text;
mod values;
mod wiring;

use std::hash::{DefaultHasher, Hash, Hasher};

pub(super) use self::join::Join;
pub use self::nodes::GraphNode;
use crate::{Module, Scalar};

/// A network of named nodes that is not a chain: it may have several inputs and outputs, several nodes may read one, and two nodes may
/// share one module.
///
/// A node is a module that reads one input or node ([`node`](Graph::node)), the same module once more ([`shared`](Graph::shared)), or what
/// joins several: a [`sum`](Graph::sum), a [`product`](Graph::product) or a [`concat`](Graph::concat). Nodes may be declared in any
/// order, as long as none needs its own output.
///
/// Forward: each node computes its function of what it reads. Backward: the gradient of what a node computes is the sum over all that
/// read it, ∂L/∂v = Σ_u (∂u/∂v)ᵀ ∂L/∂u, because v affects the loss along each of these ways. The gradients of a shared module are the
/// sums over its nodes. A value that an [`Identity`](crate::Identity) gives back is not copied, and neither is the gradient of a sum.
///
/// Shapes: with one input, x has its shape, with the samples in front; with several, x is `[n, f]`, the inputs flattened and side by side,
/// as [`Tensor::hstack`](crate::Tensor::hstack) makes it. The same holds for outputs. Parameters are named `node.weight` and stand in the order of declaration;
/// those of a shared module have the name of the node that owns it.
///
/// Errors: planning fails, with the names of the nodes, if a name is unknown, in use already, empty, longer than 80 characters or has a
/// dot; if an input or a node is unused; if nodes form a circle; if there is no input or no output; or if shapes do not fit together.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Graph, Linear, Module, Tanh, Tensor};
/// let rng = &mut ChaCha8Rng::seed_from_u64(0);
/// let graph = Graph::<f32>::new()
///     .input("deep", [4])
///     .input("wide", [3])
///     .node("hidden", Linear::new(4, 8, rng), "deep")
///     .node("tanh", Tanh, "hidden")
///     .concat("all", 1, ["tanh", "wide"])
///     .node("class", Linear::new(11, 2, rng), "all")
///     .output("class");
/// assert_eq!(
///     graph.to_string(),
///     "\
/// Graph: 64 parameters
///   deep  input [4]
///   wide  input [3]
///   hidden ← deep  Linear(4 → 8): weight [8, 4], bias [8]; 40 parameters
///   tanh ← hidden  Tanh
///   all ← tanh, wide  Concat(1)
///   class ← all  Linear(11 → 2): weight [2, 11], bias [2]; 24 parameters; output"
/// );
/// let (deep, wide) = (Tensor::zeros(&[5, 4]), Tensor::zeros(&[5, 3]));
/// let y = graph.predict(&Tensor::hstack(&[&deep, &wide])?)?;
/// assert_eq!(y.shape(), [5, 2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// This class of PyTorch takes the settings of its [architecture](crate::Architecture#text):
///
/// ```python
/// class Graph(nn.Module):
///     def __init__(self, *children, inputs, nodes, outputs):
///         super().__init__()
///         self._inputs, self._nodes, self._outputs = inputs, nodes, outputs
///         children = iter(children)
///         for name, kind, *_ in nodes:
///             if kind == "module":
///                 self.add_module(name, next(children))
///
///     def forward(self, x):
///         sizes = [math.prod(shape) for _, *shape in self._inputs]
///         pieces = x.flatten(1).split(sizes, dim=1)
///         values = {
///             name: piece.reshape(len(x), *shape)
///             for (name, *shape), piece in zip(self._inputs, pieces)
///         }
///         nodes = {name: rest for name, *rest in self._nodes}
///
///         def value(name):
///             if name not in values:
///                 values[name] = compute(name, *nodes[name])
///             return values[name]
///
///         def compute(name, kind, *of):
///             if kind == "module":
///                 return getattr(self, name)(value(of[0]))
///             if kind == "shared":
///                 return getattr(self, of[0])(value(of[1]))
///             if kind == "concat":
///                 return torch.cat([value(v) for v in of[1:]], dim=of[0])
///             join = torch.add if kind == "sum" else torch.mul
///             return functools.reduce(join, [value(v) for v in of])
///
///         outputs = [value(name) for name in self._outputs]
///         if len(outputs) == 1:
///             return outputs[0]
///         return torch.cat([output.flatten(1) for output in outputs], dim=1)
/// ```
pub struct Graph<F> {
    inputs: Vec<Input>,
    nodes: Vec<Node<F>>,
    outputs: Vec<String>,
    /// A number by which a workspace of another graph is known: it depends on all names and on what the nodes read, not on the modules.
    key: u64,
}

struct Input {
    name: String,
    /// The shape of a sample. `None` for any.
    sample: Option<Vec<usize>>,
}

struct Node<F> {
    name: String,
    operation: Operation<F>,
    from: Vec<String>,
}

enum Operation<F> {
    Module(Box<dyn Module<F>>),
    /// The module of another node.
    Shared(String),
    Join(Join),
}

/// The name of the input and of the join in a [`Graph::of_branches`].
const INPUT: &str = "x";
pub(super) const JOIN: &str = "join";

impl<F: Scalar> Graph<F> {
    /// Makes a graph without nodes.
    pub fn new() -> Self {
        Graph { inputs: Vec::new(), nodes: Vec::new(), outputs: Vec::new(), key: 0 }
    }

    /// Adds an input of this name, and the shape of one sample of it. In x, the inputs lie side by side in the order of these calls.
    #[must_use]
    pub fn input(self, name: impl Into<String>, sample: impl Into<Vec<usize>>) -> Self {
        self.with_input(name.into(), Some(sample.into()))
    }

    /// Adds a node of this name: a module that reads the input or node `from`.
    #[must_use]
    pub fn node(
        self,
        name: impl Into<String>,
        module: impl Module<F> + 'static,
        from: impl Into<String>,
    ) -> Self {
        self.with_node(name.into(), Operation::Module(Box::new(module)), vec![from.into()])
    }

    /// Adds a node with the module of the node `of`, with the same parameters, that reads the input or node `from`.
    #[must_use]
    pub fn shared(self, name: impl Into<String>, of: impl Into<String>, from: impl Into<String>) -> Self {
        self.with_node(name.into(), Operation::Shared(of.into()), vec![from.into()])
    }

    /// Adds a node with the sum of inputs or nodes of equal shapes.
    #[must_use]
    pub fn sum<S: Into<String>>(self, name: impl Into<String>, from: impl IntoIterator<Item = S>) -> Self {
        self.join(name, Join::Sum, from)
    }

    /// Adds a node with the product, value by value, of inputs or nodes of equal shapes.
    #[must_use]
    pub fn product<S: Into<String>>(
        self,
        name: impl Into<String>,
        from: impl IntoIterator<Item = S>,
    ) -> Self {
        self.join(name, Join::Product, from)
    }

    /// Adds a node that puts inputs or nodes side by side along an axis (0 is that of the samples, so it must be at least 1). Their
    /// other axes are equal.
    #[must_use]
    pub fn concat<S: Into<String>>(
        self,
        name: impl Into<String>,
        axis: usize,
        from: impl IntoIterator<Item = S>,
    ) -> Self {
        self.join(name, Join::Concat(axis), from)
    }

    /// Makes a node an output. In y, the outputs lie side by side in the order of these calls.
    #[must_use]
    pub fn output(mut self, name: impl Into<String>) -> Self {
        self.outputs.push(name.into());
        self.key = key(&(self.key, &self.outputs));
        self
    }

    /// Returns the module of the node of this name, if it has one of its own.
    pub fn get(&self, name: &str) -> Option<&dyn Module<F>> {
        let node = self.nodes.iter().find(|node| node.name == name)?;
        if let Operation::Module(module) = &node.operation { Some(&**module) } else { None }
    }

    fn join<S: Into<String>>(
        self,
        name: impl Into<String>,
        join: Join,
        from: impl IntoIterator<Item = S>,
    ) -> Self {
        self.with_node(name.into(), Operation::Join(join), from.into_iter().map(Into::into).collect())
    }

    fn with_input(mut self, name: String, sample: Option<Vec<usize>>) -> Self {
        self.key = key(&(self.key, &name, &sample));
        self.inputs.push(Input { name, sample });
        self
    }

    fn with_node(mut self, name: String, operation: Operation<F>, from: Vec<String>) -> Self {
        let (shared, join) = match &operation {
            Operation::Module(_) => (None, None),
            Operation::Shared(of) => (Some(of), None),
            Operation::Join(join) => (None, Some(join)),
        };
        self.key = key(&(self.key, &name, shared, join, &from));
        self.nodes.push(Node { name, operation, from });
        self
    }

    /// Makes a graph of branches, which all read its only input, of any shape, and of their join.
    pub(super) fn of_branches(join: Join) -> Self {
        let graph = Graph::new().with_input(INPUT.into(), None);
        graph.with_node(JOIN.into(), Operation::Join(join), Vec::new()).output(JOIN)
    }

    /// Adds a branch to a graph that is one of them.
    pub(super) fn with_branch(mut self, name: String, module: Box<dyn Module<F>>) -> Self {
        self.nodes[0].from.push(name.clone());
        self.with_node(name, Operation::Module(module), vec![INPUT.into()])
    }

    /// Returns the modules of all nodes that have one of their own, with the names of the nodes.
    pub(super) fn modules(&self) -> impl Iterator<Item = (&str, &dyn Module<F>)> {
        self.nodes.iter().filter_map(|node| match &node.operation {
            Operation::Module(module) => Some((&*node.name, &**module)),
            Operation::Shared(_) | Operation::Join(_) => None,
        })
    }

    /// Returns the module of a node that has one.
    fn module(&self, node: usize) -> &dyn Module<F> {
        match &self.nodes[node].operation {
            Operation::Module(module) => &**module,
            Operation::Shared(_) | Operation::Join(_) => unreachable!("a node without a module"),
        }
    }
}

fn key(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

impl<F: Scalar> Default for Graph<F> {
    fn default() -> Self {
        Graph::new()
    }
}
