//! The memory of a step: everything that `forward` and `backward` write apart from their outputs.

use crate::{Planned, RecurrentState, Route, Scalar, Tensor, once, team};

/// Everything that a step writes apart from its output. [`Module::plan`](crate::Module::plan) makes it, and the caller
/// owns it.
///
/// A module puts in what it needs when it is planned, and finds it again by position: [`slots`] and [`slots_mut`] hand
/// out a known number of gradients or buffers by name.
#[derive(Debug, Clone, Default)]
pub struct Workspace<F> {
    /// The module and the shapes that it was planned for, which `forward` and `backward` check.
    pub planned: Planned,
    /// One gradient for each parameter of the module itself, in visiting order and row-major like the parameter. Empty
    /// if planned for [`Purpose::Predict`](crate::Purpose::Predict).
    pub gradients: Vec<Vec<F>>,
    /// The values that the module remembers from `forward` to `backward` or needs as scratch.
    pub buffers: Vec<Tensor<F>>,
    /// The positions that the module remembers, such as where a maximum was found.
    pub indices: Vec<Vec<usize>>,
    /// Whether the last `forward` ran in [`Mode::Train`](crate::Mode::Train), set by the modules whose `backward`
    /// depends on it.
    pub trained: bool,
    /// What a recurrent layer begins and ends a sequence with.
    pub state: Option<Box<RecurrentState<F>>>,
    /// Where a graph finds the values and the gradients of its nodes.
    pub route: Option<Box<Route>>,
    /// The workspaces of the modules inside.
    pub children: Vec<Workspace<F>>,
}

impl<F: Scalar> Workspace<F> {
    /// Makes a workspace without memory that no module planned. A module makes its own with [`Workspace::of`].
    pub fn empty() -> Self {
        Workspace::default()
    }

    /// Sets all parameter gradients to zero. [`Module::backward`](crate::Module::backward) adds to them, so call this
    /// before each step (or leave it out to accumulate over several batches).
    pub fn zero_grad(&mut self) {
        zero_grad(self);
    }

    /// Hands out every parameter gradient, those of this module before those of the modules inside it: to scale or clip
    /// them between backward and the optimiser's step. Allocates nothing.
    ///
    /// ```
    /// use nn_core::Workspace;
    /// let inner = Workspace { gradients: vec![vec![2.0, 3.0]], ..Workspace::empty() };
    /// let mut workspace = Workspace {
    ///     gradients: vec![vec![1.0]],
    ///     children: vec![inner],
    ///     ..Workspace::empty()
    /// };
    /// let mut sum = 0.0;
    /// workspace
    ///     .for_each_gradient_mut(&mut |gradient| sum += gradient.iter().sum::<f64>());
    /// assert_eq!(sum, 6.0);
    /// ```
    pub fn for_each_gradient_mut(&mut self, visitor: &mut dyn FnMut(&mut [F])) {
        for gradient in &mut self.gradients {
            visitor(gradient);
        }
        for child in &mut self.children {
            child.for_each_gradient_mut(visitor);
        }
    }

    /// Lets every recurrent layer begin the next `forward` with the state in which the last one ended: the result of a long sequence that
    /// comes in pieces.
    ///
    /// ```
    /// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
    /// use nn_core::{Lstm, Mode, Module, Plan, Purpose, Tensor};
    /// let lstm = Lstm::<f32>::new(1, 4, &mut ChaCha8Rng::seed_from_u64(0));
    /// let whole = lstm.predict(&Tensor::from_vec(&[1, 2, 1], vec![0.5, -1.0])?)?;
    ///
    /// // The same, step by step.
    /// let Plan { output, mut workspace } = lstm.plan(&[1, 1, 1], Purpose::Predict)?;
    /// let mut y = Tensor::zeros(&output);
    /// for x in [0.5, -1.0] {
    ///     workspace.carry_state();
    ///     let x = Tensor::from_vec(&[1, 1, 1], vec![x])?;
    ///     lstm.forward(&x, &mut y, &mut workspace, &mut Mode::Eval);
    /// }
    /// assert_eq!(y.feature(0), whole.feature(4));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn carry_state(&mut self) {
        self.for_each_state(&mut RecurrentState::carry);
    }

    /// Lets every recurrent layer begin with a state of zeros again.
    pub fn reset_state(&mut self) {
        self.for_each_state(&mut RecurrentState::reset);
    }

    fn for_each_state(&mut self, change: &mut dyn FnMut(&mut RecurrentState<F>)) {
        if let Some(state) = &mut self.state {
            change(state);
        }
        for child in &mut self.children {
            child.for_each_state(change);
        }
    }

    /// Returns the gradient of the parameter at this position of `workspace`, or `None` if there is none. For
    /// [`Parameters::visit_mut`](crate::Parameters::visit_mut), which is given an optional workspace.
    pub fn gradient(workspace: Option<&Self>, index: usize) -> Option<&[F]> {
        Some(workspace?.gradients.get(index)?)
    }

    /// Returns the workspace of the module inside at this position of `workspace`, or `None` if there is none. For
    /// [`Parameters::visit_mut`](crate::Parameters::visit_mut) of a container.
    pub fn child(workspace: Option<&Self>, index: usize) -> Option<&Self> {
        workspace?.children.get(index)
    }
}

once! {
    fn zero_grad<'a, F>(workspace: &'a mut Workspace<F>) {
        for gradient in &mut workspace.gradients {
            let cost = team::NUMBER * gradient.len();
            match team::threads(cost) {
                1 => gradient.fill(F::ZERO),
                threads => {
                    let part = gradient.len().div_ceil(threads);
                    team::share(cost, gradient.chunks_mut(part), |part| part.fill(F::ZERO));
                }
            }
        }
        for child in &mut workspace.children {
            zero_grad(child);
        }
    }
}

/// Returns all of a workspace's gradients, buffers or indices, to be taken apart by name.
///
/// ```
/// use nn_core::{Tensor, Workspace, slots};
/// let workspace = Workspace::<f32> {
///     buffers: vec![Tensor::zeros(&[2, 3]); 2],
///     ..Workspace::empty()
/// };
/// let [mean, inverse] = slots(&workspace.buffers);
/// assert_eq!(mean.shape(), inverse.shape());
/// ```
///
/// # Panics
/// If there are not `N` of them: the workspace is that of another module, or was not planned for training.
#[track_caller]
pub fn slots<T, const N: usize>(all: &[T]) -> &[T; N] {
    match all.try_into() {
        Ok(all) => all,
        Err(_) => not_planned(N, all.len()),
    }
}

/// Returns what [`slots`] does, to write.
///
/// # Panics
/// As [`slots`].
#[track_caller]
pub fn slots_mut<T, const N: usize>(all: &mut [T]) -> &mut [T; N] {
    let found = all.len();
    match all.try_into() {
        Ok(all) => all,
        Err(_) => not_planned(N, found),
    }
}

#[cold]
#[track_caller]
fn not_planned(expected: usize, found: usize) -> ! {
    panic!(
        "expected a workspace that this module planned for training, with {expected} slots; found one with {found}"
    )
}
