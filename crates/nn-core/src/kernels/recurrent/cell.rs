//! What one step of a recurrent layer does with the sums of its gates.

use std::fmt::Debug;

use super::nonlinearity::Nonlinearity;
use crate::Scalar;
use crate::kernels::lanes::{Aligned, Block, LANES};
use crate::kernels::simd::Kernel;

/// A recurrent cell. Each unit has some gates, and a state that goes from step to step.
///
/// All slices hold one row for each unit, as many times as is said; the rows of one kind lie side by side.
pub trait Cell: Copy + Default + Debug + PartialEq + Send + Sync + 'static {
    /// The name of its layer, as in PyTorch.
    const NAME: &'static str;
    /// The number of values in the state of a unit: its output h, and what it does not show.
    const STATES: usize;
    /// The number of gates of a unit, as there are rows in the weights.
    const GATES: usize;
    /// The sums that a step begins with.
    const SECTIONS: &'static [Section];
    /// The number of values that a step keeps of each unit for the way back, in place of the sums and behind them.
    const KEPT: usize;

    /// Makes a cell with this nonlinearity, or returns `None` if it has no choice of one, or needs one.
    fn of(nonlinearity: Option<Nonlinearity>) -> Option<Self>;

    /// Returns the nonlinearity, if there is a choice.
    fn nonlinearity(self) -> Option<Nonlinearity>;

    /// Turns the sums in `kept` into what is kept, and computes the state `after` the step from that `before`.
    fn forward<F: Scalar>(self, kept: &mut [Block<F>], before: &[Block<F>], after: &mut [Block<F>]);

    /// Turns ∂L/∂state after the step into ∂L/∂state before it, as far as it does not come through the sums, and computes
    /// ∂L/∂sum for each sum.
    fn backward<F: Scalar>(
        self,
        kept: &[Block<F>],
        before: &[Block<F>],
        state: &mut [Block<F>],
        sums: &mut [Block<F>],
    );
}

/// Neighbouring sums of a step that are made of the same: W x + b of some rows of W, U h + c of some rows of U, or both.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// The number of gates.
    pub(crate) gates: usize,
    /// The first of these gates in W and b, which belong to the input.
    pub(crate) input: Option<usize>,
    /// The first of these gates in U and c, which belong to the state.
    pub(crate) state: Option<usize>,
}

/// Returns the number of sums of each unit.
pub(crate) fn sums<C: Cell>() -> usize {
    C::SECTIONS.iter().map(|section| section.gates).sum()
}

pub(super) struct Forward<'a, C, F> {
    pub(super) cell: C,
    pub(super) kept: &'a mut [Block<F>],
    pub(super) before: &'a [Block<F>],
    pub(super) after: &'a mut [Block<F>],
    /// Whether there is one sample alone.
    pub(super) lone: bool,
}

impl<C: Cell, F: Scalar> Kernel for Forward<'_, C, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        if self.lone {
            self.run_alone();
        } else {
            self.cell.forward(self.kept, self.before, self.after);
        }
    }
}

/// The blocks of units that a sample alone has at a time, and the most rows of a unit.
const GROUP: usize = 4;
const ROWS: usize = 5;

impl<C: Cell, F: Scalar> Forward<'_, C, F> {
    /// Of one sample, the first lanes of sixteen units are moved to the lanes of a block.
    #[inline(always)]
    fn run_alone(self) {
        let units = self.after.len() / C::STATES;
        for first in (0..units).step_by(GROUP * LANES) {
            let count = (units - first).min(GROUP * LANES);
            let blocks = count.div_ceil(LANES);
            let mut memory = Aligned([[[F::ZERO; LANES]; ROWS * GROUP]; 3]);
            let [kept, before, after] = &mut memory.0;
            let kept = &mut kept[..C::KEPT * blocks];
            let (before, after) = (&mut before[..C::STATES * blocks], &mut after[..C::STATES * blocks]);
            let ranges = |row: usize| (row * units + first..row * units + first + count, row * blocks);
            let gather = |from: &[Block<F>], to: &mut [Block<F>], rows: usize| {
                for (range, at) in (0..rows).map(ranges) {
                    for (to, from) in to[at..].as_flattened_mut().iter_mut().zip(&from[range]) {
                        *to = from[0];
                    }
                }
            };
            let scatter = |from: &[Block<F>], to: &mut [Block<F>], rows: usize| {
                for (range, at) in (0..rows).map(ranges) {
                    for (to, from) in to[range].iter_mut().zip(from[at..].as_flattened()) {
                        to[0] = *from;
                    }
                }
            };
            gather(self.kept, kept, C::KEPT);
            gather(self.before, before, C::STATES);
            self.cell.forward(kept, before, after);
            scatter(kept, self.kept, C::KEPT);
            scatter(after, self.after, C::STATES);
        }
    }
}

pub(super) struct Backward<'a, C, F> {
    pub(super) cell: C,
    pub(super) kept: &'a [Block<F>],
    pub(super) before: &'a [Block<F>],
    pub(super) state: &'a mut [Block<F>],
    pub(super) sums: &'a mut [Block<F>],
}

impl<C: Cell, F: Scalar> Kernel for Backward<'_, C, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.cell.backward(self.kept, self.before, self.state, self.sums);
    }
}

/// Returns `N` slices of equal length.
#[inline(always)]
pub(super) fn rows<T, const N: usize>(all: &[T]) -> [&[T]; N] {
    let length = all.len() / N;
    std::array::from_fn(|i| &all[i * length..(i + 1) * length])
}

/// Returns `N` slices of equal length, to write.
#[inline(always)]
pub(super) fn rows_mut<T, const N: usize>(all: &mut [T]) -> [&mut [T]; N] {
    let length = all.len() / N;
    let mut rest = all;
    std::array::from_fn(|_| {
        let (row, others) = std::mem::take(&mut rest).split_at_mut(length);
        rest = others;
        row
    })
}
