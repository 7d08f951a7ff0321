//! Inputs and their targets, sample by sample.

use nn_core::lanes::LANES;
use nn_core::{Scalar, Tensor};

use crate::DataError;

/// Inputs `x` (`[samples, features]`) and one target `y` for each sample: a `Tensor<F>` for regression, a `Vec<usize>` of
/// class indices for classification.
#[derive(Debug, Clone)]
pub struct Dataset<F, T> {
    x: Tensor<F>,
    y: T,
}

impl<F: Scalar, T: Target> Dataset<F, T> {
    /// Puts inputs and targets together.
    ///
    /// # Errors
    /// [`DataError::Length`] if they count different numbers of samples.
    pub fn new(x: Tensor<F>, y: T) -> Result<Self, DataError> {
        if x.samples() != y.len() {
            return Err(DataError::Length { inputs: x.samples(), targets: y.len() });
        }
        Ok(Dataset { x, y })
    }

    /// The inputs.
    pub fn x(&self) -> &Tensor<F> {
        &self.x
    }

    /// The targets.
    pub fn y(&self) -> &T {
        &self.y
    }

    /// Number of samples.
    pub fn samples(&self) -> usize {
        self.x.samples()
    }

    /// The samples with these indices, in this order.
    ///
    /// # Panics
    /// If an index is not below [`Dataset::samples`].
    #[must_use]
    pub fn select(&self, samples: &[usize]) -> Self {
        Dataset { x: self.x.select(samples), y: self.y.select(samples) }
    }

    /// [`select`](Dataset::select) into memory that is there: overwrites `selected`, which holds as many samples of the
    /// same shape. Allocates nothing.
    ///
    /// # Panics
    /// If an index is not below [`Dataset::samples`], or `selected` has another shape.
    pub fn select_into(&self, samples: &[usize], selected: &mut Self) {
        self.x.select_into(samples, &mut selected.x);
        self.y.select_into(samples, &mut selected.y);
    }

    /// The same targets with other inputs: what a [scaler](crate::StandardScaler) or a feature map makes of `x`.
    ///
    /// # Errors
    /// [`DataError::Length`] if the number of samples changed.
    pub fn with_x(&self, x: Tensor<F>) -> Result<Self, DataError>
    where
        T: Clone,
    {
        Dataset::new(x, self.y.clone())
    }
}

/// Itself: what takes data by value or by reference takes `impl AsRef<Dataset<F, T>>`.
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

/// Something that holds one target for each sample.
pub trait Target: Sized {
    /// Number of samples.
    fn len(&self) -> usize;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The targets with these indices, in this order.
    #[must_use]
    fn select(&self, samples: &[usize]) -> Self;
    /// [`select`](Target::select) into memory that is there: overwrites `selected`, which holds as many targets. For
    /// mini-batches; allocates nothing.
    ///
    /// # Panics
    /// If an index is not below [`Target::len`], or `selected` holds another number of targets.
    fn select_into(&self, samples: &[usize], selected: &mut Self);
    /// Sixteen targets of equal length as one, for a [`Stack`](nn_core::Stack) of networks: sample s of target k comes at
    /// 16 s + k. None if their lengths differ, and by default, if there is no such target: then the networks are trained
    /// one after another.
    fn interleave(targets: [&Self; LANES]) -> Option<Self> {
        let _ = targets;
        None
    }
}

/// Values or probabilities.
impl<F: Scalar> Target for Tensor<F> {
    fn len(&self) -> usize {
        self.samples()
    }
    fn select(&self, samples: &[usize]) -> Self {
        Tensor::select(self, samples)
    }
    fn select_into(&self, samples: &[usize], selected: &mut Self) {
        Tensor::select_into(self, samples, selected);
    }
    fn interleave(targets: [&Self; LANES]) -> Option<Self> {
        Tensor::interleave(targets)
    }
}

/// Class indices.
impl Target for Vec<usize> {
    fn len(&self) -> usize {
        self.len()
    }
    fn select(&self, samples: &[usize]) -> Self {
        samples.iter().map(|&sample| self[sample]).collect()
    }
    fn select_into(&self, samples: &[usize], selected: &mut Self) {
        assert_eq!(selected.len(), samples.len(), "as many targets as samples");
        for (to, &sample) in selected.iter_mut().zip(samples) {
            *to = self[sample];
        }
    }
    fn interleave(targets: [&Self; LANES]) -> Option<Self> {
        let samples = targets[0].len();
        let equal = targets.iter().all(|target| target.len() == samples);
        equal.then(|| (0..samples).flat_map(|sample| targets.map(|target| target[sample])).collect())
    }
}
