//! The check of a target: its shape, which fits that of the output, and its values.

use std::fmt::Display;

use nn_core::{Scalar, SettingError, Tensor};

use super::Indices;
use crate::LossError;
use crate::class_axis::ClassAxis;
use crate::sample_weights::SampleWeights;
use crate::scan::{first_beyond, first_refused};

/// What every target of numbers must be.
pub(crate) const FINITE: &str = "a finite number";

/// A target that can be checked.
pub(crate) trait Checked {
    /// Returns what the mean divides by, as in PyTorch: for class indices the sum of `weight` over the classes of the samples and
    /// positions, where classes without a weight count 1 and the label `ignored` counts nothing; for probabilities the number of
    /// samples and positions. A sample of weight v counts v times.
    fn count(
        &self,
        axis: ClassAxis,
        weight: &[f64],
        ignored: Option<usize>,
        samples: Option<SampleWeights>,
    ) -> f64;

    /// Checks that this target has the shape that fits an output of this shape, and that the output has values.
    ///
    /// # Errors
    /// [`LossError::Shape`], in the name of `loss`.
    fn check_shape(&self, loss: &dyn Display, axis: ClassAxis, output: &[usize]) -> Result<(), LossError>;

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

impl Checked for Indices<'_> {
    fn count(
        &self,
        _axis: ClassAxis,
        weight: &[f64],
        ignored: Option<usize>,
        samples: Option<SampleWeights>,
    ) -> f64 {
        if weight.is_empty() && ignored.is_none() && samples.is_none() {
            return match self {
                Indices::Samples(labels) => labels.len() as f64,
                Indices::Map(map) => (map.samples() * map.positions()) as f64,
            };
        }
        let counts = |label| {
            if Some(label) == ignored { 0.0 } else { weight.get(label).copied().unwrap_or(1.0) }
        };
        let sum = |labels: &[usize]| match samples {
            Some(SampleWeights(v)) => labels.iter().zip(v).map(|(&label, v)| v * counts(label)).sum::<f64>(),
            None => labels.iter().map(|&label| counts(label)).sum::<f64>(),
        };
        self.positions().map(sum).sum()
    }

    fn check_shape(&self, loss: &dyn Display, axis: ClassAxis, output: &[usize]) -> Result<(), LossError> {
        match (*self, output) {
            (Indices::Samples(labels), &[samples, classes])
                if labels.len() == samples && samples > 0 && classes > 0 =>
            {
                Ok(())
            }
            _ => self.check_places(loss, axis, output),
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

impl Indices<'_> {
    /// [`Checked::check_shape`], apart from the usual case of labels that fit.
    #[inline(never)]
    fn check_places(self, loss: &dyn Display, axis: ClassAxis, output: &[usize]) -> Result<(), LossError> {
        check_classes(loss, axis, output)?;
        let samples = output[0];
        let map = |axis: ClassAxis| axis.places(output).collect::<Vec<_>>();
        let expected = || format!("a ClassMap of shape {:?} for an output {output:?}", map(axis));
        match self {
            Indices::Samples(labels) if output.len() > 2 => {
                Err(shape(loss, &expected(), format!("{} labels", labels.len())))
            }
            Indices::Samples(labels) if labels.len() != samples => {
                let expected = format!("{samples} labels, one for each sample");
                Err(shape(loss, &expected, labels.len().to_string()))
            }
            Indices::Map(found) if !axis.places(output).eq(found.shape().iter().copied()) => {
                let last = if map(ClassAxis::Last) == found.shape() { " without `classes_last`" } else { "" };
                Err(shape(loss, &(expected() + last), format!("{:?}", found.shape())))
            }
            _ => Ok(()),
        }
    }
}

impl<F: Scalar> Checked for Tensor<F> {
    fn count(
        &self,
        axis: ClassAxis,
        _weight: &[f64],
        _ignored: Option<usize>,
        samples: Option<SampleWeights>,
    ) -> f64 {
        let positions = self.features() / axis.classes(self.shape());
        match samples {
            Some(weights) => weights.sum() * positions as f64,
            None => (self.samples() * positions) as f64,
        }
    }

    fn check_shape(&self, loss: &dyn Display, axis: ClassAxis, output: &[usize]) -> Result<(), LossError> {
        check_classes(loss, axis, output)?;
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
fn check_classes(loss: &dyn Display, axis: ClassAxis, output: &[usize]) -> Result<(), LossError> {
    if output.len() < 2 {
        let expected = format!("an output [n, classes] or {}", axis.named(&"classes", 3));
        return Err(shape(loss, &expected, format!("{output:?}")));
    }
    if output.contains(&0) {
        return Err(shape(loss, "an output with at least one value", format!("{output:?}")));
    }
    Ok(())
}

pub(crate) fn shape(loss: &dyn Display, expected: &str, found: String) -> LossError {
    LossError::Shape { loss: loss.to_string(), expected: expected.into(), found }
}
