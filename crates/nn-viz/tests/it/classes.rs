//! Points and regions of several classes.

use crate::pixels::{Pixels, apart};
use crate::single;
use crate::svg::{DPI, SCALE, color, origin, parse, pixel};
use nn_viz::{Axis, Color, Corner, Figure, Lattice, Look, Panel, Points, Regions, Scatter};

const NAMES: [&str; 3] = ["zero", "one", "two"];

#[test]
fn the_legend_names_the_classes_that_have_points() {
    let scatter = Scatter::new(&[0.0, 1.0, 2.0], &[0.0, 1.0, f64::NAN], &[0, 2, 1], &NAMES);
    let svg = single(3.0, 3.0, Panel::new("").mark(scatter).legend(Corner::TopLeft)).svg();
    for (name, named) in [("zero", true), ("one", false), ("two", true)] {
        assert_eq!(svg.contains(&format!("data-text=\"{name}\"")), named, "{name}");
    }
    // One point and one glyph in the colour of class 0 and of class 2; the point of class 1 is left out.
    let document = parse(&svg);
    let discs = |fill: &str| {
        let circles = document.descendants().filter(|node| node.has_tag_name("circle"));
        circles.filter(|node| node.ancestors().any(|node| node.attribute("fill") == Some(fill))).count()
    };
    assert_eq!([discs("#0072b2"), discs("#d55e00"), discs("#009e73")], [2, 0, 2]);
}

#[test]
fn a_name_stands_at_the_median_of_its_points_and_not_in_the_legend() {
    let (x, y) = ([1.0, 2.0, 9.0, 0.0, 4.0], [1.0, 8.0, 3.0, 5.0, 7.0]);
    let axes = || {
        let range = |label| Axis::linear(label).range(0.0, 10.0);
        Panel::new("").x(range("")).y(range("")).legend(Corner::TopLeft)
    };
    let drawing =
        single(3.0, 3.0, axes().mark(Scatter::new(&x, &y, &[0, 0, 0, 2, 2], &["O", "I", "H"]).named()));
    let svg = drawing.svg();
    let document = parse(&svg);
    assert_eq!(svg.matches("data-text=\"O\"").count(), 1);
    assert_eq!(svg.matches("data-text=\"I\"").count(), 0);
    // The median of class 0 is at 2 on the horizontal axis and at 3 on the vertical one. The ticks tell the
    // places.
    let (o, h) = (origin(&document, "O"), origin(&document, "H"));
    let (two, ten) = (origin(&document, "2").0, origin(&document, "4").0);
    assert!((h.0 - o.0).abs() < 200.0, "both medians are 2: {o:?}, {h:?}");
    assert!((o.0 - two).abs() < 0.25 * (ten - two), "{o:?} is not above the tick 2 at {two}");
    assert!(h.1 < o.1, "6 is above 3");
    // Each letter has a white halo, which has no `data-text` of its own.
    assert_eq!(svg.matches("stroke=\"#fff\"").count(), 2);
}

#[test]
fn each_region_has_its_classs_colour_and_the_boundary_is_where_two_are_equal() {
    let lattice = Lattice::new((0.0, 1.0), (0.0, 1.0), 101, 101).unwrap();
    let values = |p: fn(f64, f64) -> f64| -> Vec<f64> { lattice.nodes().map(|(x, y)| p(x, y)).collect() };
    // Class 0 is certain on the left, class 1 on the lower right, class 2 on the upper right.
    let zero = values(|x, _| if x < 0.5 { 1.0 } else { 0.0 });
    let one = values(|x, y| if x >= 0.5 && y < 0.5 { 1.0 } else { 0.0 });
    let two = values(|x, y| if x >= 0.5 && y >= 0.5 { 1.0 } else { 0.0 });
    let drawing = single(3.0, 3.0, Panel::new("").mark(Regions::new(lattice, &[zero, one, two])));
    let (svg, pixels) = (drawing.svg(), Pixels::of(&drawing, DPI));
    let document = parse(&svg);
    let clip = document.descendants().find(|node| node.has_tag_name("clipPath")).unwrap();
    let id: Vec<f64> =
        clip.attribute("id").unwrap()[1..].split('-').map(|part| part.parse().unwrap()).collect();
    let at = |x: f64, y: f64| (id[0] + x * (id[2] - id[0]), id[3] - y * (id[3] - id[1]));
    for (class, x, y) in [(0, 0.2, 0.3), (1, 0.8, 0.2), (2, 0.7, 0.9)] {
        let hex = ["#0072b2", "#d55e00", "#009e73"][class];
        let tint = color(hex).map(|c| (255.0 + 0.44 * (f64::from(c) - 255.0)).round() as u8);
        let (x, y) = at(x, y);
        assert!(apart(pixels.at(pixel(x), pixel(y)), tint) <= 2, "class {class}");
    }
    // The boundary is half a cell left of x = 0.5 and half a cell below y = 0.5, and never along the frame.
    let ink = |x: f64, y: f64| {
        let (x, y) = at(x, y);
        let near = (-3..=3).map(|right| pixels.at(pixel(x + f64::from(right) / SCALE), pixel(y)));
        near.into_iter().any(|seen| apart(seen, [0x26; 3]) <= 40)
    };
    assert!(ink(0.495, 0.2) && ink(0.495, 0.8) && ink(0.75, 0.495));
    assert!(!ink(0.25, 0.495) && !ink(0.9, 0.8));
}

#[test]
fn a_region_without_any_preference_is_white() {
    let lattice = Lattice::new((0.0, 1.0), (0.0, 1.0), 3, 3).unwrap();
    let drawing = single(3.0, 3.0, Panel::new("").mark(Regions::new(lattice, &vec![[0.1; 9]; 10])));
    let pixels = Pixels::of(&drawing, 100.0);
    assert_eq!(pixels.at(pixels.width / 2, pixels.height / 2), [255; 3]);
    assert_eq!(Color::CLASSES.len(), 10);
}

#[test]
fn more_than_six_classes_have_shapes() {
    let drawn = |classes: usize, named: bool| {
        let x: Vec<f64> = (0..classes).map(|class| class as f64).collect();
        let members: Vec<usize> = (0..classes).collect();
        let names: Vec<String> = members.iter().map(|class| format!("class {class}")).collect();
        let scatter = Scatter::new(&x, &x, &members, &names);
        let scatter = if named { scatter.named() } else { scatter };
        let legend = if named { Corner::Emptiest } else { Corner::Beside };
        single(4.0, 3.0, Panel::new("").mark(scatter).legend(legend)).svg()
    };
    // Classes and their glyphs in the legend.
    assert_eq!(drawn(6, false).matches("<circle").count(), 12);
    assert_eq!(drawn(6, true).matches("<circle").count(), 6);
    // Of ten classes, two are discs.
    assert_eq!(drawn(10, false).matches("<circle").count(), 4);
    assert_eq!(drawn(7, true).matches("<circle").count(), 2);
}

#[test]
fn more_than_six_series_of_points_need_symbols() {
    let draw = |count: usize, points: &dyn Fn(usize) -> Points| {
        let panel = (0..count).fold(Panel::new("a"), |panel, index| panel.mark(points(index)));
        Figure::new(3.0, 3.0).row(1.0, [panel]).draw()
    };
    let points = |label: String, look: Look| Points::new(label, &[1.0], &[1.0], look);
    let discs = |index: usize| points(index.to_string(), Color::BLUE.into());
    assert!(draw(6, &discs).is_ok());
    assert_eq!(
        draw(7, &discs).unwrap_err().to_string(),
        "panel \"a\": expected at most 6 series of points with the same symbol; found 7; \
         give each the symbol of its Look::nth"
    );
    let drawing = draw(10, &|index| points(index.to_string(), Look::nth(index))).unwrap();
    assert_eq!(drawing.svg().matches("<circle").count(), 2);
    // Marks with one label are one series, and marks without are no series.
    assert!(draw(9, &|index| points((index % 3).to_string(), Color::BLUE.into())).is_ok());
    assert!(draw(9, &|_| points(String::new(), Color::BLUE.into())).is_ok());
}
