//! What was learnt from a table, and the features and targets that it makes of any table.

use nn_core::{Scalar, SettingError, Tensor};

use super::categories::CategoryFeature;
use super::cells::Cells;
use super::numbers::NumberFeature;
use super::target::{self, Target};
use crate::{ColumnKind, DataError, Dataset, Table, memory};

/// What a [`Recipe`](super::Recipe) learnt from a table, usually the training part. It makes the features of a network of that
/// table and of every other, in the same way: imputed values, categories, scales and class indices are those that were learnt.
///
/// ```
/// use nn_data::{Column, Recipe, Table};
/// let train = Table::new([
///     Column::numbers("weight", [Some(1200.0), Some(1650.0), None]),
///     Column::categories("origin", [Some("japan"), Some("europe"), Some("japan")]),
/// ])?;
/// let preprocessor = Recipe::new().target_classes("origin").fit(&train)?;
/// let data = preprocessor.classes::<f32>(&train)?;
/// assert_eq!(preprocessor.class_names(), ["europe", "japan"]);
/// assert_eq!(data.y(), &[1, 0, 1]);
///
/// // New rows need no target, and a test part has the same classes.
/// let new = Table::new([Column::numbers("weight", [Some(1425.0)])])?;
/// assert_eq!(preprocessor.transform::<f32>(&new)?[[0, 0]], 0.0);
/// let test = Table::new([
///     Column::numbers("weight", [Some(980.0), Some(1800.0)]),
///     Column::categories("origin", [Some("japan"), Some("usa")]),
/// ])?;
/// let error = preprocessor.classes::<f32>(&test).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "column \"origin\", row 2: expected one of the classes that it was fitted on, \
///      \"europe\", \"japan\", found \"usa\"; \
///      leave the row out, or fit on a table that has this class"
/// );
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Preprocessor {
    pub(super) inputs: Vec<Input>,
    pub(super) target: Target,
}

/// A column that becomes features.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Input {
    pub(super) name: String,
    pub(super) feature: Feature,
}

/// What was learnt of a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Feature {
    Numbers(NumberFeature),
    Categories(CategoryFeature),
}

const NAME: &str = "Preprocessor";

impl Preprocessor {
    /// Makes the features of a table, `[rows, features]`. The table may have other columns as well, in any order.
    ///
    /// # Errors
    /// [`DataError::Column`] for a column that is missing or of another kind, and for the first value that cannot be used: one
    /// that is missing where nothing is imputed, an unknown category, one without a logarithm, or one that is not
    /// finite in `F` after scaling. [`DataError::Setting`] if memory cannot hold the features.
    pub fn transform<F: Scalar>(&self, table: &Table) -> Result<Tensor<F>, DataError> {
        let columns: Result<Vec<Cells>, DataError> =
            self.inputs.iter().map(|input| Cells::expected(table, &input.name, &input.kind())).collect();
        let mut x = memory::tensor(NAME, [table.rows(), self.features()])?;
        let mut first = 0;
        for (input, cells) in self.inputs.iter().zip(columns?) {
            match &input.feature {
                Feature::Numbers(feature) => feature.write(cells, &mut x, first)?,
                Feature::Categories(feature) => feature.write(cells, &mut x, first)?,
            }
            first += input.width();
        }
        Ok(x)
    }

    /// Makes the features of a table and the class index of each row, the place of its class among
    /// [`class_names`](Preprocessor::class_names).
    ///
    /// # Errors
    /// As [`transform`](Preprocessor::transform), and for a class that was not there when it was fitted;
    /// [`DataError::Setting`] unless the recipe had [`target_classes`](super::Recipe::target_classes).
    pub fn classes<F: Scalar>(&self, table: &Table) -> Result<Dataset<F, Vec<usize>>, DataError> {
        let Target::Classes { column, levels } = &self.target else {
            return Err(self.other_target("classes, as of `Recipe::target_classes`"));
        };
        Dataset::new(self.transform(table)?, target::labels(levels, table, column)?)
    }

    /// Makes the features of a table and the values to predict, `[rows, targets]`, which are those of the table.
    ///
    /// # Errors
    /// As [`transform`](Preprocessor::transform); [`DataError::Setting`] unless the recipe had
    /// [`target_values`](super::Recipe::target_values).
    pub fn values<F: Scalar>(&self, table: &Table) -> Result<Dataset<F, Tensor<F>>, DataError> {
        let Target::Values { columns } = &self.target else {
            return Err(self.other_target("values, as of `Recipe::target_values`"));
        };
        Dataset::new(self.transform(table)?, target::values(table, columns)?)
    }

    fn other_target(&self, expected: &str) -> DataError {
        let found = match self.target {
            Target::None => "not chosen",
            Target::Classes { .. } => "classes",
            Target::Values { .. } => "values",
        };
        SettingError::new(NAME, "the target of the recipe", expected, found).into()
    }

    /// The number of features, the size of the input of a network.
    pub fn features(&self) -> usize {
        self.inputs.iter().map(Input::width).sum()
    }

    /// The name of each feature: `age` and `age is missing` of a column of numbers, `sex=female` and `sex=male` of a one-hot
    /// encoding.
    pub fn feature_names(&self) -> Vec<String> {
        self.inputs.iter().flat_map(Input::names).collect()
    }

    /// The name of each class, in the order of their indices. Empty unless the target is one of classes.
    pub fn class_names(&self) -> &[String] {
        match &self.target {
            Target::Classes { levels, .. } => &levels.names,
            Target::None | Target::Values { .. } => &[],
        }
    }

    /// The columns that a table must have for [`transform`](Preprocessor::transform), and their kinds.
    pub fn columns(&self) -> Vec<(String, ColumnKind)> {
        self.inputs.iter().map(|input| (input.name.clone(), input.kind())).collect()
    }

    /// The columns of the target, and their kinds. A table needs them as well for [`classes`](Preprocessor::classes) and
    /// [`values`](Preprocessor::values).
    pub fn target_columns(&self) -> Vec<(String, ColumnKind)> {
        self.target.columns()
    }
}

impl Input {
    fn kind(&self) -> ColumnKind {
        match &self.feature {
            Feature::Numbers(feature) => {
                feature.date_format.clone().map_or(ColumnKind::Number, ColumnKind::Date)
            }
            Feature::Categories(feature) => feature.levels.kind.clone(),
        }
    }

    fn width(&self) -> usize {
        match &self.feature {
            Feature::Numbers(feature) => feature.width(),
            Feature::Categories(feature) => feature.width(),
        }
    }

    fn names(&self) -> Vec<String> {
        match &self.feature {
            Feature::Numbers(feature) => feature.names(&self.name),
            Feature::Categories(feature) => feature.names(&self.name),
        }
    }
}
