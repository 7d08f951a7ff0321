//! Finds the line of a source file that defines what a link names, such as `Adam::step`.
//!
//! Source is read line by line: rustfmt has put every definition at the start of a line.

use crate::place;

/// The words that stand before a name that they define.
const DEFINES: [&str; 9] =
    ["fn", "struct", "enum", "trait", "type", "const", "static", "mod", "macro_rules!"];

/// What may stand before these words.
const QUALIFIERS: [&str; 4] = ["pub", "const", "unsafe", "async"];

/// The line, counted from 1, that defines what `label` names, or else the first line of code that mentions
/// it. Returns
/// `None` if `label` is no path of names, is the file itself, or is not in the file.
pub(crate) fn line(path: &str, text: &str, label: &str) -> Option<usize> {
    let label = label.trim_end_matches("()");
    let mut names = label.rsplit("::");
    let name = names.next()?;
    let is_name = |name: &str| !name.is_empty() && name.chars().all(is_of_word);
    if !label.split("::").all(is_name) {
        return None;
    }
    let owner = names.next();
    let lines = || text.lines().enumerate();
    let found = owner
        .and_then(|owner| within(text, owner, name))
        .or_else(|| lines().find(|(_, line)| defined(line) == Some(name)).map(|(index, _)| index));
    let stem = place::name(path).split('.').next();
    if found.is_none() && (stem == Some(name) || place::name(place::folder(path)) == name) {
        return None;
    }
    let mentions = |line: &str| !line.trim_start().starts_with("//") && has_word(line, name);
    found.or_else(|| lines().find(|(_, line)| mentions(line)).map(|(index, _)| index)).map(|index| index + 1)
}

/// The items that a file gives to everyone: each with the index of its line, its kind and its name.
pub(crate) fn public_items(text: &str) -> Vec<(usize, &str, &str)> {
    let at_margin = text.lines().enumerate().filter(|(_, line)| line.starts_with("pub "));
    at_margin.filter_map(|(index, line)| definition(line).map(|(kind, name)| (index, kind, name))).collect()
}

/// The first sentence of the documentation above a line.
pub(crate) fn summary(text: &str, index: usize) -> String {
    let above: Vec<&str> = text.lines().take(index).collect();
    let is_above = |line: &&str| line.starts_with("///") || line.starts_with("#[");
    let start = above.len() - above.iter().rev().take_while(|line| is_above(line)).count();
    let lines = above[start..].iter().filter_map(|line| line.strip_prefix("///"));
    let first = lines.map(str::trim).take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    let sentence = first.split_inclusive(". ").next().unwrap_or_default().trim();
    // As it reads, without the marks of code and links.
    sentence.replace(['`', '[', ']'], "")
}

/// The kind and the name of the item that a line defines.
fn definition(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split_whitespace().peekable();
    let mut kind = "";
    while let Some(word) = words.next_if(|word| QUALIFIERS.contains(word) || word.starts_with("pub(")) {
        kind = word;
    }
    // `const` is both a qualifier and a kind.
    let kind = words.next_if(|word| DEFINES.contains(word)).or((kind == "const").then_some(kind))?;
    let rest = words.next()?;
    let name = &rest[..rest.find(|c| !is_of_word(c)).unwrap_or(rest.len())];
    (!name.is_empty()).then_some((kind, name))
}

/// The name of the item that a line defines.
fn defined(line: &str) -> Option<&str> {
    definition(line).map(|(_, name)| name)
}

/// The index of the line that defines `name` in an `impl`, a trait or an enum of `owner`.
fn within(text: &str, owner: &str, name: &str) -> Option<usize> {
    let mut is_inside = false;
    text.lines().enumerate().find_map(|(index, line)| {
        if line.starts_with(|c: char| c.is_alphabetic()) {
            is_inside = match line.strip_prefix("impl") {
                // Of `impl Trait for Owner`, the owner is the second.
                Some(head) => has_word(head.rsplit(" for ").next().unwrap_or(head), owner),
                None => defined(line) == Some(owner),
            };
        }
        let is_variant = || {
            let word = line.trim().trim_end_matches(',');
            let end = word.find(|c| !is_of_word(c)).unwrap_or(word.len());
            &word[..end] == name && line.starts_with("    ") && !line.starts_with("     ")
        };
        (is_inside && (defined(line) == Some(name) || is_variant())).then_some(index)
    })
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c| !is_of_word(c)).any(|found| found == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "\
//! Adam and step.
use a::step;

pub struct Adam<F> {
    rate: F,
}

impl Adam<f32> {
    pub const fn new() -> Self {
        step()
    }
}

impl Rule for Sgd {
    fn step(&self) {}
}

impl<F> Rule for Adam<F> {
    fn step(&self) {}
}

pub(crate) const EPSILON: f64 = 1.0;

pub enum Kind {
    /// One.
    One(usize),
    Two,
}
fn helper() {}
elementwise!(Tanh, Sigmoid);
";

    fn found(label: &str) -> Option<&str> {
        line("src/adam.rs", SOURCE, label).and_then(|line| SOURCE.lines().nth(line - 1)).map(str::trim)
    }

    #[test]
    fn an_item_is_found_where_it_is_defined() {
        assert_eq!(found("Adam"), Some("pub struct Adam<F> {"));
        assert_eq!(found("nn_train::optim::Adam"), Some("pub struct Adam<F> {"));
        assert_eq!(found("EPSILON"), Some("pub(crate) const EPSILON: f64 = 1.0;"));
        assert_eq!(found("helper()"), Some("fn helper() {}"));
        assert_eq!(found("Adam::new"), Some("pub const fn new() -> Self {"));
        assert_eq!(found("Kind::One"), Some("One(usize),"));
        // Made by a macro.
        assert_eq!(found("Tanh"), Some("elementwise!(Tanh, Sigmoid);"));
    }

    #[test]
    fn a_method_is_found_in_the_impl_of_its_owner() {
        assert_eq!(line("src/adam.rs", SOURCE, "Adam::step"), Some(19));
        assert_eq!(line("src/adam.rs", SOURCE, "Sgd::step"), Some(15));
    }

    #[test]
    fn what_names_no_item_leads_to_the_top() {
        for label in ["adam", "a file", "missing", "", "src", "f(x)"] {
            assert_eq!(found(label), None, "{label}");
        }
    }

    #[test]
    fn public_items_are_listed() {
        let names: Vec<(&str, &str)> =
            public_items(SOURCE).into_iter().map(|(_, kind, name)| (kind, name)).collect();
        assert_eq!(names, [("struct", "Adam"), ("enum", "Kind")]);
    }
}
