//! Formats numbers for a person to read.

use super::sample::Sample;

/// Formats three significant digits, with a space between thousands.
pub(super) fn digits(value: f64) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    if value.abs() < 100.0 {
        let decimals = if value.abs() >= 10.0 {
            1
        } else if value.abs() >= 1.0 {
            2
        } else {
            3
        };
        return format!("{value:.decimals$}");
    }
    let whole = format!("{value:.0}");
    let start = whole.len() % 3;
    let mut text = whole[..start].to_string();
    for group in whole.as_bytes()[start..].chunks(3) {
        if !text.is_empty() && text != "-" {
            text.push(' ');
        }
        text.push_str(std::str::from_utf8(group).expect("digits are ASCII"));
    }
    text
}

/// A unit, and the value of one second (or of one sample per second) in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Unit {
    pub(super) name: &'static str,
    pub(super) factor: f64,
}

/// The unit in which the smallest of these durations is at least 1.
pub(super) fn duration(smallest: f64) -> Unit {
    let units = [("s", 1.0), ("ms", 1e3), ("µs", 1e6), ("ns", 1e9)];
    let fits = units.into_iter().find(|(_, factor)| smallest * factor >= 1.0);
    let (name, factor) = fits.unwrap_or(units[3]);
    Unit { name, factor }
}

/// Formats median and extremes, such as `1.23 (1.20 – 1.30)`.
pub(super) fn spread(sample: Sample) -> String {
    format!("{} ({} – {})", digits(sample.median), digits(sample.min), digits(sample.max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_and_groups_of_thousands() {
        let cases = [
            (0.01234, "0.012"),
            (1.234, "1.23"),
            (12.34, "12.3"),
            (123.4, "123"),
            (1234.0, "1 234"),
            (1_234_567.0, "1 234 567"),
            (-1234.0, "-1 234"),
            (f64::NAN, "NaN"),
        ];
        for (value, text) in cases {
            assert_eq!(digits(value), text);
        }
    }

    #[test]
    fn durations_take_the_unit_that_keeps_them_above_one() {
        for (seconds, unit) in [(2.0, "s"), (0.5, "ms"), (2e-6, "µs"), (9e-7, "ns"), (1e-12, "ns")] {
            assert_eq!(duration(seconds).name, unit);
        }
        let sample = Sample { median: 1.234, min: 1.2, max: 1300.0 };
        assert_eq!(spread(sample), "1.23 (1.20 – 1 300)");
    }
}
