//! The bytes of a figure: the same on every run, and for SVG on every machine.

use crate::curves::{X, curve};
use nn_viz::{
    Axis, Boxes, Calibration, Color, Confusion, Corner, Drawing, Field, Figure, Images, Intervals, Lattice,
    Look, Matrix, Panel, Points, ReferenceLine, Regions, Roc, Scatter, Strip, Violin,
};

/// Single series and a field, from arithmetic that is the same on every machine.
fn series() -> Drawing {
    let x: Vec<f64> = (1..=50).map(f64::from).collect();
    let y: Vec<f64> = x.iter().map(|x| 1.0 / x).collect();
    let (low, high): (Vec<f64>, Vec<f64>) = y.iter().map(|y| (0.5 * y, 1.5 * y)).unzip();
    let lattice = Lattice::new((-1.0, 1.0), (-2.0, 2.0), 40, 30).unwrap();
    let values: Vec<f64> = lattice.nodes().map(|(x, y)| 0.5 + 0.25 * x - 0.1 * y * x).collect();
    let curves = Panel::new("Curves")
        .x(Axis::linear("x"))
        .y(Axis::log("y"))
        .band("curve", &x, &low, &high, Color::BLUE)
        .line("curve", &x, &y, Color::BLUE)
        .legend(Corner::TopRight);
    let field = Panel::new("Field")
        .mark(Field::new("P", lattice, &values).quartiles())
        .mark(Points::new("points", &[0.0, 0.5], &[1.0, -1.0], Color::ORANGE).triangles().halo());
    Figure::new(6.0, 3.0).row(1.0, [curves, field]).draw().unwrap()
}

/// The kinds of marks that [`series`] does not use.
fn other_marks() -> Drawing {
    let lattice = Lattice::new((0.0, 1.0), (0.0, 1.0), 20, 20).unwrap();
    let values = |sign: f64| -> Vec<f64> { lattice.nodes().map(|(x, y)| 0.4 + sign * 0.2 * x * y).collect() };
    let regions = Panel::new("Regions")
        .mark(Regions::new(lattice, &[values(1.0), values(-1.0), vec![0.2; 400]]))
        .mark(Scatter::new(&[0.2, 0.4, 0.8], &[0.1, 0.7, 0.5], &[0, 1, 2], &["a", "b", "c"]).shapes().halo())
        .legend(Corner::Beside);
    let names = Panel::new("Names")
        .mark(Scatter::new(&X, &[1.0, 2.0, 1.5, 0.5], &[0, 0, 1, 1], &["left", "right"]).named());
    let curves = (0..5).fold(Panel::new("Curves").legend(Corner::Emptiest), |panel, index| {
        panel.mark(curve(index, 1.0 + index as f64))
    });
    let matrix = Panel::new("Matrix").mark(Confusion::new(&["cat", "dog"], &[[30, 10], [0, 5]]).row_shares());
    let images =
        Images::new(2, 2, &[[0.0, 0.3, 0.6, 1.0], [1.0, 0.1, 0.4, 0.0]]).captions(&["1 → 7", "4 → 9"]);
    Figure::new(7.0, 4.0)
        .row(1.0, [regions, names, curves.mark(ReferenceLine::vertical("best", 2.0, Color::INK))])
        .row(1.0, [matrix, Panel::new("Images").mark(images)])
        .draw()
        .unwrap()
}

/// Groups, rates and matrices.
fn groups_and_rates() -> Drawing {
    let names = ["first", "second"];
    let values = |scale: f64| -> Vec<f64> { (1..=20).map(|i| scale * f64::from(i * i % 17 + 1)).collect() };
    let groups = [values(0.1), values(0.3)];
    let side_by_side = Panel::new("Groups")
        .y(Axis::log("Loss"))
        .mark(Violin::new(&names, &groups))
        .mark(Strip::new(&names, &groups).medians());
    let rows = Panel::new("Rows")
        .mark(Boxes::new(&names, &groups).horizontal())
        .mark(Intervals::new(&names, &[1.0, 2.0], &[0.5, 1.5], &[1.5, 2.5]).horizontal());
    let rates = Panel::new("Rates")
        .equal_aspect()
        .mark(ReferenceLine::diagonal("chance", Color::GREY))
        .mark(Roc::new("network", &[0.0, 0.1, 1.0], &[0.0, 0.8, 1.0], Look::nth(0)))
        .mark(Calibration::new("bins", &[0.2, 0.7], &[0.1, 0.8], Look::nth(1)).samples(&[10, 20]))
        .legend(Corner::BottomRight);
    let weights = [[1.0, 0.0], [-0.3, 0.7], [0.2, -1.0]];
    let matrix = Matrix::new("Weight", &["a", "b", "c"], &names, &weights).labelled(1);
    let filters = Images::new(1, 3, &[[-1.0, 0.0, 1.0], [0.5, 0.0, -0.5]]).signed();
    Figure::new(7.0, 4.0)
        .description("Marks of groups and rates.")
        .row(1.0, [side_by_side, rows, rates])
        .row(1.0, [Panel::new("Matrix").mark(matrix), Panel::new("Filters").mark(filters)])
        .draw()
        .unwrap()
}

/// The 64-bit FNV-1a hash.
fn digest(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The digests change with the look of figures and with the encoder of embedded images. They must not differ
/// between runs or machines. A PNG must not differ between runs.
#[test]
fn the_same_values_give_the_same_bytes() {
    let figures: [(fn() -> Drawing, u64); 3] = [
        (series, 0xae7a_a652_ca3d_4c65),
        (other_marks, 0xe807_b035_933e_589a),
        (groups_and_rates, 0x4dbc_5cf9_a0bf_02ac),
    ];
    for (draw, expected) in figures {
        let (first, second) = (draw(), draw());
        assert_eq!(first.svg(), second.svg());
        assert_eq!(first.svg_with_text(), second.svg_with_text());
        assert_eq!(digest(first.svg().as_bytes()), expected, "got {:#018x}", digest(first.svg().as_bytes()));
        assert_eq!(first.png(150.0).unwrap(), second.png(150.0).unwrap());
    }
}
