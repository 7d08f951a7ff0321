//! The pages under test, in a directory that is made once for all tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use tempfile::TempDir;

static SITE: LazyLock<TempDir> = LazyLock::new(|| {
    let directory = tempfile::tempdir().unwrap();
    let (sources, out) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("../site"), directory.path());
    fs::create_dir(out.join("assets")).unwrap();
    for asset in fs::read_dir(sources.join("assets")).unwrap() {
        let asset = asset.unwrap();
        fs::copy(asset.path(), out.join("assets").join(asset.file_name())).unwrap();
    }
    fs::create_dir(out.join("frames")).unwrap();
    for (path, contents) in xtask::figures::recordings().unwrap() {
        fs::write(out.join(path), contents).unwrap();
    }
    let page = fs::read_to_string(sources.join("pages/watch.html")).unwrap();
    let head = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
                <meta name=\"color-scheme\" content=\"light dark\"><title>Watch it learn</title>\
                <style>body { margin: 0 auto; padding: 0 1rem; max-width: 62rem; font: 16px/1.5 system-ui, sans-serif }</style>";
    fs::write(out.join("watch.html"), format!("{head}<main>{page}</main></html>")).unwrap();
    directory
});

/// The file of a page.
pub(crate) fn page(name: &str) -> PathBuf {
    SITE.path().join(name)
}

/// The file for a picture of a page, to be looked at: in the directory `screenshots` of the target directory.
pub(crate) fn screenshot(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots").join(format!("{name}.png"))
}
