//! Batches of a data set, in any order of its samples.

use nn_core::{Rows, Scalar, Tensor};

use crate::{Dataset, Target};

/// Makes batches of inputs or targets.
pub trait Gather<T>: Send + Sync {
    /// Writes the samples with these indices, in this order, over `batch`, which holds as many. `next` are the samples that will
    /// be asked for after these, or nothing: to know them may save time, and whatever they are, they change no result. Allocates
    /// nothing, except what it takes to hand part of a large batch to another thread.
    ///
    /// # Panics
    /// If an index is not below the number of samples, or the shape of `batch` differs.
    fn gather(&self, samples: &[usize], next: &[usize], batch: &mut T);
}

impl<F: Scalar> Gather<Tensor<F>> for Rows<'_, F> {
    fn gather(&self, samples: &[usize], next: &[usize], batch: &mut Tensor<F>) {
        Rows::gather(self, samples, next, batch);
    }
}

/// Reads targets where they are.
pub(crate) struct Select<'t, T>(pub(crate) &'t T);

impl<T: Target> Gather<T> for Select<'_, T> {
    fn gather(&self, samples: &[usize], _next: &[usize], batch: &mut T) {
        self.0.select_into(samples, batch);
    }
}

/// Makes batches of a data set: [`Dataset::batches`].
pub struct Batches<'d, F, T> {
    data: &'d Dataset<F, T>,
    x: Rows<'d, F>,
    y: Box<dyn Gather<T> + 'd>,
}

impl<'d, F: Scalar, T: Target> Batches<'d, F, T> {
    pub(crate) fn of(data: &'d Dataset<F, T>) -> Self {
        Batches { data, x: Rows::of(data.x()), y: data.y().batches() }
    }
}

impl<F: Scalar, T: Target> Gather<Dataset<F, T>> for Batches<'_, F, T> {
    fn gather(&self, samples: &[usize], next: &[usize], batch: &mut Dataset<F, T>) {
        self.data.expect_inside(samples);
        self.x.gather(samples, next, &mut batch.x);
        self.y.gather(samples, next, &mut batch.y);
    }
}
