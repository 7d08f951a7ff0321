//! Inputs with one target for each sample.

use nn_core::rand::Rng;
use nn_core::{Scalar, SettingError, Tensor};

use crate::augment::Augment;
use crate::error::at_least;
use crate::{Batches, DataError, Target};

/// Inputs `x` (`[samples, features]`, images `[samples, channels, height, width]`) and one target `y` for each sample: a `Tensor<F>` for
/// regression, a `Vec<usize>` of class indices for classification, a [`ClassMap`](nn_core::ClassMap) where each position of a sample has a class, as
/// the pixels of an image do; any of them with [weights](nn_core::Weighted) of the samples, and values with a
/// [mask](nn_core::Masked). All inputs are finite, and all values that count; only [`augment`](Dataset::augment) does not look at
/// what it makes.
#[derive(Debug, Clone)]
pub struct Dataset<F, T> {
    pub(crate) x: Tensor<F>,
    pub(crate) y: T,
}

impl<F: Scalar, T: Target> Dataset<F, T> {
    /// Makes a data set of inputs and targets.
    ///
    /// # Errors
    /// [`DataError::Length`] if the numbers of samples differ, and [`DataError::NotFinite`] for an input or a target that is NaN
    /// or infinite, because a network that is trained on one has no finite number left.
    ///
    /// ```
    /// use nn_core::Tensor;
    /// use nn_data::Dataset;
    /// let x = Tensor::from_rows(&[[1.0, 2.0], [3.0, f32::NAN]]);
    /// let error = Dataset::new(x, vec![0, 1]).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "Dataset: feature 1 of sample 1 is NaN, expected a finite number"
    /// );
    /// ```
    pub fn new(x: Tensor<F>, y: T) -> Result<Self, DataError> {
        Dataset::made("Dataset", x, y)
    }

    /// As [`new`](Dataset::new), for the function `of`, which errors name.
    pub(crate) fn made(of: &str, x: Tensor<F>, y: T) -> Result<Self, DataError> {
        Dataset::check(of, &x, &y)?;
        Ok(Dataset { x, y })
    }

    /// Makes a data set of as many inputs as targets that are known to be finite.
    pub(crate) fn of_finite(x: Tensor<F>, y: T) -> Self {
        debug_assert_eq!(Dataset::check("Dataset", &x, &y), Ok(()));
        Dataset { x, y }
    }

    fn check(of: &str, x: &Tensor<F>, y: &T) -> Result<(), DataError> {
        if x.samples() != y.len() {
            return Err(DataError::Length { inputs: x.samples(), targets: y.len() });
        }
        DataError::unless_finite(of, "feature", x)?;
        y.check(of)
    }

    /// The inputs.
    pub fn x(&self) -> &Tensor<F> {
        &self.x
    }

    /// The targets.
    pub fn y(&self) -> &T {
        &self.y
    }

    /// The number of samples.
    pub fn samples(&self) -> usize {
        self.x.samples()
    }

    /// Returns the samples with these indices, in this order.
    ///
    /// # Errors
    /// [`DataError::NoSample`] if an index is not below [`Dataset::samples`].
    ///
    /// ```
    /// use nn_core::Tensor;
    /// use nn_data::Dataset;
    /// let data = Dataset::new(Tensor::from_column(&[1.0, 2.0, 3.0]), vec![0, 1, 0])?;
    /// assert_eq!(data.select(&[2, 1])?.x().feature(0), [3.0, 2.0]);
    /// let error = data.select(&[2, 3]).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "expected indices of samples below 3, the number of samples, found 3"
    /// );
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    pub fn select(&self, samples: &[usize]) -> Result<Self, DataError> {
        match self.outside(samples) {
            Some(found) => Err(DataError::NoSample { samples: self.samples(), found }),
            None => Ok(self.part(samples)),
        }
    }

    /// As [`select`](Dataset::select), for indices that are known to be below [`Dataset::samples`].
    pub(crate) fn part(&self, samples: &[usize]) -> Self {
        Dataset { x: self.x.select(samples), y: self.y.select(samples) }
    }

    /// The first index that no sample has.
    fn outside(&self, samples: &[usize]) -> Option<usize> {
        first_beyond(samples, self.samples())
    }

    /// [`select`](Dataset::select) into existing memory: overwrites `selected`, which must hold as many samples of the same
    /// shape. Allocates nothing.
    ///
    /// # Panics
    /// If an index is not below [`Dataset::samples`], or if the shape of `selected` differs: a training that reuses its memory
    /// draws the indices itself.
    pub fn select_into(&self, samples: &[usize], selected: &mut Self) {
        self.expect_inside(samples);
        self.x.select_into(samples, &mut selected.x);
        self.y.select_into(samples, &mut selected.y);
    }

    /// Panics if an index is not below the number of samples.
    pub(crate) fn expect_inside(&self, samples: &[usize]) {
        if let Some(found) = self.outside(samples) {
            panic!("expected indices of samples below {}, found {found}", self.samples());
        }
    }

    /// Writes the samples with these indices into one lane of `x` and `y`, those of a [`Stack`](nn_core::Stack) of networks
    /// ([`Tensor::interleave`], [`Target::interleave`]). Returns false if the targets
    /// [cannot](Target::select_into_lane) be written so. Allocates nothing.
    ///
    /// # Panics
    /// As [`select_into`](Dataset::select_into), and if there is no such lane.
    pub fn select_into_lane(&self, samples: &[usize], lane: usize, x: &mut Tensor<F>, y: &mut T) -> bool {
        self.expect_inside(samples);
        self.x.select_into_lane(samples, lane, x);
        self.y.select_into_lane(samples, lane, y)
    }

    /// Returns what makes batches of these samples in any order, many times as fast as
    /// [`select_into`](Dataset::select_into) where there are many features. It holds a copy of inputs and targets, except of
    /// those with few features ([`Rows`](nn_core::Rows)).
    ///
    /// ```
    /// use nn_core::Tensor;
    /// use nn_data::{Dataset, Gather};
    /// let x = Tensor::from_fn(100, 20, |sample, _| sample as f32);
    /// let data = Dataset::new(x, (0..100).collect::<Vec<_>>())?;
    /// let batches = data.batches();
    /// let mut batch = data.select(&[0, 1])?;
    /// batches.gather(&[7, 99], &[3, 50], &mut batch);
    /// assert_eq!(batch, data.select(&[7, 99])?);
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    pub fn batches(&self) -> Batches<'_, F, T> {
        Batches::of(self)
    }

    /// Gives every input another shape with as many values, in the same row-major order: columns of pixels become images. Nothing
    /// is copied.
    ///
    /// ```
    /// use nn_data::Csv;
    /// // Images of 2 x 2 pixels, row by row.
    /// let file = "digit,p00,p01,p10,p11\n1,0,9,0,9\n0,9,9,9,9\n";
    /// let digits = Csv::from_reader(file.as_bytes())?.classes::<f32>("digit")?;
    /// let images = digits.data.reshape(&[1, 2, 2])?;
    /// assert_eq!(images.x().shape(), [2, 1, 2, 2]);
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// [`DataError::Shape`] unless `sample` has as many values as an input.
    pub fn reshape(self, sample: &[usize]) -> Result<Self, DataError> {
        Ok(Dataset { x: self.x.reshape(sample)?, y: self.y })
    }

    /// Changes the inputs at random, in place: those of a batch, before a training step of a loop of one's own. A
    /// trainer does it itself (`Trainer::augment`).
    ///
    /// ```
    /// use nn_core::Tensor;
    /// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
    /// use nn_data::augment::Shift;
    /// use nn_data::{Dataset, Gather};
    /// let mut rng = ChaCha8Rng::seed_from_u64(0);
    /// let images = Tensor::from_fn(100, 16, |_, pixel| pixel as f32);
    /// let data = Dataset::new(images, vec![0; 100])?.reshape(&[1, 4, 4])?;
    /// let batches = data.batches();
    /// let mut batch = data.select(&[0, 1])?;
    /// batches.gather(&[7, 99], &[], &mut batch);
    /// batch.augment(&Shift::new(1), &mut rng)?;
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// [`DataError::Setting`] if a setting of the augmentation makes no sense, or it cannot take inputs of this shape.
    pub fn augment(
        &mut self,
        augmentation: &(impl Augment<F> + ?Sized),
        rng: &mut dyn Rng,
    ) -> Result<(), DataError> {
        augmentation.check(self.x.shape())?;
        augmentation.augment(&mut self.x, rng);
        Ok(())
    }

    /// Returns the same targets with other inputs, such as those that a [scaler](crate::StandardScaler) or a feature map
    /// makes of `x`.
    ///
    /// # Errors
    /// As [`Dataset::new`].
    pub fn with_x(&self, x: Tensor<F>) -> Result<Self, DataError>
    where
        T: Clone,
    {
        Dataset::new(x, self.y.clone())
    }

    /// Returns the same inputs with other targets, which may be of another kind.
    ///
    /// ```
    /// use nn_core::Tensor;
    /// use nn_data::Dataset;
    /// let data = Dataset::new(Tensor::from_column(&[1.0, 2.0, 3.0]), vec![2, 0, 1])?;
    /// // Class 2 against the others.
    /// let is_2 = data.y().iter().map(|&class| usize::from(class == 2)).collect();
    /// assert_eq!(data.with_y::<Vec<usize>>(is_2)?.y(), &[1, 0, 0]);
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Dataset::new`].
    pub fn with_y<U: Target>(&self, y: U) -> Result<Dataset<F, U>, DataError> {
        Dataset::new(self.x.clone(), y)
    }

    /// Puts the samples of several data sets one after another.
    ///
    /// ```
    /// use nn_core::Tensor;
    /// use nn_data::Dataset;
    /// let train = Dataset::new(Tensor::from_column(&[1.0, 2.0]), vec![0, 1])?;
    /// let validation = Dataset::new(Tensor::from_column(&[3.0]), vec![0])?;
    /// let both = Dataset::concat(&[&train, &validation])?;
    /// assert_eq!(both.x().feature(0), [1.0, 2.0, 3.0]);
    /// assert_eq!(both.y(), &[0, 1, 0]);
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// [`DataError::Setting`] if there is no part, if samples or targets of a part have another shape than those of the first, or
    /// if the kind of target has no [`Target::concat`].
    pub fn concat(parts: &[&Self]) -> Result<Self, DataError> {
        at_least(1, "Dataset::concat", "number of parts", parts.len())?;
        let xs: Vec<&Tensor<F>> = parts.iter().map(|part| &part.x).collect();
        let ys: Vec<&T> = parts.iter().map(|part| &part.y).collect();
        let refused = |name: &str| {
            SettingError::new("Dataset::concat", name, "the same in all parts", "different in some parts")
        };
        let x = Tensor::vstack(&xs).map_err(|_| refused("shape of a sample"))?;
        let y = T::concat(&ys).ok_or_else(|| refused("shape of a target"))?;
        Ok(Dataset { x, y })
    }
}

impl<F: Scalar> Dataset<F, Tensor<F>> {
    /// Makes a data set with one value to predict for each sample.
    ///
    /// ```
    /// use nn_core::Tensor;
    /// use nn_data::Dataset;
    /// let x = Tensor::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
    /// let prices: Vec<f32> = vec![9500.0, 21000.0];
    /// let data = Dataset::regression(x, prices)?;
    /// assert_eq!(data.y().shape(), [2, 1]);
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Dataset::new`].
    pub fn regression(x: Tensor<F>, y: impl AsRef<[F]>) -> Result<Self, DataError> {
        Dataset::new(x, Tensor::from_column(y.as_ref()))
    }
}

/// Returns itself, so that a parameter `impl AsRef<Dataset<F, T>>` accepts data sets and everything that holds one.
impl<F, T> AsRef<Dataset<F, T>> for Dataset<F, T> {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl<F: Scalar, T: PartialEq> PartialEq for Dataset<F, T> {
    fn eq(&self, other: &Self) -> bool {
        self.x == other.x && self.y == other.y
    }
}

/// Returns the first index that is not below `count`. Not generic, so that it is compiled here.
#[inline(never)]
fn first_beyond(indices: &[usize], count: usize) -> Option<usize> {
    indices.iter().copied().find(|&index| index >= count)
}
