//! Layers whose window moves over an image, made from the names and settings of PyTorch.

use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{AdaptiveAvgPool, AvgPool, Conv, ConvTranspose, Extent, MaxPool, Module, Padding};
use serde_json::Value;

/// The words after the name of a layer: `2 3 kernel_size=[3,2] padding="same"`. Those without a name come first.
pub(crate) struct Settings<'a>(pub(crate) &'a [&'a str]);

impl Settings<'_> {
    pub(crate) fn channels(&self) -> [usize; 2] {
        [0, 1].map(|index| self.0[index].parse().expect("a number of channels"))
    }

    pub(crate) fn get(&self, name: &str) -> Option<Value> {
        let text = self.0.iter().find_map(|word| word.strip_prefix(name)?.strip_prefix('='))?;
        Some(serde_json::from_str(text).expect("JSON"))
    }

    fn extent<const D: usize>(&self, name: &str) -> Option<Extent<D>> {
        Some(match self.get(name)? {
            Value::Array(sizes) => Extent(std::array::from_fn(|d| size(&sizes[d]))),
            one => Extent::from(size(&one)),
        })
    }

    fn padding<const D: usize>(&self) -> Option<Padding<D>> {
        Some(match self.get("padding")?.as_str() {
            Some("same") => Padding::Same,
            Some("valid") => Padding::Valid,
            Some(other) => panic!("unknown padding {other}"),
            None => Padding::Zeros(self.extent("padding")?.0),
        })
    }

    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        Some(size(&self.get(name)?))
    }

    pub(crate) fn is(&self, name: &str) -> Option<bool> {
        Some(self.get(name)?.as_bool().expect("true or false"))
    }

    /// Panics if there is a setting that none of these names is.
    pub(crate) fn check_names(&self, names: &[&str]) {
        let named = self.0.iter().filter_map(|word| word.split_once('='));
        named.for_each(|(name, _)| assert!(names.contains(&name), "unknown setting {name}"));
    }
}

fn size(value: &Value) -> usize {
    value.as_u64().expect("a size") as usize
}

/// Returns the layer that PyTorch calls `kind`.
pub(crate) fn windowed(kind: &str, settings: &Settings<'_>) -> Box<dyn Module<f64>> {
    match kind {
        "Conv1d" => Box::new(conv::<1>(settings)),
        "Conv2d" => Box::new(conv::<2>(settings)),
        "ConvTranspose1d" => Box::new(transposed::<1>(settings)),
        "ConvTranspose2d" => Box::new(transposed::<2>(settings)),
        "MaxPool1d" => Box::new(max::<1>(settings)),
        "MaxPool2d" => Box::new(max::<2>(settings)),
        "AvgPool1d" => Box::new(average::<1>(settings)),
        "AvgPool2d" => Box::new(average::<2>(settings)),
        "AdaptiveAvgPool1d" => Box::new(adaptive::<1>(settings)),
        "AdaptiveAvgPool2d" => Box::new(adaptive::<2>(settings)),
        _ => panic!("unknown layer {kind}"),
    }
}

fn conv<const D: usize>(settings: &Settings<'_>) -> Conv<f64, D> {
    settings.check_names(&["kernel_size", "stride", "padding", "dilation", "groups", "bias"]);
    let ([inputs, outputs], kernel) = (settings.channels(), settings.extent::<D>("kernel_size").unwrap());
    let groups = settings.number("groups").unwrap_or(1);
    let mut layer = Conv::grouped(inputs, outputs, kernel, groups, &mut ChaCha8Rng::seed_from_u64(0));
    if let Some(stride) = settings.extent::<D>("stride") {
        layer = layer.stride(stride);
    }
    if let Some(padding) = settings.padding::<D>() {
        layer = layer.padding(padding);
    }
    if let Some(dilation) = settings.extent::<D>("dilation") {
        layer = layer.dilation(dilation);
    }
    if settings.is("bias") == Some(false) { layer.without_bias() } else { layer }
}

fn transposed<const D: usize>(settings: &Settings<'_>) -> ConvTranspose<f64, D> {
    let names = ["kernel_size", "stride", "padding", "output_padding", "dilation", "groups", "bias"];
    settings.check_names(&names);
    let ([inputs, outputs], kernel) = (settings.channels(), settings.extent::<D>("kernel_size").unwrap());
    let (groups, rng) = (settings.number("groups").unwrap_or(1), &mut ChaCha8Rng::seed_from_u64(0));
    let mut layer = ConvTranspose::grouped(inputs, outputs, kernel, groups, rng);
    if let Some(stride) = settings.extent::<D>("stride") {
        layer = layer.stride(stride);
    }
    if let Some(padding) = settings.extent::<D>("padding") {
        layer = layer.padding(padding);
    }
    if let Some(output_padding) = settings.extent::<D>("output_padding") {
        layer = layer.output_padding(output_padding);
    }
    if let Some(dilation) = settings.extent::<D>("dilation") {
        layer = layer.dilation(dilation);
    }
    if settings.is("bias") == Some(false) { layer.without_bias() } else { layer }
}

fn max<const D: usize>(settings: &Settings<'_>) -> MaxPool<D> {
    settings.check_names(&["kernel_size", "stride", "padding", "dilation", "ceil_mode"]);
    let mut layer = MaxPool::new(settings.extent::<D>("kernel_size").unwrap());
    if let Some(stride) = settings.extent::<D>("stride") {
        layer = layer.stride(stride);
    }
    if let Some(padding) = settings.extent::<D>("padding") {
        layer = layer.padding(padding);
    }
    if let Some(dilation) = settings.extent::<D>("dilation") {
        layer = layer.dilation(dilation);
    }
    layer.ceil_mode(settings.is("ceil_mode").unwrap_or_default())
}

fn average<const D: usize>(settings: &Settings<'_>) -> AvgPool<D> {
    let names = ["kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override"];
    settings.check_names(&names);
    let mut layer = AvgPool::new(settings.extent::<D>("kernel_size").unwrap());
    if let Some(stride) = settings.extent::<D>("stride") {
        layer = layer.stride(stride);
    }
    if let Some(padding) = settings.extent::<D>("padding") {
        layer = layer.padding(padding);
    }
    if let Some(count_include_pad) = settings.is("count_include_pad") {
        layer = layer.count_include_pad(count_include_pad);
    }
    if let Some(divisor) = settings.number("divisor_override") {
        layer = layer.divisor_override(divisor);
    }
    layer.ceil_mode(settings.is("ceil_mode").unwrap_or_default())
}

fn adaptive<const D: usize>(settings: &Settings<'_>) -> AdaptiveAvgPool<D> {
    settings.check_names(&["output_size"]);
    AdaptiveAvgPool::new(settings.extent::<D>("output_size").unwrap())
}
