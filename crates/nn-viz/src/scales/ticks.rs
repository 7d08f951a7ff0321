//! The ticks of an axis and their labels.

/// The ticks of one axis, in data values and ascending.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ticks {
    /// Values with a label.
    pub(crate) major: Vec<(f64, String)>,
    /// Values with a short tick and no label.
    pub(crate) minor: Vec<f64>,
}

/// Ticks in steps of 1, 2 or 5 times a power of ten: about `most` steps, and at least two ticks.
pub(crate) fn linear(low: f64, high: f64, most: usize) -> Ticks {
    let values = (most.max(1)..).map(|most| Steps::fitting(low, high, most)).find(|steps| steps.count() >= 2);
    let Some(steps) = values else { unreachable!("steps of at most half the span give two ticks") };
    Ticks { major: steps.labelled(low.abs().max(high.abs())), minor: Vec::new() }
}

/// Powers of ten, with the multiples in between as minor ticks. An axis that shows fewer than two powers has
/// labels at 1, 2 and 5 times the powers instead, and an even shorter one has labels in equal steps.
pub(crate) fn log(low: f64, high: f64, most: usize) -> Ticks {
    // Subnormal powers of ten are rounded, also downwards, so the last one may seem to be above the end.
    let (first, last) = (exponent(low), exponent(high) + 1);
    let inside = |value: &f64| {
        *value >= low * (1.0 - TOLERANCE) && *value <= high * (1.0 + TOLERANCE) && value.is_finite()
    };
    let multiples = |digits: &'static [i64]| {
        let all = (first..=last).flat_map(move |k| digits.iter().map(move |&digit| decimal(digit, k)));
        all.filter(inside)
    };
    let powers: Vec<i32> = (first..=last).filter(|&k| inside(&decimal(1, k))).collect();
    let stride = powers.len().div_ceil(most.max(2) + 1).max(1) as i32;
    let major: Vec<(f64, String)> = match (powers.len(), multiples(&[1, 2, 5]).count()) {
        (2.., _) => {
            let shown = powers.iter().filter(|&k| k % stride == 0);
            shown.map(|&k| (decimal(1, k), format!("10{}", superscript(k)))).collect()
        }
        (_, 3..) => multiples(&[1, 2, 5]).map(|value| (value, plain(value))).collect(),
        _ => linear(low, high, most).major.into_iter().filter(|(value, _)| inside(value)).collect(),
    };
    let between = if stride == 1 { multiples(&[1, 2, 3, 4, 5, 6, 7, 8, 9]) } else { multiples(&[1]) };
    let mut minor: Vec<f64> =
        between.filter(|value| major.iter().all(|(labelled, _)| labelled != value)).collect();
    // Subnormal multiples may round to the same double.
    minor.dedup();
    Ticks { major, minor }
}

/// An end of the axis this close to a tick, relative to a step, counts as on the tick.
const TOLERANCE: f64 = 1e-9;

/// The multiples `first..=last` of `digit` times ten to the `power`.
struct Steps {
    digit: i64,
    power: i32,
    first: i64,
    last: i64,
}

impl Steps {
    fn fitting(low: f64, high: f64, most: usize) -> Self {
        // Halves, because the span itself may overflow.
        let smallest = (high / 2.0 - low / 2.0) / (most as f64 / 2.0);
        let power = exponent(smallest);
        let enough = |&digit: &i64| decimal(digit, power) >= smallest * (1.0 - TOLERANCE);
        let digit = [1, 2, 5].into_iter().find(enough).unwrap_or(10);
        let (digit, power) = if digit == 10 { (1, power + 1) } else { (digit, power) };
        let step = decimal(digit, power);
        let first = (low / step - TOLERANCE).ceil() as i64;
        let last = (high / step + TOLERANCE).floor() as i64;
        Self { digit, power, first, last }
    }

    fn count(&self) -> i64 {
        self.last - self.first + 1
    }

    /// The ticks with their labels, which all have the same form: plain decimals, or multiples of one power
    /// of ten where decimals would be long.
    fn labelled(&self, largest: f64) -> Vec<(f64, String)> {
        let values = (self.first..=self.last).map(|index| decimal(index * self.digit, self.power));
        if (1e-3..1e5).contains(&largest) {
            let decimals = (-self.power).max(0) as usize;
            return values.map(|value| (value, minus(format!("{value:.decimals$}")))).collect();
        }
        let common = exponent(largest);
        let decimals = (common - self.power).max(0) as usize;
        let label = |value: f64| match value == 0.0 {
            true => "0".to_owned(),
            false => minus(format!("{:.decimals$}×10{}", value / decimal(1, common), superscript(common))),
        };
        values.map(|value| (value, label(value))).collect()
    }
}

/// The label of one digit times a power of ten.
fn plain(value: f64) -> String {
    let power = exponent(value);
    match (1e-3..1e5).contains(&value) {
        true => format!("{value:.*}", (-power).max(0) as usize),
        false => format!("{:.0}×10{}", value / decimal(1, power), superscript(power)),
    }
}

/// `digits` times ten to the `power`, rounded once. Powers of ten up to 22 are exact, and 3 / 10 is the
/// double nearest to 0.3, while 3 * 0.1 is not.
fn decimal(digits: i64, power: i32) -> f64 {
    let ten = |power: u32| (0..power).fold(1.0, |product, _| product * 10.0);
    match power {
        0.. => digits as f64 * ten(power.unsigned_abs()),
        -308..0 => digits as f64 / ten(power.unsigned_abs()),
        // A subnormal number. Its power of ten would overflow in one piece.
        _ => digits as f64 / ten(308) / ten(power.unsigned_abs() - 308),
    }
}

/// The power of ten at or below a positive value.
fn exponent(value: f64) -> i32 {
    (libm::log10(value) + TOLERANCE).floor() as i32
}

fn superscript(power: i32) -> String {
    let raised = |sign| match sign {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        _ => '⁰',
    };
    power.to_string().chars().map(raised).collect()
}

/// Replaces hyphens by minus signs, which are as wide as a plus.
fn minus(label: String) -> String {
    label.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::{Ticks, linear, log};

    fn labels(ticks: &Ticks) -> Vec<&str> {
        ticks.major.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn linear_ticks_step_by_one_two_or_five() {
        let table: [(f64, f64, usize, &[&str]); 10] = [
            (0.0, 1000.0, 7, &["0", "200", "400", "600", "800", "1000"]),
            (-1.1, 1.1, 5, &["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
            (-1.6, 2.6, 5, &["−1", "0", "1", "2"]),
            (0.0, 0.3, 3, &["0.0", "0.1", "0.2", "0.3"]),
            (0.0, 0.0004, 4, &["0", "1×10⁻⁴", "2×10⁻⁴", "3×10⁻⁴", "4×10⁻⁴"]),
            (-3e6, 3e6, 3, &["−2×10⁶", "0", "2×10⁶"]),
            (99.0, 101.0, 4, &["99.0", "99.5", "100.0", "100.5", "101.0"]),
            (1e5, 1.2e5, 4, &["1.00×10⁵", "1.05×10⁵", "1.10×10⁵", "1.15×10⁵", "1.20×10⁵"]),
            (0.9, 1.92, 1, &["1.0", "1.5"]),
            (3.0, 47.0, 5, &["10", "20", "30", "40"]),
        ];
        for (low, high, most, expected) in table {
            assert_eq!(labels(&linear(low, high, most)), expected, "{low} to {high}");
        }
    }

    #[test]
    fn ranges_near_the_ends_of_the_doubles_also_have_ticks() {
        let (tiny, huge) = (f64::from_bits(1), f64::MAX);
        let sound = |Ticks { major, minor }: Ticks, low: f64, high: f64| {
            let labels: std::collections::BTreeSet<&String> = major.iter().map(|(_, label)| label).collect();
            assert!((2..=12).contains(&labels.len()), "{low} to {high}: {labels:?}");
            assert_eq!(labels.len(), major.len(), "{low} to {high}: {labels:?}");
            let values: Vec<f64> = major.iter().map(|(value, _)| *value).collect();
            for ticks in [&values, &minor] {
                assert!(ticks.iter().all(|value| value.is_finite()), "{low} to {high}: {ticks:?}");
                assert!(ticks.windows(2).all(|pair| pair[0] < pair[1]), "{low} to {high}: {ticks:?}");
            }
        };
        for (low, high) in
            [(-8e307, 8e307), (-huge, huge), (1.575e308, huge), (0.0, 1e-280), (-1e-300, 1e-300)]
        {
            sound(linear(low, high, 5), low, high);
        }
        sound(linear(1.0, 1.0 + 1e-11, 5), 1.0, 1.0 + 1e-11);
        for (low, high) in [(1e-300, 1e300), (tiny, huge), (tiny, 1e3 * tiny), (5e307, huge), (1.6e308, huge)]
        {
            sound(log(low, high, 5), low, high);
        }
        for (low, high) in [(1e-308, 1e-305), (2e-320, 1e-310), (1e-300, 1e-299), (1e-300, 3e-300)] {
            sound(log(low, high, 5), low, high);
        }
    }

    #[test]
    fn a_tick_is_the_double_its_label_reads_as() {
        for (value, label) in linear(0.0, 1.0, 10).major {
            assert_eq!(value, label.parse().unwrap());
        }
    }

    #[test]
    fn log_ticks_are_powers_of_ten_with_the_multiples_between() {
        let ticks = log(0.02, 1.6, 5);
        assert_eq!(labels(&ticks), ["10⁻¹", "10⁰"]);
        let between = [0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09];
        assert_eq!(ticks.minor[..8], between);
        assert_eq!(ticks.minor[8..], [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
    }

    #[test]
    fn log_axes_of_any_length_have_at_least_two_labels() {
        let table: [(f64, f64, &[&str]); 9] = [
            (1e-12, 1.0, &["10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "10⁰"]),
            (0.1, 1.0, &["10⁻¹", "10⁰"]),
            (0.15, 1.4, &["0.2", "0.5", "1"]),
            (15.0, 140.0, &["20", "50", "100"]),
            (0.5, 1.9, &["0.5", "1.0", "1.5"]),
            (0.31, 0.34, &["0.31", "0.32", "0.33", "0.34"]),
            (1.5e-6, 1.4e-5, &["2×10⁻⁶", "5×10⁻⁶", "1×10⁻⁵"]),
            (1e-3, 1e3, &["10⁻²", "10⁰", "10²"]),
            (1e-323, 1e-320, &["10⁻³²³", "10⁻³²²", "10⁻³²¹", "10⁻³²⁰"]),
        ];
        for (low, high, expected) in table {
            let most = if high / low == 1e6 { 3 } else { 4 };
            assert_eq!(labels(&log(low, high, most)), expected, "{low} to {high}");
        }
    }
}
