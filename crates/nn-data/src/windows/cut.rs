//! Which steps of a series a window has, and the copies of them.

use std::ops::Range;

use nn_core::{Scalar, SettingError, ShapeError, Tensor};

use super::{NAME, Windows};
use crate::error::at_least;
use crate::{DataError, Dataset, memory};

impl Windows {
    /// Checks the settings, and returns the columns to predict.
    pub(super) fn check(&self, features: usize) -> Result<Vec<usize>, SettingError> {
        at_least(1, NAME, "length", self.length)?;
        at_least(1, NAME, "horizon", self.horizon)?;
        at_least(1, NAME, "stride", self.stride)?;
        let targets = self.targets.clone().unwrap_or_else(|| (0..features).collect());
        at_least(1, NAME, "number of targets", targets.len())?;
        match targets.iter().find(|&&target| target >= features) {
            None => Ok(targets),
            Some(target) => {
                let expected = format_args!("a column below {features}, the number of columns of the series");
                Err(SettingError::new(NAME, "a target", expected, target))
            }
        }
    }

    /// The first target step of each window whose targets are among these steps of a series.
    pub(super) fn places(&self, steps: Range<usize>) -> Vec<usize> {
        let first = self.length.max(steps.start);
        match (steps.end + 1).checked_sub(self.horizon) {
            Some(end) => (first..end).step_by(self.stride).collect(),
            None => Vec::new(),
        }
    }

    /// The number of these windows, of which there must be one.
    pub(super) fn count(&self, series: &str, steps: Range<usize>) -> Result<usize, SettingError> {
        let before = self.length.saturating_sub(steps.start);
        let needed = before.saturating_add(self.horizon);
        self.enough(series, needed <= steps.len(), needed, steps.len())?;
        Ok((steps.len() - needed) / self.stride + 1)
    }

    pub(super) fn enough(
        &self,
        series: &str,
        is_enough: bool,
        needed: usize,
        steps: usize,
    ) -> Result<(), SettingError> {
        let (length, horizon) = (self.length, self.horizon);
        let expected =
            format_args!("at least {needed} for a window of length {length} and horizon {horizon}");
        SettingError::unless(is_enough, NAME, format_args!("number of steps of {series}"), expected, steps)
    }

    /// A data set of zeros.
    pub(super) fn room<F: Scalar>(
        &self,
        samples: usize,
        features: usize,
        targets: &[usize],
    ) -> Result<Dataset<F, Tensor<F>>, SettingError> {
        let y = match targets.len() {
            1 => memory::tensor(NAME, [samples, self.horizon])?,
            columns => memory::tensor(NAME, [samples, self.horizon, columns])?,
        };
        Ok(Dataset { x: memory::tensor(NAME, [samples, self.length, features])?, y })
    }

    /// Writes the windows at these places of a series, the first of them as sample `first`.
    pub(super) fn fill<F: Scalar>(
        &self,
        series: &Tensor<F>,
        places: &[usize],
        targets: &[usize],
        first: usize,
        data: &mut Dataset<F, Tensor<F>>,
    ) {
        let copy = |column: usize, shift: usize, to: &mut [F]| {
            let column = series.feature(column);
            for (to, place) in to[first..].iter_mut().zip(places) {
                *to = column[place + shift - self.length];
            }
        };
        for step in 0..self.length {
            for feature in 0..series.features() {
                copy(feature, step, data.x.feature_mut(step * series.features() + feature));
            }
        }
        for step in 0..self.horizon {
            for (place, &target) in targets.iter().enumerate() {
                copy(target, self.length + step, data.y.feature_mut(step * targets.len() + place));
            }
        }
    }
}

/// Checks a series, or a part of one, that messages name so.
pub(super) fn check_series<F: Scalar>(
    named: &str,
    series: &Tensor<F>,
    features: usize,
) -> Result<(), DataError> {
    if series.shape().len() != 2 || series.features() != features {
        let expected = format!("[steps, {features}] of {named}");
        return Err(ShapeError::new(&NAME, expected, series.shape()).into());
    }
    DataError::unless_finite(&format!("{NAME}, {named}"), "feature", series)
}
