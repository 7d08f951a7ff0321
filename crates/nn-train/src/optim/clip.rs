//! Limits on the size of gradients, applied before a step.

use nn_core::{Setting, Workspace, once};

use super::OptimizerError;
use super::vector::dot;

once! {
    /// Scales all gradients of `workspace` so that their norm is at most `max_norm`, and returns the norm before:
    /// N = √(Σ g²) over all parameters together, summed in `f64`; g ← g · min(1, `max_norm` / (N + 10⁻⁶)).
    ///
    /// A gradient that is NaN or infinite makes N NaN or infinite, as in PyTorch. NaN makes all gradients NaN; infinity makes the
    /// finite ones 0 and the others NaN. To skip such a step, look at the returned norm. A workspace without gradients has norm 0.
    ///
    /// # Errors
    /// [`OptimizerError::Setting`] if `max_norm` is not a finite number of at least 0 in the precision `F`. The gradients are
    /// unchanged then.
    ///
    /// ```
    /// use nn_train::nn_core::Workspace;
    /// use nn_train::optim::clip_grad_norm;
    /// let gradients = vec![vec![3.0_f64], vec![0.0, 4.0]];
    /// let mut workspace = Workspace { gradients, ..Workspace::empty() };
    /// assert_eq!(clip_grad_norm(&mut workspace, 1.0)?, 5.0);
    /// assert!((workspace.gradients[1][1] - 0.8).abs() < 1e-6);
    /// # Ok::<(), nn_train::optim::OptimizerError>(())
    /// ```
    pub fn clip_grad_norm<'a, F>(workspace: &'a mut Workspace<F>, max_norm: f64) -> Result<f64, OptimizerError> {
        Setting::of::<F>("clip_grad_norm", "maximum norm", max_norm).at_least_0()?;
        let mut sum = 0.0;
        workspace.for_each_gradient_mut(&mut |gradient| sum += dot(gradient, gradient));
        let norm = sum.sqrt();
        let factor = max_norm / (norm + 1e-6);
        if factor < 1.0 || factor.is_nan() {
            let factor = F::from_f64(factor);
            workspace.for_each_gradient_mut(&mut |gradient| gradient.iter_mut().for_each(|g| *g *= factor));
        }
        Ok(norm)
    }
}

once! {
    /// Limits every element of every gradient of `workspace` to the range ±`clip_value`. NaN stays NaN.
    ///
    /// # Errors
    /// [`OptimizerError::Setting`] if `clip_value` is not a finite number of at least 0 in the precision `F`. The gradients are
    /// unchanged then.
    ///
    /// ```
    /// use nn_train::nn_core::Workspace;
    /// use nn_train::optim::clip_grad_value;
    /// let gradients = vec![vec![3.0_f32, -0.2, -7.0]];
    /// let mut workspace = Workspace { gradients, ..Workspace::empty() };
    /// clip_grad_value(&mut workspace, 0.5)?;
    /// assert_eq!(workspace.gradients[0], [0.5, -0.2, -0.5]);
    /// # Ok::<(), nn_train::optim::OptimizerError>(())
    /// ```
    pub fn clip_grad_value<'a, F>(workspace: &'a mut Workspace<F>, clip_value: f64) -> Result<(), OptimizerError> {
        Setting::of::<F>("clip_grad_value", "maximum value", clip_value).at_least_0()?;
        let limit = F::from_f64(clip_value);
        workspace.for_each_gradient_mut(&mut |gradient| {
            for g in gradient {
                if g.abs() > limit {
                    *g = if *g > F::ZERO { limit } else { -limit };
                }
            }
        });
        Ok(())
    }
}
