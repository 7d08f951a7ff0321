//! Columns of numbers of which only some have a unit, or not all the same.

use super::choice::Choice;
use super::column::{Column, excerpt};
use super::error::UnusableColumn;
use super::records::Field;
use super::{Csv, CsvError, Kind, name};

impl Csv {
    /// Refuses columns of numbers that have different units, or that only some of the numbers have: they are no single quantity.
    pub(super) fn check_units(&self, choice: &Choice, columns: usize) -> Result<(), CsvError> {
        let units = self.units.count();
        if units == 0 {
            return Ok(());
        }
        // For each column, the first number with each unit, and the first without.
        let mut found = vec![vec![None::<Field>; units + 1]; columns];
        self.for_each_field(choice, &self.parts(0), |place, field| {
            let Some(found) = found.get_mut(place) else { return };
            let text = field.text().unwrap_or_default();
            let unit = self.units.unit_in(field, &text);
            if let Some(unit) = unit.filter(|_| !self.missing.contain(field)) {
                found[unit].get_or_insert(field);
            }
        });
        let is_read =
            |column: &Column| !matches!(self.kind_of(&column.name), Some(Kind::Categories | Kind::Dates(_)));
        let columns = choice.columns().zip(found).filter(|(column, _)| is_read(column));
        let wrong = columns.filter_map(|(column, found)| {
            let mut found = found.into_iter().flatten();
            let (first, second) = (found.next()?, found.next()?);
            let [first, second] = [first, second].map(|field| excerpt(&field.text().unwrap_or_default()));
            Some(UnusableColumn {
                column: name(&column.name),
                found: format!("holds numbers of different units, such as {first:?} and {second:?}"),
                remedy: "write them in one unit, or leave it out with `except`".to_owned(),
            })
        });
        self.unusable(wrong.collect())
    }
}
