//! A random order that stays the same in every version of every library.

use nn_core::rand::Rng;

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
pub fn permutation(n: usize, rng: &mut (impl Rng + ?Sized)) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for place in (1..n).rev() {
        let pick = (u128::from(rng.next_u64()) * (place as u128 + 1)) >> 64;
        order.swap(place, pick as usize);
    }
    order
}
