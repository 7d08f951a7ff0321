//! Sums over a batch: one sum, or one for each network of a [`Stack`](crate::Stack).
//!
//! In the blocks of one network, lanes are samples. In those of a stack, lanes are networks, and block b is their
//! sample b. A kernel that works lane by lane is the same for both, except where it adds up samples: there it uses a
//! [`Total`].
//!
//! Each addition to a running sum is rounded in proportion to what the sum has reached, so that in `f32` a running sum of a
//! million terms keeps only four or five digits. Therefore a running sum here has at most 32 terms, and the results of
//! several are added up in `f64`: in `f32` the relative error of a sum of terms of one sign, of any number, is below 10⁻⁶.
//! A sum with up to 32 terms in each lane is added up in the precision of its terms alone.

use super::lanes::{Aligned, Block, LANES, Lanes};
use crate::Scalar;

/// The number of terms of a running sum. A row is the next term of each of the sixteen running sums of a network.
const ROWS: usize = 32;

/// A sum over the samples, added up in the same order for a single network and in a stack.
///
/// The blocks of a feature are added in stretches of at most [`STRETCH`](Total::STRETCH) blocks, each announced by
/// [`begin`](Total::begin), so that the loop over a stretch has nothing to do but to add.
pub trait Total<F: Scalar> {
    /// The number of networks.
    const NETWORKS: usize;
    /// The largest number of blocks in a stretch.
    const STRETCH: usize;
    /// Returns the sum of no terms.
    fn zero() -> Self;
    /// Announces the next stretch, of this many blocks. In a stack it begins at a block whose index is a multiple of sixteen.
    fn begin(&mut self, blocks: usize);
    /// Adds the terms of a block.
    fn add(&mut self, block: usize, terms: Lanes<F>);
    /// Writes the sums, each times `scale`, one for each network.
    ///
    /// # Panics
    /// If the length of `sums` is not the number of networks.
    fn finish(self, scale: F, sums: &mut [F]);
}

/// One network: sixteen running sums, one per lane, and then their [sum](Lanes::sum).
pub struct NetworkTotal<F> {
    running: Lanes<F>,
    rows: usize,
    /// The sum of the rows before these.
    before: f64,
}

impl<F: Scalar> Total<F> for NetworkTotal<F> {
    const NETWORKS: usize = 1;
    const STRETCH: usize = ROWS;

    #[inline(always)]
    fn zero() -> Self {
        NetworkTotal { running: Lanes::zero(), rows: 0, before: 0.0 }
    }

    #[inline(always)]
    fn begin(&mut self, blocks: usize) {
        if self.rows + blocks > ROWS {
            *self = NetworkTotal { before: self.before + self.running.sum().to_f64(), ..Self::zero() };
        }
        self.rows += blocks;
    }

    #[inline(always)]
    fn add(&mut self, _: usize, terms: Lanes<F>) {
        self.running += terms;
    }

    #[inline(always)]
    fn finish(self, scale: F, sums: &mut [F]) {
        let [sum] = sums else { panic!("one sum, not {}", sums.len()) };
        *sum = scaled(scale, self.before + self.running.sum().to_f64());
    }
}

/// A stack: sixteen running sums for each network. Sample b goes to sum b mod 16, which is its lane in a single network.
pub struct StackTotal<F> {
    running: Aligned<[Block<F>; LANES]>,
    rows: usize,
    /// For each network, the sum of the rows before these.
    before: Block<f64>,
}

impl<F: Scalar> Total<F> for StackTotal<F> {
    const NETWORKS: usize = LANES;
    const STRETCH: usize = ROWS * LANES;

    #[inline(always)]
    fn zero() -> Self {
        StackTotal { running: Aligned([[F::ZERO; LANES]; LANES]), rows: 0, before: [0.0; LANES] }
    }

    #[inline(always)]
    fn begin(&mut self, blocks: usize) {
        let rows = blocks.div_ceil(LANES);
        if self.rows + rows > ROWS {
            let running = tree(&mut self.running.0);
            for lane in 0..LANES {
                self.before[lane] += running.0[lane].to_f64();
            }
            self.running.0 = [[F::ZERO; LANES]; LANES];
            self.rows = 0;
        }
        self.rows += rows;
    }

    #[inline(always)]
    fn add(&mut self, block: usize, terms: Lanes<F>) {
        let sum = &mut self.running.0[block % LANES];
        (Lanes(*sum) + terms).store(sum);
    }

    #[inline(always)]
    fn finish(mut self, scale: F, sums: &mut [F]) {
        let sums: &mut Block<F> = sums.try_into().expect("sixteen sums");
        let running = tree(&mut self.running.0);
        for lane in 0..LANES {
            sums[lane] = scaled(scale, self.before[lane] + running.0[lane].to_f64());
        }
    }
}

/// Returns scale · sum. If the sum is that of [`ROWS`] rows or fewer, this is their product in `F`: that of two `f32` is
/// exact in `f64`.
#[inline(always)]
fn scaled<F: Scalar>(scale: F, sum: f64) -> F {
    F::from_f64(scale.to_f64() * sum)
}

/// Adds up sixteen partial sums as [`Lanes::sum`] does: one half onto the other, four times.
#[inline(always)]
pub(super) fn tree<F: Scalar>(sums: &mut [Block<F>; LANES]) -> Lanes<F> {
    let mut half = LANES / 2;
    while half > 0 {
        for k in 0..half {
            (Lanes(sums[k]) + Lanes(sums[k + half])).store(&mut sums[k]);
        }
        half /= 2;
    }
    Lanes(sums[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Adds up blocks, stretch by stretch.
    fn sums<T: Total<f32>>(blocks: impl Fn(usize) -> Block<f32>, count: usize) -> Vec<f32> {
        let (mut total, mut sums) = (T::zero(), vec![0.0; T::NETWORKS]);
        for start in (0..count).step_by(T::STRETCH) {
            let end = count.min(start + T::STRETCH);
            total.begin(end - start);
            (start..end).for_each(|block| total.add(block, Lanes(blocks(block))));
        }
        total.finish(0.3, &mut sums);
        sums
    }

    #[test]
    fn a_stack_has_the_sums_of_each_network() {
        let term = |network: usize, sample: usize| 1.0 / (1 + network + 3 * sample % 101) as f32;
        // Less than a running sum holds, as much, and more.
        for count in [1, ROWS, 2 * ROWS + 7] {
            let stack = sums::<StackTotal<f32>>(
                |sample| std::array::from_fn(|network| term(network, sample)),
                count * LANES,
            );
            for (network, sum) in stack.into_iter().enumerate() {
                let block = |block: usize| std::array::from_fn(|lane| term(network, block * LANES + lane));
                assert_eq!([sum], sums::<NetworkTotal<f32>>(block, count)[..]);
                let exact: f64 = (0..count * LANES).map(|sample| f64::from(term(network, sample))).sum();
                assert!((f64::from(sum) - 0.3 * exact).abs() < 1e-6 * exact, "{sum} {exact}");
            }
        }
    }
}
