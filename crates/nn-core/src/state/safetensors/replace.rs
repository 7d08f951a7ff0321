//! Replaces a file in one step, so that there is a complete file at any time: the old one or the new one.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use super::error::StateFileProblem as Problem;

/// Replaces the contents of the file at `path` by `bytes`, or creates the file.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    replace_with(path, |file| file.write_all(bytes))
}

/// Writes a temporary file in the same directory, flushes it to the disk and renames it. The old file stays intact up to that
/// moment. If anything fails before, the temporary file is removed.
fn replace_with(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), Problem> {
    // If `path` is a link, the file that it points to is replaced, not the link.
    let path = match fs::canonicalize(path) {
        Ok(path) if path.is_file() => path,
        // Renaming would put a regular file in the place of a device or a pipe.
        Ok(_) => return Err(Problem::NotAFile),
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        Err(error) => return Err(Problem::unwritable(error)),
    };
    let (temporary, mut file) = Temporary::beside(&path).map_err(Problem::unwritable)?;
    if let Ok(old) = fs::metadata(&path) {
        file.set_permissions(old.permissions()).map_err(Problem::unwritable)?;
    }
    write(&mut file).and_then(|()| file.sync_all()).map_err(Problem::unwritable)?;
    // Some systems cannot rename an open file.
    drop(file);
    temporary.rename(&path).map_err(Problem::unwritable)
}

/// A file that is removed when dropped, unless it was renamed.
struct Temporary {
    path: PathBuf,
    renamed: bool,
}

impl Temporary {
    /// Creates a file in the directory of `path`, under a name that does not exist yet.
    fn beside(path: &Path) -> io::Result<(Self, File)> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        if path.file_name().is_none() {
            return Err(io::ErrorKind::InvalidFilename.into());
        }
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let new = path.with_file_name(format!(".nn-{}-{count}.tmp", process::id()));
            match File::create_new(&new) {
                Ok(file) => return Ok((Temporary { path: new, renamed: false }, file)),
                // Left behind by a process with the same ID that was killed.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn rename(mut self, to: &Path) -> io::Result<()> {
        fs::rename(&self.path, to)?;
        self.renamed = true;
        // Makes the new name survive a power cut, on systems that can open a directory. A failure here is no error, because
        // the file is complete under either name.
        let directory = to.parent().filter(|parent| !parent.as_os_str().is_empty());
        if let Ok(directory) = File::open(directory.unwrap_or(Path::new("."))) {
            _ = directory.sync_all();
        }
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.renamed {
            _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_save_leaves_the_old_file_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("model.safetensors");
        replace(&path, b"old").unwrap();
        let full = |file: &mut File| {
            file.write_all(b"half of the ne")?;
            Err(io::Error::from(io::ErrorKind::StorageFull))
        };
        let problem = replace_with(&path, full).unwrap_err();
        assert!(matches!(problem, Problem::Unwritable { kind: io::ErrorKind::StorageFull, .. }), "{problem}");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);

        // The same holds for a save that ends in a panic.
        let panics = std::panic::AssertUnwindSafe(|| replace_with(&path, |_| panic!("on purpose")));
        assert!(std::panic::catch_unwind(panics).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);

        replace(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }
}
