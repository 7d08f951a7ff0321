//! Columns of numbers: imputed, then their logarithm is taken, then scaled.

use nn_core::{Scalar, Setting, SettingError, Tensor};

use super::cells::Cells;
use crate::scale::{Feature, scaled};
use crate::{Column, ColumnKind, DataError};

/// How columns of numbers become features. A missing value is imputed; then the logarithm is taken, if asked for; then the
/// column is scaled. [`Numbers::new`] imputes the median and standardises.
///
/// All three learn from the table that [`Recipe::fit`](super::Recipe::fit) is given: the values that were there decide what is
/// imputed, and the column without gaps decides the scale, as in a scikit-learn `Pipeline` of `SimpleImputer`,
/// `FunctionTransformer` and a scaler.
///
/// ```
/// use nn_data::{Column, Numbers, Recipe, Table};
/// let fares = [Some(0.0), Some(7.0), None, Some(511.0)];
/// let table = Table::new([Column::numbers("fare", fares)])?;
/// let recipe =
///     Recipe::new().numbers(["fare"], Numbers::new().ln_1p().min_max().indicator());
/// let x = recipe.fit(&table)?.transform::<f32>(&table)?;
/// // log2(1 + fare) is 0, 3, 3 (of the median, 7) and 9.
/// assert!((x[[1, 0]] - 3.0 / 9.0).abs() < 1e-6);
/// assert_eq!(x[[2, 0]], x[[1, 0]]);
/// assert_eq!(x.feature(1), [0.0, 0.0, 1.0, 0.0]);
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Numbers {
    impute: Impute,
    indicator: bool,
    log: Log,
    scale: Scale,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Impute {
    Never,
    Mean,
    Median,
    MostFrequent,
    Constant(f64),
}

/// Which logarithm is taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Log {
    None,
    Ln,
    Ln1p,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Scale {
    None,
    Standard,
    MinMax([f64; 2]),
    Robust,
}

/// What was learnt of a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NumberFeature {
    /// What is imputed; `None` refuses missing values.
    pub(super) impute: Option<f64>,
    pub(super) indicator: bool,
    pub(super) log: Log,
    pub(super) scale: LearnedScale,
    /// How a file writes the dates that the numbers are.
    pub(super) date_format: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum LearnedScale {
    None,
    /// (x − center) / scale
    Linear {
        center: f64,
        scale: f64,
    },
    MinMax {
        data: [f64; 2],
        range: [f64; 2],
    },
}

impl Default for Numbers {
    fn default() -> Self {
        Numbers::new()
    }
}

impl Numbers {
    /// Imputes the median and standardises.
    pub fn new() -> Self {
        Numbers { impute: Impute::Median, indicator: false, log: Log::None, scale: Scale::Standard }
    }

    /// Replaces missing values by the mean of the others.
    #[must_use]
    pub fn impute_mean(self) -> Self {
        Numbers { impute: Impute::Mean, ..self }
    }

    /// Replaces missing values by the median of the others, which is the default.
    #[must_use]
    pub fn impute_median(self) -> Self {
        Numbers { impute: Impute::Median, ..self }
    }

    /// Replaces missing values by the most frequent of the others, the smallest of those that are equally frequent.
    #[must_use]
    pub fn impute_most_frequent(self) -> Self {
        Numbers { impute: Impute::MostFrequent, ..self }
    }

    /// Replaces missing values by this number, which is on the scale of the table.
    #[must_use]
    pub fn impute_constant(self, value: f64) -> Self {
        Numbers { impute: Impute::Constant(value), ..self }
    }

    /// Refuses missing values with an error that says where the first one is.
    #[must_use]
    pub fn refuse_missing(self) -> Self {
        Numbers { impute: Impute::Never, ..self }
    }

    /// Adds a feature that is 1 where the value was missing and 0 elsewhere. A column without missing values in the table that
    /// is fitted gets none, because a network could not learn what it means: as with `add_indicator=True` of scikit-learn's
    /// `SimpleImputer`.
    #[must_use]
    #[doc(alias = "add_indicator")]
    pub fn indicator(self) -> Self {
        Numbers { indicator: true, ..self }
    }

    /// Takes the natural logarithm, which refuses numbers that are not above 0.
    #[must_use]
    pub fn ln(self) -> Self {
        Numbers { log: Log::Ln, ..self }
    }

    /// Takes the natural logarithm of 1 + x, which refuses numbers that are not above −1. It suits amounts that may be 0.
    #[must_use]
    #[doc(alias = "log1p")]
    pub fn ln_1p(self) -> Self {
        Numbers { log: Log::Ln1p, ..self }
    }

    /// Scales to mean 0 and standard deviation 1, as [`StandardScaler`](crate::StandardScaler) does. It is the default.
    #[must_use]
    pub fn standard(self) -> Self {
        Numbers { scale: Scale::Standard, ..self }
    }

    /// Scales to [0, 1], as [`MinMaxScaler`](crate::MinMaxScaler) does.
    #[must_use]
    pub fn min_max(self) -> Self {
        self.min_max_range(0.0, 1.0)
    }

    /// Scales to [low, high], as [`MinMaxScaler::fit_range`](crate::MinMaxScaler::fit_range) does.
    #[must_use]
    #[doc(alias = "feature_range")]
    pub fn min_max_range(self, low: f64, high: f64) -> Self {
        Numbers { scale: Scale::MinMax([low, high]), ..self }
    }

    /// Scales by the median and the quartiles, as [`RobustScaler`](crate::RobustScaler) does.
    #[must_use]
    pub fn robust(self) -> Self {
        Numbers { scale: Scale::Robust, ..self }
    }

    /// Keeps the scale of the table.
    #[must_use]
    pub fn unscaled(self) -> Self {
        Numbers { scale: Scale::None, ..self }
    }

    /// Checks the settings that are numbers.
    pub(super) fn check(&self) -> Result<(), SettingError> {
        if let Impute::Constant(value) = self.impute {
            Setting::of::<f64>("Numbers", "impute_constant", value).finite()?;
        }
        if let Scale::MinMax([low, high]) = self.scale {
            let fits = low < high && (high - low).is_finite();
            let expected = "two finite numbers, the lower one first";
            let found = format_args!("({low}, {high})");
            SettingError::unless(fits, "Numbers", "min_max_range", expected, found)?;
        }
        Ok(())
    }

    /// Learns from a column of numbers.
    pub(super) fn fit(&self, cells: Cells) -> Result<NumberFeature, DataError> {
        let present: Vec<f64> = values(cells.column).flatten().collect();
        let is_constant = matches!(self.impute, Impute::Constant(_));
        if cells.column.rows() == cells.column.missing() && !is_constant {
            let advice = "leave the column out with `Recipe::except`, or impute a constant";
            return Err(cells.refuse_all("at least one value to learn from", "none", advice));
        }
        let of = format!("column {:?}", crate::error::shortened(cells.column.name(), 40));
        let impute = match self.impute {
            Impute::Never => None,
            Impute::Constant(value) => Some(value),
            Impute::Mean => Some(Feature::of(&of, present)?.mean_and_std().0),
            Impute::Median => Some(Feature::of(&of, present)?.median_and_iqr().0),
            Impute::MostFrequent => Some(most_frequent(present)),
        };
        let indicator = self.indicator && cells.column.missing() > 0;
        let date_format = match cells.column.kind() {
            ColumnKind::Date(format) => Some(format),
            ColumnKind::Number | ColumnKind::Category => None,
        };
        let (log, scale) = (self.log, LearnedScale::None);
        let mut feature = NumberFeature { impute, indicator, log, scale, date_format };
        let complete: Result<Vec<f64>, DataError> =
            (0..cells.column.rows()).map(|row| feature.value(cells, row)).collect();
        feature.scale = self.scale.fit(&of, complete?)?;
        Ok(feature)
    }
}

impl Scale {
    /// Learns from the values of a column.
    fn fit(self, of: &str, values: Vec<f64>) -> Result<LearnedScale, DataError> {
        let linear = |(center, scale)| LearnedScale::Linear { center, scale };
        Ok(match self {
            Scale::None => LearnedScale::None,
            Scale::Standard => linear(Feature::of(of, values)?.mean_and_std()),
            Scale::Robust => linear(Feature::of(of, values)?.median_and_iqr()),
            Scale::MinMax(range) => {
                let Feature { min, max, .. } = Feature::of(of, values)?;
                LearnedScale::MinMax { data: [min, max], range }
            }
        })
    }
}

impl NumberFeature {
    /// The number of features.
    pub(super) fn width(&self) -> usize {
        1 + usize::from(self.indicator)
    }

    /// The names of the features that the column of this name becomes.
    pub(super) fn names(&self, column: &str) -> Vec<String> {
        let indicator = self.indicator.then(|| format!("{column} is missing"));
        [column.to_owned()].into_iter().chain(indicator).collect()
    }

    /// Writes the features of a column from feature `first` on.
    pub(super) fn write<F: Scalar>(
        &self,
        cells: Cells,
        x: &mut Tensor<F>,
        first: usize,
    ) -> Result<(), DataError> {
        for (row, x) in x.feature_mut(first).iter_mut().enumerate() {
            let value = F::from_f64(self.scaled(self.value(cells, row)?));
            if !value.is_finite() {
                let expected =
                    format_args!("a number that is finite in {} after scaling", std::any::type_name::<F>());
                let found = super::levels::shown(cells.column, row);
                return Err(cells.refuse(row, expected, found, "compute in f64, or leave the row out"));
            }
            *x = value;
        }
        if self.indicator {
            for (x, value) in x.feature_mut(first + 1).iter_mut().zip(values(cells.column)) {
                *x = if value.is_none() { F::ONE } else { F::ZERO };
            }
        }
        Ok(())
    }

    /// The value in this row before it is scaled.
    fn value(&self, cells: Cells, row: usize) -> Result<f64, DataError> {
        let Some(value) = cells.column.number(row).or(self.impute) else {
            let advice = "impute it, as with `Numbers::impute_median`, or leave the row out";
            return Err(cells.refuse(row, "a number", "no value", advice));
        };
        let (least, log) = match self.log {
            Log::None => return Ok(value),
            Log::Ln => (0.0, Scalar::ln(value)),
            Log::Ln1p => (-1.0, Scalar::ln_1p(value)),
        };
        if value > least {
            return Ok(log);
        }
        let expected = format_args!("a number above {least}, to take the logarithm");
        Err(cells.refuse(row, expected, value, "take none, or leave the row out"))
    }

    fn scaled(&self, x: f64) -> f64 {
        match self.scale {
            LearnedScale::None => x,
            LearnedScale::Linear { center, scale } => (x - center) / scale,
            LearnedScale::MinMax { data, range } => scaled(x, data, range),
        }
    }
}

/// The values of a column of numbers.
fn values(column: &Column) -> impl Iterator<Item = Option<f64>> + '_ {
    debug_assert!(column.kind().is_of_numbers());
    (0..column.rows()).map(|row| column.number(row))
}

/// The most frequent number, the smallest of those that are equally frequent.
fn most_frequent(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let runs = values.chunk_by(|a, b| a == b);
    let longest = runs.reduce(|longest, run| if run.len() > longest.len() { run } else { longest });
    longest.expect("there is a value")[0]
}
