//! An activation of another crate goes another way to the kernel than those of nn-core, which are compiled there.

use std::fmt::{self, Display};

use nn_core::{Accumulate, Activation, Mode, Module, Plan, Purpose, Scalar, Silu, Tensor};

#[derive(Debug, Clone, Copy, PartialEq)]
struct Own;

impl Activation for Own {
    #[inline(always)]
    fn f<F: Scalar>(self, x: F) -> F {
        Silu.f(x)
    }
    #[inline(always)]
    fn df<F: Scalar>(self, x: F, y: F) -> F {
        Silu.df(x, y)
    }
}

impl Display for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Own")
    }
}

/// Returns the output, and the gradient once written and once added to itself.
fn pass<F: Scalar>(activation: &dyn Module<F>) -> [Tensor<F>; 3] {
    let x = Tensor::from_fn(37, 3, |sample, feature| F::from_f64(sample as f64 / 7.0 - feature as f64));
    let dy = Tensor::from_fn(37, 3, |sample, feature| F::from_f64(1.0 / (sample + feature + 1) as f64));
    let Plan { mut workspace, .. } = activation.plan(x.shape(), Purpose::Train).unwrap();
    let (mut y, mut dx) = (Tensor::zeros(x.shape()), Tensor::zeros(x.shape()));
    activation.forward(&x, &mut y, &mut workspace, &mut Mode::Eval);
    activation.backward(&x, &y, &dy, Some(&mut dx), Accumulate::Replace, &mut workspace);
    let once = dx.clone();
    activation.backward(&x, &y, &dy, Some(&mut dx), Accumulate::Add, &mut workspace);
    [y, once, dx]
}

#[test]
fn it_computes_the_same_bits() {
    assert_eq!(pass::<f32>(&Own), pass::<f32>(&Silu));
    assert_eq!(pass::<f64>(&Own), pass::<f64>(&Silu));
    let [y, once, twice] = pass::<f64>(&Own);
    assert_eq!(y[[36, 1]], Silu.f(36.0 / 7.0 - 1.0));
    assert_eq!(twice[[36, 1]], 2.0 * once[[36, 1]]);
}
