//! A column and the values of its fields.

use nn_core::Scalar;

use super::CsvProblem;
use super::source::Record;

/// The fields that stand for a missing value.
const MISSING: [&str; 5] = ["", "?", "NA", "NaN", "nan"];

/// The position and the name of a column.
#[derive(Debug)]
pub(super) struct Column<'a> {
    pub(super) index: usize,
    pub(super) name: &'a str,
}

impl Column<'_> {
    /// Returns the row's text in this column, which must not be missing.
    pub(super) fn text<'r>(&self, row: &'r Record) -> Result<&'r str, CsvProblem> {
        match row.text(self.index) {
            None => Err(CsvProblem::NotUtf8 { column: self.name.to_owned() }),
            Some(text) if MISSING.contains(&text) => {
                Err(CsvProblem::MissingValue { column: self.name.to_owned(), found: text.to_owned() })
            }
            Some(text) => Ok(text),
        }
    }

    /// Whether the row's value in this column is missing.
    pub(super) fn is_missing(&self, row: &Record) -> bool {
        row.text(self.index).is_some_and(|text| MISSING.contains(&text))
    }

    /// Returns the row's number in this column, which must be finite.
    pub(super) fn number<F: Scalar>(&self, row: &Record) -> Result<F, CsvProblem> {
        let text = self.text(row)?;
        let (column, found) = (self.name.to_owned(), || excerpt(text));
        let Ok(exact) = text.parse::<f64>() else {
            return Err(CsvProblem::NotANumber { column, found: found() });
        };
        let value = F::from_f64(exact);
        if value.is_finite() {
            Ok(value)
        } else if text.contains(|c: char| c.is_ascii_digit()) {
            Err(CsvProblem::TooLarge { column, found: found(), scalar: std::any::type_name::<F>() })
        } else {
            // Without a digit, the text is `inf`, `infinity` or `nan`.
            Err(CsvProblem::NotFinite { column, found: found() })
        }
    }
}

/// Shortens a field for a message, because a stray quote can turn half the file into one field.
fn excerpt(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
