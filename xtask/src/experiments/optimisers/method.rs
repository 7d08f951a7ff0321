//! The four optimisation methods: their learning rates, and how each trains a network.

use nn_core::rand::Rng;
use nn_core::{Scalar, Sequential};
use nn_train::optim::{Adam, Lbfgs, Optimizer, Sgd};
use nn_train::{Ensemble, Run, Trials, TrialsError};

use super::super::classification::{self, Classifier, Fallible, LabelledPoints, TrialPoints};
use super::super::nonlinear_classification::{self, GOAL};
use super::super::settings::Settings;
use super::passes::Passes;

const MOMENTUM: f64 = 0.9;

/// One of the four methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Gradient descent.
    Sgd,
    /// Gradient descent with momentum.
    Momentum,
    /// Adam.
    Adam,
    /// L-BFGS with a line search for the strong Wolfe conditions.
    Lbfgs,
}

impl Method {
    /// All four, from the simplest to the most elaborate.
    pub const ALL: [Method; 4] = [Method::Sgd, Method::Momentum, Method::Adam, Method::Lbfgs];

    /// The learning rate of this method.
    pub fn learning_rate(self, settings: &Settings) -> f64 {
        let rate = settings.learning_rate;
        match self {
            Method::Sgd => 2.0 * rate,
            Method::Momentum => rate,
            Method::Adam => 20.0 * rate,
            Method::Lbfgs => 1.0,
        }
    }

    /// The name beside its losses.
    pub(super) fn name(self) -> &'static str {
        match self {
            Method::Sgd => "descent",
            Method::Momentum => "momentum",
            Method::Adam => "Adam",
            Method::Lbfgs => "L-BFGS",
        }
    }

    /// The name in the legend.
    pub(super) fn label(self, settings: &Settings) -> String {
        // A product has more digits than a person would type.
        let rate: f64 = format!("{:.9e}", self.learning_rate(settings)).parse().expect("a number");
        let rate = match rate {
            1e-5..1e5 => rate.to_string(),
            _ => format!("{rate:e}").replace('-', "−"),
        };
        match self {
            Method::Sgd => format!("gradient descent, η = {rate}"),
            Method::Momentum => format!("with momentum {MOMENTUM}, η = {rate}"),
            Method::Adam => format!("Adam, η = {rate}"),
            Method::Lbfgs => "L-BFGS, line search".into(),
        }
    }

    /// Runs the trials with this method.
    ///
    /// # Errors
    /// [`TrialsError`] if they cannot run.
    pub fn run<F: Scalar>(
        self,
        settings: &Settings,
        trials: &Trials<'_>,
    ) -> Result<Ensemble<F, Classifier<F>>, TrialsError> {
        // Without test points: how fast a training loss falls is the question.
        let points = |trial: &nn_train::Trial| {
            let training = nonlinear_classification::points(settings.samples, &mut trial.rng("data"))?;
            Ok(TrialPoints { training, test: None })
        };
        let network = nonlinear_classification::network;
        let train = |network: &mut Sequential<F>, points: &TrialPoints<F>, rng: &mut dyn Rng| {
            Ok(Run::new(self.train(settings, network, &points.training, rng)?))
        };
        classification::run(trials, points, network, train, Some(GOAL))
    }

    /// Trains for as many passes over the data as there are epochs. Returns the loss per sample of each pass.
    fn train<F: Scalar>(
        self,
        settings: &Settings,
        network: &mut Sequential<F>,
        data: &LabelledPoints<F>,
        rng: &mut dyn Rng,
    ) -> Fallible<Vec<F>> {
        let epochs = settings.epochs;
        let rate = self.learning_rate(settings);
        let mut passes = Passes::plan(network, data, rng)?;
        let mut every_pass =
            |mut optimizer: Box<dyn Optimizer<F>>, passes: &mut Passes<'_, F>| -> Fallible<()> {
                Ok((0..epochs).try_for_each(|_| optimizer.minimize(network, passes).map(drop))?)
            };
        match self {
            Method::Sgd => every_pass(Box::new(Sgd::new(rate)), &mut passes)?,
            Method::Momentum => {
                every_pass(Box::new(Sgd::new(rate).momentum(MOMENTUM)), &mut passes)?;
            }
            Method::Adam => every_pass(Box::new(Adam::new(rate)), &mut passes)?,
            Method::Lbfgs => {
                let mut lbfgs = Lbfgs::new(rate).strong_wolfe().max_iter(epochs).max_eval(epochs);
                lbfgs.minimize(network, &mut passes)?;
                return Ok(passes.lowest_so_far(epochs));
            }
        }
        Ok(passes.losses())
    }
}
