//! Source pages: a file with numbered lines, and the places that explain it. Pages of folders.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::code;
use crate::html::escape;
use crate::links::{Source, source_page};
use crate::place::{page_of, relative};

/// The body of the page of a source file. `titles` has the title of every document.
pub(crate) fn body(path: &str, source: &Source, titles: &BTreeMap<&str, &str>) -> String {
    let page = source_page(path);
    let mut html = format!("<h1><code>{}</code></h1>\n", escape(path));
    if !source.mentions.is_empty() {
        html.push_str("<details class=\"mentions\" open><summary>Explained in</summary>\n<ul>\n");
        for mention in &source.mentions {
            let document = titles.get(mention.document.as_str()).copied().unwrap_or(&mention.document);
            let (anchor, heading) = match &mention.heading {
                // The heading of the page is its title.
                Some((id, text)) if text != document => (format!("#{id}"), format!(" › {}", escape(text))),
                _ => (String::new(), String::new()),
            };
            let url = relative(&page, &page_of(&mention.document));
            let _ = writeln!(html, "<li><a href=\"{url}{anchor}\">{}{heading}</a></li>", escape(document));
        }
        html.push_str("</ul>\n</details>\n");
    }
    html.push_str("<pre class=\"lines\" tabindex=\"0\"><code>");
    for (index, line) in code::lines(&source.text, path.ends_with(".rs")).iter().enumerate() {
        let _ = write!(html, "<span id=\"L{}\">{line}</span>", index + 1);
    }
    html + "</code></pre>\n"
}

/// The body of the page of a folder: its names, with links to those that have a page. `find` knows them.
pub(crate) fn folder_body(folder: &str, names: &[String], find: impl Fn(&str) -> Option<String>) -> String {
    let page = page_of(&format!("{folder}/README.md"));
    let mut html = format!("<h1><code>{}</code></h1>\n<ul class=\"names\">\n", escape(folder));
    for name in names {
        let shown = escape(name);
        let _ = match find(&format!("{folder}/{name}")) {
            Some(target) => {
                writeln!(html, "<li><a href=\"{}\"><code>{shown}</code></a></li>", relative(&page, &target))
            }
            None => writeln!(html, "<li><code>{shown}</code></li>"),
        };
    }
    html + "</ul>\n"
}
