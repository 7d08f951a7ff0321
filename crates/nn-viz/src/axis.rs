//! Axes as the caller describes them, and the scales plotters maps with.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged};

use crate::ticks::{self, Ticks};

/// One axis of a panel: its label, whether it is logarithmic, and what it shows.
#[derive(Clone, Debug)]
pub struct Axis {
    pub(crate) label: String,
    pub(crate) log: bool,
    range: Option<(f64, f64)>,
}

impl Axis {
    /// A linear axis that shows all its data.
    #[must_use]
    pub fn linear(label: impl Into<String>) -> Self {
        Self { label: label.into(), log: false, range: None }
    }

    /// A base-10 logarithmic axis that shows all its data. Zero and negative values on it are an error.
    #[must_use]
    pub fn log(label: impl Into<String>) -> Self {
        Self { label: label.into(), log: true, range: None }
    }

    /// Shows exactly `low` to `high`, in data units. What lies outside is clipped at the frame.
    #[must_use]
    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self
    }

    /// The scale for data that reaches from `data.0` to `data.1`, with a margin on both sides unless the
    /// range is fixed; or the range that makes no sense.
    pub(crate) fn scale(&self, data: (f64, f64), margin: f64) -> Result<Scale, (f64, f64)> {
        let (low, high) = self.range.unwrap_or_else(|| Scale::around(self.log, data, margin));
        let scale = Scale { log: self.log, low, high };
        let span = high - low;
        // A span near the spacing of doubles has no distinct ticks.
        let wide_enough = span.is_finite() && span > 1e-12 * low.abs().max(high.abs());
        if wide_enough && (!self.log || low > 0.0) { Ok(scale) } else { Err((low, high)) }
    }
}

/// How one axis turns data values into places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    log: bool,
    low: f64,
    high: f64,
}

/// Places beyond this are moved here. So far out, that shifts the point where a line crosses the frame by
/// less than one canvas unit, and differences still fit into an `i32`.
const FARTHEST: f64 = (1 << 29) as f64;

impl Scale {
    /// About `most` labelled ticks.
    pub(crate) fn ticks(&self, most: usize) -> Ticks {
        let ticks = if self.log { ticks::log } else { ticks::linear };
        ticks(self.low, self.high, most)
    }

    /// Where a value stands between the ends of the axis, from 0 to 1.
    pub(crate) fn share(&self, value: f64) -> f64 {
        match self.log {
            true => libm::log10(value / self.low) / libm::log10(self.high / self.low),
            false => (value - self.low) / (self.high - self.low),
        }
    }

    fn around(log: bool, (low, high): (f64, f64), margin: f64) -> (f64, f64) {
        if log {
            let apart = if high > low { libm::pow(high / low, margin) } else { 2.0 };
            return (low / apart, high * apart);
        }
        let apart = if high > low {
            margin * (high - low)
        } else {
            0.1 * low.abs().max(10.0 * f64::from(low == 0.0))
        };
        (low - apart, high + apart)
    }
}

impl Ranged for Scale {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        let place = f64::from(from) + self.share(*value) * (f64::from(to) - f64::from(from));
        place.clamp(-FARTHEST, FARTHEST).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        self.ticks(hint.max_num_points()).major.into_iter().map(|(value, _)| value).collect()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}
