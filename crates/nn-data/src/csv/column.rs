//! A column and the values of its fields.

use std::borrow::Cow;

use nn_core::Scalar;

use super::missing::Markers;
use super::records::Field;
use super::units::Units;
use super::{CsvProblem, name};
use crate::error::shortened;

/// The position and the name of a column.
#[derive(Debug)]
pub(super) struct Column<'a> {
    pub(super) position: usize,
    pub(super) name: Cow<'a, str>,
}

impl Column<'_> {
    /// Returns the text of a field of this column, which must not be missing.
    pub(super) fn text<'r>(&self, field: Field<'r>, missing: &Markers) -> Result<Cow<'r, str>, CsvProblem> {
        match field.text() {
            None => Err(CsvProblem::NotUtf8 { column: name(&self.name) }),
            Some(text) if missing.place_of_text(&text, field).is_some() => {
                Err(CsvProblem::MissingValue { column: name(&self.name), found: excerpt(&text) })
            }
            Some(text) => Ok(text),
        }
    }

    /// Returns the number in a field of this column, which must be finite.
    #[inline]
    pub(super) fn number<F: Scalar>(
        &self,
        field: Field,
        missing: &Markers,
        units: &Units,
    ) -> Result<F, CsvProblem> {
        if let Some(exact) = field.number
            && !missing.contain(field)
        {
            let value = F::from_f64(exact);
            if exact.abs() <= EXACT || value.to_f64() == exact {
                return Ok(value);
            }
        }
        self.number_in_text(field, missing, units)
    }

    #[cold]
    fn number_in_text<F: Scalar>(
        &self,
        field: Field,
        missing: &Markers,
        units: &Units,
    ) -> Result<F, CsvProblem> {
        let text = self.text(field, missing)?;
        let plain = units.plain_number(field, &text);
        let number = plain.and_then(|plain| Some((plain.parse::<f64>().ok()?, plain)));
        let Some((exact, plain)) = number else { return Err(self.not_a_number(&text)) };
        let value = F::from_f64(exact);
        let (column, found) = (|| name(&self.name), || excerpt(&text));
        if !value.is_finite() {
            let (column, found) = (column(), found());
            // Without a digit, the text is `inf`, `infinity` or `nan`.
            return Err(if text.contains(|c: char| c.is_ascii_digit()) {
                CsvProblem::TooLarge { column, found, scalar: std::any::type_name::<F>() }
            } else {
                CsvProblem::NotFinite { column, found }
            });
        }
        let is_integer = plain.bytes().all(|byte| byte.is_ascii_digit() || b"+-".contains(&byte));
        if is_integer && value.to_f64() != exact {
            let rounded = value.to_f64().to_string();
            return Err(CsvProblem::Rounded { column: column(), found: found(), rounded });
        }
        Ok(value)
    }

    /// The error that a field is no date.
    #[cold]
    pub(super) fn not_a_date(&self, text: &str) -> CsvProblem {
        CsvProblem::NotADate { column: name(&self.name), found: excerpt(text) }
    }

    /// The error that a field is no number.
    #[cold]
    pub(super) fn not_a_number(&self, text: &str) -> CsvProblem {
        CsvProblem::NotANumber { column: name(&self.name), found: excerpt(text) }
    }
}

/// The largest number up to which `f32` has all integers: 2²⁴.
const EXACT: f64 = 16_777_216.0;

/// Shortens a field for a message, because a stray quote can turn half the file into one field.
pub(super) fn excerpt(text: &str) -> String {
    shortened(text, 40)
}
