//! Puts the site together.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::check::{self, Files};
use crate::definition;
use crate::documents::{self, Document};
use crate::error::SiteError;
use crate::frame::{Content, frame};
use crate::headings::contents;
use crate::links::{Links, source_page};
use crate::markdown::{Article, convert};
use crate::navigation::{Navigation, WATCH};
use crate::place::page_of;
use crate::search::{self, Entry};
use crate::source;

/// Makes the site of the repository at `root`. `recordings` are files that others have made for its pages, by
/// their path on the site.
///
/// # Errors
/// The first fault: a link or an anchor that leads nowhere, a formula that cannot be converted, or a file
/// that cannot be read. It names the document and, where one is to blame, the line.
pub fn build(root: &Path, recordings: Files) -> Result<Files, SiteError> {
    let documents = documents::read(root)?;
    let mut links = Links::new(root, documents.iter().map(|document| document.path.clone()));
    let mut articles = Vec::with_capacity(documents.len());
    for Document { path, text } in &documents {
        articles.push((path.as_str(), convert(path, text, &mut links)?));
    }
    let watch = match fs::read_to_string(root.join("site/pages").join(WATCH)) {
        Ok(fragment) => Some(fragment),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(SiteError::new(WATCH, None, format!("cannot be read: {error}"))),
    };
    let titles: Vec<(&str, &str)> =
        articles.iter().map(|(path, article)| (*path, article.title(path))).collect();
    let navigation = Navigation::new(&titles, &links.order, watch.is_some());

    let mut site = Site { files: recordings, navigation };
    for (path, article) in &articles {
        let page = page_of(path);
        let body = match *path {
            "README.md" => site.navigation.front(&article.html),
            _ => article.html.clone(),
        };
        let contents = contents(&article.headings);
        site.add(&page, article.title(path), "article", &body, &contents);
    }
    if let Some(fragment) = &watch {
        site.add(WATCH, "Watch it learn", "watch", fragment, "");
    }
    site.add_sources(root, &links, &titles.iter().copied().collect())?;
    let entries = entries(&articles, &links, &site.navigation, watch.is_some());
    site.add(search::PAGE, "Search", "search", &search::body(&entries), "");
    site.files.insert("assets/search-index.js".into(), search::index(&entries).into_bytes());
    for name in documents::names(root, "site/assets")? {
        let path = format!("site/assets/{name}");
        let bytes = fs::read(root.join(&path))
            .map_err(|error| SiteError::new(&path, None, format!("cannot be read: {error}")))?;
        site.files.insert(format!("assets/{name}"), bytes);
    }
    site.files.extend(links.copies);
    check::links(&site.files)?;
    Ok(site.files)
}

/// The files so far, and what every page is framed with.
struct Site {
    files: Files,
    navigation: Navigation,
}

impl Site {
    fn add(&mut self, page: &str, title: &str, class: &str, body: &str, contents: &str) {
        let content = Content { page, title, class, body, contents };
        self.files.insert(page.into(), frame(&content, &self.navigation).into_bytes());
    }

    /// Adds the pages of source files and of folders.
    fn add_sources(
        &mut self,
        root: &Path,
        links: &Links,
        titles: &BTreeMap<&str, &str>,
    ) -> Result<(), SiteError> {
        for (path, source) in &links.sources {
            self.add(&source_page(path), path, "source", &source::body(path, source, titles), "");
        }
        let page = |path: &str| {
            let folder = format!("{path}/README.md");
            if titles.contains_key(path) {
                Some(page_of(path))
            } else if titles.contains_key(folder.as_str()) || links.folders.contains(path) {
                Some(page_of(&folder))
            } else if links.copies.contains_key(path) {
                Some(path.into())
            } else {
                links.sources.contains_key(path).then(|| source_page(path))
            }
        };
        for folder in &links.folders {
            let names = documents::names(root, folder)?;
            let body = source::folder_body(folder, &names, page);
            self.add(&page_of(&format!("{folder}/README.md")), folder, "source", &body, "");
        }
        Ok(())
    }
}

/// What the search finds: the sections of the documents, those of the rooms first, then the items of the
/// code.
fn entries(
    articles: &[(&str, Article)],
    links: &Links,
    navigation: &Navigation,
    has_watch: bool,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    if has_watch {
        let title = "Watch it learn".to_string();
        entries.push(Entry { url: WATCH.into(), page: title.clone(), title, text: String::new(), level: 1 });
    }
    let mut sorted: Vec<&(&str, Article)> = articles.iter().collect();
    sorted.sort_by_key(|(path, _)| navigation.rank(&page_of(path)));
    for (path, article) in sorted {
        let page = article.title(path);
        for (index, heading) in article.headings.iter().enumerate() {
            let url = match index {
                0 => page_of(path),
                _ => format!("{}#{}", page_of(path), heading.id),
            };
            let (title, text) = (heading.text.clone(), article.texts[index + 1].clone());
            entries.push(Entry { url, page: page.into(), title, text, level: heading.level });
        }
    }
    for (path, source) in &links.sources {
        for (line, kind, name) in definition::public_items(&source.text) {
            let url = format!("{}#L{}", source_page(path), line + 1);
            let text = definition::summary(&source.text, line);
            let text = if text.is_empty() { kind.to_string() } else { text };
            entries.push(Entry { url, page: path.clone(), title: name.into(), text, level: 0 });
        }
    }
    entries
}
