//! Two numbers to find in a long sequence and to add.

use nn_core::rand::{Rng, RngExt};
use nn_core::{Scalar, Tensor};

use crate::error::at_least;
use crate::permutation::below;
use crate::{DataError, Dataset, memory};

/// The adding problem, which shows how far back a recurrent network remembers: each step of a sequence has a number, uniform in
/// [0, 1), and a marker, which is 1 at two steps and 0 at all others. The target is the sum of the two marked numbers. One marked
/// step is drawn from the first half of the sequence, the steps below ⌊`steps` / 2⌋, the other from the second. Inputs are
/// `[samples, steps, 2]`, targets `[samples, 1]`.
///
/// A network that remembers nothing predicts 1, the mean of the targets: its squared error is their variance, 1/6.
///
/// Source: S. Hochreiter and J. Schmidhuber, "Long short-term memory", 1997, experiment 4, with numbers in [0, 1) and sequences
/// of equal length as in Q. V. Le, N. Jaitly and G. E. Hinton, "A simple way to initialize recurrent networks of rectified linear
/// units", 2015, and with one marker in each half as in M. Arjovsky, A. Shah and Y. Bengio, "Unitary evolution recurrent neural
/// networks", 2016.
///
/// # Errors
/// [`DataError::Setting`] for 0 samples, fewer than 2 steps, or more than memory can hold.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let mut rng = ChaCha8Rng::seed_from_u64(7);
/// let data = nn_data::make_adding::<f64>(100, 50, &mut rng)?;
/// assert_eq!(data.x().shape(), [100, 50, 2]);
/// let sequence: Vec<f64> = data.x().sample(0).collect();
/// let marked: f64 = sequence.chunks(2).map(|step| step[0] * step[1]).sum();
/// assert_eq!(data.y()[[0, 0]], marked);
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn make_adding<F: Scalar>(
    samples: usize,
    steps: usize,
    rng: &mut (impl Rng + ?Sized),
) -> Result<Dataset<F, Tensor<F>>, DataError> {
    const NAME: &str = "make_adding";
    at_least(1, NAME, "samples", samples)?;
    at_least(2, NAME, "steps", steps)?;
    let mut x = memory::tensor(NAME, [samples, steps, 2])?;
    let mut y = memory::tensor(NAME, [samples, 1])?;
    let mut numbers: Vec<f64> = memory::vec(NAME, "steps", steps)?;
    let half = steps / 2;
    for sample in 0..samples {
        numbers.clear();
        numbers.extend((0..steps).map(|_| rng.random::<f64>()));
        for (step, &number) in numbers.iter().enumerate() {
            x[[sample, 2 * step]] = F::from_f64(number);
        }
        let marked = [below(half, rng), half + below(steps - half, rng)];
        for step in marked {
            x[[sample, 2 * step + 1]] = F::ONE;
        }
        y[[sample, 0]] = F::from_f64(numbers[marked[0]] + numbers[marked[1]]);
    }
    Dataset::made(NAME, x, y)
}
