//! Checks that everything the documents point to exists: files, headings, and the code that they name.
//!
//! The documents are the Markdown files of the root, of `docs` with its folders, of `examples` and of every
//! crate. Checks also that their programs are tested, and that no example, there and in the documentation of
//! the code, is wider than the pages that show it.

mod document;

use std::fs;
use std::path::{Path, PathBuf};

use document::{anchors, complaints, wide_examples};

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The Markdown files directly in a directory.
fn markdown_in(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

/// A folder, and all folders below it.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = entries.filter(|path| path.is_dir()).flat_map(|path| folders(&path));
    std::iter::once(folder.to_path_buf()).chain(below).collect()
}

/// All documents.
fn documents() -> Vec<PathBuf> {
    let root = workspace();
    let crates = fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let mut documents: Vec<PathBuf> = crates.flat_map(|path| markdown_in(&path)).collect();
    for folder in [root.to_path_buf(), root.join("examples")].into_iter().chain(folders(&root.join("docs"))) {
        documents.extend(markdown_in(&folder));
    }
    documents.sort();
    documents
}

#[test]
fn every_document_points_to_what_is_there() {
    let (root, documents) = (workspace(), documents());
    assert!(documents.len() >= 5, "each crate has a README: {documents:?}");
    let found: Vec<String> = documents.iter().flat_map(|path| complaints(root, path)).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// The documents that a source file takes in, as `include_str!("../README.md")` does.
fn included(source: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(source).unwrap();
    let paths = text.split("include_str!(\"").skip(1).filter_map(|rest| rest.split('"').next());
    let paths = paths.filter(|path| path.ends_with(".md"));
    paths.map(|path| source.parent().unwrap().join(path).canonicalize().unwrap()).collect()
}

/// The documents that the test of an example compares with itself, as `check_chapter("1-a-line", …)` does.
fn compared(example: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(example).unwrap();
    let calls = text.split("check_chapter(").skip(1);
    let names = calls.filter_map(|call| call.split('"').nth(1));
    names.filter_map(|name| workspace().join(format!("docs/learn/{name}.md")).canonicalize().ok()).collect()
}

#[test]
fn every_program_of_a_document_is_tested() {
    let root = workspace();
    let crates = fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let sources = crates.chain([root.join("examples")]).map(|path| path.join("src/lib.rs"));
    let mut tested: Vec<PathBuf> = sources.flat_map(|source| included(&source)).collect();
    tested.extend(rust_in(&root.join("examples")).iter().flat_map(|example| compared(example)));
    let mut programs = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        let fences: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("```rust")).collect();
        let name = document.strip_prefix(root).unwrap().display();
        assert!(
            fences.is_empty() || tested.contains(&document.canonicalize().unwrap()),
            "{name} has programs that nothing compiles; include it as a doctest in examples/src/lib.rs"
        );
        assert!(!fences.iter().any(|fence| fence.contains("ignore")), "{name} has a program to ignore");
        programs += fences.len();
    }
    assert!(programs > 10, "the documents have programs: {programs}");
}

/// The Rust files in a directory and in those below it.
fn rust_in(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.extension() {
            _ if path.is_dir() => rust_in(&path),
            Some(extension) if extension == "rs" => vec![path],
            _ => Vec::new(),
        })
        .collect()
}

#[test]
fn every_example_is_shown_without_cutting_lines() {
    let root = workspace();
    let crates = fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let mut found = Vec::new();
    for path in crates.flat_map(|path| rust_in(&path.join("src"))).chain(documents()) {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(root).unwrap().display().to_string();
        found.extend(match path.extension() {
            Some(extension) if extension == "rs" => wide_examples(&name, &documentation(&text)),
            _ => wide_examples(&name, &text),
        });
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// The text of the documentation comments, with an empty line for each line of code.
fn documentation(code: &str) -> String {
    let comment = |line: &str| {
        let line = line.trim_start();
        let text = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")).unwrap_or_default();
        text.strip_prefix(' ').unwrap_or(text).to_string() + "\n"
    };
    code.lines().map(comment).collect()
}

#[test]
fn a_line_that_is_too_long_is_found_in_what_is_shown_of_an_example() {
    let (long, short) = ("x".repeat(86), "x".repeat(85));
    let code = format!(
        "/// {long}\n/// ```\n/// {short}\n/// # {long}\n    /// {long}\n/// ```\nfn {long}() {{}}\n/// ```text\n/// {long}\n/// ```\n"
    );
    assert_eq!(
        wide_examples("a.rs", &documentation(&code)),
        ["a.rs:5: expected at most 85 columns in an example, found 86"]
    );
}

/// The complaints about a document in a made-up workspace.
fn complaints_about(document: &str) -> Vec<String> {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("docs")).unwrap();
    fs::create_dir_all(root.path().join("crates/nn-made/src")).unwrap();
    fs::write(root.path().join("crates/nn-made/src/lib.rs"), "pub fn descend(steps: usize) {}\n").unwrap();
    fs::write(root.path().join("README.md"), "# Title\n\n## How it is `made`, & why\n").unwrap();
    let path = root.path().join("docs/made.md");
    fs::write(&path, document).unwrap();
    complaints(root.path(), &path)
}

#[test]
fn a_sound_document_passes() {
    let document = "# Made\n\n## Two words\n\nSee [above](#two-words), [the start](../README.md#how-it-is-made--why),\n\
        [`nn_made::descend()`](../crates/nn-made/src/lib.rs), [`lib`](../crates/nn-made/src/lib.rs), [a folder](../crates), `crates/nn-made/src/lib.rs` and\n\
        [elsewhere](https://example.org/missing#anchor). ![figure](../README.md \"a title\")\n\n\
        ```rust\nlet x = [f](missing.rs);\n```\n\n[1]: ../README.md#title\n";
    assert_eq!(complaints_about(document), Vec::<String>::new());
}

#[test]
fn every_kind_of_fault_is_found() {
    let faults = [
        ("See [this](missing.md).", "missing.md"),
        ("![figure](figures/missing.svg)", "figures/missing.svg"),
        ("<img src=\"figures/gone.png\">", "figures/gone.png"),
        ("See [this](#nowhere).", "#nowhere"),
        ("See [this](../README.md#nowhere).", "#nowhere"),
        ("[this]: ../gone.md", "../gone.md"),
        ("It is in `crates/nn-made/src/gone.rs`.", "crates/nn-made/src/gone.rs"),
        ("```text\ncrates/nn-made/src/drawn.rs   drawing\n```", "crates/nn-made/src/drawn.rs"),
        ("[`nn_made::ascend`](../crates/nn-made/src/lib.rs)", "`ascend`"),
        ("[`Made::desc`](../crates/nn-made/src/lib.rs)", "`desc`"),
    ];
    for (document, fault) in faults {
        let found = complaints_about(&format!("# Made\n\n{document}\n"));
        assert_eq!(found.len(), 1, "{document}: {found:?}");
        assert!(found[0].starts_with("docs/made.md:") && found[0].contains(fault), "{found:?}");
    }
}

#[test]
fn anchors_are_made_from_headings() {
    let text = "# One: `two` – three_four\n```sh\n# no heading\n```\n## Same\n## Same again\n## Same\n###No heading\n";
    assert_eq!(anchors(text), ["one-two--three_four", "same", "same-again", "same-1"]);
}
