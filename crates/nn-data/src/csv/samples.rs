//! Data sets of a file: features and classes, or features and values.

use nn_core::{Scalar, Tensor};

use super::choice::Choice;
use super::class_names::ClassNames;
use super::column::Column;
use super::parts::Part;
use super::records::Field;
use super::rows::Rows;
use super::suspect;
use super::{Csv, CsvError, CsvProblem, Kind};
use crate::{DataError, Dataset};

/// The samples and their classes, read by [`Csv::classes`].
#[derive(Debug, Clone)]
pub struct Classification<F> {
    /// Inputs `[samples, features]` and class indices.
    pub data: Dataset<F, Vec<usize>>,
    /// The name of each class: the file says `classes[data.y()[sample]]`.
    pub classes: Vec<String>,
    /// The name of each feature.
    pub features: Vec<String>,
    /// The number of rows that [`Csv::drop_missing`] left out.
    pub dropped: usize,
}

/// The samples and the numbers to predict, read by [`Csv::values`].
#[derive(Debug, Clone)]
pub struct Values<F> {
    /// Inputs `[samples, features]` and values `[samples, targets]`.
    pub data: Dataset<F, Tensor<F>>,
    /// The name of each feature.
    pub features: Vec<String>,
    /// The name of each target.
    pub targets: Vec<String>,
    /// The number of rows that [`Csv::drop_missing`] left out.
    pub dropped: usize,
}

impl Csv {
    /// Reads the samples with the column `target` as their classes.
    ///
    /// The classes are sorted: by value if all their names are finite numbers (`9` before `10`), otherwise alphabetically by
    /// code point, as by the `LabelEncoder` of scikit-learn. So the index of a class does not depend on the order of the rows.
    /// Names are compared as they are written: `1` and `1.0` are two classes.
    ///
    /// # Errors
    /// [`DataError::Csv`] if a column does not exist, has two roles, or shares its name with another, if a column that
    /// would be a feature has a name that is not UTF-8, or if there is no feature or no row, or no memory; and
    /// for the first row that has too many or too few fields, a missing or non-UTF-8 field in a column in use, a feature
    /// that is not a finite number in `F` or an integer that `F` would round, or a quoted field without an end. If several features
    /// are no numbers, the error names them all. With [`Csv::drop_missing`], also if no row is left.
    ///
    /// Also for a feature that is hardly meant: one that is set to [`categories`](Csv::categories) or [`dates`](Csv::dates), which only
    /// a [`table`](Csv::table) has, and, unless [`numbers`](Csv::numbers) names it, one with zeros in front of a number (`007`), as
    /// codes have them. Unless the features are chosen by name, also one that counts the rows (1, 2, 3 and so on, in ten rows or
    /// more) or that seems to be a date (19991231).
    pub fn classes<F: Scalar>(&self, target: &str) -> Result<Classification<F>, DataError> {
        let choice = self.choose(&[target])?;
        self.check_units(&choice, choice.features.len())?;
        if self.is_ordinary() {
            self.classes_as::<true, F>(choice)
        } else {
            self.classes_as::<false, F>(choice)
        }
    }

    fn classes_as<const ORDINARY: bool, F: Scalar>(
        &self,
        choice: Choice,
    ) -> Result<Classification<F>, DataError> {
        let parts = self.parts(choice.columns().count());
        let mut x = self.room(&parts, choice.features.len())?;
        let mut memory = Vec::with_capacity(parts.len());
        for (part, x) in parts.iter().zip(divided(&mut x, &parts)) {
            let mut labels = self.labels(part.rows)?;
            labels.resize(part.rows, 0);
            memory.push((x, ClassNames::default(), labels, Codes::new(&choice)));
        }
        let read = self.read::<ORDINARY, _>(
            &choice,
            &parts,
            memory,
            |(x, names, labels, codes), row, place, field| {
                match choice.features.get(place) {
                    Some(feature) => {
                        codes.look_at(field, place);
                        write(feature.number(field, &self.missing, &self.units)?, x[place], row);
                    }
                    None => {
                        write(names.index(choice.targets[0].text(field, &self.missing)?), labels, row);
                    }
                }
                Ok(())
            },
            |_, _| Ok(()),
        );
        let (memory, rows) = match read {
            Ok(read) => read,
            Err(error) => {
                drop(x);
                return Err(self.explain(choice, error).into());
            }
        };
        let mut names = ClassNames::default();
        let mut labels = self.labels(rows.count())?;
        let mut codes = Codes::new(&choice);
        for ((_, names_of_part, labels_of_part, codes_of_part), kept) in memory.into_iter().zip(&rows.kept) {
            codes.append(&codes_of_part);
            names.absorb(names_of_part, &labels_of_part[..kept.len()], &mut labels);
        }
        let (classes, rank) = names.sorted();
        labels.iter_mut().for_each(|label| *label = rank[*label]);
        let x = self.kept(x, &rows)?;
        self.check_features(&choice, &x, &rows, &codes)?;
        let data = Dataset::of_finite(x, labels);
        Ok(Classification { data, classes, features: column_names(choice.features), dropped: rows.dropped })
    }

    /// Reads the samples with the columns `targets` as the numbers to predict. Numbers are read as `f64` and rounded to
    /// `F`.
    ///
    /// # Errors
    /// As [`Csv::classes`]; the targets must also be finite numbers, and there must be at least one.
    pub fn values<F: Scalar>(
        &self,
        targets: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Values<F>, DataError> {
        let names: Vec<_> = targets.into_iter().collect();
        let choice = self.choose(&names.iter().map(AsRef::as_ref).collect::<Vec<_>>())?;
        self.check_units(&choice, choice.columns().count())?;
        if self.is_ordinary() {
            self.values_as::<true, F>(choice)
        } else {
            self.values_as::<false, F>(choice)
        }
    }

    fn values_as<const ORDINARY: bool, F: Scalar>(&self, choice: Choice) -> Result<Values<F>, DataError> {
        let parts = self.parts(choice.columns().count());
        let mut x = self.room(&parts, choice.features.len())?;
        let mut y = self.room(&parts, choice.targets.len())?;
        let columns = divided(&mut x, &parts).into_iter().zip(divided(&mut y, &parts));
        let memory = columns.map(|(x, y)| (x, y, Codes::new(&choice))).collect();
        let read = self.read::<ORDINARY, _>(
            &choice,
            &parts,
            memory,
            |(x, y, codes), row, place, field| {
                match choice.features.get(place) {
                    Some(feature) => {
                        codes.look_at(field, place);
                        write(feature.number(field, &self.missing, &self.units)?, x[place], row);
                    }
                    None => {
                        let place = place - choice.features.len();
                        write(
                            choice.targets[place].number(field, &self.missing, &self.units)?,
                            y[place],
                            row,
                        );
                    }
                }
                Ok(())
            },
            |_, _| Ok(()),
        );
        let (memory, rows) = match read {
            Ok(read) => read,
            Err(error) => {
                drop((x, y));
                return Err(self.explain(choice, error).into());
            }
        };
        let mut codes = Codes::new(&choice);
        memory.iter().for_each(|(_, _, codes_of_part)| codes.append(codes_of_part));
        drop(memory);
        let x = self.kept(x, &rows)?;
        self.check_features(&choice, &x, &rows, &codes)?;
        let data = Dataset::of_finite(x, self.kept(y, &rows)?);
        let Choice { features, targets } = choice;
        let (features, targets) = (column_names(features), column_names(targets));
        Ok(Values { data, features, targets, dropped: rows.dropped })
    }

    /// Chooses the columns. Features are numbers, so none may be set to another kind.
    fn choose<'a>(&'a self, targets: &[&'a str]) -> Result<Choice<'a>, CsvError> {
        let features = self.features.as_deref();
        let choice = Choice::of_samples(&self.source, self.header, features, &self.except, targets)?;
        let other_kind = |column: &Column| {
            let set = match self.kind_of(&column.name)? {
                Kind::Numbers => return None,
                Kind::Categories => "categories",
                Kind::Dates(_) => "dates",
            };
            Some(suspect::kind(set).of(column))
        };
        self.unusable(choice.features.iter().filter_map(other_kind).collect())?;
        Ok(choice)
    }

    /// Refuses features that are hardly meant: codes, unless they are said to be numbers, and, unless the features are chosen by
    /// name, those that count the rows and dates.
    fn check_features<F: Scalar>(
        &self,
        choice: &Choice,
        x: &Tensor<F>,
        rows: &Rows,
        codes: &Codes,
    ) -> Result<(), CsvError> {
        let is_free = |column: &Column| self.kind_of(&column.name).is_none();
        let all = rows.count() + rows.dropped;
        let mut wrong = Vec::new();
        for (place, column) in choice.features.iter().enumerate().filter(|(_, column)| is_free(column)) {
            if let Some(field) = codes.first[place] {
                wrong.push(suspect::code(field, &self.source).of(column));
            } else if self.features.is_none() {
                let numbers = x.feature(place).iter().map(|number| number.to_f64());
                wrong.extend(suspect::numbers(numbers, all).map(|suspicion| suspicion.of(column)));
            }
        }
        self.unusable(wrong)
    }

    /// Makes a tensor with room for the rows of all parts.
    fn room<F: Scalar>(&self, parts: &[Part], columns: usize) -> Result<Tensor<F>, CsvError> {
        self.zeros(parts.iter().map(|part| part.rows).sum(), columns)
    }

    /// Makes a tensor of the rows that are kept.
    fn kept<F: Scalar>(&self, all: Tensor<F>, rows: &Rows) -> Result<Tensor<F>, CsvError> {
        if rows.count() == all.samples() {
            return Ok(all);
        }
        let mut kept = self.zeros(rows.count(), all.features())?;
        for feature in 0..all.features() {
            let from = rows.kept.iter().flat_map(|range| &all.feature(feature)[range.clone()]);
            kept.feature_mut(feature).iter_mut().zip(from).for_each(|(to, &value)| *to = value);
        }
        Ok(kept)
    }

    fn zeros<F: Scalar>(&self, rows: usize, columns: usize) -> Result<Tensor<F>, CsvError> {
        Tensor::try_zeros(&[rows, columns])
            .map_err(|_| self.source.error(CsvProblem::NoMemory { rows, columns }))
    }

    /// Returns memory for this many labels, so that it does not have to grow: that would take three times as much.
    fn labels(&self, rows: usize) -> Result<Vec<usize>, CsvError> {
        let mut labels = Vec::new();
        match labels.try_reserve_exact(rows) {
            Ok(()) => Ok(labels),
            Err(_) => Err(self.source.error(CsvProblem::NoMemory { rows, columns: 1 })),
        }
    }
}

/// For each feature the first number with zeros in front, as codes have them, also one in a row that is dropped.
struct Codes<'a> {
    first: Vec<Option<Field<'a>>>,
}

impl<'a> Codes<'a> {
    fn new(choice: &Choice) -> Self {
        Codes { first: vec![None; choice.features.len()] }
    }

    #[inline(always)]
    fn look_at(&mut self, field: Field<'a>, place: usize) {
        if field.may_be_padded_with_zeros() {
            self.note(field, place);
        }
    }

    // Apart from the loop, which is a fifth slower with it.
    #[cold]
    #[inline(never)]
    fn note(&mut self, field: Field<'a>, place: usize) {
        if field.is_padded_with_zeros() && self.first[place].is_none() {
            self.first[place] = Some(field);
        }
    }

    /// Adds those of the part that follows.
    fn append(&mut self, next: &Self) {
        self.first.iter_mut().zip(&next.first).for_each(|(first, next)| *first = first.or(*next));
    }
}

/// The columns of a tensor, divided among the parts for whose rows it has room.
fn divided<'a, F: Scalar>(tensor: &'a mut Tensor<F>, parts: &[Part]) -> Vec<Vec<&'a mut [F]>> {
    let (features, stride) = (tensor.features(), tensor.blocks_per_feature());
    let mut divided: Vec<_> = parts.iter().map(|_| Vec::with_capacity(features)).collect();
    let mut blocks = tensor.blocks_mut();
    for _ in 0..features {
        let mut column = blocks.split_off_mut(..stride).expect("a column of each feature").as_flattened_mut();
        for (part, columns) in parts.iter().zip(&mut divided) {
            columns.push(column.split_off_mut(..part.rows).expect("room for the rows of all parts"));
        }
    }
    divided
}

/// Writes what a row has in a column. There may be no room for a row that will be dropped or refused.
fn write<T>(value: T, column: &mut [T], row: usize) {
    if let Some(to) = column.get_mut(row) {
        *to = value;
    }
}

fn column_names(columns: Vec<Column>) -> Vec<String> {
    columns.into_iter().map(|column| column.name.into_owned()).collect()
}
