//! Writes files whole. Each is made in memory, written beside its place under a temporary name and then renamed, so no
//! file is ever half-written.

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

    fn temporary(&self) -> String {
        format!(".{}.{}.tmp", self.name, std::process::id())
    }
}

/// Creates the directory and tries to write there, before anything is computed.
pub(super) fn prepare(directory: &Path) -> Result<(), String> {
    let probe = File::new("probe", "txt", "");
    let attempt = fs::create_dir_all(directory)
        .and_then(|()| fs::write(directory.join(probe.temporary()), &probe.contents))
        .and_then(|()| fs::remove_file(directory.join(probe.temporary())));
    attempt.map_err(|error| {
        format!("cannot write to {}: {error}; choose another with --out DIR", directory.display())
    })
}

/// Writes all files: first all of them beside their places, then renames each.
pub(super) fn write(directory: &Path, files: &[File]) -> Result<(), String> {
    let result = write_beside(directory, files).and_then(|()| {
        files.iter().try_for_each(|file| {
            fs::rename(directory.join(file.temporary()), directory.join(&file.name))
                .map_err(|error| format!("cannot write {}: {error}", directory.join(&file.name).display()))
        })
    });
    if result.is_err() {
        for file in files {
            // A file that was renamed no longer has its temporary name. One that cannot be removed has to stay.
            let _ = fs::remove_file(directory.join(file.temporary()));
        }
    }
    result
}

fn write_beside(directory: &Path, files: &[File]) -> Result<(), String> {
    // A file cannot be renamed onto a directory. If the rename found this out, other files would already be replaced.
    if let Some(file) = files.iter().find(|file| directory.join(&file.name).is_dir()) {
        let path = directory.join(&file.name);
        return Err(format!(
            "cannot write {}: it is a directory; remove it or choose another --out DIR",
            path.display()
        ));
    }
    files.iter().try_for_each(|file| {
        fs::write(directory.join(file.temporary()), &file.contents)
            .map_err(|error| format!("cannot write {}: {error}", directory.join(&file.name).display()))
    })
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
