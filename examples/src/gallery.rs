//! Checks that `docs/gallery.md` shows the figure that an example draws, and that it and the list of examples
//! quote what the example prints.

use std::fs;
use std::path::Path;

use byhand::core::AnyError;

use crate::learn::{assert_kept, read};
use crate::root;
use crate::transcript::printed_by;

const GALLERY: &str = "docs/gallery.md";
const LIST: &str = "examples/README.md";
/// Stands for what a quotation leaves out.
const GAP: &str = "…";

/// Runs `report`, which prints the results of the example `name` and draws its figure. Compares what is printed
/// with the blocks of text in the example's section of the gallery and with its row in the list of examples, and
/// the figure with `docs/figures/examples/<name>.svg`, which the section must show.
///
/// # Panics
/// If one of them differs; the message says how to bring the documents up to date.
pub fn check_gallery(name: &str, report: impl FnOnce() -> Result<(), AnyError>) {
    // A reader starts the program in the folder of the project.
    std::env::set_current_dir(root()).expect("the workspace is a directory");
    fs::create_dir_all("target").expect("the workspace is no file");
    let printed = printed_by(report);

    let gallery = read(Path::new(GALLERY));
    let section = section(&gallery, name).unwrap_or_else(|| {
        panic!(
            "expected a section of {GALLERY} with \"The program: [`{name}`](../examples/{name}.rs)\"; add one"
        )
    });
    let quoted = quotations(section);
    assert!(!quoted.is_empty(), "expected a block of text in the section of {name} in {GALLERY}; add one");
    assert_printed(&quoted, &format!("\n{printed}"), &format!("the section of {name} in {GALLERY}"));

    let list = read(Path::new(LIST));
    let row = list.lines().find(|line| line.starts_with(&format!("| [`{name}`]")));
    let row = row.unwrap_or_else(|| panic!("expected a row for {name} in {LIST}; add one"));
    // A row has one space where the output has several, or breaks a line.
    let words = printed.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_printed(&pieces_of_row(row), &words, &format!("the row of {name} in {LIST}"));

    let (drawn, link) = (format!("target/figures/{name}.svg"), format!("](figures/examples/{name}.svg)"));
    if printed.contains(&drawn) {
        assert!(section.contains(&link), "expected the section of {name} in {GALLERY} to show {link}");
        assert_kept(&drawn, &format!("docs/figures/examples/{name}.svg"));
    }
}

/// Returns the section of the gallery that names the example as its program, without its heading's `###`.
fn section<'a>(gallery: &'a str, name: &str) -> Option<&'a str> {
    let link = format!("\nThe program: [`{name}`](../examples/{name}.rs)");
    gallery
        .split("\n## ")
        .flat_map(|part| part.split("\n### ").skip(1))
        .find(|section| section.contains(&link))
}

/// Returns what the blocks of text quote, cut where a line `…` stands for others.
fn quotations(section: &str) -> Vec<String> {
    let blocks = section.split("\n```text\n").skip(1).filter_map(|rest| rest.split("\n```").next());
    let mut quotations = Vec::new();
    for block in blocks {
        let lines: Vec<&str> = block.lines().collect();
        let parts = lines.split(|line| *line == GAP).filter(|part| !part.is_empty());
        quotations.extend(parts.map(|part| format!("\n{}\n", part.join("\n"))));
    }
    quotations
}

/// Returns what the last cell of a row quotes in backticks, cut at every `…`.
fn pieces_of_row(row: &str) -> Vec<String> {
    let cell = row.trim_end_matches([' ', '|']).rsplit('|').next().unwrap_or_default();
    let quoted = cell.split('`').skip(1).step_by(2);
    let pieces = quoted.flat_map(|quote| quote.split(GAP)).map(|piece| piece.trim().to_owned());
    pieces.filter(|piece| !piece.is_empty()).collect()
}

/// Fails at the first quotation that the output does not have after those before it.
fn assert_printed(quotations: &[String], printed: &str, place: &str) {
    let mut rest = printed;
    for quotation in quotations {
        let Some(at) = rest.find(quotation) else {
            panic!(
                "expected {place} to quote what the program prints, found\n{quotation}\nIt prints\n{rest}"
            );
        };
        // The line break at the end of this one may be that before the next one.
        rest = &rest[at + quotation.trim_end().len()..];
    }
}

#[cfg(test)]
mod tests {
    use super::{assert_printed, pieces_of_row, quotations, section};

    const GALLERY: &str = "# Gallery\n\n## Examples\n\nWords.\n\n\
        ### One\n\nLike [`two`](../examples/two.rs).\n\nThe program: [`one`](../examples/one.rs).\n\n\
        ```text\na 1\nb 2\n…\nd 4\n```\n\n\
        ### Two\n\nThe program: [`two`](../examples/two.rs)\n\n## More\n\nEnd.\n";

    #[test]
    fn a_section_ends_at_the_next_heading() {
        let one = section(GALLERY, "one").unwrap();
        assert!(one.starts_with("One\n") && one.ends_with("```\n"), "{one}");
        let two = section(GALLERY, "two").unwrap();
        assert!(two.starts_with("Two\n") && !two.contains("End"), "{two}");
        assert_eq!(section(GALLERY, "three"), None);
    }

    #[test]
    fn a_block_is_cut_where_it_leaves_lines_out() {
        assert_eq!(quotations(GALLERY), ["\na 1\nb 2\n", "\nd 4\n"]);
        assert_printed(&quotations(GALLERY), "\na 1\nb 2\nc 3\nd 4\n", "here");
        assert_printed(&quotations(GALLERY), "\na 1\nb 2\nd 4\n", "here");
    }

    #[test]
    fn a_row_is_cut_where_it_leaves_words_out() {
        assert_eq!(pieces_of_row("| [`a`](a.rs) | `b` | `c … d`, in words, `e` |"), ["c", "d", "e"]);
        assert_eq!(pieces_of_row("| [`a`](a.rs) | `b` | in words |"), [""; 0]);
    }

    #[test]
    #[should_panic(expected = "expected here to quote")]
    fn lines_between_two_that_are_quoted_are_missed() {
        assert_printed(&quotations(GALLERY), "\na 1\n\nb 2\nd 4\n", "here");
    }

    #[test]
    #[should_panic(expected = "expected here to quote")]
    fn another_order_is_found() {
        assert_printed(&quotations(GALLERY), "\nd 4\na 1\nb 2\n", "here");
    }

    #[test]
    #[should_panic(expected = "expected here to quote")]
    fn a_part_of_a_line_is_no_line() {
        assert_printed(&quotations(GALLERY), "\na 1\nb 22\nd 4\n", "here");
    }
}
