//! Runs in parts: the files that come of them are those of a single run, whatever happens to the processes.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use nn_train::Part;

use crate::{command, fail, names, set_names, small, snapshot, succeed, with_trials, xtask};

/// The words for the same run as `small`, for a part of it or with what else they say.
fn part(part: usize, of: usize, out: &Path) -> String {
    format!("{} --shard {part}/{of}", small(out))
}

#[test]
fn files_merged_from_any_parts_are_those_of_a_single_run() {
    let place = tempfile::tempdir().unwrap();
    let single = place.path().join("single");
    succeed(&format!("{} --curves", small(&single)));
    for of in [1, 2, 9] {
        let shards = ["a", "b"].map(|name| place.path().join(format!("{name}{of}")));
        // From the last to the first, and some twice, with everything different that should not matter.
        for number in (1..=of).rev() {
            succeed(&format!("{} --threads {number}", part(number, of, &shards[number % 2])));
        }
        let other = command(&part(1, of, &shards[0]))
            .envs([("LC_ALL", "de_DE.UTF-8"), ("TZ", "Asia/Kathmandu"), ("RAYON_NUM_THREADS", "1")])
            .output()
            .unwrap();
        assert!(other.status.success());
        let merged = place.path().join(format!("merged{of}"));
        let directories = format!("{} {}", shards[1].display(), shards[0].display());
        let said = succeed(&format!("{} --curves --merge {directories}", small(&merged))).stdout;
        assert_eq!(names(&merged), names(&single));
        for name in names(&single) {
            let [one, other] = [&single, &merged].map(|directory| fs::read(directory.join(&name)).unwrap());
            assert!(one == other, "{of} parts: {name} differs");
        }
        let again = Part::new(1, of).unwrap().range(7).len();
        let cost = format!("{} trials in ", set_names().len() * (7 + again));
        assert!(said.contains(&cost), "the cost is that of all parts: {said}");
    }
}

#[test]
fn a_part_that_is_there_is_not_run_again() {
    let out = tempfile::tempdir().unwrap();
    let said = succeed(&part(2, 3, out.path())).stdout;
    assert!(said.starts_with(&format!("part 2/3 is in {} (", out.path().display())), "{said}");
    let before = snapshot(out.path());
    assert!(!before.is_empty() && names(out.path()).iter().all(|name| name.ends_with(".shard")));
    succeed(&part(2, 3, out.path()));
    assert_eq!(snapshot(out.path()), before);
}

/// Kills processes at different moments of their work. What they leave is whole, and what they have not done is done by those
/// that come after them.
#[test]
fn processes_that_are_killed_lose_nothing_but_their_own_work() {
    let place = tempfile::tempdir().unwrap();
    let [single, shards, merged] = ["single", "shards", "merged"].map(|name| place.path().join(name));
    let words = |out: &Path| format!("{} --epochs 300", with_trials(20, out).replace(" --epochs 12", ""));
    succeed(&words(&single));
    let mut killed = 0;
    for milliseconds in [0, 1, 2, 4, 8, 16, 32, 64, 128] {
        for number in [1, 2] {
            let mut program = command(&format!("{} --shard {number}/2", words(&shards)))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            thread::sleep(Duration::from_millis(milliseconds));
            _ = program.kill();
            killed += usize::from(program.wait().unwrap().code().is_none());
        }
    }
    assert!(killed > 4, "{killed} of them were killed");
    for number in [1, 2] {
        succeed(&format!("{} --shard {number}/2", words(&shards)));
    }
    assert_eq!(names(&shards).len(), 2 * set_names().len(), "no litter: {:?}", names(&shards));
    succeed(&format!("{} --merge {}", words(&merged), shards.display()));
    for name in names(&single) {
        assert!(
            fs::read(single.join(&name)).unwrap() == fs::read(merged.join(&name)).unwrap(),
            "{name} differs"
        );
    }
}

#[test]
fn a_full_disk_leaves_no_shard_and_says_so() {
    let out = tempfile::tempdir().unwrap();
    // Writing more than nothing to a file fails, as on a full disk.
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$@\"";
    let program = command(&part(1, 2, out.path()));
    let words = program.get_args().map(ToOwned::to_owned);
    let output = Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(program.get_program())
        .args(words)
        .stdout(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot write ") && said.contains("too large"), "{said}");
    assert!(names(out.path()).is_empty(), "{:?}", names(out.path()));
    succeed(&part(1, 2, out.path()));
    assert_eq!(names(out.path()).len(), set_names().len());
}

#[test]
fn a_wrong_part_is_answered_with_what_to_do() {
    let place = tempfile::tempdir().unwrap();
    let [shards, out] = ["shards", "out"].map(|name| place.path().join(name));
    let counted = "expected a part such as 3/10, counted from 1";
    for (words, advice) in [
        ("--shard 0/3", counted),
        ("--shard 4/3", counted),
        ("--shard third", counted),
        ("--shard slurm", "SLURM_ARRAY_TASK_ID"),
        ("--shard", "a value is required"),
        ("--shard 1/3 --check", "cannot be used with"),
        ("--shard 1/3 --curves", "cannot be used with"),
        ("--shard 1/3 --merge there", "cannot be used with"),
        ("--merge", "a value is required"),
    ] {
        let line = fail(2, &format!("figures --out {} {words}", out.display()));
        assert!(line.contains(advice), "{words}: {line}");
    }
    assert!(fail(2, "figures --shard 1/3").contains("--out"));

    succeed(&part(1, 3, &shards));
    succeed(&part(3, 3, &shards));
    let merge = |words: &str| fail(1, &format!("{} --merge {}", words, shards.display()));
    let line = merge(&small(&out));
    assert!(
        line.contains("linear-regression: 2 of 7 trials are missing: 2..4; run their shards again"),
        "{line}"
    );
    succeed(&part(2, 3, &shards));
    let line = merge(&format!("{} --learning-rate 0.5", small(&out)));
    assert!(line.contains("setting learning_rate is 0.01, expected 0.5 as in this program"), "{line}");
    let line = fail(1, &format!("{} --merge {}/none", small(&out), shards.display()));
    assert!(line.contains("cannot use the directory ") && line.contains("none"), "{line}");
    let shard = shards.join(&names(&shards)[0]);
    let bytes = fs::read(&shard).unwrap();
    fs::write(&shard, &bytes[..bytes.len() - 1]).unwrap();
    let line = merge(&small(&out));
    assert!(line.contains("remove it and run its trials again"), "{line}");
    assert!(!out.exists(), "a merge that fails leaves nothing");
    // The options of a merge may need no directory, where they are those of the committed figures.
    let untouched = xtask(&format!("figures --merge {} --check", place.path().join("none").display()));
    assert_eq!(untouched.status, 1, "{}", untouched.stderr);
}

/// Left out where GNU parallel is not installed. `scripts/scale/parallel.sh` also kills its workers.
#[test]
fn parts_that_gnu_parallel_runs_are_merged_to_the_same_bytes() {
    let version = Command::new("parallel").arg("--version").stdin(Stdio::null()).output();
    if !version.is_ok_and(|version| version.stdout.starts_with(b"GNU parallel")) {
        return eprintln!("left out, because GNU parallel is not installed");
    }
    let place = tempfile::tempdir().unwrap();
    let [single, shards, merged] = ["single", "shards", "merged"].map(|name| place.path().join(name));
    succeed(&small(&single));
    let program = command(&format!("{} --threads 1 --shard {{}}/5", small(&shards)));
    let output = Command::new("parallel")
        .args(["--will-cite", "--jobs", "2", "--retries", "3"])
        .arg(program.get_program())
        .args(program.get_args())
        .args([":::", "1", "2", "3", "4", "5"])
        .env("HOME", place.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    succeed(&format!("{} --merge {}", small(&merged), shards.display()));
    for name in names(&single) {
        assert!(
            fs::read(single.join(&name)).unwrap() == fs::read(merged.join(&name)).unwrap(),
            "{name} differs"
        );
    }
}
