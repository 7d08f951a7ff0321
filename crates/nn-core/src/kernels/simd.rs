//! The one place that decides, at run time, which instruction set a kernel runs with.
//!
//! A [`Kernel`] is plain safe Rust over slices. [`dispatch`] calls it from inside a function that was compiled for a
//! wider instruction set, so that LLVM vectorises the same source for 128, 256 and 512 bits. All widths give the same
//! bits: Rust rounds exactly where the source says so (`a * b + c` twice, `a.mul_add(b, c)` once), and every kernel
//! sums in the fixed order of [`lanes`](super::lanes). The instruction set changes the speed, never a result.
//!
//! The few instructions that are asked for by name are here too: a prefetch, and those that transpose a square of `f32`.
//!
//! `run` and everything it calls per element must be `#[inline(always)]`: a function that is not inlined keeps the
//! instruction set it was compiled for, and a kernel made of such calls stays scalar.

#![cfg_attr(
    target_arch = "x86_64",
    expect(
        unsafe_code,
        reason = "a #[target_feature] function may run only where it can: only available levels are stored; a prefetch; and squares of f32"
    )
)]

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::Scalar;

/// A computation over slices that [`dispatch`] can compile for several instruction sets.
pub trait Kernel {
    /// The result of the computation: `()` for most, a number for a reduction.
    type Output;
    /// Runs the computation. Must be `#[inline(always)]`, see the [module documentation](self).
    fn run(self) -> Self::Output;
}

/// An instruction set that kernels are compiled for, narrowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    /// The instructions that every CPU of the target has: NEON on 64-bit ARM; SSE2 (128 bits) on x86-64, where each
    /// `mul_add` is a call and takes many times as long.
    Baseline = 1,
    /// AVX2 (256 bits) with FMA.
    Avx2 = 2,
    /// AVX-512 F, BW, CD, DQ and VL: 512 bits.
    Avx512 = 3,
}

impl Level {
    /// Returns the levels that this machine can run, narrowest first.
    pub fn available() -> impl Iterator<Item = Level> {
        [Level::Baseline, Level::Avx2, Level::Avx512].into_iter().filter(|level| level.is_available())
    }

    /// Returns whether this machine can run kernels of this level.
    #[cfg(target_arch = "x86_64")]
    pub fn is_available(self) -> bool {
        match self {
            Level::Baseline => true,
            Level::Avx2 => {
                std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma")
            }
            Level::Avx512 => {
                std::arch::is_x86_feature_detected!("avx512f")
                    && std::arch::is_x86_feature_detected!("avx512bw")
                    && std::arch::is_x86_feature_detected!("avx512cd")
                    && std::arch::is_x86_feature_detected!("avx512dq")
                    && std::arch::is_x86_feature_detected!("avx512vl")
            }
        }
    }

    /// Returns whether this machine can run kernels of this level.
    #[cfg(not(target_arch = "x86_64"))]
    pub fn is_available(self) -> bool {
        self == Level::Baseline
    }

    /// Returns the level in use: the widest available one, unless [`Level::set`] chose another.
    #[inline]
    pub fn current() -> Level {
        match CURRENT.load(Ordering::Relaxed) {
            1 => Level::Baseline,
            2 => Level::Avx2,
            3 => Level::Avx512,
            _ => {
                let widest = Level::available().max().expect("the baseline is always available");
                CURRENT.store(widest as u8, Ordering::Relaxed);
                widest
            }
        }
    }

    /// Makes all kernels of this process run at this level from now on, to test and measure what a machine with
    /// narrower vectors would do. Only the speed changes, not the results.
    ///
    /// # Errors
    /// [`Unavailable`] if this machine lacks the instruction set; nothing changes then.
    pub fn set(self) -> Result<(), Unavailable> {
        if !self.is_available() {
            return Err(Unavailable(self));
        }
        CURRENT.store(self as u8, Ordering::Relaxed);
        Ok(())
    }
}

/// The level in use as a number; 0 until it is first asked for. Only available levels are ever stored.
static CURRENT: AtomicU8 = AtomicU8::new(0);

/// The error when this machine lacks the requested instruction set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unavailable(pub Level);

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this machine has no {:?} instructions", self.0)
    }
}

impl std::error::Error for Unavailable {}

/// Returns whether a block of `F` is one register and there are more than sixteen registers: kernels then use larger tiles.
#[inline(always)]
pub(super) fn has_many_registers<F>() -> bool {
    Level::current() == Level::Avx512 && size_of::<F>() <= 4
}

/// Runs `kernel` compiled for [`Level::current`].
///
/// ```
/// use nn_core::simd::{Kernel, dispatch};
/// struct Scale<'a>(&'a mut [f32], f32);
/// impl Kernel for Scale<'_> {
///     type Output = ();
///     #[inline(always)]
///     fn run(self) {
///         for x in self.0 {
///             *x *= self.1;
///         }
///     }
/// }
/// let mut x = [1.0, 2.0, 3.0];
/// dispatch(Scale(&mut x, 2.0));
/// assert_eq!(x, [2.0, 4.0, 6.0]);
/// ```
#[inline]
pub fn dispatch<K: Kernel>(kernel: K) -> K::Output {
    match Level::current() {
        // SAFETY: `current` returns only levels for which `is_available` was true on this machine.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => unsafe { run_avx512(kernel) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => unsafe { run_avx2(kernel) },
        _ => kernel.run(),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl")]
fn run_avx512<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

/// Asks for the cache line in which `value` begins, because it will be read soon. Changes no result.
#[inline(always)]
pub(super) fn prefetch<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: it reads nothing that the program can see, and every x86-64 CPU has it.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(value).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = value;
}

/// The side of a square.
pub(crate) const SIDE: usize = 4;

/// Values of neighbouring features in a row, or of neighbouring samples of a feature.
pub(crate) type Quad<F> = [F; SIDE];

/// Transposes a square.
#[inline(always)]
pub(super) fn transposed<F: Scalar>(square: [Quad<F>; SIDE]) -> [Quad<F>; SIDE] {
    #[cfg(target_arch = "x86_64")]
    if size_of::<F>() == size_of::<f32>() {
        use std::arch::x86_64::{__m128, _mm_movehl_ps, _mm_movelh_ps, _mm_unpackhi_ps, _mm_unpacklo_ps};
        use std::mem::transmute_copy;
        // LLVM would load every value by itself.
        // SAFETY: F is f32, the only `Scalar` of this size, and four of them are a register of SSE, which every x86-64 CPU has.
        return unsafe {
            let [a, b, c, d] = transmute_copy::<_, [__m128; SIDE]>(&square);
            let (ab, cd) = (_mm_unpacklo_ps(a, b), _mm_unpacklo_ps(c, d));
            let (ab_high, cd_high) = (_mm_unpackhi_ps(a, b), _mm_unpackhi_ps(c, d));
            let columns = [
                _mm_movelh_ps(ab, cd),
                _mm_movehl_ps(cd, ab),
                _mm_movelh_ps(ab_high, cd_high),
                _mm_movehl_ps(cd_high, ab_high),
            ];
            transmute_copy(&columns)
        };
    }
    let [a, b, c, d] = square;
    [[a[0], b[0], c[0], d[0]], [a[1], b[1], c[1], d[1]], [a[2], b[2], c[2], d[2]], [a[3], b[3], c[3], d[3]]]
}
