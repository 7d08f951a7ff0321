//! Random numbers that depend on their purpose, not on when or where they are drawn.

use nn_core::rand::rngs::ChaCha8Rng;
use nn_core::rand::{Rng, SeedableRng};
use nn_data::permutation;

/// The random numbers of one item in a numbered series, such as a trial, an epoch or a training step.
///
/// ```
/// use nn_train::Stream;
/// use nn_train::nn_core::rand::Rng;
/// let stream = Stream { seed: 7, index: 3 };
/// assert_eq!(stream.rng("data").next_u64(), stream.rng("data").next_u64());
/// assert_ne!(stream.rng("data").next_u64(), stream.rng("network").next_u64());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream {
    /// The seed of the whole series.
    pub seed: u64,
    /// The index of the item, counted from 0.
    pub index: u64,
}

impl Stream {
    /// Returns a generator that depends on the seed, the index and `purpose` alone. Give each use its own purpose ("data",
    /// "network"), so that drawing more numbers for one does not change the other.
    ///
    /// The 256-bit key of ChaCha8 consists of four little-endian 64-bit words: the seed, the index, the FNV-1a hash of the
    /// purpose, and a constant.
    pub fn rng(self, purpose: &str) -> ChaCha8Rng {
        let hash = purpose.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut key = [0; 32];
        let words = [self.seed, self.index, hash, u64::from_le_bytes(*b"nn-trial")];
        for (place, word) in key.chunks_exact_mut(8).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        ChaCha8Rng::from_seed(key)
    }

    /// Returns the [`permutation`] that the generator for `purpose` draws. Not generic, so that the generator is compiled here.
    #[inline(never)]
    pub(crate) fn permutation(self, purpose: &str, n: usize) -> Vec<usize> {
        permutation(n, &mut self.rng(purpose))
    }
}

/// Returns a generator as layers know it. Not generic, so that it is compiled here and not where a generic training is.
#[inline(never)]
pub(crate) fn as_dyn(rng: &mut ChaCha8Rng) -> &mut dyn Rng {
    rng
}
