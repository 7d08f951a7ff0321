//! The state of a trained model, apart from its code: named arrays that are saved, loaded and sent elsewhere.

mod error;
#[cfg(feature = "safetensors")]
mod safetensors;

use std::collections::BTreeMap;

use crate::{Kind, Param, Scalar};

pub use error::StateError;
pub(crate) use error::{Axes, Quoted};
#[cfg(feature = "safetensors")]
pub(crate) use safetensors::Shortened;
#[cfg(feature = "safetensors")]
pub use safetensors::{StateFileError, StateFileProblem};

/// Named arrays in a fixed order: every parameter and buffer of a module, under the names that PyTorch's `state_dict` gives
/// them. Optimisers keep their state in the same form.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Linear, Module, Parameters, Sequential, Tanh, Tensor};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let mut build =
///     || Sequential::<f32>::new().append(Linear::new(2, 3, &mut rng)).append(Tanh);
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
    /// Where the array of each name is, because a deep network has thousands.
    places: BTreeMap<String, usize>,
    metadata: BTreeMap<String, String>,
}

/// One array of a [`StateDict`].
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<F> {
    /// The name, such as `0.weight`.
    pub name: String,
    /// The purpose of the values. A counter is saved as a whole number.
    pub kind: Kind,
    /// The sizes of the axes.
    pub shape: Vec<usize>,
    /// The values in row-major order.
    pub value: Vec<F>,
}

/// Copies a parameter or buffer.
impl<F: Scalar> From<Param<'_, F>> for Entry<F> {
    fn from(parameter: Param<'_, F>) -> Self {
        Entry {
            name: parameter.name.to_string(),
            kind: parameter.kind,
            shape: parameter.shape.to_vec(),
            value: parameter.value.to_vec(),
        }
    }
}

impl<F: Scalar> StateDict<F> {
    /// Creates a state without entries.
    pub fn new() -> Self {
        StateDict { entries: Vec::new(), places: BTreeMap::new(), metadata: BTreeMap::new() }
    }

    /// Adds an array at the end, or replaces the array of the same name.
    pub fn insert(&mut self, entry: Entry<F>) {
        match self.places.get(&entry.name) {
            Some(&place) => self.entries[place] = entry,
            None => self.push(entry),
        }
    }

    /// Adds an array at the end. The name must be new; saving refuses a name that is not.
    pub(crate) fn push(&mut self, entry: Entry<F>) {
        self.places.entry(entry.name.clone()).or_insert(self.entries.len());
        self.entries.push(entry);
    }

    /// Returns the array of this name.
    pub fn get(&self, name: &str) -> Option<&Entry<F>> {
        self.places.get(name).map(|&place| &self.entries[place])
    }

    /// Returns all arrays in order.
    pub fn entries(&self) -> &[Entry<F>] {
        &self.entries
    }

    /// Returns all names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| &*entry.name)
    }

    /// Returns the texts that are saved with the arrays, such as the epoch. The state of a module has none, and a module that
    /// loads a state ignores them.
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// Returns the texts that are saved with the arrays, for changing.
    pub fn metadata_mut(&mut self) -> &mut BTreeMap<String, String> {
        &mut self.metadata
    }

    /// Checks that this state has exactly the names and shapes of `expected`, in any order, and whole numbers from 0 to 2⁶³ for its
    /// counters.
    ///
    /// # Errors
    /// Returns a [`StateError`] that lists every name that is missing or unexpected, every different shape, and every counter
    /// that is not such a number.
    pub fn check_like(&self, expected: &StateDict<F>) -> Result<(), StateError> {
        error::compare(expected.shapes(), self.shapes())?;
        let mut error = StateError::default();
        for Entry { name, kind, shape, value } in &expected.entries {
            let Some(found) = self.get(name) else { continue };
            // An entry that was put together by hand can have a shape that does not match its values.
            if found.value.len() != value.len() {
                error.shapes.push((name.clone(), shape.clone(), vec![found.value.len()]));
            }
            let wrong = found.value.iter().find(|value| *kind == Kind::Counter && !is_count(**value));
            if let Some(value) = wrong {
                error.counts.push((name.clone(), value.to_string()));
            }
        }
        error.or_ok()
    }

    fn shapes(&self) -> impl Iterator<Item = (&str, &[usize])> {
        self.entries.iter().map(|entry| (&*entry.name, &*entry.shape))
    }
}

/// Whether a counter can have this value, and be saved: a file counts in 64 bits, one of them for the sign.
fn is_count<F: Scalar>(value: F) -> bool {
    let value = value.to_f64();
    value.trunc() == value && (0.0..i64::MAX as f64).contains(&value)
}

impl<F: Scalar> FromIterator<Entry<F>> for StateDict<F> {
    fn from_iter<I: IntoIterator<Item = Entry<F>>>(entries: I) -> Self {
        let mut state = StateDict::new();
        entries.into_iter().for_each(|entry| state.insert(entry));
        state
    }
}
