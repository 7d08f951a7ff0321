//! The plainest optimiser.

use nn_core::simd::{Kernel, dispatch};
use nn_core::{Module, Scalar, Workspace};

/// W ← W − η ∇W for every parameter, η the learning rate. With the gradient of the whole data set this is gradient
/// descent, with that of a batch stochastic gradient descent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sgd {
    /// η.
    pub learning_rate: f64,
}

impl Sgd {
    /// Moves every parameter of `model` against its gradient in `workspace`.
    pub fn step<F: Scalar>(&self, model: &mut dyn Module<F>, workspace: &Workspace<F>) {
        let learning_rate = F::from_f64(self.learning_rate);
        model.visit_mut(Some(workspace), &mut |parameter| {
            if let Some(gradient) = parameter.gradient {
                dispatch(Descend { value: parameter.value, gradient, learning_rate });
            }
        });
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
