//! Parameters as visitors see them: optimisers, saving and gradient checks all walk the same list.

use std::fmt;

/// One parameter of a module, to read.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Param<'a, F> {
    /// `0.weight` and so on, as PyTorch's `state_dict` names it.
    pub name: Name<'a>,
    /// Sizes of the axes.
    pub shape: &'a [usize],
    /// Values in row-major order.
    pub value: &'a [F],
}

/// One parameter of a module, to change.
#[derive(Debug)]
#[non_exhaustive]
pub struct ParamMut<'a, F> {
    /// As in [`Param`].
    pub name: Name<'a>,
    /// Sizes of the axes.
    pub shape: &'a [usize],
    /// Values in row-major order.
    pub value: &'a mut [F],
    /// The gradient of the loss with respect to `value`, if the visit was given a workspace.
    pub gradient: Option<&'a [F]>,
}

impl<'a, F> Param<'a, F> {
    /// A parameter of the module that is visited; the containers around it add their part to the name.
    pub fn new(name: &'a str, shape: &'a [usize], value: &'a [F]) -> Self {
        Param { name: Name::Leaf(name), shape, value }
    }

    /// The same parameter seen from the container in which its module has this index.
    pub fn inside<'b>(&'b self, index: usize) -> Param<'b, F> {
        Param { name: Name::Inside(index, &self.name), ..*self }
    }
}

impl<'a, F> ParamMut<'a, F> {
    /// A parameter of the module that is visited, with its gradient if there is one.
    pub fn new(name: &'a str, shape: &'a [usize], value: &'a mut [F], gradient: Option<&'a [F]>) -> Self {
        ParamMut { name: Name::Leaf(name), shape, value, gradient }
    }

    /// The same parameter seen from the container in which its module has this index.
    pub fn inside<'b>(&'b mut self, index: usize) -> ParamMut<'b, F> {
        ParamMut {
            name: Name::Inside(index, &self.name),
            shape: self.shape,
            value: self.value,
            gradient: self.gradient,
        }
    }
}

/// A parameter's name, built without allocating: an optimiser's step visits every parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name<'a> {
    /// The module's own word: `weight`.
    Leaf(&'a str),
    /// A name inside the container's module of this index: `0.weight`.
    Inside(usize, &'a Name<'a>),
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Name::Leaf(name) => f.write_str(name),
            Name::Inside(index, rest) => write!(f, "{index}.{rest}"),
        }
    }
}
