//! The Kullback–Leibler divergence of one distribution from another.

use nn_core::Scalar;

use crate::elementwise::compiled_here;
use crate::reduction::loss;
use crate::{Elementwise, Reduction};

/// The divergence of log-probabilities y (ln q, the output of a log-softmax layer) from probabilities t of the same shape,
/// with N elements in n samples, as PyTorch's `KLDivLoss`.
///
/// | reduction | value | gradient ∂L/∂y |
/// |---|---|---|
/// | `BatchMean` | 1/n Σ t (ln t − y) | −t/n |
/// | `Sum` | Σ t (ln t − y) | −t |
/// | `Mean` | 1/N Σ t (ln t − y) | −t/N |
///
/// Only `BatchMean` is the divergence as it is defined: Σ t ln(t / q) for each sample, averaged over samples. `Mean`, PyTorch's
/// default, also divides by the number of classes. 0 ln 0 = 0, so a class with t = 0 costs nothing, even where y = −∞. The
/// divergence is the cross-entropy less the entropy of the targets, which the network cannot change. Kullback and Leibler 1951, "On information and sufficiency".
///
/// # Errors
/// [`check`](crate::Loss::check) refuses an output without values, a target of another shape, and a target that is not finite or
/// below 0. Rows need not add up to 1.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{KlDivLoss, Loss};
/// let (q, t) = ([0.5_f64, 0.5].map(f64::ln), Tensor::from_rows(&[[1.0, 0.0]]));
/// let (value, gradient) =
///     KlDivLoss::batch_mean().value_and_gradient(&Tensor::from_rows(&[q]), &t)?;
/// assert_eq!(value, 2.0_f64.ln());
/// assert_eq!(gradient, Tensor::from_rows(&[[-1.0, 0.0]]));
/// # Ok::<(), nn_loss::LossError>(())
/// ```
#[doc(alias = "KLDivLoss")]
#[doc(alias = "KLDivergence")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KlDivLoss {
    /// Mean or sum, and of what.
    pub reduction: Reduction,
}

loss!(KlDivLoss);

impl Elementwise for KlDivLoss {
    const TARGETS: &'static str = "a finite number of at least 0";

    fn reduction(self) -> Reduction {
        self.reduction
    }

    #[inline(always)]
    fn f<F: Scalar>(self, y: F, t: F) -> F {
        let divergence = t * (t.ln() - y);
        // 0 for y = −∞ as well, but NaN for +∞, which is no logarithm of a probability, and for NaN.
        let nothing = t * y.larger(F::ZERO);
        if t == F::ZERO { nothing } else { divergence }
    }

    #[inline(always)]
    fn df<F: Scalar>(self, y: F, t: F) -> F {
        if y.is_nan() { y } else { -t }
    }

    fn accepts<F: Scalar>(self, t: F) -> bool {
        t >= F::ZERO
    }

    compiled_here!(KlDivLoss);
}
