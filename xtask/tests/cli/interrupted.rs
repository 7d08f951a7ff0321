//! A run that is interrupted leaves nothing behind.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::{command, names};

#[test]
fn an_interrupted_run_leaves_no_directory_and_no_file() {
    for signal in ["TERM", "KILL"] {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("made/on/the/way");
        // Its first experiment is much shorter than its second.
        let words = "figures --only linear-regression --only spirals --trials 200 --epochs 1000";
        let mut program = command(&format!("{words} --out {}", out.display()))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(program.stderr.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("linear-regression: 200 trials in "), "{line}");
        assert!(program.try_wait().unwrap().is_none(), "it has ended before it could be interrupted");
        // Every shell has the command itself; a program of this name is not installed everywhere.
        let sent =
            Command::new("sh").args(["-c", &format!("kill -s {signal} {}", program.id())]).status().unwrap();
        assert!(sent.success());
        let ended = program.wait().unwrap();
        assert_eq!(ended.code(), None, "{signal} ends it");
        assert!(names(place.path()).is_empty(), "{signal}: {:?}", names(place.path()));
    }
}
