//! What the fuzz targets share: a measure of memory, a bound for messages, long texts from short inputs, files.

mod files;
mod memory;
mod stretch;

use std::fmt::Display;

pub use files::{Folder, framed};
pub use memory::peak;
pub use stretch::stretch;

/// Checks that a message says something and has at most this many bytes, whatever the file holds.
pub fn check_message(error: &impl Display, most: usize) {
    let length = error.to_string().len();
    assert!((10..=most).contains(&length), "a message of {length} bytes, expected at most {most}");
}
