//! Files that the system does not let grow, as on a full disk. A child process is this program again, under a limit.

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use nn_files::{WriteProblem, write, write_all};
use tempfile::tempdir;

use crate::names;

const PATH: &str = "NN_FILES_FULL";

/// Runs [`child`] so that no file of more than a few hundred bytes can be written, after a line of the shell.
fn limited(first: &str, path: &Path) -> ExitStatus {
    Command::new("sh")
        .args(["-c", &format!("{first}; ulimit -f 1; exec \"$0\" --exact full::child")])
        .arg(env::current_exe().unwrap())
        .env(PATH, path)
        .output()
        .unwrap()
        .status
}

/// The program of a child process. As a test of its own it does nothing.
#[test]
fn child() {
    let Some(path) = env::var_os(PATH).map(PathBuf::from) else { return };
    let error = write_all([(path.with_extension("small"), vec![1; 10]), (path.clone(), vec![2; 100_000])])
        .unwrap_err();
    assert_eq!(error.path, path);
    let WriteProblem::System(error) = error.problem else { panic!("{error}") };
    assert_eq!(error.kind(), ErrorKind::FileTooLarge);
}

#[test]
fn a_file_that_cannot_grow_leaves_the_old_ones_and_nothing_else() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("file");
    write_all([(path.clone(), "old"), (path.with_extension("small"), "old")]).unwrap();
    // The signal would end the process, so it is ignored: then the system returns an error.
    let status = limited("trap '' XFSZ", &path);
    assert!(status.success(), "{status}");
    assert_eq!(names(directory.path()), ["file", "file.small"]);
    for name in ["file", "file.small"] {
        assert_eq!(fs::read(directory.path().join(name)).unwrap(), b"old");
    }
}

#[test]
fn a_process_that_ends_at_its_limit_leaves_the_old_files() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("file");
    write_all([(path.clone(), "old"), (path.with_extension("small"), "old")]).unwrap();
    let status = limited("true", &path);
    assert!(!status.success());
    for name in ["file", "file.small"] {
        assert_eq!(fs::read(directory.path().join(name)).unwrap(), b"old");
    }
    write(&path, "new").unwrap();
    if Path::new("/proc/sys/kernel/random/boot_id").exists() {
        assert_eq!(names(directory.path()), ["file", "file.small"]);
    }
}
