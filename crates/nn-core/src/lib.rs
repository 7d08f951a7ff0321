//! Layers of neural networks, each with its gradient written by hand.

mod activation;
mod error;
pub mod gradcheck;
mod init;
mod kernels;
pub mod lanes;
mod linear;
mod math;
mod module;
mod param;
mod scalar;
mod sequential;
pub mod simd;
mod softmax;
mod tensor;

pub use activation::{Activation, Identity, ReLU, Sigmoid, Tanh};
pub use error::ShapeError;
pub use init::Init;
pub use linear::Linear;
pub use module::{Mode, Module, Plan, Workspace};
pub use param::{Name, Param, ParamMut};
pub use scalar::Scalar;
pub use sequential::Sequential;
pub use softmax::Softmax;
pub use tensor::Tensor;

pub use ndarray;
pub use rand;
