//! Kernels that are compiled here, once, and not again in every crate that trains: a generic function would be compiled where
//! it is called, for every instruction set.

/// Defines `$Once`, through which [`Scalar::run`](crate::Scalar::run) dispatches the kernel `$Kernel`, a type of `'a` and `F`.
macro_rules! once {
    ($visible:vis $Once:ident: $Kernel:ty => $Output:ty) => {
        $visible struct $Once;

        impl $crate::PerScalar for $Once {
            type Input<'a, F: $crate::Scalar> = $Kernel;
            type Output<F: $crate::Scalar> = $Output;

            fn f32(kernel: Self::Input<'_, f32>) -> Self::Output<f32> {
                $crate::simd::dispatch(kernel)
            }

            fn f64(kernel: Self::Input<'_, f64>) -> Self::Output<f64> {
                $crate::simd::dispatch(kernel)
            }
        }
    };
}

pub(super) use once;
