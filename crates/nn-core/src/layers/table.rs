//! The table of all modules of this crate, by kind.

use rand::Rng;

use super::described::{Described, Maker};
use super::{
    AdaptiveAvgPool1d, AdaptiveAvgPool2d, AvgPool1d, AvgPool2d, BatchNorm1d, BatchNorm2d, Branches, Conv1d,
    Conv2d, ConvTranspose1d, ConvTranspose2d, Dropout, Dropout2d, Elu, Embedding, Flatten, Gelu, GeluTanh,
    Graph, GroupNorm, Gru, Identity, LayerNorm, LeakyRelu, Linear, LogSoftmax, Lstm, MaxPool1d, MaxPool2d,
    MultiheadAttention, Permute, PositionEmbedding, PositionalEncoding, Relu, Reshape, Residual, RmsNorm,
    Rnn, Select, Sequential, Sigmoid, Silu, Slice, Softmax, Softplus, Tanh, TransformerEncoderLayer,
    Unflatten, Upsample,
};
use crate::state::Quoted;
use crate::{Architecture, Module, ModuleError, Scalar, SettingError, once};

impl Architecture {
    /// Makes a network of this architecture, whose parameters are drawn as PyTorch does.
    ///
    /// ```
    /// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
    /// use nn_core::{Dropout, Linear, Module, Parameters, Sequential};
    /// let mut rng = ChaCha8Rng::seed_from_u64(0);
    /// let network = Sequential::<f32>::new()
    ///     .append(Linear::new(2, 8, &mut rng))
    ///     .append(Dropout::new(0.1));
    /// let mut copy = network.architecture()?.build::<f32>(&mut rng)?;
    /// copy.load_state_dict(&network.state_dict())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ModuleError`] says which module cannot be made: an unknown kind, a setting that is missing or unknown or of another type,
    /// a child that has no place, or parameters for which there is no memory. Whether the settings make sense is checked, as always,
    /// by [`plan`](Module::plan).
    pub fn build<F: Scalar>(&self, rng: &mut dyn Rng) -> Result<Box<dyn Module<F>>, ModuleError> {
        self.build_within(usize::MAX, rng)
    }

    /// As [`build`](Architecture::build), for a network with at most this many values.
    pub(crate) fn build_within<F: Scalar>(
        &self,
        most: usize,
        rng: &mut dyn Rng,
    ) -> Result<Box<dyn Module<F>>, ModuleError> {
        once! {
            fn make_here<'a, F>(
                architecture: &'a Architecture,
                maker: Maker<'a>,
            ) -> Result<Box<dyn Module<F>>, ModuleError> {
                let mut maker = maker;
                make(architecture, &mut maker)
            }
        }
        make_here(self, Maker { rng, left: most })
    }
}

type Make<F> = fn(&Architecture, &mut Maker<'_>) -> Result<Box<dyn Module<F>>, ModuleError>;

/// Makes the module that an architecture describes.
fn make<F: Scalar>(
    architecture: &Architecture,
    maker: &mut Maker<'_>,
) -> Result<Box<dyn Module<F>>, ModuleError> {
    macro_rules! modules {
        ($($Module:ty,)*) => { [$((<$Module as Described<F>>::KIND, make_one::<F, $Module>)),*] };
    }
    let modules: &[(&str, Make<F>)] = &modules![
        Linear<F>,
        Embedding<F>,
        PositionalEncoding,
        PositionEmbedding<F>,
        Conv1d<F>,
        Conv2d<F>,
        ConvTranspose1d<F>,
        ConvTranspose2d<F>,
        Rnn<F>,
        Lstm<F>,
        Gru<F>,
        MultiheadAttention<F>,
        TransformerEncoderLayer<F>,
        MaxPool1d,
        MaxPool2d,
        AvgPool1d,
        AvgPool2d,
        AdaptiveAvgPool1d,
        AdaptiveAvgPool2d,
        Identity,
        Tanh,
        Sigmoid,
        Relu,
        LeakyRelu,
        Elu,
        Softplus,
        Gelu,
        GeluTanh,
        Silu,
        Softmax,
        LogSoftmax,
        BatchNorm1d<F>,
        BatchNorm2d<F>,
        LayerNorm<F>,
        RmsNorm<F>,
        GroupNorm<F>,
        Dropout,
        Dropout2d,
        Upsample,
        Flatten,
        Unflatten,
        Reshape,
        Permute,
        Select,
        Slice,
        Sequential<F>,
        Residual<F>,
        Branches<F>,
        Graph<F>,
    ];
    let found = architecture.kind();
    match modules.iter().find(|(kind, _)| *kind == found) {
        Some((_, make)) => make(architecture, maker),
        None => {
            Err(SettingError::new("Architecture", "kind", "one of nn's own modules", Quoted(found)).into())
        }
    }
}

/// Makes a module of this type, after the modules in it.
fn make_one<F: Scalar, M: Described<F> + Module<F>>(
    architecture: &Architecture,
    maker: &mut Maker<'_>,
) -> Result<Box<dyn Module<F>>, ModuleError> {
    let mut children = Vec::new();
    for (index, child) in architecture.children().iter().enumerate() {
        children.push(make(child, maker).map_err(|error| error.inside(M::segment(index)))?);
    }
    let mut settings = architecture.settings(M::KIND);
    let module = M::make(&mut settings, &mut children, maker)?;
    settings.end(&children)?;
    Ok(Box::new(module))
}
