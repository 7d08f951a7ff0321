//! The loop over all elements of all parameters, vectorised and shared among threads.

use nn_core::simd::{Kernel, dispatch};
use nn_core::{Parameters, Scalar, Workspace, team};

use super::memory::Memory;

/// Every element of every learned parameter, or of those of one [group](super::FirstOrder::group), with its gradient and what a [`Rule`](super::Rule) keeps for it.
pub struct Elements<'a, F> {
    pub(super) model: &'a mut dyn Parameters<F>,
    pub(super) workspace: &'a Workspace<F>,
    pub(super) memory: &'a mut Memory<F>,
    /// The index of the group whose parameters these are; `None` for all that belong to no group.
    pub(super) group: Option<usize>,
}

impl<F: Scalar> Elements<'_, F> {
    /// Calls `update` with the value, the gradient and the kept values of each element, in the order of
    /// [`Rule::keeps`](super::Rule::keeps). Wide parameters are shared among threads ([`team`]).
    ///
    /// `update` is compiled into the loop, for every instruction set. Make it a `move` closure, so that the factors stay in
    /// registers, and mark functions that it calls `#[inline(always)]`.
    ///
    /// # Panics
    /// If N is not the number of names in [`Rule::keeps`](super::Rule::keeps).
    pub fn update<const N: usize>(self, update: impl Fn(&mut F, F, &mut [F; N]) + Copy + Send + Sync) {
        self.memory.for_each(self.group, self.model, self.workspace, |value, gradient, kept| {
            let found = kept.len();
            let Ok(kept) = <&mut [Vec<F>; N]>::try_from(kept) else {
                panic!("the update of a rule takes {N} kept values, expected {found}: one for each name in `keeps`")
            };
            let cost = team::NUMBER * gradient.len();
            let kept = kept.each_mut().map(Vec::as_mut_slice);
            match team::threads(cost) {
                1 => dispatch(Part { value, gradient, kept, update }),
                threads => Part { value, gradient, kept, update }.share(cost, threads),
            }
        });
    }
}

/// A run of elements, and what happens to each.
struct Part<'a, F, U, const N: usize> {
    value: &'a mut [F],
    gradient: &'a [F],
    kept: [&'a mut [F]; N],
    update: U,
}

impl<F: Scalar, U: Fn(&mut F, F, &mut [F; N]) + Copy + Send + Sync, const N: usize> Part<'_, F, U, N> {
    /// Runs this part in smaller parts, one for each thread.
    fn share(self, cost: usize, threads: usize) {
        let length = self.gradient.len().div_ceil(threads);
        let mut kept = self.kept.map(|kept| kept.chunks_mut(length));
        let chunks = self.value.chunks_mut(length).zip(self.gradient.chunks(length));
        let parts = chunks.map(|(value, gradient)| {
            let kept = kept.each_mut().map(|chunks| chunks.next().unwrap_or_default());
            Part { value, gradient, kept, update: self.update }
        });
        team::share(cost, parts.collect::<Vec<_>>().into_iter(), dispatch);
    }
}

impl<F: Scalar, U: Fn(&mut F, F, &mut [F; N]), const N: usize> Kernel for Part<'_, F, U, N> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Part { value, gradient, kept, update } = self;
        // Slices of one length that the compiler knows: no index is checked in the loop.
        let n = value.len();
        let gradient = &gradient[..n];
        let kept = kept.map(|kept| &mut kept[..n]);
        for i in 0..n {
            let mut here = [F::ZERO; N];
            for k in 0..N {
                here[k] = kept[k][i];
            }
            update(&mut value[i], gradient[i], &mut here);
            for k in 0..N {
                kept[k][i] = without_subnormal(here[k]);
            }
        }
    }
}

/// Returns 0 if `kept` is subnormal, otherwise `kept`. What a rule keeps of an element whose gradient has become 0 (of a ReLU that
/// no sample reaches any more) decays, and stays among the smallest subnormal numbers for ever. A CPU takes so much longer for
/// them that a network with one such layer trains at half the speed.
#[inline(always)]
fn without_subnormal<F: Scalar>(kept: F) -> F {
    // A comparison with NaN is false, so NaN stays.
    if kept.abs() < F::MIN_POSITIVE { F::ZERO } else { kept }
}
