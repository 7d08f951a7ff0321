//! The way of values and gradients through a graph.

/// Where a [`Graph`](crate::Graph) finds the values and the gradients of its nodes: which buffers of its
/// [`Workspace`](crate::Workspace) they are, and in which order they are computed. A plan makes it.
#[derive(Debug, Clone)]
pub struct Route {
    /// The [key](crate::Graph) of the graph that made it.
    pub(crate) key: u64,
    /// The number of buffers that hold values; those that follow hold gradients.
    pub(crate) values: usize,
    pub(crate) inputs: Vec<Piece>,
    pub(crate) input_gradients: Vec<Gradient>,
    /// In an order in which every node comes after those that it reads.
    pub(crate) steps: Vec<Step>,
    /// What is copied to the output in the end. None if the only output is computed there.
    pub(crate) outputs: Vec<Piece>,
}

/// A tensor, of values or of gradients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The input of the graph or its gradient, `x` and `dx`.
    Input,
    /// The output of the graph or its gradient, `y` and `dy`.
    Output,
    Buffer(usize),
}

/// An input or an output: a run of the features of `x` or `y`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece {
    pub(crate) place: Place,
    /// The first of its features.
    pub(crate) start: [usize; 1],
}

/// A node that computes something.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) node: usize,
    pub(crate) from: Vec<Place>,
    pub(crate) to: Place,
    pub(crate) work: Work,
    pub(crate) gradient: Gradient,
}

#[derive(Debug, Clone)]
pub(crate) enum Work {
    Module {
        /// The node whose module it is: another one, if the module is shared.
        of: usize,
        /// The gradient of its input.
        dx: Place,
        /// Whether it is the first to write that gradient.
        first: bool,
        /// Whether it reads an input of the graph, whose gradient is not always asked for.
        reads_input: bool,
    },
    Sum,
    Product,
    /// For each tensor, the features of the output at which its runs begin.
    Concat(Vec<Vec<usize>>),
}

/// The gradient of what a node computes.
#[derive(Debug, Clone)]
pub(crate) struct Gradient {
    pub(crate) place: Place,
    /// What is collected from joins when all that come later have theirs. Modules have added their terms before.
    pub(crate) terms: Vec<Term>,
}

/// A term of a gradient.
#[derive(Debug, Clone)]
pub(crate) struct Term {
    /// The gradient that it is computed from.
    pub(crate) from: Place,
    /// Whether it is the first of all.
    pub(crate) first: bool,
    pub(crate) factor: Factor,
}

/// The derivative of a join by one of the tensors that it joins.
#[derive(Debug, Clone)]
pub(crate) enum Factor {
    One,
    /// The product of all others.
    Others(Vec<Place>),
    /// The runs that begin at these features.
    Runs(Vec<usize>),
}

impl Work {
    /// Returns the node whose module it is, if it is one.
    pub(crate) fn module(&self) -> Option<usize> {
        if let Work::Module { of, .. } = self { Some(*of) } else { None }
    }
}
