//! What is no part of a table though it stands in its lines: a rule below the header, and notes below the rows.

use super::dialect::Dialect;
use super::records::{Field, Records, is_line_break};

/// The maximum size of notes.
const NOTES: usize = 1 << 12;

/// Returns the end of the line at `at` if it is a rule below a header of several columns: nothing but dashes or equals signs, which may
/// have bars, plus signs, colons and white space between them.
pub(super) fn end_of_rule(file: &[u8], at: usize, columns: usize) -> Option<usize> {
    let start = at + file[at..].iter().take_while(|&&byte| is_line_break(byte)).count();
    let line = &file[start..];
    let line = &line[..line.iter().position(|&byte| is_line_break(byte)).unwrap_or(line.len())];
    let is_rule = line.windows(3).any(|three| three == b"---" || three == b"===")
        && line.iter().all(|byte| b"-=|+: \t".contains(byte));
    (is_rule && columns > 1).then_some(start + line.len())
}

/// Returns the start of notes below the last row, after byte `at`: lines behind an empty one of which none has as many fields as the
/// table or has a number. They may be rows that broke off where empty lines are usual, so there they are none.
pub(super) fn start_of_notes(file: &[u8], at: usize, dialect: Dialect, columns: usize) -> Option<usize> {
    let text = &file[..file.len() - file.iter().rev().take_while(|&&byte| is_line_break(byte)).count()];
    let earliest = at.max(text.len().saturating_sub(NOTES));
    let start = start_of_paragraph(text, earliest)?;
    // An odd number of quotes shows that the empty line is within a field.
    let quotes = text[start..].iter().filter(|&&byte| byte == dialect.quote).count();
    let mut has_number = false;
    let mut records = Records::new(text, start, &dialect);
    let mut are_shorter = true;
    while let Some(record) = records.next(|_, field| has_number |= is_number(field)) {
        are_shorter &= record.fields < columns;
    }
    if quotes % 2 == 1 || has_number || !are_shorter {
        return None;
    }
    // The rows, and what is above the last of them.
    let rows = text[at..start].trim_ascii();
    let last = rows.iter().rposition(|&byte| is_line_break(byte)).map_or(0, |end| end + 1);
    (!rows.is_empty() && !ends_with_empty_line(&rows[..last])).then_some(start)
}

/// The place behind the last empty line, which must not be before `earliest`.
fn start_of_paragraph(text: &[u8], earliest: usize) -> Option<usize> {
    (earliest..text.len()).rev().find(|&end| ends_with_empty_line(&text[earliest..end]))
}

fn ends_with_empty_line(text: &[u8]) -> bool {
    [&b"\n\n"[..], b"\n\r\n", b"\r\r"].iter().any(|empty| text.ends_with(empty))
}

fn is_number(field: Field) -> bool {
    field.number.is_some() || field.short_text().and_then(|text| field.number_in(&text)).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_told_from_a_row() {
        let rest =
            |text: &'static str, columns| end_of_rule(text.as_bytes(), 0, columns).map(|end| &text[end..]);
        assert_eq!(rest("\n-----\n1 2\n", 2), Some("\n1 2\n"));
        assert_eq!(rest("=== ===\r\n1 2\n", 2), Some("\r\n1 2\n"));
        assert_eq!(rest("|:---|---:|", 2), Some(""));
        for row in ["---", "", "\n"] {
            assert_eq!(rest(row, 1), None, "{row}");
        }
        for row in ["- -\n", "---,---\n", "--- 5\n", "a---\n"] {
            assert_eq!(rest(row, 2), None, "{row}");
        }
    }

    #[test]
    fn notes_are_told_from_rows() {
        let notes = |text: &'static str| {
            start_of_notes(text.as_bytes(), 4, Dialect::ORDINARY, 2).map(|start| &text[start..])
        };
        assert_eq!(notes("x,y\n1,2\n3,4\n\nSource: me\n"), Some("Source: me\n"));
        assert_eq!(notes("x,y\n1,2\n\nSource: me"), Some("Source: me"));
        assert_eq!(
            notes("x,y\r\n1,2\r\n3,4\r\n\r\nSource: me\r\nToday\r\n\r\n"),
            Some("Source: me\r\nToday\r\n\r\n")
        );
        assert_eq!(notes("x,y\r1,2\r3,4\r\rSource: me"), Some("Source: me"));
        for text in [
            "x,y\n1,2\n3,4\nSource: me\n",
            "x,y\n1,2\n3,4\n\nSource,me\n",
            "x,y\n1,2\n3,4\n\n5\n",
            "x,y\n1,2\n\n3,4\n\nbroken\n",
            "x,y\r\n1,2\r\n\r\n3,4\r\n\r\nbroken\r\n",
            "x,y\r1,2\r\r3,4\r\rbroken",
            "x,y\n1,2\n3,\"4\n\nand so on\"\n",
            "x,y\n\nSource: me\n",
            "x,y\n\n\n",
            "x,y\n1,2\n\n\n",
            "x,y\n",
        ] {
            assert_eq!(notes(text), None, "{text}");
        }
    }
}
