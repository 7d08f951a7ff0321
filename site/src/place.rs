//! Paths inside the repository and the site: names joined by `/`, from the root, without `.` and `..`.

use std::fmt::Write;

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
    "../".repeat(from.len() - 1) + &encoded(&to.join("/"))
}

/// A path, with an anchor or without, as a URL writes it. What needs no sign of its own stays as it is.
pub(crate) fn encoded(path: &str) -> String {
    let mut url = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/#".contains(&byte) {
            url.push(char::from(byte));
        } else {
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
}

/// A part of a URL with the bytes that it writes as `%CE%B7`.
pub(crate) fn decoded(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| byte == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(code) => {
                bytes.push(code);
                rest = &after[2..];
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
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
    fn urls_write_what_is_special_with_percent_signs_and_are_read_back() {
        let path = "a/my file \"1\" & 50%λ.md.html#η";
        let url = relative("a/page.html", path);
        assert_eq!(url, "my%20file%20%221%22%20%26%2050%25%CE%BB.md.html#%CE%B7");
        assert_eq!(format!("a/{}", decoded(&url)), path);
    }

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
