//! What a small repository becomes.

use std::fs;
use std::path::Path;

use nn_site::{Files, build};
use tempfile::TempDir;

/// A repository with these files beside a README.
fn repository(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("README.md", "# nn\n\nNetworks.\n");
    for asset in ["style.css", "search.js", "icon.svg"] {
        write(&format!("site/assets/{asset}"), "");
    }
    for (path, text) in files {
        write(path, text);
    }
    root
}

/// The site of a repository with these files.
fn site(files: &[(&str, &str)]) -> Files {
    build(repository(files).path(), Files::new()).unwrap()
}

/// A page without its frame.
fn main_of(files: &Files, page: &str) -> String {
    let html = std::str::from_utf8(&files[page]).unwrap();
    let start = html.find("<main id=\"content\">").unwrap();
    html[start..html.find("</main>").unwrap()].to_string()
}

/// The article that a document becomes.
fn article(document: &str) -> String {
    main_of(
        &site(&[("docs/page.md", document), ("docs/other.md", "# Other\n\n## Some `part`\n")]),
        "docs/page.html",
    )
}

#[test]
fn markdown_becomes_html() {
    for (document, html) in [
        ("# A & b\n", "<h1 id=\"a--b\">A &amp; b"),
        ("## It is `x`\n", "<h2 id=\"it-is-x\">It is <code>x</code>"),
        ("[x](other.md#some-part)", "<a href=\"other.html#some-part\">x</a>"),
        ("[x](../README.md)", "<a href=\"../index.html\">x</a>"),
        ("[x](https://example.org/a.md)", "<a href=\"https://example.org/a.md\">x</a>"),
        ("|a|\n|--:|\n|1|\n", "<div class=\"table\" tabindex=\"0\"><table>"),
        ("```rust,no_run\n# hidden\nlet x;\n```\n", "<code><i class=\"k\">let</i> x;\n</code>"),
        ("```text\na < b\n```\n", "<code>a &lt; b\n</code>"),
        ("```math\n\\mu_k\n```\n", "<math display=\"block\"><msub><mi>μ</mi><mi>k</mi></msub></math>"),
        ("so $`a_b`$ and $c$", "<math display=\"inline\"><msub><mi>a</mi><mi>b</mi></msub></math> and <math"),
        ("<a href=\"other.md\">x</a>", "<a href=\"other.html\">x</a>"),
        ("<!-- see other.md -->\n", "<!-- see other.md -->"),
    ] {
        assert!(article(document).contains(html), "{document}: expected {html}, found {}", article(document));
    }
}

#[test]
fn a_fault_is_named_with_document_and_line() {
    for (document, fault) in [
        ("a\n\nsee [x](gone.md)", "docs/page.md:3: the link to gone.md leads nowhere"),
        ("a\n\n![x](gone.svg)", "docs/page.md:3: the link to gone.svg leads nowhere"),
        ("<img src=\"gone.svg\">", "docs/page.md:1: the link to gone.svg leads nowhere"),
        ("[x](../../x.md)", "docs/page.md:1: the link to ../../x.md leads out of the repository"),
        ("a\n\n```math\n\\unknown\n```\n", "docs/page.md:3: the formula cannot be converted"),
        (
            "a\n$\\mathop{\\mathrm{d}} x$",
            "docs/page.md:2: the formula cannot be converted: expected no backslash",
        ),
        ("[x](#gone)", "docs/page.html: the link to #gone leads nowhere"),
        ("[x](../README.md#gone)", "docs/page.html: the link to ../index.html#gone leads nowhere"),
    ] {
        let error =
            build(repository(&[("docs/page.md", document)]).path(), Files::new()).unwrap_err().to_string();
        assert!(error.starts_with(fault), "{document}: {error}");
    }
}

const CODE: &str = "\
//! Adam.

/// The rule of [`Adam`]. With <momenta>.
pub struct Adam;

impl Adam {
    fn step(&self) {}
}
";

#[test]
fn a_linked_source_file_becomes_a_page_that_says_where_it_is_explained() {
    let document = "# Optimisers\n\n## Steps\n\n\
        [`Adam::step`](../src/adam.rs), [the file](../src/adam.rs), [all](../src)\n";
    let files = site(&[("docs/page.md", document), ("src/adam.rs", CODE), ("src/other.rs", "")]);
    let article = main_of(&files, "docs/page.html");
    assert!(article.contains("<a href=\"../src/adam.rs.html#L7\"><code>Adam::step</code></a>"), "{article}");
    assert!(article.contains("<a href=\"../src/adam.rs.html\">the file</a>"), "{article}");
    let source = main_of(&files, "src/adam.rs.html");
    assert!(source.contains("<a href=\"../docs/page.html#steps\">Optimisers › Steps</a>"), "{source}");
    assert!(source.contains("<span id=\"L4\"><i class=\"k\">pub</i> <i class=\"k\">struct</i>"), "{source}");
    // A folder lists its files, and links to those that have a page.
    let folder = main_of(&files, "src/index.html");
    assert!(
        folder.contains("<a href=\"adam.rs.html\">") && folder.contains("<li><code>other.rs</code>"),
        "{folder}"
    );
    assert!(!files.contains_key("src/other.rs.html"));
    let index = std::str::from_utf8(&files["assets/search-index.js"]).unwrap();
    assert!(
        index.contains("[\"src/adam.rs.html#L4\",\"src/adam.rs\",\"Adam\",\"The rule of Adam.\",0]"),
        "{index}"
    );
}

#[test]
fn pictures_and_tables_are_copied() {
    let document = "![loss](figures/a.svg) [numbers](figures/a.csv)";
    let files =
        site(&[("docs/page.md", document), ("docs/figures/a.svg", "<svg/>"), ("docs/figures/a.csv", "1\n")]);
    assert_eq!(
        (&files["docs/figures/a.svg"][..], &files["docs/figures/a.csv"][..]),
        (&b"<svg/>"[..], &b"1\n"[..])
    );
    assert!(main_of(&files, "docs/page.html").contains("<img src=\"figures/a.svg\" alt=\"loss\" />"));
}

#[test]
fn chapters_follow_each_other() {
    let start = "# Learn\n\n[1](1-line.md) [2](2-xor.md)\n";
    let chapters = [("docs/learn/1-line.md", "# A line\n"), ("docs/learn/2-xor.md", "# XOR\n")];
    let files = site(&[&chapters[..], &[("docs/learn/README.md", start)]].concat());
    let chapter = main_of(&files, "docs/learn/1-line.html");
    assert!(
        chapter.contains("<a rel=\"prev\" href=\"index.html\"><small>Before</small> Learn</a>"),
        "{chapter}"
    );
    assert!(chapter.contains("<a rel=\"next\" href=\"2-xor.html\"><small>Next</small> XOR</a>"), "{chapter}");
    // The front page leads to the room.
    assert!(main_of(&files, "index.html").contains("<a href=\"docs/learn/index.html\"><b>Learn</b>"));
}

#[test]
fn a_page_of_its_own_is_framed_with_its_recordings() {
    let fragment = "<h1>Watch</h1>\n<script src=\"frames/xor.js\"></script>\n";
    let root = repository(&[("site/pages/watch.html", fragment)]);
    let error = build(root.path(), Files::new()).unwrap_err().to_string();
    assert!(error.starts_with("watch.html: the link to frames/xor.js leads nowhere"), "{error}");
    let recordings = Files::from([("frames/xor.js".to_string(), b"1".to_vec())]);
    let files = build(root.path(), recordings).unwrap();
    assert!(main_of(&files, "watch.html").contains(fragment));
    assert_eq!(files["frames/xor.js"], b"1");
    assert!(main_of(&files, "index.html").contains("<a href=\"watch.html\">"));
}

#[test]
fn the_rooms_come_first_in_the_search() {
    let files = site(&[
        ("docs/a.md", "# Other\n\nabout a \"thing\"\n\n## Part\n\nmore\n"),
        ("docs/theory.md", "# Theory\n\n[the rest](theory/z.md)\n"),
        ("docs/theory/z.md", "# Chapter\n"),
    ]);
    let index = std::str::from_utf8(&files["assets/search-index.js"]).unwrap();
    let urls: Vec<&str> =
        index.lines().filter_map(|line| line.strip_prefix("[\"")?.split('"').next()).collect();
    assert_eq!(
        urls,
        ["index.html", "docs/theory.html", "docs/theory/z.html", "docs/a.html", "docs/a.html#part"]
    );
    assert!(index.contains("\"Other\",\"Other\",\"about a \\\"thing\\\"\",1]"), "{index}");
    // Without a script, all headings are there.
    let search = main_of(&files, "search.html");
    assert!(search.contains("<li><a href=\"docs/a.html#part\">Part</a></li>"), "{search}");
}

#[test]
fn the_same_repository_becomes_the_same_bytes() {
    let files = [("docs/page.md", "# A\n\n[`Adam`](../src/adam.rs) $x$\n"), ("src/adam.rs", CODE)];
    assert_eq!(site(&files), site(&files));
}

#[test]
fn a_repository_without_documents_is_not_there() {
    assert!(build(Path::new("/nowhere/at/all"), Files::new()).is_err());
}
