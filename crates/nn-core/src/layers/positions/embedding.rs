//! Positions that are learned.

use std::fmt;

use ndarray::ArrayView2;
use rand::Rng;

use super::{Filler, backward_input};
use crate::kernels::positions;
use crate::layers::described::described;
use crate::layers::layer::{Layer, compiled_here};
use crate::{
    Accumulate, Fans, Init, Initialize, Mode, Module, ModuleError, Param, ParamMut, Parameters, Plan,
    Purpose, Scalar, SettingError, ShapeError, Tensor, Workspace, slots_mut,
};

/// Adds to each token a learned vector that says where in the sequence it stands.
/// [`PositionalEncoding`](crate::PositionalEncoding) adds fixed ones.
///
/// Forward: y\_t = x\_t + W\_t for the token at position t = 0, 1, …, with the row t of W.
///
/// Backward: ∂L/∂W\_t = Σ ∂L/∂y\_t over all samples, and ∂L/∂x = ∂L/∂y. Rows of positions that no sequence of the batch has get no gradient.
///
/// Shapes: `[n, t, d]`, unchanged, with t from 1 to the longest length l. Parameters: `weight` of shape `[l, d]`, as that of
/// `nn.Embedding(l, d)`, which models of PyTorch add in this way. Initialisation: N(0, 1), as there.
///
/// Errors: planning fails unless the input has the shape `[n, t, d]` with at most l tokens, if the value of padding is not finite, and if
/// a setting of its [`Init`] makes no sense.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Module, PositionEmbedding, Purpose, Tensor};
/// let layer = PositionEmbedding::<f64>::new(16, 2, &mut ChaCha8Rng::seed_from_u64(0));
/// let y = layer.predict(&Tensor::zeros(&[5, 3, 2]))?;
/// assert!(y.sample(4).eq(layer.weight().iter().copied().take(6)));
///
/// let error = layer.plan(&[5, 17, 2], Purpose::Train).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "PositionEmbedding(16, 2): expected input [n, 1 to 16, 2], found [5, 17, 2]"
/// );
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
///
/// Source: J. Gehring et al., "Convolutional sequence to sequence learning", 2017, section 3.1.
#[doc(alias = "LearnedPositions")]
#[derive(Debug, Clone, PartialEq)]
pub struct PositionEmbedding<F> {
    /// `[longest, features]`.
    shape: [usize; 2],
    padding: Filler,
    weight: Vec<F>,
    /// The error in the settings of its initialisation, which planning returns.
    refused: Option<SettingError>,
}

impl<F: Scalar> PositionEmbedding<F> {
    /// Makes a layer for sequences of at most `longest` tokens with so many features. The positions are drawn from N(0, 1).
    ///
    /// # Panics
    /// If there is no memory for the parameters.
    pub fn new(longest: usize, features: usize, rng: &mut (impl Rng + ?Sized)) -> Self {
        PositionEmbedding::with_init(longest, features, Init::Normal(1.0), rng)
    }

    /// Makes a layer whose positions are drawn from the given distribution: an [`Init`], or a reference to any
    /// [`Distribution`](rand::distr::Distribution). Its fan-in is the number of features and its fan-out that of positions, as PyTorch
    /// counts them.
    ///
    /// # Panics
    /// If there is no memory for the parameters.
    pub fn with_init(
        longest: usize,
        features: usize,
        init: impl Initialize,
        rng: &mut (impl Rng + ?Sized),
    ) -> Self {
        let shape = [longest, features];
        let fans = Fans { fan_in: features, fan_out: longest };
        PositionEmbedding {
            shape,
            padding: Filler::default(),
            weight: init.draw(&shape, fans, rng),
            refused: init.check::<F>().err(),
        }
    }

    /// Makes tokens count as padding if all their features have this value: they stay as they are, and their gradient is 0. Must be finite.
    /// Choose a value that no real token has. What an [`Embedding`](crate::Embedding) makes of its index of padding has the value 0.
    #[must_use]
    pub fn padding(self, value: f64) -> Self {
        PositionEmbedding { padding: Filler(Some(value)), ..self }
    }

    /// Returns W, one row for each position.
    pub fn weight(&self) -> ArrayView2<'_, F> {
        ArrayView2::from_shape(self.shape, &self.weight).expect("the weight has its shape")
    }

    /// Returns whether a batch of this shape was planned by a layer of this size, with these buffers.
    fn fits(&self, x: &Tensor<F>, buffers: &[Tensor<F>]) -> bool {
        let [longest, features] = self.shape;
        matches!(*x.shape(), [_, t, d] if t <= longest && d == features)
            && buffers.len() == usize::from(self.padding.0.is_some())
    }
}

impl<F: Scalar> Parameters<F> for PositionEmbedding<F> {
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        visitor(Param::new("weight", &self.shape, &self.weight));
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        let gradient = Workspace::gradient(workspace, 0);
        visitor(ParamMut::new("weight", &self.shape, &mut self.weight, gradient));
    }
}

described! {
    PositionEmbedding<F> as "PositionEmbedding";
    settings |layer| {
        max_len: usize = layer.shape[0],
        embedding_dim: usize = layer.shape[1],
        padding_value: Option<f64> = layer.padding.0,
    }
    parameters [&[max_len, embedding_dim]];
    made |rng| => {
        let layer = PositionEmbedding::new(max_len, embedding_dim, rng);
        PositionEmbedding { padding: Filler(padding_value), ..layer }
    }
}

/// With a value of padding, the workspace has a buffer: which tokens are none.
impl<F: Scalar> Module<F> for PositionEmbedding<F> {
    compiled_here!(PositionEmbedding<F>);
}

impl<F: Scalar> Layer<F> for PositionEmbedding<F> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        if let Some(error) = &self.refused {
            return Err(error.clone().into());
        }
        self.padding.check::<F>("PositionEmbedding")?;
        let [longest, features] = self.shape;
        if longest == 0 || features == 0 {
            let expected = "a layer with at least one position and one feature";
            return Err(ShapeError::new(self, expected, &self.shape).into());
        }
        ShapeError::check_samples(self, input)?;
        if input.len() != 3 || !(1..=longest).contains(&input[1]) || input[2] != features {
            let expected = format!("input [n, 1 to {longest}, {features}]");
            return Err(ShapeError::new(self, expected, input).into());
        }
        let mut workspace = Workspace::of(self, input, input, purpose)?;
        workspace.buffers = self.padding.memory(input)?;
        if purpose == Purpose::Train {
            workspace.gradients.push(vec![F::ZERO; self.weight.len()]);
        }
        Ok(Plan { output: input.to_vec(), workspace })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, _: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        workspace.check_own(self, self.fits(x, &workspace.buffers));
        self.padding.forward(x, y, &self.weight, &mut workspace.buffers);
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
        workspace.check_own(self, own && self.fits(x, &workspace.buffers));
        let Workspace { gradients, buffers, .. } = workspace;
        let [dw] = slots_mut(gradients);
        positions::backward_table(dy, dw, buffers.first());
        if let Some(dx) = dx {
            backward_input(dy, dx, accumulate, buffers);
        }
    }
}

impl<F: Scalar> fmt::Display for PositionEmbedding<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [longest, features] = self.shape;
        write!(f, "PositionEmbedding({longest}, {features}")?;
        match self.padding.0 {
            Some(value) => write!(f, ", padding={value})"),
            None => f.write_str(")"),
        }
    }
}
