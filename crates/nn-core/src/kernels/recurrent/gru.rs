//! The cell of a gated recurrent unit.

use super::cell::{Cell, Section, rows, rows_mut};
use super::nonlinearity::Nonlinearity;
use crate::Scalar;
use crate::kernels::lanes::{Block, Lanes};
use crate::logistic::logistic;

/// r, z = σ(sums), n = tanh(sum of x + r · sum of h), h′ = n + z (h − n). In the weights the gates are in the order r, z, n, as in
/// PyTorch. Of the sums, that of x for n comes first and that of h for n last, so that all with x lie side by side, and all
/// with h.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct GruCell;

impl Cell for GruCell {
    const NAME: &'static str = "GRU";
    const STATES: usize = 1;
    const GATES: usize = 3;
    const SECTIONS: &'static [Section] = &[
        Section { gates: 1, input: Some(2), state: None },
        Section { gates: 2, input: Some(0), state: Some(0) },
        Section { gates: 1, input: None, state: Some(2) },
    ];
    /// n, r, z, and the sum of h for n.
    const KEPT: usize = 4;

    fn of(nonlinearity: Option<Nonlinearity>) -> Option<Self> {
        nonlinearity.is_none().then_some(GruCell)
    }

    fn nonlinearity(self) -> Option<Nonlinearity> {
        None
    }

    #[inline(always)]
    fn forward<F: Scalar>(self, kept: &mut [Block<F>], h0: &[Block<F>], h: &mut [Block<F>]) {
        let [n, r, z, sum] = rows_mut::<_, 4>(kept);
        for gates in [&mut *r, &mut *z] {
            for gate in gates {
                Lanes(*gate).map(logistic).store(gate);
            }
        }
        for (b, n) in n.iter_mut().enumerate() {
            Lanes(r[b]).mul_add(Lanes(sum[b]), Lanes(*n)).map(F::tanh).store(n);
        }
        for (b, h) in h.iter_mut().enumerate() {
            let n = Lanes(n[b]);
            Lanes(z[b]).mul_add(Lanes(h0[b]) - n, n).store(h);
        }
    }

    /// dz = dh (h − n) · z (1 − z); dn = dh (1 − z) (1 − n²), which is that of the sum of x; that of the sum of h is dn r; dr = dn sum ·
    /// r (1 − r); dh z is what goes past the gates.
    #[inline(always)]
    fn backward<F: Scalar>(
        self,
        kept: &[Block<F>],
        h0: &[Block<F>],
        dh: &mut [Block<F>],
        sums: &mut [Block<F>],
    ) {
        let [n, r, z, sum] = rows::<_, 4>(kept);
        let [dn, dr, dz, dsum] = rows_mut::<_, 4>(sums);
        let one = Lanes::splat(F::ONE);
        for (b, dh) in dh.iter_mut().enumerate() {
            let [n, r, z, sum] = [n[b], r[b], z[b], sum[b]].map(Lanes);
            let h = Lanes(*dh);
            let inner = h * (one - z) * (one - n * n);
            inner.store(&mut dn[b]);
            (inner * sum * (r * (one - r))).store(&mut dr[b]);
            (h * (Lanes(h0[b]) - n) * (z * (one - z))).store(&mut dz[b]);
            (inner * r).store(&mut dsum[b]);
            (h * z).store(dh);
        }
    }
}
