//! Data for neural networks: seeded generators, readers for CSV and IDX files, splits, scales, augmentation.
//!
//! A [`Dataset`] holds inputs and one target for each sample: a class index, values, or a class for each position. It is generated or read from a file,
//! then split and scaled:
//!
//! | to | use |
//! |---|---|
//! | generate classes | [`make_blobs`], [`make_xor`], [`make_moons`], [`make_circles`], [`make_spirals`], [`make_checkerboard`]; of sequences [`make_recall`] |
//! | generate values | [`make_regression`], [`make_sinusoid`]; of sequences [`make_adding`] |
//! | choose the noise of a generator | [`Noise`]: a standard deviation, or any distribution |
//! | read files | [`Csv`] for tables, [`Idx`] for MNIST and similar files |
//! | read columns of all kinds, with missing values | [`Csv::table`], which makes a [`Table`] |
//! | make images of rows | [`Idx::images`], [`Dataset::reshape`] for the columns of a table |
//! | split | [`train_test_split`], [`train_validation_test_split`], [`KFold`] |
//! | split and keep the mixture of classes | [`stratified_train_test_split`], [`stratified_train_validation_test_split`], [`StratifiedKFold`]; of a table its [`strata`](Table::strata) |
//! | split and keep groups together | [`GroupKFold`], [`StratifiedGroupKFold`] |
//! | split in the order of time | [`temporal_train_test_split`], [`temporal_train_validation_test_split`], [`TimeSeriesSplit`] |
//! | cut series into inputs and what comes next | [`Windows`] |
//! | put sequences of different lengths into one tensor | [`pad_sequences`] |
//! | repeat a cross-validation | [`RepeatedKFold`], [`RepeatedStratifiedKFold`] |
//! | impute, encode and scale the columns of a [`Table`] | [`Recipe`], [`Numbers`], [`Categories`] |
//! | make features of other tables in the same way, and save how | [`Preprocessor`] |
//! | scale | [`StandardScaler`], [`MinMaxScaler`], [`RobustScaler`] |
//! | make shuffled batches | [`Dataset::batches`] |
//! | vary the samples of a batch at random | [`augment`]: [`Shift`](augment::Shift), [`Flip`](augment::Flip), [`AddNoise`](augment::AddNoise) |
//! | make one-hot rows, random orders | [`one_hot`], [`permutation`] |
//!
//! ```
//! use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
//! use nn_data::{Csv, StandardScaler, train_test_split};
//!
//! let file = "\
//! weight,power,origin
//! 1200,66,japan
//! 1650,110,europe
//! 980,52,japan
//! 1420,90,europe
//! ";
//! let cars = Csv::from_reader(file.as_bytes())?.classes::<f32>("origin")?;
//! assert_eq!(cars.classes, ["europe", "japan"]);
//!
//! let mut rng = ChaCha8Rng::seed_from_u64(0);
//! let (train, test) = train_test_split(&cars.data, 0.25, &mut rng)?;
//! assert_eq!((train.samples(), test.samples()), (3, 1));
//!
//! // The scaler learns from the training part alone.
//! let scaler = StandardScaler::fit(train.x())?;
//! let train = train.with_x(scaler.transform(train.x())?)?;
//! let test = test.with_x(scaler.transform(test.x())?)?;
//! assert!(train.x().feature(0).iter().sum::<f32>().abs() < 1e-6);
//! # let _ = test;
//! # Ok::<(), nn_data::DataError>(())
//! ```
//!
//! **Values that are not finite** do not get in: a [`Dataset`] has neither NaN nor infinities, so readers, generators and
//! whatever else makes one refuses them and says where they are. A scaler refuses to learn from them. What it transforms
//! may have them, such as the predictions of a training that diverged: they stay as they are or become NaN, and never a
//! finite number.
//!
//! Every random number comes from the caller's generator, and a seed gives the same data in every release and on every
//! platform. A function that cannot do what it is asked to do returns a [`DataError`] that says why.

pub mod augment;
mod csv;
mod dataset;
mod error;
mod gather;
mod generate;
mod idx;
mod masked;
mod memory;
mod normal;
mod one_hot;
mod pad;
mod permutation;
mod preprocess;
mod scale;
mod split;
mod table;
mod target;
mod weighted;
mod windows;

pub use csv::{Classification, Csv, CsvError, CsvOptions, CsvProblem, Delimiter, UnusableColumn, Values};
pub use dataset::Dataset;
pub use error::DataError;
pub use gather::{Batches, Gather};
pub use generate::{
    Noise, Regression, make_adding, make_blobs, make_checkerboard, make_circles, make_moons, make_recall,
    make_regression, make_sinusoid, make_spirals, make_xor,
};
pub use idx::{Idx, IdxError, IdxProblem};
pub use one_hot::one_hot;
pub use pad::pad_sequences;
pub use permutation::permutation;
pub use preprocess::{Categories, Numbers, Preprocessor, Recipe};
pub use scale::{MinMaxScaler, RobustScaler, StandardScaler};
pub use split::{
    Folds, GroupKFold, KFold, Labelled, PartSize, RepeatedKFold, RepeatedStratifiedKFold, Samples, Strata,
    StratifiedGroupKFold, StratifiedKFold, TimeSeriesSplit, TrainTest, TrainValidationTest,
    stratified_train_test_split, stratified_train_validation_test_split, temporal_train_test_split,
    temporal_train_validation_test_split, train_test_split, train_validation_test_split,
};
pub use table::{Column, ColumnKind, ColumnValues, Table};
pub use target::Target;
pub use windows::Windows;

/// Runs the examples of the README as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
