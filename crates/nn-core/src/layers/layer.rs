//! The layers of this crate, compiled here.

use crate::{Accumulate, Mode, ModuleError, Plan, Purpose, Scalar, Tensor, Workspace};

/// What a layer of this crate computes: the methods of [`Module`](crate::Module) of the same names, which [`compiled_here`] makes of
/// them.
pub(super) trait Layer<F: Scalar> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError>;

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, mode: &mut Mode<'_>);

    fn backward(
        &self,
        x: &Tensor<F>,
        y: &Tensor<F>,
        dy: &Tensor<F>,
        dx: Option<&mut Tensor<F>>,
        accumulate: Accumulate,
        workspace: &mut Workspace<F>,
    );
}

/// Writes what every module of this crate has: its [steps](steps_compiled_here), and the architecture of a
/// [`Described`](super::described::Described) one.
macro_rules! compiled_here {
    ($Layer:ty) => {
        $crate::layers::layer::steps_compiled_here!($Layer);

        fn architecture(&self) -> Result<$crate::Architecture, $crate::ModuleError> {
            $crate::layers::described::Described::<F>::describe(self)
        }
    };
}

/// Writes [`Module::plan`](crate::Module::plan), `forward` and `backward` of a [`Layer`], each as a call of a function that is
/// compiled [`once`](crate::once): a whole layer, with all its kernels, is then compiled in this crate alone.
macro_rules! steps_compiled_here {
    ($Layer:ty) => {
        fn plan(
            &self,
            input: &[usize],
            purpose: $crate::Purpose,
        ) -> Result<$crate::Plan<F>, $crate::ModuleError> {
            $crate::once! {
                fn plan<'a, F>(
                    layer: &'a $Layer,
                    input: &'a [usize],
                    purpose: $crate::Purpose
                ) -> Result<$crate::Plan<F>, $crate::ModuleError> {
                    $crate::layers::layer::Layer::plan(layer, input, purpose)
                }
            }
            plan(self, input, purpose)
        }

        fn forward(
            &self,
            x: &$crate::Tensor<F>,
            y: &mut $crate::Tensor<F>,
            workspace: &mut $crate::Workspace<F>,
            mode: &mut $crate::Mode<'_>,
        ) {
            $crate::once! {
                fn forward<'a, F>(
                    layer: &'a $Layer,
                    x: &'a $crate::Tensor<F>,
                    y: &'a mut $crate::Tensor<F>,
                    workspace: &'a mut $crate::Workspace<F>,
                    mode: $crate::Mode<'a>
                ) {
                    let mut mode = mode;
                    $crate::layers::layer::Layer::forward(layer, x, y, workspace, &mut mode);
                }
            }
            forward(self, x, y, workspace, mode.reborrow());
        }

        fn backward(
            &self,
            x: &$crate::Tensor<F>,
            y: &$crate::Tensor<F>,
            dy: &$crate::Tensor<F>,
            dx: Option<&mut $crate::Tensor<F>>,
            accumulate: $crate::Accumulate,
            workspace: &mut $crate::Workspace<F>,
        ) {
            $crate::once! {
                fn backward<'a, F>(
                    layer: &'a $Layer,
                    x: &'a $crate::Tensor<F>,
                    y: &'a $crate::Tensor<F>,
                    dy: &'a $crate::Tensor<F>,
                    dx: Option<&'a mut $crate::Tensor<F>>,
                    accumulate: $crate::Accumulate,
                    workspace: &'a mut $crate::Workspace<F>
                ) {
                    $crate::layers::layer::Layer::backward(layer, x, y, dy, dx, accumulate, workspace);
                }
            }
            backward(self, x, y, dy, dx, accumulate, workspace);
        }
    };
}

pub(super) use {compiled_here, steps_compiled_here};
