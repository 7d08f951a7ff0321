//! The words of messages that depend on what was found.

use std::fmt;

use super::super::Delimiter;
use super::super::thousands::thousands_of;
use super::UnusableColumn;

/// `, line 3` or nothing.
pub(super) struct Line(pub(super) Option<usize>);

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |line| write!(f, ", line {line}"))
    }
}

/// ` (did you mean "weight"?)` or nothing.
pub(super) struct Hint<'a>(pub(super) &'a Option<Box<str>>);

impl fmt::Display for Hint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |name| write!(f, " (did you mean {name:?}?)"))
    }
}

/// What separates the fields, unless it is clear, or nothing.
pub(super) struct Separator<'a>(pub(super) &'a [String], pub(super) Delimiter);

impl fmt::Display for Separator<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [only] if only.contains([';', '\t', '|', ' ', ',']) => {
                f.write_str("; set what separates the fields with `Csv::options().delimiter`")
            }
            _ => Separated(self.1).fmt(f),
        }
    }
}

/// ` (fields are separated by semicolons)` or nothing for commas.
pub(super) struct Separated(pub(super) Delimiter);

impl fmt::Display for Separated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Delimiter::Char(',') => Ok(()),
            other => {
                write!(f, " (read as separated by {other}; `Csv::options().delimiter` sets something else)")
            }
        }
    }
}

/// What to do about lines that may be comments, or nothing.
pub(super) struct Comment(pub(super) Option<char>);

impl fmt::Display for Comment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |mark| {
            write!(f, "; if lines that start with {mark:?} are comments, open the file with `Csv::options().comment({mark:?})`")
        })
    }
}

/// What to do about a first row that has fewer fields than the others: a line above the header, or a header without a name for the
/// names of the rows.
pub(super) struct TooFewNames<'a> {
    pub(super) found: usize,
    pub(super) expected: usize,
    pub(super) below: &'a str,
    pub(super) is_header: bool,
    pub(super) comment: Option<char>,
}

impl fmt::Display for TooFewNames<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TooFewNames { found, expected, below, is_header, comment } = *self;
        let has_names_of_rows = found + 1 == expected && comment.is_none();
        let row_names = "if each row starts with its name, open the file with `Csv::options().header()`";
        // A single field is a title more often than the name of the only column.
        if has_names_of_rows && found > 1 {
            write!(f, "{row_names}; otherwise ")?;
        }
        if is_header {
            write!(f, "leave out what is above the header with `Csv::options().lines({below})`")?;
        } else {
            write!(
                f,
                "leave out what is above the rows with `Csv::options().no_header({below})`, or with `lines({below})` if \
                 the first of them is a header"
            )?;
        }
        if let Some(comment) = comment {
            write!(f, " or `comment({comment:?})`")?;
        }
        f.write_str(", or name all columns")?;
        if has_names_of_rows && found == 1 { write!(f, "; {row_names}") } else { Ok(()) }
    }
}

/// What to do about a row of another length, or nothing.
pub(super) struct Uneven<'a> {
    pub(super) may_be_uneven: bool,
    pub(super) lines: Option<&'a str>,
    pub(super) is_header: bool,
}

impl fmt::Display for Uneven<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.may_be_uneven {
            f.write_str(
                "; if rows lack values at their ends, open the file with `Csv::options().uneven_rows()`",
            )?;
        }
        self.lines.map_or(Ok(()), |lines| {
            let call = if self.is_header { "lines" } else { "no_header" };
            write!(
                f,
                "; if the table ends above this line, open the file with `Csv::options().{call}({lines})`"
            )
        })
    }
}

/// `"a" has text (…); "b" has no value (…)`.
pub(super) struct Columns<'a>(pub(super) &'a [UnusableColumn], pub(super) usize);

impl fmt::Display for Columns<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Columns(columns, more) = self;
        let listed: Vec<String> = columns.iter().map(ToString::to_string).collect();
        f.write_str(&listed.join("; "))?;
        if *more > 0 {
            write!(f, "; and {more} more")?;
        }
        Ok(())
    }
}

/// `in column "a"`, or `in each of the columns "a", "b"`.
pub(super) struct In<'a>(pub(super) &'a [String], pub(super) usize);

impl fmt::Display for In<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = List(self.0, self.1);
        if self.0.len() == 1 {
            write!(f, "in column {list}")
        } else {
            write!(f, "in each of the columns {list}")
        }
    }
}

/// What to do about a text in the place of a number.
pub(super) struct OtherNumber<'a>(pub(super) &'a str);

impl fmt::Display for OtherNumber<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_number = |text: &str| text.parse::<f64>().is_ok();
        if is_number(self.0) {
            f.write_str(" with a decimal comma; if it has a point, open the file with `Csv::options().decimal_point()`")?;
            let is_thousand = thousands_of(self.0) == Some('.');
            if is_thousand {
                f.write_str("; if it is between thousands, with `thousands('.')`")
            } else {
                Ok(())
            }
        } else if let Some(separator) = thousands_of(self.0) {
            write!(
                f,
                "; if {separator:?} is between thousands, open the file with `Csv::options().thousands({separator:?})`"
            )?;
            if separator == ',' {
                f.write_str("; if it is a decimal comma, with `decimal_comma()`")
            } else {
                Ok(())
            }
        } else if is_number(&self.0.replacen(',', ".", 1)) {
            f.write_str("; if this is a decimal comma, open the file with `Csv::options().decimal_comma()`")
        } else {
            f.write_str(
                "; leave the column out with `except`, set what stands for no value with `missing`, or read categories \
                 with `table`",
            )
        }
    }
}

/// `"a", "b"`, or the first few and the number of the others.
pub(super) struct List<'a>(pub(super) &'a [String], pub(super) usize);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listed: Vec<String> = self.0.iter().map(|name| format!("{name:?}")).collect();
        f.write_str(&listed.join(", "))?;
        match self.1 {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// `has no value`, or `holds "?", which stands for a missing value`.
pub(super) struct Missing<'a>(pub(super) &'a str);

impl fmt::Display for Missing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let remedy = "fill it in, or leave out such rows with `drop_missing`";
        match self.0 {
            "" => write!(f, "has no value; {remedy}"),
            found => write!(
                f,
                "holds {found:?}, which stands for a missing value; {remedy}; if it is a value, `missing` sets others"
            ),
        }
    }
}

pub(super) fn plural(fields: usize) -> &'static str {
    if fields == 1 { "field" } else { "fields" }
}
