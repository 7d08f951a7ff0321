//! `cargo xtask doc`: the documentation of all crates, each after those that it depends on.
//!
//! `cargo doc --workspace --no-deps` documents all crates at the same time. A crate whose turn comes before that of a crate it
//! links to finds no page there, and prints the link as plain text.

use std::fs;
use std::process::Command;

use crate::ci::FLOORS;
use crate::paths;
use crate::print::say;

/// Links that are lost if the order is wrong: a page, and what it must link to.
const LINKS: [(&str, &str); 3] = [
    ("nn_train/index.html", "../nn_core/index.html"),
    ("nn_train/index.html", "../nn_loss/index.html"),
    ("byhand/index.html", "../nn_core/index.html"),
];

/// Documents every crate, and opens the front page of the last in a browser if asked to.
///
/// # Errors
/// One line: the crate whose documentation fails, or the link that is lost.
pub fn run(open: bool) -> Result<(), String> {
    // An old page must not answer for a new one.
    let pages = paths::target().join("doc");
    for (name, _) in FLOORS {
        let _ = fs::remove_dir_all(pages.join(name.replace('-', "_")));
    }
    for (name, _) in FLOORS {
        let mut command = Command::new(env!("CARGO"));
        command.args(["doc", "--quiet", "--no-deps", "--all-features", "--package", name]);
        if open && FLOORS.last().is_some_and(|(last, _)| *last == name) {
            command.arg("--open");
        }
        let status = command.env("RUSTDOCFLAGS", "-D warnings").current_dir(paths::workspace()).status();
        if !status.map_err(|error| format!("cannot start cargo: {error}"))?.success() {
            return Err(format!("{name} cannot be documented, see above"));
        }
    }
    for (page, link) in LINKS {
        let text = fs::read_to_string(pages.join(page)).map_err(|error| format!("{page}: {error}"))?;
        if !text.contains(&format!("href=\"{link}\"")) {
            return Err(format!("{page} does not link to {link}"));
        }
    }
    say(pages.join("byhand/index.html").display())
}
