//! Element-by-element operations on whole tensors: an activation and its derivative, sums and products.

use super::lanes::{Block, Lanes};
use super::simd::{Kernel, dispatch};
use crate::activation::Activation;
use crate::{Accumulate, Scalar, Tensor};

/// Computes y = f(x).
pub(crate) fn forward<F: Scalar, A: Activation>(activation: A, x: &Tensor<F>, y: &mut Tensor<F>) {
    dispatch(Forward { activation, x: x.blocks(), y: y.blocks_mut() });
}

/// Computes dx = dy ⊙ f′(x), or adds that to dx.
pub(crate) fn backward<F: Scalar, A: Activation>(
    activation: A,
    x: &Tensor<F>,
    y: &Tensor<F>,
    dy: &Tensor<F>,
    dx: &mut Tensor<F>,
    accumulate: Accumulate,
) {
    let [x, y, dy] = [x, y, dy].map(Tensor::blocks);
    let dx = dx.blocks_mut();
    match accumulate {
        Accumulate::Replace => dispatch(Backward::<F, A, false> { activation, x, y, dy, dx }),
        Accumulate::Add => dispatch(Backward::<F, A, true> { activation, x, y, dy, dx }),
    }
}

/// Computes to = from, or to += from.
pub(crate) fn pass<F: Scalar>(from: &Tensor<F>, to: &mut Tensor<F>, accumulate: Accumulate) {
    match accumulate {
        Accumulate::Replace => to.blocks_mut().copy_from_slice(from.blocks()),
        Accumulate::Add => add(to, from),
    }
}

/// Computes sum += term.
pub(crate) fn add<F: Scalar>(sum: &mut Tensor<F>, term: &Tensor<F>) {
    in_place(sum, [term], |sum, [term]| sum + term);
}

/// Computes product ⊙= factor.
pub(crate) fn multiply<F: Scalar>(product: &mut Tensor<F>, factor: &Tensor<F>) {
    in_place(product, [factor], |product, [factor]| product * factor);
}

/// Computes sum += a ⊙ b.
pub(crate) fn add_product<F: Scalar>(sum: &mut Tensor<F>, [a, b]: [&Tensor<F>; 2]) {
    in_place(sum, [a, b], |sum, [a, b]| sum + a * b);
}

struct Forward<'a, F, A> {
    activation: A,
    x: &'a [Block<F>],
    y: &'a mut [Block<F>],
}

impl<F: Scalar, A: Activation> Kernel for Forward<'_, F, A> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (x, y) in self.x.iter().zip(self.y) {
            Lanes(*x).map(|x| self.activation.f(x)).store(y);
        }
    }
}

struct Backward<'a, F, A, const ADD: bool> {
    activation: A,
    x: &'a [Block<F>],
    y: &'a [Block<F>],
    dy: &'a [Block<F>],
    dx: &'a mut [Block<F>],
}

impl<F: Scalar, A: Activation, const ADD: bool> Kernel for Backward<'_, F, A, ADD> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (((x, y), dy), dx) in self.x.iter().zip(self.y).zip(self.dy).zip(self.dx) {
            let slope = Lanes(*x).zip(Lanes(*y), |x, y| self.activation.df(x, y));
            (Lanes(*dy) * slope).put::<ADD>(dx);
        }
    }
}

/// Computes to = f(to, with).
fn in_place<F: Scalar, const N: usize>(
    to: &mut Tensor<F>,
    with: [&Tensor<F>; N],
    f: impl Fn(Lanes<F>, [Lanes<F>; N]) -> Lanes<F>,
) {
    dispatch(InPlace { to: to.blocks_mut(), with: with.map(Tensor::blocks), f });
}

struct InPlace<'a, F, Op, const N: usize> {
    to: &'a mut [Block<F>],
    with: [&'a [Block<F>]; N],
    f: Op,
}

impl<F: Scalar, Op: Fn(Lanes<F>, [Lanes<F>; N]) -> Lanes<F>, const N: usize> Kernel
    for InPlace<'_, F, Op, N>
{
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let length = self.to.len();
        let with = self.with.map(|with| &with[..length]);
        for (i, to) in self.to.iter_mut().enumerate() {
            (self.f)(Lanes(*to), with.map(|with| Lanes(with[i]))).store(to);
        }
    }
}
