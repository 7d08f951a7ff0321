//! Images moved by some pixels.

use std::hint::black_box;

use nn_core::lanes::{Block, LANES, Lanes};
use nn_core::rand::Rng;
use nn_core::simd::{Kernel, dispatch};
use nn_core::{Scalar, Setting, SettingError, Tensor, once};

use super::Augment;
use super::images::{self, Planes};
use crate::permutation::below;

/// Moves each image by a random whole number of pixels down and to the right, independently: from −`pixels` to `pixels`, all
/// equally likely. All channels of an image move together. Where nothing moved to, there is 0, or another value to
/// [fill](Shift::fill) with.
///
/// Shapes: `[n, c, h, w]`, where `pixels` is below h and w.
///
/// Random numbers: for each sample two 64-bit draws u, the second for the direction to the right; each moves by
/// ⌊u (2 pixels + 1) / 2⁶⁴⌋ − pixels.
///
/// ```
/// use nn_core::Tensor;
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_data::augment::{Augment, Shift};
/// let image = [[0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 0.0, 3.0, 4.0]];
/// let mut x = Tensor::from_rows(&image).reshape(&[1, 3, 3])?;
/// Shift::new(1).augment(&mut x, &mut ChaCha8Rng::seed_from_u64(7));
/// // Up by one pixel, and to the left.
/// assert!(x.sample(0).eq([1.0, 2.0, 0.0, 3.0, 4.0, 0.0, 0.0, 0.0, 0.0]));
/// # Ok::<(), nn_core::ShapeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    pixels: usize,
    fill: f64,
}

impl Shift {
    /// Moves by at most `pixels` pixels in each direction. Must be below the height and the width of the images.
    pub fn new(pixels: usize) -> Self {
        Shift { pixels, fill: 0.0 }
    }

    /// Sets the value of the pixels at the edge from which the image has moved away, in place of 0: that of the ground of the
    /// images. Must be finite.
    #[must_use]
    pub fn fill(self, value: f64) -> Self {
        Shift { fill: value, ..self }
    }
}

impl<F: Scalar> Augment<F> for Shift {
    fn check(&self, shape: &[usize]) -> Result<(), SettingError> {
        let [height, width] = images::size("Shift", shape)?;
        let expected = format_args!("below the height and width of the images, {height} x {width}");
        SettingError::unless(self.pixels < height.min(width), "Shift", "pixels", expected, self.pixels)?;
        Setting::of::<F>("Shift", "fill", self.fill).finite()
    }

    fn augment(&self, x: &mut Tensor<F>, rng: &mut dyn Rng) {
        shift(x, self.pixels, F::from_f64(self.fill), rng);
    }
}

/// How far an image moves, down and to the right.
type Move = [isize; 2];

once! {
    fn shift<'a, F>(x: &'a mut Tensor<F>, pixels: usize, fill: F, rng: &'a mut dyn Rng) {
        let size = images::size("Shift", x.shape()).expect("images");
        let mut draw = || below(2 * pixels + 1, rng) as isize - pixels as isize;
        images::each(x, size, [0; 2], || [draw(), draw()], |planes, moves| {
            dispatch(MoveEach { planes, pixels, moves, fill });
        });
    }
}

/// Moves the image of each lane.
struct MoveEach<'a, F> {
    planes: Planes<'a, F>,
    pixels: usize,
    moves: [Move; LANES],
    fill: F,
}

impl<F: Scalar> Kernel for MoveEach<'_, F> {
    type Output = ();

    /// A way of 5 pixels is one of 4 and one of 1. So for each direction and each power of two, all blocks are moved by as many
    /// pixels, in those lanes whose way has that part: whole blocks at a time, where pixels of one lane would be moved one by one.
    #[inline(always)]
    fn run(self) {
        let MoveEach { mut planes, pixels, moves, fill } = self;
        for axis in 0..2 {
            for bit in 0..usize::BITS - pixels.leading_zeros() {
                for sign in [1, -1] {
                    let has_part =
                        |way: Move| way[axis] * sign > 0 && way[axis].unsigned_abs() >> bit & 1 == 1;
                    if moves.iter().any(|&way| has_part(way)) {
                        let mut part = [0; 2];
                        part[axis] = sign << bit;
                        move_chosen(&mut planes, part, moves.map(has_part), fill);
                    }
                }
            }
        }
    }
}

/// Moves the images of some lanes, all by the same way, in place. Images that move towards their end are moved from there, so that
/// nothing is overwritten that is still to be moved.
#[inline(always)]
fn move_chosen<F: Scalar>(planes: &mut Planes<'_, F>, [down, right]: Move, chosen: [bool; LANES], fill: F) {
    let (height, width) = (planes.height, planes.width);
    let (ground, select) = ([fill; LANES], Select::new(chosen));
    let from_end = down > 0 || right > 0;
    for i in 0..height {
        let row = if from_end { height - 1 - i } else { i };
        let from_row = row.wrapping_add_signed(-down);
        for j in 0..width {
            let column = if from_end { width - 1 - j } else { j };
            let from_column = column.wrapping_add_signed(-right);
            let inside = from_row < height && from_column < width;
            let moved = if inside { *planes.at(from_row, from_column) } else { ground };
            let block = planes.at(row, column);
            select.either(moved, *block).store(block);
        }
    }
}

/// A choice between two values in each lane. LLVM makes a jump or a load for each lane of it, unless each of the two is replaced by
/// the number −0, which adds nothing, for a reason that it does not see.
struct Select<F> {
    first: Block<F>,
    second: Block<F>,
}

impl<F: Scalar> Select<F> {
    #[inline(always)]
    fn new(first: [bool; LANES]) -> Self {
        let lanes = |chosen: bool| first.map(|lane| if lane == chosen { F::ONE } else { F::ZERO });
        Select { first: black_box(lanes(true)), second: black_box(lanes(false)) }
    }

    /// Returns the first value of the chosen lanes and the second of the others, bit for bit.
    #[inline(always)]
    fn either(&self, first: Block<F>, second: Block<F>) -> Lanes<F> {
        let mut sum = first;
        for lane in 0..LANES {
            let a = if self.first[lane] > F::ZERO { first[lane] } else { -F::ZERO };
            let b = if self.second[lane] > F::ZERO { second[lane] } else { -F::ZERO };
            sum[lane] = a + b;
        }
        Lanes(sum)
    }
}
