//! The rows below the header, read by several threads.

use std::ops::Range;

use nn_core::team;

use super::choice::Choice;
use super::lines::Lines;
use super::parts::Part;
use super::records::{Field, Record};
use super::{Csv, CsvError, CsvProblem, name};

/// The rows that are kept of each part, as places in a tensor with room for all, and the number of those that are not.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) kept: Vec<Range<usize>>,
    pub(super) dropped: usize,
}

impl Rows {
    pub(super) fn count(&self) -> usize {
        self.kept.iter().map(Range::len).sum()
    }
}

impl Csv {
    /// Reads the parts, each with its part of `memory`, and returns the memory and the rows that are kept, of which there must be
    /// at least one. Every part is read to its end or to a row that is wrong. The first of those in the file is the error,
    /// however many threads there are.
    ///
    /// For each field in use, `take` is given the memory, the number of rows of the part that were kept so far, the place of the
    /// column in the choice and the field. If the row is dropped, the next one has the same number. At the end of a row that is
    /// kept, `keep` is given the memory and the first byte of the row. For an `ORDINARY` file, all of it is compiled apart: a
    /// closure that is called in one place becomes part of the loop.
    pub(super) fn read<'a, const ORDINARY: bool, T: Send>(
        &'a self,
        choice: &Choice,
        parts: &[Part],
        memory: Vec<T>,
        take: impl Fn(&mut T, usize, usize, Field<'a>) -> Result<(), CsvProblem> + Sync,
        keep: impl Fn(&mut T, usize) -> Result<(), CsvProblem> + Sync,
    ) -> Result<(Vec<T>, Rows), CsvError> {
        let jobs = parts.iter().zip(memory).map(|(part, memory)| (part, memory, Ok((0, 0))));
        let mut jobs: Vec<_> = jobs.collect();
        team::share(self.source.cost(), jobs.iter_mut(), |(part, memory, result)| {
            *result = self.read_part::<ORDINARY, _>(choice, part, memory, &take, &keep);
        });
        let (mut rows, mut start) = (Rows::default(), 0);
        let mut memory = Vec::with_capacity(jobs.len());
        for (part, memory_of_part, result) in jobs {
            let (kept, dropped) = result?;
            assert!(kept <= part.rows, "{kept} rows in {part:?}");
            rows.kept.push(start..start + kept);
            rows.dropped += dropped;
            start += part.rows;
            memory.push(memory_of_part);
        }
        match rows.count() {
            0 if rows.dropped == 0 => Err(self.source.error(CsvProblem::NoRows)),
            0 => Err(self.all_missing(choice, parts, rows.dropped)),
            _ => Ok((memory, rows)),
        }
    }

    /// Returns the numbers of rows of a part that are kept and that are dropped.
    fn read_part<'a, const ORDINARY: bool, T>(
        &'a self,
        choice: &Choice,
        part: &Part,
        memory: &mut T,
        take: impl Fn(&mut T, usize, usize, Field<'a>) -> Result<(), CsvProblem>,
        keep: impl Fn(&mut T, usize) -> Result<(), CsvProblem>,
    ) -> Result<(usize, usize), CsvError> {
        let order = choice.order();
        let (mut kept, mut dropped) = (0, 0);
        let mut records = self.source.records_of(part);
        loop {
            let (mut wanted, mut has_missing) = (&order[..], false);
            // Of several, the problem of the column that comes first in the order of the choice.
            let mut problem: Option<(usize, CsvProblem)> = None;
            let mut take = |place: usize, field| {
                if self.drop_missing && self.missing.contain(field) {
                    has_missing = true;
                } else if let Err(found) = take(memory, kept, place, field)
                    && problem.as_ref().is_none_or(|(before, _)| place < *before)
                {
                    problem = Some((place, found));
                }
            };
            let row = records.next_as::<ORDINARY>(|position, field| {
                if let [(first, place), rest @ ..] = wanted
                    && *first == position
                {
                    wanted = rest;
                    take(*place, field);
                }
            });
            let Some(row) = row else { return Ok((kept, dropped)) };
            let may_be_uneven = !ORDINARY && self.has_uneven_rows;
            let is_read = row.fields == self.header.columns() || (may_be_uneven && self.may_be_uneven(row));
            if may_be_uneven && row.fields < self.header.columns() {
                // What the row lacks is missing.
                wanted.iter().for_each(|&(_, place)| take(place, Field::EMPTY));
            }
            let problem = if !row.is_closed {
                CsvProblem::UnclosedQuote
            } else if !is_read {
                self.field_count(row)
            } else if has_missing {
                dropped += 1;
                continue;
            } else if let Some((_, problem)) = problem {
                problem
            } else if let Err(problem) = keep(memory, row.start) {
                problem
            } else {
                kept += 1;
                continue;
            };
            return Err(self.source.error_in(row, problem));
        }
    }

    /// Whether a row that is longer or shorter than the header is one that [`uneven_rows`](super::CsvOptions::uneven_rows) reads.
    fn may_be_uneven(&self, row: Record) -> bool {
        let columns = self.header.columns();
        let mut is_empty_behind = true;
        if row.fields > columns {
            let mut fields = self.source.records(row.start);
            fields.next(|place, field| is_empty_behind &= place < columns || field.is_empty());
        }
        // A line with less is hardly a row, and a file of such rows would be a much larger table.
        2 * row.fields > columns && is_empty_behind
    }

    /// The error that a row has too many or too few fields.
    #[cold]
    fn field_count(&self, row: Record) -> CsvProblem {
        /// The maximum size of notes below a table.
        const NOTES: usize = 1 << 12;
        let (expected, found) = (self.header.columns(), row.fields);
        let marks = [row, self.header.record].map(|record| self.source.mark_of(record));
        let mut records = self.source.records(row.start);
        let mut has_number = false;
        records.next(|_, field| has_number |= field.number.is_some());
        let is_shorter = found < expected || (!has_number && records.next(|_, _| {}).is_none());
        let is_last = row.start > self.header.end && self.source.bytes_from(row.start) <= NOTES;
        let last = self.source.line(row.start) - 1;
        let may_be_uneven = self.may_be_uneven(row);
        CsvProblem::FieldCount {
            expected,
            found,
            delimiter: self.delimiter(),
            is_header: self.header.is_in_file(),
            comment: marks[0].or(marks[1].filter(|_| self.source.dialect.comment.is_none())),
            may_be_uneven,
            lines: (is_last && is_shorter && !may_be_uneven)
                .then(|| Lines { last: Some(last), ..self.source.lines }.text()),
        }
    }

    /// Calls `take` with the place in the choice and the field, for every field in use of all rows.
    pub(super) fn for_each_field<'a>(
        &'a self,
        choice: &Choice,
        parts: &[Part],
        mut take: impl FnMut(usize, Field<'a>),
    ) {
        let order = choice.order();
        for part in parts {
            let mut records = self.source.records_of(part);
            loop {
                let mut wanted = &order[..];
                let row = records.next(|position, field| {
                    if let [(first, place), rest @ ..] = wanted
                        && *first == position
                    {
                        take(*place, field);
                        wanted = rest;
                    }
                });
                if row.is_none() {
                    break;
                }
            }
        }
    }

    /// The error that all rows were dropped. Names the columns that have the fewest values.
    fn all_missing(&self, choice: &Choice, parts: &[Part], rows: usize) -> CsvError {
        // A short row lacks fields, so the values are counted.
        let mut counts = vec![rows; choice.columns().count()];
        self.for_each_field(choice, parts, |place, field| {
            counts[place] -= usize::from(!self.missing.contain(field));
        });
        let missing = counts.iter().max().copied().unwrap_or(0);
        let mut names = choice.columns().zip(&counts).filter(|&(_, &count)| count == missing);
        let columns: Vec<String> = names.by_ref().take(5).map(|(column, _)| name(&column.name)).collect();
        self.source.error(CsvProblem::AllMissing { rows, missing, columns, more: names.count() })
    }
}
