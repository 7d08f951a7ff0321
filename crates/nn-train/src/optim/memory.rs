//! What an optimiser remembers of each parameter.

use nn_core::{Entry, Kind, Parameters, Scalar, StateDict, StateError, Workspace};

use super::group::Members;
use super::{OptimizerError, check_gradients};

/// For each learned parameter of one model some arrays of its length and its group, and how many steps were taken.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Memory<F> {
    /// 0 until the first step, which makes the arrays. Kept as an integer, because in `f32` the counter of a saved state is exact
    /// only up to 2²⁴ steps.
    steps: u64,
    /// The names of the arrays, such as `exp_avg`.
    arrays: &'static [&'static str],
    /// The number of groups among which the parameters were divided.
    groups: usize,
    parameters: Vec<Remembered<F>>,
}

#[derive(Debug, Clone, PartialEq)]
struct Remembered<F> {
    name: String,
    shape: Vec<usize>,
    /// One for each name of `Memory::arrays`.
    arrays: Vec<Vec<F>>,
    group: Option<usize>,
}

impl<F: Scalar> Memory<F> {
    /// Before the first step.
    pub(super) fn new() -> Self {
        Memory { steps: 0, arrays: &[], groups: 0, parameters: Vec::new() }
    }

    /// Checks that a step can be taken, makes the memory if it is the first, and returns the number of the step, from 1. A
    /// step is also the first when a setting was changed so that other `arrays` are kept. Without `arrays` every step is the
    /// first and, unless there are groups, nothing is remembered: the model may be another each time.
    pub(super) fn begin(
        &mut self,
        arrays: &'static [&'static str],
        groups: &[Members],
        model: &mut dyn Parameters<F>,
        workspace: &Workspace<F>,
    ) -> Result<u64, OptimizerError> {
        check_gradients(model, workspace)?;
        if arrays.is_empty() && groups.is_empty() {
            if self.steps > 0 {
                *self = Memory::new();
            }
            return Ok(1);
        }
        if self.steps == 0 || self.arrays != arrays {
            *self = Memory::of(model, arrays);
        }
        self.check_model(model)?;
        if self.groups != groups.len() {
            self.divide(groups)?;
        }
        self.steps = self.steps.saturating_add(1);
        Ok(if arrays.is_empty() { 1 } else { self.steps })
    }

    /// Finds the group of each parameter: the first that holds its name.
    fn divide(&mut self, groups: &[Members]) -> Result<(), OptimizerError> {
        for Remembered { name, group, .. } in &mut self.parameters {
            *group = groups.iter().position(|members| (members.holds)(name));
        }
        let is_empty =
            |index: &usize| self.parameters.iter().all(|parameter| parameter.group != Some(*index));
        if let Some(index) = (0..groups.len()).find(is_empty) {
            let first = self.parameters.first();
            let example = first.map_or("0.weight".into(), |parameter| parameter.name.clone());
            return Err(OptimizerError::EmptyGroup { index, example });
        }
        self.groups = groups.len();
        Ok(())
    }

    /// Hands out value, gradient and arrays of each learned parameter of a group, after [`begin`](Memory::begin).
    pub(super) fn for_each(
        &mut self,
        group: Option<usize>,
        model: &mut dyn Parameters<F>,
        workspace: &Workspace<F>,
        mut visitor: impl FnMut(&mut [F], &[F], &mut [Vec<F>]),
    ) {
        let mut parameters = self.parameters.iter_mut();
        model.visit_mut(Some(workspace), &mut |parameter| {
            if parameter.kind == Kind::Learned
                && let Some(gradient) = parameter.gradient
            {
                match parameters.next() {
                    None => visitor(parameter.value, gradient, &mut []),
                    Some(remembered) if remembered.group == group => {
                        visitor(parameter.value, gradient, &mut remembered.arrays);
                    }
                    Some(_) => {}
                }
            }
        });
    }

    /// `step`, then `0.weight.exp_avg` and so on. Empty before the first step that keeps these `arrays`.
    pub(super) fn state_dict(&self, arrays: &'static [&'static str]) -> StateDict<F> {
        if self.steps == 0 || arrays.is_empty() || self.arrays != arrays {
            return StateDict::new();
        }
        let mut state = StateDict::new();
        state.insert(counter("step", self.steps));
        for Remembered { name, shape, arrays, .. } in &self.parameters {
            for (array, value) in self.arrays.iter().zip(arrays) {
                let (name, shape, value) = (format!("{name}.{array}"), shape.clone(), value.clone());
                state.insert(Entry { name, kind: Kind::Buffer, shape, value });
            }
        }
        state
    }

    /// Takes over what [`state_dict`](Memory::state_dict) returned.
    pub(super) fn load(
        &mut self,
        arrays: &'static [&'static str],
        model: &dyn Parameters<F>,
        state: &StateDict<F>,
    ) -> Result<(), StateError> {
        if arrays.is_empty() {
            state.check_like(&StateDict::new())?;
            *self = Memory::new();
            return Ok(());
        }
        if state.entries().is_empty() {
            *self = Memory::new();
            return Ok(());
        }
        let mut memory = Memory { steps: 1, ..Memory::of(model, arrays) };
        state.check_like(&memory.state_dict(arrays))?;
        memory.steps = count(state, "step");
        for Remembered { name, arrays: values, .. } in &mut memory.parameters {
            for (array, value) in arrays.iter().zip(values) {
                if let Some(entry) = state.get(&format!("{name}.{array}")) {
                    value.copy_from_slice(&entry.value);
                }
            }
        }
        *self = memory;
        Ok(())
    }

    fn of(model: &dyn Parameters<F>, arrays: &'static [&'static str]) -> Self {
        let mut parameters = Vec::new();
        model.visit(&mut |parameter| {
            if parameter.kind == Kind::Learned {
                let (name, shape) = (parameter.name.to_string(), parameter.shape.to_vec());
                let arrays = vec![vec![F::ZERO; parameter.value.len()]; arrays.len()];
                parameters.push(Remembered { name, shape, arrays, group: None });
            }
        });
        Memory { steps: 0, arrays, groups: 0, parameters }
    }

    fn check_model(&self, model: &dyn Parameters<F>) -> Result<(), OptimizerError> {
        let mut parameters = self.parameters.iter().map(|remembered| (&remembered.name, &remembered.shape));
        check_model(model, &mut parameters)
    }
}

/// Checks that the learned parameters of `model` are as long as those that are remembered.
pub(super) fn check_model<'a, F: Scalar>(
    model: &dyn Parameters<F>,
    remembered: &mut dyn Iterator<Item = (&'a String, &'a Vec<usize>)>,
) -> Result<(), OptimizerError> {
    let mut difference = None;
    model.visit(&mut |parameter| {
        if parameter.kind != Kind::Learned || difference.is_some() {
            return;
        }
        let there = remembered.next();
        if there.is_none_or(|(_, shape)| shape.iter().product::<usize>() != parameter.value.len()) {
            let there = there.map_or("nothing".into(), |(name, shape)| format!("{name} {shape:?}"));
            difference = Some(format!("it had {there} in place of {} {:?}", parameter.name, parameter.shape));
        }
    });
    let missing = || remembered.next().map(|(name, shape)| format!("it had {name} {shape:?} besides"));
    match difference.or_else(missing) {
        Some(what) => Err(OptimizerError::OtherModel { what }),
        None => Ok(()),
    }
}

/// A count as an entry of a state.
pub(super) fn counter<F: Scalar>(name: &str, count: u64) -> Entry<F> {
    Entry {
        name: name.into(),
        kind: Kind::Counter,
        shape: Vec::new(),
        value: vec![F::from_f64(count as f64)],
    }
}

/// The count in an entry of a state. [`StateDict::check_like`] has found it to be one.
pub(super) fn count<F: Scalar>(state: &StateDict<F>, name: &str) -> u64 {
    state.get(name).map_or(0, |entry| entry.value[0].to_f64() as u64)
}
