//! The memory of many predictions.

use crate::strips::Strips;
use crate::{Mode, Module, ModuleError, Purpose, Scalar, Tensor};

/// Predicts as many samples as planned, again and again. [`Module::predict`] does it once.
///
/// Many samples go through the whole network in strips of at most 128, of which each thread takes one after another. What passes
/// between the layers of a small network then stays in the cache, and takes memory for a strip of each thread and not for all samples.
/// The result has the same bits, because no sample depends on another in [`Mode::Eval`]. Up to 1024 samples with no more than a million
/// values, those between layers included, go through one layer after another, and threads share each layer; so do samples that make
/// fewer strips than there are threads.
///
/// Every run starts with a state of zeros in recurrent layers. To carry a state on, keep a [`Plan`](crate::Plan) and its
/// [workspace](crate::Workspace::carry_state).
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Linear, Module, Predictor, Relu, Sequential, Tensor};
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let network = Sequential::<f32>::new()
///     .append(Linear::new(2, 8, &mut rng))
///     .append(Relu);
/// let mut predictor = Predictor::plan(&network, &[2000, 2])?;
/// for time in 0..3 {
///     let x = Tensor::from_fn(2000, 2, |i, j| (time * i + j) as f32);
///     assert_eq!(*predictor.run(&network, &x), network.predict(&x)?);
/// }
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Predictor<F> {
    strips: Strips<F>,
}

impl<F: Scalar> Predictor<F> {
    /// Checks that a network can take an input of this shape (samples first), and makes the memory. Also decides the number of
    /// threads, as [`team::threads`](crate::team::threads) does at this moment.
    ///
    /// # Errors
    /// As [`Module::plan`].
    pub fn plan<M: Module<F> + ?Sized>(network: &M, input: &[usize]) -> Result<Self, ModuleError> {
        let plan = |input: &[usize]| network.plan(input, Purpose::Predict);
        Ok(Predictor { strips: Strips::plan(&plan, input, network.parameter_count())? })
    }

    /// Returns the output for `x`, in [`Mode::Eval`]. Allocates nothing, except what it takes to hand strips to other threads.
    ///
    /// The parameters may have changed since the plan. The values of `x` are not checked: [`Module::check_values`] does that.
    ///
    /// # Panics
    /// If `x` does not have the planned shape, or the modules of the network differ in type or in shape from the planned ones.
    pub fn run<M: Module<F> + ?Sized>(&mut self, network: &M, x: &Tensor<F>) -> &Tensor<F> {
        self.strips.run(&|x, y, workspace| network.forward(x, y, workspace, &mut Mode::Eval), x);
        &self.strips.output
    }

    /// Returns the output of the last [`run`](Predictor::run), or zeros before it.
    pub fn output(&self) -> &Tensor<F> {
        &self.strips.output
    }

    /// Returns the output of the last run by value.
    pub fn into_output(self) -> Tensor<F> {
        self.strips.output
    }
}
