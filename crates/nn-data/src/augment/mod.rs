//! Augmentation: small random changes of the samples of a batch, so that a network never sees the same sample twice and learns
//! that they do not matter.
//!
//! | augmentation | what it does to each sample |
//! |---|---|
//! | [`Shift`] | moves an image by a random number of pixels in each direction |
//! | [`Flip`] | mirrors an image, left to right, with a probability |
//! | [`AddNoise`] | adds noise to every value |
//!
//! `Trainer::augment` of nn-train applies them to every training batch, one after another, and never to validation data. A
//! loop of one's own calls [`Dataset::augment`](crate::Dataset::augment). Of the time of a step of LeNet on images of
//! 28 × 28, flips take a hundredth, shifts by one to four pixels from a thirtieth to a thirteenth, and normal noise a fifth.

mod flip;
mod images;
mod noise;
mod shift;

use nn_core::rand::Rng;
use nn_core::{Scalar, SettingError, Tensor};

pub use flip::Flip;
pub use noise::AddNoise;
pub use shift::Shift;

/// A random change of a batch.
///
/// ```
/// use nn_core::rand::{Rng, SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Scalar, Tensor, random::uniform};
/// use nn_data::augment::Augment;
///
/// /// Multiplies each sample by a factor from ½ to 1½: another exposure.
/// struct Brightness;
///
/// impl<F: Scalar> Augment<F> for Brightness {
///     fn augment(&self, x: &mut Tensor<F>, rng: &mut dyn Rng) {
///         for sample in 0..x.samples() {
///             let factor = F::from_f64(1.0 + uniform(0.5, rng));
///             for feature in 0..x.features() {
///                 x[[sample, feature]] *= factor;
///             }
///         }
///     }
/// }
///
/// let mut x = Tensor::from_rows(&[[1.0, 2.0], [10.0, 20.0]]);
/// Brightness.augment(&mut x, &mut ChaCha8Rng::seed_from_u64(0));
/// assert!((x[[0, 1]] / x[[0, 0]] - 2.0_f64).abs() < 1e-12);
/// assert!((x[[1, 0]] / x[[0, 0]] - 10.0).abs() > 0.1);
/// ```
pub trait Augment<F: Scalar>: Send + Sync {
    /// Checks the settings, in the precision `F`, and whether inputs of this shape, samples first, can be augmented. Accepts
    /// everything by default.
    ///
    /// # Errors
    /// [`SettingError`] for the first setting that makes no sense, or for the shape.
    fn check(&self, shape: &[usize]) -> Result<(), SettingError> {
        let _ = shape;
        Ok(())
    }

    /// Changes the samples of `x`, in place. What it does depends on nothing but `x`, the settings and the random numbers. Allocates
    /// nothing, because it is part of a training step.
    ///
    /// # Panics
    /// May panic if [`check`](Augment::check) refuses the settings or the shape of `x`.
    fn augment(&self, x: &mut Tensor<F>, rng: &mut dyn Rng);
}
