//! How a batch becomes one number.

use nn_core::Scalar;

/// How the terms of a batch become one number. It multiplies value and gradient by the same factor, so that they always
/// belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reduction {
    /// Divide by the number of terms, which each loss defines as PyTorch does: all elements for [`MseLoss`](crate::MseLoss)
    /// and the other losses of values; for those of classes all samples, times their positions, without those that are
    /// ignored, or the sum of the weights of their classes; and for values with a [mask](nn_core::Masked) those that count. If
    /// samples have [weights](nn_core::Weighted), each counts as many times as it weighs, as in scikit-learn and in PyTorch's
    /// `mse_loss` with `weight`.
    #[default]
    Mean,
    /// Only add up.
    Sum,
    /// Divide by the number of samples, whatever the terms are and weigh: PyTorch's `batchmean`, here for every loss. With
    /// weights of samples this is the mean of Keras.
    #[doc(alias = "batchmean")]
    BatchMean,
}

impl Reduction {
    /// The factor of each term in a batch of this many samples whose mean divides by `terms`. That may be a sum of weights: if
    /// it is 0, or below the smallest normal number of `F`, nothing in the batch counts and the factor is 0.
    pub fn scale<F: Scalar>(self, terms: f64, samples: usize) -> F {
        let divisor = match self {
            Reduction::Mean => terms,
            Reduction::Sum => return F::ONE,
            Reduction::BatchMean => samples as f64,
        };
        let divisor = F::from_f64(divisor);
        if divisor < F::MIN_POSITIVE { F::ZERO } else { F::ONE / divisor }
    }
}

/// What all losses share: a constructor for each reduction, and a name.
macro_rules! loss {
    ($Loss:ident) => {
        impl $Loss {
            /// The loss with this reduction.
            pub fn new(reduction: $crate::Reduction) -> Self {
                let mut loss = Self::default();
                loss.reduction = reduction;
                loss
            }

            /// The loss with [`Reduction::Mean`](crate::Reduction::Mean).
            pub fn mean() -> Self {
                Self::new($crate::Reduction::Mean)
            }

            /// The loss with [`Reduction::Sum`](crate::Reduction::Sum).
            pub fn sum() -> Self {
                Self::new($crate::Reduction::Sum)
            }

            /// The loss with [`Reduction::BatchMean`](crate::Reduction::BatchMean).
            pub fn batch_mean() -> Self {
                Self::new($crate::Reduction::BatchMean)
            }
        }

        impl std::fmt::Display for $Loss {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($Loss))
            }
        }
    };
}

pub(crate) use loss;
