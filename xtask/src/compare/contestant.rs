//! Who takes part, and how each program is found or built.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::job::Measure;
use super::paths;
use super::work::{TRIALS, Work};
use crate::cli;

/// A way of doing the works.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Contestant {
    /// On the command line.
    pub(super) id: &'static str,
    /// In tables.
    pub(super) title: &'static str,
    kind: Kind,
    /// One trial after another and slow at it: few trials are run, and the time is scaled.
    few_trials: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    /// This program.
    Own,
    /// A script in `peers`, and the variant that it is asked for.
    Python { script: &'static str, variant: &'static str },
    /// A project of its own in `peers`.
    Rust { folder: &'static str },
}

/// All of them; nn first, the others are compared with it.
pub(super) const ALL: [Contestant; 9] = [
    Contestant { id: "nn", title: "nn", kind: Kind::Own, few_trials: false },
    python("torch", "PyTorch, as users write it", "torch_peer.py", "eager", true),
    python("torch-hand", "PyTorch, gradients by hand, trials batched", "torch_peer.py", "by-hand", false),
    python("torch-compile", "PyTorch, torch.compile", "torch_peer.py", "compile", true),
    python("jax", "JAX, vmap + scan + jit", "jax_peer.py", "rows", false),
    python("jax-columns", "JAX, the same with samples side by side", "jax_peer.py", "columns", false),
    python("numpy", "NumPy, gradients by hand", "numpy_peer.py", "by-hand", true),
    Contestant { id: "burn", title: "burn (flex)", kind: Kind::Rust { folder: "burn" }, few_trials: true },
    Contestant { id: "candle", title: "candle", kind: Kind::Rust { folder: "candle" }, few_trials: true },
];

const fn python(
    id: &'static str,
    title: &'static str,
    script: &'static str,
    variant: &'static str,
    few_trials: bool,
) -> Contestant {
    Contestant { id, title, kind: Kind::Python { script, variant }, few_trials }
}

/// The peer of this name.
///
/// # Errors
/// The names that there are.
pub fn parse(id: &str) -> Result<&'static str, String> {
    let peers = || ALL.iter().map(|contestant| contestant.id).filter(|&id| id != "nn");
    peers()
        .find(|&peer| peer == id)
        .ok_or_else(|| format!("expected one of {}", peers().collect::<Vec<_>>().join(", ")))
}

/// A program that answers jobs: the command and its arguments, to which the file of jobs is added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Program(pub(super) Vec<String>);

impl Contestant {
    /// Whether it does this work: compiled steps do not run whole experiments, and the other layout is for nothing else.
    pub(super) fn does(&self, work: &Work) -> bool {
        match self.id {
            "torch-compile" => work.measure != Measure::Trials,
            "jax-columns" => work.measure == Measure::Trials,
            _ => true,
        }
    }

    /// How many trials it is given.
    pub(super) fn trials(&self, quick: bool) -> usize {
        match (self.few_trials, quick) {
            (false, _) => TRIALS,
            (true, false) => 10,
            (true, true) => 1,
        }
    }

    /// Finds the program. Unless in a hurry, builds or installs what is missing.
    pub(super) fn prepare(&self, options: &cli::Compare) -> Result<Program, String> {
        if self.id == "torch-compile" && options.quick {
            return Err("compiling takes longer than a quick run".into());
        }
        match self.kind {
            Kind::Own => own_program(),
            Kind::Python { script, variant } => {
                let python = match &options.python {
                    Some(python) => python.clone(),
                    None => environment(!options.quick)?,
                };
                let script = paths::sources().join(script);
                Ok(Program(vec![text(&python), text(&script), variant.into()]))
            }
            Kind::Rust { folder } => build(folder, !options.quick),
        }
    }
}

/// This program, built as the peers in Rust are and run once more: a process for nn like for every peer.
pub(super) fn own_program() -> Result<Program, String> {
    let target = paths::target();
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--profile", "compare", "--package", "xtask", "--quiet", "--target-dir"])
        .arg(&target);
    cargo.current_dir(paths::workspace());
    succeed(&mut cargo)?;
    Ok(Program(vec![text(&target.join("compare/xtask")), "answer".into()]))
}

/// The Python of a virtual environment with the pinned packages.
fn environment(install: bool) -> Result<PathBuf, String> {
    let requirements = paths::sources().join("requirements.txt");
    let pinned = fs::read_to_string(&requirements)
        .map_err(|error| format!("cannot read {}: {error}", requirements.display()))?;
    let directory = paths::made().join("venv");
    let python = directory.join("bin/python");
    // Written last: an installation that was interrupted is begun again.
    let stamp = directory.join("installed.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == pinned) {
        return Ok(python);
    }
    if !install {
        return Err("not installed; `cargo xtask compare --setup` does it".into());
    }
    println!("installing peers/requirements.txt into {} …", directory.display());
    succeed(Command::new("python3").args(["-m", "venv"]).arg(&directory))?;
    succeed(
        Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&requirements),
    )?;
    fs::write(&stamp, pinned).map_err(|error| format!("cannot write {}: {error}", stamp.display()))?;
    Ok(python)
}

/// The program of a Rust peer.
fn build(folder: &str, may_download: bool) -> Result<Program, String> {
    let target = paths::made().join(folder);
    let program = target.join("release").join(format!("peer-{folder}"));
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--release", "--locked", "--quiet", "--target-dir"]).arg(&target);
    cargo.current_dir(paths::sources().join(folder));
    if !may_download {
        if !program.exists() {
            return Err("not built; `cargo xtask compare --setup` does it".into());
        }
        cargo.arg("--offline");
    } else if !program.exists() {
        println!("building peers/{folder}: some minutes the first time …");
    }
    succeed(&mut cargo)?;
    Ok(Program(vec![text(&program)]))
}

/// Runs a command that says nothing if all is well; otherwise the last thing it said is the reason.
fn succeed(command: &mut Command) -> Result<(), String> {
    let name = text(Path::new(command.get_program()));
    let output =
        command.stdin(Stdio::null()).output().map_err(|error| format!("cannot start {name}: {error}"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("{name} failed: {}", last_line(&output.stderr)))
    }
}

/// The last line that is not empty: in Python and Rust the one that names the error.
pub(super) fn last_line(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it said nothing").trim().into()
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_are_named_on_the_command_line_and_nn_is_no_peer() {
        assert_eq!(parse("jax"), Ok("jax"));
        let names = "expected one of torch, torch-hand, torch-compile, jax, jax-columns, numpy, burn, candle";
        assert_eq!(parse("nn"), Err(names.into()));
        assert_eq!(parse("tensorflow"), Err(names.into()));
    }

    #[test]
    fn a_command_that_fails_says_the_last_thing_it_said() {
        let error =
            succeed(Command::new("sh").args(["-c", "echo first >&2; echo '  last ' >&2; echo >&2; exit 3"]));
        assert_eq!(error, Err("sh failed: last".into()));
        let error = succeed(&mut Command::new("/nowhere/python3")).unwrap_err();
        assert!(error.starts_with("cannot start /nowhere/python3: "), "{error}");
        assert_eq!(last_line(b""), "it said nothing");
    }
}
