//! Checks that a chapter of `docs/learn` shows a program word for word, quotes what it prints, and has the
//! figure that it draws.

use std::fs;
use std::path::Path;

use byhand::core::AnyError;

use crate::root;
use crate::transcript::printed_by;

/// Runs the program `examples/learn/<program>.rs`, whose text is `source`, and compares it with its chapter:
/// the blocks of Rust, joined, are the program without its test; the blocks of text, joined, are what it
/// prints; and the figure
/// `docs/learn/<program>.svg` is the one that it draws.
///
/// # Panics
/// If one of them differs; the message says how to bring the chapter up to date.
pub fn check_chapter(chapter: &str, program: &str, source: &str, main: fn() -> Result<(), AnyError>) {
    // A reader starts the program in the folder of the project.
    std::env::set_current_dir(root()).expect("the workspace is a directory");
    let path = format!("docs/learn/{chapter}.md");
    let text = read(Path::new(&path));

    let shown = blocks(&text, "rust");
    let without_test = source.split("\n#[cfg(test)]").next().unwrap_or_default();
    assert_same(&shown, without_test, &format!("the blocks of Rust in {path}"), "the program");

    let (quoted, printed) = (blocks(&text, "text"), printed_by(main));
    assert_same(&quoted, &printed, &format!("the blocks of text in {path}"), "the output");

    assert!(text.contains(&format!("]({program}.svg)")), "expected {path} to show {program}.svg");
    assert_kept(&format!("target/figures/learn-{program}.svg"), &format!("docs/learn/{program}.svg"));
}

/// Joins the code blocks of a language, with an empty line between two of them that are Rust.
fn blocks(text: &str, language: &str) -> String {
    let mut joined: Vec<String> = Vec::new();
    let mut inside: Option<bool> = None;
    for line in text.lines() {
        match (line.strip_prefix("```"), inside) {
            (Some(fence), None) => {
                inside = Some(fence == language);
                joined.extend((fence == language).then(String::new));
            }
            (Some(_), Some(_)) => inside = None,
            (None, Some(true)) => {
                let block = joined.last_mut().expect("a block has begun");
                block.push_str(line);
                block.push('\n');
            }
            _ => (),
        }
    }
    joined.join(if language == "rust" { "\n" } else { "" })
}

/// Fails at the first line that differs.
fn assert_same(found: &str, expected: &str, place: &str, what: &str) {
    let (mut of_found, mut of_expected) = (found.lines(), expected.lines());
    for line in 1.. {
        match (of_found.next(), of_expected.next()) {
            (None, None) => break,
            (found, expected) => assert_eq!(
                found, expected,
                "line {line} of {place} (left) is not that of {what} (right): change one of them"
            ),
        }
    }
}

/// Fails if a figure that a program has drawn is not the one that the documents show.
pub(crate) fn assert_kept(drawn: &str, kept: &str) {
    assert!(
        fs::read(kept).is_ok_and(|bytes| bytes == read(Path::new(drawn)).as_bytes()),
        "expected {kept} to be what the program draws; look at the new figure, then: cp {drawn} {kept}"
    );
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{assert_same, blocks};

    const CHAPTER: &str = "Words.\n\n```rust\nfn one() {}\n```\n\nMore.\n\n```text\n1\n```\n\n\
        ```rust\nfn two() {}\n```\n```text\n2\n```\n```sh\ncargo\n```\n";

    #[test]
    fn blocks_are_joined_by_language() {
        assert_eq!(blocks(CHAPTER, "rust"), "fn one() {}\n\nfn two() {}\n");
        assert_eq!(blocks(CHAPTER, "text"), "1\n2\n");
    }

    #[test]
    #[should_panic(expected = "line 2 of here")]
    fn a_line_that_differs_is_found() {
        assert_same("1\n2\n", "1\n3\n", "here", "there");
    }

    #[test]
    #[should_panic(expected = "line 2 of here")]
    fn a_line_that_is_missing_is_found() {
        assert_same("1\n", "1\n2\n", "here", "there");
    }
}
