//! Lines of `key=value` words, in which programs are told their jobs and give their answers.

use std::fmt::Display;
use std::str::FromStr;

/// A line of `key=value` words.
pub(super) struct Line<'a>(pub(super) &'a str);

impl Line<'_> {
    /// Reads the value of `key`.
    ///
    /// # Errors
    /// The key that is missing, or the value that cannot be read.
    pub(super) fn get<T: FromStr<Err: Display>>(&self, key: &str) -> Result<T, String> {
        self.find(key)?.ok_or_else(|| format!("expected {key}=…, found '{}'", self.0))
    }

    /// Reads the value of `key`, or `None` if the line does not have this key.
    ///
    /// # Errors
    /// The value that cannot be read.
    pub(super) fn find<T: FromStr<Err: Display>>(&self, key: &str) -> Result<Option<T>, String> {
        let mut words = self.0.split_whitespace().filter_map(|word| word.split_once('='));
        let Some((_, value)) = words.find(|(name, _)| *name == key) else { return Ok(None) };
        value.parse().map(Some).map_err(|error| format!("cannot read {key}={value} in '{}': {error}", self.0))
    }
}

/// Reads exactly `N` numbers.
pub(super) fn numbers<const N: usize>(text: &str, separator: char) -> Option<[usize; N]> {
    let numbers: Result<Vec<usize>, _> = text.split(separator).map(str::parse).collect();
    numbers.ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_missing_or_unreadable_is_named() {
        let line = Line("work=xor steps=many");
        assert_eq!(line.get::<String>("work"), Ok("xor".into()));
        assert_eq!(line.find::<usize>("trials"), Ok(None));
        assert_eq!(
            line.get::<usize>("trials").unwrap_err(),
            "expected trials=…, found 'work=xor steps=many'"
        );
        let error = line.get::<usize>("steps").unwrap_err();
        assert!(error.starts_with("cannot read steps=many in 'work=xor steps=many': "), "{error}");
    }
}
