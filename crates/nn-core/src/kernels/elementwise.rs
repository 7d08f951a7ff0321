//! Element-by-element operations on whole tensors: an activation and its derivative, sums and products.

use super::lanes::{Block, LANES, Lanes};
use super::simd::{Kernel, dispatch};
use crate::activation::Activation;
use crate::{Accumulate, Scalar, Tensor, Workspace};

/// The forward pass of an activation: y = f(x).
pub(crate) fn forward_layer<F: Scalar, A: Activation>(
    activation: A,
    x: &Tensor<F>,
    y: &mut Tensor<F>,
    workspace: &mut Workspace<F>,
) {
    workspace.check_forward(&activation, x, y);
    dispatch(Forward { activation, x: x.blocks(), y: y.blocks_mut() });
}

/// The backward pass of an activation: dx = dy ⊙ f′(x), or that is added to dx.
pub(crate) fn backward_layer<F: Scalar, A: Activation>(
    activation: A,
    x: &Tensor<F>,
    y: &Tensor<F>,
    dy: &Tensor<F>,
    dx: Option<&mut Tensor<F>>,
    accumulate: Accumulate,
    workspace: &mut Workspace<F>,
) {
    workspace.check_backward(&activation, x, y, dy, dx.as_deref());
    let Some(dx) = dx else { return };
    let [x, y, dy] = [x, y, dy].map(Tensor::blocks);
    let dx = dx.blocks_mut();
    match accumulate {
        Accumulate::Replace => dispatch(Backward { activation, x, y, dy, dx }),
        // Some blocks at a time, in memory that stays in the L1 cache: a second kernel for every activation would double the
        // time to compile them.
        Accumulate::Add => {
            let mut memory = [[F::ZERO; LANES]; CHUNK];
            for start in (0..dx.len()).step_by(CHUNK) {
                let range = start..dx.len().min(start + CHUNK);
                let [x, y, dy] = [x, y, dy].map(|all| &all[range.clone()]);
                let part = &mut memory[..range.len()];
                dispatch(Backward { activation, x, y, dy, dx: &mut *part });
                add_blocks(&mut dx[range], part);
            }
        }
    }
}

/// The number of blocks of a gradient that are computed before they are added.
const CHUNK: usize = 64;

/// Computes to = from, or to += from.
pub(crate) fn pass<F: Scalar>(from: &Tensor<F>, to: &mut Tensor<F>, accumulate: Accumulate) {
    match accumulate {
        Accumulate::Replace => to.blocks_mut().copy_from_slice(from.blocks()),
        Accumulate::Add => add(to, from),
    }
}

/// Computes sum += term.
pub(crate) fn add<F: Scalar>(sum: &mut Tensor<F>, term: &Tensor<F>) {
    add_blocks(sum.blocks_mut(), term.blocks());
}

fn add_blocks<F: Scalar>(to: &mut [Block<F>], with: &[Block<F>]) {
    dispatch(Sum { to, with });
}

/// Computes product ⊙= factor.
pub(crate) fn multiply<F: Scalar>(product: &mut Tensor<F>, factor: &Tensor<F>) {
    dispatch(Product { to: product.blocks_mut(), with: factor.blocks() });
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
            // No closure, here and below: LLVM may call it, because it is as long as the function in it.
            let mut out = *x;
            for lane in 0..LANES {
                out[lane] = self.activation.f(x[lane]);
            }
            Lanes(out).store(y);
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
            let mut slope = *x;
            for lane in 0..LANES {
                slope[lane] = self.activation.df(x[lane], y[lane]);
            }
            (Lanes(*dy) * Lanes(slope)).store(dx);
        }
    }
}

struct Sum<'a, F> {
    to: &'a mut [Block<F>],
    with: &'a [Block<F>],
}

impl<F: Scalar> Kernel for Sum<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (to, with) in self.to.iter_mut().zip(self.with) {
            (Lanes(*to) + Lanes(*with)).store(to);
        }
    }
}

struct Product<'a, F> {
    to: &'a mut [Block<F>],
    with: &'a [Block<F>],
}

impl<F: Scalar> Kernel for Product<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (to, with) in self.to.iter_mut().zip(self.with) {
            (Lanes(*to) * Lanes(*with)).store(to);
        }
    }
}
