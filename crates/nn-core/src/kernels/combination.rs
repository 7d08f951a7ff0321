//! The gradient that a linear layer of a [`Stack`](crate::Stack) passes back, computed where it is read.

use super::lanes::{Block, Lanes};
use super::simd::{Kernel, dispatch};
use crate::{Activation, Columns, Scalar, Tensor, Workspace};

/// The gradient of the input of a linear layer in a stack: ∂L/∂x_j = Σ_i W_ij ∂L/∂y_i. For one or two outputs, because so
/// few terms take less time than to write their sum and read it again.
#[derive(Debug, Clone, Copy)]
pub struct Combination<'a, F> {
    /// Row-major, one layer per lane.
    weight: &'a [Block<F>],
    dy: Columns<'a, F>,
}

impl<'a, F: Scalar> Combination<'a, F> {
    /// Returns the combination of `dy`, or `None` if it has more than two features.
    pub(crate) fn of(weight: &'a [Block<F>], dy: Columns<'a, F>) -> Option<Self> {
        matches!(dy.features(), 1 | 2).then_some(Combination { weight, dy })
    }

    fn features(&self) -> usize {
        self.weight.len() / self.dy.features()
    }
}

/// The backward pass of an activation before that layer: dx = dy ⊙ f′(x).
pub(crate) fn backward_layer<F: Scalar, A: Activation>(
    activation: A,
    x: &Tensor<F>,
    y: &Tensor<F>,
    dy: Combination<'_, F>,
    dx: &mut Tensor<F>,
    workspace: &mut Workspace<F>,
) {
    workspace.check_backward(&activation, x, y, y, Some(dx));
    workspace.check_own(&activation, (dy.features(), dy.dy.samples()) == (y.features(), y.samples()));
    let (weight, blocks) = (dy.weight, dy.dy.blocks_per_feature());
    let [x, y] = [x, y].map(Tensor::blocks);
    let dx = dx.blocks_mut();
    match dy.dy.features() {
        1 => dispatch(Backward { activation, weight, x, y, dy: [dy.dy.blocks()], dx }),
        _ => {
            let (first, second) = dy.dy.blocks().split_at(blocks);
            dispatch(Backward { activation, weight, x, y, dy: [first, second], dx });
        }
    }
}

struct Backward<'a, F, A, const I: usize> {
    activation: A,
    weight: &'a [Block<F>],
    x: &'a [Block<F>],
    y: &'a [Block<F>],
    dy: [&'a [Block<F>]; I],
    dx: &'a mut [Block<F>],
}

impl<F: Scalar, A: Activation, const I: usize> Kernel for Backward<'_, F, A, I> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (features, blocks) = (self.weight.len() / I, self.dy[0].len());
        let mut dy = self.dy;
        for i in 0..I {
            dy[i] = &dy[i][..blocks];
        }
        for j in 0..features {
            let mut weight = [Lanes::zero(); I];
            for i in 0..I {
                weight[i] = Lanes(self.weight[i * features + j]);
            }
            let [x, y] = [self.x, self.y].map(|all| &all[j * blocks..][..blocks]);
            let dx = &mut self.dx[j * blocks..][..blocks];
            for b in 0..blocks {
                let mut sum = Lanes::zero();
                for i in 0..I {
                    sum = weight[i].mul_add(Lanes(dy[i][b]), sum);
                }
                let mut slope = x[b];
                for lane in 0..x[b].len() {
                    slope[lane] = self.activation.df(x[b][lane], y[b][lane]);
                }
                (sum * Lanes(slope)).store(&mut dx[b]);
            }
        }
    }
}
