//! The error that names all columns which are read only if the user says how.

use super::builder::Wanted;
use super::choice::Choice;
use super::{Csv, CsvError, CsvProblem, UnusableColumn, suspect};

/// The maximum number of columns that a message describes.
const LISTED: usize = 10;

impl Csv {
    /// The error that names these columns, if there is any.
    pub(super) fn unusable(&self, mut columns: Vec<UnusableColumn>) -> Result<(), CsvError> {
        let more = columns.len().saturating_sub(LISTED);
        columns.truncate(LISTED);
        if columns.is_empty() {
            Ok(())
        } else {
            Err(self.source.error(CsvProblem::Unusable { columns, more }))
        }
    }

    /// Names all features that are no numbers, if `error` is about the first and there are several.
    #[cold]
    pub(super) fn explain(&self, mut choice: Choice, error: CsvError) -> CsvError {
        if !matches!(error.problem, CsvProblem::NotANumber { .. }) {
            return error;
        }
        choice.targets.clear();
        let mut has_text = vec![false; choice.features.len()];
        self.for_each_field(&choice, &self.parts(0), |place, field| {
            has_text[place] |= field.number.is_none() && {
                let text = field.text().unwrap_or_default();
                self.missing.place_of_text(&text, field).is_none()
                    && self.units.number_in(field, &text).is_none()
            };
        });
        let mut has_text = has_text.into_iter();
        choice.features.retain(|_| has_text.next() == Some(true));
        let more = choice.features.len().saturating_sub(LISTED);
        choice.features.truncate(LISTED);
        let wanted = vec![Wanted::Guess; choice.features.len()];
        let Ok((memory, _)) = self.read_columns(&choice, &wanted) else { return error };
        let columns = memory.columns.iter().zip(&choice.features);
        let columns: Vec<_> = columns
            .filter_map(|(builder, column)| suspect::texts_of(builder, column, &self.source))
            .collect();
        if columns.len() < 2 { error } else { self.source.error(CsvProblem::Unusable { columns, more }) }
    }
}

/// `"a", "b"`, or the first few and the number of the others.
pub(super) fn listed(names: &[String]) -> String {
    let first: Vec<String> = names.iter().take(LISTED).map(|name| format!("{name:?}")).collect();
    let more = names.len() - first.len();
    first.join(", ") + &if more > 0 { format!(" and {more} more") } else { String::new() }
}
