//! Dot products of feature columns: the gradient of a narrow layer's parameters.

use super::lanes::{Block, LANES, Lanes, Sums, split};
use super::simd::Kernel;
use crate::Scalar;

/// Adds the dot product of every feature of `dy` with every feature of `x` to `dw`, and the sum of every feature of `dy` to
/// `db`. Either can be left out, by an empty `x` and `dw`, or by an empty `db`.
pub(super) struct Dots<'a, F> {
    pub(super) x: &'a [Block<F>],
    pub(super) dy: &'a [Block<F>],
    pub(super) dw: &'a mut [F],
    pub(super) db: &'a mut [F],
    pub(super) samples: usize,
    /// Blocks from one feature to the next.
    pub(super) blocks: usize,
}

impl<F: Scalar> Kernel for Dots<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        if self.samples == 1 {
            return self.outer_product();
        }
        let (outputs, inputs) = (self.dy.len() / self.blocks, self.x.len() / self.blocks);
        if inputs == 0 {
            return self.biases(outputs);
        }
        let (even_outputs, even_inputs) = (outputs - outputs % 2, inputs - inputs % 2);
        let mut pending = Pending { sums: Sums::new(), places: [0; LANES] };
        for i in (0..even_outputs).step_by(2) {
            for j in (0..even_inputs).step_by(2) {
                self.two_by_two(i, j, &mut pending);
            }
        }
        for i in even_outputs..outputs {
            for j in 0..even_inputs {
                self.one(i, j, &mut pending);
            }
        }
        for i in 0..outputs {
            for j in even_inputs..inputs {
                self.one(i, j, &mut pending);
            }
        }
        self.finish(&mut pending);
    }
}

/// Sums of sixteen lanes each, and their places: in `dw`, or past its end in `db`.
struct Pending<F> {
    sums: Sums<F>,
    places: [usize; LANES],
}

impl<F: Scalar> Dots<'_, F> {
    /// Computes the gradients of a single sample, for which there is nothing to add up.
    #[inline(always)]
    fn outer_product(self) {
        for (db, dy) in self.db.iter_mut().zip(self.dy) {
            *db += dy[0];
        }
        if self.x.is_empty() {
            return;
        }
        for (dw, dy) in self.dw.chunks_exact_mut(self.x.len()).zip(self.dy) {
            for (dw, x) in dw.iter_mut().zip(self.x) {
                *dw = dy[0].mul_add(x[0], *dw);
            }
        }
    }

    /// Computes four dot products at once: each block that is read serves two, and no sum waits for another.
    #[inline(always)]
    fn two_by_two(&mut self, i: usize, j: usize, pending: &mut Pending<F>) {
        let ((a0, a0_last), (a1, a1_last)) = (self.dy(i), self.dy(i + 1));
        let ((x0, x0_last), (x1, x1_last)) = (self.x(j), self.x(j + 1));
        let (mut s00, mut s01, mut s10, mut s11) =
            (Lanes::zero(), Lanes::zero(), Lanes::zero(), Lanes::zero());
        let (mut b0, mut b1) = (Lanes::zero(), Lanes::zero());
        for ((a0, a1), (x0, x1)) in a0.iter().zip(a1).zip(x0.iter().zip(x1)) {
            s00 = Lanes(*a0).mul_add(Lanes(*x0), s00);
            s01 = Lanes(*a0).mul_add(Lanes(*x1), s01);
            s10 = Lanes(*a1).mul_add(Lanes(*x0), s10);
            s11 = Lanes(*a1).mul_add(Lanes(*x1), s11);
            b0 += Lanes(*a0);
            b1 += Lanes(*a1);
        }
        if let (Some(a0), Some(a1), Some(x0), Some(x1)) = (a0_last, a1_last, x0_last, x1_last) {
            s00 = a0.mul_add(x0, s00);
            s01 = a0.mul_add(x1, s01);
            s10 = a1.mul_add(x0, s10);
            s11 = a1.mul_add(x1, s11);
            b0 += a0;
            b1 += a1;
        }
        let inputs = self.x.len() / self.blocks;
        self.add(s00, i * inputs + j, pending);
        self.add(s01, i * inputs + j + 1, pending);
        self.add(s10, (i + 1) * inputs + j, pending);
        self.add(s11, (i + 1) * inputs + j + 1, pending);
        if j == 0 && !self.db.is_empty() {
            self.add(b0, self.dw.len() + i, pending);
            self.add(b1, self.dw.len() + i + 1, pending);
        }
    }

    #[inline(always)]
    fn one(&mut self, i: usize, j: usize, pending: &mut Pending<F>) {
        let ((a, a_last), (x, x_last)) = (self.dy(i), self.x(j));
        let (mut sum, mut bias) = (Lanes::zero(), Lanes::zero());
        for (a, x) in a.iter().zip(x) {
            sum = Lanes(*a).mul_add(Lanes(*x), sum);
            bias += Lanes(*a);
        }
        if let (Some(a), Some(x)) = (a_last, x_last) {
            sum = a.mul_add(x, sum);
            bias += a;
        }
        self.add(sum, i * (self.x.len() / self.blocks) + j, pending);
        if j == 0 && !self.db.is_empty() {
            self.add(bias, self.dw.len() + i, pending);
        }
    }

    /// Adds up the features of `dy` alone, sixteen at a time, which lie side by side in `db`.
    #[inline(always)]
    fn biases(self, outputs: usize) {
        let mut sums = Sums::new();
        for (group, db) in self.db.chunks_mut(LANES).enumerate() {
            for i in group * LANES..outputs.min((group + 1) * LANES) {
                let (full, last) = split(&self.dy[i * self.blocks..][..self.blocks], self.samples);
                let mut sum = Lanes::zero();
                for block in full {
                    sum += Lanes(*block);
                }
                if let Some(last) = last {
                    sum += last;
                }
                sums.push(sum);
            }
            let totals = sums.take();
            match db.first_chunk_mut() {
                Some(db) => (Lanes(*db) + Lanes(totals)).store(db),
                None => db.iter_mut().zip(totals).for_each(|(db, total)| *db += total),
            }
        }
    }

    #[inline(always)]
    fn add(&mut self, sum: Lanes<F>, place: usize, pending: &mut Pending<F>) {
        pending.places[pending.sums.len()] = place;
        pending.sums.push(sum);
        if pending.sums.is_full() {
            self.finish(pending);
        }
    }

    #[inline(always)]
    fn finish(&mut self, pending: &mut Pending<F>) {
        let count = pending.sums.len();
        for (&place, sum) in pending.places[..count].iter().zip(pending.sums.take()) {
            match self.dw.get_mut(place) {
                Some(dw) => *dw += sum,
                None => self.db[place - self.dw.len()] += sum,
            }
        }
    }

    #[inline(always)]
    fn dy(&self, i: usize) -> (&[Block<F>], Option<Lanes<F>>) {
        split(&self.dy[i * self.blocks..][..self.blocks], self.samples)
    }

    #[inline(always)]
    fn x(&self, j: usize) -> (&[Block<F>], Option<Lanes<F>>) {
        split(&self.x[j * self.blocks..][..self.blocks], self.samples)
    }
}
