//! Tries the crates as users get them: packs each as the registry would, unpacks and builds the packages, and builds and runs the
//! programs of the README and of two documents in a project that depends on them. A file that a package lacks is missed there; what
//! its doctests do, the tests of the workspace have shown.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::FLOORS;
use crate::paths;

/// A project as a user would make it: everything below this folder is made anew by each check.
const USER: &str = "user";

/// The documents with programs, by their paths and by the beginning of the names of their tests.
const DOCUMENTS: [(&str, &str); 3] =
    [("README.md", "readme"), ("docs/tables.md", "tables"), ("docs/scale.md", "scale")];

/// Packs, unpacks, builds, runs.
pub(super) fn check() -> Result<(), String> {
    let folder = paths::target().join("packages");
    let unpacked = folder.join("unpacked");
    for stale in [&unpacked, &folder.join(USER)] {
        if stale.exists() {
            fs::remove_dir_all(stale)
                .map_err(|error| format!("cannot remove {}: {error}", stale.display()))?;
        }
    }
    let root = paths::workspace();
    let names: Vec<&str> = FLOORS.iter().map(|(name, _)| *name).collect();
    let mut pack = Command::new(env!("CARGO"));
    pack.args(["package", "--quiet", "--allow-dirty", "--no-verify", "--target-dir"]).arg(&folder);
    pack.args(names.iter().flat_map(|name| ["--package", name])).current_dir(&root);
    run(&mut pack, "cargo package")?;

    make(&unpacked)?;
    let version = env!("CARGO_PKG_VERSION");
    let (mut patches, mut profiles) = (String::new(), String::new());
    for name in names {
        let archive = folder.join(format!("package/{name}-{version}.crate"));
        // Touched (`m`): in the packages all files are of one day long ago, so that cargo would take a changed one for built.
        run(Command::new("tar").arg("-xzmf").arg(&archive).arg("-C").arg(&unpacked), "tar")?;
        patches += &format!("{name} = {{ path = \"unpacked/{name}-{version}\" }}\n");
        profiles += &format!("[profile.dev.package.{name}]\nopt-level = 0\n");
    }
    // The profile of the workspace, so that libraries that are there already need not be built again. The packages are built
    // here alone and little runs, so they are not optimised.
    write(
        &folder.join("Cargo.toml"),
        &format!(
            "[workspace]\nresolver = \"3\"\nmembers = [\"unpacked/*\", \"{USER}\"]\n\n[patch.crates-io]\n{patches}\n\
             [profile.dev]\nopt-level = 2\ndebug = \"line-tables-only\"\n{profiles}"
        ),
    )?;
    copy(&root.join("Cargo.lock"), &folder.join("Cargo.lock"))?;
    user_project(&root, &folder.join(USER), version)?;

    // All packages are selected, so that each is built, with all that it is made of.
    cargo(&folder, &["test", "--workspace", "--test", "program-*", "--quiet"])
}

/// Writes a project that depends on the umbrella crate and has the programs of the documents, as tests, which cargo runs in its
/// folder in the order of their names.
fn user_project(root: &Path, user: &Path, version: &str) -> Result<(), String> {
    make(&user.join("src"))?;
    make(&user.join("data"))?;
    copy(&root.join("data/iris.csv"), &user.join("data/iris.csv"))?;
    write(&user.join("src/lib.rs"), "")?;
    let mut manifest = format!(
        "[package]\nname = \"user\"\nedition = \"2024\"\npublish = false\n\n[dependencies]\nbyhand = \"{version}\"\n"
    );
    for (document, start) in DOCUMENTS {
        let path = root.join(document);
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let programs = programs(&text);
        if programs.is_empty() {
            return Err(format!("{document} has no program: this check would be blind"));
        }
        for (index, program) in programs.iter().enumerate() {
            let name = format!("program-{start}-{}", index + 1);
            write(&user.join(format!("{name}.rs")), program)?;
            manifest += &format!("\n[[test]]\nname = \"{name}\"\npath = \"{name}.rs\"\nharness = false\n");
        }
    }
    write(&user.join("Cargo.toml"), &manifest)
}

/// The blocks of Rust with a `main` in a Markdown text.
fn programs(text: &str) -> Vec<String> {
    let mut programs = Vec::new();
    let mut block: Option<String> = None;
    for line in text.lines() {
        block = match block {
            None => line.starts_with("```rust").then(String::new),
            Some(code) if line.starts_with("```") => {
                if code.contains("fn main()") {
                    programs.push(code);
                }
                None
            }
            Some(code) => Some(code + line + "\n"),
        };
    }
    programs
}

/// Runs cargo with the target directory of the workspace. All dependencies are in its lock file.
fn cargo(directory: &Path, arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).arg("--offline").current_dir(directory).env("CARGO_TARGET_DIR", paths::target());
    run(&mut command, &format!("cargo {}", arguments.join(" ")))
}

fn run(command: &mut Command, name: &str) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("cannot start {name}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name} failed, see above ({status})")) }
}

fn make(directory: &Path) -> Result<(), String> {
    fs::create_dir_all(directory).map_err(|error| format!("cannot make {}: {error}", directory.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    fs::copy(from, to).map(drop).map_err(|error| format!("cannot copy {}: {error}", from.display()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn programs_are_the_blocks_with_a_main() {
        let text =
            "```sh\nfn main() {}\n```\n```rust\nfn main() {\n}\n```\ntext\n```rust,no_run\nlet x = 1;\n```\n";
        assert_eq!(super::programs(text), ["fn main() {\n}\n"]);
    }
}
