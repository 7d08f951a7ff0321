//! Files through the public interface: where they go, and what is left after failures, kills and full disks.

#[cfg(unix)]
mod full;
mod groups;
#[cfg(unix)]
mod kills;
mod places;

use std::fs;
use std::path::Path;

/// The names of everything in a directory, in alphabetical order.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
