//! The modules: layers, activations, and networks of them.

mod activation;
mod attention;
mod batch_norm;
mod branches;
mod conv;
mod described;
mod dropout;
mod dropout2d;
mod embedding;
mod feature_norm;
mod flatten;
mod graph;
mod group_norm;
mod layer;
mod layer_norm;
mod linear;
mod permute;
mod pool;
mod positions;
mod recurrent;
mod reshape;
mod residual;
mod rms_norm;
mod select;
mod sequential;
mod slice;
mod softmax;
mod table;
mod unflatten;
mod upsample;
mod view;
mod window;

pub use activation::{Elu, Gelu, GeluTanh, Identity, LeakyRelu, Relu, Sigmoid, Silu, Softplus, Tanh};
pub use attention::{MultiheadAttention, TransformerEncoderLayer};
pub use batch_norm::{BatchNorm, BatchNorm1d, BatchNorm2d};
pub use branches::Branches;
pub use conv::{Conv, Conv1d, Conv2d, ConvTranspose, ConvTranspose1d, ConvTranspose2d};
pub use dropout::Dropout;
pub use dropout2d::Dropout2d;
pub use embedding::Embedding;
pub use flatten::Flatten;
pub use graph::Graph;
pub use group_norm::GroupNorm;
pub use layer_norm::LayerNorm;
pub use linear::Linear;
pub use permute::Permute;
pub use pool::{
    AdaptiveAvgPool, AdaptiveAvgPool1d, AdaptiveAvgPool2d, AvgPool, AvgPool1d, AvgPool2d, MaxPool, MaxPool1d,
    MaxPool2d,
};
pub use positions::{PositionEmbedding, PositionalEncoding};
pub use recurrent::{Gru, Lstm, Recurrent, Rnn};
pub use reshape::Reshape;
pub use residual::Residual;
pub use rms_norm::RmsNorm;
pub use select::Select;
pub use sequential::Sequential;
pub use slice::Slice;
pub use softmax::{LogSoftmax, Softmax};
pub use unflatten::Unflatten;
pub use upsample::Upsample;
pub use window::{Extent, Padding};
