//! Files are made whole in memory, written beside their place and renamed into it: at no moment is one half-written.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// A file to write or to compare with.
#[derive(Debug, Clone)]
pub(super) struct File {
    /// Name without directory.
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

/// Makes the directory and tries to write there, before anything is computed.
pub(super) fn prepare(directory: &Path) -> Result<(), String> {
    let probe = File::new("probe", "txt", "");
    let attempt = fs::create_dir_all(directory)
        .and_then(|()| fs::write(directory.join(probe.temporary()), &probe.contents))
        .and_then(|()| fs::remove_file(directory.join(probe.temporary())));
    attempt.map_err(|error| {
        format!("cannot write to {}: {error}; choose another with --out DIR", directory.display())
    })
}

/// Writes all files: first beside their places, then, when all are complete, into them.
pub(super) fn write(directory: &Path, files: &[File]) -> Result<(), String> {
    let result = write_beside(directory, files).and_then(|()| {
        files.iter().try_for_each(|file| {
            fs::rename(directory.join(file.temporary()), directory.join(&file.name))
                .map_err(|error| format!("cannot write {}: {error}", directory.join(&file.name).display()))
        })
    });
    if result.is_err() {
        for file in files {
            // What was renamed is no longer there; nothing more can be done about what cannot be removed.
            let _ = fs::remove_file(directory.join(file.temporary()));
        }
    }
    result
}

fn write_beside(directory: &Path, files: &[File]) -> Result<(), String> {
    // The one thing that a file cannot be renamed onto. Found out halfway, other files would be replaced already.
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

/// Compares with the files that are there.
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

/// Where two files first differ, for a person to look.
fn difference(old: &[u8], new: &[u8]) -> Option<String> {
    if old == new {
        return None;
    }
    let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let line = old[..same].iter().filter(|&&byte| byte == b'\n').count() + 1;
    Some(format!("from line {line}"))
}
