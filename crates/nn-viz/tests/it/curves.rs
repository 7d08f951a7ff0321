//! Several curves in one panel, and rules.

use crate::pixels::Pixels;
use crate::single;
use nn_viz::{Axis, Color, Curve, Line, Look, Panel, ReferenceLine};

pub(crate) const X: [f64; 4] = [0.0, 1.0, 2.0, 3.0];

pub(crate) fn curve(index: usize, level: f64) -> Curve {
    let around = |offset: f64| [level + offset; 4];
    let curve = Curve::new(format!("series {index}"), &X, &[level; 4], Look::nth(index));
    curve.band(&around(-0.4), &around(0.4)).interval(&around(-0.1), &around(0.1))
}

#[test]
fn all_bands_lie_beneath_all_lines() {
    let svg = single(3.0, 2.0, Panel::new("").mark(curve(0, 1.0)).mark(curve(1, 1.2))).svg();
    let last_band = svg.rfind("fill-opacity").unwrap();
    let first_line = svg.find("fill=\"none\" stroke=\"#0072b2\"").unwrap();
    assert!(last_band < first_line);
    assert_eq!(svg.matches("fill-opacity=\"0.160\"").count(), 2);
    assert_eq!(svg.matches("fill-opacity=\"0.340\"").count(), 2);
}

#[test]
fn series_differ_in_more_than_colour() {
    // The features of a curve besides its colour and its place: dashes, and the shape of a symbol.
    let shape = |index: usize| {
        let svg = single(3.0, 2.0, Panel::new("").mark(Curve::new("", &X, &X, Look::nth(index)))).svg();
        let after = |start: &str, end: char| {
            let (_, rest) = svg.split_once(start)?;
            rest.split_once(end).map(|(found, _)| found.to_owned())
        };
        let dashes = after("stroke-dasharray=\"", '"');
        let symbols = svg.split_once("stroke=\"#ffffff\"").unwrap().1.to_owned();
        let first = symbols.lines().nth(1).unwrap();
        let symbol = if first.contains("<circle") { "disc" } else { first.split_once('l').unwrap().1 };
        (dashes, symbol.to_owned())
    };
    let shapes: Vec<_> = (0..10).map(shape).collect();
    for (index, shape) in shapes.iter().enumerate() {
        assert!(!shapes[..index].contains(shape), "series {index} looks like one before: {shape:?}");
    }
    let plain = single(3.0, 2.0, Panel::new("").mark(Curve::new("", &X, &X, Color::BLUE))).svg();
    let line = single(3.0, 2.0, Panel::new("").mark(Line::new("", &X, &X, Color::BLUE))).svg();
    assert_eq!(plain, line, "a colour alone is a plain line");
}

#[test]
fn a_rule_crosses_the_panel_and_widens_its_range() {
    let axes = || Panel::new("").x(Axis::linear("")).y(Axis::log("")).line("", &X, &[1.0; 4], Color::BLUE);
    let drawing = single(3.0, 2.0, axes().mark(ReferenceLine::vertical("best", 4.0, Color::ORANGE)));
    let svg = drawing.svg();
    assert!(svg.contains("data-text=\"4\""), "the axis reaches to the rule");
    assert_eq!(svg.matches("stroke=\"#d55e00\"").count(), 1);
    assert!(
        single(3.0, 2.0, axes().mark(ReferenceLine::horizontal("", 1e3, Color::INK)))
            .svg()
            .contains("data-text=\"10³\"")
    );
    // The line runs from the top to the foot of the frame: there are dashes in both halves.
    let pixels = Pixels::of(&drawing, 200.0);
    let orange = |rows: std::ops::Range<usize>| {
        rows.flat_map(|y| (0..pixels.width).map(move |x| (x, y)))
            .filter(|&(x, y)| pixels.at(x, y)[2] < 60 && pixels.at(x, y)[0] > 180)
            .count()
    };
    let (upper, lower) = (orange(0..pixels.height / 2), orange(pixels.height / 2..pixels.height));
    assert!(upper > 50 && lower > 50, "{upper}, {lower}");
}
