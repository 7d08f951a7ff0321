//! What must be known of a file before its header is read.

use std::io::Read;
use std::path::Path;

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
///     .skip_lines(1)
///     .comment('%')
///     .delimiter(';')
///     .quote('\'')
///     .decimal_comma()
///     .no_header()
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
    pub(super) has_header: Option<bool>,
    pub(super) skip_lines: usize,
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
            has_header: None,
            skip_lines: 0,
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

    /// The first row holds values, not names. The columns are called `column 1`, `column 2` and so on.
    #[must_use]
    pub fn no_header(mut self) -> Self {
        self.has_header = Some(false);
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
        self.has_header = Some(true);
        self
    }

    /// Skips the first `lines` lines, as an editor counts them, empty ones included.
    #[must_use]
    pub fn skip_lines(mut self, lines: usize) -> Self {
        self.skip_lines = lines;
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
    /// As [`Csv::open`]; and [`DataError::Setting`] for a character that cannot be a delimiter, a comment or a quote.
    pub fn open(&self, path: impl AsRef<Path>) -> Result<Csv, DataError> {
        Csv::new(Source::open(path.as_ref(), self)?, self)
    }

    /// Reads `reader` to its end. Messages call it `<input>`.
    ///
    /// # Errors
    /// As [`CsvOptions::open`].
    pub fn from_reader(&self, reader: impl Read) -> Result<Csv, DataError> {
        Csv::new(Source::read("<input>", reader, self)?, self)
    }
}
