//! Where a file goes, and whether it may.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::WriteProblem;
use crate::temporary::Temporary;

/// A file to create or to replace.
pub(crate) struct Target {
    /// The place behind all links.
    pub(crate) path: PathBuf,
    /// The permissions of the old file, if there is one.
    permissions: Option<Permissions>,
}

impl Target {
    /// Follows links from `path` to the file that is to be written, and refuses what must not be replaced.
    pub(crate) fn of(path: &Path) -> Result<Self, WriteProblem> {
        match fs::canonicalize(path) {
            Ok(path) => Self::existing(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok(Target { path: end_of_links(path)?, permissions: None })
            }
            Err(error) => Err(error.into()),
        }
    }

    fn existing(path: PathBuf) -> Result<Self, WriteProblem> {
        let old = fs::metadata(&path)?;
        // Renaming would put a regular file in the place of a device or a pipe.
        if !old.is_file() {
            return Err(WriteProblem::NotAFile);
        }
        // Some users may write even these.
        if old.permissions().readonly() {
            return Err(WriteProblem::ReadOnly);
        }
        // What this user cannot write in place is not replaced either. Opening the file changes nothing.
        OpenOptions::new().write(true).open(&path)?;
        Ok(Target { path, permissions: Some(old.permissions()) })
    }

    pub(crate) fn directory(&self) -> &Path {
        match self.path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        }
    }

    /// Writes a temporary file in the same directory, with the permissions of the old file, and flushes it to the disk.
    pub(crate) fn write_beside(&self, contents: &[u8]) -> io::Result<Temporary> {
        if self.path.file_name().is_none() {
            return Err(io::ErrorKind::InvalidFilename.into());
        }
        let mut new = Temporary::inside(self.directory())?;
        new.fill(contents, self.permissions.clone())?;
        Ok(new)
    }
}

/// The place to which a path leads whose last link, if it is one, names a file that does not exist.
fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    /// More than any system follows.
    const MOST: usize = 64;
    let mut place = path.to_owned();
    for _ in 0..MOST {
        match fs::read_link(&place) {
            Ok(target) => place = place.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => return Ok(place),
        }
    }
    Err(io::Error::other(format!("expected at most {MOST} links, one after another; found more")))
}

/// Makes the names in a directory survive a power cut, on systems that can open one. A failure is no error, because every file is
/// whole under either name.
pub(crate) fn flush(directory: &Path) {
    if let Ok(directory) = File::open(directory) {
        _ = directory.sync_all();
    }
}
