//! The ways through the site: the rooms that every page links to, and the chapters before and after a page.

use std::fmt::Write;

use crate::html::escape;
use crate::place::{folder, page_of, relative};

/// The page of a network that learns; no document becomes it.
pub(crate) const WATCH: &str = "watch.html";

/// A room: its name, its document, and what one finds there.
type Room = (&'static str, &'static str, &'static str);

/// The rooms. Only those that exist are shown.
const ROOMS: [Room; 9] = [
    ("Learn", "docs/learn/README.md", "Six chapters with code to run, from a line to a fair comparison"),
    ("Watch it learn", WATCH, "A network trains before your eyes, one epoch after another"),
    ("Gallery", "docs/gallery.md", "Every experiment and every example: picture, code, numbers"),
    ("Your data", "docs/tables.md", "From a spreadsheet to a saved model"),
    ("Which tool", "docs/which-tool.md", "From PyTorch, Keras and scikit-learn, or from your question"),
    ("Theory", "docs/theory.md", "Every formula, derived, with a link to the line that computes it"),
    ("Architecture", "docs/architecture.md", "The structure, its invariants, and the reasons for them"),
    ("Benchmarks", "docs/benchmarks.md", "Compared with other frameworks in one run"),
    ("Scale", "docs/scale.md", "Studies on many machines, with the bits of one"),
];

/// Books: the document that links to the chapters in their order, and the folder that they are in.
const BOOKS: [(&str, &str); 2] = [("docs/learn/README.md", "docs/learn"), ("docs/theory.md", "docs/theory")];

/// A page that another is reached from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    pub(crate) page: String,
    pub(crate) title: String,
}

/// The rooms and the books of a site.
pub(crate) struct Navigation {
    /// The rooms, with the page in place of the document.
    rooms: Vec<(&'static str, String, &'static str)>,
    books: Vec<Vec<Stop>>,
}

impl Navigation {
    /// Arranges the documents, given by path and title, in the order of the links between them.
    pub(crate) fn new(documents: &[(&str, &str)], order: &[(String, String)], has_watch: bool) -> Self {
        let exists = |path: &str| documents.iter().any(|(document, _)| *document == path);
        let is_there = |path: &str| if path == WATCH { has_watch } else { exists(path) };
        let page = |path: &str| if path == WATCH { path.to_string() } else { page_of(path) };
        let rooms = ROOMS.iter().filter(|(_, path, _)| is_there(path));
        let stop = |path: &str, title: &str| Stop { page: page_of(path), title: title.into() };
        let book = |(first, chapters): (&str, &str)| {
            let linked = order.iter().filter(|(from, _)| from == first).map(|(_, to)| to.as_str());
            // A chapter that the first page forgot comes last.
            let all = linked.chain(documents.iter().map(|(path, _)| *path));
            let mut paths = vec![first];
            for path in all.filter(|path| folder(path) == chapters) {
                if !paths.contains(&path) {
                    paths.push(path);
                }
            }
            let title =
                |path| documents.iter().find(|(document, _)| *document == path).map(|(_, title)| *title);
            paths.into_iter().filter_map(|path| Some(stop(path, title(path)?))).collect()
        };
        Self {
            rooms: rooms.map(|(name, path, about)| (*name, page(path), *about)).collect(),
            books: BOOKS.into_iter().map(book).collect(),
        }
    }

    /// The links to the rooms, seen from a page.
    pub(crate) fn rooms(&self, from: &str) -> String {
        let mut html = String::new();
        for (name, page, _) in &self.rooms {
            let is_of_book =
                || self.books.iter().any(|book| book.iter().any(|s| s.page == from) && book[0].page == *page);
            let current = if page == from || is_of_book() { " aria-current=\"true\"" } else { "" };
            let _ = writeln!(html, "<a href=\"{}\"{current}>{name}</a>", relative(from, page));
        }
        html
    }

    /// The front page: the text of its document, with the rooms as cards after the first paragraph.
    pub(crate) fn front(&self, html: &str) -> String {
        let mut cards = String::from("<nav class=\"cards\" aria-label=\"Rooms\">\n");
        for (name, page, about) in &self.rooms {
            let url = relative("index.html", page);
            let _ = writeln!(cards, "<a href=\"{url}\"><b>{name}</b> <span>{about}</span></a>");
        }
        cards.push_str("</nav>\n");
        let end = html.find("</p>").map_or(0, |at| at + "</p>".len());
        format!("{}\n{cards}{}", &html[..end], &html[end..])
    }

    /// The place of a page among all: the front page, the rooms in their order, their chapters, and the
    /// others.
    pub(crate) fn rank(&self, page: &str) -> usize {
        let mut known = vec!["index.html"];
        known.extend(self.rooms.iter().map(|(_, page, _)| page.as_str()));
        known.extend(self.books.iter().flatten().map(|stop| stop.page.as_str()));
        known.iter().position(|known| *known == page).unwrap_or(known.len())
    }

    /// The links to the chapters before and after a page; empty for a page of no book.
    pub(crate) fn neighbours(&self, from: &str) -> String {
        let place = |book: &Vec<Stop>| book.iter().position(|stop| stop.page == from);
        let Some((book, at)) = self.books.iter().find_map(|book| Some((book, place(book)?))) else {
            return String::new();
        };
        let link = |rel: &str, word: &str, stop: Option<&Stop>| {
            stop.map_or_else(String::new, |stop| {
                let (url, title) = (relative(from, &stop.page), escape(&stop.title));
                format!("<a rel=\"{rel}\" href=\"{url}\"><small>{word}</small> {title}</a>\n")
            })
        };
        let before = link("prev", "Before", at.checked_sub(1).and_then(|at| book.get(at)));
        let after = link("next", "Next", book.get(at + 1));
        format!("<nav class=\"neighbours\" aria-label=\"Chapters\">\n{before}{after}</nav>\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_follow_the_links_of_their_first_page() {
        let documents = [
            ("docs/learn/1-line.md", "A line"),
            ("docs/learn/2-boundary.md", "A boundary"),
            ("docs/learn/3-forgotten.md", "Forgotten"),
            ("docs/learn/README.md", "Learn"),
        ];
        let links = ["docs/learn/2-boundary.md", "docs/gallery.md", "docs/learn/1-line.md"];
        let order: Vec<_> =
            links.iter().map(|to| ("docs/learn/README.md".to_string(), (*to).to_string())).collect();
        let navigation = Navigation::new(&documents, &order, false);
        let titles: Vec<&str> = navigation.books[0].iter().map(|stop| stop.title.as_str()).collect();
        assert_eq!(titles, ["Learn", "A boundary", "A line", "Forgotten"]);
        let neighbours = navigation.neighbours("docs/learn/1-line.html");
        assert!(neighbours.contains("rel=\"prev\" href=\"2-boundary.html\""), "{neighbours}");
        assert!(neighbours.contains("rel=\"next\" href=\"3-forgotten.html\""), "{neighbours}");
        assert!(!navigation.neighbours("docs/learn/index.html").contains("prev"));
        assert_eq!(navigation.neighbours("index.html"), "");
        // Of the rooms, only those that exist are shown; a chapter is in its room.
        assert_eq!(
            navigation.rooms("docs/learn/1-line.html"),
            "<a href=\"index.html\" aria-current=\"true\">Learn</a>\n"
        );
    }
}
