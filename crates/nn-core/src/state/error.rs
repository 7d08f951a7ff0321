//! A state that does not fit.

use std::collections::BTreeMap;
use std::fmt;

/// A state whose names, shapes or counts are not those of the model. Lists everything at once; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StateError {
    /// Names that the model has and the state has not.
    pub missing: Vec<String>,
    /// Names that the state has and the model has not.
    pub unexpected: Vec<String>,
    /// Name, shape that the model has, shape that the state has.
    pub shapes: Vec<(String, Vec<usize>, Vec<usize>)>,
    /// Name and value of what the model counts in and is no whole number.
    pub counts: Vec<(String, String)>,
}

impl StateError {
    /// This error, if there is anything in it.
    pub(super) fn or_ok(self) -> Result<(), Self> {
        if self == StateError::default() { Ok(()) } else { Err(self) }
    }
}

/// Whether these are the same names and shapes, in any order. No name comes twice in either.
pub(super) fn compare<'a>(
    expected: impl IntoIterator<Item = (&'a str, &'a [usize])>,
    found: impl IntoIterator<Item = (&'a str, &'a [usize])>,
) -> Result<(), StateError> {
    let mut error = StateError::default();
    let found: Vec<_> = found.into_iter().collect();
    let mut left: BTreeMap<_, _> = found.iter().copied().collect();
    for (name, shape) in expected {
        match left.remove(name) {
            None => error.missing.push(name.to_owned()),
            Some(other) if other != shape => {
                error.shapes.push((name.to_owned(), shape.to_vec(), other.to_vec()));
            }
            Some(_) => {}
        }
    }
    let surplus = found.iter().filter(|(name, _)| left.contains_key(name));
    error.unexpected.extend(surplus.map(|(name, _)| (*name).to_owned()));
    error.or_ok()
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if !self.missing.is_empty() {
            parts.push(format!("missing {}", List(&self.missing)));
        }
        if !self.unexpected.is_empty() {
            parts.push(format!("unexpected {}", List(&self.unexpected)));
        }
        for (name, expected, found) in self.shapes.iter().take(SHOWN) {
            parts.push(format!("{name}: expected shape {expected:?}, got {found:?}"));
        }
        if let Some(more @ 1..) = self.shapes.len().checked_sub(SHOWN) {
            parts.push(format!("{more} more shapes"));
        }
        for (name, found) in &self.counts {
            parts.push(format!("{name}: expected a whole number, got {found}"));
        }
        write!(f, "the state does not fit the model: {}", parts.join("; "))
    }
}

impl std::error::Error for StateError {}

/// What is printed of a list: a network may be deep, and a file may come from anywhere.
const SHOWN: usize = 20;

struct List<'a>(&'a [String]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // As they are, unless they would break the line or never end.
        let shown = self.0.iter().take(SHOWN).map(|name| {
            let plain = name.chars().count() <= 80 && !name.is_empty() && !name.contains(char::is_control);
            if plain { name.clone() } else { format!("{:?}…", name.chars().take(80).collect::<String>()) }
        });
        f.write_str(&shown.collect::<Vec<_>>().join(", "))?;
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
