//! The noise that a generator adds to exact points, or an augmentation to samples.

use nn_core::rand::Rng;
use nn_core::rand::distr::Distribution;
use nn_core::random::normal;
use nn_core::{Scalar, Setting, SettingError, Tensor};

use crate::normal::add_normal;

/// The noise that a generator adds to exact points: an `f64` is the standard deviation of normal noise, and a reference to
/// a [`Distribution`] of `f64`, such as those of the crate `rand_distr`, is drawn from as it is. Draws are independent, one
/// for each coordinate.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_data::make_sinusoid;
/// use rand_distr::StudentT;
/// let mut rng = ChaCha8Rng::seed_from_u64(7);
/// let normal = make_sinusoid::<f32>(200, 1.0, 0.1, &mut rng)?;
/// // Some points lie far from the wave: a test for losses that forgive outliers.
/// let heavy_tails =
///     make_sinusoid::<f32>(200, 1.0, &StudentT::new(3.0)?, &mut rng)?;
/// # assert_ne!(normal, heavy_tails);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Noise that moves a number beyond the range of the data's precision, or that a distribution returns as NaN, is an error
/// ([`DataError::NotFinite`](crate::DataError::NotFinite)) of every generator.
///
/// Normal noise comes from [`nn_core::random::normal`] rather than from `rand_distr`, because a seed must give the same data
/// on every platform and in every release. `rand_distr` takes its logarithm from std or from libm, depending on the features
/// that other crates of the program enable, and a new version of it may draw other numbers for the same seed.
pub trait Noise {
    /// Draws the noise of one coordinate.
    fn draw(&self, rng: &mut (impl Rng + ?Sized)) -> f64;

    /// Checks the numbers that the user chose, for the generator named `of` and as its precision `F` sees them. Accepts
    /// everything by default, because a distribution checks its own parameters when it is made.
    ///
    /// # Errors
    /// [`SettingError`] for the first number that makes no sense.
    fn check<F: Scalar>(&self, of: &str) -> Result<(), SettingError> {
        let _ = of;
        Ok(())
    }

    /// Adds noise to every value of a batch ([`AddNoise`](crate::augment::AddNoise)): by default one draw for each, feature by
    /// feature, the samples of each in order.
    fn add_to<F: Scalar>(&self, x: &mut Tensor<F>, rng: &mut dyn Rng) {
        for feature in 0..x.features() {
            for value in x.feature_mut(feature) {
                *value = F::from_f64(value.to_f64() + self.draw(rng));
            }
        }
    }
}

/// Normal noise with mean 0 and this standard deviation, which must be finite and at least 0.
impl Noise for f64 {
    fn draw(&self, rng: &mut (impl Rng + ?Sized)) -> f64 {
        self * normal(rng)
    }

    fn check<F: Scalar>(&self, of: &str) -> Result<(), SettingError> {
        Setting::of::<F>(of, "noise", *self).at_least_0()
    }

    fn add_to<F: Scalar>(&self, x: &mut Tensor<F>, rng: &mut dyn Rng) {
        add_normal(x, *self, rng);
    }
}

/// Noise from any distribution.
impl<D: Distribution<f64>> Noise for &D {
    fn draw(&self, rng: &mut (impl Rng + ?Sized)) -> f64 {
        self.sample(rng)
    }
}
