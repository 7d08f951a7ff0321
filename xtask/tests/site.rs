//! The site of this repository: every link, every anchor and every formula is sound, or it is not made.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Every file of a folder and those below it, with its content.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn the_site_of_this_repository_is_sound_and_the_same_each_time() {
    let place = tempfile::tempdir().unwrap();
    let sites = ["one", "two"].map(|name| {
        let out = place.path().join(name);
        let output =
            Command::new(env!("CARGO_BIN_EXE_xtask")).args(["site", "--out"]).arg(&out).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(String::from_utf8_lossy(&output.stdout).contains(" pages written ("));
        files(&out)
    });
    assert!(sites[0] == sites[1], "a second run writes other bytes");
    let file =
        |name: &str| &sites[0].iter().find(|(path, _)| path == name).unwrap_or_else(|| panic!("no {name}")).1;
    let page = |name: &str| std::str::from_utf8(file(name)).unwrap();
    // From the formula of Adam to the line that computes it.
    let optimisers = page("docs/theory/optimisers.html");
    let link = optimisers.split("adam.rs.html#").nth(1).unwrap().split('"').next().unwrap();
    let code = page("crates/nn-train/src/optim/adam.rs.html");
    let line = code.split(&format!("<span id=\"{link}\">")).nth(1).unwrap().split("</span>").next().unwrap();
    assert!(line.contains("AdamRule") || line.contains("step"), "{line}");
    assert!(page("assets/search-index.js").contains("\"AdamW\""));
    // The gallery has the pictures of the examples, small and large.
    let pictures = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/figures/examples"));
    assert!(pictures.len() > 10, "{}", pictures.len());
    for (name, picture) in pictures {
        assert_eq!(page("docs/gallery.html").matches(&format!("src=\"figures/examples/{name}\"")).count(), 2);
        assert!(*file(&format!("docs/figures/examples/{name}")) == picture, "{name}");
    }
    for room in ["docs/gallery.html", "docs/which-tool.html", "docs/theory.html", "search.html"] {
        assert!(page(room).contains("<nav aria-label=\"Site\">"), "{room}");
    }
}

#[test]
fn a_folder_of_other_files_is_left_alone() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("thesis.tex"), "").unwrap();
    let output =
        Command::new(env!("CARGO_BIN_EXE_xtask")).args(["site", "--out"]).arg(place.path()).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.starts_with("error: expected an empty directory or an older site"), "{error}");
    assert_eq!(files(place.path()).len(), 1);
}
