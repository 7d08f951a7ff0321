//! Rust source in pieces, as far as colours need it. Every text can be read: what is no Rust is plain.

/// What a piece of source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    Comment,
    Text,
    Number,
    Keyword,
    Type,
    Function,
    Macro,
    Attribute,
    Lifetime,
}

const KEYWORDS: [&str; 38] = [
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern", "false",
    "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return",
    "self", "Self", "static", "struct", "super", "trait", "true", "type", "union", "unsafe", "use", "where",
];

const PRIMITIVES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16", "u32",
    "u64", "u128", "usize",
];

/// Splits source into pieces that make up the whole of it.
pub(crate) fn pieces(source: &str) -> Vec<(Kind, &str)> {
    let mut pieces: Vec<(Kind, &str)> = Vec::new();
    let mut at = 0;
    while at < source.len() {
        let (kind, length) = first(&source[at..]);
        // Plain pieces are joined, so that a line is not a hundred of them.
        if let (Kind::Plain, Some((Kind::Plain, last))) = (kind, pieces.last_mut()) {
            *last = &source[at - last.len()..at + length];
        } else {
            pieces.push((kind, &source[at..at + length]));
        }
        at += length;
    }
    pieces
}

/// The kind and the length of the first piece of a text that is not empty.
fn first(rest: &str) -> (Kind, usize) {
    let c = rest.chars().next().unwrap_or_default();
    if rest.starts_with("//") {
        return (Kind::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (Kind::Comment, block_comment(rest));
    }
    if let Some(length) = raw_text(rest).or_else(|| text(rest)) {
        return (Kind::Text, length);
    }
    if c == '\'' {
        return lifetime_or_character(rest);
    }
    if rest.starts_with("#[") || rest.starts_with("#![") {
        return (Kind::Attribute, attribute(rest));
    }
    if c.is_ascii_digit() {
        return (Kind::Number, number(rest));
    }
    if is_of_word(c) {
        let word = word(rest);
        return (kind_of_word(word, &rest[word.len()..]), word.len());
    }
    (Kind::Plain, c.len_utf8())
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn word(rest: &str) -> &str {
    &rest[..rest.find(|c| !is_of_word(c)).unwrap_or(rest.len())]
}

fn kind_of_word(word: &str, after: &str) -> Kind {
    if KEYWORDS.contains(&word) || word == "while" {
        Kind::Keyword
    } else if after.starts_with('!') && !after.starts_with("!=") {
        Kind::Macro
    } else if word.starts_with(char::is_uppercase) || PRIMITIVES.contains(&word) {
        Kind::Type
    } else if after.starts_with('(') || after.starts_with("::<") {
        Kind::Function
    } else {
        Kind::Plain
    }
}

/// The length of a block comment; they nest.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                break;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

/// The length of `r"…"`, `r#"…"#`, `br"…"` and the like.
fn raw_text(rest: &str) -> Option<usize> {
    let letters = ["r", "br", "cr"].into_iter().find(|&letters| {
        rest.strip_prefix(letters).is_some_and(|rest| rest.trim_start_matches('#').starts_with('"'))
    })?;
    let hashes = rest[letters.len()..].bytes().take_while(|&byte| byte == b'#').count();
    let start = letters.len() + hashes + 1;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(rest[start..].find(&end).map_or(rest.len(), |length| start + length + end.len()))
}

/// The length of `"…"`, `b"…"` and `b'…'`.
fn text(rest: &str) -> Option<usize> {
    let quoted = ["\"", "b\"", "c\"", "b'"].into_iter().find(|&open| rest.starts_with(open))?;
    let quote = quoted.chars().last()?;
    Some(quoted.len() + to_quote(&rest[quoted.len()..], quote))
}

/// The length up to and with the quote that no backslash stands before.
fn to_quote(rest: &str, quote: char) -> usize {
    let mut characters = rest.char_indices();
    while let Some((at, c)) = characters.next() {
        if c == '\\' {
            characters.next();
        } else if c == quote {
            return at + c.len_utf8();
        }
    }
    rest.len()
}

fn lifetime_or_character(rest: &str) -> (Kind, usize) {
    let mut after = rest[1..].chars();
    match (after.next(), after.next()) {
        (Some('\\'), _) => (Kind::Text, 1 + to_quote(&rest[1..], '\'')),
        (Some(c), Some('\'')) => (Kind::Text, 2 + c.len_utf8()),
        _ => (Kind::Lifetime, 1 + word(&rest[1..]).len()),
    }
}

/// The length of an attribute, to the bracket that closes it.
fn attribute(rest: &str) -> usize {
    let mut depth = 0;
    for (at, c) in rest.char_indices() {
        match c {
            '[' => depth += 1,
            ']' if depth == 1 => return at + 1,
            ']' => depth -= 1,
            _ => {}
        }
    }
    rest.len()
}

/// The length of a number, with its point, exponent and suffix. `1..2`, `1.max(2)` and `t.0.1` end before the
/// point.
fn number(rest: &str) -> usize {
    let mut length = word(rest).len();
    let after = &rest[length..];
    if after.starts_with('.') && after[1..].starts_with(|c: char| c.is_ascii_digit()) {
        length += 1 + word(&after[1..]).len();
    }
    let is_exponent = rest[..length].ends_with(['e', 'E']) && !rest.starts_with("0x");
    if is_exponent && rest[length..].starts_with(['-', '+']) {
        length += 1 + word(&rest[length + 1..]).len();
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces that are not plain.
    fn coloured(source: &str) -> Vec<(Kind, &str)> {
        let pieces = pieces(source);
        assert_eq!(pieces.iter().map(|(_, text)| *text).collect::<String>(), source);
        pieces.into_iter().filter(|(kind, _)| *kind != Kind::Plain).collect()
    }

    #[test]
    fn words_have_kinds() {
        use Kind::{Attribute, Function, Keyword, Macro, Type};
        assert_eq!(
            coloured("#[inline(never)] pub fn f(x: f32) -> Vec { assert!(x != y) }"),
            [
                (Attribute, "#[inline(never)]"),
                (Keyword, "pub"),
                (Keyword, "fn"),
                (Function, "f"),
                (Type, "f32"),
                (Type, "Vec"),
                (Macro, "assert"),
            ]
        );
    }

    #[test]
    fn lifetimes_and_characters_differ() {
        use Kind::{Lifetime, Text};
        assert_eq!(
            coloured(r"&'a 'b' '\'' 'é' b'\\' &'static"),
            [
                (Lifetime, "'a"),
                (Text, "'b'"),
                (Text, r"'\''"),
                (Text, "'é'"),
                (Text, r"b'\\'"),
                (Lifetime, "'static")
            ]
        );
    }

    #[test]
    fn texts_end_where_they_end() {
        for text in
            [r#""a\"b""#, r##"r#"a"b"#"##, r#"b"x""#, r#"r"\""#, r###"br##"a"#"##"###, "\"two\nlines\""]
        {
            assert_eq!(coloured(&format!("{text} + 1")), [(Kind::Text, text), (Kind::Number, "1")], "{text}");
        }
    }

    #[test]
    fn comments_nest() {
        let source = "/* a /* b */ c */ 1 // d \"e\"\n2";
        let kinds: Vec<&str> = coloured(source).into_iter().map(|(_, text)| text).collect();
        assert_eq!(kinds, ["/* a /* b */ c */", "1", "// d \"e\"", "2"]);
    }

    #[test]
    fn numbers_stop_before_methods_and_ranges() {
        let numbers = |source| -> Vec<&str> {
            coloured(source)
                .into_iter()
                .filter(|(kind, _)| *kind == Kind::Number)
                .map(|(_, text)| text)
                .collect()
        };
        assert_eq!(
            numbers("1.5e-3_f32 0x1e-2 1..n 2.0 1_000 7.pow(x)"),
            ["1.5e-3_f32", "0x1e", "2", "1", "2.0", "1_000", "7"]
        );
    }

    #[test]
    fn broken_source_ends() {
        for source in ["\"", "'", "'\\", "r#\"", "b'", "/*", "#[", "#![a", "0.", "r#", "é\"\\", "1e-"] {
            assert_eq!(pieces(source).iter().map(|(_, text)| *text).collect::<String>(), source);
        }
    }
}
