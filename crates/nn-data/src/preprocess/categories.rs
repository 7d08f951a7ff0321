//! Columns of categories: imputed, then encoded as numbers.

use nn_core::{Scalar, Setting, SettingError, Tensor};

use super::cells::Cells;
use super::levels::{Counts, Level, Levels, number, shown};
use crate::error::{listed, shortened};
use crate::{ColumnKind, DataError};

/// How columns of categories become features. A missing value is imputed; then each category is encoded by numbers.
/// [`Categories::new`] imputes the most frequent category, encodes one-hot, and refuses categories that were not there when
/// it was fitted.
///
/// A column of numbers can be treated as categories, too, such as a class of tickets, 1, 2 or 3. Categories are sorted as the
/// classes of [`Csv::classes`](crate::Csv::classes) are: by value if all are numbers, otherwise alphabetically.
///
/// ```
/// use nn_data::{Categories, Column, Recipe, Table};
/// let colours = [Some("red"), Some("blue"), None, Some("red")];
/// let sizes = [Some("small"), Some("large"), Some("medium"), Some("small")];
/// let table = Table::new([
///     Column::categories("colour", colours),
///     Column::categories("size", sizes),
/// ])?;
/// let sizes = Categories::new().ordinal(["small", "medium", "large"]);
/// let fitted = Recipe::new().categories(["size"], sizes).fit(&table)?;
/// assert_eq!(fitted.feature_names(), ["colour=blue", "colour=red", "size"]);
/// let x = fitted.transform::<f32>(&table)?;
/// assert_eq!(x.sample(2).collect::<Vec<_>>(), [0.0, 1.0, 1.0]);
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Categories {
    impute: Impute,
    encode: Encode,
    unknown: Unknown,
}

#[derive(Debug, Clone, PartialEq)]
enum Impute {
    Never,
    MostFrequent,
    Constant(String),
}

#[derive(Debug, Clone, PartialEq)]
enum Encode {
    OneHot,
    Ordinal(Vec<String>),
}

/// What is made of a category that was not there when the recipe was fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Unknown {
    Refused,
    /// Every feature of the column is this number.
    Code(f64),
}

/// What was learnt of a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CategoryFeature {
    /// What is imputed; `None` refuses missing values.
    pub(super) impute: Option<String>,
    pub(super) levels: Levels,
    pub(super) one_hot: bool,
    pub(super) unknown: Unknown,
}

impl Default for Categories {
    fn default() -> Self {
        Categories::new()
    }
}

impl Categories {
    /// Imputes the most frequent category and encodes one-hot.
    pub fn new() -> Self {
        Categories { impute: Impute::MostFrequent, encode: Encode::OneHot, unknown: Unknown::Refused }
    }

    /// Replaces missing values by the most frequent category, the first of those that are equally frequent. It is the default.
    #[must_use]
    pub fn impute_most_frequent(self) -> Self {
        Categories { impute: Impute::MostFrequent, ..self }
    }

    /// Replaces missing values by this category. It may be one of its own, such as `missing`, which then is known only if
    /// there were missing values in the table that is fitted.
    #[must_use]
    pub fn impute_constant(self, name: impl Into<String>) -> Self {
        Categories { impute: Impute::Constant(name.into()), ..self }
    }

    /// Refuses missing values with an error that says where the first one is.
    #[must_use]
    pub fn refuse_missing(self) -> Self {
        Categories { impute: Impute::Never, ..self }
    }

    /// Makes one feature of each category, which is 1 where the row has it and 0 elsewhere. It is the default.
    #[must_use]
    pub fn one_hot(self) -> Self {
        Categories { encode: Encode::OneHot, ..self }
    }

    /// Makes one feature, the place of the category in this order: 0 for the first, 1 for the second. It suits categories
    /// whose order means something, such as sizes. A category that is not listed is an unknown one.
    #[must_use]
    pub fn ordinal(self, order: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Categories { encode: Encode::Ordinal(order.into_iter().map(Into::into).collect()), ..self }
    }

    /// Accepts categories that were not there when the recipe was fitted: all features of a one-hot encoding are 0, as with
    /// `handle_unknown="ignore"` of scikit-learn's `OneHotEncoder`. Without this call, they are refused.
    ///
    /// The place of an ordinal encoding would be that of the first category, so such an encoding needs
    /// [`unknown_as`](Categories::unknown_as).
    #[must_use]
    #[doc(alias = "handle_unknown")]
    pub fn ignore_unknown(self) -> Self {
        self.unknown_as(0.0)
    }

    /// Accepts categories that were not there when the recipe was fitted: every feature of the column is `code`. With an
    /// ordinal encoding, it must not be the place of a category; −1 is usual.
    #[must_use]
    #[doc(alias = "unknown_value")]
    pub fn unknown_as(self, code: f64) -> Self {
        Categories { unknown: Unknown::Code(code), ..self }
    }

    /// Checks the settings that need no table.
    pub(super) fn check(&self) -> Result<(), SettingError> {
        let Unknown::Code(code) = self.unknown else { return Ok(()) };
        // As `f32` sees it: the table may become either precision.
        let unknown = Setting::of::<f32>("Categories", "unknown_as", code);
        unknown.finite()?;
        let Encode::Ordinal(order) = &self.encode else { return Ok(()) };
        let is_place = code >= 0.0 && code < order.len() as f64 && code == code.trunc();
        unknown.fits(|_| !is_place, "a number that is not the place of a category, such as -1")
    }

    /// Learns from a column.
    pub(super) fn fit(&self, cells: Cells) -> Result<CategoryFeature, DataError> {
        let counts = Counts::of(cells.column);
        let kind = cells.column.kind();
        let impute = match &self.impute {
            Impute::Never => None,
            Impute::Constant(name) => Some(constant(cells, name)?),
            Impute::MostFrequent => counts.most_frequent().map(str::to_owned),
        };
        if counts.names.is_empty() && !matches!(self.impute, Impute::Constant(_)) {
            let advice = "leave the column out with `Recipe::except`, or impute a constant";
            return Err(cells.refuse_all("at least one value to learn from", "none", advice));
        }
        let names = match &self.encode {
            Encode::OneHot => counts.names_with(impute.as_deref().filter(|_| cells.column.missing() > 0)),
            Encode::Ordinal(order) => order.clone(),
        };
        let feature = CategoryFeature {
            impute,
            levels: Levels { kind: kind.clone(), names },
            one_hot: self.encode == Encode::OneHot,
            unknown: self.unknown,
        };
        if let Some(name) = feature.levels.refused() {
            let expected = match kind {
                ColumnKind::Category => "an order that has each category once",
                ColumnKind::Number | ColumnKind::Date(_) => {
                    "an order that has each number once, and nothing else"
                }
            };
            let found = format_args!("{:?}", shortened(name, 40));
            return Err(cells.refuse_all(expected, found, "change the order of `Categories::ordinal`"));
        }
        // The table that is fitted must not have what is refused.
        feature.places(cells)?;
        Ok(feature)
    }
}

/// The name to impute, as the column writes it.
fn constant(cells: Cells, name: &str) -> Result<String, DataError> {
    match (cells.column.kind(), number(name)) {
        (ColumnKind::Category, _) => Ok(name.to_owned()),
        (_, Some(number)) => Ok(number.to_string()),
        (_, None) => {
            let expected = "a number to impute in a column of numbers";
            let found = format_args!("{:?}", shortened(name, 40));
            Err(cells.refuse_all(expected, found, "impute a number"))
        }
    }
}

impl CategoryFeature {
    /// The number of features.
    pub(super) fn width(&self) -> usize {
        if self.one_hot { self.levels.names.len() } else { 1 }
    }

    /// The names of the features that the column of this name becomes.
    pub(super) fn names(&self, column: &str) -> Vec<String> {
        if self.one_hot {
            self.levels.names.iter().map(|name| format!("{column}={name}")).collect()
        } else {
            vec![column.to_owned()]
        }
    }

    /// Writes the features of a column, which are zeros, from feature `first` on.
    pub(super) fn write<F: Scalar>(
        &self,
        cells: Cells,
        x: &mut Tensor<F>,
        first: usize,
    ) -> Result<(), DataError> {
        for (row, place) in self.places(cells)?.into_iter().enumerate() {
            match (place, self.unknown) {
                (Some(place), _) if self.one_hot => x[[row, first + place]] = F::ONE,
                (Some(place), _) => x[[row, first]] = F::from_f64(place as f64),
                (None, Unknown::Code(code)) => {
                    (0..self.width()).for_each(|feature| x[[row, first + feature]] = F::from_f64(code));
                }
                (None, Unknown::Refused) => unreachable!("`places` refuses it"),
            }
        }
        Ok(())
    }

    /// The place of each row's category among the known ones, or `None` for an unknown one.
    fn places(&self, cells: Cells) -> Result<Vec<Option<usize>>, DataError> {
        let imputed = self.impute.as_deref().map(|name| self.levels.index(name));
        let levels = self.levels.find(cells.column);
        let place = |(row, level): (usize, Level)| match (level, imputed) {
            (Level::Known(place), _) => Ok(Some(place)),
            (Level::Missing, None) => {
                let advice = "impute it, as with `Categories::impute_most_frequent`, or leave the row out";
                Err(cells.refuse(row, "a category", "no value", advice))
            }
            (Level::Missing, Some(Some(place))) => Ok(Some(place)),
            _ if self.unknown != Unknown::Refused => Ok(None),
            _ => Err(self.unknown_error(cells, row)),
        };
        levels.into_iter().enumerate().map(place).collect()
    }

    fn unknown_error(&self, cells: Cells, row: usize) -> DataError {
        let known = listed(self.levels.names.iter().map(String::as_str));
        let found = match &self.impute {
            Some(name) if shown(cells.column, row) == "no value" => {
                format!("no value, for which {:?} is imputed", shortened(name, 40))
            }
            _ => shown(cells.column, row),
        };
        let advice = if self.one_hot {
            "accept others with `Categories::ignore_unknown`, or leave the row out"
        } else {
            "add it to the order of `Categories::ordinal`, or accept others with `Categories::unknown_as`"
        };
        cells.refuse(row, format_args!("one of the known categories {known}"), found, advice)
    }
}
