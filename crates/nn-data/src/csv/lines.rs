//! The lines of a file that hold its table: what is above and below them is not read.

use std::fmt;
use std::ops::{Bound, RangeBounds};

use nn_core::SettingError;

use super::records::is_line_break;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Lines, counted from 1 as in editors. Prints as the range that a user writes: `..`, `4..` or `4..=52`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lines {
    pub(super) first: usize,
    pub(super) last: Option<usize>,
}

impl Lines {
    pub(super) const ALL: Lines = Lines { first: 1, last: None };

    /// The lines of a range, which may turn out to make no sense.
    pub(super) fn of(range: &impl RangeBounds<usize>) -> Self {
        let first = match range.start_bound() {
            Bound::Included(&first) => first,
            Bound::Excluded(&before) => before.saturating_add(1),
            Bound::Unbounded => 1,
        };
        let last = match range.end_bound() {
            Bound::Included(&last) => Some(last),
            Bound::Excluded(&after) => Some(after.saturating_sub(1)),
            Bound::Unbounded => None,
        };
        Lines { first, last }
    }

    /// The range as a user writes it, for messages.
    pub(super) fn text(self) -> Box<str> {
        self.to_string().into()
    }

    /// Refuses a line 0 and lines that end before they start.
    pub(super) fn check(self) -> Result<(), SettingError> {
        let Lines { first, last } = self;
        let fits = first > 0 && last.is_none_or(|last| first <= last);
        let expected = "lines counted from 1, of which the last is not above the first";
        SettingError::unless(fits, "CsvOptions", "range of lines", expected, format_args!("{self}"))
    }

    /// The bytes that these lines have in a file, without the byte order mark.
    pub(super) fn bytes_of(self, file: &[u8]) -> std::ops::Range<usize> {
        let mark = if file.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let start = after_lines(file, mark, self.first - 1);
        let count = self.last.map(|last| last - self.first + 1);
        start..count.map_or(file.len(), |count| after_lines(file, start, count))
    }
}

impl fmt::Display for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first != 1 {
            write!(f, "{}", self.first)?;
        }
        f.write_str("..")?;
        self.last.map_or(Ok(()), |last| write!(f, "={last}"))
    }
}

/// The place after so many lines from byte `at` on.
fn after_lines(bytes: &[u8], mut at: usize, lines: usize) -> usize {
    for _ in 0..lines {
        let Some(length) = bytes[at..].iter().position(|&byte| is_line_break(byte)) else {
            return bytes.len();
        };
        at += length + if bytes[at + length..].starts_with(b"\r\n") { 2 } else { 1 };
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_all_forms_are_lines_and_print_as_they_are_written() {
        for (lines, text) in [
            (Lines::of(&..), ".."),
            (Lines::of(&(1..)), ".."),
            (Lines::of(&(4..)), "4.."),
            (Lines::of(&(..=7)), "..=7"),
            (Lines::of(&(..8)), "..=7"),
            (Lines::of(&(4..=7)), "4..=7"),
            (Lines::of(&(4..8)), "4..=7"),
            (Lines::of(&(Bound::Excluded(3), Bound::Unbounded)), "4.."),
        ] {
            assert_eq!(lines.to_string(), text);
            assert!(lines.check().is_ok());
        }
    }

    #[test]
    fn ranges_without_a_line_are_refused() {
        let ranges = [Lines::of(&(0..)), Lines::of(&(3..3)), Lines::of(&(..0))];
        for lines in ranges.into_iter().chain([Lines { first: 3, last: Some(2) }]) {
            assert!(lines.check().is_err(), "{lines}");
        }
        assert!(Lines::of(&(usize::MAX..)).check().is_ok());
    }

    #[test]
    fn the_bytes_are_those_of_whole_lines() {
        let file = "\u{feff}a\r\nb\r\rc\n";
        let text = |first, last| &file[Lines { first, last }.bytes_of(file.as_bytes())];
        assert_eq!(text(1, None), "a\r\nb\r\rc\n");
        assert_eq!(text(2, Some(2)), "b\r");
        assert_eq!(text(2, Some(3)), "b\r\r");
        assert_eq!(text(1, Some(1)), "a\r\n");
        assert_eq!(text(4, Some(9)), "c\n");
        assert_eq!(text(9, None), "");
    }
}
