//! Splits into training, validation and test parts.

mod classes;
mod folds;
mod groups;
mod k_fold;
mod repeated;
mod samples;
mod shares;
mod sizes;
mod stratified;
mod temporal;
mod time_series;
mod train_test;

pub use folds::Folds;
pub use groups::{GroupKFold, StratifiedGroupKFold};
pub use k_fold::{KFold, StratifiedKFold};
pub use repeated::{RepeatedKFold, RepeatedStratifiedKFold};
pub use samples::{Labelled, Samples, Strata};
pub use sizes::PartSize;
pub use stratified::{stratified_train_test_split, stratified_train_validation_test_split};
pub use temporal::{temporal_train_test_split, temporal_train_validation_test_split};
pub use time_series::TimeSeriesSplit;
pub use train_test::{TrainTest, TrainValidationTest, train_test_split, train_validation_test_split};
