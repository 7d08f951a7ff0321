//! Classifiers of several classes: confusion matrices, and classes in the plane.

use nn_viz::{Axis, Confusion, Corner, Figure, Lattice, Panel, Regions, Scatter, VizError};

use crate::noise::Noise;

pub(crate) fn confusion() -> Figure {
    let iris = Panel::new("Iris, test set")
        .x(Axis::linear("Predicted"))
        .y(Axis::linear("True"))
        .mark(Confusion::new(&["setosa", "versicolor", "virginica"], &[[16, 0, 0], [0, 13, 2], [0, 1, 18]]));
    let digits: Vec<String> = (0..10).map(|digit| digit.to_string()).collect();
    let mut noise = Noise(21);
    let mut row = |truth: usize| -> Vec<usize> {
        let mut stray = || (3.2 * noise.uniform() * noise.uniform() * noise.uniform()) as usize;
        (0..10).map(|predicted| if predicted == truth { 170 - 9 * truth } else { 3 * stray() }).collect()
    };
    let counts: Vec<Vec<usize>> = (0..10).map(&mut row).collect();
    let digits = Panel::new("Handwritten digits, test set")
        .x(Axis::linear("Predicted"))
        .y(Axis::linear("True"))
        .mark(Confusion::new(&digits, &counts).row_shares());
    Figure::new(7.2, 3.4).title("Confusion matrices").row(1.0, [iris, digits])
}

pub(crate) fn plane() -> Result<Figure, VizError> {
    let mut noise = Noise(33);
    let (mut x, mut y, mut classes) = (Vec::new(), Vec::new(), Vec::new());
    let centre = |class: usize| {
        let angle = 0.63 * class as f64;
        let radius = if class.is_multiple_of(2) { 5.0 } else { 3.3 };
        (radius * angle.cos(), radius * angle.sin())
    };
    for sample in 0..900 {
        let class = sample % 10;
        let (right, up) = centre(class);
        x.push(right + 0.55 * noise.bell());
        y.push(up + 0.55 * noise.bell());
        classes.push(class);
    }
    let names: Vec<String> = (0..10).map(|digit| digit.to_string()).collect();
    let axes = |title: &str| Panel::new(title).x(Axis::linear("Code 1")).y(Axis::linear("Code 2"));
    let codes = axes("Codes of digits").mark(Scatter::new(&x, &y, &classes, &names).alpha(0.75).named());

    let species = ["setosa", "versicolor", "virginica"];
    let means: [(f64, f64); 3] = [(1.5, 0.3), (4.3, 1.3), (5.6, 2.0)];
    let lattice = Lattice::new((0.5, 7.2), (-0.2, 2.8), 200, 200)?;
    let logits = |x: f64, y: f64| means.map(|(u, v)| -((x - u) * (x - u) / 0.7 + (y - v) * (y - v) / 0.16));
    let probability = |class: usize| -> Vec<f64> {
        let p = |(x, y)| {
            let scores = logits(x, y);
            1.0 / scores.iter().map(|score| (score - scores[class]).exp()).sum::<f64>()
        };
        lattice.nodes().map(p).collect()
    };
    let (mut x, mut y, mut classes) = (Vec::new(), Vec::new(), Vec::new());
    for sample in 0..150 {
        let (u, v) = means[sample % 3];
        x.push(u + 0.42 * noise.bell());
        y.push(v + 0.18 * noise.bell());
        classes.push(sample % 3);
    }
    let regions = Panel::new("Species of iris")
        .x(Axis::linear("Petal length (cm)"))
        .y(Axis::linear("Petal width (cm)"))
        .mark(Regions::new(lattice, &[probability(0), probability(1), probability(2)]))
        .mark(Scatter::new(&x, &y, &classes, &species).shapes().halo().size(4.0))
        .legend(Corner::Emptiest);
    let listed = axes("More classes").mark(many(&mut noise, &names)).legend(Corner::Beside);
    Ok(Figure::new(7.2, 3.1).title("Classes in the plane").row(1.0, [codes, listed, regions]))
}

fn many(noise: &mut Noise, names: &[String]) -> Scatter {
    let classes: Vec<usize> = (0..300).map(|sample| sample % 10).collect();
    let x: Vec<f64> = classes.iter().map(|class| *class as f64 + 0.4 * noise.bell()).collect();
    let y: Vec<f64> =
        classes.iter().map(|class| (*class as f64 - 4.0).powi(2) + 2.0 * noise.bell()).collect();
    Scatter::new(&x, &y, &classes, names).shapes()
}
