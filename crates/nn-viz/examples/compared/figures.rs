//! The figures that are compared, each of one panel.

use nn_viz::{
    Axis, Boxes, Calibration, Color, Confusion, Corner, Curve, Field, Figure, Lattice, Look, Panel, Points,
    ReferenceLine, Roc, Scatter, Strip, Violin, VizError,
};

use super::data::Data;

/// The optimisers whose scores are compared.
const OPTIMISERS: [&str; 4] = ["SGD", "momentum", "RMSprop", "Adam"];

/// All figures with their names.
pub(crate) fn all(data: &Data) -> Result<Vec<(&'static str, Figure)>, VizError> {
    let panels = [
        ("curves", curves(data)),
        ("classes", classes(data)),
        ("field", field(data)?),
        ("confusion", confusion(data)),
        ("violins", violins(data)),
        ("boxes", boxes(data)),
        ("roc", roc(data)),
        ("calibration", calibration(data)),
    ];
    Ok(panels.map(|(name, panel)| (name, Figure::new(3.6, 2.8).row(1.0, [panel]))).into())
}

fn curves(data: &Data) -> Panel {
    let panel = Panel::new("Loss of 50 trials")
        .x(Axis::linear("Epoch").range(0.0, 300.0))
        .y(Axis::log("Cross-entropy"))
        .legend(Corner::TopRight);
    ["train", "test"].into_iter().enumerate().fold(panel, |panel, (index, name)| {
        let quartile = |quartile: &str| data.get(&format!("{name}-{quartile}"));
        let look = Look::nth(index).without_symbols();
        let curve = Curve::new(format!("{name}: IQM, Q1–Q3"), data.get("epochs"), data.get(name), look);
        panel.mark(curve.band(quartile("q1"), quartile("q3")))
    })
}

fn classes(data: &Data) -> Panel {
    let names: Vec<String> = (0..10).map(|digit| digit.to_string()).collect();
    let (x, y) = (data.get("classes-x"), data.get("classes-y"));
    Panel::new("Codes of digits")
        .x(Axis::linear("Code 1"))
        .y(Axis::linear("Code 2"))
        .equal_aspect()
        .mark(Scatter::new(x, y, &data.counts("classes"), &names))
        .legend(Corner::Beside)
}

fn field(data: &Data) -> Result<Panel, VizError> {
    let lattice = Lattice::new((-1.6, 2.6), (-1.2, 1.7), 200, 200)?;
    // A polynomial with the course of the moons, so that other programs compute the same.
    let score = |(x, y): (f64, f64)| 9.0 * (0.25 + 0.9 * (x - 0.5) * ((x - 0.5) * (x - 0.5) - 1.1) - y);
    let p: Vec<f64> = lattice.nodes().map(|node| 1.0 / (1.0 + libm::exp(-score(node)))).collect();
    Ok(Panel::new("Probability of class 1")
        .x(Axis::linear("x₁"))
        .y(Axis::linear("x₂"))
        .equal_aspect()
        .mark(Field::new("P(class 1)", lattice, &p))
        .mark(Points::new("class 0", data.get("zero-x"), data.get("zero-y"), Color::BLUE).halo())
        .mark(Points::new("class 1", data.get("one-x"), data.get("one-y"), Color::ORANGE).triangles().halo())
        .legend(Corner::TopRight))
}

fn confusion(data: &Data) -> Panel {
    let names: Vec<String> = (0..10).map(|digit| digit.to_string()).collect();
    let counts = data.counts("confusion");
    Panel::new("Handwritten digits")
        .x(Axis::linear("Predicted"))
        .y(Axis::linear("True"))
        .mark(Confusion::new(&names, &counts.chunks(10).collect::<Vec<_>>()).row_shares())
}

fn scores(data: &Data) -> [&[f64]; 4] {
    OPTIMISERS.map(|name| data.get(name))
}

fn violins(data: &Data) -> Panel {
    Panel::new("Scores of 50 trials")
        .y(Axis::linear("Test accuracy"))
        .mark(Strip::new(&OPTIMISERS, &scores(data)).size(1.8))
        .mark(Violin::new(&OPTIMISERS, &scores(data)))
}

fn boxes(data: &Data) -> Panel {
    Panel::new("Scores of 50 trials")
        .y(Axis::linear("Test accuracy"))
        .mark(Boxes::new(&OPTIMISERS, &scores(data)))
}

fn roc(data: &Data) -> Panel {
    let panel = Panel::new("ROC curves")
        .x(Axis::linear("False positive rate"))
        .y(Axis::linear("True positive rate"))
        .equal_aspect()
        .mark(ReferenceLine::diagonal("chance", Color::GREY))
        .legend(Corner::BottomRight);
    ["network", "linear"].into_iter().enumerate().fold(panel, |panel, (index, name)| {
        let rates = |of: &str| data.get(&format!("{name}-{of}"));
        panel.mark(Roc::new(name, rates("false"), rates("true"), Look::nth(index)))
    })
}

fn calibration(data: &Data) -> Panel {
    let panel = Panel::new("Reliability, with 95 % intervals")
        .x(Axis::linear("Mean predicted probability"))
        .y(Axis::linear("Fraction of class 1"))
        .equal_aspect()
        .mark(ReferenceLine::diagonal("ideal", Color::GREY))
        .legend(Corner::TopLeft);
    let curves = [("calibrated", "calibrated"), ("too-sure", "too sure")];
    curves.into_iter().enumerate().fold(panel, |panel, (index, (name, label))| {
        let curve = Calibration::new(label, data.get("predicted"), data.get(name), Look::nth(index));
        panel.mark(curve.samples(&data.counts("samples")))
    })
}
