//! Batch normalisation: each channel gets mean 0 and variance 1 over the batch.

use std::fmt;

use super::layer::{Layer, compiled_here};
use crate::kernels::batch_norm::{self, Channel};
use crate::{
    Accumulate, Mode, Module, ModuleError, Param, ParamMut, Parameters, Plan, Purpose, Scalar, Setting,
    ShapeError, Tensor, Workspace, size, slots, slots_mut,
};

/// Normalises each of `c` channels over the samples of a batch (and over a third axis, if there is one), then scales and
/// shifts it.
///
/// Forward: x̂ = (x − μ) / √(v + ε), y = γ x̂ + β. In [`Mode::Train`] μ and v are the mean and the variance of the m
/// values of the channel in this batch, with v divided by m. In [`Mode::Eval`] they are the running statistics.
///
/// Backward, with sums over the m values of a channel:
/// - ∂L/∂γ = Σ ∂L/∂y · x̂ and ∂L/∂β = Σ ∂L/∂y
/// - ∂L/∂x = γ / √(v + ε) · (∂L/∂y − 1/m ∂L/∂β − x̂/m ∂L/∂γ), because μ and v depend on x as well
/// - ∂L/∂x = γ / √(v + ε) · ∂L/∂y after [`Mode::Eval`], where they are constants.
///
/// Shapes: `[n, c]` or `[n, c, l]`, unchanged. Parameters: `weight` (γ) and `bias` (β), each `[c]`. Buffers:
/// `running_mean` and `running_var`, each `[c]`, and the count `num_batches_tracked`. [`absorb`](Parameters::absorb) folds a
/// training step in: with the momentum α, running ← (1 − α) running + α observed, where the observed variance is
/// divided by m − 1, as in PyTorch. Initialisation: γ = 1, β = 0, mean 0, variance 1.
///
/// Values whose squared distances from μ overflow give NaN.
///
/// Errors: planning for training needs at least two values per channel, because a single value has no variance.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{BatchNorm1d, Mode, Module, Parameters, Plan, Purpose, Tensor};
/// let mut layer = BatchNorm1d::new(1);
/// let x = Tensor::from_column(&[1.0_f64, 3.0]);
/// let Plan { output, mut workspace } = layer.plan(x.shape(), Purpose::Train)?;
/// let mut y = Tensor::zeros(&output);
/// layer.forward(
///     &x,
///     &mut y,
///     &mut workspace,
///     &mut Mode::Train(&mut ChaCha8Rng::seed_from_u64(0)),
/// );
/// assert!((y[[0, 0]] + 1.0).abs() < 1e-5 && (y[[1, 0]] - 1.0).abs() < 1e-5);
///
/// layer.absorb(&workspace);
/// assert!((layer.running_mean()[0] - 0.1 * 2.0).abs() < 1e-15);
/// assert!((layer.running_var()[0] - (0.9 + 0.1 * 2.0)).abs() < 1e-15);
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
///
/// Source: S. Ioffe and C. Szegedy, "Batch normalization: accelerating deep network training by reducing internal
/// covariate shift", 2015.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchNorm1d<F> {
    /// `[channels]`.
    shape: [usize; 1],
    eps: f64,
    momentum: f64,
    affine: bool,
    weight: Vec<F>,
    bias: Vec<F>,
    running_mean: Vec<F>,
    running_var: Vec<F>,
    num_batches_tracked: F,
}

/// The default ε.
const EPS: f64 = 1e-5;
/// The default momentum.
const MOMENTUM: f64 = 0.1;

impl<F: Scalar> BatchNorm1d<F> {
    /// Makes a layer for this many channels, with ε = 10⁻⁵, momentum 0.1, weight and bias.
    ///
    /// # Panics
    /// If there is no memory for the parameters.
    pub fn new(channels: usize) -> Self {
        let channels = size::of_parameter::<F>(&[channels]);
        BatchNorm1d {
            shape: [channels],
            eps: EPS,
            momentum: MOMENTUM,
            affine: true,
            weight: vec![F::ONE; channels],
            bias: vec![F::ZERO; channels],
            running_mean: vec![F::ZERO; channels],
            running_var: vec![F::ONE; channels],
            num_batches_tracked: F::ZERO,
        }
    }

    /// Sets ε, the value added to the variance before the square root. Must be at least 0.
    #[must_use]
    pub fn eps(self, eps: f64) -> Self {
        BatchNorm1d { eps, ..self }
    }

    /// Sets the momentum, the share of the newest batch in the running statistics. Must be from 0 to 1.
    #[must_use]
    pub fn momentum(self, momentum: f64) -> Self {
        BatchNorm1d { momentum, ..self }
    }

    /// Sets whether there are a `weight` and a `bias` to learn. Without them, y = x̂.
    #[must_use]
    pub fn affine(self, affine: bool) -> Self {
        BatchNorm1d { affine, ..self }
    }

    /// Returns the mean of each channel that [`Mode::Eval`] uses.
    pub fn running_mean(&self) -> &[F] {
        &self.running_mean
    }

    /// Returns the variance of each channel that [`Mode::Eval`] uses.
    pub fn running_var(&self) -> &[F] {
        &self.running_var
    }

    /// Returns μ and 1/√(v + ε) of a channel from the running statistics.
    fn running(&self, channel: usize) -> [F; 2] {
        [self.running_mean[channel], self.inverse(self.running_var[channel])]
    }

    fn inverse(&self, variance: F) -> F {
        batch_norm::inverse_deviation(variance, F::from_f64(self.eps))
    }

    /// Returns the channels of a tensor.
    fn channels<'a>(&self, x: &'a Tensor<F>) -> impl Iterator<Item = Channel<'a, F>> {
        let (blocks, samples) = (x.blocks_per_feature(), x.samples());
        let chunks = x.blocks().chunks_exact(x.blocks().len() / self.shape[0]);
        chunks.map(move |values| Channel { values, blocks, samples })
    }
}

// The features of the buffer of a training workspace, with one value per channel.
const MEAN: usize = 0;
/// 1/√(v + ε)
const INVERSE: usize = 1;
/// The variance divided by m − 1.
const VARIANCE: usize = 2;

impl<F: Scalar> Parameters<F> for BatchNorm1d<F> {
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        if self.affine {
            visitor(Param::new("weight", &self.shape, &self.weight));
            visitor(Param::new("bias", &self.shape, &self.bias));
        }
        visitor(Param::buffer("running_mean", &self.shape, &self.running_mean));
        visitor(Param::buffer("running_var", &self.shape, &self.running_var));
        visitor(Param::counter("num_batches_tracked", &self.num_batches_tracked));
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        if self.affine {
            let [dw, db] = [0, 1].map(|index| Workspace::gradient(workspace, index));
            visitor(ParamMut::new("weight", &self.shape, &mut self.weight, dw));
            visitor(ParamMut::new("bias", &self.shape, &mut self.bias, db));
        }
        visitor(ParamMut::buffer("running_mean", &self.shape, &mut self.running_mean));
        visitor(ParamMut::buffer("running_var", &self.shape, &mut self.running_var));
        visitor(ParamMut::counter("num_batches_tracked", &mut self.num_batches_tracked));
    }

    fn absorb(&mut self, workspace: &Workspace<F>) {
        let [statistics] = &workspace.buffers[..] else { return };
        if !workspace.trained || statistics.shape() != [self.shape[0], 3] {
            return;
        }
        let (old, new) = (F::from_f64(1.0 - self.momentum), F::from_f64(self.momentum));
        for (running, which) in [(&mut self.running_mean, MEAN), (&mut self.running_var, VARIANCE)] {
            for (running, &observed) in running.iter_mut().zip(statistics.feature(which)) {
                *running = old * *running + new * observed;
            }
        }
        self.num_batches_tracked += F::ONE;
    }
}

/// The workspace of a training plan has one buffer: μ, 1/√(v + ε) and the unbiased variance of each channel. They are
/// those of the batch if the step trained, and the running ones otherwise.
impl<F: Scalar> Module<F> for BatchNorm1d<F> {
    compiled_here!(BatchNorm1d<F>);
}

impl<F: Scalar> Layer<F> for BatchNorm1d<F> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        Setting::of::<F>("BatchNorm1d", "eps", self.eps).at_least_0()?;
        Setting::of::<F>("BatchNorm1d", "momentum", self.momentum).up_to_1()?;
        ShapeError::check_samples(self, input)?;
        let [channels] = self.shape;
        if channels == 0 {
            return Err(ShapeError::new(self, "a layer with at least one channel", &[0]).into());
        }
        let (n, length) = match *input {
            [n, c] if c == channels => (n, 1),
            [n, c, length] if c == channels && length > 0 => (n, length),
            _ => {
                let expected = format!("input [n, {channels}] or [n, {channels}, l]");
                return Err(ShapeError::new(self, expected, input).into());
            }
        };
        let mut workspace = Workspace::of(self, input, input, purpose)?;
        if purpose == Purpose::Train {
            if n * length == 1 {
                return Err(
                    ShapeError::new(self, "at least two values per channel to train on", input).into()
                );
            }
            workspace.buffers = vec![Tensor::try_zeros(&[channels, 3])?];
            if self.affine {
                workspace.gradients = vec![vec![F::ZERO; channels]; 2];
            }
        }
        Ok(Plan { output: input.to_vec(), workspace })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, mode: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        workspace.check_own(self, x.shape().get(1) == Some(&self.shape[0]));
        workspace.trained = mode.is_train();
        let size = y.blocks().len() / self.shape[0];
        for (c, (x, y)) in self.channels(x).zip(y.blocks_mut().chunks_exact_mut(size)).enumerate() {
            let [mean, inverse] = if workspace.trained {
                let (mean, variance) = batch_norm::moments(x);
                if let Some(statistics) = workspace.buffers.first_mut() {
                    statistics.feature_mut(VARIANCE)[c] = variance * (x.count() / (x.count() - F::ONE));
                }
                [mean, self.inverse(variance)]
            } else {
                self.running(c)
            };
            if let Some(statistics) = workspace.buffers.first_mut() {
                statistics.feature_mut(MEAN)[c] = mean;
                statistics.feature_mut(INVERSE)[c] = inverse;
            }
            batch_norm::scale(x, y, Accumulate::Replace, [mean, inverse * self.weight[c], self.bias[c]]);
        }
    }

    fn backward(
        &self,
        x: &Tensor<F>,
        y: &Tensor<F>,
        dy: &Tensor<F>,
        mut dx: Option<&mut Tensor<F>>,
        accumulate: Accumulate,
        workspace: &mut Workspace<F>,
    ) {
        workspace.check_backward(self, x, y, dy, dx.as_deref());
        let own = x.shape().get(1) == Some(&self.shape[0])
            && workspace.gradients.len() == 2 * usize::from(self.affine);
        workspace.check_own(self, own);
        let Workspace { gradients, buffers, trained, .. } = workspace;
        let [statistics] = slots(buffers);
        let size = x.blocks().len() / self.shape[0];
        for (c, (x, dy)) in self.channels(x).zip(self.channels(dy)).enumerate() {
            let [mean, inverse] = [MEAN, INVERSE].map(|which| statistics.feature(which)[c]);
            let (bias, weight) = batch_norm::parameter_gradients(x, dy.values, mean, inverse);
            if self.affine {
                let [d_weight, d_bias] = slots_mut(gradients);
                d_weight[c] += weight;
                d_bias[c] += bias;
            }
            let Some(dx) = &mut dx else { continue };
            let dx = &mut dx.blocks_mut()[c * size..][..size];
            let factor = inverse * self.weight[c];
            if *trained {
                let shares = [factor, bias / x.count(), weight / x.count()];
                batch_norm::backward([x.values, dy.values], dx, accumulate, [mean, inverse], shares);
            } else {
                batch_norm::scale(dy, dx, accumulate, [F::ZERO, factor, F::ZERO]);
            }
        }
    }
}

impl<F: Scalar> fmt::Display for BatchNorm1d<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BatchNorm1d({}", self.shape[0])?;
        if self.eps != EPS {
            write!(f, ", eps={:e}", self.eps)?;
        }
        if self.momentum != MOMENTUM {
            write!(f, ", momentum={}", self.momentum)?;
        }
        f.write_str(if self.affine { ")" } else { ", affine=false)" })
    }
}
