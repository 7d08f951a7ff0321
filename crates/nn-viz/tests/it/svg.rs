//! A parsed SVG, for tests that compare it with the pixels of the PNG.

use roxmltree::{Document, Node, ParsingOptions};

pub(crate) const DPI: f64 = 400.0;
/// Pixels per unit of the SVG's view box: 20 units to a CSS pixel, 96 of those to an inch.
pub(crate) const SCALE: f64 = DPI / (96.0 * 20.0);

pub(crate) fn parse(svg: &str) -> Document<'_> {
    Document::parse_with_options(svg, ParsingOptions::default()).unwrap()
}

pub(crate) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.ancestors().find_map(|node| node.attribute(name))
}

pub(crate) fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap().parse().unwrap()
}

pub(crate) fn color(text: &str) -> [u8; 3] {
    [1, 3, 5].map(|start| u8::from_str_radix(&text[start..start + 2], 16).unwrap())
}

pub(crate) fn pixel(units: f64) -> usize {
    (units * SCALE) as usize
}

/// The start of the base line of the first text with these words, in units of the view box.
pub(crate) fn origin(document: &Document<'_>, words: &str) -> (f64, f64) {
    let text = document.descendants().find(|node| node.attribute("data-text") == Some(words)).unwrap();
    let transform = text.attribute("transform").unwrap();
    let place = transform.trim_start_matches("translate(").split(')').next().unwrap();
    let (x, y) = place.split_once(' ').unwrap();
    (x.parse().unwrap(), y.parse().unwrap())
}
