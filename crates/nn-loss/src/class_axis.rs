//! The axis of an output that counts the classes, and the outputs as kernels read them.

use nn_core::lanes::{Block, LANES};
use nn_core::{Scalar, Tensor};

/// The axis of an output that counts the classes. The others are those of samples and positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum ClassAxis {
    /// The axis behind that of the samples: `[n, classes, …]`.
    #[default]
    Second,
    /// `[n, …, classes]`.
    Last,
}

impl ClassAxis {
    /// Returns the axis in an output of this shape, which has at least two.
    fn of(self, output: &[usize]) -> usize {
        match self {
            ClassAxis::Second => 1,
            ClassAxis::Last => output.len() - 1,
        }
    }

    /// Returns the number of classes of an output of this shape.
    pub(crate) fn classes(self, output: &[usize]) -> usize {
        output[self.of(output)]
    }

    /// Returns the shape of labels: the other axes.
    pub(crate) fn places(self, output: &[usize]) -> impl Iterator<Item = usize> {
        let classes = self.of(output);
        output[..classes].iter().chain(&output[classes + 1..]).copied()
    }

    /// Returns the number of pieces of memory with all classes of some positions: one, or one for each position.
    pub(crate) fn parts(self, output: &[usize]) -> usize {
        match self {
            ClassAxis::Second => 1,
            ClassAxis::Last => output[1..output.len() - 1].iter().product(),
        }
    }

    /// Names the shape of outputs with `classes` of this rank.
    pub(crate) fn named(self, classes: &dyn std::fmt::Display, rank: usize) -> String {
        match (self, rank) {
            (_, ..=2) => format!("[n, {classes}]"),
            (ClassAxis::Second, _) => format!("[n, {classes}, …]"),
            (ClassAxis::Last, _) => format!("[n, …, {classes}]"),
        }
    }
}

/// The outputs `[n, classes, …]` of some positions, one class after another, as they lie in memory.
#[derive(Clone, Copy)]
pub(crate) struct Outputs<'a, F> {
    pub(crate) blocks: &'a [Block<F>],
    pub(crate) samples: usize,
    pub(crate) classes: usize,
}

impl<'a, F: Scalar> Outputs<'a, F> {
    /// Returns the parts of an output, one after another.
    pub(crate) fn parts(y: &'a Tensor<F>, axis: ClassAxis) -> impl Iterator<Item = Self> {
        let (samples, classes, parts) = (y.samples(), axis.classes(y.shape()), axis.parts(y.shape()));
        let part = y.blocks().len() / parts;
        y.blocks().chunks_exact(part).map(move |blocks| Outputs { blocks, samples, classes })
    }

    /// Returns the number of blocks of a class, through all positions.
    pub(crate) fn blocks_per_class(self) -> usize {
        self.blocks.len() / self.classes
    }

    /// Returns the number of blocks of a position of a class.
    pub(crate) fn blocks_per_position(self) -> usize {
        self.samples.div_ceil(LANES)
    }
}

/// Writes the setter of the axis.
macro_rules! classes_last {
    ($Loss:ident) => {
        impl $Loss {
            /// Puts the classes on the last axis, for outputs `[n, …, classes]`: those of a [`Linear`](nn_core::Linear) behind a recurrent
            /// layer are `[n, t, classes]`, one row of classes for each of t steps. Class indices are then a
            /// [`ClassMap`](nn_core::ClassMap) `[n, …]`, here `[n, t]`.
            ///
            /// By default the classes are on axis 1, `[n, classes, …]`, as in PyTorch. Sixteen networks at once have them there.
            #[must_use]
            pub fn classes_last(self) -> Self {
                $Loss { class_axis: $crate::class_axis::ClassAxis::Last, ..self }
            }
        }
    };
}

pub(crate) use classes_last;
