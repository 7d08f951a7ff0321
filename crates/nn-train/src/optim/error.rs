//! An optimiser that cannot take a step.

use nn_core::SettingError;

/// The reason why an optimiser refuses a step. The model is unchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OptimizerError {
    /// A parameter without a gradient of its size.
    #[error(
        "{name}: expected a gradient of {expected} numbers, found {}: plan the workspace for this model and for training",
        .found.map_or("none".into(), |n| n.to_string())
    )]
    Gradient {
        /// The parameter.
        name: String,
        /// How many numbers it has.
        expected: usize,
        /// How many its gradient has.
        found: Option<usize>,
    },
    /// The optimiser remembers another model.
    #[error("this optimiser has been used with another model: {what}; make a new one for each model")]
    OtherModel {
        /// The first difference.
        what: String,
    },
    /// A group without a parameter, perhaps because of a misspelt name.
    #[error(
        "group {index} (counted from 0) has no parameter: expected a condition that is true for the name of some \
         parameter of this model, such as {example}, that is in no earlier group"
    )]
    EmptyGroup {
        /// The index of the group.
        index: usize,
        /// The name of the first parameter.
        example: String,
    },
    /// A line search without a function to search.
    #[error(
        "a line search evaluates the loss again and again: expected a call of minimize with an objective, found one of step"
    )]
    NeedsObjective,
    /// A setting that makes no sense.
    #[error(transparent)]
    Setting(#[from] SettingError),
}
