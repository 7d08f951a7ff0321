//! Records and their fields: where each starts and ends in the bytes of a file. Nothing is copied and nothing allocated, so a
//! record of any number of fields takes no memory.

use std::borrow::Cow;

use super::decimal::decimal;
use super::dialect::Dialect;
use super::thousands::without_thousands;

/// The records from some place in a file on.
pub(super) struct Records<'a> {
    bytes: &'a [u8],
    dialect: &'a Dialect,
    /// The next byte to read.
    pub(super) at: usize,
}

/// A record that was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    /// Its first byte.
    pub(super) start: usize,
    /// The number of its fields.
    pub(super) fields: usize,
    /// Whether its last quoted field ends before the file does.
    pub(super) is_closed: bool,
}

/// A field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'a> {
    /// As it is written, with its quotes.
    bytes: &'a [u8],
    /// The number that it is, if that is known from finding its end.
    pub(super) number: Option<f64>,
    dialect: &'a Dialect,
}

impl<'a> Records<'a> {
    /// The records of `bytes` that start at byte `at` or after it.
    pub(super) fn new(bytes: &'a [u8], at: usize, dialect: &'a Dialect) -> Self {
        Records { bytes, dialect, at }
    }

    /// Reads the next record and passes each field and its place, counted from 0, to `take`. Returns `None` at the end of the
    /// file. Empty lines are skipped, and with them the LF of a CRLF.
    pub(super) fn next(&mut self, take: impl FnMut(usize, Field<'a>)) -> Option<Record> {
        self.next_as::<false>(take)
    }

    /// As [`Records::next`]. In an `ORDINARY` dialect, constants make it a fifth faster.
    #[inline(always)]
    pub(super) fn next_as<const ORDINARY: bool>(
        &mut self,
        mut take: impl FnMut(usize, Field<'a>),
    ) -> Option<Record> {
        let dialect = if ORDINARY { &Dialect::ORDINARY } else { self.dialect };
        self.skip_to_record(dialect);
        let mut record = Record { start: self.at, fields: 0, is_closed: true };
        if self.rest().is_empty() {
            return None;
        }
        loop {
            let mut start = self.at;
            let number = decimal(self.rest(), dialect.plain_point())
                .map(|(number, length)| (number, start + length))
                .filter(|&(_, end)| self.bytes.get(end).is_none_or(|&byte| ends_field(byte, dialect)));
            // A number is read in one go, because to find its end first takes as long as to read it.
            let (number, end) = match number {
                Some((number, end)) => (Some(number), Some(end)),
                None => {
                    start = self.start_of_quote(dialect).unwrap_or(start);
                    (None, self.end_of_field(start, dialect))
                }
            };
            let bytes = &self.bytes[start..end.unwrap_or(self.bytes.len())];
            take(record.fields, Field { bytes, number, dialect });
            record.fields += 1;
            record.is_closed = end.is_some();
            self.at = end.unwrap_or(self.bytes.len());
            // The byte after a field, which is no part of the next.
            let after = self.rest().first();
            self.at += usize::from(after.is_some());
            if !after.is_some_and(|&byte| dialect.is_delimiter(byte)) {
                return Some(record);
            }
            if dialect.has_runs() {
                self.skip_while(|byte| dialect.is_delimiter(byte));
                if self.rest().first().is_none_or(|&byte| is_line_break(byte)) {
                    return Some(record);
                }
            }
        }
    }

    #[inline(always)]
    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    #[inline(always)]
    fn skip_while(&mut self, is_skipped: impl Fn(u8) -> bool) {
        self.at += self.rest().iter().take_while(|&&byte| is_skipped(byte)).count();
    }

    /// Skips line breaks, comments, and delimiters where they are white space.
    #[inline(always)]
    fn skip_to_record(&mut self, dialect: &Dialect) {
        loop {
            self.skip_while(|byte| is_line_break(byte) || (dialect.has_runs() && dialect.is_delimiter(byte)));
            if dialect.comment.is_none() || self.rest().first() != dialect.comment.as_ref() {
                return;
            }
            self.skip_while(|byte| !is_line_break(byte));
        }
    }

    /// Returns the place of the quote that the field here starts with, maybe after white space.
    #[inline(always)]
    fn start_of_quote(&self, dialect: &Dialect) -> Option<usize> {
        let is_skipped = |byte: u8| matches!(byte, b' ' | b'\t') && !dialect.is_delimiter(byte);
        let blanks = self.rest().iter().take_while(|&&byte| is_skipped(byte)).count();
        (self.rest().get(blanks) == Some(&dialect.quote)).then_some(self.at + blanks)
    }

    /// Returns the place of the delimiter, the line break or the end of the file that ends the field that starts at `at`, or `None`
    /// for a quote that does not end.
    #[inline(always)]
    fn end_of_field(&self, mut at: usize, dialect: &Dialect) -> Option<usize> {
        if self.bytes.get(at) == Some(&dialect.quote) {
            at += 1;
            loop {
                at += self.bytes[at..].iter().position(|&byte| byte == dialect.quote)? + 1;
                // A doubled quote stands for one and ends nothing.
                if self.bytes.get(at) != Some(&dialect.quote) {
                    break;
                }
                at += 1;
            }
        }
        let length = self.bytes[at..].iter().position(|&byte| ends_field(byte, dialect));
        Some(length.map_or(self.bytes.len(), |length| at + length))
    }
}

impl<'a> Field<'a> {
    /// One that a row lacks.
    pub(super) const EMPTY: Self = Field { bytes: &[], number: None, dialect: &Dialect::ORDINARY };

    /// Whether the field is [padded with zeros](is_padded_with_zeros), maybe in quotes or after white space.
    #[inline]
    pub(super) fn is_padded_with_zeros(self) -> bool {
        if self.number.is_some() { is_padded_with_zeros(self.bytes) } else { self.has_padded_text() }
    }

    /// False for most fields that are not [padded with zeros](Field::is_padded_with_zeros), and never for one that is.
    #[inline(always)]
    pub(super) fn may_be_padded_with_zeros(self) -> bool {
        // Both bytes in one comparison: a branch for the first would be mispredicted where many numbers are below 1. A digit is 0x3_.
        let is_padded = |&two: &[u8; 2]| u16::from_le_bytes(two) & 0xF0FF == 0x3030;
        self.number.is_none() | self.bytes.first_chunk().is_some_and(is_padded)
    }

    #[cold]
    fn has_padded_text(self) -> bool {
        let is_skipped = |byte: &u8| *byte == self.dialect.quote || matches!(byte, b' ' | b'\t');
        let start = self.bytes.iter().take_while(|byte| is_skipped(byte)).count();
        is_padded_with_zeros(&self.bytes[start..])
    }

    /// The place of its first byte in the file that it is a part of.
    pub(super) fn place_in(self, file: &[u8]) -> usize {
        self.bytes.as_ptr().addr() - file.as_ptr().addr()
    }

    /// Returns the text without quotes and without the white space around it, or `None` if it is not UTF-8.
    pub(super) fn text(self) -> Option<Cow<'a, str>> {
        match self.unquoted() {
            Cow::Borrowed(bytes) => str::from_utf8(bytes).ok().map(|text| text.trim().into()),
            Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(|text| text.trim().to_owned().into()),
        }
    }

    /// Returns the text unless it is longer than a number or a name: that of a long field in quotes would be copied.
    pub(super) fn short_text(self) -> Option<Cow<'a, str>> {
        const LONGEST: usize = 400;
        if self.bytes.len() > LONGEST { None } else { self.text() }
    }

    /// Returns the number that `text`, the text of this field, stands for. It may be infinite.
    pub(super) fn number_in(self, text: &str) -> Option<f64> {
        self.plain_number(text)?.parse().ok()
    }

    /// Returns `text`, the text of this field, with a decimal point and with nothing between thousands; `None` if it is no number for
    /// its point or for what is between its thousands.
    pub(super) fn plain_number(self, text: &str) -> Option<Cow<'_, str>> {
        // The minus sign of typesetters.
        let text = match text.strip_prefix('\u{2212}') {
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => format!("-{rest}").into(),
            _ => Cow::Borrowed(text),
        };
        let text = match self.dialect.thousands {
            Some(separator) if text.contains(separator) => {
                without_thousands(&text, separator, self.dialect.point)?.into()
            }
            _ => text,
        };
        if self.dialect.point == b'.' {
            return Some(text);
        }
        // A point has no meaning beside a decimal comma.
        if text.contains('.') {
            None
        } else {
            Some(text.replacen(char::from(self.dialect.point), ".", 1).into())
        }
    }

    /// Whether nothing is written, or only white space.
    pub(super) fn is_empty(self) -> bool {
        self.bytes.trim_ascii().is_empty()
    }

    /// Whether the field is written in quotes.
    pub(super) fn is_quoted(self) -> bool {
        self.bytes.first() == Some(&self.dialect.quote)
    }

    /// A field that starts with a quote ends its quoted part at the next single one. What follows it is taken as it is written.
    fn unquoted(self) -> Cow<'a, [u8]> {
        let quote = self.dialect.quote;
        let Some((first, mut rest)) = self.bytes.split_first() else { return self.bytes.into() };
        if *first != quote {
            return self.bytes.into();
        }
        let mut text = Vec::new();
        while let Some(end) = rest.iter().position(|&byte| byte == quote) {
            let (part, after) = (&rest[..end], &rest[end + 1..]);
            if after.is_empty() && text.is_empty() {
                return part.into();
            }
            text.extend(part);
            rest = after;
            if rest.first() != Some(&quote) {
                break;
            }
            text.push(quote);
            rest = &rest[1..];
        }
        text.extend(rest);
        text.into()
    }
}

#[inline(always)]
fn ends_field(byte: u8, dialect: &Dialect) -> bool {
    dialect.is_delimiter(byte) || is_line_break(byte)
}

/// Whether a number begins with a zero that it does not need, as codes do: `007`, but not `0.7`.
#[inline]
pub(super) fn is_padded_with_zeros(number: &[u8]) -> bool {
    matches!(number, [b'0', b'0'..=b'9', ..])
}

/// Counts the line breaks: LF, CRLF and CR.
pub(super) fn line_breaks(bytes: &[u8]) -> usize {
    let pairs = bytes.windows(2).filter(|pair| pair == b"\r\n").count();
    bytes.iter().filter(|&&byte| is_line_break(byte)).count() - pairs
}

#[inline(always)]
pub(super) fn is_line_break(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select, test_runner::RngSeed};

    use super::*;

    /// The records of a file, each with its first byte and its fields.
    type Table = Vec<(usize, Vec<Option<String>>)>;

    const fn dialect(delimiters: [u8; 2], quote: u8) -> Dialect {
        Dialect { delimiters, quote, ..Dialect::ORDINARY }
    }

    const WHITE_SPACE: Dialect = dialect(*b" \t", b'"');

    const DIALECTS: [Dialect; 5] = [
        Dialect::ORDINARY,
        dialect([b';'; 2], b'"'),
        dialect([b'\t'; 2], b'"'),
        dialect([b','; 2], b'\''),
        Dialect { point: b',', ..dialect([b'|'; 2], b'\'') },
    ];

    fn ours(bytes: &[u8], dialect: Dialect) -> (Table, bool) {
        let (mut table, mut is_closed) = (Vec::new(), true);
        let mut records = Records::new(bytes, 0, &dialect);
        loop {
            let mut fields = Vec::new();
            let take = |place: usize, field: Field| {
                assert_eq!(place, fields.len());
                fields.push(field.text().map(Into::into));
            };
            let is_ordinary = dialect == Dialect::ORDINARY;
            let read = if is_ordinary { records.next_as::<true>(take) } else { records.next(take) };
            let Some(record) = read else { return (table, is_closed) };
            assert!(is_closed, "only the last record may be open");
            assert_eq!(record.fields, fields.len());
            is_closed = record.is_closed;
            table.push((record.start, fields));
        }
    }

    /// As the `csv` crate reads it, which does not know a quote after a space: `None` if there is one.
    fn theirs(bytes: &[u8], dialect: Dialect) -> Option<Table> {
        let mut reader = ::csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(dialect.delimiters[0])
            .quote(dialect.quote)
            .from_reader(bytes);
        let mut table = Vec::new();
        let mut record = ::csv::ByteRecord::new();
        loop {
            let before = reader.position().byte() as usize;
            if !reader.read_byte_record(&mut record).unwrap() {
                return Some(table);
            }
            if record.iter().any(|field| field.starts_with(b" ") && field.contains(&dialect.quote)) {
                return None;
            }
            // The position is that of the line breaks before the record.
            let start = before + bytes[before..].iter().take_while(|&&byte| is_line_break(byte)).count();
            let text = |field: &[u8]| str::from_utf8(field).ok().map(|text| text.trim().to_owned());
            table.push((start, record.iter().map(text).collect()));
        }
    }

    fn fields(text: &str, dialect: Dialect) -> Vec<Vec<String>> {
        let (table, is_closed) = ours(text.as_bytes(), dialect);
        assert!(is_closed);
        table.into_iter().map(|(_, fields)| fields.into_iter().map(Option::unwrap).collect()).collect()
    }

    #[test]
    fn every_kind_of_field() {
        fn of(bytes: &[u8]) -> Field<'_> {
            Field { bytes, ..Field::EMPTY }
        }
        let text = |field: &str| of(field.as_bytes()).text().unwrap().into_owned();
        for (field, expected) in [
            ("", ""),
            (" a b ", "a b"),
            ("\"\"", ""),
            ("\"a\"", "a"),
            ("\" a, \"", "a,"),
            ("\"say \"\"a\"\"\"", "say \"a\""),
            ("\"\"\"\"", "\""),
            ("\"a\"b\"\"c\"", "ab\"\"c\""),
            ("a\"b\"\"", "a\"b\"\""),
            ("\"open", "open"),
            ("\"open \"\" still", "open \" still"),
        ] {
            assert_eq!(text(field), expected, "{field}");
        }
        assert!(matches!(of(b"\"a b\"").text(), Some(Cow::Borrowed("a b"))), "without a copy");
    }

    #[test]
    fn white_space_is_one_delimiter_and_none_at_the_ends_of_a_line() {
        let expected = [vec!["a", "1", "b c"], vec!["d"], vec!["", "2"]];
        assert_eq!(fields("  a \t1  \"b c\" \r\n \t \nd\t\n\"\"  2", WHITE_SPACE), expected);
    }

    #[test]
    fn comments_are_skipped() {
        let dialect = Dialect { comment: Some(b'#'), ..Dialect::ORDINARY };
        let expected = [vec!["a", "#b"], vec!["1", "2"]];
        assert_eq!(fields("#\"\n##\n\na,#b\n#x\r\n1,2\n#y", dialect), expected);
        assert_eq!(fields("#", dialect), [[""; 0]; 0]);
    }

    #[test]
    fn numbers_have_the_point_of_the_dialect() {
        let numbers = |text: &str, delimiter: u8| {
            let dialect = Dialect { point: b',', ..dialect([delimiter; 2], b'"') };
            let mut numbers = Vec::new();
            let mut records = Records::new(text.as_bytes(), 0, &dialect);
            records.next(|_, field| numbers.push(field.number.or(field.number_in(&field.text().unwrap()))));
            numbers
        };
        assert_eq!(numbers("1,5;2;\" -,5\";1.5;1,5,5", b';'), [Some(1.5), Some(2.0), Some(-0.5), None, None]);
        assert_eq!(numbers("1,5,\"1,5\",2.5", b','), [Some(1.0), Some(5.0), Some(1.5), None]);
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 20_000,
            rng_seed: RngSeed::Fixed(1996),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        /// A byte order mark is left to the caller, so none is among the bytes.
        #[test]
        fn records_are_those_of_the_csv_crate(
            bytes in vec(select(&b",,,\"\"\"\n\n\r a1 \xC3\xA9"[..]), 0..40),
            dialect in select(&DIALECTS[..]),
        ) {
            let swap = |byte| match byte {
                b',' => dialect.delimiters[0],
                b'"' => dialect.quote,
                other => other,
            };
            let bytes: Vec<u8> = bytes.into_iter().map(swap).collect();
            let Some(expected) = theirs(&bytes, dialect) else { return Ok(()) };
            let (table, is_closed) = ours(&bytes, dialect);
            prop_assert_eq!(&table, &expected);
            // An open quote swallows a further line.
            let further = [&bytes[..], b"\nline"].concat();
            let rows = table.len() + usize::from(is_closed);
            prop_assert_eq!(theirs(&further, dialect).unwrap().len(), rows.max(1));
        }

        /// Fields as they are written, with spaces around quotes, and with white space as the delimiter.
        #[test]
        fn spaces_around_quotes_change_nothing(
            table in vec(vec(("[a1,;\"\n ]{0,4}", 0..3_usize, 0..3_usize), 1..4), 1..4),
        ) {
            let quoted = |field: &str| format!("\"{}\"", field.replace('"', "\"\""));
            let expected: Vec<Vec<String>> =
                table.iter().map(|row| row.iter().map(|(field, ..)| field.trim().to_owned()).collect()).collect();
            for (dialect, delimiter) in [(DIALECTS[0], ","), (DIALECTS[2], "\t"), (WHITE_SPACE, " ")] {
                let mut text = String::new();
                for row in &table {
                    let field = |(field, before, after): &(String, usize, usize)| {
                        format!("{}{}{}", " ".repeat(*before), quoted(field), " ".repeat(*after))
                    };
                    text += &row.iter().map(field).collect::<Vec<_>>().join(delimiter);
                    text.push('\n');
                }
                prop_assert_eq!(fields(&text, dialect), expected.clone(), "{}", text);
            }
        }
    }
}
