//! A whole file as a table: each column with the kind that its values have, or that the user gives it.

use nn_core::SettingError;

use super::assembly::Assembly;
use super::builder::{Builder, Wanted};
use super::choice::Choice;
use super::dates::DateFormat;
use super::mixed::Mixture;
use super::records::Field;
use super::{Csv, CsvError, CsvProblem, Kind};
use crate::DataError;
use crate::table::{ColumnKind, Table};

/// What is read of a part.
pub(super) struct Memory<'a> {
    /// The fields of a row. They are read when it is clear that the row is kept.
    row: Vec<Field<'a>>,
    pub(super) columns: Vec<Builder<'a>>,
    /// The first byte of each row.
    starts: Vec<usize>,
    /// The number of times each marker stands for a missing value.
    markers: Vec<usize>,
}

impl Csv {
    /// Reads the columns and guesses what each holds: numbers; truth values (`true` and `false`, or `yes` and `no`, in any
    /// case), which are the numbers 1 and 0; otherwise categories. [`numbers`](Csv::numbers), [`categories`](Csv::categories) and
    /// [`dates`](Csv::dates) say it instead. Values may be missing. The table has every column with a name, or those that
    /// [`features`](Csv::features) names, without those of [`except`](Csv::except); a file without a target is as good as any
    /// other. Printed, the table says what was guessed and left out:
    ///
    /// - Dates that have one usual format, with a year of four digits, are read as by [`dates`](Csv::dates).
    /// - Numbers among texts are texts if they are rare among free text, or if the column has codes such as `01` and `2A`.
    /// - A column without any value is left out, and, in a table of ten rows or more, one that counts the rows or has another text in
    ///   each, unless [`features`](Csv::features), [`numbers`](Csv::numbers) or [`categories`](Csv::categories) names it.
    ///
    /// ```
    /// use nn_data::Csv;
    /// let file = "\
    /// weight;origin;turbo
    /// 1,2;japan;no
    /// 1,65;NA;yes
    /// ";
    /// let cars = Csv::from_reader(file.as_bytes())?.table()?;
    /// assert_eq!(cars.column("weight")?.number(1), Some(1.65));
    /// assert_eq!(cars.column("turbo")?.number(0), Some(0.0));
    /// println!("{cars}");
    /// # let lines = cars.to_string();
    /// # assert!(lines.contains("semicolons") && lines.contains("\"NA\""), "{lines}");
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// [`DataError::Csv`] as [`Csv::classes`], with these differences: what a guess would get wrong is an error that names all
    /// such columns and what to do. These are columns of numbers with texts among them, of numbers with zeros in front (`007`), of
    /// dates that may have several formats or look like numbers (19991231), and of texts that look like numbers (`1,234`, `5 %`). A
    /// value that does not fit a kind that was set is an error, and so is a first row whose fields all return below it, in a table
    /// without numbers: it is hardly a header.
    pub fn table(&self) -> Result<Table, DataError> {
        let (features, except) = (self.features.as_deref(), &self.except[..]);
        let choice = Choice::new(&self.source, self.header, features, except, &[])?;
        if choice.features.is_empty() {
            return Err(self.source.error(CsvProblem::NoFeature).into());
        }
        let mut forced: Vec<&str> = self.kinds.iter().map(|(name, _)| &name[..]).collect();
        forced.sort_unstable();
        forced.dedup();
        Choice::of_names(&self.source, self.header, &forced)?;
        let wanted: Result<Vec<Wanted>, _> =
            choice.features.iter().map(|column| self.wanted(&column.name)).collect();
        self.read_table(&choice, &wanted?)
    }

    /// Reads the columns that another table had, each as what it was there: new rows for what learnt from that table. Other columns
    /// do not matter. Dates are expected in the format that they had there, unless [`dates`](Csv::dates) sets another.
    ///
    /// ```
    /// use nn_data::{ColumnKind, Csv};
    /// let columns = [
    ///     ("weight".to_owned(), ColumnKind::Number),
    ///     ("make".to_owned(), ColumnKind::Category),
    /// ];
    /// let file = "make,owner,weight\n500,Ann,1200\n500,Ben,980\n";
    /// let new = Csv::from_reader(file.as_bytes())?.table_like(&columns)?;
    /// assert_eq!(new.columns().len(), 2);
    /// assert_eq!(new.column("make")?.text(0), Some("500"));
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// [`DataError::Csv`] if the file does not have such a column, and for the first value that is of another kind;
    /// [`DataError::Setting`] for a format of dates that is none; otherwise as [`Csv::table`].
    pub fn table_like(&self, columns: &[(String, ColumnKind)]) -> Result<Table, DataError> {
        let names: Vec<&str> = columns.iter().map(|(name, _)| &name[..]).collect();
        let choice = Choice::of_names(&self.source, self.header, &names)?;
        if columns.is_empty() {
            return Err(self.source.error(CsvProblem::NoFeature).into());
        }
        let wanted = columns.iter().map(|(name, kind)| {
            Ok(match (self.wanted(name)?, kind) {
                (dates @ Wanted::Dates(_), ColumnKind::Number | ColumnKind::Date(_)) => dates,
                (_, ColumnKind::Date(format)) => Wanted::Dates(DateFormat::new(format)?),
                (_, ColumnKind::Number) => Wanted::Numbers,
                (_, ColumnKind::Category) => Wanted::Categories,
            })
        });
        let wanted: Result<Vec<Wanted>, SettingError> = wanted.collect();
        self.read_table(&choice, &wanted?)
    }

    fn read_table(&self, choice: &Choice, wanted: &[Wanted]) -> Result<Table, DataError> {
        let (mut memory, mut dropped) = self.read_columns(choice, wanted)?;
        // Which texts a mixed column has is seen only when its numbers are read as texts as well.
        let is_guess = |wanted: &Wanted| *wanted == Wanted::Guess;
        let mixture = |(builder, wanted)| {
            Mixture::of(builder).filter(|mixture| is_guess(wanted) && mixture.may_be_texts())
        };
        let mixtures: Vec<Option<Mixture>> = memory.columns.iter().zip(wanted).map(mixture).collect();
        if mixtures.iter().any(Option::is_some) {
            let texts = |(mixture, wanted): (&Option<Mixture>, &Wanted)| match mixture {
                Some(_) => Wanted::Categories,
                None => wanted.clone(),
            };
            let again: Vec<Wanted> = mixtures.iter().zip(wanted).map(texts).collect();
            drop(memory);
            (memory, dropped) = self.read_columns(choice, &again)?;
        }
        let Memory { columns, starts, markers, .. } = memory;
        let mut assembly = Assembly::new(self, starts.len() + dropped);
        for (((builder, column), wanted), mixture) in
            columns.into_iter().zip(&choice.features).zip(wanted).zip(mixtures)
        {
            assembly.add(column, builder, wanted, mixture)?;
        }
        let checks_header = self.checks_header && wanted.iter().all(is_guess);
        let (columns, mut remarks) = assembly.finish(checks_header)?;
        remarks.notes.extend(self.missing_note(&markers));
        Table::from_file(columns, self.source.file(), self.source.lines(starts), remarks)
    }

    /// Reads the features of a choice, with the rows of all parts in one, and returns the number of dropped rows as well.
    pub(super) fn read_columns<'a>(
        &'a self,
        choice: &Choice,
        wanted: &[Wanted],
    ) -> Result<(Memory<'a>, usize), CsvError> {
        if self.is_ordinary() {
            self.read_columns_as::<true>(choice, wanted)
        } else {
            self.read_columns_as::<false>(choice, wanted)
        }
    }

    fn read_columns_as<'a, const ORDINARY: bool>(
        &'a self,
        choice: &Choice,
        wanted: &[Wanted],
    ) -> Result<(Memory<'a>, usize), CsvError> {
        // A value may be missing.
        self.check_units(choice, choice.columns().count())?;
        let parts = self.parts(0);
        let all: usize = parts.iter().map(|part| part.rows).sum();
        let mut memory = Vec::with_capacity(parts.len());
        for part in &parts {
            // The others are appended to the first.
            let room = if memory.is_empty() { all } else { part.rows };
            memory.push(self.memory(choice, room)?);
        }
        let keep = |memory: &mut Memory<'a>, start: usize| {
            let Memory { row, columns, starts, markers } = memory;
            for (((field, builder), column), wanted) in
                row.iter().zip(columns).zip(&choice.features).zip(wanted)
            {
                if let Some(marker) =
                    builder.push(*field, start, column, wanted, &self.missing, &self.units)?
                {
                    markers[marker] += 1;
                }
            }
            starts.push(start);
            Ok(())
        };
        let take = |memory: &mut Memory<'a>, _, place: usize, field| {
            memory.row[place] = field;
            Ok(())
        };
        let (memory, rows) = self.read::<ORDINARY, _>(choice, &parts, memory, take, keep)?;
        let mut parts = memory.into_iter();
        let mut first = parts.next().unwrap_or_else(|| unreachable!("a file with rows has a part"));
        for next in parts {
            first.columns.iter_mut().zip(next.columns).for_each(|(column, next)| column.append(next));
            first.starts.extend(next.starts);
            first.markers.iter_mut().zip(next.markers).for_each(|(count, next)| *count += next);
        }
        Ok((first, rows.dropped))
    }

    fn memory<'a>(&'a self, choice: &Choice, room: usize) -> Result<Memory<'a>, CsvError> {
        let columns = choice.features.len();
        let mut starts = Vec::new();
        let problem = |_| self.source.error(CsvProblem::NoMemory { rows: room, columns });
        starts.try_reserve_exact(room).map_err(problem)?;
        Ok(Memory {
            row: vec![Field::EMPTY; columns],
            columns: (0..columns).map(|_| Builder::new(room)).collect(),
            starts,
            markers: vec![0; self.missing.texts().len()],
        })
    }

    /// The kind of a column that the user set.
    fn wanted(&self, name: &str) -> Result<Wanted, SettingError> {
        Ok(match self.kind_of(name) {
            None => Wanted::Guess,
            Some(Kind::Numbers) => Wanted::Numbers,
            Some(Kind::Categories) => Wanted::Categories,
            Some(Kind::Dates(format)) => Wanted::Dates(DateFormat::new(format)?),
        })
    }
}
