//! Axes as the caller describes them, and the scales that map their values to places.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged};

use super::ticks::{self, Ticks};

/// One axis of a panel: its label, its scale (linear or logarithmic), and its range.
#[derive(Clone, Debug)]
pub struct Axis {
    pub(crate) label: String,
    pub(crate) log: bool,
    pub(crate) shared: bool,
    range: Option<(f64, f64)>,
}

impl Axis {
    /// Makes a linear axis that shows all its data.
    #[must_use]
    pub fn linear(label: impl Into<String>) -> Self {
        Self { label: label.into(), log: false, shared: false, range: None }
    }

    /// Makes a base-10 logarithmic axis that shows all its data. Zero and negative values on it are an error,
    /// because only the caller knows how to draw a loss of exactly 0: as a gap, or at the lowest loss above
    /// it.
    #[must_use]
    pub fn log(label: impl Into<String>) -> Self {
        Self { label: label.into(), log: true, shared: false, range: None }
    }

    /// Sets the range, from `low` to `high` in data units. Marks outside of it are clipped at the frame.
    #[must_use]
    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self
    }

    /// Gives this axis the same range as the other shared axes of the figure, so that lengths in their panels
    /// can be compared: for instance those of the best and of the worst model. The common range holds the
    /// range that each of these axes would have alone. Horizontal and vertical axes are separate, and so are
    /// linear and logarithmic ones.
    ///
    /// ```
    /// use nn_viz::{Axis, Color, Figure, Panel};
    ///
    /// let panel = |title: &str, y: [f64; 2]| {
    ///     let axis = Axis::linear("Residual").shared();
    ///     Panel::new(title).y(axis).line("", &[0.0, 1.0], &y, Color::BLUE)
    /// };
    /// let panels = [panel("Best", [-0.1, 0.1]), panel("Worst", [-3.0, 2.0])];
    /// let svg = Figure::new(6.0, 2.5).row(1.0, panels).draw()?.svg();
    /// assert_eq!(svg.matches("data-text=\"−2\"").count(), 2);
    /// # Ok::<(), nn_viz::VizError>(())
    /// ```
    #[must_use]
    pub fn shared(mut self) -> Self {
        self.shared = true;
        self
    }

    /// Whether the caller has set neither scale nor range, and no label unless the axis may be `labelled`.
    pub(crate) fn is_unset(&self, labelled: bool) -> bool {
        !self.log && !self.shared && self.range.is_none() && (labelled || self.label.is_empty())
    }

    /// The scale for data from `data.0` to `data.1`, with a margin on both sides unless the range was set.
    /// Every finite extent has an automatic range. The error is a range that was set and that no scale can
    /// show.
    pub(crate) fn scale(&self, data: (f64, f64), margin: f64) -> Result<Scale, (f64, f64)> {
        let (low, high) = self.range.unwrap_or_else(|| Scale::around(self.log, data, margin));
        let scale = Scale { log: self.log, low, high };
        if scale.is_sound() { Ok(scale) } else { Err((low, high)) }
    }
}

/// The mapping of one axis from values to places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    log: bool,
    low: f64,
    high: f64,
}

/// The largest coordinate of a place. Places beyond it are moved to it: this far out, that shifts the point
/// where a line crosses the frame by less than one canvas unit, and differences still fit into an `i32`.
const FARTHEST: f64 = (1 << 29) as f64;

/// The shortest span of an axis, unless it is logarithmic and shows several powers of ten: in a shorter one,
/// the ticks would have no distinct doubles.
const SHORTEST: f64 = 1e-300;
/// The ratio from which a logarithmic axis shows several powers of ten.
const DECADES: f64 = 1e3;

/// The place of a value between two ends, from 0 to 1, also where the distance of the ends overflows.
pub(crate) fn share(value: f64, (low, high): (f64, f64)) -> f64 {
    match (high - low).is_finite() {
        true => (value - low) / (high - low),
        false => (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0),
    }
}

impl Scale {
    /// Ticks, about `most` of them with labels.
    pub(crate) fn ticks(&self, most: usize) -> Ticks {
        let ticks = if self.log { ticks::log } else { ticks::linear };
        ticks(self.low, self.high, most)
    }

    /// Whether the scale is logarithmic.
    pub(crate) fn is_log(&self) -> bool {
        self.log
    }

    /// The shortest scale of the same kind that holds this one and another.
    pub(crate) fn with(self, other: Self) -> Self {
        Self { log: self.log, low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// The span of this linear scale in units of the span of another, also where a span overflows.
    pub(crate) fn span_in(&self, other: &Self) -> f64 {
        let half = |scale: &Self| scale.high / 2.0 - scale.low / 2.0;
        half(self) / half(other)
    }

    /// The place of a value between the ends of the axis, from 0 to 1.
    pub(crate) fn share(&self, value: f64) -> f64 {
        let across = |value| if self.log { libm::log10(value) } else { value };
        share(across(value), (across(self.low), across(self.high)))
    }

    /// Whether the axis ascends, and over more than a few neighbouring doubles, which would have no distinct
    /// ticks.
    fn is_sound(&self) -> bool {
        let Self { log, low, high } = *self;
        let apart = high - low > 1e-12 * low.abs().max(high.abs());
        let wide = high - low > SHORTEST || (log && high >= DECADES * low);
        low.is_finite() && high.is_finite() && apart && wide && (!log || low > 0.0)
    }

    /// The range of the data with a margin, as far as there are doubles. Values that are all but equal get a
    /// range around them.
    fn around(log: bool, (low, high): (f64, f64), margin: f64) -> (f64, f64) {
        let span = high - low;
        let apart = span > 1e-9 * low.abs().max(high.abs());
        let (lower, upper) = match (log, apart) {
            (true, true) => {
                let factor = libm::pow(high, margin) / libm::pow(low, margin);
                (low / factor, high * factor)
            }
            (true, false) => (low / 2.0, high * 2.0),
            (false, true) if span > SHORTEST => {
                // Twice the margin of half the span, which cannot overflow.
                let beyond = 2.0 * margin * (high / 2.0 - low / 2.0);
                (low - beyond, high + beyond)
            }
            (false, _) if low == 0.0 && high == 0.0 => (-1.0, 1.0),
            (false, _) => {
                let beyond = |end: f64| (0.1 * end.abs()).max(SHORTEST);
                (low - beyond(low), high + beyond(high))
            }
        };
        let smallest = if log { f64::from_bits(1) } else { -f64::MAX };
        let (lower, upper) = (lower.max(smallest), upper.min(f64::MAX));
        let short = log && upper - lower <= SHORTEST;
        (lower, if short { upper.max(DECADES * lower) } else { upper })
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

#[cfg(test)]
mod tests {
    use super::Axis;

    #[test]
    fn an_automatic_range_holds_the_data_and_its_margin() {
        let range = |axis: Axis, data| {
            let scale = axis.scale(data, 0.05).unwrap();
            (scale.low, scale.high)
        };
        assert_eq!(range(Axis::linear(""), (0.0, 10.0)), (-0.5, 10.5));
        assert_eq!(range(Axis::linear(""), (0.0, 0.0)), (-1.0, 1.0));
        assert_eq!(range(Axis::linear(""), (-5.0, -5.0)), (-5.5, -4.5));
        assert_eq!(range(Axis::linear(""), (-1.7e308, 1.7e308)), (-f64::MAX, f64::MAX));
        assert_eq!(range(Axis::linear(""), (1.75e308, 1.75e308)), (1.575e308, f64::MAX));
        assert_eq!(range(Axis::log(""), (3.0, 3.0)), (1.5, 6.0));
        let (low, high) = range(Axis::log(""), (1e-200, 1e200));
        assert!((low / 1e-220 - 1.0).abs() < 1e-9 && (high / 1e220 - 1.0).abs() < 1e-9, "{low} {high}");
        // Where the margin leaves the doubles, the range ends with them.
        let tiny = f64::from_bits(1);
        assert_eq!(range(Axis::log(""), (1e-300, 1e300)), (tiny, f64::MAX));
        assert_eq!(
            range(Axis::log(""), (1e300, 1.75e308)),
            (range(Axis::log(""), (1e300, 1.75e308)).0, f64::MAX)
        );
        assert_eq!(range(Axis::log(""), (tiny, tiny)), (tiny, 1e3 * tiny));
        // A loss that has converged to within rounding is not an error.
        assert!(Axis::linear("").scale((0.693, 0.693 + 1e-15), 0.05).is_ok());
    }

    #[test]
    fn a_logarithmic_scale_gives_each_decade_the_same_room() {
        let scale = Axis::log("").range(1e-3, 1e3).scale((1.0, 2.0), 0.0).unwrap();
        for (value, share) in [(1e-3, 0.0), (1.0, 0.5), (100.0, 5.0 / 6.0), (1e3, 1.0)] {
            assert!((scale.share(value) - share).abs() < 1e-12, "{value}");
        }
    }
}
