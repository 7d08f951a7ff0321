//! The fields that stand for a missing value.

use std::fmt;

use super::records::Field;

/// What stands for a missing value unless the user says otherwise. The first is always one: an empty field is no value.
pub(super) const DEFAULT: [&str; 25] = [
    "", "?", "NA", "N/A", "n/a", "na", "#N/A", "#NA", "<NA>", "NaN", "nan", "NAN", "-nan", "-NaN", "NaT",
    "null", "NULL", "Null", "None", "nil", "-", "--", "–", "—", ".",
];

/// The texts that stand for a missing value.
#[derive(Clone)]
pub(super) struct Markers {
    texts: Vec<String>,
    /// The length of the longest.
    longest: usize,
    /// Those that are numbers, such as -999.
    numbers: Vec<(f64, usize)>,
}

impl Markers {
    pub(super) fn new(texts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let mut texts: Vec<String> = texts.into_iter().map(|text| text.into().trim().to_owned()).collect();
        texts.retain(|text| !text.is_empty());
        texts.insert(0, String::new());
        let longest = texts.iter().map(String::len).max().unwrap_or(0);
        let number = |(place, text): (usize, &String)| Some((text.parse::<f64>().ok()?, place));
        let numbers = texts.iter().enumerate().filter_map(number).filter(|(number, _)| number.is_finite());
        Markers { numbers: numbers.collect(), texts, longest }
    }

    /// Whether a field stands for a missing value.
    #[inline]
    pub(super) fn contain(&self, field: Field) -> bool {
        // Most fields are numbers, and most lists have none.
        if field.number.is_some() && self.numbers.is_empty() { false } else { self.place_of(field).is_some() }
    }

    /// The place of the text that a field has.
    pub(super) fn place_of(&self, field: Field) -> Option<usize> {
        match field.number {
            Some(number) => self.place_of_number(number),
            None => field.text().and_then(|text| self.place_of_text(&text, field)),
        }
    }

    /// As [`Markers::place_of`], for the text of a field.
    pub(super) fn place_of_text(&self, text: &str, field: Field) -> Option<usize> {
        if text.len() <= self.longest
            && let Some(place) = self.texts.iter().position(|marker| marker == text)
        {
            return Some(place);
        }
        if self.numbers.is_empty() { None } else { self.place_of_number(field.number_in(text)?) }
    }

    fn place_of_number(&self, found: f64) -> Option<usize> {
        self.numbers.iter().find(|(number, _)| *number == found).map(|&(_, place)| place)
    }

    /// The texts.
    pub(super) fn texts(&self) -> &[String] {
        &self.texts
    }
}

/// The texts alone, and not the usual ones: there are many.
impl fmt::Debug for Markers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.texts == DEFAULT { f.write_str("usual") } else { self.texts.fmt(f) }
    }
}

impl Default for Markers {
    fn default() -> Self {
        Markers::new(DEFAULT)
    }
}
