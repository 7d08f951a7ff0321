//! Confusion matrices and grids of images: the place and the shade of each value, and the room for words.

use crate::pixels::{Pixels, apart};
use crate::single;
use crate::svg::{DPI, SCALE, color, number, origin, parse, pixel};
use nn_viz::{Axis, Confusion, Drawing, Images, Panel};

fn matrix() -> Confusion {
    Confusion::new(&["cat", "dog"], &[[30, 10], [0, 5]])
}

#[test]
fn rows_are_true_classes_from_the_top_and_columns_are_predicted_ones() {
    let axes = Panel::new("").x(Axis::linear("Predicted")).y(Axis::linear("True"));
    let svg = single(3.0, 3.0, axes.mark(matrix())).svg();
    let document = parse(&svg);
    let [a, b, c, d] = ["30", "10", "0", "5"].map(|count| origin(&document, count));
    assert!(a.0 < b.0 && c.0 < d.0 && a.1 < c.1 && b.1 < d.1);
    assert_eq!((a.1, c.1), (b.1, d.1));
    for words in ["Predicted", "True", "cat", "dog"] {
        assert!(svg.contains(&format!("data-text=\"{words}\"")), "{words}");
    }
}

/// The colours of the four cells, row by row, as the SVG states them and the PNG shows them.
fn shades(confusion: Confusion) -> Vec<[u8; 3]> {
    let drawing = single(3.0, 3.0, Panel::new("").mark(confusion));
    let (svg, pixels) = (drawing.svg(), Pixels::of(&drawing, DPI));
    let document = parse(&svg);
    let cells = document.descendants().filter(|node| node.attribute("stroke") == Some("#e2e8ee"));
    let shades =
        cells.flat_map(|cell| cell.descendants().filter(|node| node.has_tag_name("path"))).map(|cell| {
            let fill = color(cell.ancestors().find_map(|node| node.attribute("fill")).unwrap());
            let corner = cell.attribute("d").unwrap()[1..].split('l').next().unwrap();
            let (x, y) = corner.split_once(' ').unwrap();
            let (x, y): (f64, f64) = (x.parse().unwrap(), y.parse().unwrap());
            // A place inside of the cell and away from its count.
            let seen = pixels.at(pixel(x + 300.0), pixel(y + 300.0));
            assert!(apart(seen, fill) <= 1, "{seen:?} is not {fill:?}");
            fill
        });
    shades.collect()
}

#[test]
fn more_is_darker_and_shares_of_the_row_treat_rare_classes_alike() {
    let dark = |shade: &[u8; 3]| 3 * 255 - shade.iter().map(|&c| u32::from(c)).sum::<u32>();
    let counts: Vec<u32> = shades(matrix()).iter().map(dark).collect();
    assert!(counts[0] > counts[1] && counts[1] > counts[3] && counts[3] > counts[2], "{counts:?}");
    assert_eq!(counts[2], 0);
    let shares: Vec<u32> = shades(matrix().row_shares()).iter().map(dark).collect();
    assert!(shares[3] > shares[0] && shares[0] > shares[1] && shares[1] > shares[2], "{shares:?}");
    assert_eq!(shares[3], counts[0], "all of a row is as dark as the largest count");
    // A class without samples does not divide by zero.
    let empty = Confusion::new(&["a", "b"], &[[3, 0], [0, 0]]).row_shares();
    assert_eq!(shades(empty)[2..], [[255; 3]; 2]);
}

#[test]
fn only_shares_have_a_colour_bar() {
    let svg = |confusion| single(3.0, 3.0, Panel::new("").mark(confusion)).svg();
    assert!(!svg(matrix()).contains("<image"));
    let shares = svg(matrix().row_shares());
    assert!(shares.contains("<image") && shares.contains("data-text=\"Share of row\""));
}

#[test]
fn long_names_turn_and_no_word_is_cut_off_at_the_edge() {
    let names = ["T-shirt/top", "Trouser", "Pullover", "Ankle boot"];
    let counts = [[123_456_789, 1, 2, 3], [0; 4], [0; 4], [0; 4]];
    let panel = |names: &[&str]| {
        let axes = Panel::new("").x(Axis::linear("Predicted")).y(Axis::linear("True"));
        axes.mark(Confusion::new(names, &counts))
    };
    let turned = |svg: &str, name: &str| {
        svg.lines().filter(|line| line.contains(&format!("\"{name}\"")) && line.contains("rotate")).count()
    };
    let long = single(2.5, 2.5, panel(&names));
    assert_eq!(turned(&long.svg(), "Trouser"), 1, "below the matrix, not beside it");
    assert_eq!(turned(&single(2.5, 2.5, panel(&["a", "b", "c", "d"])).svg(), "b"), 0);
    let captions = ["a caption longer than its image", "b → c"];
    let images = Images::new(1, 1, &[[0.0], [1.0]]).captions(&captions);
    let gap = |drawing: &Drawing| {
        let pixels = Pixels::of(drawing, 150.0);
        let edge = |x, y| x == 0 || y == 0 || x + 1 == pixels.width || y + 1 == pixels.height;
        let all = (0..pixels.height).flat_map(|y| (0..pixels.width).map(move |x| (x, y)));
        all.filter(|&(x, y)| edge(x, y)).all(|(x, y)| pixels.at(x, y) == [255; 3])
    };
    assert!(gap(&long) && gap(&single(1.2, 1.2, Panel::new("").mark(images))));
}

#[test]
fn every_pixel_of_an_image_is_a_crisp_square_of_its_grey() {
    let images = [[0.0, 0.5, 1.0, 0.25, 2.0, -1.0], [1.0, 1.0, 0.0, 0.0, 0.75, 0.75]];
    for inverted in [false, true] {
        let mark = Images::new(2, 3, &images).range(0.0, 1.0).captions(&["3 → 8", ""]);
        let mark = if inverted { mark.inverted() } else { mark };
        let drawing = single(3.0, 2.0, Panel::new("").mark(mark));
        let (svg, pixels) = (drawing.svg(), Pixels::of(&drawing, DPI));
        let document = parse(&svg);
        let shown: Vec<_> = document.descendants().filter(|node| node.has_tag_name("image")).collect();
        assert_eq!(shown.len(), 2);
        for (image, node) in images.iter().zip(shown) {
            let (width, height) = (number(node, "width") / 3.0, number(node, "height") / 2.0);
            assert!((width - height).abs() < 1.0, "{width} by {height}");
            for (index, value) in image.iter().enumerate() {
                let (left, top) = (
                    number(node, "x") + (index % 3) as f64 * width,
                    number(node, "y") + (index / 3) as f64 * height,
                );
                let level = if inverted { 1.0 - value } else { *value };
                let grey = (level.clamp(0.0, 1.0) * 255.0).round() as u8;
                // Nothing blends, not even two pixels from each side.
                let rim = 2.0 / SCALE;
                for (x, y) in
                    [(rim, rim), (width - rim, rim), (0.5 * width, 0.5 * height), (rim, height - rim)]
                {
                    let seen = pixels.at(pixel(left + x), pixel(top + y));
                    assert!(apart(seen, [grey; 3]) <= 1, "{seen:?} is not {grey}");
                }
            }
        }
        assert!(svg.contains("image-rendering:pixelated"));
        assert_eq!(svg.matches("data-text=\"3 → 8\"").count(), 1);
    }
}

#[test]
fn images_are_as_many_to_a_row_as_asked_and_keep_within_their_panel() {
    let images = vec![[0.0, 1.0, 1.0, 0.0]; 7];
    let panel = |columns: Option<usize>| {
        let mark = Images::new(2, 2, &images);
        Panel::new("").mark(match columns {
            Some(columns) => mark.columns(columns),
            None => mark,
        })
    };
    for (columns, rows) in [(Some(7), 1), (Some(3), 3), (Some(9), 1), (None, 2)] {
        let svg = single(4.0, 2.2, panel(columns)).svg();
        let document = parse(&svg);
        let shown: Vec<_> = document.descendants().filter(|node| node.has_tag_name("image")).collect();
        let mut tops: Vec<i64> = shown.iter().map(|node| number(*node, "y") as i64).collect();
        tops.dedup();
        assert_eq!(tops.len(), rows, "{columns:?}");
        for node in shown {
            assert!(number(node, "x") + number(node, "width") <= 4.0 * 1920.0);
            assert!(number(node, "y") + number(node, "height") <= 2.2 * 1920.0);
        }
    }
}

#[test]
fn a_hundred_images_make_a_file_of_reasonable_size() {
    let image = |seed: usize| -> Vec<f64> {
        let distance = |i: usize| (i / 28).abs_diff(14) + (i % 28).abs_diff(6 + seed % 16);
        (0..784).map(|i| 1.0 / (1.0 + distance(i) as f64)).collect()
    };
    let images: Vec<Vec<f64>> = (0..100).map(image).collect();
    let bytes = single(7.2, 4.0, Panel::new("").mark(Images::new(28, 28, &images))).svg().len();
    assert!(bytes < 300_000, "{bytes}");
}
