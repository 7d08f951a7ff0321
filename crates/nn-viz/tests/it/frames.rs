//! The lengths of axes: one unit as long along x as along y, and ranges that panels share.

use nn_viz::{Axis, Color, Confusion, Drawing, Figure, Images, Panel, VizError};

use crate::single;
use crate::svg::{number, parse};

/// The left, the top, the right and the bottom of the frame of each panel.
pub(crate) fn frames(drawing: &Drawing) -> Vec<[f64; 4]> {
    let svg = drawing.svg();
    let document = parse(&svg);
    let clips = document.descendants().filter(|node| node.has_tag_name("clipPath"));
    let sides = clips.map(|clip| {
        let sides = clip.attribute("id").unwrap()[1..].split('-').map(|side| side.parse().unwrap());
        sides.collect::<Vec<f64>>().try_into().unwrap()
    });
    sides.collect()
}

/// A panel from 0 to `x` and from 0 to `y`.
fn panel(x: f64, y: f64) -> Panel {
    let axis = |end| Axis::linear("").range(0.0, end);
    Panel::new("").x(axis(x)).y(axis(y)).line("", &[0.0, x], &[0.0, y], Color::BLUE)
}

#[test]
fn with_an_equal_aspect_one_unit_is_as_long_along_both_axes() {
    for (x, y) in [(1.0, 1.0), (6.0, 1.0), (1.0, 6.0), (4.0, 3.0), (1e308, 1.5e308)] {
        for (width, height) in [(5.0, 3.0), (3.0, 5.0)] {
            let [free] = frames(&single(width, height, panel(x, y)))[..] else { panic!("one frame") };
            let drawing = single(width, height, panel(x, y).equal_aspect());
            let [left, top, right, bottom] = frames(&drawing)[0];
            let (across, down) = ((right - left) / x, (bottom - top) / y);
            // Sides are whole units of the canvas.
            let rounding = 1.0 / (right - left) + 1.0 / (bottom - top);
            assert!((across / down - 1.0).abs() <= rounding, "{x} by {y}: {across} and {down}");
            // The frame stays in the upper left of its room, and touches one more side of it.
            assert_eq!((left, top), (free[0], free[1]));
            assert!(right <= free[2] && bottom <= free[3], "{x} by {y}");
            assert!(right == free[2] || bottom == free[3], "{x} by {y}");
        }
    }
}

#[test]
fn a_lower_frame_has_fewer_ticks() {
    let beside = |panel: Panel| {
        let drawing = single(5.0, 3.0, panel);
        let (svg, left) = (drawing.svg(), frames(&drawing)[0][0]);
        let document = parse(&svg);
        let texts = document.descendants().filter(|node| node.has_attribute("data-text"));
        texts
            .filter(|node| {
                let place = node.attribute("transform").unwrap().trim_start_matches("translate(");
                place.split(' ').next().unwrap().parse::<f64>().unwrap() < left - 100.0
            })
            .count()
    };
    let (free, low) = (beside(panel(8.0, 1.0)), beside(panel(8.0, 1.0).equal_aspect()));
    assert!(low < free && low >= 2, "{low} of {free}");
}

#[test]
fn with_an_equal_aspect_both_axes_have_the_same_steps() {
    // Two labels of each number, one at each axis, although labels below the frame need more room than those
    // beside it.
    let svg = |panel: Panel| single(2.6, 2.6, panel.equal_aspect()).svg();
    for (x, y) in [(1.0, 1.0), (1.0, 0.8)] {
        let svg = svg(panel(x, y));
        for number in ["0.0", "0.2", "0.4", "0.6", "0.8"] {
            assert_eq!(svg.matches(&format!("data-text=\"{number}\"")).count(), 2, "{number} of {x} by {y}");
        }
    }
    // Long labels keep their distance.
    let axis = || Axis::linear("").range(1e5, 1.2e5);
    let long = svg(panel(1.0, 1.0).x(axis()).y(axis()));
    assert_eq!(long.matches("data-text=\"1.05×10⁵\"").count(), 1);
}

#[test]
fn an_equal_aspect_needs_two_linear_axes_of_numbers_and_room() {
    let refused = |panel: Panel| Figure::new(3.0, 2.0).row(1.0, [panel.equal_aspect()]).draw().unwrap_err();
    let line = |x: Axis, y: Axis| Panel::new("a").x(x).y(y).line("", &[1.0, 2.0], &[1.0, 2.0], Color::BLUE);
    let (linear, log) = (|| Axis::linear(""), || Axis::log(""));
    assert_eq!(
        refused(line(linear(), log())).to_string(),
        "panel \"a\": expected two linear axes of numbers for an equal aspect; found a logarithmic y axis"
    );
    for panel in [
        line(log(), linear()),
        Panel::new("").mark(Confusion::new(&["a"], &[[1]])),
        Panel::new("").mark(Images::new(1, 2, &[[0.0, 1.0]])),
    ] {
        assert!(matches!(refused(panel), VizError::EqualAspect { .. }));
    }
    for (x, y) in [(1000.0, 1.0), (1.0, 1000.0), (1e300, 1e-299), (1e-299, 1e300)] {
        assert!(matches!(refused(panel(x, y)), VizError::Size { .. }), "{x} by {y}");
    }
}

/// The heights of the discs of a figure, from the foot of the frame.
fn heights(figure: &Figure) -> Vec<f64> {
    let drawing = figure.draw().unwrap();
    let svg = drawing.svg();
    let document = parse(&svg);
    let foot = frames(&drawing)[0][3];
    let discs = document.descendants().filter(|node| node.has_tag_name("circle"));
    discs.map(|disc| foot - number(disc, "cy")).collect()
}

#[test]
fn shared_axes_have_the_range_that_holds_all_of_theirs() {
    let points = |y: [f64; 2], axis: Axis| Panel::new("").y(axis).points("", &[0.0, 1.0], &y, Color::BLUE);
    let row = |panels: [Panel; 3]| heights(&Figure::new(6.0, 2.0).row(1.0, panels));
    let shared = || Axis::linear("").shared();
    let found = row([
        points([2.0, 3.0], shared()),
        points([0.0, 8.0], shared()),
        points([2.0, 3.0], Axis::linear("")),
    ]);
    // 2 and 3 of 8 in the first panel, while the axis of the third is its own.
    let height = |value: f64| found[2] + value / 8.0 * (found[3] - found[2]);
    assert!((found[0] - height(2.0)).abs() <= 1.0 && (found[1] - height(3.0)).abs() <= 1.0, "{found:?}");
    assert!(found[4] == found[2] && found[5] == found[3], "{found:?}");

    // A range that was set counts, and a logarithmic axis is not shared with linear ones.
    let found = row([
        points([2.0, 3.0], shared()),
        points([1.0, 2.0], shared().range(-4.0, 6.0)),
        points([1.0, 10.0], Axis::log("").shared()),
    ]);
    assert_eq!(found[0], found[3], "both are 2: {found:?}");
    assert_eq!(found[4..], row([(); 3].map(|()| points([1.0, 10.0], Axis::log(""))))[4..]);

    // Also across rows, and horizontally apart from vertically.
    let panel = |end: f64| panel(end, 1.0).x(Axis::linear("").range(0.0, end).shared());
    let svg = Figure::new(3.0, 4.0).row(1.0, [panel(1.0)]).row(1.0, [panel(70.0)]).draw().unwrap().svg();
    assert_eq!(svg.matches("data-text=\"60\"").count(), 2);
    let matrix = Panel::new("").y(shared()).mark(Confusion::new(&["a"], &[[1]]));
    let refused = Figure::new(3.0, 2.0).row(1.0, [matrix]).draw().unwrap_err();
    assert!(matches!(refused, VizError::OwnAxes { axis: "y", .. }));
}
