//! What to make of the columns of a table: settings alone.

use nn_core::SettingError;

use super::cells::Cells;
use super::levels::Counts;
use super::preprocessor::{Feature, Input, Preprocessor};
use super::target::Target;
use super::{Categories, Numbers};
use crate::error::{at_least, listed, shortened};
use crate::{Column, ColumnKind, DataError, Table};

/// What to make of the columns of a table before a network takes them. A recipe holds settings alone:
/// [`fit`](Recipe::fit) learns from a table, and the [`Preprocessor`] that it returns makes features of that table and of
/// any other.
///
/// Every column but the target becomes features. Numbers are imputed by the median and standardised ([`Numbers`]);
/// categories are imputed by the most frequent one and encoded one-hot ([`Categories`]). Both can be
/// changed, for all columns or for some.
///
/// ```
/// use nn_data::{Categories, Column, Numbers, Recipe, Table};
/// let table = Table::new([
///     Column::numbers("passenger", [Some(1.0), Some(2.0), Some(3.0), Some(4.0)]),
///     Column::categories("sex", [Some("male"), Some("female"), None, Some("male")]),
///     Column::numbers("age", [Some(22.0), Some(38.0), None, Some(35.0)]),
///     Column::numbers("class", [Some(3.0), Some(1.0), Some(3.0), Some(1.0)]),
///     Column::numbers("survived", [Some(0.0), Some(1.0), Some(1.0), Some(1.0)]),
/// ])?;
/// let recipe = Recipe::new()
///     .except(["passenger"])
///     .numbers(["age"], Numbers::new().indicator())
///     .categories(["class"], Categories::new())
///     .target_classes("survived");
/// let fitted = recipe.fit(&table)?;
/// let data = fitted.classes::<f32>(&table)?;
/// assert_eq!(
///     fitted.feature_names(),
///     ["sex=female", "sex=male", "age", "age is missing", "class=1", "class=3"]
/// );
/// assert_eq!(data.x().shape(), [4, 6]);
/// assert_eq!(fitted.class_names(), ["0", "1"]);
/// assert_eq!(data.y(), &[0, 1, 1, 1]);
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[doc(alias = "ColumnTransformer")]
#[doc(alias = "Pipeline")]
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recipe {
    features: Option<Vec<String>>,
    except: Vec<String>,
    numbers: Numbers,
    categories: Categories,
    /// What is chosen for single columns; of several choices for a column, the last.
    chosen: Vec<(String, Treatment)>,
    target: Option<Wanted>,
}

#[derive(Debug, Clone, PartialEq)]
enum Treatment {
    Numbers(Numbers),
    Categories(Categories),
}

#[derive(Debug, Clone, PartialEq)]
enum Wanted {
    Classes(String),
    Values(Vec<String>),
}

const NAME: &str = "Recipe";

impl Recipe {
    /// Makes features of all columns, by the defaults.
    pub fn new() -> Self {
        Recipe::default()
    }

    /// Chooses the columns that become features, in this order. Without this call, they are all columns but the target.
    #[must_use]
    pub fn features(self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Recipe { features: Some(names.into_iter().map(Into::into).collect()), ..self }
    }

    /// Leaves out these columns, and those of earlier calls.
    #[must_use]
    pub fn except(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.except.extend(names.into_iter().map(Into::into));
        self
    }

    /// Chooses how these columns of numbers become features. A later choice for a column replaces an earlier one.
    #[must_use]
    pub fn numbers(self, names: impl IntoIterator<Item = impl Into<String>>, how: Numbers) -> Self {
        self.choose(names, Treatment::Numbers(how))
    }

    /// Chooses how these columns become features by their categories. They may be columns of numbers: then each number is a
    /// category. A later choice for a column replaces an earlier one.
    #[must_use]
    pub fn categories(self, names: impl IntoIterator<Item = impl Into<String>>, how: Categories) -> Self {
        self.choose(names, Treatment::Categories(how))
    }

    /// Chooses how the columns of numbers become features for which nothing else is chosen.
    #[must_use]
    pub fn other_numbers(self, how: Numbers) -> Self {
        Recipe { numbers: how, ..self }
    }

    /// Chooses how the columns of categories become features for which nothing else is chosen.
    #[must_use]
    pub fn other_categories(self, how: Categories) -> Self {
        Recipe { categories: how, ..self }
    }

    /// Makes this column the target of a classification: [`Preprocessor::classes`] returns the index of each row's class.
    /// It may be a column of numbers: then each number is a class. Replaces an earlier target.
    #[must_use]
    pub fn target_classes(self, name: impl Into<String>) -> Self {
        Recipe { target: Some(Wanted::Classes(name.into())), ..self }
    }

    /// Makes these columns of numbers the targets of a regression: [`Preprocessor::values`] returns them as they are.
    /// Replaces an earlier target.
    #[must_use]
    pub fn target_values(self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Recipe { target: Some(Wanted::Values(names.into_iter().map(Into::into).collect())), ..self }
    }

    fn choose(mut self, names: impl IntoIterator<Item = impl Into<String>>, how: Treatment) -> Self {
        self.chosen.extend(names.into_iter().map(|name| (name.into(), how.clone())));
        self
    }

    /// Learns from a table: what is imputed, the categories, the scales, and the names of the classes. It should be the
    /// training part alone, so that nothing of the test part leaks into training.
    ///
    /// A column of categories for which nothing is chosen must not have more than twenty that are more than half as many as
    /// its values: it mostly holds names or numbers of the rows, of which a network learns nothing. Leave it out, or name it
    /// in [`categories`](Recipe::categories).
    ///
    /// # Errors
    /// [`DataError::Setting`] if a setting makes no sense, a column that is named is not in the table or has two roles, there is
    /// no feature, or the table has no row; [`DataError::Column`] for a column that cannot be treated as chosen, such as one
    /// without any value, one of names as above, or a target with a missing value.
    pub fn fit(&self, table: &Table) -> Result<Preprocessor, DataError> {
        self.check(table)?;
        let columns = self.inputs(table)?;
        self.refuse_names(&columns)?;
        let inputs: Result<Vec<Input>, DataError> =
            columns.into_iter().map(|column| self.input(Cells { table, column })).collect();
        let target = match &self.target {
            None => Target::None,
            Some(Wanted::Classes(name)) => Target::classes(Cells { table, column: table.column(name)? })?,
            Some(Wanted::Values(names)) => Target::values(table, names)?,
        };
        Ok(Preprocessor { inputs: inputs?, target })
    }

    /// Checks the settings, and that no column has two roles.
    fn check(&self, table: &Table) -> Result<(), DataError> {
        at_least(1, NAME, "number of rows", table.rows())?;
        self.numbers.check()?;
        self.categories.check()?;
        for (name, how) in &self.chosen {
            table.column(name)?;
            match how {
                Treatment::Numbers(how) => how.check()?,
                Treatment::Categories(how) => how.check()?,
            }
            let is_feature = !self.except.contains(name)
                && self.features.as_ref().is_none_or(|features| features.contains(name));
            role(name, is_feature, "a feature, because a treatment is chosen", "left out")?;
        }
        for names in [Some(&self.except), self.features.as_ref(), Some(&self.targets())].into_iter().flatten()
        {
            names.iter().try_for_each(|name| table.column(name).map(drop))?;
        }
        for (place, name) in self.features.iter().flatten().enumerate() {
            let features = self.features.as_deref().unwrap_or_default();
            role(name, !features[..place].contains(name), "a feature once", "twice among the features")?;
        }
        let targets = self.targets();
        for (place, name) in targets.iter().enumerate() {
            let is_feature = self.features.iter().flatten().chain(self.chosen.iter().map(|(name, _)| name));
            role(name, is_feature.into_iter().all(|feature| feature != name), "a target", "also a feature")?;
            role(name, !targets[..place].contains(name), "a target once", "twice among the targets")?;
        }
        if let Some(Wanted::Values(_)) = self.target {
            at_least(1, NAME, "number of targets", targets.len())?;
        }
        Ok(())
    }

    fn targets(&self) -> Vec<String> {
        match &self.target {
            None => Vec::new(),
            Some(Wanted::Classes(name)) => vec![name.clone()],
            Some(Wanted::Values(names)) => names.clone(),
        }
    }

    /// The columns that become features, of which there is at least one.
    fn inputs<'t>(&self, table: &'t Table) -> Result<Vec<&'t Column>, DataError> {
        let targets = self.targets();
        let columns: Result<Vec<&Column>, DataError> = match &self.features {
            Some(names) => names.iter().map(|name| table.column(name)).collect(),
            None => Ok(table.columns().iter().collect()),
        };
        let mut columns = columns?;
        columns.retain(|column| {
            let is = |name: &String| name == column.name();
            !self.except.iter().any(is) && !targets.iter().any(is)
        });
        at_least(1, NAME, "number of features", columns.len())?;
        Ok(columns)
    }

    /// What is chosen for this column.
    fn chosen(&self, column: &Column) -> Option<&Treatment> {
        let choices = self.chosen.iter().rev();
        choices.into_iter().find(|(name, _)| name == column.name()).map(|(_, how)| how)
    }

    /// Refuses columns that seem to hold names, all in one message.
    fn refuse_names(&self, columns: &[&Column]) -> Result<(), DataError> {
        let are_names = |column: &&&Column| {
            let values = column.rows() - column.missing();
            let categories = || Counts::of(column).names.len();
            column.kind() == ColumnKind::Category
                && self.chosen(column).is_none()
                && (21..).contains(&categories())
                && 2 * categories() > values
        };
        let names: Vec<&str> = columns.iter().filter(are_names).map(|column| column.name()).collect();
        if names.is_empty() {
            return Ok(());
        }
        let expected = "columns whose categories repeat, since nothing is learnt from names and row numbers; \
                        leave these out with `Recipe::except`, or name them in `Recipe::categories`";
        let found = format_args!("nearly as many categories as rows in {}", listed(names));
        Err(SettingError::new(NAME, "the choice of features", expected, found).into())
    }

    fn input(&self, cells: Cells) -> Result<Input, DataError> {
        let column = cells.column;
        let by_kind = || match column.kind() {
            ColumnKind::Number | ColumnKind::Date(_) => Treatment::Numbers(self.numbers.clone()),
            ColumnKind::Category => Treatment::Categories(self.categories.clone()),
        };
        let feature = match (self.chosen(column).cloned().unwrap_or_else(by_kind), column.kind()) {
            (Treatment::Categories(how), _) => Feature::Categories(how.fit(cells)?),
            (Treatment::Numbers(_), ColumnKind::Category) => {
                let advice = "treat the column with `Recipe::categories`";
                return Err(cells.refuse_all("numbers", "categories", advice));
            }
            (Treatment::Numbers(how), _) => Feature::Numbers(how.fit(cells)?),
        };
        Ok(Input { name: column.name().to_owned(), feature })
    }
}

/// Refuses a second role of a column.
fn role(name: &str, fits: bool, expected: &str, found: &str) -> Result<(), SettingError> {
    SettingError::unless(fits, NAME, format_args!("column {:?}", shortened(name, 40)), expected, found)
}
