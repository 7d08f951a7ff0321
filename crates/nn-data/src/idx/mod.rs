//! IDX files, the format of MNIST: a header with type and sizes, followed by the numbers.

mod element;
mod error;
mod header;
mod numbers;
mod source;

use std::fmt;
use std::io::Read;
use std::path::Path;

use nn_core::{Scalar, Tensor};

use crate::DataError;
use element::Element;
pub use error::{IdxError, IdxProblem};
use source::Source;

/// An IDX file in memory: images, labels, or an array of numbers of any rank. A file that gzip compressed is decompressed,
/// whatever its name.
///
/// The header is two zero bytes, a type code (`08` u8, `09` i8, `0B` i16, `0C` i32, `0D` f32, `0E` f64), the number of axes,
/// and the size of each axis in four bytes, samples first. Then come the numbers in row-major order. Everything is
/// big-endian. (Described by Y. LeCun, C. Cortes and C. J. C. Burges on the page of MNIST.)
///
/// A file must hold exactly what its header announces. The header is checked first, and memory is allocated as bytes
/// arrive, not as announced: at most three times their number, while a buffer grows. A compressed file is decompressed no
/// further than its header announces. Be careful with files from strangers: a file can be large and correct, and a compressed
/// file can grow to a thousand times its size.
///
/// A [`Tensor`] stores samples in blocks of sixteen, so a single sample takes the memory of sixteen. The padding takes at
/// most as much memory as the numbers, or a gibibyte if that is more; a file of fewer than eight samples that would need
/// more is refused when its header is read. Memory that the system does not have is an error as well.
///
/// ```
/// use nn_data::{Dataset, Idx};
/// // Two images of 1 x 3 pixels, and their labels.
/// let header = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3];
/// let images = [&header[..], &[10, 20, 30, 40, 50, 60]].concat();
/// let labels = [0, 0, 8, 1, 0, 0, 0, 2, 7, 1];
/// let images = Idx::from_reader(&images[..])?.images::<f32>()?;
/// assert_eq!(images.shape(), [2, 1, 1, 3]);
/// assert!(images.sample(1).eq([40.0 / 255.0, 50.0 / 255.0, 60.0 / 255.0]));
/// let labels = Idx::from_reader(&labels[..])?.labels()?;
/// let data = Dataset::new(images, labels)?;
/// assert_eq!(data.y(), &[7, 1]);
///
/// let error = Idx::from_reader(&[0, 0, 8, 1, 0, 0, 0, 2, 7][..]).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "<input>: the header announces 2 numbers of u8 in 2 bytes, but only 1 follows it"
/// );
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Clone)]
pub struct Idx {
    file: String,
    element: Element,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl Idx {
    /// Reads a file.
    ///
    /// # Errors
    /// [`DataError::Idx`] if the file cannot be read or decompressed, if its header is not an IDX header, has no axis or an
    /// axis of size 0, or announces more than memory can address or mostly padding, and if the file holds less or more than
    /// announced.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Idx::new(Source::open(path.as_ref())?)
    }

    /// Reads `reader` to its end. Messages call it `<input>`.
    ///
    /// # Errors
    /// As [`Idx::open`].
    pub fn from_reader(reader: impl Read) -> Result<Self, DataError> {
        Idx::new(Source::new("<input>", reader)?)
    }

    /// The sizes of the axes, samples first: `[60000, 28, 28]` for the images of MNIST, `[60000]` for their labels.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Returns grey images, `[samples, 1, height, width]`, with values from 0 to 1: the grey levels of the file divided by 255,
    /// because networks learn better from small values. They have the bits of torchvision's `ToTensor`. For networks
    /// without convolutions, [`reshape`](Tensor::reshape) makes them rows.
    ///
    /// # Errors
    /// [`DataError::Idx`] unless the file holds images, that is bytes with three axes, and if memory cannot hold the tensor with its
    /// padding.
    pub fn images<F: Scalar>(&self) -> Result<Tensor<F>, DataError> {
        let &[_, height, width] = &self.shape[..] else { return Err(self.no_images()) };
        if self.element != Element::U8 {
            return Err(self.no_images());
        }
        let mut images =
            self.tensor::<F>()?.reshape(&[1, height, width]).expect("one channel of as many pixels");
        for level in images.blocks_mut().as_flattened_mut() {
            *level = F::from_f64(level.to_f64() / f64::from(u8::MAX));
        }
        Ok(images)
    }

    /// Returns the numbers as they are in the file, in the shape that it announces. [`images`](Idx::images) scales grey
    /// levels as well.
    ///
    /// # Errors
    /// [`DataError::Idx`] for a number that is not finite in `F`, and if memory cannot hold the tensor with its padding.
    pub fn tensor<F: Scalar>(&self) -> Result<Tensor<F>, DataError> {
        header::check_padding(self.element, &self.shape, size_of::<F>())
            .map_err(|problem| self.error(problem))?;
        let mut tensor = Tensor::try_zeros(&self.shape).map_err(|_| self.too_large())?;
        let (samples, features) = (tensor.samples(), tensor.features());
        // Integers are always finite.
        let doubtful = if self.element.is_whole() { 0 } else { samples * features };
        if let Some((place, value)) = (0..doubtful)
            .map(|place| (place, self.value(place)))
            .find(|&(_, value)| !F::from_f64(value).is_finite())
        {
            let (sample, number, scalar) = (place / features, place % features, std::any::type_name::<F>());
            return Err(self.error(IdxProblem::NotFinite {
                sample,
                number,
                found: value.to_string(),
                scalar,
            }));
        }
        // A file stores sample after sample, a tensor feature after feature. Some samples at a time, both stay in the cache.
        for start in (0..samples).step_by(64) {
            let end = samples.min(start + 64);
            for feature in 0..features {
                for (sample, to) in (start..end).zip(&mut tensor.feature_mut(feature)[start..end]) {
                    *to = F::from_f64(self.value(sample * features + feature));
                }
            }
        }
        Ok(tensor)
    }

    /// Returns the numbers as class indices.
    ///
    /// # Errors
    /// [`DataError::Idx`] unless the file holds one whole number for each sample, none of them negative, or if memory cannot hold
    /// the indices.
    pub fn labels(&self) -> Result<Vec<usize>, DataError> {
        if self.shape.len() != 1 || !self.element.is_whole() {
            return Err(self.error(IdxProblem::NotLabels { announced: self.element.announce(&self.shape) }));
        }
        let samples = self.shape[0];
        let mut labels = Vec::new();
        labels.try_reserve_exact(samples).map_err(|_| self.too_large())?;
        for sample in 0..samples {
            let value = self.value(sample);
            if value < 0.0 {
                return Err(self.error(IdxProblem::NegativeLabel { sample, found: value as i64 }));
            }
            labels.push(value as usize);
        }
        Ok(labels)
    }

    fn new(mut source: Source<'_>) -> Result<Self, DataError> {
        let header = header::read(&mut source).map_err(|problem| source.error(problem))?;
        let bytes = numbers::read(&header, &mut source).map_err(|problem| source.error(problem))?;
        Ok(Idx { file: source.file, element: header.element, shape: header.shape, bytes })
    }

    /// Returns number `place` of the file, counted from 0.
    fn value(&self, place: usize) -> f64 {
        let size = self.element.size();
        self.element.value(&self.bytes[place * size..][..size])
    }

    fn no_images(&self) -> DataError {
        self.error(IdxProblem::NotImages { announced: self.element.announce(&self.shape) })
    }

    fn too_large(&self) -> DataError {
        self.error(IdxProblem::TooLarge { announced: self.element.announce(&self.shape) })
    }

    fn error(&self, problem: IdxProblem) -> DataError {
        IdxError { file: self.file.clone(), problem }.into()
    }
}

/// Leaves out the numbers, because there may be many.
impl fmt::Debug for Idx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Idx { file, element, shape, .. } = self;
        f.debug_struct("Idx").field("file", file).field("element", element).field("shape", shape).finish()
    }
}
