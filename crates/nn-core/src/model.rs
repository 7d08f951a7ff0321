//! A network as one file: its architecture, its parameters and its buffers.

use std::path::Path;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use crate::{Architecture, Module, Parameters, Scalar, StateDict, StateFileError, StateFileProblem};

/// The key of the metadata with the [text](Architecture#text) of the architecture.
const ARCHITECTURE: &str = "nn.architecture";
/// The key of the metadata with the reason why there is no architecture.
const NO_ARCHITECTURE: &str = "nn.no_architecture";

/// Saves a network as one file, from which [`load_model`] makes it again. The file is that of
/// [`save_safetensors`](Parameters::save_safetensors), so PyTorch loads its weights, with one more text: the
/// [architecture](Architecture#text) of the network.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Linear, Module, Sequential, Tanh, Tensor, load_model, save_model};
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("model.safetensors");
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let network = Sequential::<f32>::new()
///     .append(Linear::new(2, 8, &mut rng))
///     .append(Tanh);
/// save_model(&network, &path)?;
///
/// let loaded = load_model::<f32>(&path)?;
/// let x = Tensor::from_rows(&[[0.5, -1.0]]);
/// assert_eq!(loaded.predict(&x)?, network.predict(&x)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A module of one's own [has no architecture](Module::architecture). The file of a network with such a module has its weights
/// alone, and says so: [`load_safetensors`](Parameters::load_safetensors) loads them into a network that the program has made.
///
/// # Errors
/// Fails like [`StateDict::save_safetensors`].
pub fn save_model<F: Scalar>(network: &dyn Module<F>, path: impl AsRef<Path>) -> Result<(), StateFileError> {
    StateDict::from_network(network).save_safetensors(path)
}

/// Makes the network that [`save_model`] saved, in the precision of the file or in the other one, which rounds.
///
/// The file may come from anywhere: the result is a network or an error. Loading takes no more memory than the file has values, or
/// a few megabytes. How much its predictions take depends on the network, as for any other.
///
/// # Errors
/// Returns a [`StateFileError`] with the path and the problem: the file cannot be read, it has no architecture, no network can be made
/// of it, or the weights are those of another network.
pub fn load_model<F: Scalar>(path: impl AsRef<Path>) -> Result<Box<dyn Module<F>>, StateFileError> {
    let path = path.as_ref();
    StateDict::load_safetensors(path)?.to_network().map_err(|problem| problem.of(path))
}

/// # Networks
/// The state of a network, with its architecture among the [metadata](StateDict::metadata): what [`save_model`] saves. A program
/// that has more to say of a model adds it to these texts.
impl<F: Scalar> StateDict<F> {
    /// Returns the state of a network, and its architecture if it [has one](Module::architecture).
    pub fn from_network(network: &dyn Module<F>) -> Self {
        let mut state = network.state_dict();
        let (key, text) = match network.architecture() {
            Ok(architecture) => (ARCHITECTURE, architecture.to_json()),
            Err(error) => (NO_ARCHITECTURE, error.to_string()),
        };
        state.metadata_mut().insert(key.into(), text);
        state
    }

    /// Makes the network whose architecture is among the metadata, with these parameters and buffers.
    ///
    /// # Errors
    /// Returns a [`StateFileProblem`] when there is no architecture, when no network can be made of it, or when the state does not fit.
    pub fn to_network(&self) -> Result<Box<dyn Module<F>>, StateFileProblem> {
        let text = self.metadata().get(ARCHITECTURE).ok_or_else(|| {
            let reason = self.metadata().get(NO_ARCHITECTURE).cloned();
            StateFileProblem::NoArchitecture { reason }
        })?;
        let architecture =
            Architecture::from_json(text).map_err(|error| StateFileProblem::format(error.to_string()))?;
        // Whatever is drawn is replaced.
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let mut network = architecture
            .build_within(self.room(), &mut rng)
            .map_err(|error| StateFileProblem::Architecture(Box::new(error)))?;
        network.load_state_dict(self).map_err(StateFileProblem::Mismatch)?;
        Ok(network)
    }

    /// The number of values for which a network may take memory. Normalisation takes memory for some that it does not save.
    fn room(&self) -> usize {
        const UNSAVED: usize = 1 << 20;
        let values: usize = self.entries().iter().map(|entry| entry.value.len()).sum();
        2 * values + UNSAVED
    }
}
