//! A closed interval.

/// A closed interval, here always with 95 % confidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// Returns whether low ≤ `value` ≤ high.
    ///
    /// ```
    /// use nn_train::statistics::Interval;
    ///
    /// let unit = Interval { low: 0.0, high: 1.0 };
    /// assert!(unit.contains(0.0) && unit.contains(1.0));
    /// assert!(!unit.contains(-0.5) && !unit.contains(1.5));
    /// ```
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}
