//! Activations: a function f and its derivative df are a whole layer.

use std::fmt::{self, Display};

use crate::kernels::elementwise;
use crate::{Mode, Module, Plan, Purpose, Scalar, ShapeError, Tensor, Workspace};

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
}

/// Defines an activation: its documentation, its name, f and df.
macro_rules! activation {
    ($(#[$doc:meta])* $Name:ident, f($x:ident) = $f:expr, df($dx:ident, $dy:ident) = $df:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct $Name;

        impl Activation for $Name {
            #[inline(always)]
            fn f<F: Scalar>(self, $x: F) -> F {
                $f
            }
            #[inline(always)]
            fn df<F: Scalar>(self, $dx: F, $dy: F) -> F {
                $df
            }
        }

        impl Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($Name))
            }
        }
    };
}

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

activation! {
    /// f(x) = tanh x = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), f′ = 1 − y².
    ///
    /// ```
    /// use nn_core::{Activation, Tanh};
    /// assert!((Tanh.f(0.5_f64) - 0.462_117_157_260_009_76).abs() < 1e-15);
    /// assert_eq!(Tanh.df(0.0_f64, 0.0), 1.0);
    /// ```
    Tanh, f(x) = x.tanh(), df(_x, y) = F::ONE - y * y
}

activation! {
    /// The logistic function f(x) = 1 / (1 + e⁻ˣ), f′ = y (1 − y). Computed from e^−|x|, which cannot overflow.
    ///
    /// ```
    /// use nn_core::{Activation, Sigmoid};
    /// assert_eq!(Sigmoid.f(0.0_f32), 0.5);
    /// assert_eq!(Sigmoid.f(-1000.0_f32), 0.0);
    /// ```
    Sigmoid,
    f(x) = {
        let e = (-x.abs()).exp();
        (if x < F::ZERO { e } else { F::ONE }) / (F::ONE + e)
    },
    df(_x, y) = y * (F::ONE - y)
}

activation! {
    /// The rectified linear unit f(x) = max(0, x), f′ = 1 for x > 0 and 0 elsewhere (at 0 too, as PyTorch). NaN stays
    /// NaN. Nair and Hinton 2010.
    ///
    /// ```
    /// use nn_core::{Activation, ReLU};
    /// assert_eq!((ReLU.f(-2.0), ReLU.f(3.0)), (0.0, 3.0));
    /// ```
    ReLU, f(x) = if x < F::ZERO { F::ZERO } else { x }, df(x, _y) = if x > F::ZERO { F::ONE } else { F::ZERO }
}
