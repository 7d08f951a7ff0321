//! Checks the finished site: every link leads to a file that is there, every anchor to an id of that page.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::SiteError;
use crate::html::attributes;
use crate::place::{decoded, resolve};

/// The files of a site, by their path.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Checks every page.
///
/// # Errors
/// The page and the first link that leads nowhere, or an id that occurs twice.
pub(crate) fn links(files: &Files) -> Result<(), SiteError> {
    let pages = files.iter().filter(|(path, _)| path.ends_with(".html"));
    let pages: Vec<(&str, &str)> = pages
        .map(|(path, bytes)| Ok((path.as_str(), std::str::from_utf8(bytes)?)))
        .collect::<Result<_, std::str::Utf8Error>>()
        .map_err(|error| SiteError::new("", None, format!("a page is no UTF-8: {error}")))?;
    let mut ids = BTreeMap::new();
    for &(page, html) in &pages {
        ids.insert(page, ids_of(page, html)?);
    }
    for &(page, html) in &pages {
        for attribute in attributes(html) {
            if matches!(attribute.name, "href" | "src" | "srcset" | "action") {
                let url = &html[attribute.value];
                if let Some(problem) = fault(page, url, files, &ids) {
                    return Err(SiteError::new(page, None, problem));
                }
            }
        }
    }
    Ok(())
}

fn ids_of<'a>(page: &str, html: &'a str) -> Result<BTreeSet<&'a str>, SiteError> {
    let mut ids = BTreeSet::new();
    for attribute in attributes(html).into_iter().filter(|attribute| attribute.name == "id") {
        let id = &html[attribute.value];
        if !ids.insert(id) {
            return Err(SiteError::new(page, None, format!("the id {id} occurs twice; rename a heading")));
        }
    }
    Ok(ids)
}

/// What is wrong with a link.
fn fault(page: &str, url: &str, files: &Files, ids: &BTreeMap<&str, BTreeSet<&str>>) -> Option<String> {
    if url.contains("://") || url.starts_with("mailto:") || url.starts_with("data:") {
        return None;
    }
    let (path, anchor) = url.split_once('#').unwrap_or((url, ""));
    let target = if path.is_empty() { Some(page.to_string()) } else { resolve(page, &decoded(path)) };
    let Some(target) = target.filter(|target| files.contains_key(target)) else {
        return Some(format!("the link to {url} leads nowhere: the site has no such file"));
    };
    if anchor.is_empty() || ids.get(target.as_str()).is_some_and(|ids| ids.contains(decoded(anchor).as_str()))
    {
        return None;
    }
    Some(format!("the link to {url} leads nowhere: {target} has no heading with the id {anchor}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(page: &str) -> Result<(), String> {
        let files = [("a/page.html", page), ("b.html", "<p id=\"one-η\">"), ("c.svg", "")];
        let files: Files =
            files.iter().map(|(path, text)| ((*path).into(), text.as_bytes().to_vec())).collect();
        links(&files).map_err(|error| error.to_string())
    }

    #[test]
    fn sound_links_pass() {
        let page = "<a href=\"#x\" id=x></a><a href='../b.html#one-%CE%B7'></a><a href=\"../b.html#one-η\"></a>\
            <img src=../c.svg><a href=\"https://example.org/gone#x\"></a><a href=\"page.html#x\"></a>";
        assert_eq!(check(page), Ok(()));
    }

    #[test]
    fn broken_links_are_named_with_their_page() {
        for (html, found) in [
            ("<a href=\"gone.html\">", "a/page.html: the link to gone.html leads nowhere"),
            ("<img src=\"c.svg\">", "a/page.html: the link to c.svg leads nowhere"),
            (
                "<a href=\"#gone\">",
                "a/page.html: the link to #gone leads nowhere: a/page.html has no heading",
            ),
            (
                "<a href=\"../b.html#two\">",
                "a/page.html: the link to ../b.html#two leads nowhere: b.html has",
            ),
            ("<a href=\"../../b.html\">", "a/page.html: the link to ../../b.html leads nowhere"),
            ("<p id=x><p id=x>", "a/page.html: the id x occurs twice"),
        ] {
            let error = check(html).unwrap_err();
            assert!(error.starts_with(found), "{html}: {error}");
        }
    }
}
