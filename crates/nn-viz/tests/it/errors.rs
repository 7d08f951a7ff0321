//! Every reason for which a figure cannot be drawn has its own error, found before anything is drawn.

use nn_viz::{Axis, Band, Color, Confusion, Curve, Field, Figure, Images, Lattice, Line, Panel, Points};
use nn_viz::{ReferenceLine, Regions, Scatter, VizError};

const X: [f64; 3] = [1.0, 2.0, 3.0];

fn refused(panel: Panel) -> VizError {
    Figure::new(3.0, 2.0).row(1.0, [panel]).draw().unwrap_err()
}

fn line(x: &[f64], y: &[f64]) -> Panel {
    Panel::new("Loss").line("train", x, y, Color::BLUE)
}

#[test]
fn lengths_must_agree() {
    let error = refused(line(&X, &[1.0, 2.0]));
    assert_eq!(
        error.to_string(),
        "panel \"Loss\", line \"train\": expected 3 entries in y, as many as in x; found 2"
    );
    let band = Panel::new("").band("", &X, &X, &[1.0], Color::BLUE);
    assert!(matches!(refused(band), VizError::Length { series: "upper", expected: 3, found: 1, .. }));
    let lattice = Lattice::new((0.0, 1.0), (0.0, 1.0), 4, 5).unwrap();
    let field = Panel::new("").mark(Field::new("", lattice, &[0.5; 19]));
    assert!(matches!(refused(field), VizError::Length { expected: 20, found: 19, .. }));
}

#[test]
fn a_mark_needs_something_to_show() {
    assert!(matches!(refused(line(&[], &[])), VizError::Nothing { .. }));
    assert!(matches!(refused(line(&X, &[f64::NAN; 3])), VizError::Nothing { .. }));
    // At every index, one of the two values is missing.
    let band = Panel::new("").band("", &X, &[1.0, f64::NAN, 1.0], &[f64::NAN, 1.0, f64::NAN], Color::BLUE);
    assert!(matches!(refused(band), VizError::Nothing { .. }));
}

#[test]
fn messages_keep_only_the_beginning_of_long_titles_and_labels() {
    let long = "é\n".repeat(1_000_000);
    let panel = Panel::new(&*long).line(&*long, &[1.0], &[1.0, 2.0], Color::BLUE);
    let line = refused(panel).to_string();
    assert!(line.len() < 1000 && line.contains('…') && line.ends_with("found 2"), "{line}");
    let panel = Panel::new(&*long).line("", &X, &X, Color::BLUE).x(Axis::linear("").range(2.0, 1.0));
    let line = refused(panel).to_string();
    assert!(line.len() < 1000 && line.ends_with("found 2.0 to 1.0"), "{line}");
    // The title itself may be as long as it likes.
    assert!(Figure::new(3.0, 2.0).row(1.0, [Panel::new("m".repeat(3_000_000))]).draw().is_ok());
}

#[test]
fn x_must_be_finite() {
    let error = refused(line(&[1.0, f64::INFINITY, 3.0], &X));
    assert!(matches!(error, VizError::NotFinite { series: "x", index: 1, .. }));
}

#[test]
fn a_logarithmic_axis_has_no_zero() {
    let log = || Axis::log("");
    for y in [0.0, -1.0] {
        let error = refused(line(&X, &[1.0, y, 2.0]).y(log()));
        assert!(matches!(error, VizError::NotPositive { axis: "y", value, .. } if value == y));
    }
    assert!(matches!(refused(line(&[0.0, 1.0, 2.0], &X).x(log())), VizError::NotPositive { axis: "x", .. }));
    // A gap has no value, so its sign does not matter.
    let gap = line(&X, &[1.0, f64::NEG_INFINITY, 2.0]).y(log());
    assert!(Figure::new(3.0, 2.0).row(1.0, [gap]).draw().is_ok());
}

#[test]
fn a_range_must_ascend_and_suit_its_axis() {
    let ranges =
        [(1.0, 1.0), (2.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY), (0.0, 1e-310), (1.0, 1.0 + 1e-15)];
    for (low, high) in ranges {
        let error = refused(line(&X, &X).x(Axis::linear("").range(low, high)));
        assert!(matches!(error, VizError::Range { axis: "x", .. }), "{low} to {high}");
    }
    let error = refused(line(&X, &X).y(Axis::log("").range(0.0, 1.0)));
    assert!(matches!(error, VizError::Range { axis: "y", .. }));
}

#[test]
fn widths_sizes_and_opacities_have_bounds() {
    let draw = |panel: Panel| Figure::new(3.0, 2.0).row(1.0, [panel]).draw();
    for (value, length, opacity) in
        [(0.5, true, true), (0.0, false, true), (2.0, true, false), (-1.0, false, false)]
    {
        let line = Panel::new("").mark(Line::new("", &X, &X, Color::INK).width(value));
        let points = Panel::new("").mark(Points::new("", &X, &X, Color::INK).size(value));
        let faint = Panel::new("").mark(Points::new("", &X, &X, Color::INK).alpha(value));
        let band = Panel::new("").mark(Band::new("", &X, &X, &X, Color::INK).alpha(value));
        let drawn = [line, points, faint, band].map(|panel| draw(panel).is_ok());
        assert_eq!(drawn, [length, length, opacity, opacity], "{value}");
    }
    let error = refused(Panel::new("").mark(Line::new("", &X, &X, Color::INK).width(f64::NAN)));
    assert!(matches!(error, VizError::Style { property: "width", .. }));
    assert_eq!(
        error.to_string(),
        "panel \"\", line: expected the width to be more than 0 and at most 72 points; found NaN"
    );
}

#[test]
fn a_field_holds_probabilities_over_linear_axes() {
    let lattice = Lattice::new((1.0, 2.0), (1.0, 2.0), 2, 2).unwrap();
    let field = |value| Panel::new("").mark(Field::new("", lattice, &[0.0, 1.0, 0.5, value]));
    for value in [1.1, -0.1, f64::NAN] {
        assert!(matches!(refused(field(value)), VizError::NotAProbability { .. }), "{value}");
    }
    assert!(Figure::new(3.0, 2.0).row(1.0, [field(1.0 + 1e-9)]).draw().is_ok());
    assert!(matches!(refused(field(0.5).x(Axis::log(""))), VizError::FieldOnLogAxis { .. }));
}

#[test]
fn a_lattice_spans_an_area() {
    for (x, columns, rows) in
        [((0.0, 1.0), 1, 5), ((0.0, 1.0), 5, 0), ((1.0, 1.0), 5, 5), ((0.0, f64::NAN), 5, 5)]
    {
        assert!(matches!(Lattice::new(x, (0.0, 1.0), columns, rows), Err(VizError::Lattice { .. })));
    }
}

#[test]
fn a_figure_has_a_size_and_panels_that_fit() {
    for (width, height) in
        [(0.0, 2.0), (3.0, -1.0), (f64::NAN, 2.0), (3.0, f64::INFINITY), (0.4, 2.0), (3.0, 0.3)]
    {
        let figure = Figure::new(width, height).row(1.0, [line(&X, &X)]);
        assert!(matches!(figure.draw(), Err(VizError::Size { .. })), "{width} by {height}");
    }
    assert!(matches!(Figure::new(3.0, 2.0).draw(), Err(VizError::NoPanel { row: None })));
    assert!(matches!(Figure::new(3.0, 2.0).row(1.0, []).draw(), Err(VizError::NoPanel { row: Some(0) })));
    for height in [0.0, -1.0, f64::NAN] {
        let figure = Figure::new(3.0, 2.0).row(height, [line(&X, &X)]);
        assert!(matches!(figure.draw(), Err(VizError::RowHeight { row: 0, .. })));
    }
}

#[test]
fn a_resolution_gives_a_sensible_image() {
    let drawing = Figure::new(3.0, 2.0).row(1.0, [line(&X, &X)]).draw().unwrap();
    for dpi in [0.0, -300.0, f64::NAN, f64::INFINITY, 0.1, 6000.0, 1e9] {
        assert!(matches!(drawing.png(dpi), Err(VizError::Resolution { .. })), "{dpi}");
    }
}

#[test]
fn a_curve_is_checked_with_its_bands() {
    let curve = || Curve::new("train", &X, &X, Color::BLUE);
    let error = refused(Panel::new("").mark(curve().band(&X, &[1.0])));
    assert!(matches!(error, VizError::Length { series: "upper", found: 1, .. }));
    let error = refused(Panel::new("").mark(curve().interval(&[f64::NAN; 3], &X)));
    assert!(matches!(error, VizError::Nothing { .. }));
    let error = refused(Panel::new("").y(Axis::log("")).mark(curve().band(&[0.0; 3], &X)));
    assert!(matches!(error, VizError::NotPositive { axis: "y", .. }));
}

#[test]
fn a_reference_line_has_a_value_that_its_axis_can_show() {
    for line in [
        ReferenceLine::vertical("", f64::NAN, Color::INK),
        ReferenceLine::horizontal("", f64::INFINITY, Color::INK),
    ] {
        assert!(matches!(refused(Panel::new("").mark(line)), VizError::NotFinite { .. }));
    }
    let error =
        refused(Panel::new("").y(Axis::log("")).mark(ReferenceLine::horizontal("chance", 0.0, Color::INK)));
    assert_eq!(
        error.to_string(),
        "panel \"\", reference line \"chance\": expected positive values on the logarithmic y axis; found 0"
    );
}

#[test]
fn points_belong_to_classes_that_have_names_and_colours() {
    let scatter =
        |classes: &[usize], names: &[&str]| Panel::new("Codes").mark(Scatter::new(&X, &X, classes, names));
    let error = refused(scatter(&[0, 1, 2], &["a", "b"]));
    assert_eq!(
        error.to_string(),
        "panel \"Codes\", scatter: expected classes below 2, the number of names; found class 2 at point 2"
    );
    assert!(matches!(refused(scatter(&[0, 1], &["a", "b"])), VizError::Length { series: "classes", .. }));
    let error = refused(scatter(&[0; 3], &["a"; 11]));
    assert!(matches!(error, VizError::TooManyClasses { classes: 11, most: 10, .. }));
    let empty = Panel::new("").mark(Scatter::new(&[], &[], &[], &["a"]));
    assert!(matches!(refused(empty), VizError::Nothing { .. }));
    let infinite = Panel::new("").mark(Scatter::new(&[f64::NAN], &[1.0], &[0], &["a"]));
    assert!(matches!(refused(infinite), VizError::NotFinite { series: "x", .. }));
}

#[test]
fn regions_have_a_probability_of_each_class_at_each_node() {
    let lattice = Lattice::new((1.0, 2.0), (1.0, 2.0), 2, 2).unwrap();
    let regions = |classes: &[Vec<f64>]| Panel::new("").mark(Regions::new(lattice, classes));
    let error = refused(regions(&[vec![0.5; 4], vec![0.5; 3]]));
    assert_eq!(error.to_string(), "panel \"\", regions: expected 4 values in class 1; found 3");
    for few in [vec![], vec![vec![0.5; 4]]] {
        assert!(matches!(refused(regions(&few)), VizError::Nothing { .. }));
    }
    assert!(matches!(refused(regions(&vec![vec![0.1; 4]; 11])), VizError::TooManyClasses { .. }));
    let nan = vec![0.5, f64::NAN, 0.5, 0.5];
    assert!(matches!(refused(regions(&[vec![0.5; 4], nan])), VizError::NotAProbability { .. }));
    let log = regions(&vec![vec![0.5; 4]; 2]).x(Axis::log(""));
    assert!(matches!(refused(log), VizError::FieldOnLogAxis { .. }));
}

#[test]
fn a_confusion_matrix_is_square_and_alone() {
    let matrix = |rows: &[Vec<usize>]| Panel::new("").mark(Confusion::new(&["a", "b"], rows));
    assert!(matches!(refused(matrix(&[vec![1, 2]])), VizError::Length { series: "rows", found: 1, .. }));
    let error = refused(matrix(&[vec![1, 2], vec![3]]));
    assert!(matches!(error, VizError::Ragged { part: "row", index: 1, expected: 2, found: 1, .. }));
    let none: [&str; 0] = [];
    let rows: [[usize; 0]; 0] = [];
    assert!(matches!(refused(Panel::new("").mark(Confusion::new(&none, &rows))), VizError::Nothing { .. }));
    let whole = || matrix(&[vec![1, 2], vec![3, 4]]);
    let line = |panel: Panel| panel.line("", &X, &X, Color::INK);
    assert!(matches!(refused(line(whole())), VizError::NotAlone { .. }));
    let before = line(Panel::new("")).mark(Confusion::new(&["a"], &[[1]]));
    assert!(matches!(refused(before), VizError::NotAlone { .. }));
    let error = refused(whole().y(Axis::linear("True").range(0.0, 1.0)));
    assert_eq!(
        error.to_string(),
        "panel \"\", confusion matrix: expected no settings of the y axis, because the mark has its own; remove them"
    );
    assert!(matches!(refused(whole().x(Axis::log(""))), VizError::OwnAxes { axis: "x", .. }));
}

#[test]
fn images_are_of_one_size_and_finite() {
    let images = |images: &[Vec<f64>]| Images::new(2, 2, images);
    let refused = |images: Images| refused(Panel::new("Digits").mark(images));
    let good = vec![0.0, 1.0, 0.5, 0.2];
    let error = refused(images(&[good.clone(), vec![0.0; 3]]));
    assert_eq!(error.to_string(), "panel \"Digits\", images: expected 4 values in image 1; found 3");
    let error = refused(images(&[good.clone(), vec![0.0, 1.0, f64::NAN, 0.0]]));
    assert_eq!(
        error.to_string(),
        "panel \"Digits\", images: expected finite pixels; found NaN in image 1, row 1, column 0"
    );
    assert!(matches!(refused(images(&[])), VizError::Nothing { .. }));
    let empty: [[f64; 0]; 1] = [[]];
    assert!(matches!(refused(Images::new(0, 3, &empty)), VizError::Nothing { .. }));
    let one = || images(std::slice::from_ref(&good));
    assert!(matches!(refused(one().columns(0)), VizError::Style { property: "number of columns", .. }));
    for (black, white) in [(1.0, 1.0), (1.0, 0.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
        assert!(matches!(refused(one().range(black, white)), VizError::Greys { .. }), "{black} to {white}");
    }
    let error = refused(one().range(1e300, 1e-300));
    assert_eq!(
        error.to_string(),
        "panel \"Digits\", images: expected greys from a smaller to a larger finite value; found 1e300 to 1e-300"
    );
    let error = refused(one().captions(&["a", "b"]));
    assert!(matches!(error, VizError::Length { series: "captions", expected: 1, found: 2, .. }));
    let labelled = Panel::new("").x(Axis::linear("x")).mark(one());
    assert!(matches!(super::errors::refused(labelled), VizError::OwnAxes { axis: "x", .. }));
    let crowd = Panel::new("").mark(images(&vec![good.clone(); 400]).columns(400));
    assert!(matches!(super::errors::refused(crowd), VizError::Size { .. }));
    assert!(matches!(refused(Images::new(usize::MAX, 2, &[good])), VizError::Ragged { .. }));
    // Images of a single value are grey, which is not an error.
    let flat = Figure::new(2.0, 2.0).row(1.0, [Panel::new("").mark(images(&[vec![3.0; 4]]))]);
    assert!(flat.draw().is_ok());
}
