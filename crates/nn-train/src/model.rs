//! A trained network with all that it takes to use it on new rows of a table, in one file.

mod error;
mod output;
mod predictions;

use std::collections::BTreeMap;
use std::path::Path;

use nn_core::{Module, Scalar, SettingError, StateDict, StateFileError, StateFileProblem};
use nn_data::{ColumnKind, Preprocessor, Table};

pub use error::ModelError;
pub use output::Output;
pub use predictions::Predictions;

/// A trained network, the [`Preprocessor`] that makes its inputs of the columns of a table, and texts about it: everything that
/// a program needs to predict new rows, although it knows nothing of the training. It is saved as one file.
///
/// ```
/// use nn_train::nn_data::Recipe;
/// use nn_train::prelude::*;
/// use nn_train::{Model, nn_data::{Column, Table}};
///
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("cars.safetensors");
/// let cars = Table::new([
///     Column::numbers("weight", [Some(1200.0), Some(1650.0), None, Some(1500.0)]),
///     Column::categories("origin", ["japan", "usa", "japan", "usa"].map(Some)),
/// ])?;
/// let preprocessor = Recipe::new().target_classes("origin").fit(&cars)?;
/// let data = preprocessor.classes::<f32>(&cars)?;
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let mut network = Linear::new(preprocessor.features(), 2, &mut rng);
/// GradientDescent::new(0.5, 100)
///     .fit(&mut network, &CrossEntropyLoss::mean(), &data, &mut rng)?;
/// Model::new(network, preprocessor).metadata("author", "Ada").save(&path)?;
///
/// // Another program:
/// let model = Model::<f32>::load(&path)?;
/// let new = "weight\n1150\n1700\n";
/// let new = Csv::from_reader(new.as_bytes())?.table_like(&model.columns())?;
/// let predictions = model.predict(&new)?;
/// assert_eq!(predictions.names(), ["japan", "usa"]);
/// assert_eq!(predictions.class(1), Some("usa"));
/// assert!(predictions.values()[[1, 1]] > 0.5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Files
/// The file is that of [`save_model`](nn_core::save_model), which PyTorch opens, with more texts among its metadata:
/// `nn.preprocessor` is [`Preprocessor::to_json`], `nn.output` says what the [outputs](Output) are, and those of
/// [`metadata`](Model::metadata) have their own names. A network with a module of one's own is saved by its weights alone;
/// [`load_with`](Model::load_with) loads them into a network that the program has made.
///
/// A file may come from anywhere: it is read as a model or is an error, and cannot contain code. How much memory a prediction
/// takes depends on the network, as for any other.
pub struct Model<F> {
    network: Box<dyn Module<F>>,
    preprocessor: Preprocessor,
    output: Output,
    metadata: BTreeMap<String, String>,
}

/// The names of the texts that belong to nn start so.
const OWN: &str = "nn.";
const PREPROCESSOR: &str = "nn.preprocessor";
const OUTPUT: &str = "nn.output";

impl<F: Scalar> Model<F> {
    /// Makes a model of a trained network, and of what was fitted for it. What the outputs are is told from the target of the
    /// preprocessor and from the last module of the network, see [`Output::of`].
    pub fn new(network: impl Module<F> + 'static, preprocessor: Preprocessor) -> Self {
        let output = Output::of(&network, &preprocessor);
        Model { network: Box::new(network), preprocessor, output, metadata: BTreeMap::new() }
    }

    /// Sets what the outputs of the network are.
    #[must_use]
    pub fn output(self, output: Output) -> Self {
        Model { output, ..self }
    }

    /// Adds a text about the model, such as its author, or replaces the text of this name. A name must not start with `nn.`.
    #[must_use]
    pub fn metadata(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.metadata.insert(name.into(), text.into());
        self
    }

    /// Returns the network.
    pub fn network(&self) -> &dyn Module<F> {
        &*self.network
    }

    /// Returns what makes the inputs of the network.
    pub fn preprocessor(&self) -> &Preprocessor {
        &self.preprocessor
    }

    /// Returns the texts about the model.
    pub fn texts(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// Returns the columns that a table must have, and their kinds: with
    /// [`Csv::table_like`](nn_data::Csv::table_like) a file of new rows is read in the same way as that of the training.
    pub fn columns(&self) -> Vec<(String, ColumnKind)> {
        self.preprocessor.columns()
    }

    /// Predicts the rows of a table.
    ///
    /// # Errors
    /// [`ModelError::Data`] if the table cannot be [transformed](Preprocessor::transform), [`ModelError::Module`] if the network does
    /// not take so many features, [`ModelError::Setting`] if its outputs are not those of the target, and
    /// [`ModelError::Output`] for the first row whose output is not finite, or not a probability where it is said to be one.
    pub fn predict(&self, table: &Table) -> Result<Predictions<F>, ModelError> {
        let y = self.network.predict(&self.preprocessor.transform(table)?)?;
        self.output.predictions(y, &self.preprocessor, |row| table.place(row))
    }

    /// Saves the model as one file. An existing file of this name is replaced as a whole, or left unchanged if something fails.
    ///
    /// # Errors
    /// [`ModelError::Setting`] for a text whose name starts with `nn.`, and [`ModelError::File`] with the path if the file cannot be
    /// written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), ModelError> {
        let mut state = StateDict::from_network(&*self.network);
        for (name, text) in &self.metadata {
            let expected = "one that does not start with \"nn.\"";
            let found = format_args!("{:?}", error::shortened(name));
            SettingError::unless(!name.starts_with(OWN), "Model", "name of a text", expected, found)?;
            state.metadata_mut().insert(name.clone(), text.clone());
        }
        state.metadata_mut().insert(PREPROCESSOR.into(), self.preprocessor.to_json());
        state.metadata_mut().insert(OUTPUT.into(), self.output.to_string());
        Ok(state.save_safetensors(path)?)
    }

    /// Loads a model, in the precision of the file or in the other one, which rounds.
    ///
    /// # Errors
    /// [`ModelError::File`] with the path if the file cannot be read, or no network can be made of it;
    /// [`ModelError::Content`] if it has no preprocessor, or a damaged one.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, ModelError> {
        Model::read(path.as_ref(), StateDict::to_network)
    }

    /// Loads a model whose network has a module of one's own, so that the file has its weights alone. `network` is one like the
    /// network that was saved; its values do not matter.
    ///
    /// # Errors
    /// As [`load`](Model::load), and [`ModelError::File`] if the weights do not fit the network.
    pub fn load_with(
        path: impl AsRef<Path>,
        mut network: impl Module<F> + 'static,
    ) -> Result<Self, ModelError> {
        Model::read(path.as_ref(), |state| match network.load_state_dict(state) {
            Ok(()) => Ok(Box::new(network)),
            Err(error) => Err(StateFileProblem::Mismatch(error)),
        })
    }

    fn read(
        path: &Path,
        network: impl FnOnce(&StateDict<F>) -> Result<Box<dyn Module<F>>, StateFileProblem>,
    ) -> Result<Self, ModelError> {
        let content = |what: String| ModelError::Content { file: path.into(), what };
        let state = StateDict::load_safetensors(path)?;
        let Some(preprocessor) = state.metadata().get(PREPROCESSOR) else {
            let remedy = "load a network alone with `nn_core::load_model`";
            return Err(content(format!("found a file without a preprocessor; {remedy}")));
        };
        let preprocessor =
            Preprocessor::from_json(preprocessor).map_err(|error| content(error.to_string()))?;
        let output = state.metadata().get(OUTPUT).map_or("", String::as_str);
        let output = Output::parse(output).ok_or_else(|| {
            content(format!(
                "found {OUTPUT} {:?}, expected one of {}",
                error::shortened(output),
                Output::NAMES
            ))
        })?;
        let network = network(&state)
            .map_err(|problem| StateFileError { file: path.display().to_string(), problem })?;
        let mut metadata = state.metadata().clone();
        metadata.retain(|name, _| !name.starts_with(OWN));
        Ok(Model { network, preprocessor, output, metadata })
    }
}

impl<F: Scalar> std::fmt::Debug for Model<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model")
            .field("network", &format_args!("{}", self.network))
            .field("features", &self.preprocessor.feature_names())
            .field("output", &self.output)
            .field("metadata", &self.metadata)
            .finish()
    }
}
