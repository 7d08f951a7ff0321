//! Parameters as visitors see them: optimisers, saving and gradient checks all walk the same list.

use std::fmt;

/// One parameter or buffer of a module, to read.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Param<'a, F> {
    /// The name, such as `0.weight`, as in PyTorch's `state_dict`.
    pub name: Name<'a>,
    /// Whether it is learned.
    pub kind: Kind,
    /// Sizes of the axes.
    pub shape: &'a [usize],
    /// Values in row-major order.
    pub value: &'a [F],
}

/// One parameter or buffer of a module, to change.
#[derive(Debug)]
#[non_exhaustive]
pub struct ParamMut<'a, F> {
    /// The name, as in [`Param`].
    pub name: Name<'a>,
    /// Whether it is learned.
    pub kind: Kind,
    /// Sizes of the axes.
    pub shape: &'a [usize],
    /// Values in row-major order.
    pub value: &'a mut [F],
    /// The gradient of the loss with respect to `value`, if the visit was given a workspace planned for training. A
    /// buffer has none.
    pub gradient: Option<&'a [F]>,
}

/// The role of a module's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A parameter: it has a gradient, and optimisers change it.
    Learned,
    /// Other values that belong to a trained model and are saved with it, such as a running mean.
    Buffer,
    /// A buffer that counts, such as the number of batches seen: a whole number, saved as an integer.
    Counter,
}

impl<'a, F> Param<'a, F> {
    /// Makes a parameter of the visited module; the containers around it add their part to the name.
    pub fn new(name: &'a str, shape: &'a [usize], value: &'a [F]) -> Self {
        Param { name: Name::Leaf(name), kind: Kind::Learned, shape, value }
    }

    /// Makes a buffer of the visited module.
    pub fn buffer(name: &'a str, shape: &'a [usize], value: &'a [F]) -> Self {
        Param { kind: Kind::Buffer, ..Param::new(name, shape, value) }
    }

    /// Makes a counter of the visited module: a scalar, of shape `[]`.
    pub fn counter(name: &'a str, value: &'a F) -> Self {
        Param { kind: Kind::Counter, ..Param::new(name, &[], std::slice::from_ref(value)) }
    }

    /// Returns the same parameter seen from the container of its module, under the name that the module has there.
    pub fn inside<'b>(&'b self, segment: impl Into<Segment<'b>>) -> Param<'b, F> {
        Param { name: Name::Inside(segment.into(), &self.name), ..*self }
    }
}

impl<'a, F> ParamMut<'a, F> {
    /// Makes a parameter of the visited module, with its gradient if there is one.
    pub fn new(name: &'a str, shape: &'a [usize], value: &'a mut [F], gradient: Option<&'a [F]>) -> Self {
        ParamMut { name: Name::Leaf(name), kind: Kind::Learned, shape, value, gradient }
    }

    /// Makes a buffer of the visited module.
    pub fn buffer(name: &'a str, shape: &'a [usize], value: &'a mut [F]) -> Self {
        ParamMut { kind: Kind::Buffer, ..ParamMut::new(name, shape, value, None) }
    }

    /// Makes a counter of the visited module.
    pub fn counter(name: &'a str, value: &'a mut F) -> Self {
        ParamMut { kind: Kind::Counter, ..ParamMut::new(name, &[], std::slice::from_mut(value), None) }
    }

    /// Returns the same parameter seen from the container of its module, under the name that the module has there.
    pub fn inside<'b>(&'b mut self, segment: impl Into<Segment<'b>>) -> ParamMut<'b, F> {
        ParamMut {
            name: Name::Inside(segment.into(), &self.name),
            kind: self.kind,
            shape: self.shape,
            value: self.value,
            gradient: self.gradient,
        }
    }
}

/// A parameter's name, built without allocating because every step of an optimiser visits every parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name<'a> {
    /// The module's own name for it: `weight`.
    Leaf(&'a str),
    /// A name inside a container: `0.weight`, `encoder.weight`.
    Inside(Segment<'a>, &'a Name<'a>),
}

/// The name that a container gives a module inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment<'a> {
    /// By position, as [`Sequential`](crate::Sequential) does.
    Index(usize),
    /// By name.
    Name(&'a str),
}

impl From<usize> for Segment<'_> {
    fn from(index: usize) -> Self {
        Segment::Index(index)
    }
}

impl<'a> From<&'a str> for Segment<'a> {
    fn from(name: &'a str) -> Self {
        Segment::Name(name)
    }
}

impl fmt::Display for Segment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Segment::Index(index) => write!(f, "{index}"),
            Segment::Name(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Name::Leaf(name) => f.write_str(name),
            Name::Inside(segment, rest) => write!(f, "{segment}.{rest}"),
        }
    }
}
