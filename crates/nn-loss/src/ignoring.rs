//! A label that is ignored.

use nn_core::Scalar;
use nn_core::lanes::{LANES, Lanes};

use crate::target::{Shares, ones, sixteen};

/// Class indices, of which one is no class, whether the network has an output for it or not.
pub(crate) struct Ignoring<'a> {
    pub(crate) labels: &'a [usize],
    pub(crate) ignored: usize,
}

impl<F: Scalar> Shares<F> for Ignoring<'_> {
    #[inline(always)]
    fn block(&self, class: usize, block: usize) -> Lanes<F> {
        let meant = |label| label == class && label != self.ignored;
        sixteen(&self.labels[block * LANES..], |labels| ones(labels, meant))
    }

    #[inline(always)]
    fn counted(&self, block: usize) -> Option<Lanes<F>> {
        Some(sixteen(&self.labels[block * LANES..], |labels| ones(labels, |label| label != self.ignored)))
    }
}

/// Replaces the terms or the slopes of what is ignored by 0, even where they are NaN.
#[inline(always)]
pub(crate) fn only<F: Scalar>(counted: Option<Lanes<F>>, terms: Lanes<F>) -> Lanes<F> {
    match counted {
        Some(counted) => counted.zip(terms, |counts, term| if counts == F::ZERO { F::ZERO } else { term }),
        None => terms,
    }
}
