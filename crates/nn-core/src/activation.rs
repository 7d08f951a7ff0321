//! What an activation computes: a function f and its derivative.

use std::fmt::Display;

use crate::kernels::elementwise;
use crate::{
    Accumulate, Architecture, Combination, ModuleError, ModuleProblem, Scalar, SettingError, Tensor,
    Workspace,
};

/// A function applied to each element by itself: y = f(x), ∂L/∂x = ∂L/∂y · f′(x). Every activation is a
/// [`Module`](crate::Module) for tensors of any shape, without parameters and without memory.
///
/// To write one, give a type a name and the two functions:
///
/// ```
/// use nn_core::gradcheck::check_module;
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Activation, Scalar, Tensor};
///
/// /// x / (1 + |x|)
/// #[derive(Clone, Copy, PartialEq)]
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
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
///
/// # Accuracy
///
/// Largest error of f′ of this crate's activations for any x, with default settings and ε = 1.2 · 10⁻⁷ in `f32`, 2.2 · 10⁻¹⁶ in `f64`;
/// σ = 1 / (1 + e⁻ˣ), and a result below the smallest normal number may lose its last digits:
///
/// | activation | error of f′ |
/// |---|---|
/// | `Identity`, `Relu`, `LeakyRelu` | none |
/// | `Elu` | 2 ε f′ |
/// | `Softplus` | 3 ε f′ |
/// | `Tanh` | 4 ε: f′ = 1 − y² has no correct digits where it is below ε |
/// | `Sigmoid` | 5 ε f′ for x ≤ 0; 2 ε above, likewise |
/// | `Silu` | 6 ε (σ + \|x\| σ (1 − σ)) |
/// | `Gelu` | (8 + x²) ε (Φ + \|x\| φ) |
/// | `GeluTanh` | (8 + 4 \|u\|) ε (½ (1 + tanh u) + ½ \|x\| (1 − tanh² u) u′) |
///
/// The last three cross 0, where a sum of two terms cancels; x² and u are there because the error of an argument is that of its
/// exponential, times the argument.
pub trait Activation: Copy + PartialEq + Display + Send + Sync + 'static {
    /// Returns y = f(x); NaN for NaN. Write it without branches and mark it `#[inline(always)]`, so that it becomes vector instructions.
    fn f<F: Scalar>(self, x: F) -> F;

    /// Returns f′(x), given x and y = f(x), because many derivatives are cheapest in terms of y; NaN for NaN.
    fn df<F: Scalar>(self, x: F, y: F) -> F;

    /// Checks the settings, as the precision `F` sees them.
    ///
    /// # Errors
    /// [`SettingError`] for the first setting that makes no sense.
    fn check<F: Scalar>(self) -> Result<(), SettingError> {
        Ok(())
    }

    /// [`Module::forward`](crate::Module::forward). Activations of this crate override it by the same, compiled
    /// [`once`](crate::once).
    #[doc(hidden)]
    fn forward_layer<F: Scalar>(self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>) {
        elementwise::forward_layer(self, x, y, workspace);
    }

    /// [`Module::backward`](crate::Module::backward), likewise.
    #[doc(hidden)]
    fn backward_layer<F: Scalar>(
        self,
        x: &Tensor<F>,
        y: &Tensor<F>,
        dy: &Tensor<F>,
        dx: Option<&mut Tensor<F>>,
        accumulate: Accumulate,
        workspace: &mut Workspace<F>,
    ) {
        elementwise::backward_layer(self, x, y, dy, dx, accumulate, workspace);
    }

    /// [`Module::architecture`](crate::Module::architecture). Only activations of this crate have one.
    #[doc(hidden)]
    fn describe_layer(self) -> Result<Architecture, ModuleError> {
        Err(ModuleProblem::NoArchitecture { module: self.to_string() }.into())
    }

    /// [`Module::backward_combined`](crate::Module::backward_combined), for the activations of small networks alone: each takes
    /// a kernel of its own.
    #[doc(hidden)]
    fn backward_combined_layer<F: Scalar>(
        self,
        x: &Tensor<F>,
        y: &Tensor<F>,
        dy: Combination<'_, F>,
        dx: &mut Tensor<F>,
        workspace: &mut Workspace<F>,
    ) -> bool {
        let _ = (x, y, dy, dx, workspace);
        false
    }
}
