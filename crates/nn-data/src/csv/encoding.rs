//! Files that are not in UTF-8, as UTF-8: what follows a mark of UTF-16 at the start, and Windows-1252 where the user says so.

use std::collections::TryReserveError;

/// The encoding of a file whose first bytes are these, if they are a mark.
pub(super) fn of_mark(start: &[u8]) -> Option<Utf16> {
    match start {
        // The mark of UTF-32.
        [0xFF, 0xFE, 0, 0, ..] => None,
        [0xFF, 0xFE, ..] => Some(Utf16 { unit: u16::from_le_bytes }),
        [0xFE, 0xFF, ..] => Some(Utf16 { unit: u16::from_be_bytes }),
        _ => None,
    }
}

/// UTF-16 in the order of bytes that its mark shows.
#[derive(Clone, Copy)]
pub(super) struct Utf16 {
    unit: fn([u8; 2]) -> u16,
}

impl Utf16 {
    /// Returns the text behind the mark as UTF-8, or `None` if it breaks off or has half of a character.
    pub(super) fn to_utf_8(self, bytes: &[u8]) -> Result<Option<Vec<u8>>, TryReserveError> {
        let (units, rest) = bytes.as_chunks::<2>();
        let characters = || char::decode_utf16(units.iter().skip(1).map(|&two| (self.unit)(two)));
        if !rest.is_empty() || characters().any(|character| character.is_err()) {
            return Ok(None);
        }
        encoded(|| characters().map(|character| character.expect("all of them were read"))).map(Some)
    }
}

/// Returns text in Windows-1252 as UTF-8. A byte without a character stands for the control character of its number, as in browsers.
pub(super) fn from_windows_1252(bytes: &[u8]) -> Result<Vec<u8>, TryReserveError> {
    encoded(|| bytes.iter().map(|&byte| windows_1252(byte)))
}

/// Whether text cannot but be UTF-8: it has letters that are not ASCII, and all are written as UTF-8 writes them.
pub(super) fn is_beyond_ascii_in_utf_8(bytes: &[u8]) -> bool {
    !bytes.is_ascii() && str::from_utf8(bytes).is_ok()
}

/// Measures the text before it is written, because memory that grows takes up to three times as much.
fn encoded<C: Iterator<Item = char>>(characters: impl Fn() -> C) -> Result<Vec<u8>, TryReserveError> {
    let mut text = Vec::new();
    text.try_reserve_exact(characters().map(char::len_utf8).sum())?;
    for character in characters() {
        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Ok(text)
}

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9F => AT_0X80[usize::from(byte - 0x80)],
        _ => byte.into(),
    }
}

/// The characters of the bytes from 0x80 to 0x9F. All others are those of Latin-1, which are the first of Unicode.
const AT_0X80: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', //
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

#[cfg(test)]
mod tests {
    use super::*;

    fn utf_16(bytes: &[u8]) -> Option<String> {
        let text = of_mark(bytes).unwrap().to_utf_8(bytes).unwrap()?;
        Some(String::from_utf8(text).unwrap())
    }

    #[test]
    fn utf_16_is_read_in_both_orders_of_bytes() {
        let text = "Köln €\n𝕏";
        let little: Vec<u8> = "\u{FEFF}"
            .chars()
            .chain(text.chars())
            .collect::<String>()
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let big: Vec<u8> = little.chunks(2).flat_map(|two| [two[1], two[0]]).collect();
        assert_eq!(utf_16(&little).as_deref(), Some(text));
        assert_eq!(utf_16(&big).as_deref(), Some(text));
        assert_eq!(utf_16(&little[..2]).as_deref(), Some(""));
    }

    #[test]
    fn utf_16_that_breaks_off_is_none() {
        assert_eq!(utf_16(b"\xFF\xFEa\0b"), None, "half a unit");
        assert_eq!(utf_16(b"\xFF\xFE\x35\xD8"), None, "half a character at the end");
        assert_eq!(utf_16(b"\xFF\xFE\x35\xD8a\0"), None, "half a character");
    }

    #[test]
    fn other_marks_are_none() {
        for start in [&b"\xFF\xFE\0\0"[..], b"\xEF\xBB\xBF", b"\xFF", b"", b"ab"] {
            assert!(of_mark(start).is_none(), "{start:?}");
        }
    }

    #[test]
    fn windows_1252_has_the_letters_of_latin_1_and_more() {
        let text = |bytes: &[u8]| String::from_utf8(from_windows_1252(bytes).unwrap()).unwrap();
        assert_eq!(text(b"K\xF6ln, 5 \x80 \x96 \x93a\x94 \x9F\xA0\xFF"), "Köln, 5 € – “a” Ÿ\u{a0}ÿ");
        assert_eq!(text(b"\x81\x9D"), "\u{81}\u{9D}");
        assert_eq!(from_windows_1252(b"\x80a").unwrap().capacity(), 4, "measured before it is written");
    }
}
