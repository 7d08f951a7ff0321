//! The modules: layers, activations, and networks of them.

mod activation;
mod batch_norm;
mod dropout;
mod linear;
mod log_softmax;
mod sequential;
mod softmax;

pub use activation::{
    Activation, ELU, GELU, GELUTanh, Identity, LeakyReLU, ReLU, SiLU, Sigmoid, Softplus, Tanh,
};
pub use batch_norm::BatchNorm1d;
pub use dropout::Dropout;
pub use linear::Linear;
pub use log_softmax::LogSoftmax;
pub use sequential::Sequential;
pub use softmax::Softmax;
