//! Texts around numbers, such as `$` and `km`.

use std::borrow::Cow;

use super::records::Field;

/// The texts that may stand before or after a number.
#[derive(Debug, Clone, Default)]
pub(super) struct Units(Vec<String>);

impl Units {
    pub(super) fn new(texts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let texts = texts.into_iter().map(|text| text.into().trim().to_owned());
        Units(texts.filter(|text| !text.is_empty()).collect())
    }

    /// The number that `text`, the text of a field, stands for, with one of the units or without.
    pub(super) fn number_in(&self, field: Field, text: &str) -> Option<f64> {
        field.number_in(text).or_else(|| field.number_in(&self.without(text)?.1))
    }

    /// As [`Field::plain_number`], also for a number with a unit.
    pub(super) fn plain_number<'t>(&self, field: Field, text: &'t str) -> Option<Cow<'t, str>> {
        let is_number = |plain: &Cow<str>| plain.parse::<f64>().is_ok();
        let plain = field.plain_number(text).filter(is_number);
        plain.or_else(|| {
            let (_, rest) = self.without(text)?;
            Some(Cow::Owned(field.plain_number(&rest).filter(is_number)?.into_owned()))
        })
    }

    /// The number of units.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// The place of the unit of the number that `text`, the text of a field, stands for; [`Units::count`] if it has none. `None` if it
    /// is no number.
    pub(super) fn unit_in(&self, field: Field, text: &str) -> Option<usize> {
        if field.number.is_some() || field.number_in(text).is_some() {
            return Some(self.count());
        }
        let (unit, rest) = self.without(text)?;
        field.number_in(&rest).map(|_| unit)
    }

    /// The place of the unit that a text starts or ends with, and the text without it. A sign may stand before the unit.
    fn without<'t>(&self, text: &'t str) -> Option<(usize, Cow<'t, str>)> {
        let unsigned = text.trim_start_matches(['-', '+']);
        let sign = &text[..text.len() - unsigned.len()];
        self.0.iter().enumerate().find_map(|(place, unit)| {
            let before = || Some(sign.to_owned() + unsigned.strip_prefix(&unit[..])?.trim_start());
            let after = text.strip_suffix(&unit[..]).map(|rest| Cow::Borrowed(rest.trim_end()));
            Some((place, after.or_else(|| before().map(Cow::Owned))?))
        })
    }
}

/// What stands around the number that a text starts or ends with, if it is a unit: the sign of a currency before it, a symbol after it,
/// or a word after a space.
pub(super) fn unit_of(text: &str) -> Option<&str> {
    let is_part = |c: char| c.is_ascii_digit() || ['.', ',', '\'', '+', '-'].contains(&c);
    let is_unit = |unit: &str| (1..=10).contains(&unit.len()) && !unit.contains(|c: char| c.is_ascii_digit());
    let has_symbol = |unit: &str| unit.starts_with([' ', '\u{a0}', '%', '‰', '°', 'µ']) || is_currency(unit);
    let text = text.trim_start_matches(['-', '+']);
    let after = text.trim_start_matches(is_part);
    let before = text.trim_end_matches(is_part);
    if after.len() < text.len() {
        // A space, or a symbol such as `%`.
        return Some(after.trim()).filter(|unit| is_unit(unit) && has_symbol(after));
    }
    let unit = before.trim();
    (before.len() < text.len() && is_unit(unit) && is_currency(unit)).then_some(unit)
}

fn is_currency(unit: &str) -> bool {
    unit.starts_with(['$', '€', '£', '¥', '₹', '₽', '₩', '₺', '₪']) || unit.ends_with('$')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_taken_from_both_ends() {
        let units = Units::new(["km", " % ", "$", "", "h"]);
        for (text, expected) in [
            ("12 km", Some((0, "12"))),
            ("12km", Some((0, "12"))),
            ("5.5%", Some((1, "5.5"))),
            ("$ 1,234", Some((2, "1,234"))),
            ("-$5", Some((2, "-5"))),
            ("km", Some((0, ""))),
            ("12 mi", None),
            ("", None),
        ] {
            let found = units.without(text);
            assert_eq!(found.as_ref().map(|(place, rest)| (*place, &rest[..])), expected, "{text}");
        }
    }

    #[test]
    fn a_unit_is_found_where_it_can_hardly_be_something_else() {
        for (text, expected) in [
            ("$127972.27", Some("$")),
            ("51.9%", Some("%")),
            ("12 km", Some("km")),
            ("1,5 °C", Some("°C")),
            ("€ 5", Some("€")),
            ("-$5", Some("$")),
            ("R$ 5", Some("R$")),
            ("\u{2212}5", None),
            ("<5", None),
            ("5*", None),
            ("12a", None),
            ("F12", None),
            ("Route 12", None),
            ("12", None),
            ("12 of 15", None),
            ("", None),
            ("km", None),
        ] {
            assert_eq!(unit_of(text), expected, "{text}");
        }
    }
}
