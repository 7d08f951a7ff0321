//! The cell of long short-term memory.

use super::cell::{Cell, Section, rows, rows_mut};
use super::nonlinearity::Nonlinearity;
use crate::Scalar;
use crate::kernels::lanes::{Block, Lanes};
use crate::logistic::logistic;

/// i, f, o = σ(sums), g = tanh(sum), c′ = f c + i g, h′ = o tanh c′. The sums are in the order i, f, g, o, as in PyTorch.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LstmCell;

impl Cell for LstmCell {
    const NAME: &'static str = "LSTM";
    const STATES: usize = 2;
    const GATES: usize = 4;
    const SECTIONS: &'static [Section] = &[Section { gates: 4, input: Some(0), state: Some(0) }];
    /// The gates, and tanh c′.
    const KEPT: usize = 5;

    fn of(nonlinearity: Option<Nonlinearity>) -> Option<Self> {
        nonlinearity.is_none().then_some(LstmCell)
    }

    fn nonlinearity(self) -> Option<Nonlinearity> {
        None
    }

    // Several short loops: the operations of a long one would wait for each other.
    #[inline(always)]
    fn forward<F: Scalar>(self, kept: &mut [Block<F>], before: &[Block<F>], after: &mut [Block<F>]) {
        let [i, f, g, o, tanh_c] = rows_mut::<_, 5>(kept);
        let ([_, c0], [h, c]) = (rows::<_, 2>(before), rows_mut::<_, 2>(after));
        for gates in [&mut *i, &mut *f, &mut *o] {
            for gate in gates {
                Lanes(*gate).map(logistic).store(gate);
            }
        }
        for g in &mut *g {
            Lanes(*g).map(F::tanh).store(g);
        }
        for (b, c) in c.iter_mut().enumerate() {
            Lanes(f[b]).mul_add(Lanes(c0[b]), Lanes(i[b]) * Lanes(g[b])).store(c);
        }
        for (b, h) in h.iter_mut().enumerate() {
            let tanh = Lanes(c[b]).map(F::tanh);
            tanh.store(&mut tanh_c[b]);
            (tanh * Lanes(o[b])).store(h);
        }
    }

    /// do = dh tanh c′ · o (1 − o); dc′ += dh o (1 − tanh² c′); then df = dc′ c · f (1 − f), di = dc′ g · i (1 − i),
    /// dg = dc′ i · (1 − g²), dc = dc′ f.
    #[inline(always)]
    fn backward<F: Scalar>(
        self,
        kept: &[Block<F>],
        before: &[Block<F>],
        state: &mut [Block<F>],
        sums: &mut [Block<F>],
    ) {
        let [i, f, g, o, tanh_c] = rows::<_, 5>(kept);
        let [_, c0] = rows::<_, 2>(before);
        let [dh, dc] = rows_mut::<_, 2>(state);
        let [di, df, dg, d_o] = rows_mut::<_, 4>(sums);
        let one = Lanes::splat(F::ONE);
        for b in 0..dh.len() {
            let [i, f, g, o, tanh_c] = [i[b], f[b], g[b], o[b], tanh_c[b]].map(Lanes);
            let h = Lanes(dh[b]);
            let c = (h * o).mul_add(one - tanh_c * tanh_c, Lanes(dc[b]));
            (h * tanh_c * (o * (one - o))).store(&mut d_o[b]);
            (c * g * (i * (one - i))).store(&mut di[b]);
            (c * Lanes(c0[b]) * (f * (one - f))).store(&mut df[b]);
            (c * i * (one - g * g)).store(&mut dg[b]);
            (c * f).store(&mut dc[b]);
            Lanes::zero().store(&mut dh[b]);
        }
    }
}
