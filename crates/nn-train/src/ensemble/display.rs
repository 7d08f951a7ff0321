//! Prints an ensemble.

use std::fmt;

use nn_core::Scalar;

use super::{Ensemble, Measure};
use crate::statistics::{Interval, Summary};

impl<F: Scalar, K> fmt::Display for Ensemble<F, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (validation, score) = (self.validation(), self.score());
        let chosen_by = if validation.is_some() { "validation" } else { "training" };
        let what = if validation.is_some() || score.is_some() { "final training loss" } else { "final loss" };
        let (trials, epochs) = (self.runs.len(), self.epochs());
        let shortest = self.runs.iter().map(|run| run.curve.len()).min().unwrap_or(epochs);
        write!(f, "{what} of {trials} trials, ")?;
        if shortest < epochs {
            write!(f, "{shortest} to ")?;
        }
        write!(f, "{epochs} epochs")?;
        self.losses(f, &self.training(), validation.is_none())?;
        if let Some(validation) = validation {
            write!(f, "\n{}", validation.name())?;
            self.losses(f, &validation, true)?;
        }
        let several = what != "final loss";
        if let Some(score) = score {
            write!(f, "\n{} ({})", score.name(), score.better())?;
            middle(f, &score, readable)?;
            let Summary { min, max, diverged, .. } = score.summary();
            let (best, of_best) = (self.best(), readable(score.values()[self.best()]));
            write!(f, "\n  min, max {}, {}", readable(min), readable(max))?;
            write!(f, "\n  chosen   {of_best}  (trial {best}, by its {chosen_by} loss)")?;
            write!(f, "\n  diverged {diverged}")?;
        }
        match self.success_rate() {
            Some(rate) if several => write!(f, "\nsuccess in {rate}"),
            Some(rate) => write!(f, "\n  success  {rate}"),
            None => Ok(()),
        }
    }
}

impl<F: Scalar, K> Ensemble<F, K> {
    /// Writes the lines of final losses, with the best and the worst trial if these losses are the criterion.
    fn losses(&self, f: &mut fmt::Formatter<'_>, losses: &Measure, criterion: bool) -> fmt::Result {
        middle(f, losses, |value| format!("{value:.4e}"))?;
        let Summary { min, max, diverged, .. } = losses.summary();
        if criterion {
            write!(f, "\n  best     {min:.4e}  (trial {})", self.best())?;
            write!(f, "\n  worst    {max:.4e}  (trial {})", self.worst())?;
        } else {
            write!(f, "\n  min, max {min:.4e}, {max:.4e}")?;
        }
        write!(f, "\n  diverged {diverged}")
    }
}

/// Writes the lines of IQM and quartiles.
fn middle(f: &mut fmt::Formatter<'_>, measure: &Measure, print: fn(f64) -> String) -> fmt::Result {
    let (Summary { iqm, q1, q3, .. }, Interval { low, high }) = (measure.summary(), measure.interval());
    let [iqm, low, high, q1, q3] = [iqm, low, high, q1, q3].map(print);
    write!(f, "\n  IQM      {iqm}  (95 % interval {low} to {high})\n  Q1, Q3   {q1}, {q3}")
}

/// Formats with four decimals, or with an exponent where four decimals would show little.
pub(crate) fn readable(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-3..1e5).contains(&size) { format!("{value:.4}") } else { format!("{value:.4e}") }
}

/// Formats as [`readable`], always with a sign.
pub(crate) fn signed(value: f64) -> String {
    let sign = if value.is_sign_negative() || value.is_nan() { "" } else { "+" };
    format!("{sign}{}", readable(value))
}
