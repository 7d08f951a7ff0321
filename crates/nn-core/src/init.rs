//! Initial values of parameters.

use rand::Rng;
use rand::distr::Distribution;

use crate::random::{normal, uniform};
use crate::{Scalar, Setting, SettingError, size};

/// The usual distributions that a layer's parameters are drawn from before training.
///
/// [`fan_in`](Fans::fan_in) is the number of values that one output sums over, [`fan_out`](Fans::fan_out) the number of
/// outputs that one input feeds. U(−a, a) is the uniform distribution, N(0, s²) the normal one with standard deviation
/// s. Values are drawn in `f64` and rounded, so that `f32` and `f64` networks with the same seed start from the same
/// point.
///
/// | activation after the weights | usual choice |
/// |---|---|
/// | tanh, the logistic function, none | Xavier |
/// | ReLU and its relatives | He: a gain of √2 makes up for the half that ReLU drops |
/// | any, through many layers or the same weights many times | orthogonal |
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Init, Linear};
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let layer: Linear<f32> =
///     Linear::with_init(64, 32, Init::HeNormal, Init::ZEROS, &mut rng);
/// assert!(layer.bias().iter().all(|&b| b == 0.0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Init {
    /// U(−a, a) with a = 1/√fan_in: PyTorch's default for the weights and biases of a linear layer.
    FanIn,
    /// U(−a, a) with a = √(6 / (fan_in + fan_out)): keeps the variance through tanh layers, forward and backward.
    /// PyTorch's `xavier_uniform_`. X. Glorot and Y. Bengio, 2010.
    #[doc(alias = "glorot")]
    XavierUniform,
    /// N(0, s²) with s = √(2 / (fan_in + fan_out)): the variance of [`Init::XavierUniform`]. PyTorch's
    /// `xavier_normal_`.
    #[doc(alias = "glorot")]
    XavierNormal,
    /// U(−a, a) with a = √(6 / fan_in): keeps the variance through ReLU layers. PyTorch's `kaiming_uniform_`. K. He et al.,
    /// 2015.
    #[doc(alias = "kaiming")]
    HeUniform,
    /// N(0, s²) with s = √(2 / fan_in): the variance of [`Init::HeUniform`]. PyTorch's `kaiming_normal_`.
    #[doc(alias = "kaiming")]
    HeNormal,
    /// The gain times a matrix with orthonormal rows, or columns if there are more rows than columns. It keeps lengths,
    /// so that signals neither explode nor vanish through many layers. Use a gain of 1 for tanh, √2 for ReLU. A. M.
    /// Saxe, J. L. McClelland and S. Ganguli, 2013.
    Orthogonal {
        /// The factor that multiplies every length.
        gain: f64,
    },
    /// U(−a, a) with this a.
    Uniform(f64),
    /// N(0, s²) with this s.
    Normal(f64),
    /// The same value everywhere.
    Constant(f64),
}

/// The number of values that one output sums over, and the number of outputs that one input feeds. A linear layer has its
/// inputs and outputs; a convolution multiplies its channels by the size of its kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fans {
    /// Values that one output sums over.
    pub fan_in: usize,
    /// Outputs that one input feeds.
    pub fan_out: usize,
}

/// The distribution of a parameter's initial values: an [`Init`], or a reference to any [`Distribution`] of `f64`, such
/// as those of the crate `rand_distr`.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Init, Linear, Parameters};
/// # use nn_core::rand::distr::Uniform;
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let narrow = Uniform::new(-0.01, 0.01)?;
/// let layer: Linear<f32> =
///     Linear::with_init(64, 32, &narrow, Init::ZEROS, &mut rng);
/// assert!(layer.weight().iter().all(|w| w.abs() <= 0.01));
/// # Ok::<(), nn_core::rand::distr::uniform::Error>(())
/// ```
pub trait Initialize {
    /// Draws the values of a parameter of this shape, in row-major order. They are drawn in `f64` and rounded.
    ///
    /// # Panics
    /// If there is no memory for them.
    fn draw<F: Scalar>(&self, shape: &[usize], fans: Fans, rng: &mut (impl Rng + ?Sized)) -> Vec<F>;

    /// Checks the settings, as the precision `F` sees them. A layer asks when it is planned.
    ///
    /// # Errors
    /// [`SettingError`] for the first setting that makes no sense.
    fn check<F: Scalar>(&self) -> Result<(), SettingError> {
        Ok(())
    }
}

/// Draws every value from the distribution, whatever the shape.
impl<D: Distribution<f64>> Initialize for &D {
    fn draw<F: Scalar>(&self, shape: &[usize], _: Fans, rng: &mut (impl Rng + ?Sized)) -> Vec<F> {
        (0..size::of_parameter::<F>(shape)).map(|_| F::from_f64(self.sample(rng))).collect()
    }
}

impl Init {
    /// Zeros: usual for biases.
    pub const ZEROS: Init = Init::Constant(0.0);
}

impl Initialize for Init {
    /// Only [`Init::Orthogonal`] depends on the shape: the first axis counts the rows, all others together the columns.
    /// A bias, which has one axis, is then a vector whose length is the gain.
    fn draw<F: Scalar>(&self, shape: &[usize], fans: Fans, rng: &mut (impl Rng + ?Sized)) -> Vec<F> {
        let count = size::of_parameter::<F>(shape);
        let (inputs, both) = (fans.fan_in as f64, fans.fan_in as f64 + fans.fan_out as f64);
        let fill = |draw: &mut dyn FnMut() -> f64| (0..count).map(|_| F::from_f64(draw())).collect();
        let mut within = |a: f64| fill(&mut || uniform(a, rng));
        match *self {
            Init::FanIn => within(1.0 / inputs.sqrt()),
            Init::XavierUniform => within((6.0 / both).sqrt()),
            Init::HeUniform => within((6.0 / inputs).sqrt()),
            Init::Uniform(a) => within(a),
            Init::XavierNormal => fill(&mut || (2.0 / both).sqrt() * normal(rng)),
            Init::HeNormal => fill(&mut || (2.0 / inputs).sqrt() * normal(rng)),
            Init::Normal(s) => fill(&mut || s * normal(rng)),
            Init::Constant(value) => vec![F::from_f64(value); count],
            Init::Orthogonal { gain } => {
                let rows = shape.first().copied().unwrap_or(1);
                let columns = shape.iter().skip(1).product();
                orthogonal([rows, columns], gain, rng).into_iter().map(F::from_f64).collect()
            }
        }
    }

    fn check<F: Scalar>(&self) -> Result<(), SettingError> {
        let setting = |name, value| Setting::of::<F>("Init", name, value);
        match *self {
            Init::FanIn | Init::XavierUniform | Init::XavierNormal | Init::HeUniform | Init::HeNormal => {
                Ok(())
            }
            Init::Orthogonal { gain } => setting("gain of the orthogonal weights", gain).finite(),
            Init::Uniform(a) => setting("bound of the uniform distribution", a).at_least_0(),
            Init::Normal(s) => setting("standard deviation of the normal distribution", s).at_least_0(),
            Init::Constant(value) => setting("constant", value).finite(),
        }
    }
}

/// Draws a matrix of random orientation whose rows, or columns if they are fewer, are orthogonal and of length `gain`.
///
/// Normal vectors have no preferred direction; from each, the parts along the previous vectors are subtracted (Gram and
/// Schmidt). This is done twice, because the rounding errors of the first time are the larger the closer the vector is
/// to the others. The result is the Q of a QR decomposition whose R has a positive diagonal, the uniform distribution
/// over such matrices.
fn orthogonal([rows, columns]: [usize; 2], gain: f64, rng: &mut (impl Rng + ?Sized)) -> Vec<f64> {
    let (count, length) = (rows.min(columns), rows.max(columns));
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(count);
    while basis.len() < count {
        let mut vector: Vec<f64> = (0..length).map(|_| normal(rng)).collect();
        for _ in 0..2 {
            for other in &basis {
                let along = dot(&vector, other);
                vector.iter_mut().zip(other).for_each(|(v, o)| *v -= along * o);
            }
        }
        let size = dot(&vector, &vector).sqrt();
        // Nothing is left of a vector in the span of the previous ones. That almost never happens; draw another.
        if size > 1e-9 {
            vector.iter_mut().for_each(|v| *v /= size);
            basis.push(vector);
        }
    }
    let entry = |row: usize, column: usize| {
        if rows <= columns { basis[row][column] } else { basis[column][row] }
    };
    (0..rows * columns).map(|i| gain * entry(i / columns, i % columns)).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    fn fans([fan_out, fan_in]: [usize; 2]) -> Fans {
        Fans { fan_in, fan_out }
    }

    /// Returns the mean and the mean square.
    fn moments(values: &[f64]) -> (f64, f64) {
        let n = values.len() as f64;
        (values.iter().sum::<f64>() / n, values.iter().map(|v| v * v).sum::<f64>() / n)
    }

    #[test]
    fn uniform_draws_have_their_bound_mean_and_variance() {
        let (shape, n) = ([500, 200], 100_000.0_f64);
        for (init, a) in [
            (Init::FanIn, 1.0 / 200.0_f64.sqrt()),
            (Init::XavierUniform, (6.0_f64 / 700.0).sqrt()),
            (Init::HeUniform, (6.0_f64 / 200.0).sqrt()),
            (Init::Uniform(0.3), 0.3),
        ] {
            let values: Vec<f64> = init.draw(&shape, fans(shape), &mut ChaCha8Rng::seed_from_u64(1));
            let largest = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
            assert!(largest <= a && largest > 0.999 * a, "{init:?}: {largest} of {a}");
            let (mean, variance) = moments(&values);
            // Four standard errors of the mean, and of the mean square, of a uniform distribution.
            assert!(mean.abs() < 4.0 * a / (3.0 * n).sqrt(), "{init:?}: mean {mean}");
            assert!((variance / (a * a / 3.0) - 1.0).abs() < 0.012, "{init:?}: variance {variance}");
        }
    }

    #[test]
    fn normal_draws_have_their_mean_variance_and_tails() {
        let (shape, n) = ([500, 200], 100_000.0_f64);
        for (init, s) in [
            (Init::XavierNormal, (2.0_f64 / 700.0).sqrt()),
            (Init::HeNormal, (2.0_f64 / 200.0).sqrt()),
            (Init::Normal(0.02), 0.02),
        ] {
            let values: Vec<f64> = init.draw(&shape, fans(shape), &mut ChaCha8Rng::seed_from_u64(2));
            let (mean, variance) = moments(&values);
            assert!(mean.abs() < 4.0 * s / n.sqrt(), "{init:?}: mean {mean}");
            assert!((variance / (s * s) - 1.0).abs() < 4.0 * (2.0 / n).sqrt(), "{init:?}: {variance}");
            // 0.27 % lie beyond three standard deviations; of a uniform distribution none would.
            let beyond = values.iter().filter(|v| v.abs() > 3.0 * s).count();
            assert!((200..340).contains(&beyond), "{init:?}: {beyond} beyond 3 s");
        }
    }

    #[test]
    fn orthogonal_weights_keep_lengths() {
        for (shape, gain) in
            [([5, 5], 1.0), ([3, 40], 1.0), ([40, 3], 2.0_f64.sqrt()), ([1, 1], 1.0), ([64, 64], 0.5)]
        {
            let w: Vec<f64> =
                Init::Orthogonal { gain }.draw(&shape, fans(shape), &mut ChaCha8Rng::seed_from_u64(3));
            let [rows, columns] = shape;
            assert_eq!(w.len(), rows * columns);
            let at = |short: usize, long: usize| {
                if rows <= columns { w[short * columns + long] } else { w[long * columns + short] }
            };
            for i in 0..rows.min(columns) {
                for j in 0..rows.min(columns) {
                    let product: f64 = (0..rows.max(columns)).map(|k| at(i, k) * at(j, k)).sum();
                    let expected = if i == j { gain * gain } else { 0.0 };
                    assert!((product - expected).abs() < 1e-14, "{shape:?}: {i}, {j}: {product}");
                }
            }
        }
        let none: Vec<f64> =
            Init::Orthogonal { gain: 1.0 }.draw(&[0, 3], fans([0, 3]), &mut ChaCha8Rng::seed_from_u64(3));
        assert!(none.is_empty());
    }

    /// Every direction is equally likely: entries of a random unit vector in d dimensions have mean 0 and variance 1/d.
    #[test]
    fn orthogonal_weights_point_everywhere() {
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        let draw = |_| Init::Orthogonal { gain: 1.0 }.draw::<f64>(&[4, 4], fans([4, 4]), &mut rng);
        let all: Vec<Vec<f64>> = (0..10_000).map(draw).collect();
        for entry in 0..16 {
            let values: Vec<f64> = all.iter().map(|w| w[entry]).collect();
            let (mean, variance) = moments(&values);
            assert!(mean.abs() < 4.0 * 0.5 / 100.0, "{entry}: mean {mean}");
            assert!((variance - 0.25).abs() < 4.0 * 0.18 / 100.0, "{entry}: variance {variance}");
        }
    }

    #[test]
    fn a_bias_has_the_distribution_of_its_weight() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        for (init, a) in [(Init::FanIn, 0.1), (Init::HeUniform, 0.06_f64.sqrt())] {
            let bias: Vec<f64> = init.draw(&[1000], fans([1000, 100]), &mut rng);
            let largest = bias.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
            assert!(bias.len() == 1000 && largest <= a && largest > 0.99 * a, "{init:?}: {largest} of {a}");
        }
        let bias: Vec<f64> = Init::Orthogonal { gain: 3.0 }.draw(&[7], fans([7, 4]), &mut rng);
        assert!(bias.len() == 7 && (dot(&bias, &bias) - 9.0).abs() < 1e-13);
        assert_eq!(Init::ZEROS.draw::<f32>(&[2], fans([2, 5]), &mut rng), [0.0, 0.0]);
    }

    #[test]
    fn both_precisions_start_from_the_same_point() {
        for init in [Init::FanIn, Init::HeNormal, Init::Orthogonal { gain: 1.0 }] {
            let wide: Vec<f64> = init.draw(&[10, 5], fans([10, 5]), &mut ChaCha8Rng::seed_from_u64(6));
            let narrow: Vec<f32> = init.draw(&[10, 5], fans([10, 5]), &mut ChaCha8Rng::seed_from_u64(6));
            assert!(wide.len() == 50 && wide.iter().zip(narrow).all(|(&w, n)| w as f32 == n), "{init:?}");
        }
    }
}
