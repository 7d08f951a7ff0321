//! NaN and infinities in every value of every mark: a gap, or an error that names the value.

use nn_viz::{Axis, Band, Boxes, Calibration, Color, Curve, Field, Figure, Images, Intervals, Lattice, Line};
use nn_viz::{Matrix, Panel, Points, ReferenceLine, Regions, Roc, Scatter, Strip, Violin, VizError};

const X: [f64; 4] = [1.0, 2.0, 3.0, 4.0];
const NOT_FINITE: [f64; 3] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

/// A series with this value in its second place.
fn with(value: f64) -> [f64; 4] {
    [1.0, value, 1.5, 3.0]
}

fn lattice() -> Lattice {
    Lattice::new((0.0, 1.0), (0.0, 1.0), 2, 2).unwrap()
}

fn svg(panel: Panel) -> Result<String, VizError> {
    Ok(Figure::new(3.0, 2.0).row(1.0, [panel]).draw()?.svg())
}

#[test]
fn a_y_that_is_not_finite_is_a_gap() {
    let one = || Panel::new("");
    let color = Color::BLUE;
    let marks: [(&str, &dyn Fn(f64) -> Panel); 9] = [
        ("line", &|v| one().mark(Line::new("", &X, &with(v), color))),
        ("points", &|v| one().mark(Points::new("", &X, &with(v), color))),
        ("scatter", &|v| one().mark(Scatter::new(&X, &with(v), &[0, 1, 0, 0], &["a", "b"]).named())),
        ("lower", &|v| one().mark(Band::new("", &X, &with(v), &[4.0; 4], color))),
        ("upper", &|v| one().mark(Band::new("", &X, &[0.5; 4], &with(v), color))),
        ("curve", &|v| one().mark(Curve::new("", &X, &with(v), color))),
        ("curve with symbols", &|v| one().mark(Curve::new("", &X, &with(v), nn_viz::Look::nth(1)))),
        ("band", &|v| one().mark(Curve::new("", &X, &[2.0; 4], color).band(&with(v), &[4.0; 4]))),
        ("interval", &|v| one().mark(Curve::new("", &X, &[2.0; 4], color).interval(&[0.5; 4], &with(v)))),
    ];
    for (name, panel) in marks {
        for axis in [Axis::linear("").range(0.1, 5.0), Axis::log(""), Axis::linear("")] {
            let svg = |value| svg(panel(value).y(axis.clone())).unwrap();
            let gap = svg(f64::NAN);
            assert!(NOT_FINITE.iter().all(|value| svg(*value) == gap), "{name}");
            assert_ne!(svg(2.0), gap, "{name}");
        }
    }
}

#[test]
fn any_other_value_that_is_not_finite_is_an_error_that_names_it() {
    let one = || Panel::new("title");
    let color = Color::BLUE;
    let lattice = lattice();
    let share = |v: f64| vec![0.5, v, 0.5, 0.5];
    let image = [0.0, 1.0];
    type Sort = fn(&VizError) -> bool;
    let x: Sort = |error| matches!(error, VizError::NotFinite { series: "x", index: 1, .. });
    let probability: Sort = |error| matches!(error, VizError::NotAProbability { .. });
    let style: Sort = |error| matches!(error, VizError::Style { .. });
    let reference: Sort = |error| matches!(error, VizError::NotFinite { index: 0, .. });
    let named: Sort = |error| matches!(error, VizError::NamedValue { index: 1, .. });
    let second: Sort = |error| matches!(error, VizError::NotFinite { index: 1, .. });
    let marks: [(Sort, &dyn Fn(f64) -> Panel); 32] = [
        (x, &|v| one().mark(Line::new("", &with(v), &X, color))),
        (x, &|v| one().mark(Points::new("", &with(v), &X, color))),
        (x, &|v| one().mark(Scatter::new(&with(v), &X, &[0; 4], &["a"]))),
        (x, &|v| one().mark(Band::new("", &with(v), &X, &X, color))),
        (x, &|v| one().mark(Curve::new("", &with(v), &X, color).band(&X, &X))),
        (reference, &|v| one().mark(ReferenceLine::vertical("", v, color))),
        (reference, &|v| one().mark(ReferenceLine::horizontal("", v, color))),
        (probability, &|v| one().mark(Field::new("", lattice, &share(v)))),
        (probability, &|v| one().mark(Regions::new(lattice, &[share(0.5), share(v)]))),
        (|error| matches!(error, VizError::Pixel { column: 1, .. }), &|v| {
            one().mark(Images::new(1, 2, &[[0.0, v]]))
        }),
        (|error| matches!(error, VizError::Greys { .. }), &|v| {
            one().mark(Images::new(1, 2, &[image]).range(v, 1.0))
        }),
        (|error| matches!(error, VizError::Greys { .. }), &|v| {
            one().mark(Images::new(1, 2, &[image]).range(0.0, v))
        }),
        (named, &|v| one().mark(Strip::new(&["a"], &[[0.5, v]]))),
        (named, &|v| one().mark(Violin::new(&["a"], &[[0.5, v]]))),
        (named, &|v| one().mark(Boxes::new(&["a"], &[[0.5, v]]))),
        (named, &|v| one().mark(Matrix::new("", &["a"], &["b", "c"], &[[0.5, v]]))),
        (second, &|v| one().mark(Intervals::new(&["a", "b"], &[0.5, v], &[0.0; 2], &[1.0; 2]))),
        (second, &|v| one().mark(Intervals::new(&["a", "b"], &[0.8; 2], &[0.0, v], &[1.0; 2]))),
        (second, &|v| one().mark(Intervals::new(&["a", "b"], &[0.5; 2], &[0.0; 2], &[1.0, v]))),
        (second, &|v| one().mark(Roc::new("", &[0.0, v], &[0.0, 1.0], color))),
        (second, &|v| one().mark(Roc::new("", &[0.0, 1.0], &[0.0, v], color))),
        (second, &|v| one().mark(Calibration::new("", &[0.0, v], &[0.0, 1.0], color))),
        (second, &|v| one().mark(Calibration::new("", &[0.0, 1.0], &[0.0, v], color))),
        (style, &|v| one().mark(Matrix::new("", &["a"], &["b"], &[[0.5]]).most(v))),
        (style, &|v| one().mark(Strip::new(&["a"], &[[0.5]]).size(v))),
        (style, &|v| one().mark(Strip::new(&["a"], &[[0.5]]).alpha(v))),
        (style, &|v| one().mark(Line::new("", &X, &X, color).width(v))),
        (style, &|v| one().mark(Points::new("", &X, &X, color).size(v))),
        (style, &|v| one().mark(Points::new("", &X, &X, color).alpha(v))),
        (style, &|v| one().mark(Band::new("", &X, &X, &X, color).alpha(v))),
        (style, &|v| one().mark(Scatter::new(&X, &X, &[0; 4], &["a"]).alpha(v))),
        (style, &|v| one().mark(Scatter::new(&X, &X, &[0; 4], &["a"]).size(v))),
    ];
    for (row, (sort, panel)) in marks.iter().enumerate() {
        for value in NOT_FINITE {
            let error = svg(panel(value)).unwrap_err();
            assert!(sort(&error), "row {row}: {error:?}");
            let line = error.to_string();
            assert!(line.contains("title") && line.contains(&value.to_string()), "row {row}: {line}");
            assert!(svg(panel(0.7)).is_ok(), "row {row}");
        }
    }
}

#[test]
fn ends_of_axes_and_lattices_are_finite() {
    for value in NOT_FINITE {
        let panel = || Panel::new("").line("", &X, &X, Color::BLUE);
        for axis in [Axis::linear("").range(value, 1.0), Axis::log("").range(0.5, value)] {
            let error = svg(panel().x(axis)).unwrap_err();
            assert!(matches!(error, VizError::Range { axis: "x", .. }), "{error}");
            assert!(error.to_string().contains(&value.to_string()), "{error}");
        }
        for ends in [(value, 1.0), (0.0, value)] {
            let error = Lattice::new((0.0, 1.0), ends, 2, 2).unwrap_err();
            assert!(error.to_string().contains(&value.to_string()), "{error}");
        }
    }
}
