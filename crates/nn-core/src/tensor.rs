//! A batch of samples, laid out so that a narrow network becomes a few long vector operations.

mod combine;
mod print;

use std::ops::{Index, IndexMut};

use ndarray::{ArrayView, ArrayViewD, Dimension, IxDyn, ShapeBuilder};

use crate::blocks::Blocks;
use crate::lanes::{Block, LANES};
use crate::shape::Shape;
use crate::size::count;
use crate::{Scalar, ShapeError, once};

/// A batch of samples, of shape `[samples, …]`.
///
/// In memory the samples of one feature lie side by side, and the features follow each other in the row-major order of
/// one sample; for rank 2 this is column-major order. A layer with two inputs then reads two long slices
/// ([`Tensor::feature`]) rather than many pairs. Each feature is padded to whole blocks of sixteen samples
/// ([`Tensor::blocks`]), so that kernels need no second loop for the remainder. The padding has no meaning.
///
/// ```
/// use nn_core::Tensor;
/// let x = Tensor::from_rows(&[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
/// assert_eq!(x.shape(), [3, 2]);
/// assert_eq!(x.feature(1), [2.0, 4.0, 6.0]);
/// assert_eq!(x[[2, 0]], 5.0);
/// ```
#[derive(Clone)]
pub struct Tensor<F> {
    shape: Shape,
    blocks: Blocks<F>,
}

impl<F: Scalar> Tensor<F> {
    /// Makes a tensor of zeros, samples first. A shape without axes is one sample of one feature.
    ///
    /// # Panics
    /// If there is no memory for so many values; [`try_zeros`](Tensor::try_zeros) returns an error.
    #[track_caller]
    pub fn zeros(shape: &[usize]) -> Self {
        Tensor::try_zeros(shape).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Makes what [`zeros`](Tensor::zeros) does, for a shape that comes from a file or from a user and may be too large.
    ///
    /// ```
    /// use nn_core::Tensor;
    /// assert_eq!(Tensor::<f32>::try_zeros(&[3, 2]), Ok(Tensor::zeros(&[3, 2])));
    /// assert!(Tensor::<f32>::try_zeros(&[usize::MAX, 2]).is_err());
    /// assert!(Tensor::<f32>::try_zeros(&[1, usize::MAX / 1024]).is_err());
    /// ```
    ///
    /// # Errors
    /// [`ShapeError`] if there is no memory for so many values.
    pub fn try_zeros(shape: &[usize]) -> Result<Self, ShapeError> {
        try_zeros(shape)
    }

    /// Makes a `[samples, features]` tensor with the entries `value(sample, feature)`, called sample by sample.
    pub fn from_fn(samples: usize, features: usize, mut value: impl FnMut(usize, usize) -> F) -> Self {
        let mut tensor = Tensor::zeros(&[samples, features]);
        for sample in 0..samples {
            for feature in 0..features {
                tensor[[sample, feature]] = value(sample, feature);
            }
        }
        tensor
    }

    /// Makes a tensor with one row per sample.
    pub fn from_rows<const D: usize>(rows: &[[F; D]]) -> Self {
        Tensor::from_fn(rows.len(), D, |sample, feature| rows[sample][feature])
    }

    /// Makes a tensor with one feature, one value per sample.
    pub fn from_column(values: &[F]) -> Self {
        Tensor::from_fn(values.len(), 1, |sample, _| values[sample])
    }

    /// Makes a tensor of values in the row-major order of `shape`, samples first, as arrays of NumPy and PyTorch are
    /// written.
    ///
    /// ```
    /// use nn_core::Tensor;
    /// let x = Tensor::from_vec(&[2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0])?;
    /// assert_eq!(x, Tensor::from_rows(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]));
    /// let error = Tensor::from_vec(&[2, 2], vec![1.0, 2.0]).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "Tensor: expected a shape for 2 values, found [2, 2]"
    /// );
    /// # Ok::<(), nn_core::ShapeError>(())
    /// ```
    ///
    /// # Errors
    /// [`ShapeError`] if `shape` is not that of as many values, or if memory cannot hold the tensor, whose samples are padded.
    pub fn from_vec(shape: &[usize], values: Vec<F>) -> Result<Self, ShapeError> {
        if count::<F>(shape.iter().copied()) != Some(values.len()) {
            let expected = format!("a shape for {} values", values.len());
            return Err(ShapeError::new(&"Tensor", expected, shape));
        }
        let mut tensor = Tensor::try_zeros(shape)?;
        let features = tensor.features();
        for (i, value) in values.into_iter().enumerate() {
            tensor[[i / features, i % features]] = value;
        }
        Ok(tensor)
    }

    /// Copies an array of any memory order; its first axis counts the samples.
    pub fn from_array<D: Dimension>(array: ArrayView<'_, F, D>) -> Self {
        let mut tensor = Tensor::zeros(array.shape());
        let features = tensor.features();
        for (i, &value) in array.iter().enumerate() {
            tensor[[i / features, i % features]] = value;
        }
        tensor
    }

    /// Makes one tensor of sixteen batches, for a [`Stack`](crate::Stack): its block b holds sample b of each, one
    /// batch per lane. Returns `None` if their shapes differ.
    pub fn interleave(tensors: [&Self; LANES]) -> Option<Self> {
        let mut shape = tensors[0].shape().to_vec();
        if tensors.iter().any(|tensor| *tensor.shape() != shape[..]) {
            return None;
        }
        shape[0] = shape[0].checked_mul(LANES)?;
        let mut together = Tensor::zeros(&shape);
        for feature in 0..together.features() {
            let (blocks, _) = together.feature_mut(feature).as_chunks_mut::<LANES>();
            for (lane, tensor) in tensors.iter().enumerate() {
                for (block, &value) in blocks.iter_mut().zip(tensor.feature(feature)) {
                    block[lane] = value;
                }
            }
        }
        Some(together)
    }

    /// Returns this tensor as an array view of the same shape. For rank 2, convert it with `into_dimensionality`.
    pub fn view(&self) -> ArrayViewD<'_, F> {
        let mut strides = vec![0; self.shape.len()];
        strides[0] = 1;
        let mut step = self.stride();
        for axis in (1..self.shape.len()).rev() {
            strides[axis] = step;
            step *= self.shape[axis];
        }
        if self.blocks().is_empty() {
            // There is nothing to stride over, and ndarray would ask for more than that.
            return ArrayView::from_shape(IxDyn(&self.shape), &[]).expect("no numbers");
        }
        ArrayView::from_shape(IxDyn(&self.shape).strides(IxDyn(&strides)), self.blocks().as_flattened())
            .expect("strides stay within the blocks")
    }

    /// Gives every sample another shape with as many values, in the same row-major order. Nothing is copied.
    ///
    /// ```
    /// use nn_core::Tensor;
    /// // Two images of 2 x 3 pixels, one row of numbers for each.
    /// let rows = Tensor::from_fn(2, 6, |image, pixel| (10 * image + pixel) as f64);
    /// let images = rows.reshape(&[1, 2, 3])?;
    /// assert_eq!(images.shape(), [2, 1, 2, 3]);
    /// assert_eq!(images.view()[[1, 0, 1, 2]], 15.0);
    /// let error = images.reshape(&[1, 2, 2]).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "Tensor: expected a shape of 6 values for each sample, found [1, 2, 2]"
    /// );
    /// # Ok::<(), nn_core::ShapeError>(())
    /// ```
    ///
    /// # Errors
    /// [`ShapeError`] unless `sample` has as many values as a sample of this tensor.
    pub fn reshape(self, sample: &[usize]) -> Result<Self, ShapeError> {
        let features = self.features();
        if count::<F>(sample.iter().copied()) != Some(features) {
            let expected = format!("a shape of {features} values for each sample");
            return Err(ShapeError::new(&"Tensor", expected, sample));
        }
        let shape = [&[self.samples()], sample].concat();
        Ok(Tensor { shape: Shape::of(&shape), blocks: self.blocks })
    }

    /// Returns the sizes of the axes, samples first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Returns whether the shape is `shape`.
    #[inline(always)]
    pub(crate) fn has(&self, shape: &Shape) -> bool {
        self.shape.is(shape)
    }

    /// Returns the number of samples, the size of the first axis.
    pub fn samples(&self) -> usize {
        self.shape[0]
    }

    /// Returns the number of values in one sample, the product of all axes but the first.
    pub fn features(&self) -> usize {
        self.shape[1..].iter().product()
    }

    /// Returns all samples of one feature (row-major index within a sample), without padding.
    pub fn feature(&self, feature: usize) -> &[F] {
        &self.blocks().as_flattened()[self.start(feature)..][..self.shape[0]]
    }

    /// Returns all samples of one feature, without padding, to write.
    pub fn feature_mut(&mut self, feature: usize) -> &mut [F] {
        let (start, samples) = (self.start(feature), self.samples());
        &mut self.blocks_mut().as_flattened_mut()[start..][..samples]
    }

    /// Returns one sample's features in row-major order.
    pub fn sample(&self, sample: usize) -> impl ExactSizeIterator<Item = F> + '_ {
        (0..self.features()).map(move |feature| self[[sample, feature]])
    }

    /// Makes a new tensor of the samples with these indices, in this order.
    ///
    /// # Panics
    /// If an index is not below [`Tensor::samples`].
    pub fn select(&self, samples: &[usize]) -> Self {
        let mut shape = self.shape().to_vec();
        shape[0] = samples.len();
        let mut selected = Tensor::zeros(&shape);
        self.select_into(samples, &mut selected);
        selected
    }

    /// Writes what [`select`](Tensor::select) returns to existing memory, overwriting `selected`.
    ///
    /// # Panics
    /// If an index is not below [`Tensor::samples`], or `selected` does not have the shape of that many samples.
    pub fn select_into(&self, samples: &[usize], selected: &mut Self) {
        self.check_selection(samples, selected);
        select(self, samples, selected);
    }

    /// Writes the samples with these indices over one lane of `stacked`, which [`interleave`](Tensor::interleave) made of as
    /// many. Allocates nothing.
    ///
    /// # Panics
    /// If an index is not below [`Tensor::samples`], there is no such lane, or `stacked` does not have the shape of sixteen times as
    /// many samples.
    pub fn select_into_lane(&self, samples: &[usize], lane: usize, stacked: &mut Self) {
        assert!(
            lane < LANES
                && stacked.samples() == LANES * samples.len()
                && stacked.shape[1..] == self.shape[1..],
            "{} samples of {:?} into lane {lane} of {:?}",
            samples.len(),
            self.shape(),
            stacked.shape()
        );
        select_into_lane(self, samples, lane, stacked);
    }

    /// Panics unless `selected` has the shape of so many samples of this tensor.
    pub(crate) fn check_selection(&self, samples: &[usize], selected: &Self) {
        assert!(
            selected.samples() == samples.len() && selected.shape[1..] == self.shape[1..],
            "{} samples of {:?} into {:?}",
            samples.len(),
            self.shape(),
            selected.shape()
        );
    }

    /// Returns all memory, which begins at a cache line: for each feature its samples in blocks of sixteen, the last
    /// one padded. For kernels; use [`lanes::split`](crate::lanes::split) before adding up samples.
    pub fn blocks(&self) -> &[Block<F>] {
        self.blocks.as_slice()
    }

    /// Returns all memory, to write. What is written to the padding has no effect.
    pub fn blocks_mut(&mut self) -> &mut [Block<F>] {
        self.blocks.as_mut_slice()
    }

    /// Returns the number of blocks of one feature.
    pub fn blocks_per_feature(&self) -> usize {
        self.samples().div_ceil(LANES)
    }

    /// Returns where a feature starts in memory. A product that wrapped around would be the place of another feature.
    #[inline]
    fn start(&self, feature: usize) -> usize {
        feature.saturating_mul(self.stride())
    }

    /// Returns the distance in memory from a sample of one feature to the same sample of the next.
    pub(crate) fn stride(&self) -> usize {
        self.blocks_per_feature() * LANES
    }
}

once! {
    fn try_zeros<'a, F>(shape: &'a [usize]) -> Result<Tensor<F>, ShapeError> {
        let shape = if shape.is_empty() { &[1] } else { shape };
        let padded = shape[0].checked_next_multiple_of(LANES);
        let values =
            padded.and_then(|padded| count::<F>([padded].into_iter().chain(shape[1..].iter().copied())));
        match values.and_then(|values| Blocks::zeros(values / LANES)) {
            Some(blocks) => Ok(Tensor { shape: Shape::of(shape), blocks }),
            None => Err(ShapeError::too_large(&"Tensor", shape)),
        }
    }
}

once! {
    fn select<'a, F>(from: &'a Tensor<F>, samples: &'a [usize], to: &'a mut Tensor<F>) {
        for feature in 0..from.features() {
            let from = from.feature(feature);
            for (to, &sample) in to.feature_mut(feature).iter_mut().zip(samples) {
                *to = from[sample];
            }
        }
    }
}

once! {
    fn select_into_lane<'a, F>(from: &'a Tensor<F>, samples: &'a [usize], lane: usize, to: &'a mut Tensor<F>) {
        for feature in 0..from.features() {
            let from = from.feature(feature);
            let (blocks, _) = to.feature_mut(feature).as_chunks_mut::<LANES>();
            for (block, &sample) in blocks.iter_mut().zip(samples) {
                block[lane] = from[sample];
            }
        }
    }
}

/// Compares shapes and samples, not the padding.
impl<F: Scalar> PartialEq for Tensor<F> {
    fn eq(&self, other: &Self) -> bool {
        self.shape() == other.shape() && (0..self.features()).all(|f| self.feature(f) == other.feature(f))
    }
}

/// Indexes by `[sample, feature]`, with the feature counted in row-major order within its sample.
impl<F: Scalar> Index<[usize; 2]> for Tensor<F> {
    type Output = F;
    fn index(&self, [sample, feature]: [usize; 2]) -> &F {
        &self.feature(feature)[sample]
    }
}

impl<F: Scalar> IndexMut<[usize; 2]> for Tensor<F> {
    fn index_mut(&mut self, [sample, feature]: [usize; 2]) -> &mut F {
        &mut self.feature_mut(feature)[sample]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array4, ArrayD, array};

    #[test]
    fn arrays_of_any_rank_and_order_come_back_equal() {
        let a = Array4::from_shape_fn((3, 2, 4, 5), |(n, c, h, w)| (1000 * n + 100 * c + 10 * h + w) as f64);
        let t = Tensor::from_array(a.view());
        assert_eq!(t.view(), a.view().into_dyn());
        // Feature 27 is channel 1, row 1, column 2.
        assert_eq!(t.feature(27), [112.0, 1112.0, 2112.0]);
        let b = array![[1.0, 2.0], [3.0, 4.0]];
        assert_eq!(Tensor::from_array(b.t()), Tensor::from_rows(&[[1.0, 3.0], [2.0, 4.0]]));
    }

    #[test]
    fn values_in_row_major_order_are_those_of_the_array() {
        let a = Array4::from_shape_fn((17, 2, 3, 4), |(n, c, h, w)| (1000 * n + 100 * c + 10 * h + w) as f64);
        let values: Vec<f64> = a.iter().copied().collect();
        assert_eq!(Tensor::from_vec(&[17, 2, 3, 4], values.clone()).unwrap().view(), a.view().into_dyn());
        assert_eq!(Tensor::from_vec(&[408], values.clone()).unwrap().feature(0), values);
        assert_eq!(Tensor::from_vec(&[], vec![7.0]).unwrap().shape(), [1]);
        assert_eq!(Tensor::<f32>::from_vec(&[3, 0], vec![]).unwrap().shape(), [3, 0]);
        for shape in [&[17, 24, 2][..], &[407], &[], &[0, 408], &[usize::MAX, 408], &[1 << 63, 2, 408]] {
            assert_eq!(Tensor::from_vec(shape, values.clone()).unwrap_err().found, shape);
        }
    }

    #[test]
    fn a_tensor_without_numbers_is_an_empty_array() {
        for shape in [&[17, 0][..], &[2, 0, 3], &[2, 3, 0], &[0, 3], &[0, 3, 2], &[0]] {
            let t = Tensor::<f32>::zeros(shape);
            assert_eq!((t.view().shape(), t.view().len()), (shape, 0));
            assert_eq!(Tensor::from_array(t.view()), t);
            assert!(!t.to_string().is_empty());
        }
    }

    #[test]
    fn a_reshaped_tensor_is_the_array_with_that_shape() {
        let a = Array4::from_shape_fn((17, 2, 3, 4), |(n, c, h, w)| (1000 * n + 100 * c + 10 * h + w) as f64);
        let rows = Tensor::from_array(a.view()).reshape(&[24]).unwrap();
        assert_eq!(rows.view(), a.to_shape((17, 24)).unwrap().into_dyn());
        for shape in [&[2, 3, 4][..], &[4, 6], &[24, 1], &[1, 1, 1, 24]] {
            let all = [&[17], shape].concat();
            let reshaped = rows.clone().reshape(shape).unwrap();
            assert_eq!(reshaped, Tensor::from_array(a.to_shape(all).unwrap().view()));
            // Layers compare shapes by their key.
            assert!(reshaped.has(&Shape::of(reshaped.shape())) && !reshaped.has(&Shape::of(rows.shape())));
        }
        for shape in [&[][..], &[25], &[0, 24], &[usize::MAX, 24], &[1 << 63, 2, 24]] {
            assert_eq!(rows.clone().reshape(shape).unwrap_err().found, shape);
        }
        // No value, and one value without an axis.
        assert_eq!(Tensor::<f32>::zeros(&[3, 0]).reshape(&[2, 0]).unwrap().shape(), [3, 2, 0]);
        assert_eq!(Tensor::<f32>::zeros(&[3]).reshape(&[1, 1]).unwrap().reshape(&[]).unwrap().shape(), [3]);
    }

    #[test]
    fn a_scalar_array_is_one_sample() {
        let t = Tensor::from_array(ArrayD::from_elem(IxDyn(&[]), 7.0_f32).view());
        assert_eq!((t.shape(), t.features(), t[[0, 0]]), (&[1_usize][..], 1, 7.0));
    }

    #[test]
    fn select_keeps_order_and_repeats() {
        let t = Tensor::from_rows(&[[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]);
        assert_eq!(t.select(&[2, 0, 2]), Tensor::from_rows(&[[3.0, 30.0], [1.0, 10.0], [3.0, 30.0]]));
        assert_eq!(t.sample(1).collect::<Vec<_>>(), [2.0, 20.0]);
    }
}
