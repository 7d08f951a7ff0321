//! Number by number over whole tensors: an activation and its derivative, sums and products.

use super::lanes::{Block, Lanes};
use super::simd::{Kernel, dispatch};
use crate::{Activation, Scalar, Tensor};

/// y = f(x)
pub(crate) fn forward<F: Scalar, A: Activation>(activation: A, x: &Tensor<F>, y: &mut Tensor<F>) {
    dispatch(Forward { activation, x: x.blocks(), y: y.blocks_mut() });
}

/// dx = dy ⊙ f′(x)
pub(crate) fn backward<F: Scalar, A: Activation>(
    activation: A,
    x: &Tensor<F>,
    y: &Tensor<F>,
    dy: &Tensor<F>,
    dx: &mut Tensor<F>,
) {
    dispatch(Backward { activation, x: x.blocks(), y: y.blocks(), dy: dy.blocks(), dx: dx.blocks_mut() });
}

/// sum += term
pub(crate) fn add<F: Scalar>(sum: &mut Tensor<F>, term: &Tensor<F>) {
    dispatch(Combine { to: sum.blocks_mut(), with: term.blocks(), f: |a, b| a + b });
}

/// product ⊙= factor
pub(crate) fn multiply<F: Scalar>(product: &mut Tensor<F>, factor: &Tensor<F>) {
    dispatch(Combine { to: product.blocks_mut(), with: factor.blocks(), f: |a, b| a * b });
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

struct Backward<'a, F, A> {
    activation: A,
    x: &'a [Block<F>],
    y: &'a [Block<F>],
    dy: &'a [Block<F>],
    dx: &'a mut [Block<F>],
}

impl<F: Scalar, A: Activation> Kernel for Backward<'_, F, A> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (((x, y), dy), dx) in self.x.iter().zip(self.y).zip(self.dy).zip(self.dx) {
            let slope = Lanes(*x).zip(Lanes(*y), |x, y| self.activation.df(x, y));
            (Lanes(*dy) * slope).store(dx);
        }
    }
}

/// to = f(to, with)
struct Combine<'a, F, Op> {
    to: &'a mut [Block<F>],
    with: &'a [Block<F>],
    f: Op,
}

impl<F: Scalar, Op: Fn(Lanes<F>, Lanes<F>) -> Lanes<F>> Kernel for Combine<'_, F, Op> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (to, with) in self.to.iter_mut().zip(self.with) {
            (self.f)(Lanes(*to), Lanes(*with)).store(to);
        }
    }
}
