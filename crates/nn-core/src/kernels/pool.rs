//! Pooling: the maximum or the mean of the inputs that a window sees, and their gradients.
//!
//! All channels are alike, and so are the samples in the lanes. Threads share the channels.

use super::lanes::{Block, LANES, Lanes};
use super::simd::{Kernel, dispatch};
use super::team;
use super::window::{Axis, Walks};
use crate::{Accumulate, Scalar, once};

/// The windows of one plane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Windows<'a> {
    pub(crate) rows: Walks<'a>,
    pub(crate) columns: Walks<'a>,
    /// Positions in a row of the input, and of the output.
    pub(crate) width: [usize; 2],
    /// Rows of the input, and of the output.
    pub(crate) height: [usize; 2],
    /// Blocks of a position.
    pub(crate) blocks: usize,
}

impl Windows<'_> {
    /// Returns the blocks of a channel of the input, and of the output.
    fn planes(&self) -> [usize; 2] {
        [0, 1].map(|side| self.height[side] * self.width[side] * self.blocks)
    }

    /// Prepares a gradient of the input, and returns whether each window adds to it: it replaces what is there if every input is
    /// seen by exactly one window.
    fn adds<F: Scalar>(&self, dx: &mut [Block<F>], accumulate: Accumulate) -> bool {
        let once = self.rows.see_each_once(self.height[0]) && self.columns.see_each_once(self.width[0]);
        if accumulate == Accumulate::Replace && !once {
            dx.as_flattened_mut().fill(F::ZERO);
        }
        accumulate == Accumulate::Add || !once
    }

    /// Returns the cost of some channels, most of which is reading and writing memory.
    fn cost(&self, channels: usize) -> usize {
        let factors = [LANES, channels, self.rows.pairs(), self.columns.pairs(), self.blocks];
        factors.into_iter().fold(team::NUMBER, usize::saturating_mul)
    }
}

/// What a mean divides by.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Divisor {
    /// The number of inputs that the window sees.
    Inputs,
    /// The number of elements of the window that lie in the input or in its padding, which is as wide on both sides.
    Padded([Axis; 2]),
    /// A number.
    Number(usize),
}

once! {
    /// Writes the maximum of every window: NaN, if it sees one.
    pub(crate) fn max<'a, F>(windows: Windows<'a>, x: &'a [Block<F>], y: &'a mut [Block<F>]) {
        let [x_plane, y_plane] = windows.planes();
        let channels = y.len() / y_plane;
        let planes = x.chunks_exact(x_plane).zip(y.chunks_exact_mut(y_plane));
        team::share(windows.cost(channels), planes, |(x, y)| dispatch(Each { windows, pool: Max { x, y } }));
    }
}

once! {
    /// Passes the gradient of every maximum to the first input that equals it, and NaN to every input that is NaN.
    pub(crate) fn max_backward<'a, F>(
        windows: Windows<'a>,
        x: &'a [Block<F>],
        y: &'a [Block<F>],
        dy: &'a [Block<F>],
        dx: &'a mut [Block<F>],
        accumulate: Accumulate
    ) {
        let add = windows.adds(dx, accumulate);
        let [x_plane, y_plane] = windows.planes();
        let channels = y.len() / y_plane;
        let planes = x.chunks_exact(x_plane).zip(y.chunks_exact(y_plane));
        let planes = planes.zip(dy.chunks_exact(y_plane)).zip(dx.chunks_exact_mut(x_plane));
        team::share(windows.cost(channels), planes, |(((x, y), dy), dx)| {
            if add {
                dispatch(Each { windows, pool: MaxBackward::<_, true> { x, y, dy, dx } });
            } else {
                dispatch(Each { windows, pool: MaxBackward::<_, false> { x, y, dy, dx } });
            }
        });
    }
}

once! {
    /// Writes the mean of every window.
    pub(crate) fn mean<'a, F>(windows: Windows<'a>, divisor: Divisor, x: &'a [Block<F>], y: &'a mut [Block<F>]) {
        let [x_plane, y_plane] = windows.planes();
        let channels = y.len() / y_plane;
        let planes = x.chunks_exact(x_plane).zip(y.chunks_exact_mut(y_plane));
        team::share(windows.cost(channels), planes, |(x, y)| dispatch(Each { windows, pool: Mean { divisor, x, y } }));
    }
}

once! {
    /// Passes the gradient of every mean to the inputs of its window, in equal parts.
    pub(crate) fn mean_backward<'a, F>(
        windows: Windows<'a>,
        divisor: Divisor,
        dy: &'a [Block<F>],
        dx: &'a mut [Block<F>],
        accumulate: Accumulate
    ) {
        let add = windows.adds(dx, accumulate);
        let [x_plane, y_plane] = windows.planes();
        let channels = dy.len() / y_plane;
        let planes = dy.chunks_exact(y_plane).zip(dx.chunks_exact_mut(x_plane));
        team::share(windows.cost(channels), planes, |(dy, dx)| {
            if add {
                dispatch(Each { windows, pool: MeanBackward::<_, true> { divisor, dy, dx } });
            } else {
                dispatch(Each { windows, pool: MeanBackward::<_, false> { divisor, dy, dx } });
            }
        });
    }
}

/// A window of a plane.
#[derive(Clone, Copy)]
struct Place {
    /// The output.
    output: [usize; 2],
    /// The first block of the output, and of the first input that it sees.
    y: usize,
    x: usize,
    /// Rows and columns that it sees, and the blocks from one to the next.
    counts: [usize; 2],
    steps: [usize; 2],
    /// Blocks of each position.
    blocks: usize,
}

impl Place {
    /// Goes over the window from its first to its last input with the result so far and the block of the input.
    #[inline(always)]
    fn fold<F: Scalar>(
        &self,
        mut so_far: Lanes<F>,
        b: usize,
        mut with: impl FnMut(Lanes<F>, usize) -> Lanes<F>,
    ) -> Lanes<F> {
        let mut row = self.x + b;
        for _ in 0..self.counts[0] {
            let mut at = row;
            for _ in 0..self.counts[1] {
                so_far = with(so_far, at);
                at += self.steps[1];
            }
            row += self.steps[0];
        }
        so_far
    }
}

/// What is done at each window.
trait Pool {
    fn at(&mut self, place: Place);
}

struct Each<'a, P> {
    windows: Windows<'a>,
    pool: P,
}

impl<P: Pool> Kernel for Each<'_, P> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Each { windows: Windows { rows, columns, width, blocks, .. }, mut pool } = self;
        let steps = [rows.source_step as usize * width[0] * blocks, columns.source_step as usize * blocks];
        for down in rows.runs() {
            for row in 0..down.length {
                for across in columns.runs() {
                    for column in 0..across.length {
                        let output = [down.at + row, across.at + column];
                        let source = (down.walk.source + row) * width[0] + across.walk.source + column;
                        pool.at(Place {
                            output,
                            y: (output[0] * width[1] + output[1]) * blocks,
                            x: source * blocks,
                            counts: [down.walk.count, across.walk.count],
                            steps,
                            blocks,
                        });
                    }
                }
            }
        }
    }
}

struct Max<'a, F> {
    x: &'a [Block<F>],
    y: &'a mut [Block<F>],
}

impl<F: Scalar> Pool for Max<'_, F> {
    #[inline(always)]
    fn at(&mut self, place: Place) {
        for (b, y) in self.y[place.y..][..place.blocks].iter_mut().enumerate() {
            let first = Lanes(self.x[place.x + b]);
            place.fold(first, b, |most, at| larger(most, Lanes(self.x[at]))).store(y);
        }
    }
}

/// The larger of each two, or NaN if one of them is.
#[inline(always)]
fn larger<F: Scalar>(a: Lanes<F>, b: Lanes<F>) -> Lanes<F> {
    // No comparison with a NaN in `a` is true.
    a.zip(b, |a, b| if b > a || b.is_nan() { b } else { a })
}

struct MaxBackward<'a, F, const ADD: bool> {
    x: &'a [Block<F>],
    y: &'a [Block<F>],
    dy: &'a [Block<F>],
    dx: &'a mut [Block<F>],
}

impl<F: Scalar, const ADD: bool> Pool for MaxBackward<'_, F, ADD> {
    #[inline(always)]
    fn at(&mut self, place: Place) {
        for b in 0..place.blocks {
            let (y, dy) = (Lanes(self.y[place.y + b]), Lanes(self.dy[place.y + b]));
            // What of dy has not found its input.
            place.fold(dy, b, |left, at| {
                let (part, left) = taken(Lanes(self.x[at]), y, left);
                part.put::<ADD>(&mut self.dx[at]);
                left
            });
        }
    }
}

/// Returns what goes to an input, and what is left: all goes to an input that is the maximum. What goes to NaN is NaN.
#[inline(always)]
fn taken<F: Scalar>(x: Lanes<F>, y: Lanes<F>, left: Lanes<F>) -> (Lanes<F>, Lanes<F>) {
    let (mut part, mut rest) = (x.0, left.0);
    for lane in 0..LANES {
        let (x, left) = (x.0[lane], left.0[lane]);
        // NaN is no maximum and equals nothing.
        let other = if x.is_nan() { x } else { F::ZERO };
        part[lane] = if x == y.0[lane] { left } else { other };
        rest[lane] = if x == y.0[lane] { F::ZERO } else { left };
    }
    (Lanes(part), Lanes(rest))
}

struct Mean<'a, F> {
    divisor: Divisor,
    x: &'a [Block<F>],
    y: &'a mut [Block<F>],
}

impl<F: Scalar> Pool for Mean<'_, F> {
    #[inline(always)]
    fn at(&mut self, place: Place) {
        let share = Lanes::splat(self.divisor.share::<F>(&place));
        for (b, y) in self.y[place.y..][..place.blocks].iter_mut().enumerate() {
            (place.fold(Lanes::zero(), b, |sum, at| sum + Lanes(self.x[at])) * share).store(y);
        }
    }
}

struct MeanBackward<'a, F, const ADD: bool> {
    divisor: Divisor,
    dy: &'a [Block<F>],
    dx: &'a mut [Block<F>],
}

impl<F: Scalar, const ADD: bool> Pool for MeanBackward<'_, F, ADD> {
    #[inline(always)]
    fn at(&mut self, place: Place) {
        let share = Lanes::splat(self.divisor.share::<F>(&place));
        for b in 0..place.blocks {
            let part = Lanes(self.dy[place.y + b]) * share;
            place.fold(part, b, |part, at| {
                part.put::<ADD>(&mut self.dx[at]);
                part
            });
        }
    }
}

impl Divisor {
    /// Returns the reciprocal.
    #[inline(always)]
    fn share<F: Scalar>(&self, place: &Place) -> F {
        let count = match self {
            Divisor::Inputs => place.counts[0] * place.counts[1],
            Divisor::Padded([rows, columns]) => {
                rows.padded(place.output[0]) * columns.padded(place.output[1])
            }
            Divisor::Number(number) => *number,
        };
        F::ONE / F::from_f64(count as f64)
    }
}
