//! The directory that files go to. It is checked before anything is computed, but created only when there is something to
//! write, so that an interrupted run leaves nothing behind.

use std::fs;
use std::path::Path;

/// Checks that the directory can be written to or, if it does not exist, that it can be created. Leaves no trace.
pub(crate) fn check(directory: &Path) -> Result<(), String> {
    let nearest = nearest(directory);
    if nearest.is_dir() {
        return nn_files::probe(nearest).map_err(|error| cannot_write(directory, &error.to_string()));
    }
    let name = if nearest == directory { "it".into() } else { nearest.display().to_string() };
    let kind = if nearest.exists() { "a file" } else { "a link to nothing" };
    Err(cannot_write(directory, &format!("{name} is {kind}, not a directory")))
}

/// Creates the directory if it does not exist, and lets `write` fill it. If this fails, whatever was created and is empty
/// is removed.
pub(crate) fn fill(directory: &Path, write: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    let existing = nearest(directory);
    let missing: Vec<&Path> = directory.ancestors().take_while(|&path| path != existing).collect();
    let created = fs::create_dir_all(directory).map_err(|error| cannot_write(directory, &error.to_string()));
    let result = created.and_then(|()| write());
    if result.is_err() {
        for path in missing {
            // Fails for one that was not created, and for one that is not empty, which has to stay.
            let _ = fs::remove_dir(path);
        }
    }
    result
}

/// The directory itself if it exists, and otherwise the lowest above it that does.
fn nearest(directory: &Path) -> &Path {
    let exists = |path: &&Path| path.symlink_metadata().is_ok();
    // Above a relative path is the current directory, which `ancestors` gives an empty name.
    directory.ancestors().find(exists).unwrap_or(Path::new("."))
}

fn cannot_write(directory: &Path, reason: &str) -> String {
    format!("cannot write to {}: {reason}", directory.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of everything in a directory.
    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_check_leaves_no_trace() {
        let place = tempfile::tempdir().unwrap();
        for directory in [place.path(), &place.path().join("new"), &place.path().join("new/below")] {
            assert_eq!(check(directory), Ok(()));
            assert!(names(place.path()).is_empty());
        }
        assert_eq!(check(Path::new("new/below/the/current/directory")), Ok(()));
    }

    #[test]
    fn whatever_is_no_directory_is_named() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        fs::write(&file, "").unwrap();
        let message =
            |path: &Path| check(path).unwrap_err().replace(&place.path().display().to_string(), "…");
        assert_eq!(message(&file), "cannot write to …/file: it is a file, not a directory");
        assert_eq!(
            message(&file.join("a/b")),
            "cannot write to …/file/a/b: …/file is a file, not a directory"
        );
    }

    #[test]
    #[cfg(unix)]
    fn a_link_to_nothing_is_named() {
        let place = tempfile::tempdir().unwrap();
        let link = place.path().join("link");
        std::os::unix::fs::symlink("nowhere", &link).unwrap();
        assert!(check(&link).unwrap_err().ends_with("it is a link to nothing, not a directory"));
    }

    #[test]
    fn a_directory_that_stays_empty_is_removed() {
        let place = tempfile::tempdir().unwrap();
        let directory = place.path().join("made/on/the/way");
        assert_eq!(fill(&directory, || Err("a full disk".into())), Err("a full disk".into()));
        assert!(names(place.path()).is_empty());
        // One that was there before is left as it was.
        fs::create_dir(place.path().join("made")).unwrap();
        assert_eq!(fill(&directory, || Err("a full disk".into())), Err("a full disk".into()));
        assert_eq!(names(place.path()), ["made"]);
        assert!(names(&place.path().join("made")).is_empty());

        let write = || fs::write(directory.join("file"), "").map_err(|error| error.to_string());
        assert_eq!(fill(&directory, write), Ok(()));
        assert_eq!(names(&directory), ["file"]);
    }
}
