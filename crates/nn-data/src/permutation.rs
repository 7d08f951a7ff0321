//! A random order that stays the same in every version of every library.

use nn_core::SettingError;
use nn_core::rand::Rng;

use crate::memory;

/// Returns the numbers `0..n` in random order, by the shuffle of Fisher and Yates, from the last place to the first. Each
/// place takes one 64-bit draw u and picks ⌊u (place + 1) / 2⁶⁴⌋.
///
/// This crate has a shuffle of its own because a new version of `rand` may shuffle differently, and a seed must always give
/// the same order.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let order = nn_data::permutation(5, &mut ChaCha8Rng::seed_from_u64(0));
/// assert_eq!(order, [4, 0, 2, 1, 3]);
/// ```
///
/// # Panics
/// If memory cannot hold `n` numbers, as a `Vec` of them would. Splits and folds return an error instead.
pub fn permutation(n: usize, rng: &mut (impl Rng + ?Sized)) -> Vec<usize> {
    shuffled((0..n).collect(), rng)
}

/// A [`permutation`] of the samples for the function `of`.
pub(crate) fn order(
    of: &str,
    samples: usize,
    rng: &mut (impl Rng + ?Sized),
) -> Result<Vec<usize>, SettingError> {
    let mut order = memory::vec(of, "number of samples", samples)?;
    order.extend(0..samples);
    Ok(shuffled(order, rng))
}

fn shuffled(mut order: Vec<usize>, rng: &mut (impl Rng + ?Sized)) -> Vec<usize> {
    for place in (1..order.len()).rev() {
        order.swap(place, below(place + 1, rng));
    }
    order
}

/// Picks one of the numbers `0..count`, by one 64-bit draw u: ⌊u count / 2⁶⁴⌋.
pub(crate) fn below(count: usize, rng: &mut (impl Rng + ?Sized)) -> usize {
    ((u128::from(rng.next_u64()) * count as u128) >> 64) as usize
}
