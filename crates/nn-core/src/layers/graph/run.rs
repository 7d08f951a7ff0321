//! The two passes of a graph.

use super::Graph;
use crate::kernels::{elementwise, join, runs};
use crate::route::{Factor, Gradient, Place, Route, Step, Work};
use crate::{Accumulate, Mode, Scalar, Tensor, Workspace};

impl<F: Scalar> Graph<F> {
    /// Returns whether a workspace is that of this graph.
    pub(crate) fn planned(&self, workspace: &Workspace<F>) -> bool {
        workspace.route.as_ref().is_some_and(|route| route.key == self.key)
    }

    pub(crate) fn run_forward(
        &self,
        x: &Tensor<F>,
        y: &mut Tensor<F>,
        workspace: &mut Workspace<F>,
        mode: &mut Mode<'_>,
    ) {
        let Workspace { buffers, children, route: Some(route), .. } = workspace else { return };
        let values = &mut buffers[..route.values];
        for piece in &route.inputs {
            if let Place::Buffer(index) = piece.place {
                runs::gather(x, &mut values[index], &piece.start, Accumulate::Replace);
            }
        }
        for step in &route.steps {
            match step.to {
                Place::Buffer(index) => {
                    let (before, after) = values.split_at_mut(index);
                    self.compute(step, x, before, &mut after[0], children, mode);
                }
                Place::Input | Place::Output => self.compute(step, x, values, y, children, mode),
            }
        }
        for piece in &route.outputs {
            match piece.place {
                Place::Buffer(index) => runs::insert(&values[index], y, &piece.start, Accumulate::Replace),
                Place::Input => elementwise::copy(y, x),
                Place::Output => {}
            }
        }
    }

    /// Computes a node from buffers before its own. Inlined, because it is called for each node of a step that may take a microsecond.
    #[inline(always)]
    fn compute(
        &self,
        step: &Step,
        x: &Tensor<F>,
        before: &[Tensor<F>],
        y: &mut Tensor<F>,
        children: &mut [Workspace<F>],
        mode: &mut Mode<'_>,
    ) {
        let value = |place| at(place, x, x, before);
        let [first, others @ ..] = &*step.from else { return };
        let (first, others) = (value(*first), others.iter().map(|&place| value(place)));
        match &step.work {
            Work::Module { of, .. } => self.module(*of).forward(first, y, &mut children[step.node], mode),
            Work::Sum => join::sum(y, first, others),
            Work::Product => join::product(y, first, others, Accumulate::Replace),
            Work::Concat(starts) => {
                for (from, starts) in std::iter::once(first).chain(others).zip(starts) {
                    runs::insert(from, y, starts, Accumulate::Replace);
                }
            }
        }
    }

    pub(crate) fn run_backward(
        &self,
        x: &Tensor<F>,
        y: &Tensor<F>,
        dy: &Tensor<F>,
        mut dx: Option<&mut Tensor<F>>,
        accumulate: Accumulate,
        workspace: &mut Workspace<F>,
    ) {
        let Workspace { buffers, children, route: Some(route), .. } = workspace else { return };
        let (values, gradients) = buffers.split_at_mut(route.values);
        let value = |place| at(place, x, y, values);
        for step in route.steps.iter().rev() {
            collect(&step.gradient, dy, gradients, value);
            let Work::Module { of, dx: place, first, reads_input } = step.work else { continue };
            let own = if let Place::Buffer(index) = step.gradient.place { index } else { gradients.len() };
            let (before, after) = gradients.split_at_mut(own);
            let dy = after.first().unwrap_or(dy);
            let (dx, accumulate) = match place {
                Place::Buffer(_) if reads_input && dx.is_none() => (None, Accumulate::Replace),
                Place::Buffer(index) => (Some(&mut before[index]), Accumulate::Replace),
                Place::Input | Place::Output => (dx.as_deref_mut(), accumulate),
            };
            let accumulate = if first { accumulate } else { Accumulate::Add };
            swap_gradients(children, of, step.node);
            let workspace = &mut children[step.node];
            self.module(of).backward(value(step.from[0]), value(step.to), dy, dx, accumulate, workspace);
            swap_gradients(children, of, step.node);
        }
        if let Some(dx) = dx {
            input_gradient(route, dy, dx, gradients, accumulate, value);
        }
    }
}

/// Computes the gradient of the input from those of the first nodes.
fn input_gradient<'a, F: Scalar>(
    route: &Route,
    dy: &Tensor<F>,
    dx: &mut Tensor<F>,
    gradients: &mut [Tensor<F>],
    accumulate: Accumulate,
    value: impl Fn(Place) -> &'a Tensor<F> + Copy + Sync,
) {
    for (piece, gradient) in route.inputs.iter().zip(&route.input_gradients) {
        if gradient.place == Place::Input {
            let from = |place| at(place, dy, dy, gradients);
            add_terms(gradient, dx, accumulate, from, value);
        } else {
            collect(gradient, dy, gradients, value);
            runs::insert(at(gradient.place, dy, dy, gradients), dx, &piece.start, accumulate);
        }
    }
}

/// Adds the terms of a gradient that has a buffer. They are computed from gradients in later buffers.
fn collect<'a, F: Scalar>(
    gradient: &Gradient,
    dy: &Tensor<F>,
    gradients: &mut [Tensor<F>],
    value: impl Fn(Place) -> &'a Tensor<F> + Copy + Sync,
) {
    if let (Place::Buffer(index), false) = (gradient.place, gradient.terms.is_empty()) {
        let (before, after) = gradients.split_at_mut(index + 1);
        let from = |place| match place {
            Place::Buffer(later) => &after[later - index - 1],
            Place::Input | Place::Output => dy,
        };
        add_terms(gradient, &mut before[index], Accumulate::Replace, from, value);
    }
}

/// Adds the terms of a gradient to it. The first of all does what `accumulate` says.
fn add_terms<'a, 'b, F: Scalar>(
    gradient: &Gradient,
    to: &mut Tensor<F>,
    accumulate: Accumulate,
    from: impl Fn(Place) -> &'b Tensor<F>,
    value: impl Fn(Place) -> &'a Tensor<F> + Copy + Sync,
) {
    for term in &gradient.terms {
        let accumulate = if term.first { accumulate } else { Accumulate::Add };
        match &term.factor {
            Factor::One => elementwise::pass(from(term.from), to, accumulate),
            Factor::Others(others) => {
                let others = others.iter().map(|&place| value(place));
                join::product(to, from(term.from), others, accumulate);
            }
            Factor::Runs(starts) => runs::gather(from(term.from), to, starts, accumulate),
        }
    }
}

fn at<'a, F>(
    place: Place,
    input: &'a Tensor<F>,
    output: &'a Tensor<F>,
    buffers: &'a [Tensor<F>],
) -> &'a Tensor<F> {
    match place {
        Place::Input => input,
        Place::Output => output,
        Place::Buffer(index) => &buffers[index],
    }
}

/// Exchanges the gradients of the parameters of two nodes with one module: those of the first are lent to the other, so that both add to
/// the same ones.
fn swap_gradients<F: Scalar>(children: &mut [Workspace<F>], one: usize, other: usize) {
    fn swap<F>(one: &mut Workspace<F>, other: &mut Workspace<F>) {
        std::mem::swap(&mut one.gradients, &mut other.gradients);
        one.children.iter_mut().zip(&mut other.children).for_each(|(one, other)| swap(one, other));
    }
    if let Ok([one, other]) = children.get_disjoint_mut([one, other]) {
        swap(one, other);
    }
}
