//! Diagrams: boxes keep apart, lines keep off boxes, and names that make no sense are errors.

use nn_viz::{Axis, Diagram, Drawing, Figure, Panel, VizError};

fn drawn(width: f64, diagram: Diagram) -> Result<Drawing, VizError> {
    Figure::new(width, 4.0).row(1.0, [Panel::new("Network").mark(diagram)]).draw()
}

fn towers() -> Diagram {
    Diagram::new()
        .node("left", &["input", "[6]"], &[])
        .node("right", &["input", "[6]"], &[])
        .node("numbers", &["input", "[2]"], &[])
        .node("tower", &["Linear(6 → 4)", "[4]", "28 parameters"], &["left"])
        .node("of right", &["shared with tower", "[4]"], &["right"])
        .node("alike", &["Product", "[4]"], &["tower", "of right"])
        .node("all", &["Concat(1)", "[12]"], &["alike", "left", "numbers"])
        .node("class", &["Linear(12 → 3)", "[3]", "39 parameters"], &["all"])
        .node("twice", &["Sum", "[4]"], &["alike", "alike"])
}

fn count(svg: &str, part: &str) -> usize {
    svg.matches(part).count()
}

#[test]
fn every_node_has_its_texts_and_every_edge_its_arrow() {
    let svg = drawn(6.0, towers()).unwrap().svg();
    for text in ["left", "of right", "shared with tower", "Linear(12 → 3)", "39 parameters"] {
        assert_eq!(count(&svg, &format!("data-text=\"{text}\"")), 1, "{text}");
    }
    assert_eq!(count(&svg, "data-text=\"input\""), 3);
    // Nothing depends on the run.
    assert_eq!(svg, drawn(6.0, towers()).unwrap().svg());
}

#[test]
fn a_diagram_becomes_smaller_where_it_does_not_fit_and_is_refused_where_it_cannot_be_read() {
    assert!(drawn(2.0, towers()).is_ok());
    assert!(matches!(drawn(0.7, towers()), Err(VizError::Size { .. })));
    let wide =
        (0..200).fold(Diagram::new(), |diagram, index| diagram.node(index.to_string(), &["input"], &[]));
    assert!(matches!(drawn(6.0, wide), Err(VizError::Size { .. })));
}

#[test]
fn names_that_make_no_sense_are_errors() {
    let message = |diagram: Diagram| drawn(6.0, diagram).unwrap_err().to_string();
    let one = || Diagram::new().node("a", &[], &[]);
    assert_eq!(message(Diagram::new()), "panel \"Network\", diagram: expected at least one node; found none");
    assert_eq!(
        message(one().node("b", &[], &["c"]).node("c", &[], &[])),
        "panel \"Network\", diagram: expected the names of nodes before it in node \"b\"; found \"c\""
    );
    assert_eq!(
        message(one().node("a", &[], &[])),
        "panel \"Network\", diagram: expected a name that no node before it has in node \"a\"; found \"a\""
    );
    assert!(message(one().node("b", &[], &[&"x".repeat(1000)])).len() < 300);
    let axes = Panel::new("").x(Axis::linear("x")).mark(one());
    assert!(matches!(Figure::new(3.0, 3.0).row(1.0, [axes]).draw(), Err(VizError::OwnAxes { .. })));
    let two = Panel::new("").mark(one()).mark(one());
    assert!(matches!(Figure::new(3.0, 3.0).row(1.0, [two]).draw(), Err(VizError::NotAlone { .. })));
    assert!(drawn(6.0, one()).is_ok());
}
