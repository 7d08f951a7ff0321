//! Element-by-element operations on whole tensors: an activation and its derivative, sums and products. Threads share large
//! ones.

use super::lanes::{Block, LANES, Lanes};
use super::simd::{Kernel, dispatch};
use super::team;
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
    let (x, y) = (x.blocks(), y.blocks_mut());
    let part = part(y.len());
    share(x.chunks(part).zip(y.chunks_mut(part)), part, |(x, y)| dispatch(Forward { activation, x, y }));
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
    let ([x, y, dy], dx) = ([x, y, dy].map(Tensor::blocks), dx.blocks_mut());
    let part = part(dx.len());
    let parts = x.chunks(part).zip(y.chunks(part)).zip(dy.chunks(part)).zip(dx.chunks_mut(part));
    share(parts, part, |(((x, y), dy), dx)| backward(activation, [x, y, dy], dx, accumulate));
}

fn backward<F: Scalar, A: Activation>(
    activation: A,
    [x, y, dy]: [&[Block<F>]; 3],
    dx: &mut [Block<F>],
    accumulate: Accumulate,
) {
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
                dispatch(Sum { to: &mut dx[range], with: part });
            }
        }
    }
}

/// The number of blocks that are computed before they are added.
pub(super) const CHUNK: usize = 64;

/// Computes to = from, or to += from.
pub(crate) fn pass<F: Scalar>(from: &Tensor<F>, to: &mut Tensor<F>, accumulate: Accumulate) {
    match accumulate {
        Accumulate::Replace => copy(to, from),
        Accumulate::Add => add(to, from),
    }
}

/// Copies the values of a tensor of another shape.
pub(crate) fn copy<F: Scalar>(to: &mut Tensor<F>, from: &Tensor<F>) {
    each(to, from, |to, from| to.copy_from_slice(from));
}

/// Computes sum += term.
pub(crate) fn add<F: Scalar>(sum: &mut Tensor<F>, term: &Tensor<F>) {
    each(sum, term, |to, with| dispatch(Sum { to, with }));
}

/// Computes product ⊙= factor.
pub(crate) fn multiply<F: Scalar>(product: &mut Tensor<F>, factor: &Tensor<F>) {
    each(product, factor, |to, with| dispatch(Product { to, with }));
}

/// Does `work` with all blocks of two tensors.
fn each<F: Scalar>(to: &mut Tensor<F>, with: &Tensor<F>, work: impl Fn(&mut [Block<F>], &[Block<F>]) + Sync) {
    let (to, with) = (to.blocks_mut(), with.blocks());
    let part = part(to.len());
    share(to.chunks_mut(part).zip(with.chunks(part)), part, |(to, with)| work(to, with));
}

/// The cost of so many blocks, most of which is reading and writing memory.
fn cost(blocks: usize) -> usize {
    team::NUMBER * LANES * blocks
}

/// Returns the number of blocks of each part that a thread is given, of so many in all.
#[inline]
pub(super) fn part(blocks: usize) -> usize {
    blocks.div_ceil(team::threads(cost(blocks))).max(1)
}

#[inline]
pub(super) fn share<P: Send>(
    parts: impl DoubleEndedIterator<Item = P> + ExactSizeIterator + Send,
    part: usize,
    work: impl Fn(P) + Sync,
) {
    team::share(cost(parts.len() * part), parts, work);
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

pub(super) struct Sum<'a, F> {
    pub(super) to: &'a mut [Block<F>],
    pub(super) with: &'a [Block<F>],
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

pub(super) struct Product<'a, F> {
    pub(super) to: &'a mut [Block<F>],
    pub(super) with: &'a [Block<F>],
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
