//! A file under a temporary name.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::litter;

/// A file that is removed when dropped, unless it was renamed.
pub(crate) struct Temporary {
    path: PathBuf,
    /// Stays open until the file is renamed, which shows to others that it is in use.
    file: File,
    renamed: bool,
}

impl Temporary {
    /// Creates an empty file in a directory.
    pub(crate) fn inside(directory: &Path) -> io::Result<Self> {
        /// It takes a sweep or an equal name, each at the wrong moment, to lose one.
        const ATTEMPTS: usize = 16;
        for _ in 0..ATTEMPTS {
            let path = directory.join(litter::name());
            match File::create_new(&path) {
                Ok(file) => {
                    let held = litter::hold(&file, &path);
                    let temporary = Temporary { path, file, renamed: false };
                    if held {
                        return Ok(temporary);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other(format!("expected to keep a new file in {ATTEMPTS} attempts, found it removed")))
    }

    /// Writes the contents and flushes them to the disk. The permissions come first, because the contents may be private.
    pub(crate) fn fill(&mut self, contents: &[u8], permissions: Option<Permissions>) -> io::Result<()> {
        if let Some(permissions) = permissions {
            self.file.set_permissions(permissions)?;
        }
        self.file.write_all(contents)?;
        self.file.sync_all()
    }

    /// Gives the file its final name, in place of an older file of that name.
    pub(crate) fn rename(mut self, to: &Path) -> io::Result<()> {
        fs::rename(&self.path, to)?;
        self.renamed = true;
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
