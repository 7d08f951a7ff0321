//! The parts that all classifications share: trials that learn labels, with the report's second algorithm or with another
//! training, and the drawing of a classifier of the plane.

use std::error::Error;

use nn_core::rand::Rng;
use nn_core::{Module, Scalar, Sequential, Softmax, Tensor};
use nn_data::Dataset;
use nn_loss::CrossEntropyLoss;
use nn_train::metrics::{accuracy, argmax, or_nan};
use nn_train::{Ensemble, Fitted, GradientDescent, Merged, Run, Trial, Trials, TrialsError};
use nn_viz::{Axis, Color, Corner, Field, Figure, Lattice, Panel, Points, VizError};

use super::loss_panel::{loss_panel, on_the_sum, three_digits};
use super::settings::Settings;

/// Points of the plane, each with its class.
pub type LabelledPoints<F> = Dataset<F, Vec<usize>>;

/// A trial: a network that ends in logits, and its data.
pub struct Classifier<F> {
    /// The trained network.
    network: Sequential<F>,
    /// The data that it was trained on.
    data: LabelledPoints<F>,
    /// Fraction of its own points that it classifies correctly.
    accuracy: f64,
}

impl<F> Classifier<F> {
    /// Fraction of its own points that it classifies correctly; NaN if it diverged.
    pub fn accuracy(&self) -> f64 {
        self.accuracy
    }

    /// The trained network: logits from coordinates.
    pub fn network(&self) -> &Sequential<F> {
        &self.network
    }

    /// The data that it was trained on.
    pub fn data(&self) -> &LabelledPoints<F> {
        &self.data
    }
}

/// The result of a step of a trial, which can fail for any reason.
pub(super) type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Runs trials of the report's second algorithm. Each draws data and a network, and descends the summed cross-entropy,
/// whose gradient is the report's ŷ − y, without 1/n. The curve is the loss per sample, with the report's 1/n.
pub(super) fn descend<F: Scalar>(
    settings: &Settings,
    trials: &Trials<'_>,
    data: impl Fn(&Trial) -> Fallible<LabelledPoints<F>> + Sync,
    network: impl Fn(&mut dyn Rng) -> Sequential<F> + Sync,
    goal: Option<f64>,
) -> Result<Ensemble<F, Classifier<F>>, TrialsError> {
    let &Settings { samples, epochs, learning_rate, .. } = settings;
    let descent = GradientDescent::new(learning_rate, epochs);
    let prepare = |trial: Trial| Ok((network(&mut trial.rng("network")), data(&trial)?));
    trials.fit(&descent, &CrossEntropyLoss::sum(), prepare, |Fitted { network, data, history, .. }| {
        judge(network, data, history.per_sample(samples).loss, goal)
    })
}

/// Runs trials like [`descend`], but with any training: `train` returns the loss per sample of every epoch.
pub(super) fn run<F: Scalar>(
    trials: &Trials<'_>,
    data: impl Fn(&Trial) -> Fallible<LabelledPoints<F>> + Sync,
    network: impl Fn(&mut dyn Rng) -> Sequential<F> + Sync,
    train: impl Fn(&mut Sequential<F>, &LabelledPoints<F>, &mut dyn Rng) -> Fallible<Vec<F>> + Sync,
    goal: Option<f64>,
) -> Result<Ensemble<F, Classifier<F>>, TrialsError> {
    trials.run(|trial| {
        let data = data(&trial)?;
        let mut rng = trial.rng("network");
        let mut network = network(&mut rng);
        let curve = train(&mut network, &data, &mut rng)?;
        judge(network, data, curve, goal)
    })
}

/// Turns a trained network into the run of its trial: its accuracy, and whether that reaches the goal. Without finite logits
/// there is no accuracy, and the run has diverged.
fn judge<F: Scalar>(
    network: Sequential<F>,
    data: LabelledPoints<F>,
    curve: Vec<F>,
    goal: Option<f64>,
) -> Fallible<Run<F, Classifier<F>>> {
    let logits = network.predict(data.x())?;
    let accuracy = or_nan(|| accuracy(data.y(), &argmax(&logits)?))?;
    let run = Run { success: goal.map(|goal| accuracy >= goal), ..Run::new(curve) };
    Ok(run.diverged(accuracy.is_nan()).keep(Classifier { network, data, accuracy }))
}

/// Draws the loss, and the probability field of the best and the worst model, of trials that [`descend`] has run.
pub(super) fn figure<F: Scalar>(
    title: &str,
    merged: &Merged<F, Classifier<F>>,
    settings: &Settings,
) -> Result<Figure, VizError> {
    figure_of(title, &on_the_sum(settings), merged, settings)
}

/// Draws the same of trials with another training; `how` names the optimiser and its learning rate.
pub(super) fn figure_of<F: Scalar>(
    title: &str,
    how: &str,
    merged: &Merged<F, Classifier<F>>,
    settings: &Settings,
) -> Result<Figure, VizError> {
    // If all diverged, the first stands for the best, and its title says so.
    let (best, worst) = (merged.best(), merged.worst());
    let lattice = lattice([&best.1.kept.data, &worst.1.kept.data])?;
    let panel = |which: &str, (trial, run): (usize, &Run<F, Classifier<F>>)| {
        let (kept, loss) = (&run.kept, merged.outcomes().final_loss(trial));
        let mut title = format!("{which} of {}: loss {}", settings.trials, three_digits(loss));
        if kept.accuracy.is_finite() {
            title += &format!(", accuracy {:.1} %", 100.0 * kept.accuracy);
        }
        field_panel(&title, kept, lattice)
    };
    Ok(Figure::new(7.2, 5.6)
        .title(title)
        .row(2.0, [loss_panel("Cross-entropy per sample", how, merged, settings)])
        .row(2.6, [panel("Best", best).legend(Corner::TopRight), panel("Worst", worst)]))
}

/// A square lattice around the points of both panels, so that both show the same part of the plane. It leaves room for
/// the legend in a corner.
fn lattice<F: Scalar>(data: [&LabelledPoints<F>; 2]) -> Result<Lattice, VizError> {
    const NODES: usize = 200;
    let coordinates = data.into_iter().flat_map(|data| [data.x().feature(0), data.x().feature(1)]).flatten();
    let reach = 1.3 * coordinates.fold(0.0_f64, |reach, x| reach.max(x.to_f64().abs()));
    Lattice::new((-reach, reach), (-reach, reach), NODES, NODES)
}

/// Draws P(class 1) over the plane, the line where it is one half, and the points. Draws only the points if the network
/// has diverged and has no finite probabilities.
fn field_panel<F: Scalar>(title: &str, classifier: &Classifier<F>, lattice: Lattice) -> Panel {
    let nodes: Vec<(f64, f64)> = lattice.nodes().collect();
    let places = Tensor::from_fn(nodes.len(), 2, |node, axis| {
        F::from_f64(if axis == 0 { nodes[node].0 } else { nodes[node].1 })
    });
    let logits = classifier.network.predict(&places).expect("the network took two features in training");
    let probabilities = Softmax.predict(&logits).expect("a lattice has nodes");
    let field: Vec<f64> = probabilities.feature(1).iter().map(|p| p.to_f64()).collect();

    let of_class = |class: usize| -> (Vec<f64>, Vec<f64>) {
        let (x, labels) = (classifier.data.x(), classifier.data.y());
        let members = (0..labels.len()).filter(|&sample| labels[sample] == class);
        members.map(|sample| (x[[sample, 0]].to_f64(), x[[sample, 1]].to_f64())).unzip()
    };
    let (zero, one) = (of_class(0), of_class(1));
    let mut panel = Panel::new(title).x(Axis::linear("x₁")).y(Axis::linear("x₂"));
    if field.iter().all(|p| p.is_finite()) {
        panel = panel.mark(Field::new("P(class 1)", lattice, &field).quartiles());
    }
    let points = [
        Points::new("class 0", &zero.0, &zero.1, Color::BLUE).halo(),
        Points::new("class 1", &one.0, &one.1, Color::ORANGE).triangles().halo(),
    ];
    // If there are few samples, all can have the same class.
    let drawn = points.into_iter().zip([zero.0, one.0]).filter(|(_, members)| !members.is_empty());
    drawn.fold(panel, |panel, (points, _)| panel.mark(points))
}
