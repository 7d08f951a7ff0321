//! Layers of neural networks, each with its gradient written by hand.
//!
//! Everything is generic over [`Scalar`], `f32` or `f64`. A [`Tensor`] is a batch of samples. A [`Module`] is its
//! parameters: a layer such as [`Linear`] or [`Tanh`], or a [`Sequential`] of layers. What a step computes lives in a
//! [`Workspace`] that the caller owns, made by [`Module::plan`]:
//!
//! ```
//! use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
//! use nn_core::{
//!     Accumulate, Linear, Mode, Module, Plan, Purpose, Sequential, Tanh, Tensor,
//! };
//!
//! let mut rng = ChaCha8Rng::seed_from_u64(0);
//! let network = Sequential::new()
//!     .append(Linear::new(2, 8, &mut rng))
//!     .append(Tanh)
//!     .append(Linear::new(8, 1, &mut rng));
//!
//! // A step: forward, then backward from the gradient dy of some loss.
//! let x = Tensor::from_rows(&[[0.5, -1.0], [2.0, 0.0], [1.0, 1.0]]);
//! let Plan { output, mut workspace } = network.plan(x.shape(), Purpose::Train)?;
//! let mut y = Tensor::zeros(&output);
//! network.forward(&x, &mut y, &mut workspace, &mut Mode::Train(&mut rng));
//! let dy = Tensor::from_column(&[1.0_f64, 1.0, 1.0]);
//! network.backward(&x, &y, &dy, None, Accumulate::Replace, &mut workspace);
//!
//! // The last bias moves every output alike: its gradient is the sum of dy.
//! assert_eq!(workspace.children[2].gradients[1], [3.0]);
//!
//! // What does not fit is an error that says which layer.
//! let error = network.plan(&[3, 5], Purpose::Train).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "layer 0, Linear(2 → 8): expected input [n, …, 2], found [3, 5]"
//! );
//! # Ok::<(), nn_core::ModuleError>(())
//! ```
//!
//! | layer | what it does |
//! |---|---|
//! | [`Linear`] | W x + b |
//! | [`Embedding`] | a row of learned numbers for each index |
//! | [`PositionalEncoding`], [`PositionEmbedding`] | where a token stands in its sequence, as fixed waves or learned |
//! | [`Conv1d`], [`Conv2d`] | the same W x + b at every place of a sequence or an image |
//! | [`ConvTranspose1d`], [`ConvTranspose2d`] | every place spread over a window of a larger image |
//! | [`Rnn`], [`Lstm`], [`Gru`] | a state that goes along the steps of a sequence |
//! | [`MultiheadAttention`], [`TransformerEncoderLayer`] | every token takes of all others what it finds relevant; the layer of transformers |
//! | [`MaxPool1d`], [`MaxPool2d`] | the largest value of each window |
//! | [`AvgPool1d`], [`AvgPool2d`], [`AdaptiveAvgPool1d`], [`AdaptiveAvgPool2d`] | the mean of each window |
//! | [`Identity`], [`Tanh`], [`Sigmoid`] | [activations](Activation): linear, saturating |
//! | [`Relu`], [`LeakyRelu`], [`Elu`], [`Softplus`] | activations: rectifiers |
//! | [`Gelu`], [`GeluTanh`], [`Silu`] | activations: x times a smooth gate |
//! | [`Softmax`], [`LogSoftmax`] | probabilities along the last axis, or their logarithms |
//! | [`BatchNorm1d`], [`BatchNorm2d`] | mean 0 and variance 1 for each channel, over the batch |
//! | [`LayerNorm`], [`GroupNorm`] | mean 0 and variance 1 for each sample, over features or over groups of channels |
//! | [`RmsNorm`] | mean square 1 for each sample |
//! | [`Dropout`], [`Dropout2d`] | random zeros, in training only: single values, whole channels |
//! | [`Upsample`] | larger images, by copies of pixels |
//! | [`Flatten`], [`Unflatten`], [`Reshape`] | one row per sample, one axis as several, any shape |
//! | [`Permute`], [`Select`], [`Slice`] | axes in another order, one index of an axis, a range of it |
//! | [`Sequential`], [`Residual`] | one module after another, a connection that skips one |
//! | [`Branches`], [`Graph`] | several modules with one input, any network of named modules |
//!
//! | to | use |
//! |---|---|
//! | write an activation | [`Activation`]: two functions, f and f′ |
//! | write a layer | [`Parameters`] and [`Module`]; for its loops [`simd`] and [`lanes`], compiled in your crate by [`once`] |
//! | predict many samples, again and again | [`Predictor`] |
//! | train sixteen networks together | [`Stack`] |
//! | share the work of a layer among threads | [`team`] |
//! | check a gradient | [`gradcheck`] |
//! | choose initial values | [`Init`] |
//! | copy parameters out and in | [`Parameters::state_dict`], [`Parameters::load_state_dict`] |
//! | save a network as one file, and load it without knowing it | [`save_model`], [`load_model`], [`Architecture`] |
//! | save and load its parameters alone, PyTorch's included | [`Parameters::save_safetensors`], [`Parameters::load_safetensors`] |
//! | change parameters one by one | [`Parameters::visit_mut`] |
//!
//! Files need the feature `safetensors`, which is on by default. With the feature `approx`, [`Tensor`] and [`StateDict`] are
//! compared up to rounding by the assertions of that crate.
//!
//! # Numbers that are not finite
//!
//! A NaN in the input of a layer, or in the gradient of its output, comes out as NaN, in value and in every gradient that
//! depends on it. An infinity comes out as NaN, as an infinity, or as the limit of the function: tanh ∞ = 1. None of them becomes
//! another number, not even where it is multiplied by 0 or is not the maximum.
//!
//! Training loops and losses are in the crates above this one, of which nothing here knows.

mod accumulate;
mod activation;
#[cfg(feature = "approx")]
mod approx;
mod architecture;
mod blocks;
mod boxed;
mod class_map;
mod columns;
mod error;
pub mod gradcheck;
mod init;
mod kernels;
mod layers;
mod logistic;
mod masked;
mod math;
mod mode;
#[cfg(feature = "safetensors")]
mod model;
mod module;
mod once;
mod param;
mod parameters;
mod plan;
mod planned;
mod predictor;
pub mod random;
mod recurrent_state;
mod route;
mod rows;
mod scalar;
mod shape;
mod size;
mod stack;
mod state;
mod strips;
mod tensor;
mod weighted;
mod workspace;

pub use accumulate::Accumulate;
pub use activation::Activation;
pub use architecture::Architecture;
#[cfg(feature = "safetensors")]
pub use architecture::ArchitectureError;
pub use class_map::ClassMap;
pub use columns::{Columns, ColumnsMut};
pub use error::{AnyError, ModuleError, ModuleProblem, Setting, SettingError, ShapeError, ValueError};
pub use init::{Fans, Init, Initialize};
#[doc(hidden)]
pub use kernels::combination::Combination;
pub use kernels::{lanes, simd, team, total};
pub use layers::{
    AdaptiveAvgPool, AdaptiveAvgPool1d, AdaptiveAvgPool2d, AvgPool, AvgPool1d, AvgPool2d, BatchNorm,
    BatchNorm1d, BatchNorm2d, Branches, Conv, Conv1d, Conv2d, ConvTranspose, ConvTranspose1d,
    ConvTranspose2d, Dropout, Dropout2d, Elu, Embedding, Extent, Flatten, Gelu, GeluTanh, Graph, GraphNode,
    GroupNorm, Gru, Identity, LayerNorm, LeakyRelu, Linear, LogSoftmax, Lstm, MaxPool, MaxPool1d, MaxPool2d,
    MultiheadAttention, Padding, Permute, PositionEmbedding, PositionalEncoding, Recurrent, Relu, Reshape,
    Residual, RmsNorm, Rnn, Select, Sequential, Sigmoid, Silu, Slice, Softmax, Softplus, Tanh,
    TransformerEncoderLayer, Unflatten, Upsample,
};
pub use masked::Masked;
pub use mode::Mode;
#[cfg(feature = "safetensors")]
pub use model::{load_model, save_model};
pub use module::{Module, all_like};
pub use param::{Kind, Name, Param, ParamMut, Segment};
pub use parameters::Parameters;
pub use plan::{Plan, Purpose};
pub use planned::Planned;
pub use predictor::Predictor;
pub use recurrent_state::RecurrentState;
pub use route::Route;
pub use rows::Rows;
pub use scalar::{PerScalar, Scalar};
pub use stack::Stack;
pub use state::{Entry, StateDict, StateError};
#[cfg(feature = "safetensors")]
pub use state::{StateFileError, StateFileProblem};
pub use tensor::Tensor;
pub use weighted::Weighted;
pub use workspace::{Workspace, slots, slots_mut};

pub use ndarray;
pub use rand;

/// Runs the examples of the README as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
