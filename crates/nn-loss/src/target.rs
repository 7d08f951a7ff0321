//! The two kinds of target that a classifier learns from, class indices and probabilities. Kernels see both alike: as a share of
//! each class in each sample.

use std::fmt::Display;

use nn_core::lanes::{Block, LANES, Lanes};
use nn_core::{ClassMap, Scalar, SettingError, Tensor};

use crate::LossError;
use crate::scan::{first_beyond, first_refused};

/// What every target of numbers must be.
pub(crate) const FINITE: &str = "a finite number";

/// What a classifier learns from: class indices ([`ClassIndices`]), or a [`Tensor`] of probabilities with the shape of the
/// network's output.
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
    fn kind(&self) -> Kind<'_, F>;
}

/// The two kinds of target.
pub enum Kind<'a, F> {
    Indices(Indices<'a>),
    Probabilities(&'a Tensor<F>),
}

/// Class indices, counted from 0: one for each sample of an output `[n, classes]` (`[usize]`, `Vec<usize>`), or a [`ClassMap`]
/// `[n, d1, …]` with one for each position of each sample of an output `[n, classes, d1, …]`, such as the class of each pixel.
///
/// Sealed as [`ClassTarget`] is.
pub trait ClassIndices: OfPlaces + Sync {}

/// Where the indices belong. The module is private, which seals [`ClassIndices`].
pub trait OfPlaces {
    fn indices(&self) -> Indices<'_>;
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

impl<F: Scalar, T: ClassIndices + ?Sized> ClassTarget<F> for T {}

impl<F, T: OfPlaces + ?Sized> OfKind<F> for T {
    fn kind(&self) -> Kind<'_, F> {
        Kind::Indices(self.indices())
    }
}

impl<F: Scalar> ClassTarget<F> for Tensor<F> {}

impl<F> OfKind<F> for Tensor<F> {
    fn kind(&self) -> Kind<'_, F> {
        Kind::Probabilities(self)
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

    /// Returns the labels of the samples at each position, without padding.
    fn positions(self) -> impl Iterator<Item = &'a [usize]> {
        let count = match self {
            Indices::Samples(_) => 1,
            Indices::Map(map) => map.positions(),
        };
        (0..count).map(move |position| match self {
            Indices::Samples(labels) => labels,
            Indices::Map(map) => map.position(position),
        })
    }

    /// [`Checked::check_shape`], apart from the usual case of labels that fit.
    #[inline(never)]
    fn check_places(self, loss: &dyn Display, output: &[usize]) -> Result<(), LossError> {
        check_classes(loss, output)?;
        let (samples, positions) = (output[0], &output[2..]);
        let map =
            || format!("a ClassMap of shape {:?} for an output {output:?}", [&[samples], positions].concat());
        match self {
            Indices::Samples(labels) if !positions.is_empty() => {
                Err(shape(loss, &map(), format!("{} labels", labels.len())))
            }
            Indices::Samples(labels) if labels.len() != samples => {
                let expected = format!("{samples} labels, one for each sample");
                Err(shape(loss, &expected, labels.len().to_string()))
            }
            Indices::Map(found) if found.samples() != samples || found.shape()[1..] != *positions => {
                Err(shape(loss, &map(), format!("{:?}", found.shape())))
            }
            _ => Ok(()),
        }
    }
}

/// A target that can be checked.
pub(crate) trait Checked {
    /// Returns what the mean divides by, as in PyTorch: for class indices the sum of `weight` over the classes of the samples and
    /// positions, where classes without a weight count 1 and the label `ignored` counts nothing; for probabilities the number of
    /// samples and positions.
    fn count(&self, weight: &[f64], ignored: Option<usize>) -> f64;

    /// Checks that this target has the shape that fits an output of this shape, and that the output has values.
    ///
    /// # Errors
    /// [`LossError::Shape`], in the name of `loss`.
    fn check_shape(&self, loss: &dyn Display, output: &[usize]) -> Result<(), LossError>;

    /// Checks the values of a target whose shape fits.
    ///
    /// # Errors
    /// [`LossError`], in the name of `loss`, for the first that the loss cannot take.
    fn check_values(
        &self,
        loss: &dyn Display,
        classes: usize,
        ignored: Option<usize>,
    ) -> Result<(), LossError>;
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

impl Checked for Indices<'_> {
    fn count(&self, weight: &[f64], ignored: Option<usize>) -> f64 {
        if weight.is_empty() && ignored.is_none() {
            return match self {
                Indices::Samples(labels) => labels.len() as f64,
                Indices::Map(map) => (map.samples() * map.positions()) as f64,
            };
        }
        let counts = |label| {
            if Some(label) == ignored { 0.0 } else { weight.get(label).copied().unwrap_or(1.0) }
        };
        self.positions().map(|labels| labels.iter().map(|&label| counts(label)).sum::<f64>()).sum()
    }

    fn check_shape(&self, loss: &dyn Display, output: &[usize]) -> Result<(), LossError> {
        match (*self, output) {
            (Indices::Samples(labels), &[samples, classes])
                if labels.len() == samples && samples > 0 && classes > 0 =>
            {
                Ok(())
            }
            _ => self.check_places(loss, output),
        }
    }

    fn check_values(
        &self,
        loss: &dyn Display,
        classes: usize,
        ignored: Option<usize>,
    ) -> Result<(), LossError> {
        for (position, labels) in self.positions().enumerate() {
            if let Some(sample) = first_beyond(labels, classes, ignored) {
                let (loss, label) = (loss.to_string(), labels[sample]);
                let position = matches!(self, Indices::Map(_)).then_some(position);
                return Err(LossError::Label { loss, sample, position, label, classes });
            }
        }
        Ok(())
    }
}

/// One-hot rows or any other probabilities, as they lie in memory.
pub(crate) struct Probabilities<'a, F> {
    blocks: &'a [Block<F>],
    /// The number of blocks of a class.
    per_class: usize,
}

impl<'a, F: Scalar> Probabilities<'a, F> {
    pub(crate) fn of(target: &'a Tensor<F>) -> Self {
        Probabilities { blocks: target.blocks(), per_class: blocks_per_class(target) }
    }
}

impl<F: Scalar> Shares<F> for Probabilities<'_, F> {
    #[inline(always)]
    fn block(&self, class: usize, block: usize) -> Lanes<F> {
        Lanes(self.blocks[class * self.per_class + block])
    }
}

/// Returns the number of blocks of a class in a tensor `[n, classes, …]`, through all positions.
pub(crate) fn blocks_per_class<F: Scalar>(y: &Tensor<F>) -> usize {
    y.shape()[2..].iter().product::<usize>() * y.blocks_per_feature()
}

impl<F: Scalar> Checked for Tensor<F> {
    fn count(&self, _weight: &[f64], _ignored: Option<usize>) -> f64 {
        (self.samples() * self.shape()[2..].iter().product::<usize>()) as f64
    }

    fn check_shape(&self, loss: &dyn Display, output: &[usize]) -> Result<(), LossError> {
        check_classes(loss, output)?;
        check_shape(loss, output, self)
    }

    fn check_values(
        &self,
        loss: &dyn Display,
        _classes: usize,
        ignored: Option<usize>,
    ) -> Result<(), LossError> {
        if let Some(label) = ignored {
            let expected = "none, because probabilities have no labels to ignore";
            return Err(SettingError::new(loss, "ignore_index", expected, label).into());
        }
        check_values(loss, self, FINITE, |_| true)
    }
}

/// Checks that a tensor of targets has the output's shape, and that there are values: a mean over nothing has no value.
pub(crate) fn check_shape<F: Scalar>(
    loss: &dyn Display,
    output: &[usize],
    target: &Tensor<F>,
) -> Result<(), LossError> {
    if output.contains(&0) {
        return Err(shape(loss, "an output with at least one value", format!("{output:?}")));
    }
    if target.shape() != output {
        let expected = format!("a target of the output's shape {output:?}");
        return Err(shape(loss, &expected, format!("{:?}", target.shape())));
    }
    Ok(())
}

/// Checks that all targets are finite and accepted by the loss.
pub(crate) fn check_values<F: Scalar>(
    loss: &dyn Display,
    target: &Tensor<F>,
    expected: &'static str,
    accepts: impl Fn(F) -> bool,
) -> Result<(), LossError> {
    for feature in 0..target.features() {
        let values = target.feature(feature);
        if let Some(sample) = first_refused(values, |t| t.is_finite() & accepts(t)) {
            let (loss, found) = (loss.to_string(), values[sample].to_string());
            return Err(LossError::Target { loss, sample, expected, found });
        }
    }
    Ok(())
}

/// Checks that an output has one value for each class.
fn check_classes(loss: &dyn Display, output: &[usize]) -> Result<(), LossError> {
    if output.len() < 2 {
        return Err(shape(loss, "an output [n, classes] or [n, classes, …]", format!("{output:?}")));
    }
    if output.contains(&0) {
        return Err(shape(loss, "an output with at least one value", format!("{output:?}")));
    }
    Ok(())
}

pub(crate) fn shape(loss: &dyn Display, expected: &str, found: String) -> LossError {
    LossError::Shape { loss: loss.to_string(), expected: expected.into(), found }
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
        check(&Probabilities::of(&Tensor::from_fn(37, 3, |sample, class| (sample * 3 + class) as f32)), 3);
    }
}
