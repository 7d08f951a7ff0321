//! Selectable text: the words and the places of the outlines.

use nn_viz::{Axis, Color, Figure, Panel, Scatter};

use crate::svg::{number, parse};

fn drawing() -> nn_viz::Drawing {
    let curve = Panel::new("Loss of “a < b & c”")
        .x(Axis::linear("Epoch"))
        .y(Axis::log("Cross-entropy").range(1e-3, 1.0))
        .line("", &[0.0, 9.0], &[0.9, 0.01], Color::BLUE);
    let names =
        Panel::new("").mark(Scatter::new(&[1.0, 2.0], &[1.0, 2.0], &[0, 1], &["left", "right"]).named());
    Figure::new(6.0, 3.0).row(1.0, [curve, names]).draw().unwrap()
}

#[test]
fn selectable_text_has_the_words_places_and_lengths_of_the_outlines() {
    let (outlines, selectable) = (drawing().svg(), drawing().svg_with_text());
    let (outlines, selectable) = (parse(&outlines), parse(&selectable));
    let drawn: Vec<_> = outlines.descendants().filter(|node| node.has_attribute("data-text")).collect();
    let texts: Vec<_> = selectable.descendants().filter(|node| node.has_tag_name("text")).collect();
    assert!(drawn.len() == texts.len() && drawn.len() > 15, "{}, {}", drawn.len(), texts.len());
    for (outline, text) in drawn.iter().zip(&texts) {
        let words = outline.attribute("data-text").unwrap();
        assert_eq!(text.text(), Some(words));
        assert_eq!(outline.attribute("fill"), text.attribute("fill"));
        let (place, scale) = outline.attribute("transform").unwrap().rsplit_once(" scale(").unwrap();
        assert_eq!(text.attribute("transform"), Some(place));
        // The scale turns the 2048 units of the font's em into the size.
        let scale: f64 = scale.trim_end_matches(')').parse().unwrap();
        assert!((2048.0 * scale - number(*text, "font-size")).abs() < 0.1, "{words}");
        let last = outline.children().rfind(|node| node.has_tag_name("use")).unwrap();
        let (start, length) = (number(last, "x") * scale, number(*text, "textLength"));
        assert!(length > start && length < start + 1.1 * 2048.0 * scale, "{words}: {length} after {start}");
    }
}

#[test]
fn selectable_text_names_fonts_and_needs_no_glyphs() {
    let svg = drawing().svg_with_text();
    let document = parse(&svg);
    let family = document.root_element().attribute("font-family").unwrap();
    assert!(family.starts_with("DejaVu Sans, ") && family.ends_with("sans-serif"), "{family}");
    assert!(!svg.contains("<use") && svg.len() < drawing().svg().len());
    let bold = document.descendants().filter(|node| node.attribute("font-weight") == Some("bold"));
    let bold: Vec<_> = bold.filter_map(|node| node.text()).collect();
    assert_eq!(bold, ["(a)", "left", "right", "(b)"]);
    // Names among points have a rim in the same element, so that they are selected once.
    assert_eq!(svg.matches("paint-order=\"stroke\"").count(), 2);
    assert_eq!(svg.matches(">left</text>").count(), 1);
    // Everything but text is the same.
    let shapes = |svg: &str| -> Vec<String> {
        let kept = svg.lines().filter(|line| line.starts_with("<path d") || line.starts_with("<circle"));
        kept.map(str::to_owned).collect()
    };
    assert_eq!(shapes(&svg), shapes(&drawing().svg()));
}
