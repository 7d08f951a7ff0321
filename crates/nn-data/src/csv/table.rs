//! A whole file as a table: each column with the kind that its values have, or that the user gives it.

use nn_core::SettingError;

use super::builder::{Builder, Wanted, truth_value};
use super::choice::Choice;
use super::column::excerpt;
use super::dates::DateFormat;
use super::records::Field;
use super::suspect;
use super::{Csv, CsvError, CsvProblem, Kind, name};
use crate::table::{Column, ColumnKind, ColumnValues, Table};
use crate::{DataError, UnusableColumn};

/// What is read of a part.
struct Memory<'a> {
    /// The fields of a row. They are read when it is clear that the row is kept.
    row: Vec<Field<'a>>,
    columns: Vec<Builder<'a>>,
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
    /// other. Printed, the table says what was guessed and left out.
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
    /// dates, of texts that look like numbers (`1,234`, `5 %`), without any value, and, in a table of ten rows or more, those that count the rows and those with another
    /// text in each row. A value that does not fit a kind that was set is an error, and so is a first row whose fields all
    /// return below it, in a table without numbers: it is hardly a header.
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
        let (Memory { columns, starts, markers, .. }, dropped) = self.read_columns(choice, wanted)?;
        let rows = starts.len() + dropped;
        let mut notes = self.notes();
        let (mut read, mut wrong) = (Vec::with_capacity(columns.len()), Vec::new());
        for ((builder, column), wanted) in columns.into_iter().zip(&choice.features).zip(wanted) {
            if *wanted == Wanted::Guess && self.is_behind_last(column, &builder) {
                notes.push(format!("left out, without a value: column {}", column.position + 1));
                continue;
            }
            let first_text = builder.texts.first;
            if let (Wanted::Numbers, Some((at, text))) =
                (wanted, first_text.filter(|_| builder.numbers.count > 0))
            {
                let text = text.text().unwrap_or_default();
                let (line, problem) = (Some(self.source.line(at)), column.not_a_number(&text));
                return Err(CsvError { line, ..self.source.error(problem) }.into());
            }
            match suspect::check(builder, wanted, rows, &self.source) {
                Ok(values) => {
                    if let (ColumnValues::Numbers(_), Some((_, text))) = (&values, first_text) {
                        let text = text.text().unwrap_or_default();
                        let one = truth_value(&text).map_or("", |truth| if truth { "1" } else { "0" });
                        notes.push(format!(
                            "{:?} of column {:?} is read as {one}",
                            excerpt(&text),
                            name(&column.name)
                        ));
                    }
                    let format = match wanted {
                        Wanted::Dates(format) => Some(format.to_string()),
                        _ => None,
                    };
                    read.push(Column::new(column.name.to_string(), values).with_date_format(format));
                }
                Err(suspicion) => wrong.push(suspicion.of(column)),
            }
        }
        self.unusable(wrong)?;
        if self.checks_header
            && wanted.iter().all(|wanted| *wanted == Wanted::Guess)
            && read.iter().all(has_own_name)
        {
            return Err(self.header.looks_like_values(&self.source).into());
        }
        notes.extend(self.missing_note(&markers));
        Table::from_file(read, self.source.file(), self.source.lines(starts), notes)
    }

    /// Whether a column is only there because each line ends with a delimiter. Where there are names, it has none.
    fn is_behind_last(&self, column: &super::column::Column, builder: &Builder) -> bool {
        !self.header.is_in_file()
            && column.position > 0
            && column.position + 1 == self.header.columns()
            && builder.numbers.count + builder.texts.count == 0
    }

    /// Reads the features of a choice, with the rows of all parts in one, and returns the number of dropped rows as well.
    fn read_columns<'a>(
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
                if let Some(marker) = builder.push(*field, start, column, wanted, &self.missing)? {
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
            row: vec![Field::default(); columns],
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
                self.missing.place_of_text(&text, field).is_none() && field.number_in(&text).is_none()
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

/// The maximum number of columns that a message describes.
const LISTED: usize = 10;

/// Whether a column has its name among its categories.
fn has_own_name(column: &Column) -> bool {
    match column.values() {
        ColumnValues::Numbers(_) => false,
        ColumnValues::Categories { names, .. } => names.iter().any(|name| name == column.name()),
    }
}
