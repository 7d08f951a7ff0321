//! Sixteen networks that take every step together, one in each lane of a vector register.

use crate::lanes::LANES;
use crate::{Kind, Module, Parameters, Scalar};

/// Sixteen networks of one architecture, to be trained together on sixteen batches of one shape.
///
/// A small network spends much of a step on fixed costs: calls, the end of each sum, one layer waiting for the last
/// value of the one before. Sixteen networks, one in each lane, pay for them once. `vmap` over models does this
/// elsewhere; here every network gives the same bits as it does alone.
///
/// The [`module`](Stack::module) is planned, run and changed like any other. In its tensors, block b holds sample b of
/// all sixteen: [`Tensor::interleave`](crate::Tensor::interleave) makes them. Its parameters are those of one network
/// with sixteen values in place of each; optimisers that treat each value separately, such as plain gradient descent,
/// work on them unchanged.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{
///     Linear, Mode, Module, Plan, Purpose, Sequential, Stack, Tanh, Tensor,
/// };
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let networks: [Sequential<f32>; 16] = std::array::from_fn(|_| {
///     Sequential::new()
///         .append(Linear::new(2, 8, &mut rng))
///         .append(Tanh)
///         .append(Linear::new(8, 1, &mut rng))
/// });
/// let batches: [Tensor<f32>; 16] =
///     std::array::from_fn(|k| Tensor::from_rows(&[[k as f32, 1.0], [0.5, -0.1]]));
///
/// let stack =
///     Stack::new(networks.each_ref().map(|network| network as &dyn Module<f32>))
///         .expect("layers that stack");
/// let x = Tensor::interleave(batches.each_ref()).expect("equal shapes");
/// let Plan { output, mut workspace } =
///     stack.module().plan(x.shape(), Purpose::Predict)?;
/// let mut y = Tensor::zeros(&output);
/// stack.module().forward(&x, &mut y, &mut workspace, &mut Mode::Eval);
/// // The second sample of the fourth network.
/// assert_eq!(y.blocks()[1][3], networks[3].predict(&batches[3])?[[1, 0]]);
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
pub struct Stack<F> {
    module: Box<dyn Module<F>>,
}

impl<F: Scalar> Stack<F> {
    /// Makes a stack of copies of these networks, the first in lane 0. Returns `None` if they are not all alike, or if
    /// one contains a module that cannot be [stacked](Module::stacked).
    ///
    /// # Panics
    /// If a module's stacked form has buffers, or does not have sixteen values for each of its own: this breaks the
    /// contract of [`stacked`](Module::stacked).
    pub fn new(networks: [&dyn Module<F>; LANES]) -> Option<Self> {
        let mut module = networks[0].stacked(&networks)?;
        let parameters = networks.map(|network| parameters_of(network));
        let mut index = 0;
        module.visit_mut(None, &mut |stacked| {
            let (blocks, rest) = stacked.value.as_chunks_mut::<LANES>();
            assert!(rest.is_empty(), "{}: sixteen numbers for each", stacked.name);
            for (lane, parameters) in parameters.iter().enumerate() {
                assert_eq!(
                    blocks.len(),
                    parameters[index].len(),
                    "{}: sixteen numbers for each",
                    stacked.name
                );
                for (block, &value) in blocks.iter_mut().zip(&parameters[index]) {
                    block[lane] = value;
                }
            }
            index += 1;
        });
        Some(Stack { module })
    }

    /// Returns the sixteen networks as one module.
    pub fn module(&self) -> &dyn Module<F> {
        &*self.module
    }

    /// Returns the sixteen networks as one module, to change.
    pub fn module_mut(&mut self) -> &mut dyn Module<F> {
        &mut *self.module
    }

    /// Sets the parameters of `network` to those in this lane.
    ///
    /// # Panics
    /// If `lane` is not below sixteen, or the network is not like those that were stacked.
    pub fn copy_to(&self, lane: usize, network: &mut dyn Parameters<F>) {
        assert!(lane < LANES, "lane {lane} of {LANES}");
        let stacked = parameters_of(&*self.module);
        let mut index = 0;
        network.visit_mut(None, &mut |parameter| {
            let blocks = stacked.get(index).map_or(&[][..], |values| values.as_chunks::<LANES>().0);
            assert_eq!(blocks.len(), parameter.value.len(), "{}: the size of those stacked", parameter.name);
            for (value, block) in parameter.value.iter_mut().zip(blocks) {
                *value = block[lane];
            }
            index += 1;
        });
    }
}

fn parameters_of<F: Scalar>(network: &dyn Parameters<F>) -> Vec<Vec<F>> {
    let mut parameters = Vec::new();
    network.visit(&mut |parameter| {
        assert_eq!(parameter.kind, Kind::Learned, "{}: modules that stack have no buffers", parameter.name);
        parameters.push(parameter.value.to_vec());
    });
    parameters
}
