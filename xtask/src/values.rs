//! Parsers for the values of command-line options. Their errors say what is expected; clap adds what was found.

use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};

/// The largest number of trials, samples, epochs or rounds. A larger one is a mistake: its results fit into no memory.
const MOST: usize = 1_000_000;

/// Parses one of these names. The error for any other word names all of them, and the nearest.
pub(crate) fn one_of<T: Clone + Send + Sync + 'static>(
    all: impl IntoIterator<Item = T>,
    name: fn(&T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let all: Vec<T> = all.into_iter().collect();
    let names = PossibleValuesParser::new(all.iter().map(name));
    names.map(move |word| {
        all.iter().find(|&one| name(one) == word).expect("the parser lets no other word through").clone()
    })
}

/// Parses a whole number from 1 to [`MOST`].
pub(crate) fn at_least_one(text: &str) -> Result<usize, String> {
    at_least(1, text)
}

/// Parses a whole number from 2 to [`MOST`]: a line through a single point has no slope to find.
pub(crate) fn at_least_two(text: &str) -> Result<usize, String> {
    at_least(2, text)
}

fn at_least(least: usize, text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n) if (least..=MOST).contains(&n) => Ok(n),
        _ => Err(format!("expected a whole number from {least} to {MOST}")),
    }
}

/// Parses a whole number, 0 included.
pub(crate) fn whole<N: FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| "expected a whole number, such as 0 or 7".into())
}

/// Parses a finite number greater than 0.
pub(crate) fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(x) if x.is_finite() && x > 0.0 => Ok(x),
        _ => Err("expected a number greater than 0, such as 0.01".into()),
    }
}
