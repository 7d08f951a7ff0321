//! Memory for blocks, aligned to a cache line.

use std::{fmt, hint};

use crate::Scalar;
use crate::lanes::{Block, LANES};

/// The size of a cache line in bytes. A block of `f32` fills one; if it lay across two, it would take twice as long to read.
const LINE: usize = 64;

/// The number of spare blocks. One leaves room to find the start of a line. The others keep several allocations of 4096
/// bytes in a row from having addresses with the same last twelve bits: the CPU would mistake a load from one for a
/// load of what it is just storing in another, and wait.
const SPARE: usize = 6;

/// A fixed number of blocks, the first at the start of a cache line.
///
/// An allocation begins at a multiple of eight or sixteen bytes, so the first few values are skipped.
pub(crate) struct Blocks<F> {
    memory: Vec<F>,
    /// The number of values skipped.
    start: usize,
    count: usize,
}

impl<F: Scalar> Blocks<F> {
    /// Returns `None` if there is no memory for them.
    pub(crate) fn zeros(count: usize) -> Option<Self> {
        let length = count.checked_add(SPARE)?.checked_mul(LANES)?;
        // `vec!` aborts where there is no memory, so that is found out first. But the system has zeros ready for it, or writes
        // them where memory is first used, by the thread that uses it.
        hint::black_box(Vec::<F>::new().try_reserve_exact(length)).ok()?;
        let memory = vec![F::ZERO; length];
        let start = to_skip(&memory);
        Some(Blocks { memory, start, count })
    }
}

impl<F> Blocks<F> {
    pub(crate) fn as_slice(&self) -> &[Block<F>] {
        self.memory[self.start..][..self.count * LANES].as_chunks().0
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [Block<F>] {
        self.memory[self.start..][..self.count * LANES].as_chunks_mut().0
    }
}

/// Prints the blocks without the values that are skipped.
impl<F: fmt::Debug> fmt::Debug for Blocks<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}

/// Not derived, because a copy lies at another address and skips another number of values.
impl<F: Clone> Clone for Blocks<F> {
    fn clone(&self) -> Self {
        let mut memory = self.memory.clone();
        let start = to_skip(&memory);
        let (by, length) = (start + memory.len() - self.start, memory.len());
        memory.rotate_right(by % length);
        Blocks { memory, start, count: self.count }
    }
}

/// Returns the number of values before the first cache line.
fn to_skip<F>(memory: &[F]) -> usize {
    match memory.as_ptr().align_offset(LINE) {
        start if start < LANES => start,
        // The address may be unknown (in Miri).
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_and_their_copies_begin_at_a_cache_line() {
        fn check<F: Scalar>() {
            for count in 0..40 {
                let mut blocks = Blocks::<F>::zeros(count).unwrap();
                blocks.as_mut_slice().iter_mut().flatten().for_each(|number| *number = F::ONE);
                // Several copies, which lie wherever there is room.
                let copies: Vec<_> = (0..8).map(|_| blocks.clone()).collect();
                for blocks in copies.iter().chain([&blocks]) {
                    assert_eq!(blocks.as_slice().as_ptr().addr() % LINE, 0);
                    assert_eq!(blocks.as_slice(), vec![[F::ONE; LANES]; count]);
                    assert_eq!(format!("{blocks:?}"), format!("{:?}", vec![[F::ONE; LANES]; count]));
                }
            }
        }
        check::<f32>();
        check::<f64>();
    }
}
