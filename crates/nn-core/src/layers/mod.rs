//! The modules: layers, activations, and networks of them.

mod activation;
mod batch_norm;
mod dropout;
mod linear;
mod sequential;
mod softmax;

pub use activation::{Activation, Identity, ReLU, Sigmoid, Tanh};
pub use batch_norm::BatchNorm1d;
pub use dropout::Dropout;
pub use linear::Linear;
pub use sequential::Sequential;
pub use softmax::Softmax;
