//! What is between the thousands of a number.

/// A number without what is between its thousands, or `None` unless this divides the digits before the point into groups of three. The
/// first may have fewer and does not begin with a zero, so that `1,5` and `0,123` are none.
pub(super) fn without_thousands(text: &str, separator: char, point: u8) -> Option<String> {
    let (whole, decimals) = text.split_at(text.find(char::from(point)).unwrap_or(text.len()));
    let mut groups = whole.trim_start_matches(['-', '+']).split(separator);
    let is_number = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let first = groups.next().filter(|first| matches!(first.len(), 1..=3) && !first.starts_with('0'))?;
    let are_groups = is_number(first) && groups.all(|group| group.len() == 3 && is_number(group));
    (are_groups && !decimals.contains(separator)).then(|| whole.replace(separator, "") + decimals)
}

/// What divides a number into groups of three digits, if something does.
pub(super) fn thousands_of(text: &str) -> Option<char> {
    let divides = |&separator: &char| {
        let is_number = |point: char| {
            let plain = without_thousands(text, separator, point as u8);
            plain.is_some_and(|plain| plain.replace(point, ".").parse::<f64>().is_ok())
        };
        text.contains(separator) && ['.', ','].into_iter().any(|point| point != separator && is_number(point))
    };
    [',', '.', '\'', ' ', '\u{a0}', '\u{202f}', '’'].into_iter().find(divides)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_groups_of_three_digits() {
        let number = |text: &str, separator: char, point: u8| {
            let plain = without_thousands(text, separator, point)?;
            plain.replace(char::from(point), ".").parse::<f64>().ok()
        };
        for (text, expected) in [
            ("1,234", Some(1234.0)),
            ("-12,345,678.5", Some(-12_345_678.5)),
            ("+123,456", Some(123_456.0)),
            ("1,234.5e1", Some(12_345.0)),
            ("950.25", Some(950.25)),
            ("1,234e1", None),
            ("1,5", None),
            ("0,123", None),
            ("1234,567", None),
            ("12,34,567", None),
            ("1,,234", None),
            (",234", None),
            ("1,234,", None),
            ("1.5,234", None),
            ("1,23a", None),
            ("--1,234", None),
        ] {
            assert_eq!(number(text, ',', b'.'), expected, "{text}");
            let swapped = text.replace(',', "'").replace('.', ",");
            assert_eq!(number(&swapped, '\'', b','), expected, "{swapped}");
            let swapped = text.replace(',', "x").replace('.', ",").replace('x', ".");
            assert_eq!(number(&swapped, '.', b','), expected, "{swapped}");
        }
        assert_eq!(number("1\u{a0}234,5", '\u{a0}', b','), Some(1234.5));
        assert_eq!(number("1 234", ' ', b'.'), Some(1234.0));
    }

    #[test]
    fn what_divides_thousands_is_found() {
        for (text, expected) in [
            ("1,234", Some(',')),
            ("1,234.5", Some(',')),
            ("1.234.567", Some('.')),
            ("1.234,5", Some('.')),
            ("1'234", Some('\'')),
            ("1 234", Some(' ')),
            ("1\u{202f}234,5", Some('\u{202f}')),
            ("1,5", None),
            ("1234", None),
            ("12:30", None),
            ("1,234 kg", None),
            ("a", None),
        ] {
            assert_eq!(thousands_of(text), expected, "{text}");
        }
    }
}
