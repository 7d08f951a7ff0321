//! The contestants: nn and its peers, and how the program of each is found or built.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::job::Timed;
use super::process::{Program, last_line};
use super::work::{DataKind, Group, Work};
use crate::paths;
use crate::print::complain;

/// A framework, and the way in which it does the works.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Contestant {
    /// The name on the command line.
    pub(super) id: &'static str,
    /// The name in tables.
    pub(super) title: &'static str,
    kind: ProgramKind,
    /// Whether it trains slowly, one trial after another: then few trials are run, and their time is scaled.
    few_trials: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum ProgramKind {
    /// This program.
    Own,
    /// A script in `peers`, and the variant that it is told to run.
    Python { script: &'static str, variant: &'static str },
    /// A Cargo project in `peers`.
    Rust { folder: &'static str },
}

/// All contestants. nn is the first, and the others are compared with it.
pub(super) static ALL: [Contestant; 14] = [
    Contestant { id: "nn", title: "nn", kind: ProgramKind::Own, few_trials: false },
    python("torch", "PyTorch, as users write it", "torch_peer.py", "eager", true),
    python("torch-loader", "PyTorch, DataLoader", "torch_peer.py", "loader", true),
    python("torch-hand", "PyTorch, gradients by hand, trials batched", "torch_peer.py", "by-hand", false),
    python("torch-compile", "PyTorch, torch.compile", "torch_peer.py", "compile", true),
    python("jax", "JAX, vmap + scan + jit", "jax_peer.py", "rows", false),
    python("jax-columns", "JAX, the same with samples side by side", "jax_peer.py", "columns", false),
    python("numpy", "NumPy, gradients by hand", "numpy_peer.py", "by-hand", true),
    python("scikit-learn", "scikit-learn", "sklearn_peer.py", "MLPClassifier", true),
    rust("burn", "burn (flex)"),
    rust("candle", "candle"),
    rust("rustyml", "RustyML"),
    python("pandas", "pandas", "csv_peer.py", "pandas", false),
    python("polars", "polars", "csv_peer.py", "polars", false),
];

const fn rust(id: &'static str, title: &'static str) -> Contestant {
    Contestant { id, title, kind: ProgramKind::Rust { folder: id }, few_trials: true }
}

const fn python(
    id: &'static str,
    title: &'static str,
    script: &'static str,
    variant: &'static str,
    few_trials: bool,
) -> Contestant {
    Contestant { id, title, kind: ProgramKind::Python { script, variant }, few_trials }
}

/// The contestants other than nn.
pub(super) fn peers() -> impl Iterator<Item = &'static Contestant> {
    ALL.iter().filter(|contestant| contestant.id != "nn")
}

/// The contestant of this name.
#[cfg(test)]
pub(super) fn find(id: &str) -> Contestant {
    *ALL.iter().find(|contestant| contestant.id == id).expect("the name of a contestant")
}

impl Contestant {
    /// Whether it does this work. The notes of docs/benchmarks.md say why each does what it does.
    pub(super) fn does(&self, work: &Work) -> bool {
        let spirals = work.data == DataKind::Spirals;
        let on_one_batch = matches!(work.group, Group::Experiments | Group::Steps);
        let (reads, predicts) = (work.timed == Timed::Reading, work.timed == Timed::Prediction);
        let newer = ["nn", "torch", "torch-compile", "jax", "burn", "candle"].contains(&self.id);
        match work.group {
            // candle's max pooling passes on a quarter of the gradient.
            Group::Images => return newer && (self.id != "candle" || work.timed != Timed::Step),
            Group::Sequences | Group::Attention => return newer,
            _ => (),
        }
        match self.id {
            "nn" => true,
            "torch-loader" => matches!(work.group, Group::Epochs | Group::Ensembles),
            "torch-hand" => on_one_batch || predicts || spirals,
            "torch-compile" => work.group == Group::Steps,
            "jax-columns" => work.group == Group::Experiments,
            "numpy" => on_one_batch || predicts,
            "scikit-learn" => !on_one_batch && !spirals && !reads && !work.network.sizes.contains(&512),
            "pandas" | "polars" => reads,
            _ => !reads,
        }
    }

    /// What it does differently at this work, if anything.
    pub(super) fn note(&self, work: &Work) -> Option<&'static str> {
        match (self.id, work.data) {
            ("scikit-learn", DataKind::Digits) => {
                Some("without dropout, which it does not have; validation by accuracy")
            }
            _ => None,
        }
    }

    /// The number of trials that it is given.
    pub(super) fn trials(&self, work: &Work, quick: bool) -> usize {
        match work.timed {
            Timed::Trials if self.few_trials => {
                if quick {
                    1
                } else {
                    10
                }
            }
            // A trial on mini-batches makes a thousand steps and more.
            Timed::Ensemble if self.few_trials => 1,
            _ => work.trials,
        }
    }

    /// Finds the program. Builds or installs what is missing, except in a quick run. A Python peer runs in `python`, or else
    /// in a virtual environment with the pinned packages.
    pub(super) fn prepare(&self, quick: bool, python: Option<&Path>) -> Result<Program, String> {
        if self.id == "torch-compile" && quick {
            return Err("compiling would take longer than a quick run".into());
        }
        match self.kind {
            ProgramKind::Own => own_program(),
            ProgramKind::Python { script, variant } => {
                let python = match python {
                    Some(python) => python.to_path_buf(),
                    None => environment(!quick)?,
                };
                let script = paths::peers().join(script);
                Ok(Program(vec![text(&python), text(&script), variant.into()]))
            }
            ProgramKind::Rust { folder } => build(folder, !quick),
        }
    }
}

/// This program, built as the peers in Rust are, so that nn also runs in processes of its own.
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

/// The Python of a virtual environment with the pinned packages, which are installed first if `install` is set.
fn environment(install: bool) -> Result<PathBuf, String> {
    let requirements = paths::peers().join("requirements.txt");
    let pinned = fs::read_to_string(&requirements)
        .map_err(|error| format!("cannot read {}: {error}", requirements.display()))?;
    let directory = paths::made_for_peers().join("venv");
    let python = directory.join("bin/python");
    // This file is written last, so that an interrupted installation starts again.
    let stamp = directory.join("installed.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == pinned) {
        return Ok(python);
    }
    if !install {
        return Err("it is not installed; `cargo xtask compare --setup` installs it".into());
    }
    complain(format_args!("installing peers/requirements.txt into {} …", directory.display()));
    succeed(Command::new("python3").args(["-m", "venv"]).arg(&directory))?;
    succeed(
        Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&requirements),
    )?;
    fs::write(&stamp, pinned).map_err(|error| format!("cannot write {}: {error}", stamp.display()))?;
    Ok(python)
}

/// The program of a Rust peer, built again if its sources have changed.
fn build(folder: &str, may_download: bool) -> Result<Program, String> {
    let target = paths::made_for_peers().join(folder);
    let program = target.join("release").join(format!("peer-{folder}"));
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--release", "--locked", "--quiet", "--target-dir"]).arg(&target);
    cargo.current_dir(paths::peers().join(folder));
    if !may_download {
        if !program.exists() {
            return Err("it is not built; `cargo xtask compare --setup` builds it".into());
        }
        cargo.arg("--offline");
    } else if !program.exists() {
        complain(format_args!("building peers/{folder}, which takes some minutes the first time …"));
    }
    succeed(&mut cargo)?;
    Ok(Program(vec![text(&program)]))
}

/// Runs a command that prints nothing when it succeeds. When it fails, its last line is the reason.
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

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::work;

    #[test]
    fn every_work_has_a_peer_and_every_contestant_a_work() {
        let works = work::all(false);
        for work in &works {
            assert!(peers().any(|peer| peer.does(work)), "{}", work.name);
        }
        for contestant in ALL {
            assert!(works.iter().any(|work| contestant.does(work)), "{}", contestant.id);
        }
        // The nearest project of our kind does everything but reading files, images, sequences and tokens.
        let left_out = works.iter().filter(|work| !find("rustyml").does(work));
        assert!(left_out.clone().all(|work| {
            let newer = matches!(work.group, Group::Images | Group::Sequences | Group::Attention);
            work.timed == Timed::Reading || newer
        }));
        assert_eq!(left_out.count(), 14);
    }

    #[test]
    fn trials_of_slow_programs_are_few() {
        let named = |name: &str| work::all(false).into_iter().find(|work| work.name == name).unwrap();
        let trials = |id, name| find(id).trials(&named(name), false);
        assert_eq!((trials("torch", "xor"), trials("torch", "spirals-16-40")), (10, 1));
        assert_eq!((trials("jax", "xor"), trials("jax", "digits-seeds")), (100, 20));
        assert_eq!(find("torch").trials(&named("xor"), true), 1);
    }

    #[test]
    fn a_command_that_fails_gives_its_last_line() {
        let error =
            succeed(Command::new("sh").args(["-c", "echo first >&2; echo '  last ' >&2; echo >&2; exit 3"]));
        assert_eq!(error, Err("sh failed: last".into()));
        let error = succeed(&mut Command::new("/nowhere/python3")).unwrap_err();
        assert!(error.starts_with("cannot start /nowhere/python3: "), "{error}");
        assert_eq!(last_line(b""), "it printed no error");
    }
}
