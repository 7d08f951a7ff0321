//! The modules: layers, activations, and networks of them.

mod activation;
mod batch_norm;
mod dropout;
mod flatten;
mod layer;
mod layer_norm;
mod linear;
mod residual;
mod sequential;
mod softmax;

pub use activation::{Elu, Gelu, GeluTanh, Identity, LeakyRelu, Relu, Sigmoid, Silu, Softplus, Tanh};
pub use batch_norm::BatchNorm1d;
pub use dropout::Dropout;
pub use flatten::Flatten;
pub use layer_norm::LayerNorm;
pub use linear::Linear;
pub use residual::Residual;
pub use sequential::Sequential;
pub use softmax::{LogSoftmax, Softmax};
