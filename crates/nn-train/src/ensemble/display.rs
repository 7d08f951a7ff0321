//! Prints how trials ended.

use std::fmt;

use nn_core::Scalar;

use super::{Ensemble, Measure, Outcomes};
use crate::failure::shortened;
use crate::statistics::{FEW, Interval, Summary};

impl<F: Scalar, K> fmt::Display for Ensemble<F, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.outcomes().fmt(f)
    }
}

impl fmt::Display for Outcomes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (validation, score) = (self.validation(), self.score());
        let chosen_by = if validation.is_some() { "validation" } else { "training" };
        let what = if validation.is_some() || score.is_some() { "final training loss" } else { "final loss" };
        let (runs, trials, epochs) = (self.indices().len(), self.trials(), self.epochs());
        let shortest = self.fewest_epochs();
        write!(f, "{what} of ")?;
        if runs < trials {
            write!(f, "{runs} of ")?;
        }
        write!(f, "{trials} trial{}, ", if trials == 1 { "" } else { "s" })?;
        if shortest < epochs {
            write!(f, "{shortest} to ")?;
        }
        write!(f, "{epochs} epoch{}", if epochs == 1 { "" } else { "s" })?;
        if runs < FEW {
            write!(f, ": {TOO_FEW}")?;
        }
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
            write!(f, "\n  min, max {}, {}", readable(min), readable(max))?;
            match self.best() {
                Some(best) => {
                    let chosen = readable(score.of(best).expect("the best trial has a run"));
                    write!(f, "\n  chosen   {chosen}  (trial {best}, by its {chosen_by} loss)")?;
                }
                None => write!(f, "\n  chosen   none: every trial diverged")?,
            }
            write!(f, "\n  diverged {diverged}")?;
        }
        if let Some(first) = self.failures().first() {
            let (count, which) =
                (self.failures().len(), if self.failures().len() > 1 { "first " } else { "" });
            // The list has the whole text.
            let failure = shortened(first.to_string().lines().next().unwrap_or_default(), 100);
            write!(f, "{}{count}  ({which}{failure})", if several { "\nfailed " } else { "\n  failed   " })?;
        }
        match self.success_rate() {
            Some(rate) if several => write!(f, "\nsuccess in {rate}"),
            Some(rate) => write!(f, "\n  success  {rate}"),
            None => Ok(()),
        }
    }
}

impl Outcomes {
    /// Writes the lines of final losses, with the best and the worst trial if these losses are the criterion.
    fn losses(&self, f: &mut fmt::Formatter<'_>, losses: &Measure, criterion: bool) -> fmt::Result {
        middle(f, losses, |value| format!("{value:.4e}"))?;
        let Summary { min, max, diverged, .. } = losses.summary();
        if criterion {
            match self.best() {
                Some(best) => write!(f, "\n  best     {min:.4e}  (trial {best})")?,
                None => write!(f, "\n  best     none: every trial diverged")?,
            }
            write!(f, "\n  worst    {max:.4e}  (trial {})", self.worst())?;
        } else {
            write!(f, "\n  min, max {min:.4e}, {max:.4e}")?;
        }
        write!(f, "\n  diverged {diverged}")
    }
}

/// Writes the lines of IQM, quartiles and mean: of a single trial without interval, quartiles and deviation, which it does
/// not have.
fn middle(f: &mut fmt::Formatter<'_>, measure: &Measure, print: fn(f64) -> String) -> fmt::Result {
    let Summary { iqm, q1, q3, mean, std, .. } = measure.summary();
    let [iqm, q1, q3, mean] = [iqm, q1, q3, mean].map(print);
    write!(f, "\n  IQM      {iqm}")?;
    if let Some(Interval { low, high }) = measure.interval() {
        write!(f, "  (95 % interval {} to {})\n  Q1, Q3   {q1}, {q3}", print(low), print(high))?;
    }
    write!(f, "\n  mean     {mean}")?;
    std.map_or(Ok(()), |std| write!(f, "  (standard deviation {})", print(std)))
}

/// What is said of fewer than [`FEW`] runs.
pub(crate) const TOO_FEW: &str = "too few to judge by";

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
