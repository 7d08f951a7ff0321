//! The data of a trial.

use nn_data::Dataset;

/// The data of a trial of [`Trials::fit`](super::Trials::fit): anything that gives a [`Dataset`], such as a
/// data set, a reference to one or a type of your own; or a [`Split`], whose second part the training does
/// not learn from.
pub trait TrialData<F, T> {
    /// Returns the data that the network is trained on.
    fn training(&self) -> &Dataset<F, T>;

    /// Returns the data on which the loss is measured after every epoch, if there are any.
    fn validation(&self) -> Option<&Dataset<F, T>>;
}

impl<F, T, D: AsRef<Dataset<F, T>>> TrialData<F, T> for D {
    fn training(&self) -> &Dataset<F, T> {
        self.as_ref()
    }

    fn validation(&self) -> Option<&Dataset<F, T>> {
        None
    }
}

/// Data to train on, and others on which the loss is measured after every epoch:
/// [`History::validation`](crate::History::validation). The training has the same bits as without them, unless
/// it is told to follow that loss, as by early stopping.
///
/// ```
/// use nn_train::{Split, prelude::*};
///
/// let (descent, loss) = (GradientDescent::new(0.01, 300), CrossEntropyLoss::sum());
/// let prepare = |trial: Trial| {
///     let draw = |purpose| make_xor::<f32>(200, 0.3, &mut trial.rng(purpose));
///     let rng = &mut trial.rng("network");
///     let network = Sequential::new()
///         .append(Linear::new(2, 8, rng))
///         .append(Tanh)
///         .append(Linear::new(8, 2, rng));
///     let (training, validation) = (draw("data")?, draw("test")?);
///     Ok((network, Split { training, validation }))
/// };
/// let ensemble = Trials::new(20).fit(&descent, &loss, prepare, |fitted| {
///     Ok(Run::from(fitted.history))
/// })?;
/// // How much higher the loss is on samples that were not learned from.
/// let losses = ensemble.curve()[299].iqm;
/// assert!(ensemble.validation_curve().unwrap()[299].iqm > losses);
/// # Ok::<(), nn_train::TrialsError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Split<D, V = D> {
    /// The data that the network is trained on.
    pub training: D,
    /// The data on which its loss is measured after every epoch.
    pub validation: V,
}

impl<F, T, D: AsRef<Dataset<F, T>>, V: AsRef<Dataset<F, T>>> TrialData<F, T> for Split<D, V> {
    fn training(&self) -> &Dataset<F, T> {
        self.training.as_ref()
    }

    fn validation(&self) -> Option<&Dataset<F, T>> {
        Some(self.validation.as_ref())
    }
}
