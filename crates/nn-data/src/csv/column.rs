//! One column: what its fields hold.

use nn_core::Scalar;

use super::CsvProblem;
use super::source::Record;

/// What files write where they have no value.
const MISSING: [&str; 5] = ["", "?", "NA", "NaN", "nan"];

/// A column's place and name.
#[derive(Debug)]
pub(super) struct Column<'a> {
    pub(super) index: usize,
    pub(super) name: &'a str,
}

impl Column<'_> {
    /// What the row has in this column; it must have something.
    pub(super) fn text<'r>(&self, row: &'r Record) -> Result<&'r str, CsvProblem> {
        match row.text(self.index) {
            None => Err(CsvProblem::NotUtf8 { column: self.name.to_owned() }),
            Some(text) if MISSING.contains(&text) => {
                Err(CsvProblem::MissingValue { column: self.name.to_owned(), found: text.to_owned() })
            }
            Some(text) => Ok(text),
        }
    }

    /// Whether the row has no value in this column.
    pub(super) fn is_missing(&self, row: &Record) -> bool {
        row.text(self.index).is_some_and(|text| MISSING.contains(&text))
    }

    /// The finite number that the row has in this column.
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
            // Without a digit, it is `inf`, `infinity` or `nan`.
            Err(CsvProblem::NotFinite { column, found: found() })
        }
    }
}

/// A field short enough for a message: a stray quote can make one of half the file.
fn excerpt(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
