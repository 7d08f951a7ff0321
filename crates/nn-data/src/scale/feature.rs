//! What a scaler learns of one feature, and when a feature counts as constant.

use nn_core::{Scalar, Setting, Tensor};

use crate::DataError;

/// The values of one feature in double precision, and their ends.
pub(crate) struct Feature {
    values: Vec<f64>,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Feature {
    /// The feature with this index, for the scaler `of`. There must be samples, and their values must be finite.
    pub(super) fn new<F: Scalar>(of: &str, x: &Tensor<F>, feature: usize) -> Result<Self, DataError> {
        Feature::of(of, x.feature(feature).iter().map(|value| value.to_f64()).collect())
    }

    /// The feature with these values, of which there must be at least one. All must be finite.
    pub(crate) fn of(of: &str, values: Vec<f64>) -> Result<Self, DataError> {
        // Not `f64::min`, which may return either of 0 and −0.
        let min = values.iter().fold(values[0], |min, &value| if value < min { value } else { min });
        let max = values.iter().fold(values[0], |max, &value| if value > max { value } else { max });
        Setting::of::<f64>(of, "range of x", max - min)
            .fits(f64::is_finite, "a finite number; divide x by a constant first")?;
        Ok(Feature { values, min, max })
    }

    /// The mean and the (population) standard deviation, whose errors are a few units in the last place of the range for any
    /// number of samples; 1 in place of the deviation of a constant feature.
    ///
    /// Distances from the minimum are computed with in place of the values, so that a large mean costs no digits, and in
    /// units of a power of two near the range, so that no square is too large or too small. Two passes: first the mean,
    /// then the squares of the distances from it.
    pub(crate) fn mean_and_std(&self) -> (f64, f64) {
        if is_constant(self.min, self.max) {
            return (self.min, 1.0);
        }
        let n = self.values.len() as f64;
        let unit = power_of_two_below(self.max - self.min);
        let distances = || self.values.iter().map(|value| (value - self.min) / unit);
        let mean = sum(distances()) / n;
        let variance = sum(distances().map(|distance| (distance - mean) * (distance - mean))) / n;
        (self.min + unit * mean, unit * variance.sqrt())
    }

    /// The median and the distance between the quartiles; 1 in place of the distance if the quartiles count as one number.
    pub(crate) fn median_and_iqr(&self) -> (f64, f64) {
        let mut sorted = self.values.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let [first, median, third] = [0.25, 0.5, 0.75].map(|share| quantile(&sorted, share));
        (median, if is_constant(first, third) { 1.0 } else { third - first })
    }
}

/// The quantile of sorted values, at least one, by linear interpolation between its two neighbours: type 7 of Hyndman and
/// Fan (1996), the default of NumPy and of R.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    let weight = place.fract();
    low * (1.0 - weight) + high * weight
}

/// Whether a feature with these ends is constant: whether its values are one number, but for the last four units of double
/// precision, or for less than the smallest normal number. All scalers use this rule and no other.
///
/// A spread of so few units cannot be scaled. The mean must be rounded to one of these very numbers, so a scaled value would
/// tell how it was rounded; and mostly the spread itself is a rounding error, as between 0.1 + 0.2 and 0.3. Values of `f32`
/// that differ at all are 2²⁸ such units apart or more, so a feature in `f32` is constant only if all of its values are equal.
pub(crate) fn is_constant(min: f64, max: f64) -> bool {
    let range = max - min;
    range <= 4.0 * f64::EPSILON * min.abs().max(max.abs()) || range < f64::MIN_POSITIVE
}

/// The largest power of two that is not above this positive normal number.
fn power_of_two_below(x: f64) -> f64 {
    const EXPONENT: u64 = 0x7FF << 52;
    f64::from_bits(x.to_bits() & EXPONENT)
}

/// Adds up numbers that are not negative, with the rounding errors carried along (Kahan, 1965): the error does not grow with
/// their count.
fn sum(terms: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut excess) = (0.0, 0.0);
    for term in terms {
        let term = term - excess;
        let next = sum + term;
        excess = (next - sum) - term;
        sum = next;
    }
    sum
}
