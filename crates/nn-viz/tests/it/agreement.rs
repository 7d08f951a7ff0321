//! The SVG and the PNG show the same figure: shapes, letters and colours of the SVG are in the pixels of the
//! PNG.

use crate::pixels::{Pixels, apart};
use crate::svg::{DPI, SCALE, attribute, color, number, parse, pixel};
use nn_viz::{Axis, Color, Corner, Drawing, Field, Figure, Lattice, Line, Panel, Points};

fn drawing() -> Drawing {
    let x = [0.0, 1.0, 2.0, 3.0, 4.0];
    let marks = Panel::new("Marks, “a < b & c”")
        .x(Axis::linear("Epoch"))
        .y(Axis::log("Loss").range(0.05, 20.0))
        .line("line", &x, &[1.0, 0.5, 0.3, 0.25, 0.2], Color::BLUE)
        .mark(Line::new("thick", &x, &[2.0, 1.1, 0.8, 0.7, 0.6], Color::GREEN).width(3.0))
        .points("discs", &[0.5, 1.5, 2.5], &[8.0, 4.0, 12.0], Color::PURPLE)
        .mark(Points::new("halo", &[3.0, 3.5], &[6.0, 3.0], Color::ORANGE).halo().size(6.0))
        .legend(Corner::BottomLeft);
    let lattice = Lattice::new((0.0, 1.0), (0.0, 1.0), 21, 31).unwrap();
    let values: Vec<f64> = lattice.nodes().map(|(x, y)| 0.2 * x + 0.8 * y * y).collect();
    let field = Panel::new("Field").mark(Field::new("P(class 1)", lattice, &values).quartiles());
    Figure::new(6.0, 3.0).row(1.0, [marks, field]).draw().unwrap()
}

/// The points of `M x y l dx dy ..`, as absolute places.
pub(crate) fn vertices(data: &str) -> Vec<(f64, f64)> {
    let spaced = data.replace('-', " -").replace(['M', 'l', 'z'], " ");
    let numbers: Vec<f64> = spaced.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let mut place = (0.0, 0.0);
    let steps = numbers.chunks(2).map(|step| {
        place = (place.0 + step[0], place.1 + step[1]);
        place
    });
    steps.collect()
}

#[test]
fn every_disc_of_the_svg_has_its_colour_in_the_png() {
    let (svg, pixels) = (drawing().svg(), Pixels::of(&drawing(), DPI));
    let document = parse(&svg);
    let discs: Vec<_> = document.descendants().filter(|node| node.has_tag_name("circle")).collect();
    // Three and two in the panel, one each in the legend.
    assert_eq!(discs.len(), 7);
    for disc in discs {
        let (x, y, radius) = (number(disc, "cx"), number(disc, "cy"), number(disc, "r"));
        let fill = color(attribute(disc, "fill").unwrap());
        for (right, down) in [(0.0, 0.0), (-0.6, 0.0), (0.6, 0.0), (0.0, -0.6), (0.0, 0.6)] {
            let seen = pixels.at(pixel(x + right * radius), pixel(y + down * radius));
            assert!(apart(seen, fill) <= 2, "{seen:?} is not {fill:?}");
        }
        // Beyond the rim, halo included, the disc has ended.
        let outside = pixels.at(pixel(x + 1.3 * radius), pixel(y));
        assert!(apart(outside, fill) > 40, "{outside:?}");
    }
}

#[test]
fn every_line_of_the_svg_runs_through_the_png() {
    let (svg, pixels) = (drawing().svg(), Pixels::of(&drawing(), DPI));
    let document = parse(&svg);
    let mut seen = 0;
    for path in document.descendants().filter(|node| node.has_tag_name("path") && node.has_attribute("d")) {
        let Some(stroke) = attribute(path, "stroke") else { continue };
        let wide = attribute(path, "stroke-width").unwrap().parse::<f64>().unwrap() * SCALE >= 6.0;
        if !wide || attribute(path, "fill") != Some("none") {
            continue;
        }
        for pair in vertices(path.attribute("d").unwrap()).windows(2) {
            for share in [0.25, 0.5, 0.75] {
                let along = |a: f64, b: f64| a + share * (b - a);
                let place = (along(pair[0].0, pair[1].0), along(pair[0].1, pair[1].1));
                let found = pixels.at(pixel(place.0), pixel(place.1));
                assert!(apart(found, color(stroke)) <= 2, "{found:?} is not {stroke} at {place:?}");
                seen += 1;
            }
        }
    }
    // Two lines of four segments, their two swatches, and at least the contour of the field.
    assert!(seen > 3 * (2 * 4 + 2 + 20), "{seen}");
}

#[test]
fn every_letter_of_the_svg_has_ink_in_the_png() {
    let (svg, pixels) = (drawing().svg(), Pixels::of(&drawing(), DPI));
    let document = parse(&svg);
    let blank = |id: &str| {
        let glyph = document.descendants().find(|node| node.attribute("id") == Some(id)).unwrap();
        glyph.attribute("d").unwrap().is_empty()
    };
    let mut letters = 0;
    for text in document.descendants().filter(|node| node.has_attribute("data-text")) {
        let transform = text.attribute("transform").unwrap();
        let numbers: Vec<f64> = transform
            .split(|sign: char| !(sign.is_ascii_digit() || sign == '.' || sign == '-'))
            .filter_map(|number| number.parse().ok())
            .collect();
        let (x, y, size, upwards) = (numbers[0], numbers[1], numbers[numbers.len() - 1], numbers.len() == 4);
        for glyph in text.children().filter(|node| node.has_tag_name("use")) {
            let id = glyph.attribute(("http://www.w3.org/1999/xlink", "href")).unwrap();
            if blank(&id[1..]) {
                continue;
            }
            // All glyphs of DejaVu have some ink in a box 1000 wide and 2000 high above its descenders.
            let start = number(glyph, "x") * size;
            let inked = (0..1000).step_by(20).any(|right| {
                (-480..1520).step_by(20).any(|up| {
                    let (right, up) = (start + f64::from(right) * size, f64::from(up) * size);
                    let place = if upwards { (x - up, y - right) } else { (x + right, y - up) };
                    apart(pixels.at(pixel(place.0), pixel(place.1)), color("#262626")) < 60
                })
            });
            assert!(inked, "a letter of {:?} is missing", text.attribute("data-text"));
            letters += 1;
        }
    }
    assert!(letters > 80, "{letters}");
}

#[test]
fn the_svg_is_well_formed_named_and_refers_only_to_what_it_defines() {
    let svg = drawing().svg();
    let document = parse(&svg);
    let root = document.root_element();
    assert_eq!(root.attribute("width"), Some("576"));
    assert_eq!(root.attribute("height"), Some("288"));
    assert_eq!(root.attribute("viewBox"), Some("0 0 11520 5760"));
    assert_eq!(root.attribute("aria-label"), Some("Marks, “a < b & c”; Field"));
    let mut ids: Vec<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id is given twice");
    for node in document.descendants() {
        if let Some(link) = node.attribute(("http://www.w3.org/1999/xlink", "href")) {
            assert!(link.starts_with("data:image/png;base64,") || ids.contains(&&link[1..]), "{link}");
        }
        if let Some(clip) = node.attribute("clip-path") {
            assert!(ids.contains(&&clip[5..clip.len() - 1]), "{clip}");
        }
    }
}

#[test]
fn every_character_may_stand_in_a_title() {
    let all: String = ('\0'..=char::MAX).collect();
    // As XML 1.0 defines it, section 2.2, without the control characters that it discourages.
    let allowed = |c: char| !c.is_control() && !matches!(c, '\u{FFFE}' | '\u{FFFF}');
    let shown: String = all.chars().map(|c| if allowed(c) { c } else { ' ' }).collect();
    let drawing =
        Figure::new(3.0, 2.0).title(&all).row(1.0, [Panel::new("a\u{FFFE}\u{FFFF}\u{1}b")]).draw().unwrap();
    let svg = drawing.svg();
    let document = parse(&svg);
    assert_eq!(document.root_element().attribute("aria-label"), Some(shown.as_str()));
    let title = document.descendants().find(|node| node.has_tag_name("title")).unwrap();
    assert_eq!(title.text(), Some(shown.as_str()));
    let words = |node: roxmltree::Node<'_, '_>| node.attribute("data-text") == Some("a   b");
    assert!(document.descendants().any(words));
}

#[test]
fn a_description_is_named_by_the_root_and_only_there_if_it_was_set() {
    let svg = |description: Option<&str>| {
        let figure = Figure::new(3.0, 2.0).row(1.0, [Panel::new("title")]);
        let figure = match description {
            Some(text) => figure.description(text),
            None => figure,
        };
        figure.draw().unwrap().svg()
    };
    assert!(!svg(None).contains("desc"));
    let mut names = Vec::new();
    for text in ["The loss of “a < b & c”.", "Another one."] {
        let svg = svg(Some(text));
        let document = parse(&svg);
        let desc = document.descendants().find(|node| node.has_tag_name("desc")).unwrap();
        assert_eq!(desc.text(), Some(text));
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"));
        assert_eq!(root.attribute("aria-label"), Some("title"));
        assert_eq!(root.attribute("aria-describedby"), desc.attribute("id"));
        names.push(desc.attribute("id").unwrap().to_owned());
    }
    assert_ne!(names[0], names[1], "two figures in one page");
}

#[test]
fn the_field_of_the_png_blends_blue_through_white_to_orange() {
    let (svg, pixels) = (drawing().svg(), Pixels::of(&drawing(), DPI));
    let document = parse(&svg);
    let image = document.descendants().find(|node| node.has_tag_name("image")).unwrap();
    // Nodes are half a cell inside of the image: 21 columns and 31 rows.
    let (cell_x, cell_y) = (number(image, "width") / 21.0, number(image, "height") / 31.0);
    let place = |column: f64, row: f64| {
        let x = number(image, "x") + (column + 0.5) * cell_x;
        let y = number(image, "y") + (30.0 - row + 0.5) * cell_y;
        pixels.at(pixel(x), pixel(y))
    };
    let shade = |p: f64| {
        let (end, share) =
            if p < 0.5 { ([0, 114, 178], 1.0 - 2.0 * p) } else { ([213, 94, 0], 2.0 * p - 1.0) };
        end.map(|component: u8| (255.0 + 0.44 * share * (f64::from(component) - 255.0)).round() as u8)
    };
    for (column, row) in [(1.0, 1.0), (10.0, 5.0), (10.5, 5.5), (19.0, 29.0), (4.0, 28.0)] {
        let p = 0.2 * column / 20.0 + 0.8 * (row / 30.0) * (row / 30.0);
        let (seen, expected) = (place(column, row), shade(p));
        assert!(apart(seen, expected) <= 3, "p = {p}: {seen:?} is not {expected:?}");
    }
}
