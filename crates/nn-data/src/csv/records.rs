//! Records and their fields: where each starts and ends in the bytes of a file. Nothing is copied and nothing allocated, so a
//! record of any number of fields takes no memory.

use std::borrow::Cow;

use super::decimal::decimal;

/// The records from some place in a file on.
pub(super) struct Records<'a> {
    bytes: &'a [u8],
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
}

impl<'a> Records<'a> {
    /// The records of `bytes` that start at byte `at` or after it.
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Records { bytes, at }
    }

    /// Reads the next record and passes each field and its place, counted from 0, to `take`. Returns `None` at the end of the
    /// file. Empty lines are skipped, and with them the LF of a CRLF.
    pub(super) fn next(&mut self, mut take: impl FnMut(usize, Field<'a>)) -> Option<Record> {
        self.at += self.rest().iter().take_while(|&&byte| is_line_break(byte)).count();
        let mut record = Record { start: self.at, fields: 0, is_closed: true };
        if self.rest().is_empty() {
            return None;
        }
        loop {
            let start = self.at;
            let number = decimal(self.rest())
                .map(|(number, length)| (number, start + length))
                .filter(|&(_, end)| matches!(self.bytes.get(end), None | Some(b',' | b'\n' | b'\r')));
            // A number is read in one go, because to find its end first takes as long as to read it.
            let (number, end) = match number {
                Some((number, end)) => (Some(number), Some(end)),
                None => (None, self.end_of_field()),
            };
            let bytes = &self.bytes[start..end.unwrap_or(self.bytes.len())];
            take(record.fields, Field { bytes, number });
            record.fields += 1;
            record.is_closed = end.is_some();
            self.at = end.unwrap_or(self.bytes.len());
            // The byte after a field, which is no part of the next.
            let after = self.rest().first();
            self.at += usize::from(after.is_some());
            if after != Some(&b',') {
                return Some(record);
            }
        }
    }

    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    /// Returns the place of the comma, the line break or the end of the file that ends the field here, or `None` for a quote that
    /// does not end.
    fn end_of_field(&self) -> Option<usize> {
        let mut at = self.at;
        if self.bytes.get(at) == Some(&b'"') {
            at += 1;
            loop {
                at += self.bytes[at..].iter().position(|&byte| byte == b'"')? + 1;
                // A doubled quote stands for one and ends nothing.
                if self.bytes.get(at) != Some(&b'"') {
                    break;
                }
                at += 1;
            }
        }
        let length = self.bytes[at..].iter().position(|&byte| byte == b',' || is_line_break(byte));
        Some(length.map_or(self.bytes.len(), |length| at + length))
    }
}

impl<'a> Field<'a> {
    /// Returns the text without quotes and without the white space around it, or `None` if it is not UTF-8.
    pub(super) fn text(self) -> Option<Cow<'a, str>> {
        match self.unquoted() {
            Cow::Borrowed(bytes) => str::from_utf8(bytes).ok().map(|text| text.trim().into()),
            Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(|text| text.trim().to_owned().into()),
        }
    }

    /// A field that starts with a quote ends its quoted part at the next single one. What follows it is taken as it is written.
    fn unquoted(self) -> Cow<'a, [u8]> {
        let Some((b'"', mut rest)) = self.bytes.split_first() else { return self.bytes.into() };
        let mut text = Vec::new();
        while let Some(quote) = rest.iter().position(|&byte| byte == b'"') {
            let (part, after) = (&rest[..quote], &rest[quote + 1..]);
            if after.is_empty() && text.is_empty() {
                return part.into();
            }
            text.extend(part);
            rest = after;
            if rest.first() != Some(&b'"') {
                break;
            }
            text.push(b'"');
            rest = &rest[1..];
        }
        text.extend(rest);
        text.into()
    }
}

/// Counts the line breaks: LF, CRLF and CR.
pub(super) fn line_breaks(bytes: &[u8]) -> usize {
    let pairs = bytes.windows(2).filter(|pair| pair == b"\r\n").count();
    bytes.iter().filter(|&&byte| is_line_break(byte)).count() - pairs
}

pub(super) fn is_line_break(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select, test_runner::RngSeed};

    use super::*;

    /// The records of a file, each with its first byte and its fields.
    type Table = Vec<(usize, Vec<Option<String>>)>;

    fn ours(bytes: &[u8]) -> (Table, bool) {
        let (mut table, mut is_closed) = (Vec::new(), true);
        let mut records = Records::new(bytes, 0);
        loop {
            let mut fields = Vec::new();
            let read = records.next(|place, field| {
                assert_eq!(place, fields.len());
                fields.push(field.text().map(Into::into));
            });
            let Some(record) = read else { return (table, is_closed) };
            assert!(is_closed, "only the last record may be open");
            assert_eq!(record.fields, fields.len());
            is_closed = record.is_closed;
            table.push((record.start, fields));
        }
    }

    /// As the `csv` crate reads it.
    fn theirs(bytes: &[u8]) -> Table {
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut table = Vec::new();
        let mut record = ::csv::ByteRecord::new();
        loop {
            let before = reader.position().byte() as usize;
            if !reader.read_byte_record(&mut record).unwrap() {
                return table;
            }
            // The position is that of the line breaks before the record.
            let start = before + bytes[before..].iter().take_while(|&&byte| is_line_break(byte)).count();
            let text = |field: &[u8]| str::from_utf8(field).ok().map(|text| text.trim().to_owned());
            table.push((start, record.iter().map(text).collect()));
        }
    }

    #[test]
    fn every_kind_of_field() {
        fn of(bytes: &[u8]) -> Field<'_> {
            Field { bytes, number: None }
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

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 20_000,
            rng_seed: RngSeed::Fixed(1996),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        /// A byte order mark is left to the caller, so none is among the bytes.
        #[test]
        fn records_are_those_of_the_csv_crate(bytes in vec(select(&b",,,\"\"\"\n\n\r a1 \xC3\xA9"[..]), 0..40)) {
            let (table, is_closed) = ours(&bytes);
            prop_assert_eq!(&table, &theirs(&bytes));
            // An open quote swallows a further line.
            let further = [&bytes[..], b"\nline"].concat();
            let rows = table.len() + usize::from(is_closed);
            prop_assert_eq!(theirs(&further).len(), rows.max(1));
        }
    }
}
