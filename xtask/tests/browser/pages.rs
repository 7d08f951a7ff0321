//! Every page of the site, and the search.

use crate::site::{page, pages};
use crate::webdriver::Browser;

#[test]
#[ignore = "needs Chromium and ChromeDriver"]
fn every_page_has_an_empty_console_and_no_horizontal_scroll_on_a_phone() {
    let browser = Browser::start(390, 800);
    let pages = pages();
    assert!(pages.len() > 50, "{} pages", pages.len());
    for page in pages {
        browser.open(&page, "");
        assert_eq!(browser.complaints(), [""; 0], "{}", page.display());
        let width = browser.run("return document.documentElement.scrollWidth");
        assert!(width.as_f64().is_some_and(|width| width <= 390.0), "{}: {width} pixels", page.display());
    }
}

#[test]
#[ignore = "needs Chromium and ChromeDriver"]
fn the_search_finds_names_and_words_and_keys_lead_to_what_it_found() {
    let browser = Browser::start(1200, 900);
    for (query, first) in [
        ("train_test_split", "train_test_split"),
        ("k-fold", ""),
        ("what's (a) [b] \\ 50 %", ""),
        ("Adam", "Adam"),
    ] {
        browser.open(&page("search.html"), "");
        browser.press("input[name=q]", query);
        let found = browser.run("return document.querySelector('#results a')?.textContent ?? ''");
        assert!(found.as_str().is_some_and(|found| found.contains(first)), "{query}: {found}");
        assert_eq!(browser.complaints(), [""; 0], "{query}");
    }
    // The arrow leads from the field to the first place, and Enter opens it.
    let target = browser.run("return document.querySelector('#results a').href");
    browser.press("input[name=q]", "\u{e015}");
    assert_eq!(browser.run("return document.activeElement.href"), target);
    browser.press("#results a", "\u{e007}");
    assert_eq!(browser.run("return location.href"), target);
}
