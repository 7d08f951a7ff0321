//! The record of a training as JSON.

use std::fmt::{Display, Write};
use std::path::Path;

use nn_core::Scalar;
use nn_files::WriteError;

use super::History;

impl<F: Scalar> History<F> {
    /// Returns everything as the text of a JSON object, whose members have the names of the fields: arrays for the losses, an
    /// object with an array for each metric, `null` in place of `None`. A number that is infinite or NaN is `null` as well,
    /// because JSON has no word for it. Every other number has as many digits as are needed to read the same bits back.
    ///
    /// ```
    /// use nn_train::prelude::*;
    ///
    /// let mut rng = ChaCha8Rng::seed_from_u64(1);
    /// let data = make_xor::<f32>(100, 0.3, &mut rng)?;
    /// let history = Trainer::new(Adam::new(0.01))
    ///     .epochs(2)
    ///     .metric("half", |_, _| Ok(0.5))
    ///     .fit(
    ///         &mut Linear::new(2, 2, &mut rng),
    ///         &CrossEntropyLoss::mean(),
    ///         &data,
    ///         Some(&data),
    ///         &mut rng,
    ///     )?;
    /// assert!(history.to_json().contains(r#""metrics": {"half": [0.5, 0.5]}"#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_json(&self) -> String {
        let History {
            loss,
            validation,
            metrics,
            training_metrics,
            best,
            stopped_early,
            restored,
            skipped_steps,
            diverged,
        } = self;
        let members = [
            ("loss", array(loss)),
            ("validation", array(validation)),
            ("metrics", curves(metrics)),
            ("training_metrics", curves(training_metrics)),
            ("best", or_null(best.as_ref())),
            ("stopped_early", stopped_early.to_string()),
            ("restored", or_null(restored.as_ref())),
            ("skipped_steps", skipped_steps.to_string()),
            ("diverged", diverged.to_string()),
        ];
        let members = members.map(|(name, value)| format!("  {}: {value}", string(name)));
        format!("{{\n{}\n}}\n", members.join(",\n"))
    }

    /// Writes [`to_json`](History::to_json) to a file, as a whole or, if something fails, not at all.
    ///
    /// # Errors
    /// Returns [`WriteError`] with the path. An existing file is unchanged then.
    pub fn save_json(&self, path: impl AsRef<Path>) -> Result<(), WriteError> {
        nn_files::write(path, self.to_json())
    }
}

fn curves(curves: &[(String, Vec<f64>)]) -> String {
    let members = curves.iter().map(|(name, values)| format!("{}: {}", string(name), array(values)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
}

fn array<F: Scalar>(values: &[F]) -> String {
    let numbers = values.iter().map(|value| or_null(Some(value).filter(|value| value.is_finite())));
    format!("[{}]", numbers.collect::<Vec<_>>().join(", "))
}

fn or_null(value: Option<impl Display>) -> String {
    value.map_or("null".into(), |value| value.to_string())
}

fn string(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\0'..'\u{20}' => {
                write!(quoted, "\\u{:04x}", character as u32).expect("strings can be written to");
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
