//! A preprocessor as a text of JSON, to be saved beside a network.
//!
//! ```json
//! {"format": "nn preprocessor", "version": 1,
//!  "inputs": [
//!   {"column": "age",
//!    "numbers": {"impute": 28.0, "indicator": true, "log": null,
//!                "scale": {"center": 29.5, "scale": 13.1}}},
//!   {"column": "sex",
//!    "categories": {"impute": "male", "kind": "category",
//!                   "names": ["female", "male"],
//!                   "one_hot": true, "unknown": null}}],
//!  "target":
//!   {"classes": {"column": "survived", "kind": "number", "names": ["0", "1"]}}}
//! ```

mod value;

use serde_json::{Value, json};

use super::categories::{CategoryFeature, Unknown};
use super::levels::Levels;
use super::numbers::{LearnedScale, Log, NumberFeature};
use super::preprocessor::{Feature, Input, Preprocessor};
use super::target::Target;
use crate::csv::is_date_format;
use crate::{ColumnKind, DataError};
use value::At;

const FORMAT: &str = "nn preprocessor";
const VERSION: f64 = 1.0;
/// The key of the format of dates, where a column has them.
const DATES: &str = "dates";

impl Preprocessor {
    /// Returns everything that was learnt as JSON, to be saved beside the network. [`from_json`](Preprocessor::from_json)
    /// restores it, every number bit for bit.
    ///
    /// ```
    /// use nn_data::{Column, Preprocessor, Recipe, Table};
    /// let table = Table::new([Column::numbers("age", [Some(22.0), None, Some(35.0)])])?;
    /// let preprocessor = Recipe::new().fit(&table)?;
    /// let saved = preprocessor.to_json();
    /// assert_eq!(Preprocessor::from_json(&saved)?, preprocessor);
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    pub fn to_json(&self) -> String {
        let inputs: Vec<Value> = self.inputs.iter().map(input).collect();
        let target = match &self.target {
            Target::None => Value::Null,
            Target::Classes { column, levels } => {
                let classes = json!({"column": column, "kind": kind(&levels.kind), "names": levels.names});
                json!({"classes": with_dates(classes, format_of(&levels.kind))})
            }
            Target::Values { columns } => json!({"values": columns}),
        };
        json!({"format": FORMAT, "version": 1, "inputs": inputs, "target": target}).to_string()
    }

    /// Restores what [`to_json`](Preprocessor::to_json) returned. The text may come from anywhere: it is checked so that
    /// whatever is restored can be used, and takes memory in proportion to its length alone.
    ///
    /// # Errors
    /// [`DataError::Setting`] says what is wrong with the text, and where.
    pub fn from_json(text: &str) -> Result<Self, DataError> {
        let value = value::parse(text)?;
        let all = At::whole(&value);
        let (format, version) = (all.get("format")?, all.get("version")?);
        format.unless(format.text()? == FORMAT, format_args!("{FORMAT:?}"))?;
        version.unless(version.number()? == VERSION, VERSION)?;
        let inputs = all.get("inputs")?.list()?.enumerate();
        let inputs: Result<Vec<Input>, DataError> =
            inputs.map(|(input, at)| read_input(at.of(input))).collect();
        Ok(Preprocessor { inputs: inputs?, target: read_target(all.get("target")?)? })
    }
}

fn input(Input { name, feature }: &Input) -> Value {
    match feature {
        Feature::Numbers(feature) => json!({"column": name, "numbers": numbers(feature)}),
        Feature::Categories(feature) => json!({"column": name, "categories": categories(feature)}),
    }
}

fn read_input(at: At) -> Result<Input, DataError> {
    let name = at.get("column")?.text()?.to_owned();
    let feature = match (at.find("numbers")?, at.find("categories")?) {
        (Some(numbers), None) => Feature::Numbers(read_numbers(numbers)?),
        (None, Some(categories)) => Feature::Categories(read_categories(categories)?),
        _ => return Err(at.refuse("either \"numbers\" or \"categories\"")),
    };
    Ok(Input { name, feature })
}

fn numbers(NumberFeature { impute, indicator, log, scale, date_format }: &NumberFeature) -> Value {
    let log = match log {
        Log::None => None,
        Log::Ln => Some("ln"),
        Log::Ln1p => Some("ln_1p"),
    };
    let scale = match *scale {
        LearnedScale::None => Value::Null,
        LearnedScale::Linear { center, scale } => json!({"center": center, "scale": scale}),
        LearnedScale::MinMax { data, range } => {
            json!({"data_min": data[0], "data_max": data[1], "low": range[0], "high": range[1]})
        }
    };
    let numbers = json!({"impute": impute, "indicator": indicator, "log": log, "scale": scale});
    with_dates(numbers, date_format.as_ref())
}

/// Adds the format of dates, if there is one.
fn with_dates(mut value: Value, format: Option<&String>) -> Value {
    if let Some(format) = format {
        value[DATES] = json!(format);
    }
    value
}

fn read_dates(at: At) -> Result<Option<String>, DataError> {
    let Some(dates) = at.find(DATES)? else { return Ok(None) };
    let format = dates.text()?;
    dates.unless(is_date_format(format), "a format of dates, such as \"%Y-%m-%d\"")?;
    Ok(Some(format.to_owned()))
}

fn read_numbers(at: At) -> Result<NumberFeature, DataError> {
    let log = at.get("log")?;
    Ok(NumberFeature {
        impute: at.get("impute")?.unless_null().map(At::number).transpose()?,
        indicator: at.get("indicator")?.flag()?,
        log: match log.unless_null().map(At::text).transpose()? {
            None => Log::None,
            Some("ln") => Log::Ln,
            Some("ln_1p") => Log::Ln1p,
            Some(_) => return Err(log.refuse("null, \"ln\" or \"ln_1p\"")),
        },
        scale: at.get("scale")?.unless_null().map_or(Ok(LearnedScale::None), read_scale)?,
        date_format: read_dates(at)?,
    })
}

fn read_scale(at: At) -> Result<LearnedScale, DataError> {
    if let Some(center) = at.find("center")? {
        let scale = at.get("scale")?;
        scale.unless(scale.number()? > 0.0, "a number above 0")?;
        return Ok(LearnedScale::Linear { center: center.number()?, scale: scale.number()? });
    }
    let ends = |[low, high]: [&'static str; 2]| {
        let (low, high) = (at.get(low)?, at.get(high)?);
        let ends = [low.number()?, high.number()?];
        high.unless(
            (ends[1] - ends[0]).is_finite(),
            "a number that is a finite distance from the lower end",
        )?;
        Ok::<_, DataError>((high, ends))
    };
    let (max, data) = ends(["data_min", "data_max"])?;
    max.unless(data[0] <= data[1], "a number of at least `data_min`")?;
    let (high, range) = ends(["low", "high"])?;
    high.unless(range[0] < range[1], "a number above `low`")?;
    Ok(LearnedScale::MinMax { data, range })
}

fn categories(CategoryFeature { impute, levels, one_hot, unknown }: &CategoryFeature) -> Value {
    let unknown = match unknown {
        Unknown::Refused => None,
        Unknown::Code(code) => Some(code),
    };
    let (kind, names) = (kind(&levels.kind), &levels.names);
    let categories =
        json!({"impute": impute, "kind": kind, "names": names, "one_hot": one_hot, "unknown": unknown});
    with_dates(categories, format_of(&levels.kind))
}

fn read_categories(at: At) -> Result<CategoryFeature, DataError> {
    let unknown = at.get("unknown")?;
    Ok(CategoryFeature {
        impute: at.get("impute")?.unless_null().map(At::text).transpose()?.map(str::to_owned),
        levels: read_levels(at)?,
        one_hot: at.get("one_hot")?.flag()?,
        unknown: match unknown.unless_null().map(At::number).transpose()? {
            None => Unknown::Refused,
            Some(code) => {
                unknown.unless((code as f32).is_finite(), "a number that is finite in f32")?;
                Unknown::Code(code)
            }
        },
    })
}

fn read_levels(at: At) -> Result<Levels, DataError> {
    let kind = at.get("kind")?;
    let names = at.get("names")?;
    let levels = Levels {
        kind: match kind.text()? {
            "number" => read_dates(at)?.map_or(ColumnKind::Number, ColumnKind::Date),
            "category" => ColumnKind::Category,
            _ => return Err(kind.refuse("\"number\" or \"category\"")),
        },
        names: read_names(names)?,
    };
    names.unless(levels.refused().is_none(), "names that differ, of numbers if the kind is \"number\"")?;
    Ok(levels)
}

fn read_target(at: At) -> Result<Target, DataError> {
    let Some(at) = at.unless_null() else { return Ok(Target::None) };
    match (at.find("classes")?, at.find("values")?) {
        (Some(classes), None) => {
            let column = classes.get("column")?.text()?.to_owned();
            Ok(Target::Classes { column, levels: read_levels(classes)? })
        }
        (None, Some(values)) => Ok(Target::Values { columns: read_names(values)? }),
        _ => Err(at.refuse("either \"classes\" or \"values\"")),
    }
}

fn read_names(at: At) -> Result<Vec<String>, DataError> {
    at.list()?.map(|name| Ok(name.text()?.to_owned())).collect()
}

/// Dates are numbers with a format.
fn kind(kind: &ColumnKind) -> &'static str {
    if kind.is_of_numbers() { "number" } else { "category" }
}

fn format_of(kind: &ColumnKind) -> Option<&String> {
    match kind {
        ColumnKind::Date(format) => Some(format),
        ColumnKind::Number | ColumnKind::Category => None,
    }
}
