//! Collections of targets: what the samples of a data set are to be.

use nn_core::lanes::LANES;
use nn_core::{ClassMap, Rows, Scalar, Tensor};

use crate::gather::Select;
use crate::{DataError, Gather};

/// A collection of one target for each sample.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a collection of targets",
    label = "expected `Vec<usize>`, `Tensor<F>` or `ClassMap`",
    note = "classes are a `Vec<usize>` of their indices",
    note = "numbers are a `Tensor<F>`: make one of a single number for each sample with `Dataset::regression(x, numbers)` or \
            `Tensor::from_column(&numbers)`"
)]
pub trait Target: Sized + Send + Sync {
    /// The number of samples.
    fn len(&self) -> usize;
    /// Whether there are no samples.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Checks the targets, for the function or type `of` that makes a [`Dataset`](crate::Dataset) of them. Accepts everything by default.
    ///
    /// # Errors
    /// [`DataError::NotFinite`] for a value that is not finite.
    fn check(&self, of: &str) -> Result<(), DataError> {
        let _ = of;
        Ok(())
    }
    /// Returns the targets with these indices, in this order. A [`Dataset`](crate::Dataset) has compared them with [`Target::len`].
    ///
    /// # Panics
    /// If an index is not below [`Target::len`].
    #[must_use]
    fn select(&self, samples: &[usize]) -> Self;
    /// [`select`](Target::select) into existing memory: overwrites `selected`, which must hold as many targets. Mini-batches
    /// need it, because it allocates nothing.
    ///
    /// # Panics
    /// If an index is not below [`Target::len`], or if the number of targets in `selected` differs.
    fn select_into(&self, samples: &[usize], selected: &mut Self);
    /// Returns what makes batches of these targets in any order. By default that is [`select_into`](Target::select_into).
    fn batches(&self) -> Box<dyn Gather<Self> + '_> {
        Box::new(Select(self))
    }
    /// Combines sixteen targets of equal length into one, for a [`Stack`](nn_core::Stack) of networks: sample s of target k
    /// is at 16 s + k. Returns `None` if the lengths differ, and by default: then the networks are trained one after another.
    fn interleave(targets: [&Self; LANES]) -> Option<Self> {
        let _ = targets;
        None
    }
    /// Writes the targets with these indices over lane `lane` of `stacked`, which [`interleave`](Target::interleave) made of as
    /// many, and returns true. Returns false, without writing, by default: then networks are stacked for full batches alone.
    ///
    /// # Panics
    /// If an index is not below [`Target::len`], or `stacked` does not have as many targets in each of sixteen lanes.
    fn select_into_lane(&self, samples: &[usize], lane: usize, stacked: &mut Self) -> bool {
        let _ = (samples, lane, stacked);
        false
    }
    /// Puts targets one after another. Returns `None` if their shapes differ or there are none, and by default.
    fn concat(targets: &[&Self]) -> Option<Self> {
        let _ = targets;
        None
    }
}

/// Values or probabilities.
impl<F: Scalar> Target for Tensor<F> {
    fn len(&self) -> usize {
        self.samples()
    }
    fn check(&self, of: &str) -> Result<(), DataError> {
        DataError::unless_finite(of, "target", self)
    }
    fn select(&self, samples: &[usize]) -> Self {
        Tensor::select(self, samples)
    }
    fn select_into(&self, samples: &[usize], selected: &mut Self) {
        Tensor::select_into(self, samples, selected);
    }
    fn batches(&self) -> Box<dyn Gather<Self> + '_> {
        Box::new(Rows::of(self))
    }
    fn interleave(targets: [&Self; LANES]) -> Option<Self> {
        Tensor::interleave(targets)
    }
    fn select_into_lane(&self, samples: &[usize], lane: usize, stacked: &mut Self) -> bool {
        Tensor::select_into_lane(self, samples, lane, stacked);
        true
    }
    fn concat(targets: &[&Self]) -> Option<Self> {
        Tensor::vstack(targets).ok()
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
    fn select_into_lane(&self, samples: &[usize], lane: usize, stacked: &mut Self) -> bool {
        let (all, _) = stacked.as_chunks_mut::<LANES>();
        assert_eq!(all.len(), samples.len(), "stacked must hold one target for each sample in every lane");
        for (lanes, &sample) in all.iter_mut().zip(samples) {
            lanes[lane] = self[sample];
        }
        true
    }
    fn concat(targets: &[&Self]) -> Option<Self> {
        (!targets.is_empty()).then(|| targets.iter().flat_map(|target| target.iter().copied()).collect())
    }
}

/// Class indices of positions.
impl Target for ClassMap {
    fn len(&self) -> usize {
        self.samples()
    }
    fn select(&self, samples: &[usize]) -> Self {
        ClassMap::select(self, samples)
    }
    fn select_into(&self, samples: &[usize], selected: &mut Self) {
        ClassMap::select_into(self, samples, selected);
    }
    fn interleave(targets: [&Self; LANES]) -> Option<Self> {
        ClassMap::interleave(targets)
    }
    fn select_into_lane(&self, samples: &[usize], lane: usize, stacked: &mut Self) -> bool {
        ClassMap::select_into_lane(self, samples, lane, stacked);
        true
    }
    fn concat(targets: &[&Self]) -> Option<Self> {
        let mut shape = targets.first()?.shape().to_vec();
        if targets.iter().any(|target| target.shape()[1..] != shape[1..]) {
            return None;
        }
        shape[0] = targets.iter().map(|target| target.samples()).sum();
        let positions: usize = shape[1..].iter().product();
        let labels = targets.iter().flat_map(|target| {
            (0..target.samples())
                .flat_map(move |sample| (0..positions).map(move |place| target[[sample, place]]))
        });
        ClassMap::new(&shape, &labels.collect::<Vec<_>>()).ok()
    }
}
