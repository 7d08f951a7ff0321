//! `cargo xtask site`: the documents of this repository as pages, with every link checked.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use nn_site::Files;

use crate::paths;
use crate::print::say;
use crate::{directory, figures};

/// Options of `cargo xtask site`.
#[derive(Debug, Args)]
pub struct SiteOptions {
    /// Directory to write to, which is replaced as a whole [default: target/site]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// A file that every site has.
const SIGN: &str = "assets/search-index.js";

/// Makes the site and writes it, or nothing if anything is wrong with it.
///
/// # Errors
/// One line: the document and the line of the fault, or why the directory cannot be written.
pub fn run(options: &SiteOptions) -> Result<(), String> {
    let start = Instant::now();
    let out = options.out.clone().unwrap_or_else(|| paths::target().join("site"));
    directory::check(&out)?;
    let files = nn_site::build(&paths::workspace(), recordings()?).map_err(|error| error.to_string())?;
    check_is_replaceable(&out, &files)?;
    replace(&out, &files)?;
    let pages = files.keys().filter(|path| path.ends_with(".html")).count();
    let seconds = start.elapsed().as_secs_f64();
    say(format_args!("{pages} pages written ({seconds:.1} s): {}", out.join("index.html").display()))
}

/// The files that are computed for the pages, by their path on the site, such as `frames/xor.js`.
fn recordings() -> Result<Files, String> {
    Ok(figures::recordings()?.into_iter().collect())
}

/// Refuses to replace a directory that has anything else than an older site in it.
fn check_is_replaceable(out: &Path, files: &Files) -> Result<(), String> {
    if !out.exists() {
        return Ok(());
    }
    let tops: BTreeSet<&str> = files.keys().filter_map(|path| path.split('/').next()).collect();
    let entries = fs::read_dir(out).map_err(|error| format!("cannot read {}: {error}", out.display()))?;
    let names: Vec<OsString> = entries.flatten().map(|entry| entry.file_name()).collect();
    let foreign = names.iter().find(|name| name.to_str().is_none_or(|name| !tops.contains(name)));
    match foreign.or(names.first().filter(|_| !out.join(SIGN).is_file())) {
        None => Ok(()),
        Some(name) => Err(format!(
            "expected an empty directory or an older site, found {} in {}; choose another with --out DIR",
            name.display(),
            out.display()
        )),
    }
}

/// Writes all files beside the directory, and then puts them in its place.
fn replace(out: &Path, files: &Files) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("cannot write to {}: {error}", out.display());
    let name = out.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = |what: &str| out.with_file_name(format!(".{name}.{what}.{}", std::process::id()));
    let (new, old) = (beside("new"), beside("old"));
    // An interrupted run of a process with the same number may have left it.
    let _ = fs::remove_dir_all(&new);
    let written = write(&new, files).and_then(|()| {
        if out.exists() {
            fs::rename(out, &old)?;
        }
        fs::rename(&new, out)
    });
    if written.is_err() {
        let _ = fs::remove_dir_all(&new);
        if !out.exists() && old.exists() {
            fs::rename(&old, out)
                .map_err(|error| format!("the older site is now {}: {error}", old.display()))?;
        }
    }
    // Fails where there was none.
    let _ = fs::remove_dir_all(&old);
    written.map_err(failed)
}

fn write(folder: &Path, files: &Files) -> std::io::Result<()> {
    for (path, contents) in files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, contents)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> Files {
        names.iter().map(|name| ((*name).to_string(), name.as_bytes().to_vec())).collect()
    }

    #[test]
    fn a_site_replaces_an_older_one_as_a_whole() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("above/site");
        let older = files(&[SIGN, "old.html"]);
        replace(&out, &older).unwrap();
        assert!(out.join("old.html").is_file());
        assert_eq!(check_is_replaceable(&out, &older), Ok(()));
        replace(&out, &files(&[SIGN, "docs/new.html"])).unwrap();
        assert!(out.join("docs/new.html").is_file() && !out.join("old.html").exists());
        assert_eq!(fs::read_dir(place.path().join("above")).unwrap().count(), 1, "nothing stays beside it");
    }

    #[test]
    fn what_is_no_site_is_not_replaced() {
        let place = tempfile::tempdir().unwrap();
        let site = files(&[SIGN, "index.html"]);
        let refused = || check_is_replaceable(place.path(), &site).unwrap_err();
        assert_eq!(check_is_replaceable(place.path(), &site), Ok(()));
        fs::write(place.path().join("index.html"), "").unwrap();
        assert!(refused().contains("found index.html in"), "it may be the page of somebody else");
        replace(&place.path().join("site"), &site).unwrap();
        fs::write(place.path().join("site/CNAME"), "").unwrap();
        let error = check_is_replaceable(&place.path().join("site"), &site).unwrap_err();
        assert!(error.contains("found CNAME in"), "{error}");
    }

    #[test]
    fn a_site_that_cannot_be_written_leaves_the_older_one() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("site");
        replace(&out, &files(&[SIGN])).unwrap();
        // A file cannot be a folder as well.
        assert!(replace(&out, &files(&["a", "a/b"])).is_err());
        assert!(out.join(SIGN).is_file());
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
    }
}
