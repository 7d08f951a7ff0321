//! The values of one column of a table, as they come, and what they turn out to be.

use std::borrow::Cow;

use super::class_names::ClassNames;
use super::column::Column;
use super::dates::DateFormat;
use super::missing::Markers;
use super::records::{Field, is_padded_with_zeros};
use super::units::Units;
use super::{CsvProblem, name};
use crate::table::ColumnValues;

/// The kind of a column as the user wants it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wanted {
    /// Numbers if all values are numbers, categories if none is.
    Guess,
    /// Numbers, or truth values.
    Numbers,
    Categories,
    Dates(DateFormat),
}

/// The values of a column in a part of the file.
#[derive(Debug)]
pub(super) struct Builder<'a> {
    pub(super) rows: usize,
    /// The number of rows to make room for.
    room: usize,
    pub(super) numbers: Seen<'a>,
    pub(super) texts: Seen<'a>,
    /// Those of the numbers that are written with zeros in front, as codes are.
    pub(super) codes: Seen<'a>,
    values: Values<'a>,
}

/// The number of fields of a sort, and the first of them with the place of its record.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) count: usize,
    pub(super) first: Option<(usize, Field<'a>)>,
}

#[derive(Debug, Default)]
enum Values<'a> {
    /// So far all values are missing.
    #[default]
    Nothing,
    Numbers(Vec<Option<f64>>),
    Texts(ClassNames<'a>, Vec<Option<usize>>),
    /// Numbers and texts, which have no place in one column.
    Both,
}

impl<'a> Builder<'a> {
    pub(super) fn new(room: usize) -> Self {
        let [numbers, texts, codes] = [Seen::default(); 3];
        Builder { rows: 0, room, numbers, texts, codes, values: Values::Nothing }
    }

    /// Adds the field of a record that starts at byte `at`. Returns the marker that stands for a missing value, if it is one.
    pub(super) fn push(
        &mut self,
        field: Field<'a>,
        at: usize,
        column: &Column,
        wanted: &Wanted,
        missing: &Markers,
        units: &Units,
    ) -> Result<Option<usize>, CsvProblem> {
        if missing.contain(field) {
            self.put_missing();
            return Ok(missing.place_of(field));
        }
        if let (Wanted::Guess | Wanted::Numbers, Some(number)) = (wanted, field.number) {
            self.numbers.add(field, at);
            if field.is_padded_with_zeros() {
                self.codes.add(field, at);
            }
            self.put_number(number)?;
            return Ok(None);
        }
        let text = field.text().ok_or_else(|| CsvProblem::NotUtf8 { column: name(&column.name) })?;
        let number = match wanted {
            Wanted::Guess => units.number_in(field, &text).filter(|number| number.is_finite()),
            Wanted::Numbers => match truth_value(&text) {
                None => Some(column.number(field, missing, units)?),
                Some(truth) => {
                    self.texts.add(field, at);
                    self.put_number(f64::from(u8::from(truth)))?;
                    return Ok(None);
                }
            },
            Wanted::Categories => None,
            Wanted::Dates(format) => Some(format.days(&text).ok_or_else(|| column.not_a_date(&text))?),
        };
        match number {
            Some(number) => {
                self.numbers.add(field, at);
                if is_padded_with_zeros(text.as_bytes()) {
                    self.codes.add(field, at);
                }
                self.put_number(number)?;
            }
            None => {
                self.texts.add(field, at);
                self.put_text(text)?;
            }
        }
        Ok(None)
    }

    fn put_missing(&mut self) {
        self.rows += 1;
        match &mut self.values {
            Values::Numbers(all) => all.push(None),
            Values::Texts(_, all) => all.push(None),
            Values::Nothing | Values::Both => {}
        }
    }

    fn put_number(&mut self, number: f64) -> Result<(), CsvProblem> {
        match &mut self.values {
            Values::Numbers(all) => all.push(Some(number)),
            Values::Nothing => {
                let mut all = self.missing_rows()?;
                all.push(Some(number));
                self.values = Values::Numbers(all);
            }
            values => *values = Values::Both,
        }
        self.rows += 1;
        Ok(())
    }

    fn put_text(&mut self, text: Cow<'a, str>) -> Result<(), CsvProblem> {
        match &mut self.values {
            Values::Texts(names, all) => all.push(Some(names.index(text))),
            Values::Nothing => {
                let (mut names, mut all) = (ClassNames::default(), self.missing_rows()?);
                all.push(Some(names.index(text)));
                self.values = Values::Texts(names, all);
            }
            values => *values = Values::Both,
        }
        self.rows += 1;
        Ok(())
    }

    /// The rows so far, all of them missing, with room for the others: memory that grows takes three times as much.
    fn missing_rows<T: Clone>(&self) -> Result<Vec<Option<T>>, CsvProblem> {
        let mut rows = Vec::new();
        let problem = |_| CsvProblem::NoMemory { rows: self.room, columns: 1 };
        rows.try_reserve_exact(self.room.max(self.rows + 1)).map_err(problem)?;
        rows.resize(self.rows, None);
        Ok(rows)
    }

    /// Appends the rows of the part that follows.
    pub(super) fn append(&mut self, next: Self) {
        self.numbers.append(next.numbers);
        self.texts.append(next.texts);
        self.codes.append(next.codes);
        let (before, rows) = (self.rows, self.rows + next.rows);
        match (&mut self.values, next.values) {
            (_, Values::Nothing) => {}
            (Values::Numbers(all), Values::Numbers(next)) => all.extend(next),
            (Values::Texts(names, all), Values::Texts(next_names, next)) => {
                let places: Vec<usize> =
                    next_names.into_names().into_iter().map(|name| names.index(name)).collect();
                all.extend(next.into_iter().map(|place| place.map(|place| places[place])));
            }
            (values @ Values::Nothing, mut next) => {
                next.put_missing_first(before);
                *values = next;
            }
            (values, _) => *values = Values::Both,
        }
        self.values.put_missing_last(rows);
        self.rows = rows;
    }

    /// The values, or `None` if they are none or of both sorts.
    pub(super) fn values(self) -> Option<ColumnValues> {
        match self.values {
            Values::Numbers(all) => Some(ColumnValues::Numbers(all)),
            Values::Texts(names, rows) => {
                let names = names.into_names().into_iter().map(Cow::into_owned).collect();
                Some(ColumnValues::Categories { names, rows })
            }
            Values::Nothing | Values::Both => None,
        }
    }
}

impl<'a> Seen<'a> {
    fn add(&mut self, field: Field<'a>, at: usize) {
        self.count += 1;
        self.first.get_or_insert((at, field));
    }

    fn append(&mut self, next: Self) {
        self.count += next.count;
        self.first = self.first.or(next.first);
    }
}

impl Values<'_> {
    fn put_missing_first(&mut self, count: usize) {
        match self {
            Values::Numbers(all) => drop(all.splice(..0, std::iter::repeat_n(None, count))),
            Values::Texts(_, all) => drop(all.splice(..0, std::iter::repeat_n(None, count))),
            Values::Nothing | Values::Both => {}
        }
    }

    fn put_missing_last(&mut self, rows: usize) {
        match self {
            Values::Numbers(all) => all.resize(rows, None),
            Values::Texts(_, all) => all.resize(rows, None),
            Values::Nothing | Values::Both => {}
        }
    }
}

/// A word that says yes or no.
pub(super) fn truth_value(text: &str) -> Option<bool> {
    match &text.to_ascii_lowercase()[..] {
        "true" | "yes" => Some(true),
        "false" | "no" => Some(false),
        _ => None,
    }
}
