//! Linear classification: two overlapping clouds, a linear layer and a softmax.

use nn_core::rand::Rng;
use nn_core::{Linear, Scalar, Sequential};
use nn_data::make_blobs;
use nn_train::{Ensemble, Merged, Trials, TrialsError};
use nn_viz::{Figure, VizError};

use super::classification::{self, Classifier};
use super::experiment::{Experiment, Found, Request};
use super::findings::Findings;
use super::settings::Settings;

const NAME: &str = "linear-classification";

/// The row of this experiment.
pub(super) const EXPERIMENT: Experiment = Experiment {
    name: NAME,
    about: "two overlapping clouds, told apart by a linear layer",
    sets: &[NAME],
    single: find::<f32>,
    double: find::<f64>,
};

/// The centres of the two clouds. With a standard deviation of 1 the best possible classifier errs on 1.7 % of the points.
pub const CENTERS: [[f64; 2]; 2] = [[-1.5, -1.5], [1.5, 1.5]];
/// Standard deviation of each cloud.
const STD: f64 = 1.0;

fn find<F: Scalar>(request: &Request<'_>) -> Found {
    Findings::of_one_set(NAME, request, run::<F>, figure)
}

/// Runs the trials: two logits from two coordinates. There is no goal to reach, because the clouds overlap.
///
/// # Errors
/// [`TrialsError`] if the trials cannot run.
pub fn run<F: Scalar>(
    settings: &Settings,
    trials: &Trials<'_>,
) -> Result<Ensemble<F, Classifier<F>>, TrialsError> {
    let points = |rng: &mut _| make_blobs(settings.samples, &CENTERS, STD, rng);
    let network = |rng: &mut dyn Rng| Sequential::new().append(Linear::new(2, 2, rng));
    classification::descend(settings, trials, points, network, None)
}

/// Draws the loss, and the best and the worst model.
fn figure<F: Scalar>(merged: &Merged<F, Classifier<F>>, settings: &Settings) -> Result<Figure, VizError> {
    classification::figure(
        "Linear classification: training and test loss, best and worst model",
        merged,
        settings,
    )
}
