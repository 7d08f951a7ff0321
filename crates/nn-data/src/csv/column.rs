//! A column and the values of its fields.

use std::borrow::Cow;

use nn_core::Scalar;

use super::records::Field;
use super::{CsvProblem, name};
use crate::error::shortened;

/// The fields that stand for a missing value.
const MISSING: [&str; 5] = ["", "?", "NA", "NaN", "nan"];

/// The position and the name of a column.
#[derive(Debug)]
pub(super) struct Column<'a> {
    pub(super) position: usize,
    pub(super) name: Cow<'a, str>,
}

impl Column<'_> {
    /// Returns the text of a field of this column, which must not be missing.
    pub(super) fn text<'r>(&self, field: Field<'r>) -> Result<Cow<'r, str>, CsvProblem> {
        match field.text() {
            None => Err(CsvProblem::NotUtf8 { column: name(&self.name) }),
            Some(text) if stands_for_missing(&text) => {
                Err(CsvProblem::MissingValue { column: name(&self.name), found: text.into_owned() })
            }
            Some(text) => Ok(text),
        }
    }

    /// Returns the number in a field of this column, which must be finite.
    #[inline]
    pub(super) fn number<F: Scalar>(&self, field: Field) -> Result<F, CsvProblem> {
        match field.number {
            Some(exact) => Ok(F::from_f64(exact)),
            None => self.number_in_text(field),
        }
    }

    #[cold]
    fn number_in_text<F: Scalar>(&self, field: Field) -> Result<F, CsvProblem> {
        let text = self.text(field)?;
        let Ok(exact) = text.parse::<f64>() else {
            return Err(CsvProblem::NotANumber { column: name(&self.name), found: excerpt(&text) });
        };
        let value = F::from_f64(exact);
        if value.is_finite() {
            return Ok(value);
        }
        let (column, found) = (name(&self.name), excerpt(&text));
        // Without a digit, the text is `inf`, `infinity` or `nan`.
        Err(if text.contains(|c: char| c.is_ascii_digit()) {
            CsvProblem::TooLarge { column, found, scalar: std::any::type_name::<F>() }
        } else {
            CsvProblem::NotFinite { column, found }
        })
    }
}

/// Whether a field stands for a missing value.
pub(super) fn is_missing(field: Field) -> bool {
    field.number.is_none() && field.text().is_some_and(|text| stands_for_missing(&text))
}

fn stands_for_missing(text: &str) -> bool {
    MISSING.contains(&text)
}

/// Shortens a field for a message, because a stray quote can turn half the file into one field.
fn excerpt(text: &str) -> String {
    shortened(text, 40)
}
