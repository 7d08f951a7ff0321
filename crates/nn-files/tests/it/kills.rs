//! Processes that are killed while they write, and processes that write one file at the same time. A child process is this
//! program again, told by the environment what to do.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use nn_files::{write, write_all};
use tempfile::tempdir;

use crate::names;

const PATH: &str = "NN_FILES_PATH";
const TIMES: &str = "NN_FILES_TIMES";
const LENGTH: usize = 300_000;

/// Contents that show whether they are whole.
fn contents(letter: u8) -> Vec<u8> {
    vec![letter; LENGTH]
}

fn is_whole(contents: &[u8]) -> bool {
    contents.len() == LENGTH && contents.iter().all(|byte| *byte == contents[0])
}

/// Starts a process that writes `path` and `path.2` as a group.
fn writer(path: &Path, times: usize) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "kills::child"])
        .envs([(PATH, path.as_os_str()), (TIMES, times.to_string().as_ref())])
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// The program of a child process. As a test of its own it does nothing.
#[test]
fn child() {
    let (Some(path), Ok(times)) = (env::var_os(PATH), env::var(TIMES)) else { return };
    let path = Path::new(&path);
    for time in 0..times.parse::<usize>().unwrap() {
        let letter = b'a' + (time % 26) as u8;
        write_all([(path.to_owned(), contents(letter)), (path.with_extension("2"), contents(letter))])
            .unwrap();
    }
}

#[test]
fn a_kill_at_any_moment_leaves_whole_files_and_the_next_write_no_litter() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("file");
    write(&path, contents(b'a')).unwrap();
    let mut littered = 0;
    for round in 0..30 {
        let second = path.with_extension("2");
        _ = fs::remove_file(&second);
        let mut child = writer(&path, usize::MAX);
        while !second.exists() {
            assert!(child.try_wait().unwrap().is_none(), "the child has ended by itself");
            sleep(Duration::from_micros(200));
        }
        sleep(Duration::from_micros(300 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        let names_then = names(directory.path());
        littered += usize::from(names_then.iter().any(|name| name.starts_with(".nn-")));
        for name in names_then.iter().filter(|name| name.starts_with("file")) {
            assert!(is_whole(&fs::read(directory.path().join(name)).unwrap()), "{name} in round {round}");
        }
        write(&path, contents(b'z')).unwrap();
        let left = names(directory.path());
        // A system that cannot tell its start keeps them for a day.
        if Path::new("/proc/sys/kernel/random/boot_id").exists() {
            assert!(left.iter().all(|name| name.starts_with("file")), "{left:?} after round {round}");
        }
    }
    assert!(littered > 0, "no kill has hit a write");
}

#[test]
fn processes_that_write_one_file_do_not_disturb_each_other() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("file");
    let mut children: Vec<Child> = (0..3).map(|_| writer(&path, 40)).collect();
    while children.iter_mut().any(|child| child.try_wait().unwrap().is_none()) {
        if let Ok(contents) = fs::read(&path) {
            assert!(is_whole(&contents));
        }
    }
    for child in &mut children {
        assert!(child.wait().unwrap().success(), "a write failed, because another process removed its file");
    }
    assert_eq!(names(directory.path()), ["file", "file.2"]);
}

#[test]
fn threads_that_write_one_file_do_not_disturb_each_other() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("file");
    std::thread::scope(|scope| {
        for letter in *b"abcd" {
            let path = &path;
            scope.spawn(move || (0..25).for_each(|_| write(path, contents(letter)).unwrap()));
        }
    });
    assert!(is_whole(&fs::read(&path).unwrap()));
    assert_eq!(names(directory.path()), ["file"]);
}
