//! Training for nn: gradient descent, many seeded trials, honest statistics.

mod ensemble;
mod error;
mod gradient_descent;
mod history;
pub mod metrics;
mod sgd;
pub mod statistics;
mod step;
mod trials;

pub use ensemble::{Ensemble, Run, SuccessRate};
pub use error::{TrainError, TrialsError};
pub use gradient_descent::GradientDescent;
pub use history::History;
pub use sgd::Sgd;
pub use step::Step;
pub use trials::{Trial, Trials};

pub use {nn_core, nn_data, nn_loss};

/// Everything that a training program usually needs, from the network to the statistics.
pub mod prelude {
    pub use crate::metrics::{ConfusionMatrix, accuracy, argmax};
    pub use crate::statistics::{Summary, bootstrap_iqm, iqm};
    pub use crate::{Ensemble, GradientDescent, Run, Trial, Trials};
    pub use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
    pub use nn_core::{
        Identity, Init, Linear, Mode, Module, Plan, ReLU, Scalar, Sequential, Sigmoid, Softmax, Tanh, Tensor,
    };
    pub use nn_data::{
        Csv, Dataset, StandardScaler, make_blobs, make_regression, make_xor, one_hot, train_test_split,
    };
    pub use nn_loss::{CategoricalCrossEntropy, CrossEntropyLoss, Loss, MseLoss, Reduction};
}
