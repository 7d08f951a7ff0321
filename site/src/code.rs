//! Code as HTML.

use crate::html::escape_into;
use crate::lexer::{Kind, pieces};

/// The element and the class of a coloured piece; `style.css` has the colours.
fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Plain => "",
        Kind::Comment => "c",
        Kind::Text => "s",
        Kind::Number => "n",
        Kind::Keyword => "k",
        Kind::Type => "t",
        Kind::Function => "f",
        Kind::Macro => "m",
        Kind::Attribute => "a",
        Kind::Lifetime => "l",
    }
}

/// A code block of a document. Of Rust, hidden lines are left out, as in the documentation of the API.
pub(crate) fn block(language: &str, text: &str) -> String {
    let mut html = String::from("<pre tabindex=\"0\"><code>");
    if language.split(',').next() == Some("rust") {
        let is_shown = |line: &&str| line.trim() != "#" && !line.trim_start().starts_with("# ");
        let shown: String = text.split_inclusive('\n').filter(is_shown).collect();
        html.push_str(&lines(&shown, true).concat());
    } else {
        escape_into(text, &mut html);
    }
    html + "</code></pre>\n"
}

/// The lines of a file, each with its line break, as HTML in which no element reaches over the end of a line.
pub(crate) fn lines(text: &str, is_rust: bool) -> Vec<String> {
    let pieces = if is_rust { pieces(text) } else { vec![(Kind::Plain, text)] };
    let (mut lines, mut line) = (Vec::new(), String::new());
    for (kind, piece) in pieces {
        for part in piece.split_inclusive('\n') {
            let (shown, end) = part.strip_suffix('\n').map_or((part, ""), |shown| (shown, "\n"));
            if kind == Kind::Plain || shown.is_empty() {
                escape_into(shown, &mut line);
            } else {
                line.push_str("<i class=\"");
                line.push_str(class(kind));
                line.push_str("\">");
                escape_into(shown, &mut line);
                line.push_str("</i>");
            }
            if !end.is_empty() {
                line.push('\n');
                lines.push(std::mem::take(&mut line));
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_closes_what_it_opens() {
        assert_eq!(
            lines("/* a\n\nb */ let x;\n\"<", true),
            [
                "<i class=\"c\">/* a</i>\n",
                "\n",
                "<i class=\"c\">b */</i> <i class=\"k\">let</i> x;\n",
                "<i class=\"s\">&quot;&lt;</i>",
            ]
        );
    }

    #[test]
    fn lines_that_only_make_an_example_compile_are_hidden() {
        let html = block("rust,no_run", "# use a;\nlet x = 1;\n#\n    # y\n#[inline]\n");
        assert!(!html.contains("use") && !html.contains('y') && html.contains("inline"), "{html}");
        assert!(block("sh", "# a comment\n").contains("# a comment"));
    }
}
