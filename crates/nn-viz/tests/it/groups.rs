//! Groups side by side: the places of names, points, boxes, violins and intervals.

use roxmltree::{Document, Node};

use crate::agreement::vertices;
use crate::frames::frames;
use crate::single;
use crate::svg::{attribute, number, origin, parse};
use nn_viz::{Axis, Boxes, Color, Drawing, Figure, Intervals, Panel, ReferenceLine, Strip, Violin, VizError};

const NAMES: [&str; 2] = ["first", "second"];
/// Its quartiles are 2 and 4, its median is 3, and 9 is beyond the fence at 7.
const VALUES: [f64; 5] = [3.0, 1.0, 2.0, 9.0, 4.0];

fn axis() -> Axis {
    Axis::linear("").range(0.0, 10.0)
}

/// The two ways to draw groups: side by side, and in rows.
fn drawn(panel: impl Fn(Panel, bool) -> Panel) -> [(bool, Drawing); 2] {
    [false, true].map(|horizontal| {
        let axes = if horizontal { Panel::new("").x(axis()) } else { Panel::new("").y(axis()) };
        (horizontal, single(4.0, 4.0, panel(axes, horizontal)))
    })
}

/// The slot and the place beside its middle, as a part of the slot, and the value at a place on the canvas.
struct Places {
    frame: [f64; 4],
    horizontal: bool,
}

impl Places {
    fn of(drawing: &Drawing, horizontal: bool) -> Self {
        Self { frame: frames(drawing)[0], horizontal }
    }

    fn at(&self, (x, y): (f64, f64)) -> (usize, f64, f64) {
        let [left, top, right, bottom] = self.frame;
        let (across, up) = ((x - left) / (right - left), (bottom - y) / (bottom - top));
        let (slots, share) = if self.horizontal { (1.0 - up, across) } else { (across, up) };
        let slot = (2.0 * slots) as usize;
        (slot, 2.0 * slots - slot as f64 - 0.5, 10.0 * share)
    }
}

fn discs<'a>(document: &'a Document<'_>) -> impl Iterator<Item = Node<'a, 'a>> {
    document.descendants().filter(|node| node.has_tag_name("circle"))
}

fn centre(disc: Node<'_, '_>) -> (f64, f64) {
    (number(disc, "cx"), number(disc, "cy"))
}

/// The vertices of all paths with this colour as their stroke.
fn strokes(document: &Document<'_>, color: &str) -> Vec<Vec<(f64, f64)>> {
    let paths = document.descendants().filter(|node| node.has_tag_name("path") && node.has_attribute("d"));
    let paths = paths.filter(|path| attribute(*path, "stroke") == Some(color));
    paths.map(|path| vertices(path.attribute("d").unwrap())).collect()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.01
}

#[test]
fn names_stand_at_the_middle_of_their_slots_from_the_left_or_from_the_top() {
    for (horizontal, drawing) in drawn(|axes, horizontal| {
        let strip = Strip::new(&NAMES, &[VALUES; 2]);
        axes.mark(if horizontal { strip.horizontal() } else { strip })
    }) {
        let svg = drawing.svg();
        let document = parse(&svg);
        let [left, _, _, bottom] = frames(&drawing)[0];
        let places = Places::of(&drawing, horizontal);
        for (slot, name) in NAMES.into_iter().enumerate() {
            let (x, y) = origin(&document, name);
            assert_eq!(y > bottom, !horizontal, "{name}");
            assert_eq!(x < left, horizontal, "{name}");
            let (found, beside, _) = places.at((x, y));
            // The origin is at the start of the base line.
            assert!(found == slot && beside.abs() < 0.3, "{name}: {found}, {beside}");
        }
    }
}

#[test]
fn a_strip_has_each_value_at_its_place_whatever_the_order() {
    let strip = |values: [f64; 5], horizontal: bool| {
        let strip = Strip::new(&NAMES, &[vec![5.0], values.to_vec()]);
        if horizontal { strip.horizontal() } else { strip }
    };
    for (horizontal, drawing) in drawn(|axes, horizontal| axes.mark(strip(VALUES, horizontal))) {
        let svg = drawing.svg();
        let document = parse(&svg);
        let places = Places::of(&drawing, horizontal);
        let found: Vec<_> = discs(&document).map(|disc| places.at(centre(disc))).collect();
        assert!(found[0].0 == 0 && close(found[0].2, 5.0), "{found:?}");
        for ((slot, beside, value), expected) in found[1..].iter().zip([1.0, 2.0, 3.0, 4.0, 9.0]) {
            assert!(*slot == 1 && beside.abs() < 0.4 && close(*value, expected), "{found:?}");
        }
    }
    let ways = [VALUES, [9.0, 4.0, 3.0, 2.0, 1.0]];
    let [a, b] = ways.map(|values| drawn(|axes, horizontal| axes.mark(strip(values, horizontal)))[0].1.svg());
    assert_eq!(a, b);
}

#[test]
fn dense_points_are_spread_sideways_and_do_not_meet() {
    let values: Vec<f64> = (0..60).map(|i| 5.0 + f64::from(i % 10) / 10.0).collect();
    let drawing = single(4.0, 4.0, Panel::new("").y(axis()).mark(Strip::new(&["a"], &[values]).size(2.0)));
    let svg = drawing.svg();
    let places: Vec<_> = discs(&parse(&svg)).map(centre).collect();
    let apart = |a: (f64, f64), b: (f64, f64)| ((a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)).sqrt();
    let nearest = |index: usize| {
        let others = places.iter().enumerate().filter(|(other, _)| *other != index);
        others.map(|(_, other)| apart(places[index], *other)).fold(f64::INFINITY, f64::min)
    };
    // Half a diameter at least: 20 units of the view box are a pixel, of which there are 96 to the inch.
    let closest = (0..places.len()).map(nearest).fold(f64::INFINITY, f64::min);
    assert!(places.len() == 60 && closest > 0.5 * 2.0 / 72.0 * 1920.0, "{closest}");
}

#[test]
fn medians_of_strips_are_lines() {
    let strip = || Strip::new(&NAMES, &[VALUES, [6.0; 5]]);
    let lines = |strip: Strip| {
        let drawing = single(4.0, 4.0, Panel::new("").y(axis()).mark(strip));
        let svg = drawing.svg();
        let places = Places::of(&drawing, false);
        // Spines and ticks are of the same ink, but not inside of the frame.
        let inside = |line: &[(f64, f64)]| line.iter().all(|&(x, _)| x > places.frame[0]);
        let lines = strokes(&parse(&svg), "#262626").into_iter().filter(|line| inside(line));
        let levels = lines.map(|line| line.into_iter().map(|place| places.at(place)).collect::<Vec<_>>());
        levels
            .filter(|line| close(line[0].2, line[1].2))
            .map(|line| (line[0].0, line[0].2))
            .collect::<Vec<_>>()
    };
    assert!(lines(strip()).is_empty());
    let found = lines(strip().medians());
    assert!(found.len() == 2 && close(found[0].1, 3.0) && close(found[1].1, 6.0), "{found:?}");
}

#[test]
fn a_violin_is_symmetric_from_the_smallest_to_the_largest_value() {
    let many: Vec<f64> = (0..=100).map(|i| 2.0 + 5.0 * (f64::from(i) / 100.0).powi(3)).collect();
    for (horizontal, drawing) in drawn(|axes, horizontal| {
        let violin = Violin::new(&NAMES, &[many.clone(), vec![4.0; 3]]);
        axes.mark(if horizontal { violin.horizontal() } else { violin })
    }) {
        let svg = drawing.svg();
        let document = parse(&svg);
        let places = Places::of(&drawing, horizontal);
        let outline: Vec<_> =
            strokes(&document, "#0072b2")[0].iter().map(|&place| places.at(place)).collect();
        let values = outline.iter().map(|(_, _, value)| *value);
        let (low, high) = values
            .fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), value| (low.min(value), high.max(value)));
        assert!(close(low, 2.0) && close(high, 7.0), "{low} to {high}");
        let half = outline.len() / 2;
        for (right, left) in outline[..half].iter().zip(outline[half..].iter().rev()) {
            assert!(close(right.1, -left.1) && close(right.2, left.2), "{right:?}, {left:?}");
        }
        // It is widest where values are dense, near 2, and as wide as its neighbour, whose values are all equal.
        let widest = outline[..half].iter().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs())).unwrap();
        assert!(widest.2 < 2.5, "{widest:?}");
        let flat: Vec<_> = strokes(&document, "#d55e00")[0].iter().map(|&place| places.at(place)).collect();
        assert!(flat.iter().all(|(slot, beside, value)| {
            *slot == 1 && close(*value, 4.0) && close(beside.abs(), widest.1.abs())
        }));
        // Two discs for each median, one in the other.
        let medians: Vec<f64> = discs(&document).map(|disc| places.at(centre(disc)).2).collect();
        let expected = [2.625, 2.625, 4.0, 4.0];
        assert!(medians.iter().zip(expected).all(|(a, b)| close(*a, b)), "{medians:?}");
    }
}

#[test]
fn on_a_logarithmic_axis_a_violin_shows_the_density_of_the_logarithms() {
    let values = [1.0, 2.0, 3.0, 5.0, 9.0];
    let outline = |axis: Axis, values: &[f64]| {
        let svg = single(4.0, 4.0, Panel::new("").y(axis).mark(Violin::new(&["a"], &[values]))).svg();
        strokes(&parse(&svg), "#0072b2").remove(0)
    };
    let powers = values.map(|value| format!("1e{value}").parse().unwrap());
    let (log, linear) =
        (outline(Axis::log("").range(1.0, 1e10), &powers), outline(axis().range(0.0, 10.0), &values));
    // The labels of the two axes differ in width, so the frames do not begin at the same place.
    assert_eq!(log.len(), linear.len());
    for (a, b) in log.iter().zip(&linear) {
        assert!((a.1 - b.1).abs() <= 1.0, "{a:?}, {b:?}");
    }
    let width =
        |outline: &[(f64, f64)], index: usize| outline[index].0 - outline[outline.len() - 1 - index].0;
    for index in 0..log.len() / 2 {
        assert!((width(&log, index) - width(&linear, index)).abs() <= 2.0, "{index}");
    }
}

#[test]
fn a_box_reaches_from_quartile_to_quartile_and_its_whiskers_to_the_last_values() {
    for (horizontal, drawing) in drawn(|axes, horizontal| {
        let boxes = Boxes::new(&NAMES, &[VALUES, [5.0; 5]]);
        axes.mark(if horizontal { boxes.horizontal() } else { boxes })
    }) {
        let svg = drawing.svg();
        let document = parse(&svg);
        let places = Places::of(&drawing, horizontal);
        let shapes: Vec<Vec<_>> = strokes(&document, "#0072b2")
            .iter()
            .map(|shape| shape.iter().map(|&place| places.at(place)).collect())
            .collect();
        let levels = |shape: &[(usize, f64, f64)]| {
            let values = || shape.iter().map(|(_, _, value)| *value);
            (values().fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max))
        };
        let whiskers: Vec<_> =
            shapes.iter().filter(|shape| shape.len() == 2).map(|line| levels(line)).collect();
        // For each end, the whisker and its cap.
        for ((low, high), (a, b)) in whiskers.iter().zip([(1.0, 2.0), (1.0, 1.0), (4.0, 4.0), (4.0, 4.0)]) {
            assert!(close(*low, a) && close(*high, b), "{whiskers:?}");
        }
        let (low, high) =
            shapes.iter().filter(|shape| shape.len() == 4).map(|shape| levels(shape)).next().unwrap();
        assert!(close(low, 2.0) && close(high, 4.0), "{low} to {high}");
        let outliers: Vec<f64> = discs(&document).map(|disc| places.at(centre(disc)).2).collect();
        assert!(outliers.len() == 1 && close(outliers[0], 9.0), "{outliers:?}");
    }
    let without = Boxes::new(&NAMES, &[VALUES, [5.0; 5]]).without_outliers();
    assert!(!single(4.0, 4.0, Panel::new("").mark(without)).svg().contains("<circle"));
}

#[test]
fn an_interval_has_its_ends_and_a_point_at_the_estimate() {
    for (horizontal, drawing) in drawn(|axes, horizontal| {
        let mark = Intervals::new(&NAMES, &[3.0, 8.0], &[1.0, 7.0], &[4.0, 9.0]).color(Color::GREEN);
        axes.mark(if horizontal { mark.horizontal() } else { mark })
    }) {
        let svg = drawing.svg();
        let document = parse(&svg);
        let places = Places::of(&drawing, horizontal);
        let estimates: Vec<_> = discs(&document).map(|disc| places.at(centre(disc))).collect();
        for ((slot, beside, value), expected) in estimates.iter().zip([(0, 3.0), (1, 8.0)]) {
            assert!(*slot == expected.0 && close(*beside, 0.0) && close(*value, expected.1), "{estimates:?}");
        }
        let bars: Vec<_> = strokes(&document, "#009e73");
        // A bar and two caps for each.
        let ends: Vec<(f64, f64)> =
            [0, 3].map(|bar| (places.at(bars[bar][0]).2, places.at(bars[bar][1]).2)).to_vec();
        assert!(bars.len() == 6 && close(ends[0].0, 1.0) && close(ends[0].1, 4.0), "{ends:?}");
        assert!(close(ends[1].0, 7.0) && close(ends[1].1, 9.0), "{ends:?}");
    }
}

#[test]
fn marks_of_the_same_groups_share_a_panel_with_lines() {
    let values = [VALUES, [5.0; 5]];
    let boxes = || Boxes::new(&NAMES, &values);
    let line = || ReferenceLine::horizontal("", 2.0, Color::GREY);
    let drawing = |panel: Panel| Figure::new(3.0, 3.0).row(1.0, [panel]).draw();
    let both = Panel::new("").mark(line()).mark(boxes()).mark(Strip::new(&NAMES, &values));
    let svg = drawing(both).unwrap().svg();
    assert_eq!(svg.matches("data-text=\"first\"").count(), 1);
    for other in [
        Strip::new(&["first", "third"], &values),
        Strip::new(&["second", "first"], &values),
        Strip::new(&["first"], &values[..1]),
        Strip::new(&NAMES, &values).horizontal(),
    ] {
        let error = drawing(Panel::new("a").mark(boxes()).mark(other)).unwrap_err();
        assert!(matches!(&error, VizError::OtherGroups { mark, .. } if mark == "strip"), "{error}");
    }
    // Only the label of the axis with the names can be set.
    let named = |axis: Axis| drawing(Panel::new("").x(axis).mark(boxes()));
    assert!(named(Axis::linear("Optimiser")).unwrap().svg().contains("data-text=\"Optimiser\""));
    for axis in [Axis::log(""), Axis::linear("").range(0.0, 1.0), Axis::linear("").shared()] {
        assert!(matches!(named(axis), Err(VizError::OwnAxes { axis: "x", .. })));
    }
    let rows = Panel::new("").y(Axis::log("")).mark(boxes().horizontal());
    assert!(matches!(drawing(rows), Err(VizError::OwnAxes { axis: "y", .. })));
}

#[test]
fn groups_have_names_and_values_that_their_axis_can_show() {
    let refused = |panel: Panel| Figure::new(3.0, 3.0).row(1.0, [panel]).draw().unwrap_err();
    let nothing: [&str; 0] = [];
    let none: [Vec<f64>; 0] = [];
    assert!(matches!(refused(Panel::new("").mark(Strip::new(&nothing, &none))), VizError::Nothing { .. }));
    let few = Violin::new(&NAMES, &[[1.0]]);
    assert!(matches!(refused(Panel::new("").mark(few)), VizError::Length { series: "groups", found: 1, .. }));
    let empty = Boxes::new(&NAMES, &[vec![1.0], vec![]]);
    assert!(matches!(refused(Panel::new("").mark(empty)), VizError::Nothing { .. }));
    let nan = Strip::new(&NAMES, &[[1.0, 2.0], [3.0, f64::NAN]]);
    assert_eq!(
        refused(Panel::new("Scores").mark(nan)).to_string(),
        "panel \"Scores\", strip: expected finite values; found NaN at index 1 of group \"second\""
    );
    let zero = || Violin::new(&NAMES, &[[1.0], [0.0]]);
    assert!(matches!(
        refused(Panel::new("").y(Axis::log("")).mark(zero())),
        VizError::NotPositive { axis: "y", .. }
    ));
    assert!(matches!(
        refused(Panel::new("").x(Axis::log("")).mark(zero().horizontal())),
        VizError::NotPositive { axis: "x", .. }
    ));
    for (low, high) in [([2.0, 1.0], [0.0, 3.0]), ([0.0, 1.0], [0.9, 3.0])] {
        let panel = Panel::new("").mark(Intervals::new(&NAMES, &[1.0, 2.0], &low, &high));
        let error = Figure::new(3.0, 3.0).row(1.0, [panel]).draw().unwrap_err();
        assert!(matches!(error, VizError::Style { property: "estimate", .. }), "{error}");
    }
    let uneven = Intervals::new(&NAMES, &[1.0, 2.0], &[0.0, 1.0], &[2.0]);
    assert!(matches!(refused(Panel::new("").mark(uneven)), VizError::Length { series: "high", .. }));
    let size = Strip::new(&NAMES, &[[1.0], [2.0]]).size(0.0);
    assert!(matches!(refused(Panel::new("").mark(size)), VizError::Style { property: "size", .. }));
}
