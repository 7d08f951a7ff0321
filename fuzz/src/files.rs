//! Files for readers that take a path, and the frame of a safetensors file.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A folder for files, removed when dropped. It lies in memory where the system has a place for that, because a save waits for
/// the disk.
pub struct Folder(TempDir);

impl Folder {
    #[expect(clippy::new_without_default, reason = "it makes a folder on disk")]
    pub fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        Folder(made.expect("a folder for temporary files"))
    }

    /// The path of a file in this folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file and returns its path.
    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).expect("write to the temporary folder");
        path
    }

    /// The number of files.
    pub fn files(&self) -> usize {
        fs::read_dir(self.0.path()).expect("list the temporary folder").count()
    }
}

/// Puts the length of the header before it. The header ends at the first zero byte, which is left out; the data follows. With
/// the right length every change of the header is a change of its JSON alone, so a fuzzer gets past the first check.
pub fn framed(input: &[u8]) -> Vec<u8> {
    let end = input.iter().position(|&byte| byte == 0).unwrap_or(input.len());
    let (header, data) = (&input[..end], input.get(end + 1..).unwrap_or_default());
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header);
    file.extend(data);
    file
}
