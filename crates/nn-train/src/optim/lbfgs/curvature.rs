//! What L-BFGS knows about the curvature of the loss, and the direction that follows from it.

use nn_core::{Entry, Kind, Parameters, Scalar, StateDict, StateError, Workspace};

use super::super::OptimizerError;
use super::super::memory::{check_model, count, counter};
use super::super::vector::{add_scaled, dot, max_abs, sum_abs};
use super::flat::{for_each_value, read_gradient};

/// The last steps and what they changed. All vectors hold the learned parameters of the model one after another, in visiting
/// order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Curvature<F> {
    /// Name and shape of each learned parameter.
    parameters: Vec<(String, Vec<usize>)>,
    iterations: u64,
    pub(super) evaluations: u64,
    /// ∇W where the model is.
    pub(super) gradient: Vec<F>,
    /// ∇W where the last direction was chosen.
    gradient_before: Vec<F>,
    /// d and t of the last step.
    pub(super) direction: Vec<F>,
    pub(super) t: F,
    /// Without any pair, H is this number times the identity.
    scale: F,
    /// The pairs of the last steps, oldest first. Behind them is memory for more, including one for the pair that may come next.
    pairs: Vec<Pair<F>>,
    known: usize,
    /// The factors of the first loop of [`Curvature::aim`], for the second.
    alphas: Vec<f64>,
}

/// The changes of the gradient (y) and of the parameters (s) in one step.
#[derive(Debug, Clone, PartialEq)]
struct Pair<F> {
    y: Vec<F>,
    s: Vec<F>,
    /// 1 / (y · s)
    rho: F,
}

impl<F: Scalar> Curvature<F> {
    /// Nothing known yet, with memory for `size` pairs of `model`.
    pub(super) fn of(model: &dyn Parameters<F>, size: usize) -> Self {
        let mut parameters = Vec::new();
        model.visit(&mut |parameter| {
            if parameter.kind == Kind::Learned {
                parameters.push((parameter.name.to_string(), parameter.shape.to_vec()));
            }
        });
        let length = parameters.iter().map(|(_, shape)| shape.iter().product::<usize>()).sum();
        let zeros = || vec![F::ZERO; length];
        let pair = |_| Pair { y: zeros(), s: zeros(), rho: F::ZERO };
        Curvature {
            parameters,
            iterations: 0,
            evaluations: 0,
            gradient: zeros(),
            gradient_before: zeros(),
            direction: zeros(),
            t: F::ZERO,
            scale: F::ONE,
            pairs: (0..=size).map(pair).collect(),
            known: 0,
            alphas: vec![0.0; size],
        }
    }

    /// The number of pairs that it can hold.
    pub(super) fn size(&self) -> usize {
        self.alphas.len()
    }

    pub(super) fn check_model(&self, model: &dyn Parameters<F>) -> Result<(), OptimizerError> {
        check_model(model, &mut self.parameters.iter().map(|(name, shape)| (name, shape)))
    }

    pub(super) fn read_gradient(&mut self, model: &mut dyn Parameters<F>, workspace: &Workspace<F>) {
        read_gradient(&mut self.gradient, model, workspace);
    }

    /// Adds the pair of the last step, and computes d = −H ∇W from all pairs. Sets t = η.
    pub(super) fn aim(&mut self, learning_rate: f64) {
        let first = self.iterations == 0;
        self.iterations = self.iterations.saturating_add(1);
        if !first {
            self.remember();
        }
        for (d, &g) in self.direction.iter_mut().zip(&self.gradient) {
            *d = -g;
        }
        if !first {
            self.apply_inverse_hessian();
        }
        self.gradient_before.copy_from_slice(&self.gradient);
        let shorten = if first { (1.0 / sum_abs(&self.gradient)).min(1.0) } else { 1.0 };
        self.t = F::from_f64(shorten * learning_rate);
    }

    /// Adds the pair of the last step, if the curvature along it is positive.
    fn remember(&mut self) {
        let Pair { y, s, rho } = &mut self.pairs[self.known];
        for (y, (&g, &before)) in y.iter_mut().zip(self.gradient.iter().zip(&self.gradient_before)) {
            *y = g - before;
        }
        for (s, &d) in s.iter_mut().zip(&self.direction) {
            *s = d * self.t;
        }
        let ys = dot(y, s);
        if ys > 1e-10 {
            *rho = F::from_f64(1.0 / ys);
            self.scale = F::from_f64(ys / dot(y, y));
            if self.known < self.alphas.len() {
                self.known += 1;
            } else {
                self.pairs.rotate_left(1);
            }
        }
    }

    /// d ← H d by the recursion of two loops.
    fn apply_inverse_hessian(&mut self) {
        let (pairs, d) = (&self.pairs[..self.known], &mut self.direction);
        for (Pair { y, s, rho }, alpha) in pairs.iter().zip(&mut self.alphas).rev() {
            *alpha = dot(s, d) * rho.to_f64();
            add_scaled(d, F::from_f64(-*alpha), y);
        }
        for d in d.iter_mut() {
            *d *= self.scale;
        }
        for (Pair { y, s, rho }, alpha) in pairs.iter().zip(&self.alphas) {
            let beta = dot(y, d) * rho.to_f64();
            add_scaled(d, F::from_f64(alpha - beta), s);
        }
    }

    /// W ← W + t d
    pub(super) fn walk(&self, model: &mut dyn Parameters<F>) {
        for_each_value(model, &mut |range, value| add_scaled(value, self.t, &self.direction[range]));
    }

    /// The largest change of a parameter in the last step.
    pub(super) fn stride(&self) -> f64 {
        max_abs(&self.direction) * self.t.abs().to_f64()
    }

    pub(super) fn state_dict(&self) -> StateDict<F> {
        let (pairs, length) = (&self.pairs[..self.known], self.gradient.len());
        let array = |name: &str, shape: &[usize], value: Vec<F>| Entry {
            name: name.into(),
            kind: Kind::Buffer,
            shape: shape.into(),
            value,
        };
        [
            counter("n_iter", self.iterations),
            counter("func_evals", self.evaluations),
            array("d", &[length], self.direction.clone()),
            array("t", &[], vec![self.t]),
            array(
                "old_dirs",
                &[self.known, length],
                pairs.iter().flat_map(|pair| &pair.y).copied().collect(),
            ),
            array(
                "old_stps",
                &[self.known, length],
                pairs.iter().flat_map(|pair| &pair.s).copied().collect(),
            ),
            array("ro", &[self.known], pairs.iter().map(|pair| pair.rho).collect()),
            array("H_diag", &[], vec![self.scale]),
            array("prev_flat_grad", &[length], self.gradient_before.clone()),
        ]
        .into_iter()
        .collect()
    }

    pub(super) fn load(
        model: &dyn Parameters<F>,
        size: usize,
        state: &StateDict<F>,
    ) -> Result<Self, StateError> {
        // The number of pairs in the state, but no more than fit.
        let known = state.get("ro").map_or(0, |entry| entry.value.len()).min(size);
        let mut curvature = Curvature { known, ..Curvature::of(model, size) };
        state.check_like(&curvature.state_dict())?;
        let get = |name: &str| state.get(name).map_or(&[][..], |entry| &entry.value);
        curvature.iterations = count(state, "n_iter");
        curvature.evaluations = count(state, "func_evals");
        curvature.direction.copy_from_slice(get("d"));
        curvature.t = get("t")[0];
        curvature.scale = get("H_diag")[0];
        curvature.gradient_before.copy_from_slice(get("prev_flat_grad"));
        let length = curvature.gradient.len();
        for (index, Pair { y, s, rho }) in curvature.pairs[..known].iter_mut().enumerate() {
            let range = index * length..(index + 1) * length;
            y.copy_from_slice(&get("old_dirs")[range.clone()]);
            s.copy_from_slice(&get("old_stps")[range]);
            *rho = get("ro")[index];
        }
        Ok(curvature)
    }
}
