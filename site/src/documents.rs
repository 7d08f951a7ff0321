//! The documents that the site is made of.

use std::fs;
use std::path::Path;

use crate::error::SiteError;

/// A Markdown file: its path from the root of the repository, and its text.
pub(crate) struct Document {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Reads the Markdown files of the root, of `docs` with its folders, of `examples`, and of every crate,
/// sorted by path.
///
/// # Errors
/// When a folder or a file cannot be read.
pub(crate) fn read(root: &Path) -> Result<Vec<Document>, SiteError> {
    let mut documents = Vec::new();
    read_folder(root, "", false, &mut documents)?;
    read_folder(root, "docs", true, &mut documents)?;
    read_folder(root, "examples", false, &mut documents)?;
    for name in names(root, "crates")? {
        read_folder(root, &format!("crates/{name}"), false, &mut documents)?;
    }
    Ok(documents)
}

fn read_folder(
    root: &Path,
    folder: &str,
    is_deep: bool,
    documents: &mut Vec<Document>,
) -> Result<(), SiteError> {
    for name in names(root, folder)? {
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        let full = root.join(&path);
        if path.ends_with(".md") {
            let text = fs::read_to_string(&full).map_err(|error| cannot_read(&path, &error))?;
            documents.push(Document { path, text });
        } else if is_deep && full.is_dir() {
            read_folder(root, &path, true, documents)?;
        }
    }
    Ok(())
}

/// The names in a folder, sorted. A folder that does not exist has none.
pub(crate) fn names(root: &Path, folder: &str) -> Result<Vec<String>, SiteError> {
    let full = root.join(folder);
    if !full.exists() {
        return Ok(Vec::new());
    }
    let read = || -> std::io::Result<Vec<String>> {
        fs::read_dir(&full)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    };
    let mut names = read().map_err(|error| cannot_read(folder, &error))?;
    names.sort();
    Ok(names)
}

fn cannot_read(path: &str, error: &std::io::Error) -> SiteError {
    SiteError::new(path, None, format!("cannot be read: {error}"))
}
