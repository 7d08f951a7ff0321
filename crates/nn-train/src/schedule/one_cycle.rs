//! A learning rate that rises once and falls once.

use std::fmt;

use nn_core::SettingError;

use super::cosine::anneal;
use super::{Schedule, at_least_1, setting};

/// From `max_lr` / `div_factor` up to `max_lr` within `pct_start` of `total_steps`, then down to the first value divided by
/// `final_div_factor`, both along half a cosine. The optimiser's own learning rate is ignored. The last step
/// reaches the end, and η stays there.
///
/// Defaults: `pct_start` 0.3, `div_factor` 25, `final_div_factor` 10⁴. Momentum is left alone, as with PyTorch's
/// `cycle_momentum=False`. Source: Smith and Topin 2019.
///
/// ```
/// use nn_train::schedule::{OneCycleLr, Schedule};
/// let schedule = OneCycleLr::new(0.1, 100);
/// assert_eq!(schedule.learning_rate(1.0, 29), 0.1);
/// assert!((schedule.learning_rate(1.0, 0) - 0.004).abs() < 1e-15);
/// assert!((schedule.learning_rate(1.0, 99) - 4e-7).abs() < 1e-15);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneCycleLr {
    max_lr: f64,
    total_steps: usize,
    pct_start: f64,
    div_factor: f64,
    final_div_factor: f64,
}

impl OneCycleLr {
    /// Up to `max_lr` and down again in `total_steps`, at least 1.
    pub fn new(max_lr: f64, total_steps: usize) -> Self {
        OneCycleLr { max_lr, total_steps, pct_start: 0.3, div_factor: 25.0, final_div_factor: 1e4 }
    }

    /// With this fraction of the steps for the rise, from 0 to 1.
    #[must_use]
    pub fn pct_start(self, pct_start: f64) -> Self {
        OneCycleLr { pct_start, ..self }
    }

    /// Starting at `max_lr` divided by this.
    #[must_use]
    pub fn div_factor(self, div_factor: f64) -> Self {
        OneCycleLr { div_factor, ..self }
    }

    /// Ending at the start divided by this.
    #[must_use]
    pub fn final_div_factor(self, final_div_factor: f64) -> Self {
        OneCycleLr { final_div_factor, ..self }
    }
}

impl Schedule for OneCycleLr {
    fn learning_rate(&self, _: f64, step: usize) -> f64 {
        let last = self.total_steps.saturating_sub(1);
        let (step, last) = (step.min(last) as f64, last as f64);
        let start = self.max_lr / self.div_factor;
        // Negative if the rise is shorter than one step: the first step is then already part of the fall.
        let top = self.pct_start * self.total_steps as f64 - 1.0;
        if step < top {
            anneal(start, self.max_lr, step / top)
        } else if step == top {
            self.max_lr
        } else {
            anneal(self.max_lr, start / self.final_div_factor, (step - top) / (last - top))
        }
    }

    fn check(&self) -> Result<(), SettingError> {
        let setting = |name, value| setting("OneCycleLr", name, value);
        setting("max_lr", self.max_lr).positive()?;
        at_least_1("OneCycleLr", "total_steps", self.total_steps)?;
        setting("pct_start", self.pct_start).up_to_1()?;
        setting("div_factor", self.div_factor).positive()?;
        setting("final_div_factor", self.final_div_factor).positive()
    }
}

impl fmt::Display for OneCycleLr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OneCycleLr(max_lr {}, total_steps {}", self.max_lr, self.total_steps)?;
        if self.pct_start != 0.3 {
            write!(f, ", pct_start {}", self.pct_start)?;
        }
        if self.div_factor != 25.0 {
            write!(f, ", div_factor {}", self.div_factor)?;
        }
        if self.final_div_factor != 1e4 {
            write!(f, ", final_div_factor {}", self.final_div_factor)?;
        }
        write!(f, ")")
    }
}
