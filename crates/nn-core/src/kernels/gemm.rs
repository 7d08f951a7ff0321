//! The matrix product of wide layers, by the `gemm` library.
//!
//! Its order of additions, and whether it fuses them with multiplications, depends on the kind of CPU: from one kind to
//! another the last bits differ. On one machine they are the same for any number of threads, because threads share out
//! the rows and columns of the result, never a sum.

#![expect(unsafe_code, reason = "the library takes pointers; here they come from views that were checked")]

use gemm_common::Parallelism;
use ndarray::{ArrayView2, ArrayViewMut2};

use crate::Scalar;

/// Products with at least this many multiplications are worth waking a second thread for.
const PARALLEL: usize = 1 << 22;

/// Rows, columns and inner size; then C, whether to add to it, A and B, each with the distance from column to column and
/// from row to row; the factors of C and of A B; three conjugations; threads.
#[rustfmt::skip]
type Product<F> = unsafe fn(
    usize, usize, usize, *mut F, isize, isize, bool, *const F, isize, isize, *const F, isize, isize, F, F,
    bool, bool, bool, Parallelism,
);

/// The number types that there is a matrix product for.
pub trait Gemm: Sized {
    /// The product for this machine.
    fn product() -> Product<Self>;
}

impl Gemm for f32 {
    fn product() -> Product<Self> {
        gemm_f32::gemm::f32::get_gemm_fn()
    }
}

impl Gemm for f64 {
    fn product() -> Product<Self> {
        gemm_f64::gemm::f64::get_gemm_fn()
    }
}

/// C ← A B, or C ← C + A B.
pub(super) fn product<F: Scalar>(
    a: ArrayView2<'_, F>,
    b: ArrayView2<'_, F>,
    mut c: ArrayViewMut2<'_, F>,
    accumulate: bool,
) {
    let ((m, k), n) = (a.dim(), b.ncols());
    assert!(b.nrows() == k && c.dim() == (m, n), "{:?} times {:?} is not {:?}", a.dim(), b.dim(), c.dim());
    let (a_strides, b_strides, c_strides) = (a.strides(), b.strides(), c.strides());
    let [a_row, a_column] = [a_strides[0], a_strides[1]];
    let [b_row, b_column] = [b_strides[0], b_strides[1]];
    let [c_row, c_column] = [c_strides[0], c_strides[1]];
    // SAFETY: every view may be accessed at all indices below its dimensions through its pointer and strides, `c` as the
    // only one to do so, and the dimensions agree.
    unsafe {
        F::product()(
            m,
            n,
            k,
            c.as_mut_ptr(),
            c_column,
            c_row,
            accumulate,
            a.as_ptr(),
            a_column,
            a_row,
            b.as_ptr(),
            b_column,
            b_row,
            F::ONE,
            F::ONE,
            false,
            false,
            false,
            parallelism(m * n * k),
        );
    }
}

/// Threads only where they pay: not for a small product, and not inside a thread pool, whose other threads have work of
/// their own (the trials of an experiment).
fn parallelism(multiplications: usize) -> Parallelism {
    if multiplications < PARALLEL || rayon::current_thread_index().is_some() {
        Parallelism::None
    } else {
        Parallelism::Rayon(0)
    }
}
