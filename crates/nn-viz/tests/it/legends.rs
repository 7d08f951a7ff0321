//! The places of legends.

use crate::svg::{origin, parse};
use nn_viz::{Axis, Color, Corner, Figure, Lattice, Panel, Points};
use nn_viz::{Field, Line};

/// Whether the legend of a panel with fixed ranges stands on the right, and whether at the top.
fn place(marks: impl IntoIterator<Item = Line>) -> (bool, bool) {
    let range = |label| Axis::linear(label).range(0.0, 10.0);
    let panel = Panel::new("").x(range("")).y(range("")).legend(Corner::Emptiest);
    let panel = marks.into_iter().fold(panel, Panel::mark);
    let svg = Figure::new(3.0, 3.0).row(1.0, [panel]).draw().unwrap().svg();
    let (x, y) = origin(&parse(&svg), "curve");
    (x > 1.5 * 1920.0, y < 1.5 * 1920.0)
}

fn curve(x: &[f64], y: &[f64]) -> Line {
    Line::new("curve", x, y, Color::BLUE)
}

#[test]
fn the_legend_takes_the_emptiest_corner() {
    let (zigzag, low, high): (Vec<f64>, Vec<f64>, Vec<f64>) = (
        (0..50).map(|i| 4.5 * f64::from(i) / 49.0).collect(),
        (0..50).map(|i| f64::from(i % 2) * 4.0).collect(),
        (0..50).map(|i| 10.0 - f64::from(i % 2) * 4.0).collect(),
    );
    let right: Vec<f64> = zigzag.iter().map(|x| 10.0 - x).collect();
    let corners = [
        ((true, true), curve(&right, &high)),
        ((false, true), curve(&zigzag, &high)),
        ((false, false), curve(&zigzag, &low)),
        ((true, false), curve(&right, &low)),
    ];
    for (index, (free, _)) in corners.iter().enumerate() {
        let others = corners.iter().enumerate().filter(|(other, _)| *other != index);
        assert_eq!(place(others.map(|(_, (_, line))| line.clone())), *free);
    }
}

#[test]
fn of_equally_empty_corners_it_takes_the_upper_right_one() {
    assert_eq!(place([curve(&[4.9, 5.1], &[5.0, 5.0])]), (true, true));
    // A line and its mirror image cover all corners alike.
    assert_eq!(place([curve(&[0.0, 10.0], &[0.0, 10.0]), curve(&[0.0, 10.0], &[10.0, 0.0])]), (true, true));
}

#[test]
fn a_legend_beside_the_frame_hides_nothing_and_stays_clear_of_a_colour_bar() {
    let lattice = Lattice::new((0.0, 1.0), (0.0, 1.0), 3, 3).unwrap();
    let panel = |field: bool| {
        let panel = Panel::new("").mark(Points::new("samples", &[0.5], &[0.5], Color::BLUE));
        let panel = panel.legend(Corner::Beside);
        if field { panel.mark(Field::new("P", lattice, &[0.5; 9])) } else { panel }
    };
    for field in [false, true] {
        let svg = Figure::new(4.0, 2.0).row(1.0, [panel(field)]).draw().unwrap().svg();
        let document = parse(&svg);
        let clips = document.descendants().filter(|node| node.has_tag_name("clipPath"));
        let right = |id: &str| id.split('-').nth(2).unwrap().parse::<f64>().unwrap();
        // Frames and bars are clipped. The tick labels of a bar are even farther to the right.
        let mut end = clips.map(|node| right(node.attribute("id").unwrap())).fold(0.0, f64::max);
        if field {
            end = end.max(origin(&document, "0.75").0 + 400.0);
        }
        let (x, _) = origin(&document, "samples");
        assert!(x > end && x < 4.0 * 1920.0 - 300.0, "{x}, {end}");
    }
}
