//! A word that is nearly right is answered with the nearest that is.

use crate::{experiment_names, fail};

#[test]
fn the_nearest_word_is_suggested() {
    for (words, nearest) in [
        ("figurs", "figures"),
        ("compar", "compare"),
        ("figures --trails 3", "--trials"),
        ("ci --no-test", "--no-tests"),
        ("figures --only linear-regresion", "linear-regression"),
        ("figures --only Spirals", "spirals"),
        ("figures --only optimizers", "optimisers"),
        ("figures --precision F64", "f64"),
        ("compare --only torhc", "torch"),
        ("compare --only jax-column", "jax-columns"),
        ("compare --works epoch", "epochs"),
    ] {
        let line = fail(2, words);
        assert!(line.ends_with(&format!("; did you mean '{nearest}'? (see --help)")), "{words}: {line}");
    }
}

#[test]
fn a_word_that_is_near_to_none_has_no_suggestion() {
    for words in ["statistics", "figures --only xr", "figures --precision half", "compare --only nn"] {
        let line = fail(2, words);
        assert!(!line.contains("did you mean"), "{line}");
    }
    let names = experiment_names().join(", ");
    assert!(
        fail(2, "figures --only xr")
            .contains(&format!("'xr' for '--only <NAME>': expected one of {names} (see"))
    );
}

#[test]
fn an_error_is_short_however_long_the_words_are() {
    let long = "x".repeat(100_000);
    for words in [
        long.clone(),
        format!("figures --only {long}"),
        format!("figures --trials {long}"),
        format!("ci --{long}"),
    ] {
        assert!(fail(2, &words).len() < 1000);
    }
}
