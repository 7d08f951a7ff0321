//! Activations as layers: all that one needs is a function f and its derivative df.

mod gated;
mod rectifiers;
mod saturating;

use crate::kernels::elementwise;
use crate::{
    Accumulate, Activation, Mode, Module, ModuleError, Parameters, Plan, Purpose, Scalar, ShapeError, Tensor,
    Workspace, all_like,
};

pub use gated::{Gelu, GeluTanh, Silu};
pub use rectifiers::{Elu, LeakyRelu, Relu, Softplus};
pub use saturating::{Sigmoid, Tanh};

impl<F: Scalar, A: Activation> Parameters<F> for A {}

impl<F: Scalar, A: Activation> Module<F> for A {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        self.check::<F>()?;
        ShapeError::check_samples(self, input)?;
        Ok(Plan { output: input.to_vec(), workspace: Workspace::of(self, input, input, purpose)? })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, _: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        elementwise::forward(*self, x, y);
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
        if let Some(dx) = dx {
            elementwise::backward(*self, x, y, dy, dx, accumulate);
        }
    }

    /// Returns itself, because an activation treats all lanes alike.
    fn stacked(&self, networks: &[&dyn Module<F>]) -> Option<Box<dyn Module<F>>> {
        let alike = all_like::<A, F>(networks)?.into_iter().all(|other| other == self);
        alike.then(|| Box::new(*self) as Box<dyn Module<F>>)
    }
}

/// Defines an activation: its documentation, its name, f and df.
macro_rules! activation {
    ($(#[$doc:meta])* $Name:ident, f($x:ident) = $f:expr, df($dx:ident, $dy:ident) = $df:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct $Name;

        impl $crate::Activation for $Name {
            #[inline(always)]
            fn f<F: $crate::Scalar>(self, $x: F) -> F {
                $f
            }
            #[inline(always)]
            fn df<F: $crate::Scalar>(self, $dx: F, $dy: F) -> F {
                $df
            }
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($Name))
            }
        }
    };
}

use activation;

activation! {
    /// f(x) = x, f′ = 1.
    ///
    /// ```
    /// use nn_core::{Identity, Module, Tensor};
    /// let x = Tensor::from_rows(&[[-1.5, 2.0]]);
    /// assert_eq!(Identity.predict(&x)?, x);
    /// # Ok::<(), nn_core::ModuleError>(())
    /// ```
    Identity, f(x) = x, df(x, _y) = at(x, F::ONE)
}

/// Returns the slope at x of a function whose slope is constant there, or NaN if x is.
#[inline(always)]
fn at<F: Scalar>(x: F, slope: F) -> F {
    if x.is_nan() { x } else { slope }
}
