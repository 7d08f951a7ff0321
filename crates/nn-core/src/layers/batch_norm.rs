//! Batch normalisation: each channel gets mean 0 and variance 1 over the batch.

use std::fmt;

use super::described::described;
use super::layer::{Layer, compiled_here};
use crate::kernels::batch_norm::{self, Channel};
use crate::lanes::Block;
use crate::team::{self, share};
use crate::{
    Accumulate, Mode, Module, ModuleError, Param, ParamMut, Parameters, Plan, Purpose, Scalar, Setting,
    ShapeError, Tensor, Workspace, size, slots_mut,
};

/// [`BatchNorm`] of the features of samples or of the channels of sequences: `[n, c]` or `[n, c, l]`.
pub type BatchNorm1d<F> = BatchNorm<F, 1>;

/// [`BatchNorm`] of the channels of images: `[n, c, h, w]`.
///
/// ```
/// use nn_core::{BatchNorm2d, Module, Purpose};
/// let layer = BatchNorm2d::<f32>::new(8);
/// assert_eq!(layer.plan(&[64, 8, 28, 28], Purpose::Train)?.output, [64, 8, 28, 28]);
///
/// let error = layer.plan(&[64, 28, 28, 8], Purpose::Train).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "BatchNorm2d(8): expected input [n, 8, h, w], found [64, 28, 28, 8]",
/// );
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
pub type BatchNorm2d<F> = BatchNorm<F, 2>;

/// Normalises each of `c` channels over the samples of a batch and all positions in them, then scales and shifts it. `D` is the
/// number of axes of the positions: use it as [`BatchNorm1d`] or [`BatchNorm2d`].
///
/// Forward: x̂ = (x − μ) / √(v + ε), y = γ x̂ + β. In [`Mode::Train`] μ and v are the mean and the variance of the m
/// values of the channel in this batch, with v divided by m. In [`Mode::Eval`] they are the running statistics.
///
/// Backward, with sums over the m values of a channel:
/// - ∂L/∂γ = Σ ∂L/∂y · x̂ and ∂L/∂β = Σ ∂L/∂y
/// - ∂L/∂x = γ / √(v + ε) · (∂L/∂y − 1/m ∂L/∂β − x̂/m ∂L/∂γ), because μ and v depend on x as well
/// - ∂L/∂x = γ / √(v + ε) · ∂L/∂y after [`Mode::Eval`], where they are constants.
///
/// Shapes: `[n, c]` or `[n, c, l]` in one dimension, `[n, c, h, w]` in two, unchanged. Parameters: `weight` (γ) and `bias` (β), each `[c]`. Buffers:
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
pub struct BatchNorm<F, const D: usize> {
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

impl<F: Scalar, const D: usize> BatchNorm<F, D> {
    const NAME: &'static str = match D {
        1 => "BatchNorm1d",
        2 => "BatchNorm2d",
        _ => panic!("positions have one axis or two"),
    };

    /// Makes a layer for this many channels, with ε = 10⁻⁵, momentum 0.1, weight and bias.
    ///
    /// # Panics
    /// If there is no memory for the parameters.
    pub fn new(channels: usize) -> Self {
        let channels = size::of_parameter::<F>(&[channels]);
        BatchNorm {
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
        BatchNorm { eps, ..self }
    }

    /// Sets the momentum, the share of the newest batch in the running statistics. Must be from 0 to 1.
    #[must_use]
    pub fn momentum(self, momentum: f64) -> Self {
        BatchNorm { momentum, ..self }
    }

    /// Sets whether there are a `weight` and a `bias` to learn. Without them, y = x̂.
    #[must_use]
    pub fn affine(self, affine: bool) -> Self {
        BatchNorm { affine, ..self }
    }

    /// Returns the mean of each channel that [`Mode::Eval`] uses.
    pub fn running_mean(&self) -> &[F] {
        &self.running_mean
    }

    /// Returns the variance of each channel that [`Mode::Eval`] uses.
    pub fn running_var(&self) -> &[F] {
        &self.running_var
    }

    /// Writes μ, 1/√(v + ε) and the unbiased variance of a channel: those of these values, or the running ones.
    fn observe(&self, c: usize, x: Channel<'_, F>, trained: bool, statistics: &mut Block<F>) {
        let (mean, variance) = if trained {
            let (mean, variance) = batch_norm::moments(x);
            statistics[VARIANCE] = variance * (x.count() / (x.count() - F::ONE));
            (mean, variance)
        } else {
            (self.running_mean[c], self.running_var[c])
        };
        statistics[MEAN] = mean;
        statistics[INVERSE] = batch_norm::inverse_deviation(variance, F::from_f64(self.eps));
    }
}

/// The channels of a batch, in parts of several channels for the threads that share them.
#[derive(Clone, Copy)]
struct Parts {
    /// The cost of all channels.
    cost: usize,
    /// The number of channels in a part.
    channels: usize,
    /// The number of blocks in a channel.
    size: usize,
    /// The number of blocks from one position to the next.
    blocks: usize,
    samples: usize,
}

impl Parts {
    fn of<F: Scalar>(x: &Tensor<F>, channels: usize) -> Self {
        let (blocks, samples) = (x.blocks_per_feature(), x.samples());
        let cost = team::NUMBER * x.blocks().as_flattened().len();
        let size = x.blocks().len() / channels;
        Parts { cost, channels: channels.div_ceil(team::threads(cost)), size, blocks, samples }
    }

    /// Returns the number of blocks in a part.
    fn length(self) -> usize {
        self.channels * self.size
    }

    fn channel<F>(self, values: &[Block<F>]) -> Channel<'_, F> {
        Channel { values, blocks: self.blocks, samples: self.samples }
    }
}

// The values of a channel in the buffer of a workspace, which has a block for each.
const MEAN: usize = 0;
/// 1/√(v + ε)
const INVERSE: usize = 1;
/// The variance divided by m − 1.
const VARIANCE: usize = 2;
/// Σ ∂L/∂y x̂, the gradient of the weight.
const WEIGHT: usize = 3;
/// Σ ∂L/∂y, the gradient of the bias.
const BIAS: usize = 4;
/// The number of these.
const STATISTICS: usize = 5;

impl<F: Scalar, const D: usize> Parameters<F> for BatchNorm<F, D> {
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
        if !workspace.trained || statistics.shape() != [STATISTICS, self.shape[0]] {
            return;
        }
        let (old, new) = (F::from_f64(1.0 - self.momentum), F::from_f64(self.momentum));
        for (running, which) in [(&mut self.running_mean, MEAN), (&mut self.running_var, VARIANCE)] {
            for (running, observed) in running.iter_mut().zip(statistics.blocks()) {
                *running = old * *running + new * observed[which];
            }
        }
        self.num_batches_tracked += F::ONE;
    }
}

described! {
    BatchNorm<F, D> [const D: usize] as Self::NAME;
    settings |layer| {
        num_features: usize = layer.shape[0],
        eps: f64 = layer.eps,
        momentum: f64 = layer.momentum,
        affine: bool = layer.affine,
    }
    parameters [&[4, num_features]];
    made => BatchNorm::new(num_features).eps(eps).momentum(momentum).affine(affine)
}

/// Writes the implementation for positions with this many axes: what is compiled here has no other parameter than its precision.
macro_rules! module {
    ($D:literal) => {
        /// The workspace has one buffer, with a block for each channel: its μ, 1/√(v + ε) and unbiased variance (those of the
        /// batch if the step trained, and the running ones otherwise), and the sums of the last backward.
        impl<F: Scalar> Module<F> for BatchNorm<F, $D> {
            compiled_here!(BatchNorm<F, $D>);
        }
    };
}

module!(1);
module!(2);

impl<F: Scalar, const D: usize> Layer<F> for BatchNorm<F, D> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        Setting::of::<F>(Self::NAME, "eps", self.eps).at_least_0()?;
        Setting::of::<F>(Self::NAME, "momentum", self.momentum).up_to_1()?;
        ShapeError::check_samples(self, input)?;
        let [channels] = self.shape;
        if channels == 0 {
            return Err(ShapeError::new(self, "a layer with at least one channel", &[0]).into());
        }
        let fits = input.get(1) == Some(&channels) && !input.contains(&0);
        if !(fits && (input.len() == D + 2 || D == 1 && input.len() == 2)) {
            let expected = match D {
                1 => format!("input [n, {channels}] or [n, {channels}, l]"),
                _ => format!("input [n, {channels}, h, w]"),
            };
            return Err(ShapeError::new(self, expected, input).into());
        }
        let mut workspace = Workspace::of(self, input, input, purpose)?;
        workspace.buffers = vec![Tensor::try_zeros(&[STATISTICS, channels])?];
        if purpose == Purpose::Train {
            if input.iter().product::<usize>() == channels {
                return Err(
                    ShapeError::new(self, "at least two values per channel to train on", input).into()
                );
            }
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
        let Workspace { buffers, trained, .. } = workspace;
        let [statistics] = slots_mut(buffers);
        let parts = Parts::of(x, self.shape[0]);
        let shared = x.blocks().chunks(parts.length()).zip(y.blocks_mut().chunks_mut(parts.length()));
        let shared = shared.zip(statistics.blocks_mut().chunks_mut(parts.channels)).enumerate();
        share(parts.cost, shared, |(part, ((x, y), statistics))| {
            let channels = x.chunks_exact(parts.size).zip(y.chunks_exact_mut(parts.size)).zip(statistics);
            for (c, ((x, y), statistics)) in (part * parts.channels..).zip(channels) {
                let x = parts.channel(x);
                self.observe(c, x, *trained, statistics);
                let factor = statistics[INVERSE] * self.weight[c];
                batch_norm::scale(x, y, Accumulate::Replace, [statistics[MEAN], factor, self.bias[c]]);
            }
        });
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
        let own = x.shape().get(1) == Some(&self.shape[0])
            && workspace.gradients.len() == 2 * usize::from(self.affine);
        workspace.check_own(self, own);
        let Workspace { gradients, buffers, trained, .. } = workspace;
        let [statistics] = slots_mut(buffers);
        let parts = Parts::of(x, self.shape[0]);
        let shared = x.blocks().chunks(parts.length()).zip(dy.blocks().chunks(parts.length()));
        let shared = shared.zip(statistics.blocks_mut().chunks_mut(parts.channels)).enumerate();
        type Part<'a, F> = (usize, ((&'a [Block<F>], &'a [Block<F>]), &'a mut [Block<F>]));
        let work = |((part, ((x, dy), statistics)), mut dx): (Part<'_, F>, Option<&mut [Block<F>]>)| {
            let channels = x.chunks_exact(parts.size).zip(dy.chunks_exact(parts.size)).zip(statistics);
            for (index, ((x, dy), statistics)) in channels.enumerate() {
                let (mean, inverse) = (statistics[MEAN], statistics[INVERSE]);
                let (bias, weight) = batch_norm::parameter_gradients(parts.channel(x), dy, mean, inverse);
                (statistics[BIAS], statistics[WEIGHT]) = (bias, weight);
                let Some(dx) = &mut dx else { continue };
                let dx = &mut dx[index * parts.size..][..parts.size];
                let factor = inverse * self.weight[part * parts.channels + index];
                if *trained {
                    let count = parts.channel(x).count();
                    let shares = [factor, bias / count, weight / count];
                    batch_norm::backward([x, dy], dx, accumulate, [mean, inverse], shares);
                } else {
                    batch_norm::scale(parts.channel(dy), dx, accumulate, [F::ZERO, factor, F::ZERO]);
                }
            }
        };
        match dx {
            Some(dx) => {
                let dx = dx.blocks_mut().chunks_mut(parts.length()).map(Some);
                share(parts.cost, shared.zip(dx), work);
            }
            None => share(parts.cost, shared.map(|part| (part, None)), work),
        }
        if self.affine {
            let [d_weight, d_bias] = slots_mut(gradients);
            for (c, statistics) in statistics.blocks().iter().enumerate() {
                d_weight[c] += statistics[WEIGHT];
                d_bias[c] += statistics[BIAS];
            }
        }
    }
}

impl<F: Scalar, const D: usize> fmt::Display for BatchNorm<F, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({}", Self::NAME, self.shape[0])?;
        if self.eps != EPS {
            write!(f, ", eps={:e}", self.eps)?;
        }
        if self.momentum != MOMENTUM {
            write!(f, ", momentum={}", self.momentum)?;
        }
        f.write_str(if self.affine { ")" } else { ", affine=false)" })
    }
}
