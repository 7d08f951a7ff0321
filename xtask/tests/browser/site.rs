//! The site under test, which is made once for all tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// A directory that stays, because a static is never dropped; the next run replaces the site.
static SITE: LazyLock<PathBuf> = LazyLock::new(|| {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("site");
    let made =
        Command::new(env!("CARGO_BIN_EXE_xtask")).args(["site", "--out"]).arg(&directory).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    directory
});

/// The file of a page.
pub(crate) fn page(name: &str) -> PathBuf {
    SITE.join(name)
}

/// The files of all pages.
pub(crate) fn pages() -> Vec<PathBuf> {
    fn below(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
    }
    let files = below(&SITE).into_iter();
    files.filter(|path| path.extension().is_some_and(|extension| extension == "html")).collect()
}

/// The file for a picture of a page, to be looked at: in the directory `screenshots` of the target directory.
pub(crate) fn screenshot(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots").join(format!("{name}.png"))
}
