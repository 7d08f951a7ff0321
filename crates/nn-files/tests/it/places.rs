//! Links, permissions, and what must not be replaced.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use nn_files::{WriteProblem, probe, write};
use tempfile::tempdir;

use crate::names;

#[test]
fn a_file_is_created_and_replaced() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("file");
    write(&path, "old").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"old");
    write(&path, b"new and longer").unwrap();
    write(&path, []).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"");
    assert_eq!(names(directory.path()), ["file"]);
}

#[test]
fn what_is_not_a_file_is_refused() {
    let directory = tempdir().unwrap();
    let below = directory.path().join("below");
    fs::create_dir(&below).unwrap();
    for place in [below.as_path(), Path::new("/"), Path::new("."), Path::new("..")] {
        let error = write(place, "new").unwrap_err();
        assert!(matches!(error.problem, WriteProblem::NotAFile), "{error}");
        assert_eq!(error.path, place);
    }
    let error = write(&below, "new").unwrap_err().to_string();
    let expected = "expected a regular file, found a directory, a device or the like";
    assert_eq!(error, format!("cannot write {}: {expected}", below.display()));
    assert_eq!((names(directory.path()), names(&below).len()), (vec!["below".to_owned()], 0));
}

#[test]
fn a_path_to_nowhere_is_an_error_of_the_system() {
    let directory = tempdir().unwrap();
    let file = directory.path().join("file");
    write(&file, "old").unwrap();
    let system = |path: &Path| match write(path, "new").unwrap_err().problem {
        WriteProblem::System(error) => error.kind(),
        problem => panic!("{problem}"),
    };
    assert_eq!(system(&directory.path().join("none/file")), ErrorKind::NotFound);
    assert_eq!(system(&file.join("below")), ErrorKind::NotADirectory);
    assert_eq!(system(Path::new("")), ErrorKind::InvalidFilename);
    assert_eq!(probe(directory.path().join("none")).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(probe(&file).unwrap_err().kind(), ErrorKind::NotADirectory);
    assert_eq!(fs::read(&file).unwrap(), b"old");
    assert_eq!(names(directory.path()), ["file"]);
}

#[test]
fn a_probe_leaves_nothing() {
    let directory = tempdir().unwrap();
    probe(&directory).unwrap();
    assert!(names(directory.path()).is_empty());
}

#[test]
fn a_read_only_file_is_refused() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("file");
    write(&path, "old").unwrap();
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions.clone()).unwrap();
    let error = write(&path, "new").unwrap_err();
    assert!(matches!(error.problem, WriteProblem::ReadOnly), "{error}");
    let line = format!("cannot write {}: expected a writable file, found a read-only one", path.display());
    assert_eq!(error.to_string(), line);
    assert_eq!(fs::metadata(&path).unwrap().permissions(), permissions);
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names(directory.path()), ["file"]);
}

#[cfg(unix)]
mod unix {
    use std::fs::Permissions;
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    /// Writes through a link, and expects the link as it was and the contents in `target`.
    fn follows(link: &Path, target: &Path) {
        let names = fs::read_link(link).unwrap();
        for contents in ["first", "second"] {
            write(link, contents).unwrap();
            assert_eq!(fs::read_link(link).unwrap(), names);
            assert!(!target.is_symlink());
            assert_eq!(fs::read_to_string(target).unwrap(), contents);
        }
    }

    #[test]
    fn a_link_is_followed_whether_its_target_exists_or_not() {
        for exists in [true, false] {
            let directory = tempdir().unwrap();
            let root = directory.path();
            let path = |name: &str| root.join(name);
            fs::create_dir_all(path("a/b")).unwrap();
            fs::create_dir(path("c")).unwrap();
            let target = path("c/file");
            if exists {
                write(&target, "old").unwrap();
            }
            symlink(&target, path("absolute")).unwrap();
            symlink("../../c/file", path("a/b/relative")).unwrap();
            symlink("relative", path("a/b/again")).unwrap();
            symlink("a/b", path("folder")).unwrap();
            symlink("folder/again", path("chain")).unwrap();
            for link in ["absolute", "a/b/relative", "a/b/again", "folder/again", "chain"] {
                if !exists {
                    _ = fs::remove_file(&target);
                }
                follows(&path(link), &target);
            }
            assert_eq!(names(&path("c")), ["file"]);
            assert_eq!(names(&path("a/b")), ["again", "relative"]);
            assert_eq!(names(root), ["a", "absolute", "c", "chain", "folder"]);
        }
    }

    #[test]
    fn links_to_what_cannot_be_written_are_errors_and_stay() {
        let directory = tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        symlink("circle", path("circle")).unwrap();
        symlink("none/file", path("broken")).unwrap();
        let _listener = UnixListener::bind(path("socket")).unwrap();
        symlink("socket", path("device")).unwrap();
        symlink(".", path("folder")).unwrap();
        for name in ["circle", "broken", "device", "folder"] {
            let before = fs::read_link(path(name)).unwrap();
            write(path(name), "new").unwrap_err();
            assert_eq!(fs::read_link(path(name)).unwrap(), before);
        }
        // A socket stands for all that is neither file nor directory. A device of the system would not survive a failure here.
        let error = write(path("socket"), "new").unwrap_err();
        assert!(matches!(error.problem, WriteProblem::NotAFile), "{error}");
        assert!(fs::metadata(path("socket")).unwrap().file_type().is_socket());
        assert_eq!(names(directory.path()), ["broken", "circle", "device", "folder", "socket"]);
    }

    #[test]
    fn permissions_are_kept() {
        let directory = tempdir().unwrap();
        let path = directory.path().join("file");
        let usual = directory.path().join("usual");
        fs::write(&usual, "").unwrap();
        write(&path, "old").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&path), mode(&usual), "a new file has the usual permissions");
        for bits in [0o600, 0o640, 0o755, 0o666] {
            fs::set_permissions(&path, Permissions::from_mode(bits)).unwrap();
            write(&path, "new").unwrap();
            assert_eq!(mode(&path) & 0o7777, bits);
        }
    }

    /// Runs as a user who may write anywhere, this shows nothing: the file is then written.
    #[test]
    fn a_directory_without_permission_to_write_is_an_error() {
        let directory = tempdir().unwrap();
        let path = directory.path().join("file");
        write(&path, "old").unwrap();
        fs::set_permissions(&directory, Permissions::from_mode(0o500)).unwrap();
        let (written, privileged) =
            (write(&path, "new"), fs::write(directory.path().join("probe"), "").is_ok());
        fs::set_permissions(&directory, Permissions::from_mode(0o700)).unwrap();
        if !privileged {
            let WriteProblem::System(error) = written.unwrap_err().problem else { panic!() };
            assert_eq!(error.kind(), ErrorKind::PermissionDenied);
            assert_eq!(fs::read(&path).unwrap(), b"old");
        }
    }
}
