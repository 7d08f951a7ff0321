//! The two kinds of target that a classifier learns from, class indices and probabilities. Kernels see both alike: as a share of
//! each class in each sample.

mod check;

use nn_core::lanes::{Block, LANES, Lanes};
use nn_core::{ClassMap, Scalar, Tensor, Weighted};

use crate::class_axis::{ClassAxis, Outputs};

pub(crate) use check::{Checked, FINITE, check_shape, check_values, shape};

/// What a classifier learns from: class indices ([`ClassIndices`]), or a [`Tensor`] of probabilities with the shape of the
/// network's output; either of them with [weights](Weighted) of the samples.
///
/// This trait is a bound for code that works with both kinds. It is sealed, because what a kernel needs of a target is no
/// concern of other crates: they cannot implement it.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{ClassTarget, CrossEntropyLoss, Loss, LossError};
/// fn perplexity<T: ClassTarget<f64>>(
///     logits: &Tensor<f64>,
///     target: &T,
/// ) -> Result<f64, LossError> {
///     Ok(CrossEntropyLoss::mean().value(logits, target)?.exp())
/// }
/// let logits = Tensor::from_rows(&[[0.0, 0.0], [0.0, 0.0]]);
/// assert_eq!(perplexity(&logits, &vec![0, 1])?, 2.0);
/// assert_eq!(
///     perplexity(&logits, &Tensor::from_rows(&[[0.5, 0.5], [1.0, 0.0]]))?,
///     2.0
/// );
/// # Ok::<(), LossError>(())
/// ```
pub trait ClassTarget<F: Scalar>: OfKind<F> + Sync {}

/// Which of the two kinds a target is. The module is private, which seals [`ClassTarget`].
pub trait OfKind<F> {
    /// Whether samples have weights.
    const WEIGHTED: bool = false;

    fn kind(&self) -> Kind<'_, F>;

    /// The weights of the samples, if they have any.
    fn weights(&self) -> Option<&[f64]> {
        None
    }
}

/// The two kinds of target.
pub enum Kind<'a, F> {
    Indices(Indices<'a>),
    Probabilities(&'a Tensor<F>),
}

/// Class indices, counted from 0: one for each sample of an output `[n, classes]` (`[usize]`, `Vec<usize>`), or a [`ClassMap`]
/// `[n, d1, …]` with one for each position of each sample of an output `[n, classes, d1, …]`, such as the class of each pixel, or of
/// an output `[n, …, classes]` with the [classes last](crate::CrossEntropyLoss::classes_last), such as the class of each step. The
/// samples may have [weights](Weighted).
///
/// Sealed as [`ClassTarget`] is.
pub trait ClassIndices: OfPlaces + Sync {}

/// Where the indices belong. The module is private, which seals [`ClassIndices`].
pub trait OfPlaces {
    /// Whether samples have weights.
    const WEIGHTED: bool = false;

    fn indices(&self) -> Indices<'_>;

    /// The weights of the samples, if they have any.
    fn weights(&self) -> Option<&[f64]> {
        None
    }
}

/// Class indices of samples, or of the positions of samples.
#[derive(Clone, Copy)]
pub enum Indices<'a> {
    Samples(&'a [usize]),
    Map(&'a ClassMap),
}

impl ClassIndices for [usize] {}

impl OfPlaces for [usize] {
    fn indices(&self) -> Indices<'_> {
        Indices::Samples(self)
    }
}

impl ClassIndices for Vec<usize> {}

impl OfPlaces for Vec<usize> {
    fn indices(&self) -> Indices<'_> {
        Indices::Samples(self)
    }
}

impl ClassIndices for ClassMap {}

impl OfPlaces for ClassMap {
    fn indices(&self) -> Indices<'_> {
        Indices::Map(self)
    }
}

/// Implements the traits for labels with weights. Not for all `Weighted<T>`, because weights of weights would have two sets.
macro_rules! weighted {
    ($Labels:ty) => {
        impl ClassIndices for Weighted<$Labels> {}

        impl OfPlaces for Weighted<$Labels> {
            const WEIGHTED: bool = true;

            fn indices(&self) -> Indices<'_> {
                self.target.indices()
            }

            fn weights(&self) -> Option<&[f64]> {
                Some(&self.weights)
            }
        }
    };
}

weighted!(Vec<usize>);
weighted!(ClassMap);

impl<F: Scalar, T: ClassIndices + ?Sized> ClassTarget<F> for T {}

impl<F, T: OfPlaces + ?Sized> OfKind<F> for T {
    const WEIGHTED: bool = <T as OfPlaces>::WEIGHTED;

    fn kind(&self) -> Kind<'_, F> {
        Kind::Indices(self.indices())
    }

    fn weights(&self) -> Option<&[f64]> {
        OfPlaces::weights(self)
    }
}

impl<F: Scalar> ClassTarget<F> for Tensor<F> {}

impl<F> OfKind<F> for Tensor<F> {
    fn kind(&self) -> Kind<'_, F> {
        Kind::Probabilities(self)
    }
}

impl<F: Scalar> ClassTarget<F> for Weighted<Tensor<F>> {}

impl<F> OfKind<F> for Weighted<Tensor<F>> {
    const WEIGHTED: bool = true;

    fn kind(&self) -> Kind<'_, F> {
        Kind::Probabilities(&self.target)
    }

    fn weights(&self) -> Option<&[f64]> {
        Some(&self.weights)
    }
}

impl<'a> Indices<'a> {
    /// Returns all labels as they lie in memory: for each position its samples, padded with labels of no class to whole blocks
    /// of sixteen, except the last.
    pub(crate) fn labels(self) -> &'a [usize] {
        match self {
            Indices::Samples(labels) => labels,
            Indices::Map(map) => {
                let padding = map.samples().next_multiple_of(LANES) - map.samples();
                let labels = map.blocks().as_flattened();
                &labels[..labels.len().saturating_sub(padding)]
            }
        }
    }

    /// Returns the labels of each part of an output: all of them, or those of each position.
    pub(crate) fn parts(self, axis: ClassAxis) -> impl Iterator<Item = &'a [usize]> {
        let all = (axis == ClassAxis::Second).then(|| self.labels());
        let each = (axis == ClassAxis::Last).then(|| self.positions());
        all.into_iter().chain(each.into_iter().flatten())
    }

    /// Returns the labels of the samples at each position, without padding.
    pub(crate) fn positions(self) -> impl Iterator<Item = &'a [usize]> {
        let count = match self {
            Indices::Samples(_) => 1,
            Indices::Map(map) => map.positions(),
        };
        (0..count).map(move |position| match self {
            Indices::Samples(labels) => labels,
            Indices::Map(map) => map.position(position),
        })
    }
}

/// A target as kernels read it.
pub(crate) trait Shares<F> {
    /// The share of `class` in each of the sixteen samples of a block: the probability that the sample belongs to it, or another
    /// weight. Blocks are counted through all positions. What padding has is without meaning.
    fn block(&self, class: usize, block: usize) -> Lanes<F>;

    /// 1 for each of the sixteen samples of a block that counts, 0 for each that is ignored; `None` if all count.
    #[inline(always)]
    fn counted(&self, _block: usize) -> Option<Lanes<F>> {
        None
    }

    /// The labels, if each sample belongs to one class with probability 1.
    #[inline(always)]
    fn labels(&self) -> Option<&[usize]> {
        None
    }

    /// The sum over all classes.
    #[inline(always)]
    fn mass(&self, classes: usize, block: usize) -> Lanes<F>
    where
        F: Scalar,
    {
        let mut mass = Lanes::zero();
        for class in 0..classes {
            mass += self.block(class, block);
        }
        mass
    }
}

/// Class indices: probability 1 for the class, 0 for the others.
impl<F: Scalar> Shares<F> for [usize] {
    #[inline(always)]
    fn block(&self, class: usize, block: usize) -> Lanes<F> {
        sixteen(&self[block * LANES..], |labels| ones(labels, |label| label == class))
    }

    #[inline(always)]
    fn labels(&self) -> Option<&[usize]> {
        Some(self)
    }

    /// One comparison is enough: a label is one class, or none.
    #[inline(always)]
    fn mass(&self, classes: usize, block: usize) -> Lanes<F> {
        sixteen(&self[block * LANES..], |labels| ones(labels, |label| label < classes))
    }
}

/// Calls `of` with the first sixteen labels; if there are fewer, with those and then `usize::MAX`, which is no class.
#[inline(always)]
pub(crate) fn sixteen<R>(labels: &[usize], of: impl Fn(&[usize; LANES]) -> R) -> R {
    match labels.first_chunk() {
        Some(labels) => of(labels),
        None => of(&pad(labels)),
    }
}

/// 1 for each label that is `meant`, 0 for the others.
#[inline(always)]
pub(crate) fn ones<F: Scalar>(labels: &[usize; LANES], meant: impl Fn(usize) -> bool) -> Lanes<F> {
    let mut ones = [F::ZERO; LANES];
    for lane in 0..LANES {
        ones[lane] = if meant(labels[lane]) { F::ONE } else { F::ZERO };
    }
    Lanes(ones)
}

/// Extends fewer than sixteen labels to sixteen. A function of its own, because a batch needs it at most once.
#[cold]
#[inline(never)]
fn pad(labels: &[usize]) -> [usize; LANES] {
    let mut padded = [usize::MAX; LANES];
    padded[..labels.len()].copy_from_slice(labels);
    padded
}

/// One-hot rows or any other probabilities, as they lie in memory.
pub(crate) struct Probabilities<'a, F> {
    blocks: &'a [Block<F>],
    /// The number of blocks of a class.
    per_class: usize,
}

impl<'a, F: Scalar> From<Outputs<'a, F>> for Probabilities<'a, F> {
    fn from(target: Outputs<'a, F>) -> Self {
        Probabilities { blocks: target.blocks, per_class: target.blocks_per_class() }
    }
}

impl<F: Scalar> Shares<F> for Probabilities<'_, F> {
    #[inline(always)]
    fn block(&self, class: usize, block: usize) -> Lanes<F> {
        Lanes(self.blocks[class * self.per_class + block])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Class indices have a `mass` of their own, which must be equal to the general one.
    #[test]
    fn the_mass_is_the_sum_over_the_classes() {
        fn check(target: &(impl Shares<f32> + ?Sized), blocks: usize) {
            for block in 0..blocks {
                let mut sum = Lanes::zero();
                for class in 0..3 {
                    sum += target.block(class, block);
                }
                assert_eq!(target.mass(3, block), sum, "{block}");
            }
        }
        // Two full blocks and a part of one; label 3 is none of the three classes.
        let labels: Vec<usize> = (0..37).map(|sample| sample * 7 % 4).collect();
        check(&labels[..], 3);
        let shares = Tensor::from_fn(37, 3, |sample, class| (sample * 3 + class) as f32);
        Outputs::parts(&shares, ClassAxis::Second).for_each(|part| check(&Probabilities::from(part), 3));
    }
}
