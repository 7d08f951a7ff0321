//! Functions that are compiled here, once, and not again in every crate that trains: a generic function is compiled where it
//! is called, for every instruction set, and without optimisation if its caller is.

/// Writes a function of a [`Scalar`](crate::Scalar) type that is compiled once for `f32` and `f64`, in the crate that calls this
/// macro. Call it as a generic function.
///
/// A library of layers, losses or rules uses it for its loops. A program built for debugging then runs them as fast as any other, if
/// it has its packages optimised. Whatever the body calls is compiled with it. The type is called `F`, and all references have
/// the lifetime `'a`:
///
/// ```
/// nn_core::once! {
///     /// Computes to += factor · from.
///     fn add_scaled<'a, F>(to: &'a mut [F], factor: F, from: &'a [F]) {
///         for (to, from) in to.iter_mut().zip(from) {
///             *to += factor * *from;
///         }
///     }
/// }
///
/// let mut sum = [1.0_f32, 2.0];
/// add_scaled(&mut sum, 0.5, &[4.0, 8.0]);
/// assert_eq!(sum, [3.0, 6.0]);
/// ```
///
/// It is made of [`PerScalar`](crate::PerScalar), which can do more: a body may differ between the two types, and have statics.
#[macro_export]
macro_rules! once {
    (
        $(#[$attribute:meta])*
        $visible:vis fn $name:ident<'a, F>($($argument:ident: $Type:ty),* $(,)?) $(-> $Output:ty)? $body:block
    ) => {
        $(#[$attribute])*
        #[allow(clippy::too_many_arguments, reason = "those of a method of a module, one of which is its `self`")]
        $visible fn $name<'a, F: $crate::Scalar>($($argument: $Type),*) $(-> $Output)? {
            struct Once;

            impl $crate::PerScalar for Once {
                type Input<'a, F: $crate::Scalar> = ($($Type,)*);
                type Output<F: $crate::Scalar> = $crate::once!(@output $($Output)?);

                // Never inlined, because a short function may be compiled in the crate that calls it.
                #[inline(never)]
                fn f32(($($argument,)*): Self::Input<'_, f32>) -> Self::Output<f32> {
                    body::<f32>($($argument),*)
                }

                #[inline(never)]
                fn f64(($($argument,)*): Self::Input<'_, f64>) -> Self::Output<f64> {
                    body::<f64>($($argument),*)
                }
            }

            #[allow(clippy::too_many_arguments, reason = "as above")]
            fn body<'a, F: $crate::Scalar>($($argument: $Type),*) $(-> $Output)? $body

            F::run::<Once>(($($argument,)*))
        }
    };
    (@output) => { () };
    (@output $Output:ty) => { $Output };
}
