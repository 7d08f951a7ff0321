//! The parameters and buffers of a module, all that optimisers, saving and the gradient checker need of it.

#[cfg(feature = "safetensors")]
use std::path::Path;

#[cfg(feature = "safetensors")]
use crate::StateFileError;
use crate::{Kind, Param, ParamMut, Scalar, StateDict, StateError, Workspace};

/// The parameters and buffers of a [`Module`](crate::Module): what is learned, saved and loaded.
///
/// The defaults are for a module without parameters: `impl<F: Scalar> Parameters<F> for MyLayer {}`. A module with
/// parameters shows them in [`visit`](Parameters::visit) and [`visit_mut`](Parameters::visit_mut), and everything else
/// follows:
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Linear, Parameters, Sequential, Tanh};
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let mut build =
///     || Sequential::<f32>::new().append(Linear::new(2, 3, &mut rng)).append(Tanh);
/// let (trained, mut network) = (build(), build());
/// assert_eq!(network.parameter_count(), 9);
/// network.load_state_dict(&trained.state_dict())?;
/// assert_eq!(network.state_dict(), trained.state_dict());
/// # Ok::<(), nn_core::StateError>(())
/// ```
pub trait Parameters<F: Scalar> {
    /// Shows every parameter and every buffer, always in the same order: that of PyTorch's `state_dict`.
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        let _ = visitor;
    }

    /// Hands out every parameter and buffer for changing, in the order of [`visit`](Parameters::visit). Parameters have
    /// a gradient if a workspace planned for training is given. Allocates nothing. The workspace of another module
    /// gives no gradients, or some of other lengths: optimisers refuse both.
    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        let _ = (workspace, visitor);
    }

    /// Folds what a training step observed (such as batch statistics) into the buffers. Called once after each training
    /// step. Most modules observe nothing, and none does in [`Mode::Eval`](crate::Mode::Eval).
    fn absorb(&mut self, workspace: &Workspace<F>) {
        let _ = workspace;
    }

    /// Returns the number of learned values.
    fn parameter_count(&self) -> usize {
        let mut count = 0;
        self.visit(&mut |parameter| match parameter.kind {
            Kind::Learned => count += parameter.value.len(),
            Kind::Buffer | Kind::Counter => {}
        });
        count
    }

    /// Returns copies of all parameters and buffers under their names.
    fn state_dict(&self) -> StateDict<F> {
        let mut state = StateDict::new();
        self.visit(&mut |parameter| state.push(parameter.into()));
        state
    }

    /// Sets all parameters and buffers.
    ///
    /// # Errors
    /// Returns a [`StateError`] when the names or shapes differ from those of this module, which is unchanged then.
    fn load_state_dict(&mut self, state: &StateDict<F>) -> Result<(), StateError> {
        state.check_like(&self.state_dict())?;
        copy(state, self);
        Ok(())
    }

    /// Saves all parameters and buffers to a file that PyTorch can also read; see [its format](StateDict#files). To save a
    /// `dyn Module`, or to add metadata, save its [`state_dict`](Parameters::state_dict).
    ///
    /// # Errors
    /// Fails like [`StateDict::save_safetensors`]. An existing file is unchanged then.
    #[cfg(feature = "safetensors")]
    fn save_safetensors(&self, path: impl AsRef<Path>) -> Result<(), StateFileError>
    where
        Self: Sized,
    {
        self.state_dict().save_safetensors(path)
    }

    /// Sets all parameters and buffers from a file that nn or PyTorch saved; see [its format](StateDict#files).
    ///
    /// ```
    /// # use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
    /// use nn_core::{Linear, Parameters, Sequential, Tanh};
    /// # let mut rng = ChaCha8Rng::seed_from_u64(0);
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("model.safetensors");
    /// let mut build =
    ///     || Sequential::<f32>::new().append(Linear::new(2, 3, &mut rng)).append(Tanh);
    /// let (trained, mut network) = (build(), build());
    ///
    /// trained.save_safetensors(&path)?;
    /// network.load_safetensors(&path)?;
    /// assert_eq!(network.state_dict(), trained.state_dict());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns a [`StateFileError`] with the path and the problem: the file cannot be used, or its names and shapes differ from
    /// those of this module, which is unchanged then.
    #[cfg(feature = "safetensors")]
    fn load_safetensors(&mut self, path: impl AsRef<Path>) -> Result<(), StateFileError>
    where
        Self: Sized,
    {
        copy(&StateDict::load_safetensors_like(path, &self.state_dict())?, self);
        Ok(())
    }
}

/// Copies the values of a state that was found to fit `module`.
fn copy<F: Scalar, M: Parameters<F> + ?Sized>(state: &StateDict<F>, module: &mut M) {
    module.visit_mut(None, &mut |parameter| {
        if let Some(entry) = state.get(&parameter.name.to_string()) {
            parameter.value.copy_from_slice(&entry.value);
        }
    });
}
