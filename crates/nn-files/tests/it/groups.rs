//! Several files as a group.

use std::fs;

use nn_files::{WriteProblem, write, write_all};
use tempfile::tempdir;

use crate::names;

#[test]
fn all_files_are_written_in_several_directories() {
    let directory = tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    fs::create_dir(path("below")).unwrap();
    write(path("a"), "old").unwrap();
    write_all([(path("a"), "1"), (path("below/b"), "2"), (path("c"), "3")]).unwrap();
    for (name, contents) in [("a", "1"), ("below/b", "2"), ("c", "3")] {
        assert_eq!(fs::read_to_string(path(name)).unwrap(), contents);
    }
    assert_eq!(
        (names(directory.path()), names(&path("below"))),
        (vec!["a".into(), "below".into(), "c".into()], vec!["b".into()])
    );
    write_all::<&str, &str>([]).unwrap();
}

#[test]
fn one_file_that_cannot_be_written_keeps_all_others_as_they_are() {
    let directory = tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    write(path("a"), "old").unwrap();
    fs::create_dir(path("blocked")).unwrap();
    for bad in ["blocked", "none/file"] {
        let error =
            write_all([(path("a"), "1"), (path("b"), "2"), (path(bad), "3"), (path("c"), "4")]).unwrap_err();
        assert_eq!(error.path, path(bad));
        assert_eq!(matches!(error.problem, WriteProblem::NotAFile), bad == "blocked", "{error}");
        assert_eq!(names(directory.path()), ["a", "blocked"]);
        assert_eq!(fs::read(path("a")).unwrap(), b"old");
    }
}

#[test]
fn of_two_contents_for_one_file_the_last_remains() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a");
    write_all([(&path, "1"), (&path, "2")]).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"2");
    assert_eq!(names(directory.path()), ["a"]);
}
