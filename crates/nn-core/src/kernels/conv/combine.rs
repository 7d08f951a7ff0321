//! Tiles of a convolution: some channels of a run of positions, which stay in registers while channels and taps are added up.

use super::{Channels, Start};
use crate::Scalar;
use crate::kernels::lanes::{Aligned, Block, LANES, Lanes};
use crate::kernels::simd::{Kernel, has_many_registers};
use crate::kernels::window::{Run, Walk, Walks};

/// y_r = start_r + Σ_c Σ_k weight x_c, over the channels of the group of r and the taps that each position sees.
pub(super) struct Combine<'a, F> {
    pub(super) channels: Channels,
    /// The first channel of `y`; it holds a part of all.
    pub(super) first: usize,
    pub(super) start: Start<'a, F>,
    /// For each channel of a group and each tap, the weights of all channels of the result.
    pub(super) weights: &'a [F],
    pub(super) taps: [usize; 2],
    pub(super) rows: Walks<'a>,
    pub(super) columns: Walks<'a>,
    /// Positions in a row of `x`, and of `y`.
    pub(super) width: [usize; 2],
    /// Blocks of a channel of `x`, and of `y`.
    pub(super) planes: [usize; 2],
    /// Blocks of a position.
    pub(super) blocks: usize,
    pub(super) x: &'a [Block<F>],
    pub(super) y: &'a mut [Block<F>],
}

/// Where a tile is, in blocks of a channel, and which taps its positions see.
#[derive(Clone, Copy)]
struct Place {
    x: usize,
    y: usize,
    walks: [Walk; 2],
}

impl<F: Scalar> Kernel for Combine<'_, F> {
    type Output = ();

    /// Goes over the positions, and at each run of them over all channels, so that the inputs that a run sees stay in the cache.
    #[inline(always)]
    fn run(mut self) {
        for rows in self.rows.runs() {
            for row in 0..rows.length {
                let walk = Walk { source: rows.walk.source + row, ..rows.walk };
                for columns in self.columns.runs() {
                    self.channels(rows.at + row, walk, columns);
                }
            }
        }
    }
}

impl<F: Scalar> Combine<'_, F> {
    #[inline(always)]
    fn channels(&mut self, row: usize, walk: Walk, columns: Run) {
        let place = Place {
            x: (walk.source * self.width[0] + columns.walk.source) * self.blocks,
            y: (row * self.width[1] + columns.at) * self.blocks,
            walks: [walk, columns.walk],
        };
        let length = columns.length * self.blocks;
        let group = self.channels.rows / self.channels.groups;
        let count = self.y.len() / self.planes[1];
        let mut channel = 0;
        while channel < count {
            // A tile lies within one group.
            let left = (group - (self.first + channel) % group).min(count - channel);
            channel += if has_many_registers::<F>() {
                match left {
                    8.. => self.run_of::<8, 3>(channel, place, length),
                    6.. => self.run_of::<6, 4>(channel, place, length),
                    4.. => self.run_of::<4, 6>(channel, place, length),
                    3 => self.run_of::<3, 6>(channel, place, length),
                    2 => self.run_of::<2, 8>(channel, place, length),
                    _ => self.run_of::<1, 8>(channel, place, length),
                }
            } else {
                match left {
                    4.. => self.run_of::<4, 1>(channel, place, length),
                    2.. => self.run_of::<2, 2>(channel, place, length),
                    _ => self.run_of::<1, 4>(channel, place, length),
                }
            };
        }
    }

    /// Computes `R` channels of a run, `P` blocks at a time, and returns `R`.
    #[inline(always)]
    fn run_of<const R: usize, const P: usize>(
        &mut self,
        channel: usize,
        place: Place,
        length: usize,
    ) -> usize {
        let mut at = 0;
        let here = |at: usize| Place { x: place.x + at, y: place.y + at, ..place };
        while at + P <= length {
            self.tile::<R, P>(channel, here(at));
            at += P;
        }
        while P > 4 && at + 4 <= length {
            self.tile::<R, 4>(channel, here(at));
            at += 4;
        }
        while P > 2 && at + 2 <= length {
            self.tile::<R, 2>(channel, here(at));
            at += 2;
        }
        while P > 1 && at < length {
            self.tile::<R, 1>(channel, here(at));
            at += 1;
        }
        R
    }

    #[inline(always)]
    fn tile<const R: usize, const P: usize>(&mut self, channel: usize, place: Place) {
        let Channels { rows, terms, groups } = self.channels;
        let row = self.first + channel;
        let mut tile = Aligned([[[F::ZERO; LANES]; P]; R]);
        match self.start {
            Start::Zero => {}
            Start::Channel(start) => {
                let start = &start[row..][..R];
                for r in 0..R {
                    for p in 0..P {
                        Lanes::splat(start[r]).store(&mut tile.0[r][p]);
                    }
                }
            }
            Start::Old => {
                for r in 0..R {
                    let y = &self.y[(channel + r) * self.planes[1] + place.y..][..P];
                    for p in 0..P {
                        Lanes(y[p]).store(&mut tile.0[r][p]);
                    }
                }
            }
        }
        let [down, across] = place.walks;
        let (terms, width) = (terms / groups, self.width[0] * self.blocks);
        let first = row / (rows / groups) * terms;
        let steps = [
            Step { x: self.planes[0], weights: self.taps[0] * self.taps[1] * rows },
            Step {
                x: (self.rows.source_step * width as isize) as usize,
                weights: self.rows.tap_step * self.taps[1] * rows,
            },
            Step {
                x: (self.columns.source_step * self.blocks as isize) as usize,
                weights: self.columns.tap_step * rows,
            },
        ];
        let at = Step {
            x: first * self.planes[0] + place.x,
            weights: (down.tap * self.taps[1] + across.tap) * rows + row,
        };
        accumulate(&mut tile.0, self.x, self.weights, at, [terms, down.count, across.count], steps);
        for r in 0..R {
            let y = &mut self.y[(channel + r) * self.planes[1] + place.y..][..P];
            for p in 0..P {
                Lanes(tile.0[r][p]).store(&mut y[p]);
            }
        }
    }
}

/// A place in `x` and in the weights, or what lies between two of them.
#[derive(Clone, Copy)]
struct Step {
    x: usize,
    weights: usize,
}

impl Step {
    /// Goes on by a step, which may lead back: numbers wrap around.
    #[inline(always)]
    fn then(self, next: Step) -> Step {
        Step { x: self.x.wrapping_add(next.x), weights: self.weights.wrapping_add(next.weights) }
    }

    /// Returns so many steps the other way.
    #[inline(always)]
    fn back(self, times: usize) -> Step {
        Step {
            x: self.x.wrapping_mul(times).wrapping_neg(),
            weights: self.weights.wrapping_mul(times).wrapping_neg(),
        }
    }
}

/// Adds weight · x to each row of the tile, for all channels and all taps that a walk goes down and across. It is one loop, not three,
/// because only then do the sums stay in registers.
#[inline(always)]
fn accumulate<F: Scalar, const R: usize, const P: usize>(
    tile: &mut [[Block<F>; P]; R],
    x: &[Block<F>],
    weights: &[F],
    mut at: Step,
    [terms, down, across]: [usize; 3],
    [channel, row, column]: [Step; 3],
) {
    let mut sums = [[Lanes::zero(); P]; R];
    for r in 0..R {
        for p in 0..P {
            sums[r][p] = Lanes(tile[r][p]);
        }
    }
    // What is left to go from behind the last tap of a row to the first of the next row, and from behind the last row to the first
    // of the next channel.
    let next_row = row.then(column.back(across));
    let next_channel = channel.then(row.back(down));
    let (mut left_across, mut left_down) = (across, down);
    for _ in 0..terms * down * across {
        let x = &x[at.x..][..P];
        let weights = &weights[at.weights..][..R];
        for r in 0..R {
            let weight = Lanes::splat(weights[r]);
            for p in 0..P {
                sums[r][p] = weight.mul_add(Lanes(x[p]), sums[r][p]);
            }
        }
        at = at.then(column);
        left_across -= 1;
        if left_across == 0 {
            left_across = across;
            at = at.then(next_row);
            left_down -= 1;
            if left_down == 0 {
                left_down = down;
                at = at.then(next_channel);
            }
        }
    }
    for r in 0..R {
        for p in 0..P {
            sums[r][p].store(&mut tile[r][p]);
        }
    }
}
