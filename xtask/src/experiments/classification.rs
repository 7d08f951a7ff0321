//! The parts that all classifications share: trials that learn labels, with the report's second algorithm or with another
//! training, and the drawing of a classifier of the plane.

mod picture;

use std::error::Error;

use nn_core::rand::{Rng, rngs::ChaCha8Rng};
use nn_core::{Module, Scalar, Sequential};
use nn_data::{DataError, Dataset};
use nn_loss::CrossEntropyLoss;
use nn_train::metrics::{accuracy, argmax, or_nan};
use nn_train::{
    Ensemble, Fitted, GradientDescent, History, Run, Score, Trial, TrialData, Trials, TrialsError,
};

use super::settings::Settings;

pub(super) use picture::{figure, figure_of};

/// Points of the plane, each with its class.
pub type LabelledPoints<F> = Dataset<F, Vec<usize>>;

/// The points of a trial.
#[derive(Debug, Clone)]
pub struct TrialPoints<F> {
    /// The points that the network learns from.
    pub training: LabelledPoints<F>,
    /// The points that judge it. Without any, those that it learns from do.
    pub test: Option<LabelledPoints<F>>,
}

impl<F> TrialPoints<F> {
    /// Draws points to learn from and, from the same distribution, as many to be judged by.
    pub(super) fn draw(
        trial: &Trial,
        draw: impl Fn(&mut ChaCha8Rng) -> Result<LabelledPoints<F>, DataError>,
    ) -> Fallible<Self> {
        let (training, test) = (draw(&mut trial.rng("data"))?, draw(&mut trial.rng("test"))?);
        Ok(TrialPoints { training, test: Some(test) })
    }

    /// The points that judge the network.
    fn judges(&self) -> &LabelledPoints<F> {
        self.test.as_ref().unwrap_or(&self.training)
    }
}

impl<F> TrialData<F, Vec<usize>> for TrialPoints<F> {
    fn training(&self) -> &LabelledPoints<F> {
        &self.training
    }

    fn validation(&self) -> Option<&LabelledPoints<F>> {
        self.test.as_ref()
    }
}

/// A trial: a network that ends in logits, and its points.
pub struct Classifier<F> {
    network: Sequential<F>,
    points: TrialPoints<F>,
    accuracy: f64,
}

impl<F> Classifier<F> {
    /// The fraction of the test points that it classifies correctly, or of its own points if it has no
    /// others; NaN if it diverged.
    pub fn accuracy(&self) -> f64 {
        self.accuracy
    }

    /// The trained network: logits from coordinates.
    pub fn network(&self) -> &Sequential<F> {
        &self.network
    }

    /// The points that it was trained on.
    pub fn data(&self) -> &LabelledPoints<F> {
        &self.points.training
    }

    /// The points that its accuracy is measured on.
    pub fn judged_by(&self) -> &LabelledPoints<F> {
        self.points.judges()
    }
}

/// The result of a step of a trial, which can fail for any reason.
pub(super) type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Runs trials of the report's second algorithm. Each draws data and a network, and descends the summed
/// cross-entropy, whose gradient is the report's ŷ − y, without 1/n. The curves are the loss per sample, with
/// the report's 1/n.
pub(super) fn descend<F: Scalar>(
    settings: &Settings,
    trials: &Trials<'_>,
    points: impl Fn(&mut ChaCha8Rng) -> Result<LabelledPoints<F>, DataError> + Sync,
    network: impl Fn(&mut dyn Rng) -> Sequential<F> + Sync,
    goal: Option<f64>,
) -> Result<Ensemble<F, Classifier<F>>, TrialsError> {
    let descent = GradientDescent::new(settings.learning_rate, settings.epochs);
    let prepare =
        |trial: Trial| Ok((network(&mut trial.rng("network")), TrialPoints::draw(&trial, &points)?));
    trials.fit(&descent, &CrossEntropyLoss::sum(), prepare, |Fitted { network, data, history, .. }| {
        let curves = per_sample(history, &data);
        judge(network, data, curves, goal)
    })
}

/// Runs trials like [`descend`], but with any training: `train` returns a run with the loss per sample of
/// every epoch.
pub(super) fn run<F: Scalar>(
    trials: &Trials<'_>,
    points: impl Fn(&Trial) -> Fallible<TrialPoints<F>> + Sync,
    network: impl Fn(&mut dyn Rng) -> Sequential<F> + Sync,
    train: impl Fn(&mut Sequential<F>, &TrialPoints<F>, &mut dyn Rng) -> Fallible<Run<F>> + Sync,
    goal: Option<f64>,
) -> Result<Ensemble<F, Classifier<F>>, TrialsError> {
    trials.run(|trial| {
        let points = points(&trial)?;
        let mut rng = trial.rng("network");
        let mut network = network(&mut rng);
        let curves = train(&mut network, &points, &mut rng)?;
        judge(network, points, curves, goal)
    })
}

/// The curves of a training on a summed loss, per sample.
pub(super) fn per_sample<F: Scalar>(history: History<F>, points: &TrialPoints<F>) -> Run<F> {
    let divided = |losses: Vec<F>, samples: usize| {
        let samples = F::from_f64(samples as f64);
        losses.into_iter().map(|loss| loss / samples).collect()
    };
    let validation = divided(history.validation, points.judges().samples());
    Run::new(divided(history.loss, points.training.samples())).validation(validation)
}

/// Completes the run of a trained network: with its accuracy, which is its score if it was measured on test
/// points, and with whether that reaches the goal. Without finite logits there is no accuracy, and the run
/// has diverged.
fn judge<F: Scalar>(
    network: Sequential<F>,
    points: TrialPoints<F>,
    curves: Run<F>,
    goal: Option<f64>,
) -> Fallible<Run<F, Classifier<F>>> {
    let judges = points.judges();
    let logits = network.predict(judges.x())?;
    let accuracy = or_nan(|| accuracy(judges.y(), &argmax(&logits)?))?;
    let score = points.test.as_ref().map(|_| Score::higher("test accuracy", accuracy));
    let run = Run { success: goal.map(|goal| accuracy >= goal), score, ..curves };
    Ok(run.diverged(accuracy.is_nan()).keep(Classifier { network, points, accuracy }))
}
