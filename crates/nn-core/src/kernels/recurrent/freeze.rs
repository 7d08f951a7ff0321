//! What happens to the samples of a strip whose sequence has ended.

use crate::Scalar;
use crate::kernels::lanes::Block;
use crate::kernels::simd::Kernel;

/// Keeps the values of samples that are longer than `time`, and gives the others those of `old`, or 0 if that is empty.
pub(super) struct Freeze<'a, F> {
    pub(super) time: usize,
    /// The length of each sample.
    pub(super) lengths: &'a [Block<F>],
    pub(super) new: &'a mut [Block<F>],
    pub(super) old: &'a [Block<F>],
}

impl<F: Scalar> Kernel for Freeze<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Freeze { time, lengths, new, old } = self;
        // LLVM turns a comparison with what it knows to be an integer into a jump for each lane.
        let time = std::hint::black_box(F::from_f64(time as f64));
        let width = lengths.len();
        for (b, new) in new.iter_mut().enumerate() {
            let length = &lengths[b % width];
            let ended = old.get(b).copied().unwrap_or_default();
            let mut out = *new;
            for lane in 0..out.len() {
                out[lane] = if time < length[lane] { new[lane] } else { ended[lane] };
            }
            *new = out;
            std::hint::black_box(());
        }
    }
}
