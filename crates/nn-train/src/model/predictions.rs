//! What a model predicts for the rows of a table.

use std::fmt::Write;

use nn_core::{Scalar, Tensor};

/// What a [`Model`](super::Model) predicts for each row of a table: the probability of every class, or the values of the
/// targets. All are finite.
#[derive(Debug, Clone)]
pub struct Predictions<F> {
    names: Vec<String>,
    values: Tensor<F>,
    /// The most probable class of each row, unless values are predicted.
    classes: Option<Vec<usize>>,
}

impl<F: Scalar> Predictions<F> {
    pub(super) fn of_values(names: Vec<String>, values: Tensor<F>) -> Self {
        Predictions { names, values, classes: None }
    }

    pub(super) fn of_classes(names: Vec<String>, probabilities: Tensor<F>) -> Self {
        let most_probable = |row: usize| {
            let better = |best: usize, class| {
                if probabilities[[row, class]] > probabilities[[row, best]] { class } else { best }
            };
            (1..names.len()).fold(0, better)
        };
        let classes = (0..probabilities.samples()).map(most_probable).collect();
        Predictions { names, values: probabilities, classes: Some(classes) }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.values.samples()
    }

    /// The names of the classes, or of the targets.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The probability of each class, or the value of each target, `[rows, names]`.
    pub fn values(&self) -> &Tensor<F> {
        &self.values
    }

    /// The name of the most probable class of a row, the first of those that are equally probable. `None` if values are predicted,
    /// or there is no such row.
    pub fn class(&self, row: usize) -> Option<&str> {
        self.classes.as_ref()?.get(row).map(|&class| &self.names[class][..])
    }

    /// The index of the most probable class of each row, as [metrics](crate::metrics) take them. Empty if values are predicted.
    pub fn classes(&self) -> &[usize] {
        self.classes.as_deref().unwrap_or_default()
    }

    /// The predictions as CSV, a line for each row below a header: the class and then the probability of each class, or the value
    /// of each target. Numbers have as many digits as it takes to read the same number.
    ///
    /// ```text
    /// class,p(no),p(yes)
    /// yes,0.125,0.875
    /// ```
    pub fn to_csv(&self) -> String {
        let mut csv = match self.classes {
            Some(_) => "class".to_owned(),
            None => String::new(),
        };
        for (place, name) in self.names.iter().enumerate() {
            let name = if self.classes.is_some() { format!("p({name})") } else { name.clone() };
            csv.push_str(if place > 0 || self.classes.is_some() { "," } else { "" });
            csv.push_str(&field(&name));
        }
        csv.push('\n');
        for row in 0..self.rows() {
            csv.push_str(&self.class(row).map(field).unwrap_or_default());
            for (place, value) in self.values.sample(row).enumerate() {
                let comma = if place > 0 || self.classes.is_some() { "," } else { "" };
                // Writing to a string does not fail.
                _ = write!(csv, "{comma}{value}");
            }
            csv.push('\n');
        }
        csv
    }
}

/// A text as a field of CSV, in quotes if it would be read as something else without them.
fn field(text: &str) -> String {
    let plain = text.trim() == text && !text.is_empty() && !text.contains([',', '"', '\n', '\r']);
    if plain { text.to_owned() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}
