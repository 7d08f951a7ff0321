//! The rows below the header, read by several threads.

use std::ops::Range;

use nn_core::team;

use super::choice::Choice;
use super::column::is_missing;
use super::parts::Part;
use super::records::Field;
use super::{Csv, CsvError, CsvProblem};

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
    /// column in the choice and the field. If the row is dropped, the next one has the same number.
    pub(super) fn read<'a, T: Send>(
        &'a self,
        choice: &Choice,
        parts: &[Part],
        memory: Vec<T>,
        take: impl Fn(&mut T, usize, usize, Field<'a>) -> Result<(), CsvProblem> + Sync,
    ) -> Result<(Vec<T>, Rows), CsvError> {
        let jobs = parts.iter().zip(memory).map(|(part, memory)| (part, memory, Ok((0, 0))));
        let mut jobs: Vec<_> = jobs.collect();
        team::share(self.source.cost(), jobs.iter_mut(), |(part, memory, result)| {
            *result = self.read_part(choice, part, |row, place, field| take(memory, row, place, field));
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
            0 => Err(self.source.error(CsvProblem::AllMissing { rows: rows.dropped })),
            _ => Ok((memory, rows)),
        }
    }

    /// Returns the numbers of rows of a part that are kept and that are dropped.
    fn read_part<'a>(
        &'a self,
        choice: &Choice,
        part: &Part,
        mut take: impl FnMut(usize, usize, Field<'a>) -> Result<(), CsvProblem>,
    ) -> Result<(usize, usize), CsvError> {
        // The positions of the fields in use, in the order of the file, and their places in the choice.
        let positions = choice.features.iter().chain(&choice.targets).map(|column| column.position);
        let mut order: Vec<(usize, usize)> = positions.zip(0..).collect();
        order.sort_unstable();

        let (mut kept, mut dropped) = (0, 0);
        let mut records = self.source.records_of(part);
        loop {
            let (mut wanted, mut has_missing) = (&order[..], false);
            // Of several, the problem of the column that comes first in the order of the choice.
            let mut problem: Option<(usize, CsvProblem)> = None;
            let row = records.next(|position, field| {
                let [(first, place), rest @ ..] = wanted else { return };
                if *first != position {
                    return;
                }
                wanted = rest;
                if self.drop_missing && is_missing(field) {
                    has_missing = true;
                } else if let Err(found) = take(kept, *place, field)
                    && problem.as_ref().is_none_or(|(before, _)| place < before)
                {
                    problem = Some((*place, found));
                }
            });
            let Some(row) = row else { return Ok((kept, dropped)) };
            let (expected, found) = (self.header.columns(), row.fields);
            let problem = if !row.is_closed {
                CsvProblem::UnclosedQuote
            } else if found != expected {
                CsvProblem::FieldCount { expected, found }
            } else if has_missing {
                dropped += 1;
                continue;
            } else if let Some((_, problem)) = problem {
                problem
            } else {
                kept += 1;
                continue;
            };
            return Err(self.source.error_in(row, problem));
        }
    }
}
