//! Where a link of a document leads on the site: to a page, to a source page, to the page of a folder, or to
//! a copied file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::definition;
use crate::place::{decoded, page_of, relative, resolve};

/// Where a document mentions something: the document, and the heading that the link stands under.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mention {
    pub(crate) document: String,
    pub(crate) heading: Option<(String, String)>,
}

/// A file that becomes a source page.
pub(crate) struct Source {
    pub(crate) text: String,
    pub(crate) mentions: Vec<Mention>,
}

/// Turns the links of documents into links of the site, and keeps what they lead to.
pub(crate) struct Links {
    root: PathBuf,
    /// The documents, each with a page of its own.
    documents: BTreeSet<String>,
    /// The source files that were linked to.
    pub(crate) sources: BTreeMap<String, Source>,
    /// The folders without a document of their own that were linked to.
    pub(crate) folders: BTreeSet<String>,
    /// Pictures, tables and other files that were linked to, with their content.
    pub(crate) copies: BTreeMap<String, Vec<u8>>,
    /// The documents that a document links to, in the order of its links.
    pub(crate) order: Vec<(String, String)>,
}

/// The files that browsers show or save better than a page would.
const COPIED: [&str; 6] = ["svg", "png", "jpg", "csv", "json", "safetensors"];

impl Links {
    pub(crate) fn new(root: &Path, documents: impl IntoIterator<Item = String>) -> Self {
        Self {
            root: root.into(),
            documents: documents.into_iter().collect(),
            sources: BTreeMap::new(),
            folders: BTreeSet::new(),
            copies: BTreeMap::new(),
            order: Vec::new(),
        }
    }

    /// Returns the URL on the site of what a document links to: in a source file, of the item with this name.
    ///
    /// # Errors
    /// When the link leads to nothing, or out of the repository.
    pub(crate) fn url(&mut self, url: &str, name: &str, from: &Mention) -> Result<String, String> {
        let is_elsewhere = url.contains("://") || url.starts_with("mailto:");
        if is_elsewhere || url.starts_with('#') {
            return Ok(url.into());
        }
        let (path, anchor) = url.split_once('#').map_or((url, None), |(path, anchor)| (path, Some(anchor)));
        let path = resolve(&from.document, &decoded(path)).ok_or_else(|| {
            format!("the link to {url} leads out of the repository; link to a file within it")
        })?;
        let (page, found) = self.page(&path, name, from).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                format!("the link to {url} leads nowhere: there is no {path}; mend the link")
            }
            _ => format!("{path} cannot be read: {error}"),
        })?;
        let anchor =
            anchor.map(str::to_string).or(found).map_or(String::new(), |anchor| format!("#{anchor}"));
        Ok(relative(&page_of(&from.document), &page) + &anchor)
    }

    /// The page of a path of the repository, and the anchor of what is called `name` there.
    fn page(&mut self, path: &str, name: &str, from: &Mention) -> io::Result<(String, Option<String>)> {
        let full = self.root.join(path);
        if full.is_dir() {
            let readme = if path.is_empty() { "README.md".into() } else { format!("{path}/README.md") };
            if self.documents.contains(&readme) {
                return self.page(&readme, name, from);
            }
            self.folders.insert(path.into());
            return Ok((page_of(&format!("{path}/README.md")), None));
        }
        if self.documents.contains(path) {
            self.order.push((from.document.clone(), path.into()));
            return Ok((page_of(path), None));
        }
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        if COPIED.contains(&extension) {
            if !self.copies.contains_key(path) {
                self.copies.insert(path.into(), fs::read(full)?);
            }
            return Ok((path.into(), None));
        }
        if !self.sources.contains_key(path) {
            let text = fs::read_to_string(full)?;
            self.sources.insert(path.into(), Source { text, mentions: Vec::new() });
        }
        let source = self.sources.get_mut(path).expect("it has just been inserted");
        if !source.mentions.contains(from) {
            source.mentions.push(from.clone());
        }
        let line = if extension == "rs" { definition::line(path, &source.text, name) } else { None };
        Ok((source_page(path), line.map(|line| format!("L{line}"))))
    }
}

/// The page that a source file becomes.
pub(crate) fn source_page(path: &str) -> String {
    format!("{path}.html")
}
