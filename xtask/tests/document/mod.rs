//! A small reader of Markdown that follows the links of these documents.

use std::fs;
use std::path::Path;

/// Returns every wrong statement of a document with its line: links that lead nowhere, paths and names that do not exist.
pub(crate) fn complaints(root: &Path, document: &Path) -> Vec<String> {
    let text = fs::read_to_string(document).unwrap();
    let name = document.strip_prefix(root).unwrap_or(document).display();
    let mut complaints = Vec::new();
    for (index, (line, is_code)) in lines(&text).enumerate() {
        let mut complain = |what: String| complaints.push(format!("{name}:{}: {what}", index + 1));
        if !is_code {
            for (label, target) in links(line) {
                if let Some(fault) = fault_of_link(document, &text, label, target) {
                    complain(fault);
                }
            }
        }
        for path in paths(line).filter(|path| !root.join(path).exists()) {
            complain(format!("there is no {path}"));
        }
    }
    complaints
}

/// Returns every line of the Rust examples that is too long for the pages that show them, of those lines that are shown.
pub(crate) fn wide_examples(name: &str, text: &str) -> Vec<String> {
    const COLUMNS: usize = 85;
    const OTHERS: [&str; 6] = ["text", "sh", "toml", "math", "python", "json"];
    let mut wide = Vec::new();
    let mut language = None;
    for (index, line) in text.lines().enumerate() {
        if let Some(fence) = line.trim_start().strip_prefix("```") {
            language = if language.is_none() { Some(fence) } else { None };
            continue;
        }
        let is_rust = language.is_some_and(|language| !OTHERS.contains(&language));
        let columns = line.chars().count();
        if is_rust && !line.trim_start().starts_with("# ") && columns > COLUMNS {
            let place = format!("{name}:{}", index + 1);
            wide.push(format!("{place}: expected at most {COLUMNS} columns in an example, found {columns}"));
        }
    }
    wide
}

/// GitHub's anchors of a document's headings: in lower case, with hyphens for spaces, without punctuation, and numbered if
/// they repeat.
pub(crate) fn anchors(text: &str) -> Vec<String> {
    let (mut anchors, mut plain) = (Vec::new(), Vec::new());
    let headings = lines(text).filter(|(_, is_code)| !is_code).filter_map(|(line, _)| {
        let title = line.trim_start_matches('#');
        (title.len() < line.len()).then(|| title.strip_prefix(' ')).flatten()
    });
    for title in headings {
        // A link in a heading shows only its label.
        let shown = links(title)
            .iter()
            .fold(title.to_string(), |title, (_, target)| title.replace(&format!("({target})"), ""));
        let kept = shown.trim().to_lowercase();
        let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        let anchor: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
        match plain.iter().filter(|&other| *other == anchor).count() {
            0 => anchors.push(anchor.clone()),
            n => anchors.push(format!("{anchor}-{n}")),
        }
        plain.push(anchor);
    }
    anchors
}

/// The lines, each with a flag that says whether it belongs to a code block.
fn lines(text: &str) -> impl Iterator<Item = (&str, bool)> {
    text.lines().scan(false, |inside, line| {
        let is_fence = line.trim_start().starts_with("```");
        *inside ^= is_fence;
        Some((line, *inside || is_fence))
    })
}

/// Labels and targets of `[label](target)`, `![label](target "title")`, `[label]: target` and `src="target"`.
fn links(line: &str) -> Vec<(&str, &str)> {
    let mut links = Vec::new();
    for (middle, _) in line.match_indices("](") {
        let label = line[..middle].rsplit('[').next().unwrap_or_default();
        let target = line[middle + 2..].split([')', ' ']).next().unwrap_or_default();
        links.push((label, target));
    }
    if let Some((label, target)) = line.strip_prefix('[').and_then(|rest| rest.split_once("]: ")) {
        links.push((label, target.split(' ').next().unwrap_or_default()));
    }
    for attribute in ["src=\"", "srcset=\"", "href=\""] {
        let targets = line.split(attribute).skip(1).filter_map(|rest| rest.split('"').next());
        links.extend(targets.map(|target| ("", target)));
    }
    links
}

fn fault_of_link(document: &Path, text: &str, label: &str, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = document.parent().unwrap_or(document).join(file);
    if !file.is_empty() && !path.exists() {
        return Some(format!("the link to {target} leads nowhere"));
    }
    let linked =
        if file.is_empty() { text.to_string() } else { fs::read_to_string(&path).unwrap_or_default() };
    let is_markdown = file.is_empty() || file.ends_with(".md");
    if !anchor.is_empty() && is_markdown && !anchors(&linked).iter().any(|known| known == anchor) {
        return Some(format!("the link to {target}: no heading has the anchor #{anchor}"));
    }
    let name = label.strip_prefix('`')?.strip_suffix('`')?;
    let name = name.trim_end_matches("()").rsplit("::").next().unwrap_or_default();
    let is_identifier = !name.is_empty() && name.chars().all(is_of_word);
    // A module has the name of its file.
    let is_module = path.file_stem().is_some_and(|stem| stem == name);
    if file.ends_with(".rs") && is_identifier && !is_module && !has_word(&linked, name) {
        return Some(format!("{file} has no `{name}`"));
    }
    None
}

/// The paths into the workspace that a line mentions, such as `crates/nn-core/src/lib.rs`.
fn paths(line: &str) -> impl Iterator<Item = &str> {
    const FOLDERS: [&str; 4] = ["crates/", "xtask/", "scripts/", "data/"];
    const ENDINGS: [&str; 6] = [".rs", ".toml", ".md", ".py", ".csv", ".json"];
    let words =
        line.split(|c: char| !(is_of_word(c) || matches!(c, '/' | '.' | '-' | '*' | '{' | '<' | ':')));
    let words = words.map(|word| word.trim_end_matches(['.', ':']));
    words.filter(|word| {
        FOLDERS.iter().any(|folder| word.starts_with(folder)) && ENDINGS.iter().any(|ending| word.ends_with(ending))
            // A pattern names several files.
            && !word.contains(['*', '{', '<'])
    })
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c| !is_of_word(c)).any(|found| found == word)
}
