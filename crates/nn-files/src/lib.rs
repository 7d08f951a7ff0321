//! Writes files whole or not at all.
//!
//! [`write`](fn@write) replaces one file, [`write_all`] several as a group. Both write temporary files beside the targets, flush them to
//! the disk, and then rename them, so that a kill, a full disk or a power cut at any moment leaves the old file or the new one.
//!
//! - A symbolic link is followed, also one whose target does not exist yet. The link stays.
//! - A file without permission to write is refused, and so is everything that is not a regular file.
//! - The permissions of the old file are kept. The owner is whoever wrote last, and a hard link to the old file still shows the
//!   old contents.
//! - An error leaves no temporary file behind. What a killed process left is removed by the next write into that directory.
//!   Names of the form `.nn-*-*.tmp` are reserved for this.
//!
//! ```
//! # let directory = tempfile::tempdir()?;
//! # let path = directory.path().join("notes.txt");
//! nn_files::write(&path, "first")?;
//! nn_files::write(&path, "second")?;
//! assert_eq!(std::fs::read(&path)?, b"second");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod litter;
mod target;
mod temporary;

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

pub use error::{WriteError, WriteProblem};

use target::Target;
use temporary::Temporary;

/// Replaces the contents of the file at `path`, or creates the file.
///
/// # Errors
/// Returns a [`WriteError`] when the path names something other than a regular file, when the file is read-only, or when the
/// system cannot write it. The old file is unchanged then, and there is no other.
pub fn write(path: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> Result<(), WriteError> {
    write_all([(path, contents)])
}

/// Replaces or creates several files, each given by its path and its contents. No file is replaced before all have been written
/// and flushed, so only a failure or a kill amid the final renames leaves some files new and the others old. Each is whole in
/// any case.
///
/// # Errors
/// Returns the first [`WriteError`], for the reasons given at [`write`](fn@write).
pub fn write_all<P: AsRef<Path>, C: AsRef<[u8]>>(
    files: impl IntoIterator<Item = (P, C)>,
) -> Result<(), WriteError> {
    let files: Vec<(P, C)> = files.into_iter().collect();
    let targets: Vec<Target> = files
        .iter()
        .map(|(path, _)| Target::of(path.as_ref()).map_err(|problem| problem.of(path.as_ref())))
        .collect::<Result<_, _>>()?;
    let directories: BTreeSet<&Path> = targets.iter().map(Target::directory).collect();
    // Before the new files are written, because they may need the room.
    directories.iter().for_each(|directory| litter::sweep(directory));
    // If any file fails, all that are in this list are removed.
    let mut written = Vec::with_capacity(files.len());
    for (target, (path, contents)) in targets.iter().zip(&files) {
        let path = path.as_ref();
        let new = target.write_beside(contents.as_ref());
        written.push((path, target, new.map_err(|error| WriteProblem::System(error).of(path))?));
    }
    for (path, target, new) in written {
        new.rename(&target.path).map_err(|error| WriteProblem::System(error).of(path))?;
    }
    directories.iter().for_each(|directory| target::flush(directory));
    Ok(())
}

/// Checks that files can be created in a directory, by creating an empty one and removing it.
///
/// # Errors
/// Returns the error of the system, for instance when the directory does not exist.
pub fn probe(directory: impl AsRef<Path>) -> io::Result<()> {
    Temporary::inside(directory.as_ref()).map(drop)
}

/// The examples of the README are tests as well.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
