//! How a file separates its fields, and how it writes text and numbers.

use std::fmt;

use nn_core::SettingError;

use super::options::CsvOptions;

/// What separates the fields of a CSV file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delimiter {
    /// A character, such as a comma.
    Char(char),
    /// One or several spaces or tabs. Those at the start and at the end of a line separate nothing.
    Whitespace,
}

/// A space stands for [`Delimiter::Whitespace`].
impl From<char> for Delimiter {
    fn from(character: char) -> Self {
        if character == ' ' { Delimiter::Whitespace } else { Delimiter::Char(character) }
    }
}

/// Prints as `commas`, `semicolons`, `tabs`, `vertical bars`, `white space` or, for another character, `'^'`.
impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Delimiter::Char(',') => f.write_str("commas"),
            Delimiter::Char(';') => f.write_str("semicolons"),
            Delimiter::Char('\t') => f.write_str("tabs"),
            Delimiter::Char('|') => f.write_str("vertical bars"),
            Delimiter::Char(other) => write!(f, "{other:?}"),
            Delimiter::Whitespace => f.write_str("white space"),
        }
    }
}

/// What a parser must know of a file: single bytes, because every character with a meaning is ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    /// A tab and a space are two delimiters that mean the same. Elsewhere both are equal.
    pub(super) delimiters: [u8; 2],
    pub(super) quote: u8,
    /// The byte between the digits of a number, such as a point.
    pub(super) point: u8,
    /// Lines that start with it are skipped.
    pub(super) comment: Option<u8>,
    /// What may be between thousands.
    pub(super) thousands: Option<char>,
}

impl Dialect {
    /// Most files, for which the parser is compiled apart.
    pub(super) const ORDINARY: Dialect =
        Dialect { delimiters: [b','; 2], quote: b'"', point: b'.', comment: None, thousands: None };

    /// The dialect of a file whose delimiter is known. A decimal comma is set apart.
    pub(super) fn new(delimiter: Delimiter, options: &CsvOptions) -> Result<Self, SettingError> {
        let delimiters = match delimiter {
            Delimiter::Whitespace => *b" \t",
            Delimiter::Char(character) => [ascii("delimiter", character)?; 2],
        };
        let quote = ascii("quote", options.quote)?;
        let comment = options.comment.map(|comment| ascii("comment", comment)).transpose()?;
        let all = [Some(delimiters[0]), Some(quote), comment].map(|byte| byte.map(char::from));
        let is_doubled = all[0] == all[1] || all[1] == all[2] || all[0] == all[2];
        let found = options.quote;
        SettingError::unless(
            !is_doubled,
            "CsvOptions",
            "quote",
            "another character than the delimiter and the comment",
            format_args!("{found:?}"),
        )?;
        Ok(Dialect { delimiters, quote, point: b'.', comment, thousands: options.thousands })
    }

    /// Sets the decimal point, which must be another character than the one between thousands.
    pub(super) fn with_point(self, has_decimal_comma: bool) -> Result<Self, SettingError> {
        let dialect = Dialect { point: if has_decimal_comma { b',' } else { b'.' }, ..self };
        if let Some(thousands) = self.thousands {
            let point = char::from(dialect.point);
            let fits = thousands != point && !thousands.is_alphanumeric() && !['+', '-'].contains(&thousands);
            let expected = format_args!(
                "a character that is no letter, digit, '+' or '-' and not the decimal point, {point:?}"
            );
            SettingError::unless(fits, "CsvOptions", "thousands", expected, format_args!("{thousands:?}"))?;
        }
        Ok(dialect)
    }

    pub(super) fn delimiter(&self) -> Delimiter {
        match self.delimiters {
            [b' ', b'\t'] => Delimiter::Whitespace,
            [byte, _] => Delimiter::Char(byte.into()),
        }
    }

    #[inline(always)]
    pub(super) fn is_delimiter(&self, byte: u8) -> bool {
        byte == self.delimiters[0] || byte == self.delimiters[1]
    }

    /// Whether several delimiters are as good as one.
    #[inline(always)]
    pub(super) fn has_runs(&self) -> bool {
        self.delimiters[0] != self.delimiters[1]
    }

    /// The decimal point in numbers without quotes. If it separates fields there is none: a digit never ends the digits before it.
    #[inline(always)]
    pub(super) fn plain_point(&self) -> u8 {
        if self.is_delimiter(self.point) { b'0' } else { self.point }
    }
}

/// A character with a meaning must not be part of names or numbers, and takes one byte.
fn ascii(name: &str, character: char) -> Result<u8, SettingError> {
    let fits = character == '\t' || (character.is_ascii_graphic() && !character.is_ascii_alphanumeric());
    let expected = "an ASCII character that is no letter, digit, '.', '+' or '-'";
    let fits = fits && !['.', '+', '-'].contains(&character);
    SettingError::unless(fits, "CsvOptions", name, expected, format_args!("{character:?}"))?;
    Ok(character as u8)
}
