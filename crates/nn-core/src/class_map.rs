//! Class indices of images and other samples with several positions.

use std::ops::Index;

use crate::ShapeError;
use crate::lanes::LANES;
use crate::size::count;

/// One class index for each position of each sample, of shape `[samples, …]`: what a network with outputs
/// `[samples, classes, …]` learns from, such as the class of each pixel of an image.
///
/// Memory is that of a [`Tensor`](crate::Tensor) of the same shape: the samples of one position lie side by side, and positions follow each
/// other in the row-major order of one sample.
///
/// ```
/// use nn_core::ClassMap;
/// // Two images of one row and three columns.
/// let map = ClassMap::new(&[2, 1, 3], &[0, 1, 1, 2, 0, 1])?;
/// assert_eq!(map.shape(), [2, 1, 3]);
/// assert_eq!(map.position(1), [1, 0]);
/// assert_eq!(map[[1, 0]], 2);
/// let error = ClassMap::new(&[2, 1, 3], &[0, 1]).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "ClassMap: expected a shape for 2 labels, found [2, 1, 3]"
/// );
/// # Ok::<(), nn_core::ShapeError>(())
/// ```
#[doc(alias = "LabelMap")]
#[doc(alias = "segmentation")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassMap {
    shape: Vec<usize>,
    /// The labels of each position, padded to whole blocks with [`NONE`].
    labels: Vec<usize>,
}

/// Fills the padding: the index of no class.
const NONE: usize = usize::MAX;

impl ClassMap {
    /// Makes a map of labels in the row-major order of `shape`, samples first.
    ///
    /// # Errors
    /// [`ShapeError`] if `shape` has no axis, is not that of as many labels, or does not fit into memory.
    pub fn new(shape: &[usize], labels: &[usize]) -> Result<Self, ShapeError> {
        if shape.is_empty() || count::<usize>(shape.iter().copied()) != Some(labels.len()) {
            let expected = format!("a shape for {} labels", labels.len());
            return Err(ShapeError::new(&"ClassMap", expected, shape));
        }
        let mut map = ClassMap::empty(shape)?;
        let positions = map.positions();
        for (index, &label) in labels.iter().enumerate() {
            map.position_mut(index % positions)[index / positions] = label;
        }
        Ok(map)
    }

    /// Makes a map in which no label is that of a class.
    fn empty(shape: &[usize]) -> Result<Self, ShapeError> {
        let padded = shape[0].checked_next_multiple_of(LANES);
        let values =
            padded.and_then(|padded| count::<usize>([padded].into_iter().chain(shape[1..].iter().copied())));
        let mut labels = Vec::new();
        match values {
            Some(values) if labels.try_reserve_exact(values).is_ok() => labels.resize(values, NONE),
            _ => return Err(ShapeError::too_large(&"ClassMap", shape)),
        }
        Ok(ClassMap { shape: shape.to_vec(), labels })
    }

    /// Returns the sizes of the axes, samples first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Returns the number of samples, the size of the first axis.
    pub fn samples(&self) -> usize {
        self.shape[0]
    }

    /// Returns the number of labels of one sample, the product of all axes but the first.
    pub fn positions(&self) -> usize {
        self.shape[1..].iter().product()
    }

    /// Returns the labels of all samples at one position (row-major index within a sample).
    pub fn position(&self, position: usize) -> &[usize] {
        &self.labels[position.saturating_mul(self.stride())..][..self.shape[0]]
    }

    fn position_mut(&mut self, position: usize) -> &mut [usize] {
        let (start, samples) = (position.saturating_mul(self.stride()), self.samples());
        &mut self.labels[start..][..samples]
    }

    /// Returns all labels in row-major order, samples first.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.samples()).flat_map(|sample| self.sample(sample))
    }

    /// Returns one sample's labels in row-major order.
    pub fn sample(&self, sample: usize) -> impl ExactSizeIterator<Item = usize> + '_ {
        (0..self.positions()).map(move |position| self[[sample, position]])
    }

    /// Returns all memory, for kernels: for each position its samples in blocks of sixteen, the last one padded with
    /// `usize::MAX`, which is no class.
    pub fn blocks(&self) -> &[[usize; LANES]] {
        self.labels.as_chunks().0
    }

    /// Makes a new map of the samples with these indices, in this order.
    ///
    /// # Panics
    /// If an index is not below [`ClassMap::samples`].
    pub fn select(&self, samples: &[usize]) -> Self {
        let mut shape = self.shape.to_vec();
        shape[0] = samples.len();
        let mut selected = ClassMap::empty(&shape).unwrap_or_else(|error| panic!("{error}"));
        self.select_into(samples, &mut selected);
        selected
    }

    /// Writes what [`select`](ClassMap::select) returns to existing memory, overwriting `selected`.
    ///
    /// # Panics
    /// If an index is not below [`ClassMap::samples`], or `selected` does not have the shape of that many samples.
    pub fn select_into(&self, samples: &[usize], selected: &mut Self) {
        self.check_selection(samples, samples.len(), selected);
        for position in 0..self.positions() {
            let from = self.position(position);
            for (to, &sample) in selected.position_mut(position).iter_mut().zip(samples) {
                *to = from[sample];
            }
        }
    }

    /// Makes one map of sixteen, as [`Tensor::interleave`](crate::Tensor::interleave) does. Returns `None` if their shapes differ.
    pub fn interleave(maps: [&Self; LANES]) -> Option<Self> {
        let mut shape = maps[0].shape.to_vec();
        if maps.iter().any(|map| map.shape != shape) {
            return None;
        }
        let samples: Vec<usize> = (0..shape[0]).collect();
        shape[0] = shape[0].checked_mul(LANES)?;
        let mut together = ClassMap::empty(&shape).ok()?;
        for (lane, map) in maps.into_iter().enumerate() {
            map.select_into_lane(&samples, lane, &mut together);
        }
        Some(together)
    }

    /// Writes the samples with these indices over one lane of `stacked`, as [`Tensor::select_into_lane`](crate::Tensor::select_into_lane) does. Allocates
    /// nothing.
    ///
    /// # Panics
    /// If an index is not below [`ClassMap::samples`], there is no such lane, or `stacked` does not have the shape of sixteen
    /// times as many samples.
    pub fn select_into_lane(&self, samples: &[usize], lane: usize, stacked: &mut Self) {
        self.check_selection(samples, LANES * samples.len(), stacked);
        for position in 0..self.positions() {
            let from = self.position(position);
            let (blocks, _) = stacked.position_mut(position).as_chunks_mut::<LANES>();
            for (block, &sample) in blocks.iter_mut().zip(samples) {
                block[lane] = from[sample];
            }
        }
    }

    /// Panics unless `selected` has the shape of this map with this number of samples.
    fn check_selection(&self, samples: &[usize], count: usize, selected: &Self) {
        assert!(
            selected.samples() == count && selected.shape[1..] == self.shape[1..],
            "{} samples of {:?} into {:?}",
            samples.len(),
            self.shape(),
            selected.shape()
        );
    }

    fn stride(&self) -> usize {
        self.samples().next_multiple_of(LANES)
    }
}

/// Indexes by `[sample, position]`, with the position counted in row-major order within its sample.
impl Index<[usize; 2]> for ClassMap {
    type Output = usize;
    fn index(&self, [sample, position]: [usize; 2]) -> &usize {
        &self.position(position)[sample]
    }
}
