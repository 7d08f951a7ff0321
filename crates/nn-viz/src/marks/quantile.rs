//! Quantiles.

/// The quantile of ascending values at `share`, from 0 to 1, with linear interpolation between neighbours:
/// type 7 of Hyndman and Fan, "Sample quantiles in statistical packages", The American Statistician 50
/// (1996), and NumPy's default. There must be at least one value.
pub(super) fn quantile(ascending: &[f64], share: f64) -> f64 {
    let place = (ascending.len() - 1) as f64 * share;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    let beyond = place - place.floor();
    // Not one value plus a part of the difference, which can overflow.
    ascending[below] * (1.0 - beyond) + ascending[above] * beyond
}

/// The values in ascending order.
pub(super) fn ascending(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::{ascending, quantile};

    #[test]
    fn quantiles_lie_between_neighbours() {
        assert_eq!(quantile(&ascending(&[3.0, 1.0, 9.0]), 0.5), 3.0);
        assert_eq!(quantile(&ascending(&[4.0, 1.0, 9.0, 2.0]), 0.5), 3.0);
        // numpy.quantile([1, 2, 4, 9], [0, 0.25, 0.75, 1]).
        let values = [1.0, 2.0, 4.0, 9.0];
        assert_eq!([0.0, 0.25, 0.75, 1.0].map(|share| quantile(&values, share)), [1.0, 1.75, 5.25, 9.0]);
        assert_eq!(quantile(&[7.0], 0.25), 7.0);
        assert_eq!(quantile(&[-f64::MAX, f64::MAX], 0.5), 0.0);
    }
}
