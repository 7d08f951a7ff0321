//! Rates and fractions: ROC curves, calibration curves and the diagonal.

use crate::agreement::vertices;
use crate::frames::frames;
use crate::single;
use crate::svg::{attribute, number, parse};
use nn_viz::{Axis, Calibration, Color, Figure, Look, Panel, ReferenceLine, Roc, VizError};

fn refused(panel: Panel) -> VizError {
    Figure::new(3.0, 3.0).row(1.0, [panel]).draw().unwrap_err()
}

/// The places of the vertices of the first line of a colour, as x and y from 0 to 1.
fn line(panel: Panel, color: &str) -> Vec<(f64, f64)> {
    let axis = || Axis::linear("").range(0.0, 1.0);
    let drawing = single(3.0, 3.0, panel.x(axis()).y(axis()));
    let svg = drawing.svg();
    let document = parse(&svg);
    let [left, top, right, bottom] = frames(&drawing)[0];
    let mut paths = document.descendants().filter(|node| node.has_tag_name("path"));
    let path = paths.find(|path| attribute(*path, "stroke") == Some(color)).unwrap();
    let share = |(x, y): (f64, f64)| ((x - left) / (right - left), (bottom - y) / (bottom - top));
    vertices(path.attribute("d").unwrap()).into_iter().map(share).collect()
}

fn close(a: &[(f64, f64)], b: &[(f64, f64)]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a.0 - b.0).abs() < 1e-3 && (a.1 - b.1).abs() < 1e-3)
}

#[test]
fn a_roc_curve_passes_through_its_points_and_its_automatic_axes_show_all_rates() {
    let roc = || Roc::new("network", &[0.0, 0.0, 0.5, 1.0], &[0.0, 0.5, 0.75, 1.0], Look::nth(0));
    let found = line(Panel::new("").mark(roc()), "#0072b2");
    assert!(close(&found, &[(0.0, 0.0), (0.0, 0.5), (0.5, 0.75), (1.0, 1.0)]), "{found:?}");
    // Also if the curve ends early.
    let short = Roc::new("", &[0.2, 0.3], &[0.5, 0.6], Color::BLUE);
    let svg = single(3.0, 3.0, Panel::new("").equal_aspect().mark(short)).svg();
    assert_eq!(svg.matches("data-text=\"1.0\"").count(), 2);
    assert_eq!(svg.matches("data-text=\"0.0\"").count(), 2);
    let legend = Panel::new("").mark(roc()).legend(nn_viz::Corner::BottomRight);
    assert_eq!(single(3.0, 3.0, legend).svg().matches("data-text=\"network\"").count(), 1);
}

#[test]
fn rates_are_fractions_that_do_not_descend() {
    let roc = |x: &[f64], y: &[f64]| refused(Panel::new("a").mark(Roc::new("b", x, y, Color::BLUE)));
    assert_eq!(
        roc(&[0.0, 0.5, 1.0], &[0.0, 0.75, 0.5]).to_string(),
        "panel \"a\", ROC curve \"b\": expected true positive rates not to descend, from the strictest threshold on; \
         found 0.5 at index 2, after 0.75"
    );
    assert!(matches!(
        roc(&[1.0, 0.0], &[1.0, 1.0]),
        VizError::Descends { series: "false positive rates", .. }
    ));
    assert!(matches!(roc(&[0.0, 1.0], &[0.0, 1.5]), VizError::NotAProbability { value: 1.5, .. }));
    assert!(matches!(roc(&[0.0, 1.0], &[0.0]), VizError::Length { series: "true positive rates", .. }));
    assert!(matches!(roc(&[0.0], &[0.0]), VizError::Nothing { .. }));
    let log = Panel::new("").x(Axis::log("")).mark(Roc::new("", &[0.0, 1.0], &[0.0, 1.0], Color::BLUE));
    assert!(matches!(refused(log), VizError::FieldOnLogAxis { .. }));
}

#[test]
fn a_calibration_curve_has_a_symbol_for_each_bin_and_intervals_if_samples_are_known() {
    let curve = || Calibration::new("network", &[0.2, 0.8], &[0.5, 0.95], Color::BLUE);
    let found = line(Panel::new("").mark(curve()), "#0072b2");
    assert!(close(&found, &[(0.2, 0.5), (0.8, 0.95)]), "{found:?}");
    let svg = |curve: Calibration| single(3.0, 3.0, Panel::new("").mark(curve)).svg();
    assert_eq!(svg(curve()).matches("<circle").count(), 2);
    // Ten samples, half of class 1: the interval is that of `scipy.stats.binomtest(5, 10).proportion_ci(method="wilson")`.
    let found = line(Panel::new("").mark(curve().samples(&[10, 100])), "#0072b2");
    assert!(close(&found, &[(0.2, 0.23659), (0.2, 0.76341)]), "{found:?}");
}

#[test]
fn bins_of_a_calibration_curve_have_fractions_and_samples() {
    let curve = |x: &[f64], y: &[f64]| Calibration::new("", x, y, Color::BLUE);
    let refused = |curve: Calibration| refused(Panel::new("").mark(curve));
    assert!(matches!(refused(curve(&[], &[])), VizError::Nothing { .. }));
    assert!(matches!(refused(curve(&[0.1], &[])), VizError::Length { .. }));
    assert!(matches!(refused(curve(&[1.1], &[0.5])), VizError::NotAProbability { .. }));
    let good = || curve(&[0.1, 0.9], &[0.2, 0.8]);
    assert!(matches!(refused(good().samples(&[1])), VizError::Length { series: "samples", .. }));
    assert!(matches!(refused(good().samples(&[1, 0])), VizError::Nothing { .. }));
}

#[test]
fn the_diagonal_is_where_both_axes_have_the_same_value() {
    let diagonal = || ReferenceLine::diagonal("", Color::GREEN);
    let axis = |low: f64, high: f64| Axis::linear("").range(low, high);
    let ends = |x: Axis, y: Axis| {
        let drawing = single(3.0, 3.0, Panel::new("").x(x).y(y).mark(diagonal()));
        let svg = drawing.svg();
        let document = parse(&svg);
        // Where nothing is drawn, nothing is clipped.
        let [left, top, right, bottom] = *frames(&drawing).first()?;
        let mut paths = document.descendants().filter(|node| node.has_tag_name("path"));
        let path = paths.find(|path| attribute(*path, "stroke") == Some("#009e73"))?;
        let share = |(x, y): (f64, f64)| ((x - left) / (right - left), (bottom - y) / (bottom - top));
        Some(vertices(path.attribute("d").unwrap()).into_iter().map(share).collect::<Vec<_>>())
    };
    // From 2 on the left to 4 at the top.
    let found = ends(axis(2.0, 10.0), axis(0.0, 4.0)).unwrap();
    assert!(close(&found, &[(0.0, 0.5), (0.25, 1.0)]), "{found:?}");
    let log = |low: f64, high: f64| Axis::log("").range(low, high);
    let found = ends(log(1.0, 1e4), log(1e2, 1e6)).unwrap();
    assert!(close(&found, &[(0.5, 0.0), (1.0, 0.5)]), "{found:?}");
    assert!(ends(axis(0.0, 1.0), axis(2.0, 3.0)).is_none());
    let mixed = Panel::new("").x(Axis::log("")).mark(diagonal());
    assert!(matches!(refused(mixed), VizError::DiagonalOnMixedAxes { .. }));
    // It does not widen an axis.
    let points = || Panel::new("").points("", &[1.0, 2.0], &[30.0, 40.0], Color::BLUE);
    let place = |panel: Panel| {
        let svg = single(3.0, 3.0, panel).svg();
        let document = parse(&svg);
        let disc = document.descendants().find(|node| node.has_tag_name("circle")).unwrap();
        (number(disc, "cx"), number(disc, "cy"))
    };
    assert_eq!(place(points()), place(points().mark(diagonal())));
}
