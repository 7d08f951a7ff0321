//! The prediction of many samples, strip by strip. What a network is to it are the functions that plan it and compute its output.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::lanes::LANES;
use crate::shape::Shape;
use crate::{ModuleError, Plan, Scalar, Tensor, Workspace, once, team};

/// The maximum number of samples in a strip. With more, what passes between the layers of a small network would leave the L2 cache;
/// with fewer, calls would take too much of the time.
const STRIP: usize = 128;

/// The maximum numbers of samples and of values, those between layers included, that go at once: to copy them would take as much time
/// as the cache saves.
const FEW: usize = 8 * STRIP;
const SMALL: usize = 1 << 20;

/// The output of a network for a number of samples, and the memory to compute it.
#[derive(Debug, Clone)]
pub(crate) struct Strips<F> {
    input: Shape,
    pub(crate) output: Tensor<F>,
    memory: Memory<F>,
}

#[derive(Debug, Clone)]
enum Memory<F> {
    Whole(Workspace<F>),
    Strips {
        /// The number of samples in each strip but the last.
        samples: usize,
        /// The cost of all strips, in the unit of [`team::share`].
        cost: usize,
        /// The memory of each thread.
        threads: Vec<Strip<F>>,
        /// The memory of the last strip, if it has fewer samples.
        last: Option<Strip<F>>,
    },
}

/// The memory of a strip: a copy of its samples, their output, and what is between.
#[derive(Debug, Clone)]
struct Strip<F> {
    x: Tensor<F>,
    y: Tensor<F>,
    workspace: Workspace<F>,
}

/// Plans a network for an input of this shape. Not the network itself, so that this file is not compiled for each type of network.
type Planner<'a, F> = dyn Fn(&[usize]) -> Result<Plan<F>, ModuleError> + 'a;

/// Computes the output of a network.
type Runner<'a, F> = dyn Fn(&Tensor<F>, &mut Tensor<F>, &mut Workspace<F>) + Sync + 'a;

impl<F: Scalar> Strips<F> {
    /// Makes the memory for an input of this shape, and decides the number of threads.
    pub(crate) fn plan(
        plan: &Planner<'_, F>,
        input: &[usize],
        parameters: usize,
    ) -> Result<Self, ModuleError> {
        if let Some((memory, output)) = Memory::strips(plan, input, parameters) {
            return Ok(Strips { input: Shape::of(input), output, memory });
        }
        let Plan { output, workspace } = plan(input)?;
        let output = Tensor::try_zeros(&output)?;
        Ok(Strips { input: Shape::of(input), output, memory: Memory::Whole(workspace) })
    }

    /// Computes the output for `x`.
    ///
    /// # Panics
    /// If `x` does not have the planned shape.
    pub(crate) fn run(&mut self, forward: &Runner<'_, F>, x: &Tensor<F>) {
        let Strips { input, output, memory } = self;
        assert!(x.has(input), "Predictor: expected x {:?} as planned, found {:?}", &**input, x.shape());
        match memory {
            Memory::Whole(workspace) => forward(x, output, workspace),
            Memory::Strips { samples, cost, threads, last } => {
                let (blocks, strips) = (*samples / LANES, x.samples().div_ceil(*samples));
                let (next, output) = (AtomicUsize::new(0), Mutex::new(&mut *output));
                let last = last.as_mut().map(Mutex::new);
                let run = |index: usize, strip: &mut Strip<F>| {
                    let Strip { x: from, y, workspace } = strip;
                    let count = from.blocks_per_feature();
                    copy(x, index * blocks, from, 0, count);
                    forward(from, y, workspace);
                    copy(y, 0, &mut locked(&output), index * blocks, count);
                };
                // Which thread takes which strips is left to chance.
                let take = |strip: &mut Strip<F>| {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        if index >= strips {
                            return;
                        }
                        match &last {
                            Some(last) if index + 1 == strips => run(index, &mut locked(last)),
                            _ => run(index, strip),
                        }
                    }
                };
                match &mut threads[..] {
                    [only] => take(only),
                    threads => team::share(*cost, threads.iter_mut(), |strip| team::alone(|| take(strip))),
                }
            }
        }
    }
}

impl<F: Scalar> Memory<F> {
    /// Returns the memory of strips, and the output, or `None` if all samples should go at once: if they are few, if there are fewer
    /// strips than threads, or if the network cannot take a strip. What is wrong then is said of the whole input.
    fn strips(plan: &Planner<'_, F>, input: &[usize], parameters: usize) -> Option<(Self, Tensor<F>)> {
        let (&all, sample) = input.split_first()?;
        // Whole blocks, each of which is a sample of sixteen networks in a stack. The last strip has the rest.
        let samples = all.div_ceil(all.div_ceil(STRIP).max(1)).next_multiple_of(LANES);
        let strips = all.div_ceil(samples.max(1));
        if strips < 2 || sample.contains(&0) {
            return None;
        }
        let strip = |samples: usize| {
            let input = [&[samples], sample].concat();
            let Plan { output, workspace } = plan(&input).ok()?;
            let [x, y] = [&input, &output].map(|shape| Tensor::try_zeros(shape).ok());
            (output.first() == Some(&samples)).then_some(Strip { x: x?, y: y?, workspace })
        };
        let first = strip(samples)?;
        let output = Tensor::try_zeros(&[&[all], &first.y.shape()[1..]].concat()).ok()?;
        let values = first.values().saturating_mul(strips);
        let cost = parameters.saturating_mul(all).saturating_add(team::NUMBER.saturating_mul(values));
        let threads = team::threads(cost);
        if strips < threads || (all <= FEW && values <= SMALL) {
            return None;
        }
        let rest = all - (strips - 1) * samples;
        let last = if rest == samples { None } else { Some(strip(rest)?) };
        Some((Memory::Strips { samples, cost, threads: vec![first; threads], last }, output))
    }
}

impl<F: Scalar> Strip<F> {
    /// Returns the number of values that it has, all of which are written. Most layers multiply more than once for each.
    fn values(&self) -> usize {
        fn within<F: Scalar>(workspace: &Workspace<F>) -> usize {
            let buffers: usize = workspace.buffers.iter().map(|buffer| buffer.blocks().len() * LANES).sum();
            buffers + workspace.children.iter().map(within).sum::<usize>()
        }
        (self.x.blocks().len() + self.y.blocks().len()) * LANES + within(&self.workspace)
    }
}

/// Locks what no panic leaves half-written: a strip is computed anew, and the run that panicked has no output.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

once! {
    /// Copies `blocks` blocks of each feature.
    fn copy<'a, F>(from: &'a Tensor<F>, first: usize, to: &'a mut Tensor<F>, at: usize, blocks: usize) {
        let (from_width, to_width) = (from.blocks_per_feature(), to.blocks_per_feature());
        let features = from.blocks().chunks(from_width).zip(to.blocks_mut().chunks_mut(to_width));
        for (from, to) in features {
            to[at..][..blocks].copy_from_slice(&from[first..][..blocks]);
        }
    }
}
