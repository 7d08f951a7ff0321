//! Data for neural networks: seeded generators, a CSV reader, splits, standardisation.

mod dataset;
mod error;
mod generate;
mod one_hot;
mod permutation;
mod scale;
mod split;

pub use dataset::{Dataset, Target};
pub use error::DataError;
pub use generate::{Regression, make_blobs, make_regression, make_xor};
pub use one_hot::one_hot;
pub use permutation::permutation;
pub use scale::StandardScaler;
pub use split::{TrainTest, train_test_split};
