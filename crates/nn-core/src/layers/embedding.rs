//! Embedding: a table with a row of numbers for each of a fixed number of things.

use std::fmt;

use ndarray::{Array2, ArrayView2};
use rand::Rng;

use super::described::described;
use super::layer::{Layer, compiled_here};
use crate::kernels::embedding;
use crate::state::Axes;
use crate::{
    Accumulate, Fans, Init, Initialize, Mode, Module, ModuleError, Param, ParamMut, Parameters, Plan,
    Purpose, Scalar, SettingError, ShapeError, Tensor, ValueError, Workspace, slots_mut,
};

/// A table that has a row of d learned numbers for each of v things, such as the words of a vocabulary or the values of a category. The
/// inputs are their indices, whole numbers from 0 to v − 1.
///
/// Forward: y = W\_x, the row x of W, for each index x. That is Wᵀ e for the one-hot vector e of x.
///
/// Backward: ∂L/∂W\_r = Σ ∂L/∂y over all indices x = r of the batch, added up position by position and at each position sample by
/// sample, in the precision of the layer. An index has no gradient: ∂L/∂x is 0.
///
/// Shapes: `[n, …]` to `[n, …, d]`. Parameters: `weight` of shape `[v, d]`, named as that of PyTorch's `nn.Embedding`. Initialisation: N(0, 1), as
/// in PyTorch. It remembers nothing between forward and backward.
///
/// # Padding
///
/// [`padding_index`](Embedding::padding_index) names the index that fills up the shorter sequences. Its row is 0 and gets no gradient, so a
/// padded token is one at which every feature is 0. That is what the layers behind it are told, as
/// [`Recurrent::padding`](crate::Recurrent::padding) `(0.0)`.
///
/// # Errors
///
/// Planning fails if the table has no row or no feature, if there is no row for the index of padding, and if a setting of its
/// [`Init`] makes no sense. A value that is no index of the table is an error before training or prediction begins
/// ([`check_values`](Module::check_values)). Behind other layers no one checks, and such a value, NaN among them, becomes d times NaN.
///
/// Indices above 2²⁴ are not exact in `f32`.
///
/// ```
/// use nn_core::{Embedding, Module, Tensor, ndarray::array};
/// let layer = Embedding::from_parameters(array![[0.0, 0.5], [1.0, 1.5], [2.0, 2.5]]);
/// // Two samples of two tokens.
/// let y = layer.predict(&Tensor::from_rows(&[[2.0, 0.0], [1.0, 1.0]]))?;
/// assert_eq!(y.shape(), [2, 2, 2]);
/// assert!(y.sample(0).eq([2.0, 2.5, 0.0, 0.5]));
///
/// let unknown = Tensor::from_rows(&[[2.0, 0.0], [1.0, 3.0]]);
/// let error = layer.predict(&unknown).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "Embedding(3 → 2): expected whole numbers from 0 to 2, \
///      found 3 at position 1 in sample 1"
/// );
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding<F> {
    /// `[rows, features]`.
    shape: [usize; 2],
    padding: Option<usize>,
    weight: Vec<F>,
    /// The error in the settings of its initialisation, which planning returns.
    refused: Option<SettingError>,
}

impl<F: Scalar> Embedding<F> {
    /// Makes a table of so many rows of so many features, whose values are drawn from N(0, 1).
    ///
    /// # Panics
    /// If there is no memory for the parameters.
    pub fn new(rows: usize, features: usize, rng: &mut (impl Rng + ?Sized)) -> Self {
        Embedding::with_init(rows, features, Init::Normal(1.0), rng)
    }

    /// Makes a table whose values are drawn from the given distribution: an [`Init`], or a reference to any
    /// [`Distribution`](rand::distr::Distribution). Its fan-in is the number of features and its fan-out that of rows, as PyTorch counts
    /// them.
    ///
    /// # Panics
    /// If there is no memory for the parameters.
    pub fn with_init(
        rows: usize,
        features: usize,
        init: impl Initialize,
        rng: &mut (impl Rng + ?Sized),
    ) -> Self {
        let shape = [rows, features];
        let fans = Fans { fan_in: features, fan_out: rows };
        Embedding {
            shape,
            padding: None,
            weight: init.draw(&shape, fans, rng),
            refused: init.check::<F>().err(),
        }
    }

    /// Makes a table of these rows.
    pub fn from_parameters(weight: Array2<F>) -> Self {
        let (rows, features) = weight.dim();
        let weight = weight.iter().copied().collect();
        Embedding { shape: [rows, features], padding: None, weight, refused: None }
    }

    /// Makes this index that of padding: sets its row to 0, and gives it no gradient. Must be below the number of rows.
    #[must_use]
    pub fn padding_index(mut self, index: usize) -> Self {
        let [rows, features] = self.shape;
        if index < rows {
            self.weight[index * features..][..features].fill(F::ZERO);
        }
        Embedding { padding: Some(index), ..self }
    }

    /// Returns W, one row for each index.
    pub fn weight(&self) -> ArrayView2<'_, F> {
        ArrayView2::from_shape(self.shape, &self.weight).expect("the weight has its shape")
    }

    /// Returns whether an output of this layer for x has the shape of y.
    fn fits(&self, x: &Tensor<F>, y: &Tensor<F>) -> bool {
        x.features() * self.shape[1] == y.features()
    }
}

impl<F: Scalar> Parameters<F> for Embedding<F> {
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        visitor(Param::new("weight", &self.shape, &self.weight));
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        let gradient = Workspace::gradient(workspace, 0);
        visitor(ParamMut::new("weight", &self.shape, &mut self.weight, gradient));
    }
}

described! {
    Embedding<F> as "Embedding";
    settings |layer| {
        num_embeddings: usize = layer.shape[0],
        embedding_dim: usize = layer.shape[1],
        padding_idx: Option<usize> = layer.padding,
    }
    parameters [&[num_embeddings, embedding_dim]];
    made |rng| => {
        let layer = Embedding::new(num_embeddings, embedding_dim, rng);
        match padding_idx {
            Some(index) => layer.padding_index(index),
            None => layer,
        }
    }
}

impl<F: Scalar> Module<F> for Embedding<F> {
    compiled_here!(Embedding<F>);

    fn check_values(&self, x: &Tensor<F>) -> Result<(), ModuleError> {
        let [rows, _] = self.shape;
        let unknown = |feature: usize| {
            let mut values = x.feature(feature).iter();
            values.position(|&value| embedding::row(value, rows).is_none()).map(|sample| (sample, feature))
        };
        let Some((sample, feature)) = (0..x.features()).filter_map(unknown).min() else { return Ok(()) };
        let expected = format!("whole numbers from 0 to {}", rows.saturating_sub(1));
        let found = Found { value: x[[sample, feature]].to_f64(), feature, sizes: &x.shape()[1..] };
        Err(ValueError::new(self, expected, found, sample).into())
    }
}

impl<F: Scalar> Layer<F> for Embedding<F> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        if let Some(error) = &self.refused {
            return Err(error.clone().into());
        }
        ShapeError::check_samples(self, input)?;
        let [rows, features] = self.shape;
        if rows == 0 || features == 0 {
            let expected = "a table with at least one row and one feature";
            return Err(ShapeError::new(self, expected, &self.shape).into());
        }
        if let Some(index) = self.padding.filter(|&index| index >= rows) {
            let expected = format_args!("an index from 0 to {}", rows - 1);
            return Err(SettingError::new("Embedding", "padding_index", expected, index).into());
        }
        if input.contains(&0) {
            return Err(ShapeError::new(self, "at least one index in each sample", input).into());
        }
        let output = [input, &[features]].concat();
        let mut workspace = Workspace::of(self, input, &output, purpose)?;
        if purpose == Purpose::Train {
            workspace.gradients.push(vec![F::ZERO; self.weight.len()]);
        }
        Ok(Plan { output, workspace })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, _: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        workspace.check_own(self, self.fits(x, y));
        embedding::forward(x, y, &self.weight, self.shape[1]);
    }

    fn backward(
        &self,
        x: &Tensor<F>,
        y: &Tensor<F>,
        dy: &Tensor<F>,
        dx: Option<&mut Tensor<F>>,
        accumulate: Accumulate,
        workspace: &mut Workspace<F>,
    ) {
        workspace.check_backward(self, x, y, dy, dx.as_deref());
        let own = workspace.gradients.first().is_some_and(|dw| dw.len() == self.weight.len());
        workspace.check_own(self, own && self.fits(x, y));
        let [dw] = slots_mut(&mut workspace.gradients);
        embedding::backward(x, dy, dw, self.shape[1], self.padding);
        if let (Some(dx), Accumulate::Replace) = (dx, accumulate) {
            dx.blocks_mut().as_flattened_mut().fill(F::ZERO);
        }
    }
}

impl<F: Scalar> fmt::Display for Embedding<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [rows, features] = self.shape;
        write!(f, "Embedding({rows} → {features}")?;
        match self.padding {
            Some(index) => write!(f, ", padding_index={index})"),
            None => f.write_str(")"),
        }
    }
}

/// A value that is no index, with its place in a sample of these sizes.
struct Found<'a> {
    value: f64,
    feature: usize,
    sizes: &'a [usize],
}

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Found { value, mut feature, sizes } = *self;
        // Three hundred digits are no help.
        let long = value.is_finite() && value != 0.0 && !(1e-9..1e16).contains(&value.abs());
        if long {
            write!(f, "{value:e}")?;
        } else {
            write!(f, "{value}")?;
        }
        let mut position = sizes.to_vec();
        for place in position.iter_mut().rev() {
            (feature, *place) = (feature / *place, feature % *place);
        }
        match position[..] {
            [] => Ok(()),
            [position] => write!(f, " at position {position}"),
            _ => write!(f, " at position {}", Axes(&position)),
        }
    }
}
