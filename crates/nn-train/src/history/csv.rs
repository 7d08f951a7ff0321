//! The curves of a training as CSV.

use std::borrow::Cow;
use std::path::Path;

use nn_core::Scalar;
use nn_files::WriteError;

use super::History;

impl<F: Scalar> History<F> {
    /// Returns the curves as the text of a CSV file, one row per epoch, counted from 1: the training loss and metrics, then the
    /// validation loss and metrics under `validation_loss`, `validation_accuracy` and so on. What was not measured has no
    /// column. Every number has as many digits as are needed to read the same bits back.
    ///
    /// ```
    /// use nn_train::prelude::*;
    ///
    /// let mut rng = ChaCha8Rng::seed_from_u64(1);
    /// let data = make_xor::<f32>(100, 0.3, &mut rng)?;
    /// let history = Trainer::new(Adam::new(0.01))
    ///     .epochs(2)
    ///     .metric("accuracy", |_, _| Ok(0.5))
    ///     .fit(
    ///         &mut Linear::new(2, 2, &mut rng),
    ///         &CrossEntropyLoss::mean(),
    ///         &data,
    ///         Some(&data),
    ///         &mut rng,
    ///     )?;
    /// let csv = history.to_csv();
    /// assert!(csv.starts_with("epoch,loss,validation_loss,validation_accuracy\n1,"));
    /// assert_eq!(csv.lines().count(), 1 + 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_csv(&self) -> String {
        let mut columns = vec![(Cow::Borrowed("loss"), texts(&self.loss))];
        columns.extend(self.training_metrics.iter().map(|(name, values)| (quoted(name), texts(values))));
        if !self.validation.is_empty() {
            columns.push(("validation_loss".into(), texts(&self.validation)));
        }
        for (name, values) in &self.metrics {
            columns.push((quoted(&format!("validation_{name}")).into_owned().into(), texts(values)));
        }
        let mut csv = "epoch".to_owned();
        for (name, _) in &columns {
            csv.push(',');
            csv.push_str(name);
        }
        csv.push('\n');
        for epoch in 0..self.epochs() {
            csv.push_str(&(epoch + 1).to_string());
            for (_, values) in &columns {
                csv.push(',');
                csv.push_str(values.get(epoch).map_or("", String::as_str));
            }
            csv.push('\n');
        }
        csv
    }

    /// Writes [`to_csv`](History::to_csv) to a file, as a whole or, if something fails, not at all.
    ///
    /// # Errors
    /// Returns [`WriteError`] with the path. An existing file is unchanged then.
    pub fn save_csv(&self, path: impl AsRef<Path>) -> Result<(), WriteError> {
        nn_files::write(path, self.to_csv())
    }
}

fn texts(values: &[impl ToString]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

/// Returns a name as a field of a CSV file: in quotes if it has a comma, a quote or a line break.
fn quoted(name: &str) -> Cow<'_, str> {
    if name.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", name.replace('"', "\"\"")).into()
    } else {
        name.into()
    }
}
