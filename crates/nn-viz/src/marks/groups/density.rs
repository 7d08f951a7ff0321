//! The density of values along an axis.

/// The density of values at equal steps from the smallest value to the largest, as shares of its maximum.
///
/// It is a Gaussian kernel density with the bandwidth σ n^(−1/5), with σ the sample standard deviation:
/// Scott, "Multivariate Density Estimation" (1992), and the default of SciPy and matplotlib.
pub(crate) struct Profile {
    low: f64,
    high: f64,
    shares: Vec<f64>,
}

/// The number of steps. More would not be seen.
const STEPS: usize = 128;

impl Profile {
    /// The profile of finite values, of which there must be at least one. Values that are all equal have a
    /// density of 1 and no length.
    pub(crate) fn of(values: &[f64]) -> Self {
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (n, mean) = (values.len() as f64, values.iter().sum::<f64>() / values.len() as f64);
        let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0);
        let bandwidth = variance.sqrt() * libm::pow(n, -0.2);
        if !(high > low && bandwidth > 0.0) {
            return Self { low, high: low, shares: vec![1.0; 2] };
        }
        let density = |at: f64| -> f64 {
            let kernel = |value: &f64| {
                let distance = (at - value) / bandwidth;
                libm::exp(-0.5 * distance * distance)
            };
            values.iter().map(kernel).sum()
        };
        let step = (high - low) / STEPS as f64;
        let densities: Vec<f64> = (0..=STEPS).map(|index| density(low + index as f64 * step)).collect();
        let most = densities.iter().copied().fold(0.0, f64::max);
        Self { low, high, shares: densities.into_iter().map(|density| density / most).collect() }
    }

    /// Each step with its share of the largest density, in ascending order.
    pub(crate) fn steps(&self) -> impl DoubleEndedIterator<Item = (f64, f64)> {
        let step = (self.high - self.low) / (self.shares.len() - 1) as f64;
        self.shares.iter().enumerate().map(move |(index, &share)| (self.low + index as f64 * step, share))
    }

    /// The share of the largest density at a value.
    pub(crate) fn at(&self, value: f64) -> f64 {
        if self.high <= self.low {
            return 1.0;
        }
        let last = self.shares.len() - 1;
        let place = ((value - self.low) / (self.high - self.low) * last as f64).clamp(0.0, last as f64);
        let below = (place as usize).min(last - 1);
        let beyond = place - below as f64;
        self.shares[below] * (1.0 - beyond) + self.shares[below + 1] * beyond
    }
}

#[cfg(test)]
mod tests {
    use super::Profile;

    #[test]
    fn the_density_is_that_of_scipy() {
        // With d = scipy.stats.gaussian_kde(values): d(x) / max of d at 129 places from 0.1 to 0.9.
        let profile = Profile::of(&[0.1, 0.2, 0.25, 0.4, 0.9]);
        let table = [
            (0.1, 0.869_468_785_060_157_8),
            (0.2, 0.990_286_190_758_326_5),
            (0.5, 0.640_824_562_493_405_9),
            (0.7, 0.380_000_083_882_127_9),
            (0.9, 0.310_249_426_337_312_6),
        ];
        for (value, share) in table {
            assert!((profile.at(value) - share).abs() < 1e-9, "{} at {value}", profile.at(value));
        }
        let (first, last) = (profile.steps().next(), profile.steps().next_back());
        assert_eq!((first.map(|(at, _)| at), last.map(|(at, _)| at)), (Some(0.1), Some(0.9)));
    }

    #[test]
    fn equal_values_have_a_density_without_length() {
        for values in [&[0.3][..], &[0.3, 0.3, 0.3]] {
            let profile = Profile::of(values);
            assert_eq!(profile.steps().collect::<Vec<_>>(), [(0.3, 1.0), (0.3, 1.0)]);
            assert_eq!(profile.at(0.3), 1.0);
        }
    }
}
