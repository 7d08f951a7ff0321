//! The first row: the names of the columns. A name is looked at only when its column is read or listed.

use std::borrow::Cow;

use super::lines::Lines;
use super::options::CsvOptions;
use super::records::{Field, Record};
use super::source::Source;

use super::{CsvError, CsvProblem, name};

/// Where the header is. Its names stay in the file, because it may have millions of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub(super) record: Record,
    /// The first byte of the rows.
    pub(super) end: usize,
    names: Names,
    /// Whether some of the names are numbers, which we took for names.
    pub(super) has_numbers: bool,
    /// Whether a line of dashes below the names is left out.
    pub(super) has_rule: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Names {
    /// The record has a name for each column.
    All,
    /// It has a name for each column but the first, which has the names of the rows.
    AllButFirst,
    /// It has values.
    None,
}

impl Header {
    /// Finds the header, and refuses a first row that seems to be something else.
    pub(super) fn read(source: &Source, options: &CsvOptions) -> Result<Self, CsvError> {
        let mut records = source.records(0);
        let record = records.next(|_, _| {}).ok_or_else(|| source.error(CsvProblem::Empty))?;
        if !record.is_closed {
            return Err(source.error_in(record, CsvProblem::UnclosedQuote));
        }
        let end = records.at;
        let mut header = Header { record, end, names: Names::All, has_numbers: false, has_rule: false };
        if options.lines_of_rows.is_some() {
            return Ok(Header { end: record.start, names: Names::None, ..header });
        }
        if let Some(end) = source.end_of_rule(end, record.fields) {
            (header.end, header.has_rule) = (end, true);
        }
        header.check_length(source, options.has_header)?;
        if !options.has_header {
            header.check_names(source)?;
        }
        Ok(header)
    }

    /// The number of columns.
    pub(super) fn columns(self) -> usize {
        self.record.fields + usize::from(self.names == Names::AllButFirst)
    }

    /// Whether the names are those of the file.
    pub(super) fn is_in_file(self) -> bool {
        self.names != Names::None
    }

    /// Calls `take` with the position of each column, counted from 0, and its name, which is `None` if it is not UTF-8.
    pub(super) fn for_each<'a>(self, source: &'a Source, mut take: impl FnMut(usize, Option<Cow<'a, str>>)) {
        let first = usize::from(self.names == Names::AllButFirst);
        if first == 1 {
            take(0, Some("".into()));
        }
        source.records(self.record.start).next(|position, name: Field<'a>| match self.names {
            Names::None => take(position, Some(format!("column {}", position + 1).into())),
            _ => take(first + position, name.text()),
        });
    }

    /// The error that the first row seems to be one of values.
    pub(super) fn looks_like_values(self, source: &Source) -> CsvError {
        const LISTED: usize = 5;
        let mut found = Vec::new();
        self.for_each(source, |position, text| {
            if position < LISTED {
                found.push(name(text.as_deref().unwrap_or("\u{FFFD}")));
            }
        });
        let more = self.columns() - found.len();
        let rows = source.lines.text();
        let below = Lines { first: source.line(self.record.start) + 1, ..source.lines }.text();
        source.error_in(self.record, CsvProblem::HeaderOfValues { found, more, rows, below })
    }

    /// A number is hardly a name, unless it is one of many years or of a long count.
    fn check_names(&mut self, source: &Source) -> Result<(), CsvError> {
        let mut records = source.records(self.record.start);
        let [names, below] = [(); 2].map(|()| {
            let mut numbers = Sequence::new();
            records.next(|_, field| {
                let in_text = || field.text().and_then(|text| field.number_in(&text));
                if let Some(number) = field.number.or_else(in_text).filter(|number| number.is_finite()) {
                    numbers.push(number);
                }
            });
            numbers
        });
        self.has_numbers = names.count < self.record.fields
            && !below.are_names()
            && (names.are_names()
                || (names.count > 0 && names.are_years && self.are_years_among_names(source)));
        if names.count == 0 || self.has_numbers { Ok(()) } else { Err(self.looks_like_values(source)) }
    }

    /// Whether the numbers among the names, which are years, are names as well: some other name is a text above numbers, and no year
    /// stands above years.
    fn are_years_among_names(self, source: &Source) -> bool {
        const ROWS: usize = 50;
        // What is seen of a column, in a byte: files may have very many columns.
        const YEAR_AS_NAME: u8 = 1;
        const NUMBERS: u8 = 2;
        const OTHERS: u8 = 4;
        let mut seen = vec![0; self.record.fields];
        let mut records = source.records(self.record.start);
        records.next(|place, field| seen[place] = if field.number.is_some() { YEAR_AS_NAME } else { 0 });
        let (mut are_years, mut rows) = (false, 0);
        records.at = self.end;
        while rows < ROWS {
            let row = records.next(|place, field| {
                let Some(seen) = seen.get_mut(place) else { return };
                are_years |= *seen & YEAR_AS_NAME > 0 && field.number.is_some_and(may_be_year);
                match field.number {
                    Some(_) => *seen |= NUMBERS,
                    None if field.is_empty() => {}
                    None => *seen |= OTHERS,
                }
            });
            match row {
                Some(row) if row.fields == self.record.fields => rows += 1,
                Some(_) => return false,
                None => break,
            }
        }
        let mut records = source.records(self.record.start);
        let mut is_text_above_numbers = false;
        records.next(|place, field| {
            let is_word = || {
                field.short_text().is_some_and(|text| text.chars().filter(|c| c.is_alphabetic()).count() > 3)
            };
            is_text_above_numbers |= seen[place] == NUMBERS && is_word();
        });
        rows > 1 && is_text_above_numbers && !are_years
    }

    /// Compares the number of names with the numbers of fields in the first rows. Lines above the header often have fewer. A row
    /// that is known to have names lacks the one of the first column if it has one less.
    fn check_length(&mut self, source: &Source, are_names: bool) -> Result<(), CsvError> {
        const ROWS: usize = 50;
        let (mut rows, mut records) = (Vec::with_capacity(ROWS), source.records(self.end));
        while let Some(row) = records.next(|_, _| {}).filter(|row| row.is_closed && rows.len() < ROWS) {
            rows.push(row);
        }
        let names = self.record.fields;
        let with = |fields: usize| rows.iter().filter(|row| row.fields == fields).count();
        let Some(fields) = rows.iter().map(|row| row.fields).max_by_key(|&fields| with(fields)) else {
            return Ok(());
        };
        if 2 * with(fields) <= rows.len() {
            return Ok(());
        }
        if names >= fields {
            return if are_names { Ok(()) } else { self.check_fill(source, &rows) };
        }
        let has_names_of_rows = || with(fields) == rows.len() && self.has_names_of_rows(source, rows.len());
        if names + 1 == fields && (are_names || (rows.len() > 1 && has_names_of_rows())) {
            self.names = Names::AllButFirst;
            return Ok(());
        }
        if with(fields) < 2 {
            return Ok(());
        }
        let first = rows.iter().find(|row| row.fields == fields).expect("there are at least two");
        let mut comment = None;
        source.records(self.record.start).next(|place, field| {
            if place == 0 {
                comment = field.text().and_then(|text| text.chars().next()).filter(|c| "#%!".contains(*c));
            }
        });
        Err(self.too_few_names(source, names, fields, *first, comment))
    }

    /// Refuses a first row with few names above rows that are full, such as a title above a table that a spreadsheet saved: all
    /// lines have as many delimiters there.
    fn check_fill(&self, source: &Source, rows: &[Record]) -> Result<(), CsvError> {
        let filled = |record: &Record| {
            let mut count = 0;
            source.records(record.start).next(|_, field| count += usize::from(!field.is_empty()));
            count
        };
        let (found, expected) = (filled(&self.record), self.record.fields);
        if expected < 3 || 3 * found > expected {
            return Ok(());
        }
        let full: Vec<&Record> = rows.iter().filter(|row| 2 * filled(row) > expected).collect();
        let [first, _, ..] = &full[..] else { return Ok(()) };
        Err(self.too_few_names(source, found, expected, **first, None))
    }

    /// The error that the first row has too few names. The table starts at the first row that is full.
    fn too_few_names(
        self,
        source: &Source,
        found: usize,
        expected: usize,
        full: Record,
        comment: Option<char>,
    ) -> CsvError {
        let mut is_header = true;
        source.records(full.start).next(|_, field| is_header &= field.number.is_none());
        let below = Lines { first: source.line(full.start), ..source.lines }.text();
        let problem = CsvProblem::ShortHeader { found, expected, below, is_header, comment };
        source.error_in(self.record, problem)
    }

    /// Whether the first fields of the rows are as programs write the names of rows: a count from 0 or 1, or in quotes as those of
    /// the columns are.
    fn has_names_of_rows(self, source: &Source, rows: usize) -> bool {
        let mut records = source.records(self.record.start);
        let mut are_quoted = true;
        records.next(|_, name| are_quoted &= name.is_quoted());
        // Counted from 0 or 1.
        let mut are_counted = [true; 2];
        for row in 0..rows {
            records.next(|place, field| {
                if place == 0 {
                    are_quoted &= field.is_quoted();
                    let text = field.text().unwrap_or_default();
                    are_counted = [0, 1].map(|first| are_counted[first] && text == (first + row).to_string());
                }
            });
        }
        self.record.fields > 1 && (are_quoted || are_counted.contains(&true))
    }
}

/// Whether a number may be that of a year.
fn may_be_year(number: f64) -> bool {
    number.fract() == 0.0 && (1500.0..2200.0).contains(&number)
}

/// Numbers of a row as they come. They are not kept, because a row may have millions.
struct Sequence {
    count: usize,
    first: f64,
    last: f64,
    step: f64,
    has_equal_steps: bool,
    are_years: bool,
}

impl Sequence {
    fn new() -> Self {
        Sequence { count: 0, first: 0.0, last: 0.0, step: 0.0, has_equal_steps: true, are_years: true }
    }

    fn push(&mut self, number: f64) {
        let step = number - self.last;
        match self.count {
            0 => self.first = number,
            1 => self.step = step,
            _ => self.has_equal_steps &= step == self.step,
        }
        self.are_years &= may_be_year(number);
        self.last = number;
        self.count += 1;
    }

    /// Whether the numbers can hardly be values: three years or more at equal distances, such as 1990, 1995 and 2000, or a count of ten
    /// or more from 0 or 1, as programs name columns that have no names.
    fn are_names(&self) -> bool {
        let are_counted = self.count >= 10 && self.step == 1.0 && (self.first == 0.0 || self.first == 1.0);
        let are_years = self.count >= 3 && self.step != 0.0 && self.are_years;
        self.has_equal_steps && (are_years || are_counted)
    }
}
