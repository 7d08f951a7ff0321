//! Activations as layers: all that one needs is a function f and its derivative df.

mod gated;
mod rectifiers;
mod saturating;

use crate::{
    Accumulate, Activation, Architecture, Combination, Mode, Module, ModuleError, Parameters, Plan, Purpose,
    Scalar, ShapeError, Tensor, Workspace, all_like,
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
        A::forward_layer(*self, x, y, workspace);
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
        A::backward_layer(*self, x, y, dy, dx, accumulate, workspace);
    }

    fn backward_combined(
        &self,
        x: &Tensor<F>,
        y: &Tensor<F>,
        dy: Combination<'_, F>,
        dx: &mut Tensor<F>,
        workspace: &mut Workspace<F>,
    ) -> bool {
        A::backward_combined_layer(*self, x, y, dy, dx, workspace)
    }

    fn architecture(&self) -> Result<Architecture, ModuleError> {
        A::describe_layer(*self)
    }

    /// Returns itself, because an activation treats all lanes alike.
    fn stacked(&self, networks: &[&dyn Module<F>]) -> Option<Box<dyn Module<F>>> {
        let alike = all_like::<A, F>(networks)?.into_iter().all(|other| other == self);
        alike.then(|| Box::new(*self) as Box<dyn Module<F>>)
    }
}

/// Writes the two methods with which an [`Activation`] of this crate is compiled here, and its architecture.
macro_rules! compiled_here {
    ($Activation:ty) => {
        fn describe_layer(self) -> Result<$crate::Architecture, $crate::ModuleError> {
            // The same in both precisions.
            $crate::layers::described::Described::<f32>::describe(&self)
        }

        fn forward_layer<F: $crate::Scalar>(
            self,
            x: &$crate::Tensor<F>,
            y: &mut $crate::Tensor<F>,
            workspace: &mut $crate::Workspace<F>,
        ) {
            $crate::once! {
                fn forward<'a, F>(
                    activation: $Activation,
                    x: &'a $crate::Tensor<F>,
                    y: &'a mut $crate::Tensor<F>,
                    workspace: &'a mut $crate::Workspace<F>
                ) {
                    $crate::kernels::elementwise::forward_layer(activation, x, y, workspace);
                }
            }
            forward(self, x, y, workspace);
        }

        fn backward_layer<F: $crate::Scalar>(
            self,
            x: &$crate::Tensor<F>,
            y: &$crate::Tensor<F>,
            dy: &$crate::Tensor<F>,
            dx: Option<&mut $crate::Tensor<F>>,
            accumulate: $crate::Accumulate,
            workspace: &mut $crate::Workspace<F>,
        ) {
            $crate::once! {
                fn backward<'a, F>(
                    activation: $Activation,
                    x: &'a $crate::Tensor<F>,
                    y: &'a $crate::Tensor<F>,
                    dy: &'a $crate::Tensor<F>,
                    dx: Option<&'a mut $crate::Tensor<F>>,
                    accumulate: $crate::Accumulate,
                    workspace: &'a mut $crate::Workspace<F>
                ) {
                    $crate::kernels::elementwise::backward_layer(activation, x, y, dy, dx, accumulate, workspace);
                }
            }
            backward(self, x, y, dy, dx, accumulate, workspace);
        }
    };
}

/// Writes the method with which an activation shares a pass with the linear layer after it. Those of small networks have it: it
/// is one more kernel to compile.
macro_rules! combined_here {
    ($Activation:ty) => {
        fn backward_combined_layer<F: $crate::Scalar>(
            self,
            x: &$crate::Tensor<F>,
            y: &$crate::Tensor<F>,
            dy: $crate::Combination<'_, F>,
            dx: &mut $crate::Tensor<F>,
            workspace: &mut $crate::Workspace<F>,
        ) -> bool {
            $crate::once! {
                fn backward<'a, F>(
                    activation: $Activation,
                    x: &'a $crate::Tensor<F>,
                    y: &'a $crate::Tensor<F>,
                    dy: $crate::Combination<'a, F>,
                    dx: &'a mut $crate::Tensor<F>,
                    workspace: &'a mut $crate::Workspace<F>
                ) {
                    $crate::kernels::combination::backward_layer(activation, x, y, dy, dx, workspace);
                }
            }
            backward(self, x, y, dy, dx, workspace);
            true
        }
    };
}

use {combined_here, compiled_here};

/// Defines an activation: its documentation, its name, its class and its argument in PyTorch, f and df, and other methods.
macro_rules! activation {
    (
        $(#[$doc:meta])* $Name:ident as $kind:literal $(with $fixed:ident: $constant:literal)?,
        f($x:ident) = $f:expr, df($dx:ident, $dy:ident) = $df:expr
        $(; $($method:tt)*)?
    ) => {
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
            $crate::layers::activation::compiled_here!($Name);
            $($($method)*)?
        }

        $crate::layers::described::described! {
            $Name as $kind;
            $(fixed { $fixed: $constant })?
            made => $Name
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
    Identity as "Identity", f(x) = x, df(x, _y) = at(x, F::ONE)
}

/// Returns the slope at x of a function whose slope is constant there, or NaN if x is.
#[inline(always)]
fn at<F: Scalar>(x: F, slope: F) -> F {
    if x.is_nan() { x } else { slope }
}
