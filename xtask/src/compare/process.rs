//! A program that answers jobs, run as a process of its own.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::answer::Answers;
use super::job::Job;
use super::plan::Conditions;
use crate::paths;

/// Settings of the C library for the conditions under which it keeps freed memory.
const KEEP_MEMORY: &str = "glibc.malloc.mmap_threshold=1073741824:glibc.malloc.trim_threshold=4294967296:glibc.malloc.top_pad=268435456";

/// A program that answers jobs: its command and arguments, to which the file of jobs is appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Program(pub(super) Vec<String>);

/// Runs a program in a process of its own. The program must answer every job, in order.
pub(super) fn ask(
    directory: &Path,
    program: &Program,
    conditions: Conditions,
    jobs: &[Job],
) -> Result<Answers, String> {
    let file = directory.join("jobs.txt");
    let lines: Vec<String> = jobs.iter().map(|job| format!("{job}\n")).collect();
    fs::write(&file, lines.concat()).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    let Program(words) = program;
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).arg(&file).stdin(Stdio::null());
    // Frameworks read their number of threads from these variables before a program can set it.
    for name in ["RAYON_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"] {
        command.env(name, conditions.threads.to_string());
    }
    // The cache of torch.compile, which is kept from run to run beside everything else that is made for the peers.
    command.env("TORCHINDUCTOR_CACHE_DIR", paths::made_for_peers().join("inductor"));
    command.env_remove("GLIBC_TUNABLES");
    if conditions.keep_memory {
        command.env("GLIBC_TUNABLES", KEEP_MEMORY);
    }
    let output = command.output().map_err(|error| format!("cannot start {}: {error}", words[0]))?;
    if !output.status.success() {
        return Err(last_line(&output.stderr));
    }
    let answers: Answers = String::from_utf8_lossy(&output.stdout).parse()?;
    let answered: Vec<&str> = answers.answers.iter().map(|answer| &answer.work[..]).collect();
    let asked: Vec<&str> = jobs.iter().map(|job| &job.work[..]).collect();
    if answered != asked {
        return Err(format!(
            "expected answers to {}; found answers to [{}]",
            asked.join(", "),
            answered.join(", ")
        ));
    }
    Ok(answers)
}

/// Returns the last line that is not empty: in Python and Rust, the one that names the error.
pub(super) fn last_line(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it printed no error").trim().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::work;

    fn say(script: &str) -> Result<Answers, String> {
        let directory = tempfile::tempdir().unwrap();
        let program = Program(vec!["sh".into(), "-c".into(), script.into()]);
        let job = work::all(true)[0].job(1, 0.1, 2);
        ask(directory.path(), &program, Conditions { threads: 2, keep_memory: true }, &[job])
    }

    #[test]
    fn a_program_is_told_threads_and_memory_and_answers() {
        let answers = say(
            r#"echo "version=$RAYON_NUM_THREADS $GLIBC_TUNABLES"; echo work=784-128-10-sgd-epochs loss=1 wall=1 cpu=1 count=1"#,
        );
        let Answers { version, answers } = answers.unwrap();
        assert_eq!((version, answers.len()), (format!("2 {KEEP_MEMORY}"), 1));
    }

    #[test]
    fn a_program_that_does_not_answer_says_why() {
        assert_eq!(
            say("echo 'ModuleNotFoundError: no jax' >&2; exit 1"),
            Err("ModuleNotFoundError: no jax".into())
        );
        assert_eq!(
            say("echo version=1"),
            Err("expected answers to 784-128-10-sgd-epochs; found answers to []".into())
        );
        assert!(say("echo hello").unwrap_err().starts_with("expected version=…"));
    }
}
