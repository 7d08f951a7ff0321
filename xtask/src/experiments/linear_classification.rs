//! Linear classification: two overlapping clouds, a linear layer and a softmax.

use nn_core::{Linear, Scalar, Sequential};
use nn_data::make_blobs;
use nn_train::{Ensemble, TrialsError};
use nn_viz::{Figure, VizError};

use super::Settings;
use super::classification::{self, Classifier};

/// Where the two clouds are. With a standard deviation of 1 the best possible classifier errs on 1.7 % of the points.
pub const CENTERS: [[f64; 2]; 2] = [[-1.5, -1.5], [1.5, 1.5]];
const STD: f64 = 1.0;

/// Two logits from two coordinates; there is no goal to reach, as the clouds overlap.
///
/// # Errors
/// [`TrialsError`] if the trials cannot run.
pub fn run<F: Scalar>(
    settings: &Settings,
    progress: &(dyn Fn() + Sync),
) -> Result<Ensemble<F, Classifier<F>>, TrialsError> {
    let data =
        |trial: &nn_train::Trial| Ok(make_blobs(settings.samples, &CENTERS, STD, &mut trial.rng("data"))?);
    classification::descend(
        settings,
        progress,
        data,
        |rng| Sequential::new().append(Linear::new(2, 2, rng)),
        None,
    )
}

/// The loss, and the best and the worst model.
///
/// # Errors
/// [`VizError`] if they cannot be drawn.
pub fn figure<F: Scalar>(
    ensemble: &Ensemble<F, Classifier<F>>,
    settings: &Settings,
) -> Result<Figure, VizError> {
    classification::figure("Linear classification: training loss, best and worst model", ensemble, settings)
}
