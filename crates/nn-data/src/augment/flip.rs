//! Images that are mirrored.

use nn_core::rand::{Rng, RngExt};
use nn_core::{Scalar, Setting, SettingError, Tensor, once};

use super::Augment;
use super::images;

/// Mirrors each image with probability p, left to right: for things that look alike from both sides, which digits and letters do
/// not. All channels of an image are mirrored together.
///
/// Shapes: `[n, c, h, w]`.
///
/// Random numbers: for each sample one uniform `f64` in [0, 1), whatever p is; the image is mirrored if it is below p.
///
/// ```
/// use nn_core::Tensor;
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_data::augment::{Augment, Flip};
/// let mut x = Tensor::from_rows(&[[1.0, 2.0, 3.0, 4.0]]).reshape(&[1, 2, 2])?;
/// Flip::new(1.0).augment(&mut x, &mut ChaCha8Rng::seed_from_u64(0));
/// assert!(x.sample(0).eq([2.0, 1.0, 4.0, 3.0]));
/// # Ok::<(), nn_core::ShapeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flip {
    p: f64,
}

impl Flip {
    /// Mirrors with probability `p`, which must be from 0 to 1; ½ is usual.
    pub fn new(p: f64) -> Self {
        Flip { p }
    }
}

impl<F: Scalar> Augment<F> for Flip {
    fn check(&self, shape: &[usize]) -> Result<(), SettingError> {
        images::size("Flip", shape)?;
        Setting::of::<f64>("Flip", "p", self.p).up_to_1()
    }

    fn augment(&self, x: &mut Tensor<F>, rng: &mut dyn Rng) {
        flip(x, self.p, rng);
    }
}

once! {
    fn flip<'a, F>(x: &'a mut Tensor<F>, p: f64, rng: &'a mut dyn Rng) {
        let size = images::size("Flip", x.shape()).expect("images");
        images::each(x, size, false, || rng.random::<f64>() < p, |mut planes, flips| {
            for row in 0..planes.height {
                for column in 0..planes.width / 2 {
                    let mirrored = planes.width - 1 - column;
                    let (mut left, mut right) = (*planes.at(row, column), *planes.at(row, mirrored));
                    for (lane, flip) in flips.into_iter().enumerate() {
                        let (a, b) = (left[lane], right[lane]);
                        (left[lane], right[lane]) = if flip { (b, a) } else { (a, b) };
                    }
                    *planes.at(row, column) = left;
                    *planes.at(row, mirrored) = right;
                }
            }
        });
    }
}
