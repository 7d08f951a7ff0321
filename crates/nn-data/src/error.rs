//! What can be wrong with data.

use std::path::Path;

use nn_core::{Scalar, SettingError, ShapeError, Tensor};

use crate::{CsvError, IdxError};

/// Data that cannot be made, read or split as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The numbers of inputs and targets differ.
    #[error("expected one target for each input, found {inputs} inputs and {targets} targets")]
    Length {
        /// Number of inputs.
        inputs: usize,
        /// Number of targets.
        targets: usize,
    },
    /// A NaN or an infinity among the data. Prints as
    /// `Dataset: feature 1 of sample 3 is NaN, expected a finite number`.
    #[error("{of}: {name} {place} of sample {sample} is {found}, expected a finite number")]
    NotFinite {
        /// The function or the type that refused it.
        of: Box<str>,
        /// `feature` or `target`.
        name: &'static str,
        /// The place of the number in its sample, counted from 0.
        place: usize,
        /// The sample, counted from 0.
        sample: usize,
        /// The number.
        found: Box<str>,
    },
    /// A sample was asked for that the data set does not have.
    #[error("expected indices of samples below {samples}, the number of samples, found {found}")]
    NoSample {
        /// The number of samples.
        samples: usize,
        /// The index.
        found: usize,
    },
    /// An argument that makes no sense. `of` is the function or the type that refused it.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// A shape that samples cannot have.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// A class with too few samples to be in every part.
    #[error("class {class} has {samples} {}, expected at least {expected}, one for each part", plural(*samples))]
    FewSamples {
        /// The class index.
        class: usize,
        /// Number of its samples.
        samples: usize,
        /// Number of parts.
        expected: usize,
    },
    /// A column of a table that cannot be used as asked. Prints as
    /// `column "age", cars.csv, line 3: expected a number, found no value; impute it`.
    #[error("column {column:?}{}: expected {expected}, found {found}; {advice}", after_comma(place.as_deref()))]
    Column {
        /// The name of the column, shortened.
        column: Box<str>,
        /// The row, as [`Table::place`](crate::Table::place) says it; `None` for what concerns the whole column.
        place: Option<Box<str>>,
        /// The expected values.
        expected: Box<str>,
        /// What was found.
        found: Box<str>,
        /// What to do about it.
        advice: Box<str>,
    },
    /// A CSV file that cannot be read as asked.
    #[error(transparent)]
    Csv(#[from] CsvError),
    /// An IDX file that cannot be read as asked.
    #[error(transparent)]
    Idx(#[from] IdxError),
}

impl DataError {
    /// The error that `x` has a value that is not finite, if it has one. `name` is what the values are.
    pub(crate) fn unless_finite<F: Scalar>(
        of: &str,
        name: &'static str,
        x: &Tensor<F>,
    ) -> Result<(), DataError> {
        let bad = |feature| x.feature(feature).iter().position(|value| !value.is_finite());
        match (0..x.features()).find_map(|feature| Some((feature, bad(feature)?))) {
            None => Ok(()),
            Some((place, sample)) => {
                let found = x[[sample, place]].to_string().into();
                Err(DataError::NotFinite { of: of.into(), name, place, sample, found })
            }
        }
    }
}

/// A count must be at least `least`.
pub(crate) fn at_least(least: usize, of: &str, name: &str, count: usize) -> Result<(), SettingError> {
    SettingError::unless(count >= least, of, name, format_args!("at least {least}"), count)
}

/// Shortens a text that a message repeats to its first `most` characters: it may be as long as a file.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The name of a file in messages. Systems accept names of up to four thousand bytes.
pub(crate) fn file_name(path: &Path) -> String {
    shortened(&path.display().to_string(), 1000)
}

/// A list of names for a message: the first ten, shortened, and how many there are besides.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const LISTED: usize = 10;
    let mut names = names.into_iter();
    let shown: Vec<String> =
        names.by_ref().take(LISTED).map(|name| format!("{:?}", shortened(name, 40))).collect();
    match names.count() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn after_comma(place: Option<&str>) -> String {
    place.map_or_else(String::new, |place| format!(", {place}"))
}

fn plural(samples: usize) -> &'static str {
    if samples == 1 { "sample" } else { "samples" }
}
