//! Everything that keeps a figure from being drawn has its own error, found before any drawing.

use nn_viz::{Axis, Band, Color, Field, Figure, Lattice, Line, Panel, Points, VizError};

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
    assert_eq!(error.to_string(), "panel \"Loss\", line \"train\": 3 values of x, but 2 of y");
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
    // Each value of one curve of the band lacks its partner.
    let band = Panel::new("").band("", &X, &[1.0, f64::NAN, 1.0], &[f64::NAN, 1.0, f64::NAN], Color::BLUE);
    assert!(matches!(refused(band), VizError::Nothing { .. }));
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
    // A gap is no value, whatever its sign.
    let gap = line(&X, &[1.0, f64::NEG_INFINITY, 2.0]).y(log());
    assert!(Figure::new(3.0, 2.0).row(1.0, [gap]).draw().is_ok());
}

#[test]
fn a_range_must_ascend_and_suit_its_axis() {
    let ranges =
        [(1.0, 1.0), (2.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY), (-1e308, 1e308), (1.0, 1.0 + 1e-15)];
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
