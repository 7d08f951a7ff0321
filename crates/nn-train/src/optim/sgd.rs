//! The plainest optimiser.

use std::fmt;

use nn_core::simd::{Kernel, dispatch};
use nn_core::{Module, Scalar, StateDict, StateError, Workspace};

use super::{Optimizer, OptimizerError, check_gradients};

/// W ← W − η ∇W for every parameter, η the learning rate. With the gradient of the whole data set this is gradient
/// descent, with that of a batch stochastic gradient descent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sgd {
    /// η.
    pub learning_rate: f64,
}

impl Sgd {
    /// With learning rate η.
    pub fn new(learning_rate: f64) -> Self {
        Sgd { learning_rate }
    }

    /// A step with a workspace that is known to be this model's.
    pub(crate) fn descend<F: Scalar>(&self, model: &mut dyn Module<F>, workspace: &Workspace<F>) {
        let learning_rate = F::from_f64(self.learning_rate);
        model.visit_mut(Some(workspace), &mut |parameter| {
            if let Some(gradient) = parameter.gradient {
                dispatch(Descend { value: parameter.value, gradient, learning_rate });
            }
        });
    }
}

impl<F: Scalar> Optimizer<F> for Sgd {
    fn step(&mut self, model: &mut dyn Module<F>, workspace: &Workspace<F>) -> Result<(), OptimizerError> {
        check_gradients(model, workspace)?;
        self.descend(model, workspace);
        Ok(())
    }

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn set_learning_rate(&mut self, learning_rate: f64) {
        self.learning_rate = learning_rate;
    }

    fn state_dict(&self) -> StateDict<F> {
        StateDict::new()
    }

    fn load_state_dict(&mut self, _: &dyn Module<F>, state: &StateDict<F>) -> Result<(), StateError> {
        state.check_like(&StateDict::new())
    }
}

impl fmt::Display for Sgd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sgd(learning rate {})", self.learning_rate)
    }
}

/// value ← value − η · gradient
struct Descend<'a, F> {
    value: &'a mut [F],
    gradient: &'a [F],
    learning_rate: F,
}

impl<F: Scalar> Kernel for Descend<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (value, &gradient) in self.value.iter_mut().zip(self.gradient) {
            *value -= self.learning_rate * gradient;
        }
    }
}
