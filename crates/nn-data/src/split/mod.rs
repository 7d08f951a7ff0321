//! Splits into training, validation and test parts.

mod classes;
mod k_fold;
mod shares;
mod stratified;
mod train_test;

pub use k_fold::{Folds, KFold, StratifiedKFold};
pub use stratified::{stratified_train_test_split, stratified_train_validation_test_split};
pub use train_test::{TrainTest, TrainValidationTest, train_test_split, train_validation_test_split};
