//! The columns of a table, as they are put together after reading: what each turns out to be, and what the table says of it.

use super::builder::{Builder, Wanted, truth_value};
use super::column::{Column, excerpt};
use super::dates::DateFormat;
use super::mixed::Mixture;
use super::suspect::{self, Reading, Suspicion};
use super::unusable::listed;
use super::{Csv, CsvError, UnusableColumn, name};
use crate::DataError;
use crate::table::{self, ColumnValues, Remarks};

/// The columns so far.
pub(super) struct Assembly<'a> {
    csv: &'a Csv,
    /// The number of rows, with those that were dropped.
    rows: usize,
    read: Vec<table::Column>,
    remarks: Remarks,
    /// How columns were read or why they were left out, with their names.
    readings: Vec<(String, Vec<String>)>,
    left_out: Vec<UnusableColumn>,
    wrong: Vec<UnusableColumn>,
}

impl<'a> Assembly<'a> {
    pub(super) fn new(csv: &'a Csv, rows: usize) -> Self {
        let [left_out, wrong] = [const { Vec::new() }; 2];
        let remarks = Remarks { notes: csv.notes(), left_out: Vec::new() };
        Assembly { csv, rows, read: Vec::new(), remarks, readings: Vec::new(), left_out, wrong }
    }

    /// Adds a column with the kind that is wanted. A mixed one was read as texts, to see whether it is.
    pub(super) fn add(
        &mut self,
        column: &Column,
        builder: Builder,
        wanted: &Wanted,
        mixture: Option<Mixture>,
    ) -> Result<(), CsvError> {
        let (source, texts) = (&self.csv.source, builder.texts);
        if *wanted == Wanted::Guess && self.csv.is_behind_last(column, &builder) {
            self.remarks.notes.push(format!("left out, without a value: column {}", column.position + 1));
            self.left_out.push(suspect::without_value().of(column));
            return Ok(());
        }
        if let (Wanted::Numbers, Some((at, text))) =
            (wanted, texts.first.filter(|_| builder.numbers.count > 0))
        {
            let text = text.text().unwrap_or_default();
            let (line, problem) = (Some(source.line(at)), column.not_a_number(&text));
            return Err(CsvError { line, ..source.error(problem) });
        }
        let checked = match (mixture, Mixture::of(&builder).filter(|_| *wanted == Wanted::Guess)) {
            (Some(mixture), _) => self.check_mixed(mixture, builder, column),
            (None, Some(mixture)) => Err((mixture.suspicion(source), None)),
            (None, None) => suspect::check(builder, wanted, self.rows, source),
        };
        match checked {
            Ok(values) => {
                if let (ColumnValues::Numbers(_), Some((_, text))) = (&values, texts.first) {
                    let text = text.text().unwrap_or_default();
                    if let Some(truth) = truth_value(&text) {
                        let (text, number) = (excerpt(&text), u8::from(truth));
                        let note = format!("{text:?} of column {:?} is read as {number}", name(&column.name));
                        self.remarks.notes.push(note);
                    }
                }
                let format = match wanted {
                    Wanted::Dates(format) => Some(format.to_string()),
                    _ => None,
                };
                self.push(column, values, format);
            }
            Err((suspicion, values)) => self.judge(column, suspicion, values),
        }
        Ok(())
    }

    /// Reads or leaves out a suspicious column that can only be one thing, and says so. A column that the user names is not left out.
    fn judge(&mut self, column: &Column, suspicion: Suspicion, values: Option<ColumnValues>) {
        let is_named = self.csv.features.is_some();
        match (suspicion.reading, values) {
            (Some(Reading::LeftOut(_)), Some(values)) if is_named => self.push(column, values, None),
            (Some(Reading::LeftOut(why)), _) if !is_named => {
                self.note(format!("left out, {why}"), column);
                self.remarks.left_out.push((column.name.to_string(), why));
                self.left_out.push(suspicion.of(column));
            }
            (Some(Reading::Dates(format)), Some(ColumnValues::Categories { names, rows })) => {
                self.note(format!("read as dates of the format {format:?}"), column);
                let dates = DateFormat::new(format).expect("a usual format is one");
                let days: Vec<Option<f64>> = names.iter().map(|name| dates.days(name)).collect();
                let days = rows.into_iter().map(|row| row.and_then(|place| days[place])).collect();
                self.push(column, ColumnValues::Numbers(days), Some(format.to_owned()));
            }
            _ => self.wrong.push(suspicion.of(column)),
        }
    }

    /// The texts of a mixed column, if it can only have texts.
    fn check_mixed(
        &mut self,
        mixture: Mixture,
        builder: Builder,
        column: &Column,
    ) -> Result<ColumnValues, (Suspicion, Option<ColumnValues>)> {
        let (source, seen) = (&self.csv.source, builder.texts);
        match builder.values() {
            Some(ColumnValues::Categories { names, rows }) if mixture.are_texts(&names) => {
                match suspect::texts(&names, &rows, seen, source) {
                    Some(suspicion) => Err((suspicion, Some(ColumnValues::Categories { names, rows }))),
                    None => {
                        self.note("read as categories, though some are numbers".to_owned(), column);
                        Ok(ColumnValues::Categories { names, rows })
                    }
                }
            }
            _ => Err((mixture.suspicion(source), None)),
        }
    }

    fn push(&mut self, column: &Column, values: ColumnValues, format: Option<String>) {
        self.read.push(table::Column::new(column.name.to_string(), values).with_date_format(format));
    }

    fn note(&mut self, reading: String, column: &Column) {
        let name = name(&column.name);
        match self.readings.iter_mut().find(|(before, _)| *before == reading) {
            Some((_, names)) => names.push(name),
            None => self.readings.push((reading, vec![name])),
        }
    }

    /// Returns the columns, and what to say of them. Refuses columns that are something else, and a first row that was taken for names though it is
    /// one of values.
    pub(super) fn finish(mut self, checks_header: bool) -> Result<(Vec<table::Column>, Remarks), DataError> {
        if self.read.is_empty() {
            self.wrong.append(&mut self.left_out);
        }
        self.csv.unusable(self.wrong)?;
        let is_first_row_of_values =
            self.read.iter().all(|column| has_own_name(column) || is_free_text(column))
                && self.read.iter().any(has_own_name);
        if checks_header && is_first_row_of_values {
            return Err(self.csv.header.looks_like_values(&self.csv.source).into());
        }
        let notes =
            self.readings.into_iter().map(|(reading, names)| format!("{reading}: {}", listed(&names)));
        self.remarks.notes.extend(notes);
        Ok((self.read, self.remarks))
    }
}

impl Csv {
    /// Whether a column is only there because each line ends with a delimiter. Where there are names, it has none.
    fn is_behind_last(&self, column: &Column, builder: &Builder) -> bool {
        !self.header.is_in_file()
            && column.position > 0
            && column.position + 1 == self.header.columns()
            && builder.numbers.count + builder.texts.count == 0
    }
}

/// Whether most rows have a text of their own, so that that of the first row would hardly return.
fn is_free_text(column: &table::Column) -> bool {
    match column.values() {
        ColumnValues::Numbers(_) => false,
        ColumnValues::Categories { names, rows } => 2 * names.len() > rows.len(),
    }
}

/// Whether a column has its name among its categories.
fn has_own_name(column: &table::Column) -> bool {
    match column.values() {
        ColumnValues::Numbers(_) => false,
        ColumnValues::Categories { names, .. } => names.iter().any(|name| name == column.name()),
    }
}
