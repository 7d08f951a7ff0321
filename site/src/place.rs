//! Paths inside the repository and the site: names joined by `/`, from the root, without `.` and `..`.

/// Follows `target` from the folder of `from`. Returns `None` when it leads out of the root.
pub(crate) fn resolve(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder(from).split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The URL that leads from the page `from` to the file `to`.
pub(crate) fn relative(from: &str, to: &str) -> String {
    let (mut from, mut to): (Vec<&str>, Vec<&str>) = (from.split('/').collect(), to.split('/').collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    // The name of a page is kept, even where both are the same.
    let shared = shared.min(from.len() - 1).min(to.len() - 1);
    from.drain(..shared);
    to.drain(..shared);
    "../".repeat(from.len() - 1) + &to.join("/")
}

/// The folder that a file is in; empty for one in the root.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The name of a file without its folder.
pub(crate) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The page that a document becomes: `README.md` is the front page of its folder.
pub(crate) fn page_of(document: &str) -> String {
    match document.strip_suffix("README.md") {
        Some(folder) => format!("{folder}index.html"),
        None => format!("{}.html", document.strip_suffix(".md").unwrap_or(document)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_from_the_folder_of_their_page() {
        assert_eq!(resolve("docs/theory.md", "../crates/a.rs").as_deref(), Some("crates/a.rs"));
        assert_eq!(resolve("README.md", "./docs/theory.md").as_deref(), Some("docs/theory.md"));
        assert_eq!(resolve("docs/learn/1.md", "..").as_deref(), Some("docs"));
        assert_eq!(resolve("docs/theory.md", "../../etc/passwd"), None);
    }

    #[test]
    fn urls_lead_back() {
        for (from, to, url) in [
            ("index.html", "docs/theory.html", "docs/theory.html"),
            ("docs/theory.html", "index.html", "../index.html"),
            ("docs/theory.html", "docs/theory/layers.html", "theory/layers.html"),
            ("docs/theory/layers.html", "docs/theory.html", "../theory.html"),
            ("docs/theory.html", "docs/theory.html", "theory.html"),
        ] {
            assert_eq!(relative(from, to), url);
            assert_eq!(resolve(from, url).as_deref(), Some(to));
        }
    }

    #[test]
    fn a_readme_is_the_front_page_of_its_folder() {
        assert_eq!(page_of("README.md"), "index.html");
        assert_eq!(page_of("crates/nn-core/README.md"), "crates/nn-core/index.html");
        assert_eq!(page_of("docs/theory.md"), "docs/theory.html");
    }
}
