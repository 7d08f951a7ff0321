//! Inputs with one target for each sample.

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
    /// Makes a data set of inputs and targets.
    ///
    /// # Errors
    /// [`DataError::Length`] if the numbers of samples differ.
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

    /// The number of samples.
    pub fn samples(&self) -> usize {
        self.x.samples()
    }

    /// Returns the samples with these indices, in this order.
    ///
    /// # Panics
    /// If an index is not below [`Dataset::samples`].
    #[must_use]
    pub fn select(&self, samples: &[usize]) -> Self {
        Dataset { x: self.x.select(samples), y: self.y.select(samples) }
    }

    /// [`select`](Dataset::select) into existing memory: overwrites `selected`, which must hold as many samples of the same
    /// shape. Allocates nothing.
    ///
    /// # Panics
    /// If an index is not below [`Dataset::samples`], or if the shape of `selected` differs.
    pub fn select_into(&self, samples: &[usize], selected: &mut Self) {
        self.x.select_into(samples, &mut selected.x);
        self.y.select_into(samples, &mut selected.y);
    }

    /// Returns the same targets with other inputs, such as those that a [scaler](crate::StandardScaler) or a feature map
    /// makes of `x`.
    ///
    /// # Errors
    /// [`DataError::Length`] if the number of samples differs.
    pub fn with_x(&self, x: Tensor<F>) -> Result<Self, DataError>
    where
        T: Clone,
    {
        Dataset::new(x, self.y.clone())
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

/// A collection of one target for each sample.
pub trait Target: Sized {
    /// The number of samples.
    fn len(&self) -> usize;
    /// Whether there are no samples.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Returns the targets with these indices, in this order.
    #[must_use]
    fn select(&self, samples: &[usize]) -> Self;
    /// [`select`](Target::select) into existing memory: overwrites `selected`, which must hold as many targets. Mini-batches
    /// need it, because it allocates nothing.
    ///
    /// # Panics
    /// If an index is not below [`Target::len`], or if the number of targets in `selected` differs.
    fn select_into(&self, samples: &[usize], selected: &mut Self);
    /// Combines sixteen targets of equal length into one, for a [`Stack`](nn_core::Stack) of networks: sample s of target k
    /// is at 16 s + k. Returns `None` if the lengths differ, and by default: then the networks are trained one after another.
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
        assert_eq!(selected.len(), samples.len(), "selected must hold one target for each sample");
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
