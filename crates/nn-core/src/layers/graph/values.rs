//! The check of the values of the inputs of a graph.

use std::collections::HashMap;

use super::{Graph, Operation};
use crate::kernels::runs;
use crate::{Accumulate, Module, ModuleError, Scalar, Tensor};

impl<F: Scalar> Graph<F> {
    /// Asks the modules that read an input.
    pub(super) fn check_values_of_inputs(&self, x: &Tensor<F>) -> Result<(), ModuleError> {
        let modules: HashMap<&str, &dyn Module<F>> = self.modules().collect();
        let mut start = 0;
        for input in &self.inputs {
            let own;
            let values = match &input.sample {
                Some(sample) if self.inputs.len() > 1 => {
                    let mut values = Tensor::try_zeros(&[&x.shape()[..1], sample].concat())?;
                    runs::gather(x, &mut values, &[start], Accumulate::Replace);
                    start += values.features();
                    own = values;
                    &own
                }
                _ => x,
            };
            for node in self.nodes.iter().filter(|node| node.from == [&*input.name]) {
                let of = match &node.operation {
                    Operation::Module(_) => &node.name,
                    Operation::Shared(of) => of,
                    Operation::Join(_) => continue,
                };
                if let Some(module) = modules.get(&**of) {
                    module.check_values(values).map_err(|error| error.inside(&*node.name))?;
                }
            }
        }
        Ok(())
    }
}
