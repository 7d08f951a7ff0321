//! `cargo xtask site`: the documents of this repository as pages, with every link checked.

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

/// A file that every site has: what lies beside it may be replaced.
const SIGN: &str = "assets/search-index.js";

/// Makes the site and writes it, or nothing if anything is wrong with it.
///
/// # Errors
/// One line: the document and the line of the fault, or why the directory cannot be written.
pub fn run(options: &SiteOptions) -> Result<(), String> {
    let start = Instant::now();
    let out = options.out.clone().unwrap_or_else(|| paths::target().join("site"));
    directory::check(&out)?;
    check_is_replaceable(&out)?;
    let files = nn_site::build(&paths::workspace(), recordings()?).map_err(|error| error.to_string())?;
    replace(&out, &files)?;
    let pages = files.keys().filter(|path| path.ends_with(".html")).count();
    let seconds = start.elapsed().as_secs_f64();
    say(format_args!("{pages} pages written ({seconds:.1} s): {}", out.join("index.html").display()))
}

/// The files that are computed for the pages, by their path on the site, such as `frames/xor.js`.
fn recordings() -> Result<Files, String> {
    Ok(figures::recordings()?.into_iter().collect())
}

/// Refuses to replace a directory that has anything else than a site in it.
fn check_is_replaceable(out: &Path) -> Result<(), String> {
    let is_empty = fs::read_dir(out).map_or(true, |mut entries| entries.next().is_none());
    if is_empty || out.join(SIGN).is_file() {
        return Ok(());
    }
    Err(format!(
        "expected an empty directory or an older site, found other files in {}; choose another with --out",
        out.display()
    ))
}

/// Writes all files beside the directory, and then puts them in its place.
fn replace(out: &Path, files: &Files) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("cannot write to {}: {error}", out.display());
    let name = out.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = |what: &str| out.with_file_name(format!(".{name}.{what}.{}", std::process::id()));
    let (new, old) = (beside("new"), beside("old"));
    let written = write(&new, files).and_then(|()| {
        if out.exists() {
            fs::rename(out, &old)?;
        }
        fs::rename(&new, out)
    });
    if written.is_err() {
        let _ = fs::remove_dir_all(&new);
        if !out.exists() {
            // Fails where there was none.
            let _ = fs::rename(&old, out);
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
        replace(&out, &files(&[SIGN, "old.html"])).unwrap();
        assert!(out.join("old.html").is_file());
        assert_eq!(check_is_replaceable(&out), Ok(()));
        replace(&out, &files(&[SIGN, "docs/new.html"])).unwrap();
        assert!(out.join("docs/new.html").is_file() && !out.join("old.html").exists());
        assert_eq!(fs::read_dir(place.path().join("above")).unwrap().count(), 1, "nothing stays beside it");
    }

    #[test]
    fn what_is_no_site_is_not_replaced() {
        let place = tempfile::tempdir().unwrap();
        assert_eq!(check_is_replaceable(place.path()), Ok(()));
        fs::write(place.path().join("thesis.tex"), "").unwrap();
        assert!(check_is_replaceable(place.path()).unwrap_err().contains("found other files in"));
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
