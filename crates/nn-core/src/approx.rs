//! Comparison up to rounding, with the assertions of the crate `approx`.

use approx::{AbsDiffEq, RelativeEq, UlpsEq};

use crate::{Entry, Scalar, StateDict, Tensor};

/// Whether two tensors have the same shape, and `equal` holds for every pair of elements.
fn pairs<F: Scalar>(a: &Tensor<F>, b: &Tensor<F>, equal: impl Fn(&F, &F) -> bool) -> bool {
    let same = |feature| a.feature(feature).iter().zip(b.feature(feature)).all(|(a, b)| equal(a, b));
    a.shape() == b.shape() && (0..a.features()).all(same)
}

/// Whether two states have the same names, kinds and shapes in the same order, and `equal` holds for every pair of values.
fn entries<F: Scalar>(a: &StateDict<F>, b: &StateDict<F>, equal: impl Fn(&F, &F) -> bool) -> bool {
    let same = |(a, b): (&Entry<F>, &Entry<F>)| {
        (&a.name, a.kind, &a.shape) == (&b.name, b.kind, &b.shape)
            && a.value.len() == b.value.len()
            && a.value.iter().zip(&b.value).all(|(a, b)| equal(a, b))
    };
    a.entries().len() == b.entries().len() && a.entries().iter().zip(b.entries()).all(same)
}

macro_rules! approx {
    ($(#[$doc:meta])* $Type:ident by $all:ident) => {
        $(#[$doc])*
        impl<F: Scalar + AbsDiffEq<Epsilon = F>> AbsDiffEq for $Type<F> {
            type Epsilon = F;

            fn default_epsilon() -> F {
                F::default_epsilon()
            }

            fn abs_diff_eq(&self, other: &Self, epsilon: F) -> bool {
                $all(self, other, |a, b| a.abs_diff_eq(b, epsilon))
            }
        }

        impl<F: Scalar + RelativeEq<Epsilon = F>> RelativeEq for $Type<F> {
            fn default_max_relative() -> F {
                F::default_max_relative()
            }

            fn relative_eq(&self, other: &Self, epsilon: F, max_relative: F) -> bool {
                $all(self, other, |a, b| a.relative_eq(b, epsilon, max_relative))
            }
        }

        impl<F: Scalar + UlpsEq<Epsilon = F>> UlpsEq for $Type<F> {
            fn default_max_ulps() -> u32 {
                F::default_max_ulps()
            }

            fn ulps_eq(&self, other: &Self, epsilon: F, max_ulps: u32) -> bool {
                $all(self, other, |a, b| a.ulps_eq(b, epsilon, max_ulps))
            }
        }
    };
}

approx! {
    /// With the feature `approx`: equal shapes, and elements that are equal up to rounding.
    ///
    /// ```
    /// use approx::{assert_abs_diff_eq, assert_relative_eq};
    /// use nn_core::Tensor;
    /// let (a, b) = (Tensor::from_column(&[0.1 + 0.2]), Tensor::from_column(&[0.3]));
    /// assert_relative_eq!(a, b);
    /// assert_abs_diff_eq!(a, Tensor::from_column(&[0.3001]), epsilon = 1e-3);
    /// ```
    Tensor by pairs
}

approx! {
    /// With the feature `approx`: equal names, kinds and shapes, and values that are equal up to rounding. Metadata are not
    /// compared.
    StateDict by entries
}

#[cfg(test)]
mod tests {
    use approx::{abs_diff_eq, relative_eq, ulps_eq};

    use super::*;
    use crate::Kind;

    #[test]
    fn tensors_are_equal_up_to_what_is_asked_for() {
        let a = Tensor::from_rows(&[[1.0, -2.0], [1000.0, 0.0]]);
        let near = Tensor::from_rows(&[[1.0, -2.0], [1000.001, 1e-9]]);
        assert!(relative_eq!(a, near, epsilon = 1e-8, max_relative = 1e-5));
        assert!(!relative_eq!(a, near, epsilon = 1e-8, max_relative = 1e-7));
        assert!(abs_diff_eq!(a, near, epsilon = 0.01) && !abs_diff_eq!(a, near, epsilon = 1e-4));
        assert!(ulps_eq!(a, a) && !ulps_eq!(a, near));
        // NaN is equal to nothing, and so is another shape of the same elements.
        let nan = Tensor::from_rows(&[[1.0, f64::NAN], [1000.0, 0.0]]);
        assert!(!abs_diff_eq!(nan, nan, epsilon = 1.0));
        assert!(!abs_diff_eq!(Tensor::<f32>::zeros(&[2, 3]), Tensor::zeros(&[3, 2]), epsilon = 1.0));
        assert!(!abs_diff_eq!(Tensor::<f32>::zeros(&[2, 3]), Tensor::zeros(&[2, 4]), epsilon = 1.0));
    }

    #[test]
    fn states_are_compared_name_by_name() {
        let state = |name: &str, value: f64| {
            let entry = Entry { name: name.into(), kind: Kind::Learned, shape: vec![1], value: vec![value] };
            StateDict::from_iter([entry])
        };
        assert!(abs_diff_eq!(state("a", 1.0), state("a", 1.1), epsilon = 0.2));
        assert!(!abs_diff_eq!(state("a", 1.0), state("a", 1.1), epsilon = 0.05));
        assert!(!abs_diff_eq!(state("a", 1.0), state("b", 1.0), epsilon = 0.2));
        assert!(!abs_diff_eq!(state("a", 1.0), StateDict::new(), epsilon = 0.2));
    }
}
