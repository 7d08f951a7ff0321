//! What the outputs of a network are, and the predictions that they become.

use std::fmt;

use nn_core::{Architecture, Module, ModuleError, Scalar, SettingError, Sigmoid, Softmax, Tensor};
use nn_data::Preprocessor;

use super::error::shortened;
use super::{ModelError, Predictions};

/// What the outputs of the network of a [`Model`](super::Model) are.
///
/// Classes have an output each. Two classes may also have one output alone, that of the second class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Scores of classes, of which softmax makes probabilities, or the logistic function if there is one output: as
    /// [`CrossEntropyLoss`](nn_loss::CrossEntropyLoss) and [`BceWithLogitsLoss`](nn_loss::BceWithLogitsLoss) take them. The
    /// logarithms of probabilities are such scores as well.
    Logits,
    /// Probabilities of classes.
    Probabilities,
    /// The values to predict.
    Values,
}

impl Output {
    const ALL: [(&'static str, Output); 3] =
        [("logits", Output::Logits), ("probabilities", Output::Probabilities), ("values", Output::Values)];
    pub(super) const NAMES: &'static str = "logits, probabilities, values";

    /// Tells what the outputs are: values unless the target of the preprocessor is one of classes; probabilities after a last
    /// module [`Softmax`] or [`Sigmoid`]; and otherwise logits.
    pub fn of<F: Scalar>(network: &dyn Module<F>, preprocessor: &Preprocessor) -> Self {
        if preprocessor.class_names().is_empty() {
            return Output::Values;
        }
        match network.architecture().as_ref().map(last) {
            Ok("Softmax" | "Sigmoid") => Output::Probabilities,
            _ => Output::Logits,
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find_map(|(known, output)| (known == name).then_some(output))
    }

    /// Makes predictions of the outputs `y`. `place` says where a row comes from.
    pub(super) fn predictions<F: Scalar>(
        self,
        y: Tensor<F>,
        preprocessor: &Preprocessor,
        place: impl Fn(usize) -> String,
    ) -> Result<Predictions<F>, ModelError> {
        let classes = preprocessor.class_names();
        let names = match self {
            Output::Values => value_names(preprocessor, y.features()),
            Output::Logits | Output::Probabilities => classes.to_vec(),
        };
        let one = self != Output::Values && names.len() == 2 && y.features() == 1;
        if y.shape().len() != 2 || !(one || y.features() == names.len()) || names.is_empty() {
            let expected = match self {
                Output::Values => format!("[rows, {}], a value for each target", names.len()),
                _ => format!("[rows, {}], one for each class", names.len()),
            };
            let found = format_args!("{:?}", y.shape());
            return Err(SettingError::new("Model", "shape of the outputs", expected, found).into());
        }
        let refused = |row: usize, output: usize, expected, advice| ModelError::Output {
            place: place(row).into(),
            name: shortened(&names[if one { 1 } else { output }]).into(),
            expected,
            found: y[[row, output]].to_string().into(),
            advice,
        };
        if let Some((row, output)) = find(&y, |value| !value.is_finite()) {
            return Err(refused(row, output, "a finite output", "the training may have diverged"));
        }
        if self == Output::Probabilities
            && let Some((row, output)) = find(&y, |value| !(F::ZERO..=F::ONE).contains(&value))
        {
            let advice = "outputs that are scores are declared by `Model::output(Output::Logits)`";
            return Err(refused(row, output, "a probability", advice));
        }
        Ok(match self {
            Output::Values => Predictions::of_values(names, y),
            _ => Predictions::of_classes(names, self.probabilities(&y, one)?),
        })
    }

    /// Makes probabilities of all classes from the outputs, of which there may be one for two classes.
    fn probabilities<F: Scalar>(self, y: &Tensor<F>, one: bool) -> Result<Tensor<F>, ModuleError> {
        match (self == Output::Logits, one) {
            (true, false) => Softmax.predict(y),
            (false, false) => Ok(y.clone()),
            // 1 − σ(z) is σ(−z), which keeps its digits where it is small.
            (true, true) => Sigmoid.predict(&Tensor::from_fn(y.samples(), 2, |row, class| {
                if class == 0 { -y[[row, 0]] } else { y[[row, 0]] }
            })),
            (false, true) => Ok(Tensor::from_fn(y.samples(), 2, |row, class| {
                if class == 0 { F::ONE - y[[row, 0]] } else { y[[row, 0]] }
            })),
        }
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, _) = Self::ALL.into_iter().find(|(_, output)| output == self).expect("all are listed");
        f.write_str(name)
    }
}

/// The kind of the module whose output is that of the network.
fn last(architecture: &Architecture) -> &str {
    match architecture.children().last() {
        Some(child) if architecture.kind() == "Sequential" => last(child),
        _ => architecture.kind(),
    }
}

/// The names of the targets, or of so many outputs if no targets are known.
fn value_names(preprocessor: &Preprocessor, outputs: usize) -> Vec<String> {
    let targets = preprocessor.target_columns();
    if targets.is_empty() || !preprocessor.class_names().is_empty() {
        return (0..outputs).map(|output| format!("output {output}")).collect();
    }
    targets.into_iter().map(|(name, _)| name).collect()
}

/// The first row with an output that is not as it should be, and the place of that output.
fn find<F: Scalar>(y: &Tensor<F>, bad: impl Fn(F) -> bool) -> Option<(usize, usize)> {
    let of_output = |output: usize| Some((y.feature(output).iter().position(|&value| bad(value))?, output));
    (0..y.features()).filter_map(of_output).min()
}
