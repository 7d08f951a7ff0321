//! The prediction of many samples, strip by strip.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::lanes::LANES;
use crate::shape::Shape;
use crate::{Mode, Module, ModuleError, Plan, Purpose, Scalar, Tensor, Workspace, once, team};

/// The maximum number of samples in a strip: so few that what passes between layers stays in the L2 cache of a core, and so many
/// that a strip is worth its calls.
const STRIP: usize = 128;

/// Predicts as many samples as planned, again and again. [`Module::predict`] does it once.
///
/// More than 128 samples go through the whole network in strips, of which each thread takes one after another. What passes between
/// layers then stays in the cache, and takes memory for a strip and not for all samples. The result has the same bits, because
/// no sample depends on another in [`Mode::Eval`].
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Linear, Module, Predictor, Relu, Sequential, Tensor};
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let network = Sequential::<f32>::new()
///     .append(Linear::new(2, 8, &mut rng))
///     .append(Relu);
/// let mut predictor = Predictor::plan(&network, &[1000, 2])?;
/// for time in 0..3 {
///     let x = Tensor::from_fn(1000, 2, |i, j| (time * i + j) as f32);
///     assert_eq!(*predictor.run(&network, &x), network.predict(&x)?);
/// }
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Predictor<F> {
    input: Shape,
    output: Tensor<F>,
    way: Way<F>,
}

#[derive(Debug, Clone)]
enum Way<F> {
    /// All samples at once.
    Whole(Workspace<F>),
    Strips {
        /// The number of samples in each strip but the last.
        samples: usize,
        /// What all of them cost, as [`team::share`] counts.
        cost: usize,
        /// The memory of a strip, for each thread.
        threads: Vec<Strip<F>>,
        last: Strip<F>,
    },
}

/// The memory of a strip: a copy of its samples, their output, and what is between.
#[derive(Debug, Clone)]
struct Strip<F> {
    x: Tensor<F>,
    y: Tensor<F>,
    workspace: Workspace<F>,
}

impl<F: Scalar> Predictor<F> {
    /// Checks that a network can take an input of this shape (samples first), and makes the memory. On how many threads it runs is
    /// decided here as well, as [`team::threads`] does.
    ///
    /// # Errors
    /// As [`Module::plan`].
    pub fn plan<M: Module<F> + ?Sized>(network: &M, input: &[usize]) -> Result<Self, ModuleError> {
        match input.first() {
            Some(&samples) if samples > STRIP => {
                // A network that cannot take a strip says what it found there: let it say so of the whole input.
                Self::plan_strips(network, input)
                    .map_err(|error| network.plan(input, Purpose::Predict).err().unwrap_or(error))
            }
            _ => {
                let Plan { output, workspace } = network.plan(input, Purpose::Predict)?;
                let output = Tensor::try_zeros(&output)?;
                Ok(Predictor { input: Shape::of(input), output, way: Way::Whole(workspace) })
            }
        }
    }

    fn plan_strips<M: Module<F> + ?Sized>(network: &M, input: &[usize]) -> Result<Self, ModuleError> {
        let all = input[0];
        // Strips of whole blocks, and about equal.
        let samples = all.div_ceil(all.div_ceil(STRIP)).next_multiple_of(LANES);
        let plan = |samples: usize| {
            let input = [&[samples], &input[1..]].concat();
            let Plan { output, workspace } = network.plan(&input, Purpose::Predict)?;
            Ok::<_, ModuleError>(Strip {
                x: Tensor::try_zeros(&input)?,
                y: Tensor::try_zeros(&output)?,
                workspace,
            })
        };
        let first = plan(samples)?;
        let output = Tensor::try_zeros(&[&[all], &first.y.shape()[1..]].concat())?;
        // Every sample is read and written, and most parameters are multiplied for it at least once.
        let one = team::NUMBER * (first.x.features() + first.y.features()) + network.parameter_count();
        let strips = all.div_ceil(samples);
        let last = plan(all - (strips - 1) * samples)?;
        let cost = one.saturating_mul(all);
        let threads = vec![first; team::threads(cost).min(strips)];
        Ok(Predictor { input: Shape::of(input), output, way: Way::Strips { samples, cost, threads, last } })
    }

    /// Returns the output for `x`, in [`Mode::Eval`]. Allocates nothing, except what it takes to hand strips to other threads.
    ///
    /// The values of `x` are not checked: [`Module::check_values`] does that.
    ///
    /// # Panics
    /// If `x` does not have the planned shape, or the network is not the planned one.
    pub fn run<M: Module<F> + ?Sized>(&mut self, network: &M, x: &Tensor<F>) -> &Tensor<F> {
        assert!(x.has(&self.input), "expected x {:?} as planned, found {:?}", &*self.input, x.shape());
        let output = &mut self.output;
        match &mut self.way {
            Way::Whole(workspace) => network.forward(x, output, workspace, &mut Mode::Eval),
            Way::Strips { samples, cost, threads, last } => {
                let (blocks, strips) = (*samples / LANES, x.samples().div_ceil(*samples));
                let (next, last, output) = (AtomicUsize::new(0), Mutex::new(last), Mutex::new(output));
                let run = |index: usize, strip: &mut Strip<F>| {
                    strip.read(x, index * blocks);
                    network.forward(&strip.x, &mut strip.y, &mut strip.workspace, &mut Mode::Eval);
                    strip.write(&mut output.lock().unwrap_or_else(PoisonError::into_inner), index * blocks);
                };
                // Each part of the work is a thread that takes strips until there are none: which one takes which is left to chance.
                let take = |strip: &mut Strip<F>| loop {
                    match next.fetch_add(1, Ordering::Relaxed) {
                        index if index + 1 < strips => run(index, strip),
                        index if index + 1 == strips => {
                            run(index, &mut last.lock().unwrap_or_else(PoisonError::into_inner));
                        }
                        _ => break,
                    }
                };
                team::share(*cost, threads.iter_mut(), |strip| team::alone(|| take(strip)));
            }
        }
        &self.output
    }

    /// Returns the output of the last [`run`](Predictor::run), or zeros before it.
    pub fn output(&self) -> &Tensor<F> {
        &self.output
    }

    /// Returns the same, to keep.
    pub fn into_output(self) -> Tensor<F> {
        self.output
    }
}

impl<F: Scalar> Strip<F> {
    /// Copies the samples from this block on.
    fn read(&mut self, x: &Tensor<F>, first: usize) {
        let blocks = self.x.blocks_per_feature();
        copy(x, first, &mut self.x, 0, blocks);
    }

    /// Copies the output to where these samples are.
    fn write(&self, output: &mut Tensor<F>, first: usize) {
        copy(&self.y, 0, output, first, self.y.blocks_per_feature());
    }
}

once! {
    /// Copies so many blocks of every feature.
    fn copy<'a, F>(from: &'a Tensor<F>, first: usize, to: &'a mut Tensor<F>, at: usize, blocks: usize) {
        let (from_width, to_width) = (from.blocks_per_feature(), to.blocks_per_feature());
        let features = from.blocks().chunks(from_width).zip(to.blocks_mut().chunks_mut(to_width));
        for (from, to) in features {
            to[at..][..blocks].copy_from_slice(&from[first..][..blocks]);
        }
    }
}
