//! The modules: layers, activations, and networks of them.

mod activation;
mod linear;
mod sequential;
mod softmax;

pub use activation::{Activation, Identity, ReLU, Sigmoid, Tanh};
pub use linear::Linear;
pub use sequential::Sequential;
pub use softmax::Softmax;
