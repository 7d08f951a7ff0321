//! Ways to train a network, alone or sixteen at once.

use nn_core::lanes::LANES;
use nn_core::rand::Rng;
use nn_core::{Module, Parameters, Scalar, Workspace};
use nn_data::{Dataset, Target};
use nn_loss::Loss;

use crate::{History, TrainError};

/// A way to train a network, for [`Trials::fit`](crate::Trials::fit): [`GradientDescent`](crate::GradientDescent), a
/// [`Trainer`](crate::Trainer) or one of your own.
pub trait Fit<F: Scalar, T: Target>: Sync {
    /// Trains `model` in place. With `validation`, the loss on these data is measured after every epoch, as
    /// [`History::validation`]; the training has the same bits with and without them, unless it is told to
    /// follow that loss.
    ///
    /// # Errors
    /// [`TrainError`] if the network does not fit the data or the loss, or a setting makes no sense.
    fn fit_one(
        &self,
        model: &mut dyn Module<F>,
        loss: &dyn Loss<F, T>,
        data: &Dataset<F, T>,
        validation: Option<&Dataset<F, T>>,
        rng: &mut dyn Rng,
    ) -> Result<History<F>, TrainError>;

    /// Trains sixteen networks at once, each on data of its own, with the bits of [`fit_one`](Fit::fit_one). Returns `None`,
    /// with all models unchanged, if they have to be trained one by one; by default it always does. The generators may have
    /// been drawn from by then.
    fn fit_stack(
        &self,
        models: [&mut dyn Module<F>; LANES],
        loss: &dyn Loss<F, T>,
        data: [&Dataset<F, T>; LANES],
        validation: Option<[&Dataset<F, T>; LANES]>,
        rngs: [&mut dyn Rng; LANES],
    ) -> Option<[History<F>; LANES]> {
        let _ = (models, loss, data, validation, rngs);
        None
    }

    /// Returns whether sixteen networks and data sets like these can be stacked, and take less time so.
    fn stacks(
        &self,
        model: &dyn Module<F>,
        loss: &dyn Loss<F, T>,
        data: &Dataset<F, T>,
        validation: Option<&Dataset<F, T>>,
    ) -> bool {
        let _ = (model, loss, data, validation);
        false
    }
}

/// The largest size, in bytes, of the activations of sixteen networks, and of their parameters: for each half the L2 cache of most
/// CPUs. With more, each step would wait for memory.
const MOST: usize = 512 << 10;

/// Returns whether sixteen networks at work fit into the cache: the input, the activations and the output of a batch with their
/// gradients, and the parameters with theirs and with what the optimiser keeps for each.
pub(crate) fn fits_the_cache<F: Scalar>(
    model: &dyn Parameters<F>,
    [input, output]: [&[usize]; 2],
    workspace: &Workspace<F>,
    kept: usize,
) -> bool {
    fn activations<F: Scalar>(workspace: &Workspace<F>) -> usize {
        let own: usize = workspace.buffers.iter().map(|buffer| buffer.samples() * buffer.features()).sum();
        own + workspace.children.iter().map(activations).sum::<usize>()
    }
    let mut parameters = 0;
    model.visit(&mut |parameter| parameters += parameter.value.len());
    let [input, output] = [input, output].map(|shape| shape.iter().product::<usize>());
    let sizes = [input + activations(workspace) + 2 * output, (2 + kept) * parameters];
    sizes.into_iter().all(|values| values * LANES * size_of::<F>() <= MOST)
}
