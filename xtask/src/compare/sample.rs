//! Sums up the measurements of all rounds.

/// Median and extremes of a few measurements.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sample {
    pub(super) median: f64,
    pub(super) min: f64,
    pub(super) max: f64,
}

impl Sample {
    /// Sums up these values. Returns `None` if there are none.
    pub(super) fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let (min, max) = (*values.first()?, *values.last()?);
        let (low, high) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
        Some(Sample { median: low + (high - low) / 2.0, min, max })
    }

    /// Divides `numerator` by each value, which turns times into rates. The smallest value becomes the largest.
    pub(super) fn reciprocal(self, numerator: f64) -> Self {
        Sample { median: numerator / self.median, min: numerator / self.max, max: numerator / self.min }
    }

    /// Multiplies each value by a factor, which must not be negative.
    pub(super) fn times(self, factor: f64) -> Self {
        Sample { median: factor * self.median, min: factor * self.min, max: factor * self.max }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_of_odd_even_and_no_values() {
        let sample = |median, min, max| Some(Sample { median, min, max });
        assert_eq!(Sample::of([3.0, 1.0, 2.0]), sample(2.0, 1.0, 3.0));
        assert_eq!(Sample::of([4.0, 1.0, 2.0, 8.0]), sample(3.0, 1.0, 8.0));
        assert_eq!(Sample::of([5.0]), sample(5.0, 5.0, 5.0));
        assert_eq!(Sample::of([]), None);
    }

    #[test]
    fn rates_turn_the_extremes_around() {
        let time = Sample { median: 2.0, min: 1.0, max: 4.0 };
        assert_eq!(time.reciprocal(8.0), Sample { median: 4.0, min: 2.0, max: 8.0 });
        assert_eq!(time.times(3.0), Sample { median: 6.0, min: 3.0, max: 12.0 });
    }
}
