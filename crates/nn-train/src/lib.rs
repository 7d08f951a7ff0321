//! Training: gradient descent, many seeded trials, honest statistics.
//!
//! This crate re-exports the ones below it as [`nn_core`], [`nn_loss`] and [`nn_data`]. `use nn_train::prelude::*` is all
//! that a training program needs; [`nn_core`] has what you need to write layers of your own.
//!
//! ```
//! use nn_train::prelude::*;
//!
//! // y = 2 x − 1, with noise.
//! let mut rng = ChaCha8Rng::seed_from_u64(3);
//! let file = "x,y\n0,-1.1\n1,1.2\n2,2.9\n3,5.1\n";
//! let data = Csv::from_reader(file.as_bytes())?.values::<f64>(["y"])?.data;
//!
//! let mut line = Linear::new(1, 1, &mut rng);
//! let history = GradientDescent::new(0.1, 500).fit(
//!     &mut line,
//!     &MseLoss::mean(),
//!     &data,
//!     &mut rng,
//! )?;
//!
//! assert!(history.loss[499] < history.loss[0]);
//! assert!(
//!     (line.weight()[[0, 0]] - 2.03).abs() < 1e-6
//!         && (line.bias()[0] + 1.02).abs() < 1e-6
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | task | use |
//! |---|---|
//! | train one network | [`Trainer`]: mini-batches, any [optimiser](optim), a [schedule], validation, early stopping |
//! | run the report's full-batch gradient descent | [`GradientDescent`] |
//! | train many networks and summarise what they reach | [`Trials`], [`Ensemble`], [`statistics`] |
//! | train many small networks at once | [`Trials::fit`] |
//! | run many trials on several machines | [`Study`] |
//! | cross-validate over many seeds | [`Trials::cross_validate`] |
//! | choose among many configurations | [`Trials::grid`], [`Grid`] |
//! | find out whether one configuration is better than another | [`Comparison`] |
//! | judge predicted classes or values | [`metrics`] |
//! | save a trained network with its preprocessing, and predict new rows in another program | [`Model`] |
//! | choose how parameters are updated | [`optim`]: [`Sgd`](optim::Sgd), [`Adam`](optim::Adam), … |
//! | change the learning rate during training | [`schedule`] |
//! | write a loop of your own | [`Step`], [`optim`] |
//!
//! The feature `progress` shows how far trainings and trials are: `progress::Progress`.

mod comparison;
mod cost;
mod criterion;
mod ensemble;
mod error;
mod evaluation;
mod failure;
mod finite;
mod fit;
mod gradient_descent;
mod history;
pub mod metrics;
mod model;
pub mod optim;
#[cfg(feature = "progress")]
pub mod progress;
pub mod schedule;
mod selection;
pub mod statistics;
mod step;
mod stream;
mod study;
mod trainer;
mod trials;

pub use comparison::{Comparison, ComparisonError};
pub use cost::Cost;
pub use ensemble::{Ensemble, Measure, Outcomes, Run, Runs, Score, SuccessRate};
pub use error::{RunError, TrainError, TrialsError};
pub use failure::{Failure, Panicked};
pub use fit::Fit;
pub use gradient_descent::GradientDescent;
pub use history::History;
pub use model::{Model, ModelError, Output, Predictions};
pub use selection::{BoxedFolds, Cell, CrossValidator, Grid, GridError};
pub use step::Step;
pub use stream::Stream;
pub use study::{Merged, Part, Study, StudyError, Task};
pub use trainer::{Checkpoint, CheckpointError, EarlyStopping, EpochReport, NonFinite, Trainer, Training};
pub use trials::{CellReport, Fitted, Split, Trial, TrialData, TrialReport, Trials};

pub use {nn_core, nn_data, nn_loss};

/// The names that a usual training program needs, from the data to the statistics: those of the README's programs. Everything
/// else has a place of its own in this crate, in [`nn_core`], [`nn_data`] or [`nn_loss`].
pub mod prelude {
    pub use crate::metrics::{ConfusionMatrix, accuracy, argmax, or_nan};
    pub use crate::optim::{Adam, Sgd};
    pub use crate::statistics::Better;
    pub use crate::{
        Comparison, EarlyStopping, Ensemble, GradientDescent, History, Model, Run, Score, Trainer, Trial,
        Trials,
    };
    pub use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
    pub use nn_core::{AnyError, Dropout, Linear, Module, Parameters, Relu, Sequential, Tanh, Tensor};
    pub use nn_data::{
        Csv, Dataset, StandardScaler, make_xor, stratified_train_validation_test_split, train_test_split,
    };
    pub use nn_loss::{CrossEntropyLoss, Loss, MseLoss};
}

/// Runs the examples of the README as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
