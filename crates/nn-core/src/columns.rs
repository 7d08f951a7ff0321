//! A run of features of a tensor, contiguous in memory: a time step, a channel, a token, or all of it.

use std::ops::Range;

use crate::lanes::{Block, LANES};
use crate::{Scalar, Tensor};

/// A run of features, to read. [`Tensor::columns`] makes one; kernels take it in place of a whole tensor.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a, F> {
    blocks: &'a [Block<F>],
    samples: usize,
    features: usize,
}

impl<'a, F: Scalar> Columns<'a, F> {
    /// Returns the number of samples.
    #[inline]
    pub fn samples(self) -> usize {
        self.samples
    }

    /// Returns the number of features.
    #[inline]
    pub fn features(self) -> usize {
        self.features
    }

    /// Returns the number of blocks from one feature to the next.
    #[inline]
    pub fn blocks_per_feature(self) -> usize {
        self.samples.div_ceil(LANES)
    }

    /// Returns the memory: for each feature its samples in blocks of sixteen, the last one padded.
    #[inline]
    pub fn blocks(self) -> &'a [Block<F>] {
        self.blocks
    }

    /// Returns the features of this range.
    ///
    /// # Panics
    /// If there are fewer features.
    #[inline]
    pub fn columns(self, range: Range<usize>) -> Self {
        let (samples, features) = (self.samples, range.len());
        Columns { blocks: &self.blocks[in_blocks(range, self.blocks_per_feature())], samples, features }
    }

    /// Returns these features in runs of so many; the last one may be shorter.
    ///
    /// # Panics
    /// If `features` is 0.
    #[inline]
    pub fn runs(self, features: usize) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        let (samples, blocks) = (self.samples, self.blocks_per_feature());
        let columns =
            move |run: &'a [Block<F>]| Columns { blocks: run, samples, features: run.len() / blocks };
        self.blocks.chunks(features * blocks).map(columns)
    }
}

/// A run of features, to write. [`Tensor::columns_mut`] makes one.
#[derive(Debug)]
pub struct ColumnsMut<'a, F> {
    blocks: &'a mut [Block<F>],
    samples: usize,
    features: usize,
}

impl<'a, F: Scalar> ColumnsMut<'a, F> {
    /// Returns the same features, to read.
    #[inline]
    pub fn as_columns(&self) -> Columns<'_, F> {
        Columns { blocks: self.blocks, samples: self.samples, features: self.features }
    }

    /// Returns the memory, to write. What is written to the padding has no effect.
    #[inline]
    pub fn into_blocks(self) -> &'a mut [Block<F>] {
        self.blocks
    }

    /// Returns the features of this range, to write.
    ///
    /// # Panics
    /// If there are fewer features.
    #[inline]
    pub fn columns_mut(&mut self, range: Range<usize>) -> ColumnsMut<'_, F> {
        let (samples, features) = (self.samples, range.len());
        let range = in_blocks(range, samples.div_ceil(LANES));
        ColumnsMut { blocks: &mut self.blocks[range], samples, features }
    }

    /// Returns these features in runs of so many, to write; the last one may be shorter.
    ///
    /// # Panics
    /// If `features` is 0.
    #[inline]
    pub fn runs(self, features: usize) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        let (samples, blocks) = (self.samples, self.samples.div_ceil(LANES));
        let columns =
            move |run: &'a mut [Block<F>]| ColumnsMut { samples, features: run.len() / blocks, blocks: run };
        self.blocks.chunks_mut(features * blocks).map(columns)
    }
}

impl<'a, F: Scalar> From<&'a Tensor<F>> for Columns<'a, F> {
    #[inline]
    fn from(tensor: &'a Tensor<F>) -> Self {
        Columns { blocks: tensor.blocks(), samples: tensor.samples(), features: tensor.features() }
    }
}

impl<'a, F: Scalar> From<&'a mut Tensor<F>> for ColumnsMut<'a, F> {
    #[inline]
    fn from(tensor: &'a mut Tensor<F>) -> Self {
        let (samples, features) = (tensor.samples(), tensor.features());
        ColumnsMut { blocks: tensor.blocks_mut(), samples, features }
    }
}

impl<F: Scalar> Tensor<F> {
    /// Returns the features of this range, counted in the row-major order of one sample.
    ///
    /// ```
    /// use nn_core::Tensor;
    /// // Five samples of three time steps with two numbers each: the second step.
    /// let x = Tensor::<f32>::zeros(&[5, 3, 2]);
    /// let step = x.columns(2..4);
    /// assert_eq!((step.samples(), step.features()), (5, 2));
    /// ```
    ///
    /// # Panics
    /// If there are fewer features.
    #[inline]
    pub fn columns(&self, range: Range<usize>) -> Columns<'_, F> {
        let (samples, features) = (self.samples(), range.len());
        Columns { blocks: &self.blocks()[in_blocks(range, self.blocks_per_feature())], samples, features }
    }

    /// Returns the features of this range, to write.
    ///
    /// # Panics
    /// If there are fewer features.
    #[inline]
    pub fn columns_mut(&mut self, range: Range<usize>) -> ColumnsMut<'_, F> {
        let (samples, features) = (self.samples(), range.len());
        let range = in_blocks(range, self.blocks_per_feature());
        ColumnsMut { blocks: &mut self.blocks_mut()[range], samples, features }
    }
}

/// Converts a range of features to one of blocks.
#[inline]
fn in_blocks(features: Range<usize>, blocks: usize) -> Range<usize> {
    // A product that wrapped around would be a place of other features.
    features.start.saturating_mul(blocks)..features.end.saturating_mul(blocks)
}
