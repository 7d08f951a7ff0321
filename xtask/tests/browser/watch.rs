//! The page on which networks learn.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::site::{page, screenshot};
use crate::webdriver::Browser;

const EXPERIMENTS: [&str; 3] = ["line", "xor", "spirals"];
const RUNS: [&str; 3] = ["best", "median", "worst"];

/// What the three pictures show: as long texts that differ if a pixel does.
fn pictures(browser: &Browser) -> [Value; 3] {
    ["field", "curve", "units"]
        .map(|id| browser.run(&format!("return document.getElementById('{id}').toDataURL()")))
}

fn text(browser: &Browser, id: &str) -> String {
    let text = browser.run(&format!("return document.getElementById('{id}').textContent"));
    text.as_str().expect("an element with this id").to_string()
}

fn number(browser: &Browser, script: &str) -> f64 {
    browser.run(script).as_f64().unwrap_or_else(|| panic!("{script} returns a number"))
}

fn frame(browser: &Browser) -> f64 {
    number(browser, "return +document.getElementById('epoch').value")
}

/// Waits until the script returns true, for as long as a slow machine may take.
fn wait_until(browser: &Browser, script: &str) {
    let start = Instant::now();
    while browser.run(script) != true {
        assert!(start.elapsed() < Duration::from_secs(120), "{script}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
#[ignore = "needs Chromium and ChromeDriver"]
fn every_run_is_shown_without_complaints_with_a_question_and_an_answer() {
    let browser = Browser::start(1200, 900);
    let mut questions = std::collections::BTreeSet::new();
    for experiment in EXPERIMENTS {
        for run in RUNS {
            browser.open(&page("watch.html"), &format!("#{experiment}/{run}/1"));
            assert_eq!(browser.complaints(), [""; 0], "{experiment}/{run}");
            assert!(text(&browser, "title").contains(&format!("the {run} of 100")));
            assert!(text(&browser, "now").starts_with("Epoch 1 of 1000 (random weights) · loss "));
            assert_eq!(browser.run("return document.getElementById('answer').open"), false);
            assert!(text(&browser, "told").len() > 40);
            assert!(questions.insert(text(&browser, "question")), "each run has a question of its own");
            browser.screenshot(&screenshot(&format!("{experiment}-{run}-first")));
            browser.press("#epoch", "\u{e010}");
            assert!(text(&browser, "now").starts_with("Epoch 1000 of 1000 · loss "));
            assert_eq!(browser.run("return document.getElementById('answer').open"), true, "the end answers");
            browser.screenshot(&screenshot(&format!("{experiment}-{run}-last")));
            assert_eq!(browser.complaints(), [""; 0], "{experiment}/{run} at its end");
        }
    }
}

#[test]
#[ignore = "needs Chromium and ChromeDriver"]
fn the_slider_moves_boundary_curve_and_weights_together() {
    let browser = Browser::start(1200, 900);
    for experiment in EXPERIMENTS {
        browser.open(&page("watch.html"), &format!("#{experiment}/best/1"));
        let first = pictures(&browser);
        browser.run(
            "const slider = document.getElementById('epoch'); slider.value = 20; slider.dispatchEvent(new Event('input'))",
        );
        let later = pictures(&browser);
        for (index, what) in ["field", "curve", "units"].into_iter().enumerate() {
            assert_ne!(first[index], later[index], "{experiment}: {what} does not move");
        }
        browser.press("#epoch", "\u{e011}");
        assert!(pictures(&browser) == first, "{experiment}: the way back leads elsewhere");
    }
}

#[test]
#[ignore = "needs Chromium and ChromeDriver"]
fn keys_move_the_slider_and_tell_screen_readers() {
    let browser = Browser::start(1200, 900);
    browser.open(&page("watch.html"), "#xor/best/1");
    let (left, right, home, end) = ("\u{e012}", "\u{e014}", "\u{e011}", "\u{e010}");
    for (keys, frames) in [(right, 1.0), (right, 2.0), (left, 1.0), (home, 0.0), (left, 0.0)] {
        browser.press("#epoch", keys);
        assert_eq!(frame(&browser), frames);
        let told = browser.run("return document.getElementById('epoch').getAttribute('aria-valuetext')");
        assert_eq!(told, text(&browser, "now"));
    }
    browser.press("#epoch", end);
    assert_eq!(frame(&browser), number(&browser, "return +document.getElementById('epoch').max"));
    // Every control and picture has a name.
    let nameless = browser.run(
        "return [...document.querySelectorAll('#live :is(input, button, canvas)')].filter(element => \
         !(element.getAttribute('aria-label') || element.textContent || element.labels?.length)).length",
    );
    assert_eq!(nameless, 0);
}

#[test]
#[ignore = "needs Chromium and ChromeDriver"]
fn it_plays_to_the_end_and_pauses_where_it_is_told() {
    let browser = Browser::start(1200, 900);
    browser.open(&page("watch.html"), "#line/best/1");
    browser.click("#play");
    wait_until(&browser, "return +document.getElementById('epoch').value > 2");
    browser.press("#epoch", " ");
    let paused = frame(&browser);
    assert_eq!(text(&browser, "play"), "Play");
    std::thread::sleep(Duration::from_millis(600));
    assert_eq!(frame(&browser), paused);
    browser.click("#play");
    wait_until(&browser, "return document.getElementById('answer').open");
    assert_eq!(text(&browser, "play"), "Play", "it stops at the end");
    // From the end it begins again, slowly for whoever asked for little motion.
    browser.prefer("prefers-reduced-motion", "reduce");
    browser.run(
        "const start = setInterval; setInterval = (...given) => { document.title = given[1]; return start(...given) }",
    );
    browser.click("#play");
    let pause = number(&browser, "return +document.title");
    assert!(pause >= 1000.0, "{pause} ms from a frame to the next");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
#[ignore = "needs Chromium and ChromeDriver"]
fn experiments_and_trials_are_chosen_and_kept_in_the_address() {
    let browser = Browser::start(1200, 900);
    browser.open(&page("watch.html"), "");
    let (start, before) = (text(&browser, "title"), pictures(&browser));
    assert!(start.starts_with("XOR: trial ") && start.ends_with(", the best of 100"), "{start}");
    browser.click("[value=worst]");
    assert!(text(&browser, "title").ends_with(", the worst of 100"));
    assert!(before.iter().zip(pictures(&browser)).all(|(before, after)| *before != after));
    browser.click("[value=spirals]");
    wait_until(&browser, "return location.hash === '#spirals/worst/1'");
    browser.open(&page("watch.html"), "#spirals/median/40");
    assert!(text(&browser, "title").ends_with(", the median of 100"));
    let epoch = number(&browser, "return +document.getElementById('now').textContent.split(' ')[1]");
    assert!((40.0..50.0).contains(&epoch), "the frame nearest above: {epoch}");
    // What is wrong in an address is answered with a beginning.
    for wrong in ["#nothing", "#xor/none/x", "#xor/best/-3", "#xor/best/1e99", "#__proto__/best/1", "#//"] {
        browser.open(&page("watch.html"), wrong);
        assert_eq!(text(&browser, "title"), start, "{wrong}");
    }
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
#[ignore = "needs Chromium and ChromeDriver"]
fn pointing_at_a_curve_or_an_end_names_its_trial_and_a_click_chooses_it() {
    let browser = Browser::start(1200, 1400);
    browser.open(&page("watch.html"), "#xor/best/1");
    let unmarked = text(&browser, "named");
    // The highest curve at the last epoch is that of the worst trial; right of it is the mark of its end.
    let place = |x: &str| {
        let box_of = "const box = document.getElementById('curve').getBoundingClientRect()";
        let find = format!(
            "{box_of}; const r = watch.recordings['nonlinear-classification'], worst = r.runs[2].trial; \
             for (let y = 0; y < box.height; y++) {{ const found = watch.trialAt(document.getElementById('curve'), r, {x}, y); \
             if (found?.trial === worst) return [box.left + {x}, box.top + y + 8] }}"
        );
        let place = browser.run(&find);
        [0, 1].map(|axis| place[axis].as_f64().expect("the worst trial is found"))
    };
    for x in ["(box.width - 60)", "(box.width - 25)"] {
        let [left, top] = place(x);
        browser.point(left, top);
        let named = text(&browser, "named");
        assert!(named.contains(", the worst: loss "), "{named}");
    }
    browser.screenshot(&screenshot("pointed"));
    browser.point(5.0, 5.0);
    assert_eq!(text(&browser, "named"), unmarked);
    let [left, top] = place("(box.width - 60)");
    browser.run(&format!(
        "const box = document.getElementById('curve').getBoundingClientRect(); document.getElementById('curve').dispatchEvent(\
         new MouseEvent('click', {{ clientX: {left}, clientY: {top}, bubbles: true }}))"
    ));
    assert!(text(&browser, "title").ends_with(", the worst of 100"));
}

#[test]
#[ignore = "needs Chromium and ChromeDriver"]
fn field_and_curve_fit_one_screen_of_a_phone() {
    let browser = Browser::start(390, 844);
    for experiment in EXPERIMENTS {
        browser.open(&page("watch.html"), &format!("#{experiment}/best/30"));
        let widest = number(&browser, "return document.documentElement.scrollWidth");
        assert!(widest <= 390.0, "{experiment}: {widest} pixels wide");
        let edge = |id: &str, edge: &str| {
            number(
                &browser,
                &format!("return document.getElementById('{id}').getBoundingClientRect().{edge}"),
            )
        };
        // The bars of the browser leave some 650 of 844 pixels.
        let height = edge("named", "bottom") - edge("epoch", "top");
        assert!(height < 650.0, "{experiment}: from the slider to the curve's name {height} pixels");
        assert!(edge("field", "height") > 240.0 && edge("curve", "height") > 140.0);
        browser.screenshot(&screenshot(&format!("{experiment}-phone")));
    }
}

#[test]
#[ignore = "needs Chromium and ChromeDriver"]
fn both_colour_schemes_are_followed_at_once() {
    let browser = Browser::start(1200, 900);
    browser.open(&page("watch.html"), "#spirals/best/1000");
    let light = pictures(&browser);
    browser.prefer("prefers-color-scheme", "dark");
    // The styles change first; the pictures are drawn again when the page is told of it.
    let start = Instant::now();
    while light.iter().zip(pictures(&browser)).any(|(light, dark)| *light == dark) {
        assert!(start.elapsed() < Duration::from_secs(120), "a picture stays as it was");
        std::thread::sleep(Duration::from_millis(50));
    }
    let paper =
        "return getComputedStyle(document.getElementById('live')).getPropertyValue('--watch-paper').trim()";
    assert_eq!(browser.run(paper), "22 24 28");
    browser.screenshot(&screenshot("spirals-dark"));
}

#[test]
#[ignore = "needs Chromium and ChromeDriver"]
fn without_scripts_the_last_frames_are_shown() {
    let browser = Browser::start(1200, 900);
    browser.disable_scripts();
    browser.open(&page("watch.html"), "");
    let shown = browser.run(
        "const shows = id => document.getElementById(id).getClientRects().length > 0; return [shows('still'), shows('live')]",
    );
    assert_eq!(shown, serde_json::json!([true, false]));
    browser.run("document.querySelectorAll('#still img').forEach(image => image.loading = 'eager')");
    wait_until(
        &browser,
        "return [...document.querySelectorAll('#still img')].every(image => image.complete && image.naturalWidth > 600)",
    );
    browser.screenshot(&screenshot("no-script"));
    browser.prefer("prefers-color-scheme", "dark");
    browser.screenshot(&screenshot("no-script-dark"));
    assert_eq!(browser.complaints(), [""; 0]);
}
