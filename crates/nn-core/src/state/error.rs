//! The error for a state that does not fit a model.

use std::collections::BTreeMap;
use std::fmt;

/// A state whose names, shapes or counts differ from those of the model. It lists every difference; the model is unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StateError {
    /// The names that the model has and the state does not.
    pub missing: Vec<String>,
    /// The names that the state has and the model does not.
    pub unexpected: Vec<String>,
    /// For each name with another shape: the name, the shape in the model, the shape in the state.
    pub shapes: Vec<(String, Vec<usize>, Vec<usize>)>,
    /// For each counter of the model that is not a whole number from 0 to 2⁶³ in the state: its name and that value.
    pub counts: Vec<(String, String)>,
}

impl StateError {
    /// Returns this error unless it is empty.
    pub(super) fn or_ok(self) -> Result<(), Self> {
        if self == StateError::default() { Ok(()) } else { Err(self) }
    }
}

/// Checks that both have the same names with the same shapes, in any order. A name must not appear twice in either.
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
            let (name, expected, found) = (Plain(name), Axes(expected), Axes(found));
            parts.push(format!("{name}: expected shape {expected}, found {found}"));
        }
        if let Some(more @ 1..) = self.shapes.len().checked_sub(SHOWN) {
            parts.push(format!("{more} more shapes"));
        }
        for (name, found) in self.counts.iter().take(SHOWN) {
            parts.push(format!(
                "{}: expected a whole number from 0 to 2^63, found {}",
                Plain(name),
                Plain(found)
            ));
        }
        if let Some(more @ 1..) = self.counts.len().checked_sub(SHOWN) {
            parts.push(format!("{more} more counts"));
        }
        write!(f, "the state does not fit the model: {}", parts.join("; "))
    }
}

impl std::error::Error for StateError {}

/// The maximum number of list items that are printed, because a network may be deep and a file may be malicious.
const SHOWN: usize = 20;

/// Prints names.
struct List<'a>(&'a [String]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.iter().take(SHOWN).map(|name| Plain(name).to_string());
        f.write_str(&shown.collect::<Vec<_>>().join(", "))?;
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// Prints a name as it is, unless it would break the line or fill the screen.
struct Plain<'a>(&'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Plain(name) = *self;
        let plain = !name.is_empty() && !name.contains(char::is_control) && Quoted::is_short(name);
        if plain { f.write_str(name) } else { Quoted(name).fmt(f) }
    }
}

/// Prints `[8, 2]`, or the beginning of a long shape.
pub(crate) struct Axes<'a, T>(pub(crate) &'a [T]);

impl<T: fmt::Debug> fmt::Display for Axes<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 10;
        match self.0.split_at_checked(SHOWN) {
            Some((shown, more @ [_, ..])) => write!(f, "{shown:?} and {} more", more.len()),
            _ => write!(f, "{:?}", self.0),
        }
    }
}

/// Prints `"0.weight"`, or the beginning of a long name, so that a malicious file cannot fill the screen.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl Quoted<'_> {
    /// The maximum number of characters that are printed.
    const LONGEST: usize = 80;

    fn is_short(name: &str) -> bool {
        name.chars().nth(Self::LONGEST).is_none()
    }
}

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(Self::LONGEST) {
            None => write!(f, "{:?}", self.0),
            Some((end, _)) => write!(f, "{:?}…", &self.0[..end]),
        }
    }
}
