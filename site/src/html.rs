//! The little of HTML that is needed to write it and to read it again.

use std::ops::Range;

/// Appends text so that it shows as it is, between tags and in quoted attributes.
pub(crate) fn escape_into(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '&' => html.push_str("&amp;"),
            '"' => html.push_str("&quot;"),
            c => html.push(c),
        }
    }
}

/// Returns text as HTML that shows it as it is.
pub(crate) fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    escape_into(text, &mut html);
    html
}

/// An attribute of a tag, and where its value is.
pub(crate) struct Attribute<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: Range<usize>,
}

/// Returns the attributes that have a value, of all tags. Comments have none.
pub(crate) fn attributes(html: &str) -> Vec<Attribute<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = html[at..].find('<').map(|open| at + open) {
        at = open + 1;
        if html[at..].starts_with("!--") {
            at = html[at..].find("-->").map_or(html.len(), |end| at + end);
        } else if html[at..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            at = of_tag(html, at, &mut found);
        }
    }
    found
}

/// Reads the attributes of the tag whose name starts at `at`. Returns where the tag ends.
fn of_tag<'a>(html: &'a str, mut at: usize, found: &mut Vec<Attribute<'a>>) -> usize {
    let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/' | '"' | '\'');
    let skip = |at: usize, skipped: fn(char) -> bool| {
        html[at..].find(|c| !skipped(c)).map_or(html.len(), |length| at + length)
    };
    let until = |at: usize, end: &dyn Fn(char) -> bool| html[at..].find(end).map_or(html.len(), |n| at + n);
    at = until(at, &is_end);
    loop {
        at = skip(at, |c| c.is_ascii_whitespace() || c == '/');
        if at == html.len() || html[at..].starts_with('>') {
            return at;
        }
        let name = &html[at..until(at, &is_end)];
        // A quote where a name is expected is stepped over.
        at += name.len().max(1);
        let equals = skip(at, |c| c.is_ascii_whitespace());
        if !html[equals..].starts_with('=') {
            continue;
        }
        let start = skip(equals + 1, |c| c.is_ascii_whitespace());
        let quote = html[start..].chars().next().filter(|c| matches!(c, '"' | '\''));
        let value = match quote {
            Some(quote) => start + 1..until(start + 1, &|c| c == quote),
            None => start..until(start, &|c| c.is_ascii_whitespace() || c == '>'),
        };
        at = (value.end + usize::from(quote.is_some())).min(html.len());
        found.push(Attribute { name, value });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_found_in_tags_only() {
        let html =
            "a = \"b\" <!-- <a href=no> --> <a href=\"x y\"  id = 'z'>c=d</a><img src=e.svg alt><br/>5 < 6";
        let found = attributes(html);
        let found: Vec<(&str, &str)> = found.iter().map(|a| (a.name, &html[a.value.clone()])).collect();
        assert_eq!(found, [("href", "x y"), ("id", "z"), ("src", "e.svg")]);
    }

    #[test]
    fn broken_tags_end() {
        for html in ["<", "<a", "<a href", "<a href=", "<a href=\"", "<a \"", "<!--", "<a href='é"] {
            attributes(html);
        }
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(escape("a<b> & \"c\""), "a&lt;b&gt; &amp; &quot;c&quot;");
    }
}
