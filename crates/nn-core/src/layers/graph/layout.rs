//! Where the values and the gradients of a graph are.

use super::join::Join;
use super::plan::features;
use super::wiring::Wiring;
use super::{Graph, Operation};
use crate::route::{Factor, Gradient, Piece, Place, Route, Step, Term, Work};
use crate::{Purpose, Scalar, ShapeError};

/// A graph, and where the values that it computes and their gradients are.
///
/// The first input is read where it is, and the last node writes to the output, as in a chain. A value that is only a term of a sum has
/// the gradient of the sum, which is not copied. All others have a buffer: first those of the values, in the order of computation, then
/// those of the gradients in that order. A node therefore reads buffers before its own.
pub(super) struct Layout<'a, F> {
    graph: &'a Graph<F>,
    wiring: &'a Wiring,
    shapes: &'a [Vec<usize>],
    /// The nodes that read each value, in the order of computation.
    readers: Vec<Vec<usize>>,
    values: Vec<Place>,
    /// Those that have a buffer.
    held_values: Vec<usize>,
    /// None to predict.
    gradients: Option<Vec<Place>>,
    held_gradients: Vec<usize>,
}

impl<'a, F: Scalar> Layout<'a, F> {
    pub(super) fn of(
        graph: &'a Graph<F>,
        wiring: &'a Wiring,
        shapes: &'a [Vec<usize>],
        purpose: Purpose,
    ) -> Self {
        let mut readers = vec![Vec::new(); shapes.len()];
        for &node in &wiring.order {
            for &value in &wiring.from[node] {
                readers[value].push(node);
            }
        }
        let mut layout = Layout {
            graph,
            wiring,
            shapes,
            readers,
            values: Vec::new(),
            held_values: Vec::new(),
            gradients: None,
            held_gradients: Vec::new(),
        };
        (layout.values, layout.held_values) = layout.places(|_| true);
        if purpose == Purpose::Train {
            let (mut places, held) = layout.places(|value| layout.sum(value).is_none());
            for value in layout.computed().rev() {
                if let Some(sum) = layout.sum(value) {
                    places[value] = places[sum];
                }
            }
            (layout.gradients, layout.held_gradients) = (Some(places), held);
        }
        layout
    }

    /// The values whose shapes are those of the buffers, in order.
    pub(super) fn buffers(&self) -> impl Iterator<Item = usize> {
        self.held_values.iter().chain(&self.held_gradients).copied()
    }

    /// The values that are there or computed, each after those that it is computed from.
    fn computed(&self) -> impl DoubleEndedIterator<Item = usize> + use<'a, F> {
        let inputs = self.graph.inputs.len();
        (0..inputs).chain(self.wiring.order.iter().map(move |node| inputs + node))
    }

    /// Returns a place for each value that has one of its own, and those whose place is a buffer.
    fn places(&self, own: impl Fn(usize) -> bool) -> (Vec<Place>, Vec<usize>) {
        let (mut places, mut held) = (vec![Place::Input; self.shapes.len()], Vec::new());
        for value in self.computed() {
            if let Some(outer) = self.outer(value) {
                places[value] = outer;
            } else if own(value) {
                places[value] = Place::Buffer(held.len());
                held.push(value);
            }
        }
        (places, held)
    }

    /// Returns the place of a value that is all of the input or of the output.
    fn outer(&self, value: usize) -> Option<Place> {
        let inputs = self.graph.inputs.len();
        match value {
            0 if inputs == 1 => Some(Place::Input),
            _ if value >= inputs && self.wiring.outputs == [value] => Some(Place::Output),
            _ => None,
        }
    }

    /// Returns the sum of which a value is a term, if it has the gradient of this sum.
    fn sum(&self, value: usize) -> Option<usize> {
        match self.readers[value][..] {
            [node] if self.join(node) == Some(Join::Sum) && !self.wiring.outputs.contains(&value) => {
                self.outer(value).is_none().then_some(self.graph.inputs.len() + node)
            }
            _ => None,
        }
    }

    fn join(&self, node: usize) -> Option<Join> {
        if let Operation::Join(join) = self.graph.nodes[node].operation { Some(join) } else { None }
    }

    pub(super) fn route(&self) -> Result<Route, ShapeError> {
        let inputs = self.graph.inputs.len();
        let mut steps = Vec::new();
        for &node in &self.wiring.order {
            let (from, to) = (&self.wiring.from[node], inputs + node);
            steps.push(Step {
                node,
                from: from.iter().map(|&value| self.values[value]).collect(),
                to: self.values[to],
                work: self.work(node)?,
                gradient: self.gradient(to),
            });
        }
        let mut route = Route {
            key: self.graph.key,
            values: self.held_values.len(),
            inputs: self.pieces(&(0..inputs).collect::<Vec<_>>()),
            input_gradients: (0..inputs).map(|value| self.gradient(value)).collect(),
            steps,
            outputs: self.pieces(&self.wiring.outputs),
        };
        self.add_terms(&mut route);
        Ok(route)
    }

    /// These values side by side.
    fn pieces(&self, values: &[usize]) -> Vec<Piece> {
        let mut start = 0;
        let pieces = values.iter().map(|&value| {
            let piece = Piece { place: self.values[value], start: [start] };
            start += features(&self.shapes[value]);
            piece
        });
        pieces.collect()
    }

    fn work(&self, node: usize) -> Result<Work, ShapeError> {
        let (from, inputs) = (&self.wiring.from[node], self.graph.inputs.len());
        Ok(match self.join(node) {
            Some(Join::Sum) => Work::Sum,
            Some(Join::Product) => Work::Product,
            Some(join @ Join::Concat(axis)) => {
                let shapes: Vec<_> = from.iter().map(|&value| &*self.shapes[value]).collect();
                Work::Concat(join.runs(axis, &self.shapes[inputs + node], &shapes)?)
            }
            None => Work::Module {
                of: self.wiring.module[node].unwrap_or(node),
                dx: self.gradient(from[0]).place,
                // Backward goes from the last node to the first.
                first: self.readers[from[0]].iter().rfind(|&&node| self.join(node).is_none()) == Some(&node),
                reads_input: from[0] < inputs,
            },
        })
    }

    /// The gradient of a value, still without terms.
    fn gradient(&self, value: usize) -> Gradient {
        let place = self.gradients.as_ref().map_or(Place::Input, |places| places[value]);
        Gradient { place, terms: Vec::new() }
    }

    /// Adds the terms that gradients have from joins and from outputs.
    fn add_terms(&self, route: &mut Route) {
        let Some(places) = &self.gradients else { return };
        let inputs = self.graph.inputs.len();
        let mut terms = vec![Vec::new(); self.shapes.len()];
        let mut add = |value: usize, from: Place, factor: Factor| {
            if places[value] != from {
                let modules = self.readers[value].iter().any(|&node| self.join(node).is_none());
                let first = terms[value].is_empty() && !modules;
                terms[value].push(Term { from, first, factor });
            }
        };
        for step in route.steps.iter().rev() {
            let from = places[inputs + step.node];
            for (index, &value) in self.wiring.from[step.node].iter().enumerate() {
                let others = || step.from.iter().enumerate().filter(|(other, _)| *other != index);
                match &step.work {
                    Work::Module { .. } => {}
                    Work::Sum => add(value, from, Factor::One),
                    Work::Product => {
                        add(value, from, Factor::Others(others().map(|(_, &place)| place).collect()));
                    }
                    Work::Concat(runs) => add(value, from, Factor::Runs(runs[index].clone())),
                }
            }
        }
        for (&value, piece) in self.wiring.outputs.iter().zip(&route.outputs) {
            add(value, Place::Output, Factor::Runs(piece.start.to_vec()));
        }
        for (gradient, terms) in route.input_gradients.iter_mut().zip(&mut terms) {
            gradient.terms = std::mem::take(terms);
        }
        for step in &mut route.steps {
            step.gradient.terms = std::mem::take(&mut terms[inputs + step.node]);
        }
    }
}
