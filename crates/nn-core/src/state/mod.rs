//! The numbers of a trained model apart from its code: what is saved, restored and sent elsewhere.

mod error;
#[cfg(feature = "safetensors")]
mod safetensors;

use std::collections::BTreeMap;

use crate::{Kind, Scalar};

pub use error::StateError;
#[cfg(feature = "safetensors")]
pub use safetensors::{StateFileError, StateFileProblem};

/// Named arrays in a fixed order: every parameter and buffer of a module ([`Parameters::state_dict`](crate::Parameters::state_dict)), under the names that
/// PyTorch's `state_dict` gives them. Optimisers keep theirs in the same form.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Linear, Module, Parameters, Sequential, Tanh, Tensor};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let mut build = || Sequential::<f32>::new().append(Linear::new(2, 3, &mut rng)).append(Tanh);
/// let (trained, mut other) = (build(), build());
///
/// let state = trained.state_dict();
/// assert_eq!(state.names().collect::<Vec<_>>(), ["0.weight", "0.bias"]);
/// other.load_state_dict(&state)?;
/// let x = Tensor::from_rows(&[[0.5, -1.0]]);
/// assert_eq!(trained.predict(&x)?, other.predict(&x)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StateDict<F> {
    entries: Vec<Entry<F>>,
    metadata: BTreeMap<String, String>,
}

/// One array of a [`StateDict`].
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<F> {
    /// `0.weight` and so on.
    pub name: String,
    /// Whether it is learned; a counter is saved as a whole number.
    pub kind: Kind,
    /// Sizes of the axes.
    pub shape: Vec<usize>,
    /// Values in row-major order.
    pub value: Vec<F>,
}

impl<F: Scalar> StateDict<F> {
    /// Without entries.
    pub fn new() -> Self {
        StateDict { entries: Vec::new(), metadata: BTreeMap::new() }
    }

    /// These entries, no two of the same name.
    pub(crate) fn from_unique(entries: Vec<Entry<F>>) -> Self {
        StateDict { entries, metadata: BTreeMap::new() }
    }

    /// One more array at the end, or in the place of the one with its name.
    pub fn insert(&mut self, entry: Entry<F>) {
        match self.entries.iter_mut().find(|old| old.name == entry.name) {
            Some(old) => *old = entry,
            None => self.entries.push(entry),
        }
    }

    /// The array of this name.
    pub fn get(&self, name: &str) -> Option<&Entry<F>> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// All arrays in order.
    pub fn entries(&self) -> &[Entry<F>] {
        &self.entries
    }

    /// All names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| &*entry.name)
    }

    /// Words that are saved with the numbers, such as the epoch. A module's state has none, and loading ignores them.
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// The words that are saved with the numbers, to change.
    pub fn metadata_mut(&mut self) -> &mut BTreeMap<String, String> {
        &mut self.metadata
    }

    /// Whether this has exactly the names and shapes of `expected`, in any order, and whole numbers for its counters.
    ///
    /// # Errors
    /// [`StateError`] names all that is missing, superfluous, of another shape or not whole.
    pub fn check_like(&self, expected: &StateDict<F>) -> Result<(), StateError> {
        fn shapes<F>(state: &StateDict<F>) -> impl Iterator<Item = (&str, &[usize])> {
            state.entries.iter().map(|entry| (&*entry.name, &*entry.shape))
        }
        error::compare(shapes(expected), shapes(self))?;
        let mut error = StateError::default();
        for Entry { name, kind, shape, value } in &expected.entries {
            let Some(found) = self.get(name) else { continue };
            // An entry that somebody put together by hand.
            if found.value.len() != value.len() {
                error.shapes.push((name.clone(), shape.clone(), vec![found.value.len()]));
            }
            let part = |value: &&F| !value.is_finite() || value.to_f64().fract() != 0.0;
            if let (Kind::Counter, Some(value)) = (kind, found.value.iter().find(part)) {
                error.counts.push((name.clone(), value.to_string()));
            }
        }
        error.or_ok()
    }
}

impl<F: Scalar> FromIterator<Entry<F>> for StateDict<F> {
    fn from_iter<I: IntoIterator<Item = Entry<F>>>(entries: I) -> Self {
        let mut state = StateDict::new();
        entries.into_iter().for_each(|entry| state.insert(entry));
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Linear, Parameters, Relu, Sequential};
    use rand::{SeedableRng, rngs::ChaCha8Rng};

    fn network(hidden: usize, seed: u64) -> Sequential<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        Sequential::new()
            .append(Linear::new(2, hidden, &mut rng))
            .append(Relu)
            .append(Sequential::new().append(Linear::new(hidden, 1, &mut rng)))
    }

    #[test]
    fn a_state_comes_back_whatever_its_order() {
        let (from, mut to) = (network(3, 0), network(3, 1));
        assert_ne!(from.state_dict(), to.state_dict());
        let reversed = from.state_dict().entries().iter().rev().cloned().collect();
        to.load_state_dict(&reversed).unwrap();
        assert_eq!(from.state_dict(), to.state_dict());
        assert_eq!(to.state_dict().names().last(), Some("2.0.bias"));
    }

    #[test]
    fn a_state_that_does_not_fit_is_refused_whole() {
        let mut to = network(3, 1);
        let before = to.state_dict();
        let mut state = network(4, 0).state_dict();
        let bias = state.entries.pop().unwrap();
        state.insert(Entry { name: "3.bias".into(), ..bias });
        let error = to.load_state_dict(&state).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the state does not fit the model: missing 2.0.bias; unexpected 3.bias; \
             0.weight: expected shape [3, 2], got [4, 2]; 0.bias: expected shape [3], got [4]; \
             2.0.weight: expected shape [1, 3], got [1, 4]"
        );
        assert_eq!(to.state_dict(), before);
    }
}
