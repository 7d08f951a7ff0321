//! Lines above the table that start with `#` or `%`: comments, if they cannot be anything else.

use super::dialect::Dialect;
use super::records::{Field, Records, is_line_break};

/// What comments start with where nobody says it.
pub(super) const MARKS: [u8; 2] = [b'#', b'%'];

/// Returns the first byte behind the lines at `start` that all start with one of the marks; empty lines may be between them. `None` if
/// there are none, or nothing is behind them.
pub(super) fn end_of_marked_lines(bytes: &[u8], start: usize) -> Option<usize> {
    let (mut at, mut end) = (start, None);
    let mark = bytes[start..]
        .iter()
        .copied()
        .find(|byte| !is_line_break(*byte))
        .filter(|mark| MARKS.contains(mark))?;
    while let Some(&byte) = bytes.get(at) {
        if is_line_break(byte) {
            at += 1;
        } else if byte == mark {
            at += bytes[at..].iter().take_while(|&&byte| !is_line_break(byte)).count();
            end = Some(at);
        } else {
            return end.map(|_| at);
        }
    }
    None
}

/// Whether the marked lines `above` are certainly no part of the table that starts with `below`. They are not if none has as many fields
/// as the table, or if its first row can only be the header, because it has text above a column of numbers. Otherwise the header may be
/// among them.
pub(super) fn are_no_part(above: &[u8], below: &[u8], dialect: Dialect) -> bool {
    let Some(Rows { fields, starts_with_header }) = Rows::of(below, dialect) else { return false };
    let mut records = Records::new(above, 0, &dialect);
    let mut counts = std::iter::from_fn(|| records.next(|_, _| {}).map(|record| record.fields));
    starts_with_header || (fields > 1 && counts.all(|count| count != fields))
}

/// The first rows of a table, all of the same length.
struct Rows {
    fields: usize,
    /// Whether the first row has no number, but stands above at least one column of nothing else.
    starts_with_header: bool,
}

impl Rows {
    /// `None` if the rows have different lengths, or if there are fewer than two.
    fn of(bytes: &[u8], dialect: Dialect) -> Option<Self> {
        const ROWS: usize = 50;
        const BYTES: usize = 1 << 15;
        let (bytes, is_cut) = (&bytes[..bytes.len().min(BYTES)], bytes.len() > BYTES);
        let mut records = Records::new(bytes, 0, &dialect);
        let mut has_number = false;
        let first = records.next(|_, field| has_number |= is_number(field))?;
        let mut are_numbers = vec![!has_number; first.fields];
        let mut rows = 0;
        while rows < ROWS {
            let row = records.next(|place, field| {
                if let Some(so_far) = are_numbers.get_mut(place) {
                    *so_far &= is_number(field);
                }
            });
            match row {
                // The last row is cut short.
                _ if is_cut && records.at == bytes.len() => break,
                Some(row) if row.fields == first.fields && row.is_closed => rows += 1,
                Some(_) => return None,
                None => break,
            }
        }
        let starts_with_header = are_numbers.contains(&true);
        (rows > 0).then_some(Rows { fields: first.fields, starts_with_header })
    }
}

fn is_number(field: Field) -> bool {
    field.number.is_some() || field.text().and_then(|text| field.number_in(&text)).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marked_lines_end_where_another_starts() {
        for (text, rest) in [
            ("# a\n#\n\n# b\nx\n", Some("x\n")),
            ("\n# a\r\nx", Some("x")),
            ("% a\n# b\nx", Some("# b\nx")),
            ("x\n# a", None),
            ("# a\n# b\n\n", None),
            ("#", None),
            ("", None),
        ] {
            let end = end_of_marked_lines(text.as_bytes(), 0);
            assert_eq!(end.map(|end| &text[end..]), rest, "{text:?}");
        }
    }

    #[test]
    fn comments_are_told_from_a_header() {
        let are_no_part =
            |above: &str, below: &str| are_no_part(above.as_bytes(), below.as_bytes(), Dialect::ORDINARY);
        assert!(are_no_part("# made by hand\n", "x,y\n1,2\n"));
        assert!(are_no_part("# by hand\n# today\n", "1,2\n3,4\n"), "no line has two fields");
        assert!(are_no_part("# by hand, today\n", "x,y\n1,a\n"), "x can only be a name");
        assert!(!are_no_part("# x,y\n", "1,2\n3,4\n"), "a header");
        assert!(!are_no_part("# x,y\n# cm,kg\n", "a,b\nc,d\n"), "perhaps a header");
        assert!(!are_no_part("# values\n", "1\n2\n"), "a header of one column");
        assert!(!are_no_part("# made by hand\n", "x,y\n1,2,3\n"), "rows of different lengths");
        assert!(!are_no_part("# made by hand\n", "x,y\n"), "a single row");
    }
}
