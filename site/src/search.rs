//! The search: an index that a small script reads, and a page that lists all headings where no script runs.

use std::fmt::Write;

use crate::html::escape;
use crate::place::{encoded, relative};

/// Where the page of the search is.
pub(crate) const PAGE: &str = "search.html";

/// Something to find: a section of a document, or an item of the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// From the root of the site.
    pub(crate) url: String,
    /// The title of the page; the file of an item.
    pub(crate) page: String,
    /// The heading, or the name of the item.
    pub(crate) title: String,
    pub(crate) text: String,
    /// 1 for the title of a page, 2 and more for its sections, 0 for an item of the code.
    pub(crate) level: u8,
}

/// The index as a script, because pages that were opened from a disk may not read other files.
pub(crate) fn index(entries: &[Entry]) -> String {
    let mut script = String::from("const INDEX = [\n");
    for Entry { url, page, title, text, level } in entries {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let fields = [&encoded(url), page, title, &text].map(|field| quote(field)).join(",");
        let _ = writeln!(script, "[{fields},{level}],");
    }
    script + "];\n"
}

/// A text as a literal of JavaScript.
fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            // Both end a line of a script.
            '\u{2028}' | '\u{2029}' => quoted.push(' '),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// The body of the page: a list of all headings, which the script replaces by what the field in the head asks
/// for.
pub(crate) fn body(entries: &[Entry]) -> String {
    let mut html = String::from(
        "<h1>Search</h1>\n\
         <p id=\"count\" role=\"status\"></p>\n\
         <ol id=\"results\"></ol>\n\
         <div id=\"all\">\n<p>All pages and their sections:</p>\n",
    );
    let mut open = false;
    for Entry { url, title, level, .. } in entries.iter().filter(|entry| (1..=2).contains(&entry.level)) {
        let link = format!("<a href=\"{}\">{}</a>", relative(PAGE, url), escape(title));
        if *level == 1 {
            html.push_str(if open { "</ul>\n" } else { "" });
            let _ = writeln!(html, "<h2>{link}</h2>\n<ul>");
            open = true;
        } else if open {
            let _ = writeln!(html, "<li>{link}</li>");
        }
    }
    html.push_str(if open { "</ul>\n" } else { "" });
    html.push_str("</div>\n<script src=\"assets/search-index.js\"></script>\n");
    html + "<script src=\"assets/search.js\"></script>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(title: &str, level: u8) -> Entry {
        let (url, page) = ("docs/a.html#x".into(), "Page".into());
        Entry { url, page, title: title.into(), text: "two\n  \"words\" \\".into(), level }
    }

    #[test]
    fn every_entry_is_a_line_of_the_index() {
        let script = index(&[entry("a", 1), entry("b\u{2028}", 0)]);
        assert_eq!(
            script,
            "const INDEX = [\n[\"docs/a.html#x\",\"Page\",\"a\",\"two \\\"words\\\" \\\\\",1],\n\
             [\"docs/a.html#x\",\"Page\",\"b \",\"two \\\"words\\\" \\\\\",0],\n];\n"
        );
    }

    #[test]
    fn without_a_script_all_pages_and_sections_are_listed() {
        let html = body(&[entry("Page <1>", 1), entry("Section", 2), entry("Part", 3), entry("item", 0)]);
        assert!(html.contains("<h2><a href=\"docs/a.html#x\">Page &lt;1&gt;</a></h2>\n<ul>\n<li>"), "{html}");
        assert!(html.contains("Section</a></li>\n</ul>") && !html.contains("Part") && !html.contains("item"));
    }
}
