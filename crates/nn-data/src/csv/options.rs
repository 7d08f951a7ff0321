//! What must be known of a file before its header is read.

use std::io::Read;
use std::ops::RangeBounds;
use std::path::Path;

use nn_core::SettingError;

use super::lines::Lines;
use super::source::Source;
use super::{Csv, Delimiter};
use crate::DataError;

/// How a CSV file is written, where it is not as [`Csv::open`] expects or guesses. Made by [`Csv::options`], used by
/// [`open`](CsvOptions::open). What makes no sense is refused there.
///
/// ```
/// use nn_data::Csv;
/// let file = "\
/// Measured in Graz
/// % weight in kg
/// 1,5;'a;b'
/// 2,25;'c'
/// ";
/// let csv = Csv::options()
///     .no_header(2..)
///     .comment('%')
///     .delimiter(';')
///     .quote('\'')
///     .decimal_comma()
///     .from_reader(file.as_bytes())?;
/// let table = csv.table()?;
/// assert_eq!(table.column("column 1")?.number(1), Some(2.25));
/// assert_eq!(table.column("column 2")?.text(0), Some("a;b"));
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone)]
pub struct CsvOptions {
    pub(super) delimiter: Option<Delimiter>,
    pub(super) has_decimal_comma: Option<bool>,
    pub(super) has_header: bool,
    /// The lines of the table, where they are set with its header.
    pub(super) lines: Option<Lines>,
    /// The lines of the rows, where there is no header.
    pub(super) lines_of_rows: Option<Lines>,
    pub(super) has_uneven_rows: bool,
    pub(super) comment: Option<char>,
    pub(super) quote: char,
    pub(super) thousands: Option<char>,
    pub(super) is_latin_1: bool,
}

impl CsvOptions {
    pub(super) fn new() -> Self {
        CsvOptions {
            delimiter: None,
            has_decimal_comma: None,
            has_header: false,
            lines: None,
            lines_of_rows: None,
            has_uneven_rows: false,
            comment: None,
            quote: '"',
            thousands: None,
            is_latin_1: false,
        }
    }

    /// Sets what separates the fields: an ASCII character that is no letter, digit, `.`, `+` or `-`, or
    /// [`Delimiter::Whitespace`], for which a space stands. Without this call it is guessed from the first lines.
    #[must_use]
    pub fn delimiter(mut self, delimiter: impl Into<Delimiter>) -> Self {
        self.delimiter = Some(delimiter.into());
        self
    }

    /// Numbers have a decimal comma, as in `1,5`. A number with a point is then none. Without this call it is guessed from the
    /// first lines unless the delimiter is a comma.
    #[must_use]
    pub fn decimal_comma(mut self) -> Self {
        self.has_decimal_comma = Some(true);
        self
    }

    /// Numbers have a decimal point: a comma in a field is never guessed to be one.
    #[must_use]
    pub fn decimal_point(mut self) -> Self {
        self.has_decimal_comma = Some(false);
        self
    }

    /// Numbers may have this character between thousands, as in `1,234.5`: a comma, a point, an apostrophe, a space or
    /// another character that is no digit. Groups of three digits follow it, so that a decimal comma is not mistaken for it.
    /// With a point, the decimal point is a comma.
    ///
    /// ```
    /// use nn_data::Csv;
    /// let file = "city,people\nGraz,\"291,134\"\nKumberg,950\n";
    /// let cities = Csv::options().thousands(',').from_reader(file.as_bytes())?;
    /// let table = cities.table()?;
    /// assert_eq!(table.column("people")?.number(0), Some(291_134.0));
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    #[must_use]
    pub fn thousands(mut self, separator: char) -> Self {
        self.thousands = Some(separator);
        self
    }

    /// The table with its header is in these lines of the file, counted from 1 as in an editor, empty ones included: `4..` where a
    /// title is above it, `..=52` where notes are below it, `4..=52` for both.
    ///
    /// ```
    /// use nn_data::Csv;
    /// let file = "Rain in 1961\n\ncity,rain\nGraz,840\nLinz,750\nSource: by hand\n";
    /// let cities = Csv::options().lines(3..=5).from_reader(file.as_bytes())?.table()?;
    /// assert_eq!(cities.rows(), 2);
    /// assert_eq!(cities.place(0), "<input>, line 4");
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    #[must_use]
    pub fn lines(mut self, lines: impl RangeBounds<usize>) -> Self {
        self.lines = Some(Lines::of(&lines));
        self
    }

    /// There is no header: the first row holds values, not names. The rows are in these lines of the file, counted as by
    /// [`lines`](CsvOptions::lines): `..` for all of it, `2..` where a line of something else is above them. The columns are called
    /// `column 1`, `column 2` and so on.
    ///
    /// ```
    /// use nn_data::Csv;
    /// // The numbers of rows and columns, then the rows.
    /// let file = "2,3\n5.1,3.5,0\n6.2,2.9,1\n";
    /// let irises = Csv::options().no_header(2..).from_reader(file.as_bytes())?.table()?;
    /// assert_eq!(irises.column("column 2")?.number(0), Some(3.5));
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    #[must_use]
    pub fn no_header(mut self, lines: impl RangeBounds<usize>) -> Self {
        self.lines_of_rows = Some(Lines::of(&lines));
        self
    }

    /// Rows may have fewer fields than the header, but more than half of them: the values that a row lacks at its end are missing. They may
    /// have more if all of these are empty. Any other row is an error that names its line. Without this call, each row must have as
    /// many fields as the header.
    ///
    /// ```
    /// use nn_data::Csv;
    /// let file = "city,rain,snow\nGraz,840,5\nRome,830\nOslo,760,90,\n";
    /// let cities = Csv::options().uneven_rows().from_reader(file.as_bytes())?.table()?;
    /// assert_eq!(cities.column("snow")?.number(1), None);
    /// assert_eq!(cities.column("snow")?.number(2), Some(90.0));
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    #[must_use]
    pub fn uneven_rows(mut self) -> Self {
        self.has_uneven_rows = true;
        self
    }

    /// The first row holds names even if some of them are numbers, or if it has one name less than the rows have
    /// fields: then each row starts with its own name, and this column has none. Without this call such a row is refused,
    /// because it may be a row of values or a title.
    ///
    /// ```
    /// use nn_data::Csv;
    /// let file = "weight,power\nFiat,980,52\nVolvo,1650,110\n";
    /// let cars = Csv::options().header().from_reader(file.as_bytes())?.table()?;
    /// assert_eq!(cars.columns().len(), 2);
    /// assert_eq!(cars.column("weight")?.number(0), Some(980.0));
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    #[must_use]
    pub fn header(mut self) -> Self {
        self.has_header = true;
        self
    }

    /// Skips every line that starts with this ASCII character. Without this call, lines that start with `#` or `%` are skipped
    /// only above the table, and only if the header cannot be among them.
    #[must_use]
    pub fn comment(mut self, character: char) -> Self {
        self.comment = Some(character);
        self
    }

    /// Sets the ASCII character around fields that hold delimiters or line breaks, in place of `"`.
    #[must_use]
    pub fn quote(mut self, character: char) -> Self {
        self.quote = character;
        self
    }

    /// The text is in Latin-1 or Windows-1252, which has the same letters and a few more characters, such as the euro sign. Excel
    /// saves CSV files so in Western Europe and the Americas. Text that can only be UTF-8 is refused, because its letters would be
    /// others. Without this call, text is UTF-8, or UTF-16 if the file starts with the mark of UTF-16.
    ///
    /// ```
    /// use nn_data::Csv;
    /// let file = b"city,rain\nK\xF6ln,840\nZ\xFCrich,1134\n";
    /// assert!(Csv::from_reader(&file[..])?.table().is_err());
    /// let cities = Csv::options().latin_1().from_reader(&file[..])?.table()?;
    /// assert_eq!(cities.column("city")?.text(0), Some("Köln"));
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    #[must_use]
    pub fn latin_1(mut self) -> Self {
        self.is_latin_1 = true;
        self
    }

    /// Reads a file and its header, as [`Csv::open`] does.
    ///
    /// # Errors
    /// As [`Csv::open`]; and [`DataError::Setting`] for a character that cannot be a delimiter, a comment or a quote, for lines that
    /// are none, and for `no_header` beside `header` or `lines`.
    pub fn open(&self, path: impl AsRef<Path>) -> Result<Csv, DataError> {
        self.check()?;
        Csv::new(Source::open(path.as_ref(), self)?, self)
    }

    /// Reads `reader` to its end. Messages call it `<input>`.
    ///
    /// # Errors
    /// As [`CsvOptions::open`].
    pub fn from_reader(&self, reader: impl Read) -> Result<Csv, DataError> {
        self.check()?;
        Csv::new(Source::read("<input>", reader, self)?, self)
    }

    /// The lines to read.
    pub(super) fn lines_to_read(&self) -> Lines {
        self.lines_of_rows.or(self.lines).unwrap_or(Lines::ALL)
    }

    /// Refuses lines that are none, and settings that say different things of the header.
    fn check(&self) -> Result<(), SettingError> {
        self.lines_to_read().check()?;
        let Some(rows) = self.lines_of_rows else { return Ok(()) };
        let found = if self.has_header { "header()".to_owned() } else { format!("no_header({rows})") };
        let is_one = !self.has_header && self.lines.is_none();
        let expected = match self.lines {
            Some(lines) if !self.has_header => format!("`no_header({lines})` without `lines`"),
            _ => "`header` or `no_header`, not both".to_owned(),
        };
        SettingError::unless(is_one, "CsvOptions", "header", expected, format_args!("{found}"))
    }
}
