//! Activations: a function f and its derivative df are a whole layer.

mod gated;
mod rectifiers;
mod saturating;

use std::fmt::Display;

use crate::kernels::elementwise;
use crate::{Mode, Module, Plan, Purpose, Scalar, ShapeError, Tensor, Workspace};

pub use gated::{Gelu, GeluTanh, Silu};
pub use rectifiers::{Elu, LeakyRelu, Relu, Softplus};
pub use saturating::{Sigmoid, Tanh};

/// A function applied to each number by itself: y = f(x), ∂L/∂x = ∂L/∂y · f′(x). Every activation is a [`Module`] for
/// tensors of any shape, without parameters and without memory.
///
/// One of your own is a type with a name and the two functions:
///
/// ```
/// use nn_core::gradcheck::check_module;
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Activation, Scalar, Tensor};
///
/// /// x / (1 + |x|)
/// #[derive(Clone, Copy)]
/// struct Softsign;
///
/// impl Activation for Softsign {
///     #[inline(always)]
///     fn f<F: Scalar>(self, x: F) -> F {
///         x / (F::ONE + x.abs())
///     }
///     #[inline(always)]
///     fn df<F: Scalar>(self, x: F, _y: F) -> F {
///         F::ONE / ((F::ONE + x.abs()) * (F::ONE + x.abs()))
///     }
/// }
///
/// impl std::fmt::Display for Softsign {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         f.write_str("Softsign")
///     }
/// }
///
/// let x = Tensor::from_rows(&[[0.5, -2.0], [3.0, -0.1]]);
/// let report = check_module(&mut Softsign, &x, &mut ChaCha8Rng::seed_from_u64(0))?;
/// assert!(report[0].relative_error < 1e-6);
/// # Ok::<(), nn_core::ShapeError>(())
/// ```
pub trait Activation: Copy + Display + Send + Sync + 'static {
    /// Whether networks with it can be [stacked](crate::Stack), which takes two that print the same for the same. True by
    /// default if it has no settings; set it if `Display` prints all it has.
    const STACKS: bool = size_of::<Self>() == 0;

    /// y = f(x). Write it without branches and mark it `#[inline(always)]`: it becomes vector instructions.
    fn f<F: Scalar>(self, x: F) -> F;
    /// f′(x), given x and y = f(x): many derivatives are cheapest in terms of y.
    fn df<F: Scalar>(self, x: F, y: F) -> F;
}

impl<F: Scalar, A: Activation> Module<F> for A {
    fn plan(&self, input: &[usize], _: Purpose) -> Result<Plan<F>, ShapeError> {
        ShapeError::check_samples(self, input)?;
        Ok(Plan { output: input.to_vec(), workspace: Workspace::empty() })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, _: &mut Workspace<F>, _: &mut Mode<'_>) {
        elementwise::forward(*self, x, y);
    }

    fn backward(
        &self,
        x: &Tensor<F>,
        y: &Tensor<F>,
        dy: &Tensor<F>,
        dx: Option<&mut Tensor<F>>,
        _: &mut Workspace<F>,
    ) {
        if let Some(dx) = dx {
            elementwise::backward(*self, x, y, dy, dx);
        }
    }

    /// Itself: it never asks which lane a number is in.
    fn stacked(&self) -> Option<Box<dyn Module<F>>> {
        A::STACKS.then(|| Box::new(*self) as Box<dyn Module<F>>)
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
    /// # Ok::<(), nn_core::ShapeError>(())
    /// ```
    Identity, f(x) = x, df(_x, _y) = F::ONE
}
