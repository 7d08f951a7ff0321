//! The files of a run: written whole and as a group, or compared with what is there.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// A file to write or to compare with.
#[derive(Debug, Clone)]
pub(super) struct File {
    /// The name without the directory.
    pub(super) name: String,
    pub(super) contents: Vec<u8>,
}

impl File {
    pub(super) fn new(stem: &str, extension: &str, contents: impl Into<Vec<u8>>) -> Self {
        File { name: format!("{stem}.{extension}"), contents: contents.into() }
    }
}

/// Writes all files or none, unless the disk fails amid the final renames.
pub(super) fn write(directory: &Path, files: &[File]) -> Result<(), String> {
    nn_files::write_all(files.iter().map(|file| (directory.join(&file.name), &file.contents))).map_err(
        |error| format!("{error}; remove what is in the way or choose another directory with --out DIR"),
    )
}

/// Compares with the existing files; the error names every file that differs.
pub(super) fn compare(directory: &Path, files: &[File]) -> Result<(), String> {
    let different: Vec<String> = files
        .iter()
        .filter_map(|file| match fs::read(directory.join(&file.name)) {
            Ok(contents) => {
                difference(&contents, &file.contents).map(|place| format!("{} differs {place}", file.name))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Some(format!("{} is missing", file.name)),
            Err(error) => Some(format!("{} cannot be read ({error})", file.name)),
        })
        .collect();
    if different.is_empty() {
        return Ok(());
    }
    let directory = directory.display();
    Err(format!(
        "{directory} is out of date: {}; if the change is meant, run the same command without --check",
        different.join(", ")
    ))
}

/// The first line in which two files differ.
fn difference(old: &[u8], new: &[u8]) -> Option<String> {
    if old == new {
        return None;
    }
    let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let line = old[..same].iter().filter(|&&byte| byte == b'\n').count() + 1;
    Some(format!("from line {line}"))
}
