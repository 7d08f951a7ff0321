//! The figure. Above, how accurate both networks are on new images, by the size of the training set; below, some images, and
//! the filters of the first convolution of the best and of the worst network.

use nn_core::{Conv2d, Scalar};
use nn_train::statistics::{Interval, Summary};
use nn_train::{Measure, Merged};
use nn_viz::{Axis, Color, Corner, Curve, Figure, Images, Look, Panel, ReferenceLine, VizError};

use super::super::loss_panel::three_digits;
use super::super::settings::Settings;
use super::{CLASSES, Kind, SETS, SIDE, SIZES, TEST, Trained, size};

/// The number of images that are shown.
const SHOWN: usize = 16;

/// Draws the figure of all sets of trials.
pub(super) fn figure<F: Scalar>(
    all: &[Merged<F, Trained<F>>; SETS.len()],
    settings: &Settings,
) -> Result<Figure, VizError> {
    let largest = &all[SETS.len() - Kind::ALL.len()];
    let (best, worst) = (largest.best(), largest.worst());
    Ok(Figure::new(7.2, 5.0)
        .description(format!(
            "{} trials of each network and each number of training images. (a) Accuracy on {TEST} new \
             images: interquartile mean with its 95 % bootstrap interval, and the band from Q1 to Q3. (b) \
             Some of the new images, each with its class. (c), (d) The filters of the first convolution in \
             the trials with the lowest and the highest training loss: orange weights are above 0, blue ones \
             below.",
            settings.trials
        ))
        .title("Shapes at random places: a convolutional and a dense network, each with 770 parameters")
        .row(2.7, [accuracies(all, settings)])
        .row(0.7, [images(&best.1.kept)])
        .row(
            0.9,
            [
                filters("Filters of the best", largest, best.0, &best.1.kept),
                filters("Filters of the worst", largest, worst.0, &worst.1.kept),
            ],
        ))
}

fn accuracies<F>(all: &[Merged<F, Trained<F>>; SETS.len()], settings: &Settings) -> Panel {
    let places: Vec<f64> = SIZES.map(|divisor| size(settings, divisor) as f64).to_vec();
    let title =
        format!("Accuracy on new images, {} trials: IQM, its 95 % interval, Q1–Q3 band", settings.trials);
    let labels = ["convolutional: 3×3, 3×3, maximum, linear", "dense: one hidden layer"];
    let panel = Panel::new(title)
        .x(Axis::log("Training images").range(0.9 * places[0], 1.1 * places[places.len() - 1]))
        .y(Axis::linear("Share that is classified correctly").range(0.2, 1.0));
    let panel = labels.into_iter().enumerate().fold(panel, |panel, (kind, label)| {
        let of_size = all.iter().skip(kind).step_by(Kind::ALL.len());
        let scores: Vec<Measure> =
            of_size.map(|merged| merged.outcomes().score().expect("every trial has a score")).collect();
        let summaries: Vec<Summary> = scores.iter().map(Measure::summary).collect();
        let column = |value: fn(&Summary) -> f64| summaries.iter().map(value).collect::<Vec<f64>>();
        let curve = Curve::new(label, &places, &column(|s| s.iqm), Look::nth(kind));
        let curve = curve.band(&column(|s| s.q1), &column(|s| s.q3));
        // A single trial has no interval.
        let intervals: Option<Vec<Interval>> = scores.iter().map(Measure::interval).collect();
        panel.mark(match intervals {
            Some(ends) => {
                let (low, high): (Vec<f64>, Vec<f64>) = ends.iter().map(|end| (end.low, end.high)).unzip();
                curve.interval(&low, &high)
            }
            None => curve,
        })
    });
    let chance = 1.0 / CLASSES.len() as f64;
    panel.mark(ReferenceLine::horizontal("guessing", chance, Color::GREY)).legend(Corner::Emptiest)
}

/// Draws the first images that a network was tested on, each with its class.
fn images<F: Scalar>(trained: &Trained<F>) -> Panel {
    let (x, y) = (trained.test.x(), trained.test.y());
    let shown: Vec<Vec<f64>> = (0..SHOWN).map(|i| x.sample(i).map(F::to_f64).collect()).collect();
    let captions: Vec<&str> = y[..SHOWN].iter().map(|&class| CLASSES[class].0).collect();
    Panel::new("New images")
        .mark(Images::new(SIDE, SIDE, &shown).range(-0.5, 1.25).inverted().captions(&captions).columns(SHOWN))
}

/// Draws the weights of the first convolution.
fn filters<F: Scalar, K>(which: &str, merged: &Merged<F, K>, trial: usize, trained: &Trained<F>) -> Panel {
    let layer: &dyn std::any::Any = &*trained.network.layers()[0];
    let layer = layer.downcast_ref::<Conv2d<F>>().expect("a convolution comes first");
    let weight = layer.weight();
    let filters: Vec<Vec<f64>> =
        weight.outer_iter().map(|filter| filter.iter().map(|w| w.to_f64()).collect()).collect();
    let loss = merged.outcomes().final_loss(trial);
    let mut title = format!("{which}: loss {}", three_digits(loss));
    if trained.accuracy.is_finite() {
        title += &format!(", accuracy {:.1} %", 100.0 * trained.accuracy);
    }
    Panel::new(title).mark(Images::new(3, 3, &filters).signed().columns(filters.len()))
}
