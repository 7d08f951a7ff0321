//! The modules: layers, activations, and networks of them.

mod activation;
mod batch_norm;
mod conv;
mod dropout;
mod flatten;
mod layer;
mod layer_norm;
mod linear;
mod pool;
mod residual;
mod sequential;
mod softmax;
mod window;

pub use activation::{Elu, Gelu, GeluTanh, Identity, LeakyRelu, Relu, Sigmoid, Silu, Softplus, Tanh};
pub use batch_norm::BatchNorm1d;
pub use conv::{Conv, Conv1d, Conv2d, ConvTranspose, ConvTranspose1d, ConvTranspose2d};
pub use dropout::Dropout;
pub use flatten::Flatten;
pub use layer_norm::LayerNorm;
pub use linear::Linear;
pub use pool::{
    AdaptiveAvgPool, AdaptiveAvgPool1d, AdaptiveAvgPool2d, AvgPool, AvgPool1d, AvgPool2d, MaxPool, MaxPool1d,
    MaxPool2d,
};
pub use residual::Residual;
pub use sequential::Sequential;
pub use softmax::{LogSoftmax, Softmax};
pub use window::{Extent, Padding};
