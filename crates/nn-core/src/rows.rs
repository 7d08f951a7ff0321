//! The samples of a tensor one after another, to make batches of.

use crate::blocks::Blocks;
use crate::kernels::gather::{FromRows, ToRows, quads};
use crate::kernels::simd::{Quad, SIDE, dispatch};
use crate::lanes::LANES;
use crate::{Scalar, Tensor, once, team};

/// A tensor with fewer features is not copied: there a batch is made as fast without a copy.
const WIDE: usize = 16;

/// Makes batches of the samples of a tensor, in any order.
///
/// In a [`Tensor`] the samples of one feature lie side by side. A batch of shuffled samples needs a cache line for each of
/// its values there, which takes longer than a training step of a wide network. So this holds a copy in which the features
/// of one sample lie side by side. A tensor of fewer than sixteen features is not copied, nor is one for whose copy there is no
/// memory: then a batch is made by [`Tensor::select_into`].
///
/// ```
/// use nn_core::{Rows, Tensor};
/// let x = Tensor::from_fn(100, 20, |sample, feature| (100 * feature + sample) as f32);
/// let rows = Rows::of(&x);
/// let mut batch = Tensor::zeros(&[3, 20]);
/// rows.gather(&[7, 99, 0], &[], &mut batch);
/// assert_eq!(batch, x.select(&[7, 99, 0]));
/// ```
#[derive(Debug)]
pub struct Rows<'t, F> {
    tensor: &'t Tensor<F>,
    copy: Option<Blocks<F>>,
}

impl<'t, F: Scalar> Rows<'t, F> {
    /// Copies the samples of a tensor, unless it has few features.
    pub fn of(tensor: &'t Tensor<F>) -> Self {
        Rows { tensor, copy: copy(tensor) }
    }

    /// Writes the samples with these indices, in this order, over `batch`. `next` are the samples that will be asked for
    /// after these, or nothing: to know them saves time, and whatever they are, they change no result. Allocates nothing, except
    /// what it takes to hand part of a large batch to another thread.
    ///
    /// # Panics
    /// If an index is not below the number of samples, or `batch` does not have the shape of that many samples.
    pub fn gather(&self, samples: &[usize], next: &[usize], batch: &mut Tensor<F>) {
        self.tensor.check_selection(samples, batch);
        let count = self.tensor.samples();
        if let Some(found) = samples.iter().find(|&&sample| sample >= count) {
            panic!("expected indices of samples below {count}, found {found}");
        }
        match &self.copy {
            Some(copy) => gather(self.tensor.features(), copy, samples, next, batch),
            None => self.tensor.select_into(samples, batch),
        }
    }
}

once! {
    fn copy<'a, F>(tensor: &'a Tensor<F>) -> Option<Blocks<F>> {
        let (samples, features) = (tensor.samples(), tensor.features());
        if features < WIDE || samples == 0 {
            return None;
        }
        let width = quads(features);
        let values = samples.checked_mul(width)?.checked_mul(SIDE)?;
        let mut copy = Blocks::zeros(values.div_ceil(LANES))?;
        let rows = &mut copy.as_mut_slice().as_flattened_mut()[..values].as_chunks_mut().0;
        let (x, blocks) = (tensor.blocks(), tensor.blocks_per_feature());
        let cost = team::NUMBER * values;
        // Whole blocks of samples for each thread.
        let part = blocks.div_ceil(team::threads(cost));
        let parts = rows.chunks_mut(part * LANES * width).enumerate();
        team::share(cost, parts, |(index, rows)| {
            dispatch(ToRows { x: &x[index * part..], blocks, features, rows });
        });
        Some(copy)
    }
}

once! {
    fn gather<'a, F>(
        features: usize,
        rows: &'a Blocks<F>,
        samples: &'a [usize],
        next: &'a [usize],
        batch: &'a mut Tensor<F>,
    ) {
        if samples.is_empty() {
            return;
        }
        let rows: &[Quad<F>] = rows.as_slice().as_flattened().as_chunks().0;
        let (width, blocks) = (quads(features), batch.blocks_per_feature());
        let cost = 2 * team::NUMBER * samples.len() * features;
        // Whole cache lines of each row for each thread.
        let part = width.div_ceil(team::threads(cost)).next_multiple_of(LANES / SIDE);
        let parts = batch.blocks_mut().chunks_mut(part * SIDE * blocks).enumerate();
        team::share(cost, parts, |(index, batch)| {
            dispatch(FromRows { rows, width, first: index * part, samples, next, batch });
        });
    }
}
