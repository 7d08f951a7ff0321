//! Images moved by some pixels.

use nn_core::lanes::LANES;
use nn_core::rand::Rng;
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
/// Shift::new(1).augment(&mut x, &mut ChaCha8Rng::seed_from_u64(5));
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
        images::each(x, size, [0; 2], || [draw(), draw()], |mut planes, moves| {
            move_each(&mut planes, moves, fill);
        });
    }
}

/// Moves the image of each lane in place. An image that moves towards its end begins there, so that it overwrites nothing that is
/// still to be moved. The rows of all lanes are moved together, because they share their cache lines.
fn move_each<F: Scalar>(planes: &mut Planes<'_, F>, moves: [Move; LANES], fill: F) {
    let height = planes.height;
    for row in 0..height {
        for lane in (0..LANES).filter(|&lane| moves[lane] < [0, 0]) {
            move_row(planes, row, lane, moves[lane], fill);
        }
    }
    for row in (0..height).rev() {
        for lane in (0..LANES).filter(|&lane| moves[lane] > [0, 0]) {
            move_row(planes, row, lane, moves[lane], fill);
        }
    }
}

/// Fills a row of a lane with what moves there.
fn move_row<F: Scalar>(planes: &mut Planes<'_, F>, row: usize, lane: usize, [down, right]: Move, fill: F) {
    let width = planes.width;
    let from = row.wrapping_add_signed(-down);
    if from >= planes.height {
        (0..width).for_each(|column| planes.at(row, column)[lane] = fill);
        return;
    }
    let gap = right.unsigned_abs();
    let mut step = |to: usize, column: usize| planes.at(row, to)[lane] = planes.at(from, column)[lane];
    if right < 0 {
        (gap..width).for_each(|column| step(column - gap, column));
        (width - gap..width).for_each(|column| planes.at(row, column)[lane] = fill);
    } else {
        (gap..width).rev().for_each(|column| step(column, column - gap));
        (0..gap).for_each(|column| planes.at(row, column)[lane] = fill);
    }
}
