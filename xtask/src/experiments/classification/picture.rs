//! The figure of a classification: the losses of all trials, and the best and the worst network with their
//! points.

use nn_core::{Module, Scalar, Softmax, Tensor};
use nn_train::{Merged, Run};
use nn_viz::{Axis, Color, Corner, Field, Figure, Lattice, Panel, Points, VizError};

use super::super::loss_panel::{Epochs, caption, loss_panel, on_the_sum, three_digits};
use super::super::settings::Settings;
use super::{Classifier, LabelledPoints};

/// Draws the loss, and the probability field of the best and the worst model, of trials that [`descend`] has
/// run.
pub(in super::super) fn figure<F: Scalar>(
    title: &str,
    merged: &Merged<F, Classifier<F>>,
    settings: &Settings,
) -> Result<Figure, VizError> {
    figure_of(title, &on_the_sum(settings), Epochs::Log, merged, settings)
}

/// Draws the same of trials with another training; `how` names the optimiser and its learning rate.
pub(in super::super) fn figure_of<F: Scalar>(
    title: &str,
    how: &str,
    scale: Epochs,
    merged: &Merged<F, Classifier<F>>,
    settings: &Settings,
) -> Result<Figure, VizError> {
    // If all diverged, the first stands for the best, and its title says so.
    let (best, worst) = (merged.best(), merged.worst());
    let lattice = lattice([best.1.kept.judged_by(), worst.1.kept.judged_by()])?;
    let panel = |which: &str, (trial, run): (usize, &Run<F, Classifier<F>>)| {
        let kept = &run.kept;
        let loss = merged.outcomes().criterion().of(trial).expect("the chosen trials have a run");
        let mut title = format!("{which} of {}: test loss {}", settings.trials, three_digits(loss));
        if kept.accuracy.is_finite() {
            title += &format!(", accuracy {:.1} %", 100.0 * kept.accuracy);
        }
        field_panel(&title, kept, lattice)
    };
    let shown = "(b), (c) The trials with the lowest and the highest final test loss: probability of class \
                 1 over the plane, lines where it is 1/4, 1/2 (thick) and 3/4, and the test samples.";
    Ok(Figure::new(7.2, 5.6)
        .title(title)
        .description(format!("{} {shown}", caption(settings)))
        .row(2.0, [loss_panel("Cross-entropy per sample", how, scale, merged, settings)])
        .row(2.6, [panel("Best", best).legend(Corner::TopRight), panel("Worst", worst)]))
}

/// A square lattice around the points of both panels, so that both show the same part of the plane. It leaves
/// room for the legend in a corner.
fn lattice<F: Scalar>(data: [&LabelledPoints<F>; 2]) -> Result<Lattice, VizError> {
    const NODES: usize = 200;
    let coordinates = data.into_iter().flat_map(|data| [data.x().feature(0), data.x().feature(1)]).flatten();
    let reach = 1.4 * coordinates.fold(0.0_f64, |reach, x| reach.max(x.to_f64().abs()));
    Lattice::new((-reach, reach), (-reach, reach), NODES, NODES)
}

/// Draws P(class 1) over the plane, the line where it is one half, and the test points. Draws only the points
/// if the network has diverged and has no finite probabilities.
fn field_panel<F: Scalar>(title: &str, classifier: &Classifier<F>, lattice: Lattice) -> Panel {
    let nodes: Vec<(f64, f64)> = lattice.nodes().collect();
    let places = Tensor::from_fn(nodes.len(), 2, |node, axis| {
        F::from_f64(if axis == 0 { nodes[node].0 } else { nodes[node].1 })
    });
    let logits = classifier.network.predict(&places).expect("the network took two features in training");
    let probabilities = Softmax.predict(&logits).expect("a lattice has nodes");
    let field: Vec<f64> = probabilities.feature(1).iter().map(|p| p.to_f64()).collect();

    let of_class = |class: usize| -> (Vec<f64>, Vec<f64>) {
        let (x, labels) = (classifier.judged_by().x(), classifier.judged_by().y());
        let members = (0..labels.len()).filter(|&sample| labels[sample] == class);
        members.map(|sample| (x[[sample, 0]].to_f64(), x[[sample, 1]].to_f64())).unzip()
    };
    let (zero, one) = (of_class(0), of_class(1));
    let mut panel = Panel::new(title).x(Axis::linear("x₁")).y(Axis::linear("x₂")).equal_aspect();
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
