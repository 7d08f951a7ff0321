//! Columns that would be read without an error and hardly as they are meant: what they hold, and which setting says what they are.

use std::borrow::Cow;
use std::collections::HashSet;

use super::builder::{Builder, Seen, Wanted, truth_value};
use super::column::{Column, excerpt};
use super::dates::DateFormat;
use super::error::UnusableColumn;
use super::name;
use super::records::Field;
use super::source::Source;
use super::thousands::thousands_of;
use super::units::unit_of;
use crate::table::ColumnValues;

/// Fewer rows than these show nothing.
const ROWS: usize = 10;

/// What is suspicious about a column, as what it holds and its remedy.
pub(super) struct Suspicion {
    found: String,
    remedy: Cow<'static, str>,
    /// How a table reads the column nevertheless, and says so.
    pub(super) reading: Option<Reading>,
}

/// What the values of a suspicious column can only be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Reading {
    /// Nothing that a model can learn from, for this reason.
    LeftOut(&'static str),
    /// Dates of this format.
    Dates(&'static str),
}

impl Suspicion {
    pub(super) fn new(found: String, remedy: impl Into<Cow<'static, str>>) -> Self {
        Suspicion { found, remedy: remedy.into(), reading: None }
    }

    fn read_as(self, reading: Reading) -> Self {
        Suspicion { reading: Some(reading), ..self }
    }

    pub(super) fn of(self, column: &Column) -> UnusableColumn {
        let (column, found, remedy) = (name(&column.name), self.found, self.remedy.into_owned());
        UnusableColumn { column, found, remedy }
    }
}

/// What is wrong with a column that has no value.
pub(super) fn without_value() -> Suspicion {
    let remedy = "leave it out with `except`, or set its kind with `numbers` or `categories`";
    let found = "has no value in any row".to_owned();
    Suspicion::new(found, remedy).read_as(Reading::LeftOut("without a value"))
}

/// Whether numbers are those of the rows, or dates such as 19991231. Of so many rows, some may have been dropped.
pub(super) fn numbers(numbers: impl Iterator<Item = f64> + Clone, rows: usize) -> Option<Suspicion> {
    if count_rows(numbers.clone(), rows) {
        let found = "counts the rows";
        let remedy = "leave it out with `except`, or keep it with `numbers`";
        return Some(Suspicion::new(found.to_owned(), remedy).read_as(Reading::LeftOut("counts the rows")));
    }
    let first = numbers.clone().next()?;
    let are_dates = numbers.clone().count() > 1 && numbers.into_iter().all(is_date);
    let found = || format!("holds numbers that look like dates, such as {first}");
    let remedy = "read it with `dates` and \"%Y%m%d\", or as it is with `numbers`";
    are_dates.then(|| Suspicion::new(found(), remedy))
}

/// Whether integers rise by one from row to row, from 0 or 1, or by more where a row was dropped.
fn count_rows(mut numbers: impl Iterator<Item = f64>, rows: usize) -> bool {
    let Some(first) = numbers.next().filter(|_| rows >= ROWS) else { return false };
    let (mut last, mut count) = (first, 1);
    for number in numbers {
        if number < last + 1.0 || number.fract() != 0.0 {
            return false;
        }
        (last, count) = (number, count + 1);
    }
    let dropped = (rows - count) as f64;
    first.fract() == 0.0 && (0.0..=1.0 + dropped).contains(&first) && last <= rows as f64
}

/// Whether a number is a date of the years 1800 to 2199, such as 19991231.
fn is_date(number: f64) -> bool {
    let (month, day) = ((number / 100.0).floor() % 100.0, number % 100.0);
    number.fract() == 0.0
        && (18_000_000.0..22_000_000.0).contains(&number)
        && (1.0..=12.0).contains(&month)
        && (1.0..=31.0).contains(&day)
}

/// The values of a column of one sort, or what is wrong with those of one that was to be guessed, and the values if they are not
/// codes. The file has `rows` rows, some of which were dropped.
pub(super) fn check(
    builder: Builder,
    wanted: &Wanted,
    rows: usize,
    source: &Source,
) -> Result<ColumnValues, (Suspicion, Option<ColumnValues>)> {
    let Builder { rows: kept, texts, codes, .. } = builder;
    let is_guess = *wanted == Wanted::Guess;
    if is_guess && codes.count > 0 {
        let remedy = "keep them as they are with `categories`, or read them with `numbers`";
        return Err((Suspicion::new(padded(codes, source), remedy), None));
    }
    let values = builder.values();
    let suspicion = match &values {
        _ if !is_guess => None,
        Some(ColumnValues::Numbers(all)) => {
            // Few values that rise have gaps as dropped rows leave them, but count nothing.
            let rows = if all.contains(&None) { 0 } else { rows };
            self::numbers(all.iter().flatten().copied(), rows)
        }
        Some(ColumnValues::Categories { names, rows }) => self::texts(names, rows, texts, source),
        None => Some(without_value()),
    };
    match (values, suspicion) {
        (values, Some(suspicion)) => Err((suspicion, values)),
        (Some(ColumnValues::Categories { names, rows }), _) if is_guess => {
            Ok(truths(&names, &rows).unwrap_or(ColumnValues::Categories { names, rows }))
        }
        (Some(values), _) => Ok(values),
        (None, _) if *wanted == Wanted::Categories => {
            Ok(ColumnValues::Categories { names: Vec::new(), rows: vec![None; kept] })
        }
        (None, _) => Ok(ColumnValues::Numbers(vec![None; kept])),
    }
}

/// What is wrong with a feature that is set to another kind than numbers.
pub(super) fn kind(set: &str) -> Suspicion {
    let remedy = "only a `table` has them: read the file as one, or leave the column out with `except`";
    Suspicion::new(format!("is set to {set}"), remedy)
}

/// What a column holds of which this field is a number with zeros in front, where there are no categories.
pub(super) fn code(field: Field, source: &Source) -> Suspicion {
    let seen = Seen { count: 1, first: Some((source.place(field), field)) };
    let remedy = "leave it out with `except`, read it with `numbers`, or read the file with `table`, which has categories";
    Suspicion::new(padded(seen, source), remedy)
}

fn padded(seen: Seen, source: &Source) -> String {
    format!("holds numbers with zeros in front, such as {}", example(seen, source))
}

/// The error that a column, which should have numbers, has texts, if it has.
pub(super) fn texts_of(builder: &Builder, column: &Column, source: &Source) -> Option<UnusableColumn> {
    let (_, first) = builder.texts.first?;
    let also = if builder.numbers.count > 0 { " beside numbers" } else { "" };
    let found = format!("holds text{also}, such as {}", example(builder.texts, source));
    let remedy = match first.text().and_then(|text| thousands_of(&text)) {
        Some(separator) => thousands(separator).into(),
        None => "leave it out with `except`, or read the file with `table`".into(),
    };
    Some(Suspicion { found, remedy, reading: None }.of(column))
}

/// The first of some fields: `"12" on line 3`.
pub(super) fn example(seen: Seen, source: &Source) -> String {
    let Some((at, field)) = seen.first else { return String::new() };
    format!("{:?} on line {}", excerpt(&field.text().unwrap_or_default()), source.line(at))
}

/// What texts hold if they are hardly categories.
pub(super) fn texts(
    names: &[String],
    rows: &[Option<usize>],
    seen: Seen,
    source: &Source,
) -> Option<Suspicion> {
    let values = rows.iter().flatten().count();
    let example = || example(seen, source);
    let formats = DateFormat::of_all(names.iter().map(String::as_str));
    if let [format, others @ ..] = &formats[..] {
        let others: String = others.iter().map(|format| format!(" or {format:?}")).collect();
        let found = format!("holds dates such as {}, of the format {format:?}{others}", example());
        let suspicion = Suspicion::new(found, "read it with `dates`, or leave it out with `except`");
        // Two digits of a year may be those of a day as well.
        let is_clear = others.is_empty() && format.contains("%Y");
        return Some(if is_clear { suspicion.read_as(Reading::Dates(format)) } else { suspicion });
    }
    let unit = names.first().and_then(|name| unit_of(name));
    if let Some(unit) = unit.filter(|_| names.iter().all(|name| unit_of(name) == unit)) {
        let found = format!("holds numbers with {unit:?}, such as {}", example());
        let remedy = format!("set `units([{unit:?}])`, or read it with `categories`");
        return Some(Suspicion::new(found, remedy));
    }
    if names.iter().all(|name| is_decorated(name)) {
        let found = format!("holds texts that look like numbers, such as {}", example());
        let separator = names.first().and_then(|name| thousands_of(name));
        let is_thousands = names.iter().all(|name| thousands_of(name) == separator);
        let remedy = match separator.filter(|_| is_thousands) {
            Some(separator) => format!("{}, or read it with `categories`", thousands(separator)).into(),
            None => {
                "write plain numbers, set `Csv::options().decimal_comma()` if this is one, or read it with \
                     `categories`"
                    .into()
            }
        };
        return Some(Suspicion { found, remedy, reading: None });
    }
    let remedy = "leave it out with `except`, or keep it with `categories`";
    let found = || format!("holds another text in each row, such as {}", example());
    let reading = Reading::LeftOut("another text in each row");
    (values >= ROWS && names.len() == values).then(|| Suspicion::new(found(), remedy).read_as(reading))
}

/// What to do about a character between thousands, which may be a decimal comma.
pub(super) fn thousands(separator: char) -> String {
    let or = if separator == ',' { ", or `decimal_comma()` if it is one" } else { "" };
    format!("set `Csv::options().thousands({separator:?})`{or}")
}

/// Whether a text is a number with something around it or between its digits, such as `1,234`, `$5`, `12 %` or `<0.1`.
fn is_decorated(text: &str) -> bool {
    let decoration = ['$', '€', '£', '%', '<', '>', '~', '±', ',', '.', '\'', ' ', '\u{a0}', '+', '-'];
    let rest = text.trim_matches(|c| decoration.contains(&c));
    let separators = rest.chars().filter(|c| !c.is_ascii_digit()).collect::<HashSet<char>>();
    rest.starts_with(|c: char| c.is_ascii_digit())
        && (rest != text || !separators.is_empty())
        && separators.iter().all(|c| [',', '.', '\'', ' ', '\u{a0}'].contains(c))
}

/// Truth values as 1 and 0: `true` and `false`, or `yes` and `no`.
fn truths(names: &[String], rows: &[Option<usize>]) -> Option<ColumnValues> {
    let words: HashSet<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    let are = |pair: [&str; 2]| words.iter().all(|word| pair.contains(&&word[..]));
    if !are(["true", "false"]) && !are(["yes", "no"]) {
        return None;
    }
    let truths: Vec<f64> =
        names.iter().map(|name| f64::from(u8::from(truth_value(name) == Some(true)))).collect();
    Some(ColumnValues::Numbers(rows.iter().map(|row| row.map(|place| truths[place])).collect()))
}
