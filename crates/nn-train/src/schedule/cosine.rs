//! A learning rate that falls along half a cosine.

use std::f64::consts::PI;
use std::fmt;

use nn_core::SettingError;

use super::{Schedule, at_least_1, setting};

/// η_min + (η − η_min) (1 + cos(π step / `t_max`)) / 2: from η to η_min in `t_max` steps. After that it follows the
/// cosine back to η in as many steps. Default: η_min = 0. Source: Loshchilov and Hutter 2017, without restarts.
///
/// ```
/// use nn_train::schedule::{CosineAnnealingLr, Schedule};
/// let schedule = CosineAnnealingLr::new(100);
/// assert_eq!(
///     [0, 50, 100, 150].map(|step| schedule.learning_rate(0.8, step)),
///     [0.8, 0.4, 0.0, 0.4]
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CosineAnnealingLr {
    t_max: usize,
    eta_min: f64,
}

impl CosineAnnealingLr {
    /// Falls for `t_max` steps, at least 1.
    pub fn new(t_max: usize) -> Self {
        CosineAnnealingLr { t_max, eta_min: 0.0 }
    }

    /// To η_min, at least 0.
    #[must_use]
    pub fn eta_min(self, eta_min: f64) -> Self {
        CosineAnnealingLr { eta_min, ..self }
    }
}

impl Schedule for CosineAnnealingLr {
    fn learning_rate(&self, initial: f64, step: usize) -> f64 {
        // The cosine falls and rises in turn.
        let t_max = self.t_max.max(1);
        let (turn, rest) = (step / t_max, step % t_max);
        let place = if turn % 2 == 0 { rest } else { t_max - rest };
        anneal(initial, self.eta_min, place as f64 / t_max as f64)
    }

    fn check(&self) -> Result<(), SettingError> {
        at_least_1("CosineAnnealingLr", "t_max", self.t_max)?;
        setting("CosineAnnealingLr", "eta_min", self.eta_min).at_least_0()
    }
}

impl fmt::Display for CosineAnnealingLr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CosineAnnealingLr(t_max {}", self.t_max)?;
        if self.eta_min != 0.0 {
            write!(f, ", eta_min {}", self.eta_min)?;
        }
        write!(f, ")")
    }
}

/// The value between `start` and `end` along half a cosine, at the fraction `share` of the way, from 0 to 1.
pub(super) fn anneal(start: f64, end: f64, share: f64) -> f64 {
    end + (start - end) * (1.0 + cos_pi(share)) / 2.0
}

/// cos(π x) for x from 0 to 1, the same bits everywhere, with an error of at most 2.3 · 10⁻¹⁶.
///
/// cos(π x) is odd about x = ½, and is a sine there, so the Taylor series are needed only up to π/4.
fn cos_pi(x: f64) -> f64 {
    if x > 0.5 {
        -cos_pi(1.0 - x)
    } else if x > 0.25 {
        let r = PI * (0.5 - x);
        r * series(r * r, 1.0)
    } else {
        let r = PI * x;
        series(r * r, 0.0)
    }
}

/// 1 − z/((k+1)(k+2)) (1 − z/((k+3)(k+4)) (1 − …)): cos r for z = r² and k = 0, sin r / r for k = 1.
fn series(z: f64, k: f64) -> f64 {
    let mut sum = 1.0;
    for term in (0..9).rev() {
        let n = k + 2.0 * f64::from(term);
        sum = 1.0 - z * sum / ((n + 1.0) * (n + 2.0));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::cos_pi;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the reference")]
    fn the_cosine_stays_within_its_bound() {
        assert_eq!([0.0, 0.5, 1.0].map(cos_pi), [1.0, 0.0, -1.0]);
        let mut worst = 0.0_f64;
        for i in 0..=1_000_000 {
            let x = f64::from(i) / 1_000_000.0;
            // As a sine of the distance from ½: rounding π x costs the cosine itself more than the bound.
            let expected = (std::f64::consts::PI * (0.5 - x)).sin();
            worst = worst.max((cos_pi(x) - expected).abs());
        }
        assert!(worst <= 2.3e-16, "{worst:e}");
    }
}
