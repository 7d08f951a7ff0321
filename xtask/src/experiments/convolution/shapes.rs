//! The data: one of four shapes of 3 × 3 pixels, somewhere in an image with noise.

use nn_core::rand::{Rng, RngExt};
use nn_core::random::normal;
use nn_core::{Scalar, Tensor};
use nn_data::{DataError, Dataset};

/// Images with their classes.
pub type Shapes<F> = Dataset<F, Vec<usize>>;

/// The number of rows and of columns of an image.
pub const SIDE: usize = 8;

/// The number of rows and of columns of a shape.
const SHAPE: usize = 3;

/// The shapes, row by row. Each has five pixels, so that their number does not tell them apart.
pub const CLASSES: [(&str, [[u8; SHAPE]; SHAPE]); 4] = [
    ("plus", [[0, 1, 0], [1, 1, 1], [0, 1, 0]]),
    ("cross", [[1, 0, 1], [0, 1, 0], [1, 0, 1]]),
    ("corner", [[1, 1, 1], [1, 0, 0], [1, 0, 0]]),
    ("tee", [[1, 1, 1], [0, 1, 0], [0, 1, 0]]),
];

/// The standard deviation of the noise of each pixel.
const NOISE: f64 = 0.2;

/// Draws images `[n, 1, 8, 8]`, each with a shape of random class, place and brightness.
///
/// # Errors
/// Those of [`Dataset::new`].
pub fn shapes<F: Scalar>(samples: usize, rng: &mut dyn Rng) -> Result<Shapes<F>, DataError> {
    let mut x = Tensor::zeros(&[samples, 1, SIDE, SIDE]);
    let mut labels = Vec::with_capacity(samples);
    for sample in 0..samples {
        let class = rng.random_range(0..CLASSES.len());
        let place = |rng: &mut dyn Rng| rng.random_range(0..=SIDE - SHAPE);
        let (row, column) = (place(rng), place(rng));
        let brightness = rng.random_range(0.75..1.25);
        for pixel in 0..SIDE * SIDE {
            let (r, c) = ((pixel / SIDE).wrapping_sub(row), (pixel % SIDE).wrapping_sub(column));
            let ink = if r < SHAPE && c < SHAPE { f64::from(CLASSES[class].1[r][c]) } else { 0.0 };
            x[[sample, pixel]] = F::from_f64(brightness * ink + NOISE * normal(rng));
        }
        labels.push(class);
    }
    Dataset::new(x, labels)
}
