//! Matrices of numbers and images of signed values: the colour of each value, names, and the colour bar.

use crate::frames::frames;
use crate::pixels::{Pixels, apart};
use crate::single;
use crate::svg::{DPI, number, origin, parse, pixel};
use nn_viz::{Axis, Figure, Images, Matrix, Panel, VizError};

const ROWS: [&str; 2] = ["top", "foot"];
const COLUMNS: [&str; 3] = ["left", "middle", "right"];

fn matrix(values: [[f64; 3]; 2]) -> Matrix {
    Matrix::new("Weight", &ROWS, &COLUMNS, &values)
}

/// The colours of the cells, row by row, at places away from their words.
fn shades(matrix: Matrix) -> Vec<[u8; 3]> {
    let drawing = single(4.0, 3.0, Panel::new("").mark(matrix));
    let pixels = Pixels::of(&drawing, DPI);
    let [left, top, right, bottom] = frames(&drawing)[0];
    let (across, down) = ((right - left) / 3.0, (bottom - top) / 2.0);
    assert!((across / down - 1.0).abs() < 0.01, "cells are square: {across} by {down}");
    let cells = (0..2).flat_map(|row| (0..3).map(move |column| (f64::from(row), f64::from(column))));
    cells
        .map(|(row, column)| {
            pixels.at(pixel(left + (column + 0.1) * across), pixel(top + (row + 0.1) * down))
        })
        .collect()
}

const WHITE: [u8; 3] = [255; 3];
const BLUE: [u8; 3] = [0, 0x72, 0xB2];
const ORANGE: [u8; 3] = [0xD5, 0x5E, 0];
const DARK: [u8; 3] = [0x08, 0x36, 0x64];

#[test]
fn values_from_zero_on_are_darker_the_larger_they_are() {
    let found = shades(matrix([[0.0, 1.0, 2.0], [3.0, 4.0, 8.0]]));
    assert!(apart(found[0], WHITE) <= 1 && apart(found[5], DARK) <= 1, "{found:?}");
    assert!(found.windows(2).all(|pair| pair[0][0] >= pair[1][0] && pair[0] != pair[1]), "{found:?}");
    // With the strongest colour at 2, larger values are as dark.
    let found = shades(matrix([[0.0, 1.0, 2.0], [3.0, 4.0, 8.0]]).most(2.0));
    assert!(found[2..].iter().all(|shade| apart(*shade, DARK) <= 1), "{found:?}");
    assert_eq!(shades(matrix([[0.0; 3]; 2])), [WHITE; 6]);
}

#[test]
fn signed_values_are_blue_below_zero_and_orange_above() {
    let found = shades(matrix([[-4.0, 0.0, 4.0], [-2.0, 2.0, 1.0]]));
    for (shade, expected) in found.iter().zip([BLUE, WHITE, ORANGE]) {
        assert!(apart(*shade, expected) <= 1, "{found:?}");
    }
    let half = |end: [u8; 3]| end.map(|component| component.midpoint(255));
    assert!(apart(found[3], half(BLUE)) <= 2 && apart(found[4], half(ORANGE)) <= 2, "{found:?}");
}

#[test]
fn rows_and_columns_have_their_names_and_cells_their_values() {
    let axes = Panel::new("").x(Axis::linear("Attended to")).y(Axis::linear("Token"));
    let svg = single(4.0, 3.0, axes.mark(matrix([[0.0, 1.0, 2.0], [3.25, 4.0, -8.0]]).labelled(1))).svg();
    let document = parse(&svg);
    let places = |words: [&str; 3]| words.map(|words| origin(&document, words));
    let [left, middle, right] = places(COLUMNS);
    assert!(left.0 < middle.0 && middle.0 < right.0 && left.1 == right.1);
    assert!(origin(&document, "top").1 < origin(&document, "foot").1);
    let [zero, one, two] = places(["0.0", "1.0", "2.0"]);
    assert!(zero.0 < one.0 && one.0 < two.0 && zero.1 == two.1);
    let [quarter, _, minus] = places(["3.2", "4.0", "−8.0"]);
    assert!(quarter.0 == zero.0 && quarter.1 > zero.1 && minus.0 > one.0);
    // The bar shows both ends.
    for words in ["Weight", "−5", "0", "5", "Attended to", "Token"] {
        assert!(svg.contains(&format!("data-text=\"{words}\"")), "{words}");
    }
    assert!(!single(4.0, 3.0, Panel::new("").mark(matrix([[1.0; 3]; 2]))).svg().contains("data-text=\"1.00"));
}

#[test]
fn matrices_that_mean_the_same_colours_share_a_bar() {
    let panel = |most: f64| Panel::new("").mark(matrix([[0.0, 0.5, 0.25]; 2]).most(most));
    let bars = |panels: [Panel; 2]| {
        let svg = Figure::new(6.0, 2.0).row(1.0, panels).draw().unwrap().svg();
        svg.matches("data-text=\"Weight\"").count()
    };
    assert_eq!(bars([panel(1.0), panel(1.0)]), 1);
    assert_eq!(bars([panel(1.0), panel(20.0)]), 2);
}

#[test]
fn a_matrix_is_whole_finite_and_alone() {
    let refused = |panel: Panel| Figure::new(3.0, 3.0).row(1.0, [panel]).draw().unwrap_err();
    let only = |matrix: Matrix| refused(Panel::new("a").mark(matrix));
    assert_eq!(
        only(matrix([[0.0; 3], [1.0, f64::INFINITY, 0.0]])).to_string(),
        "panel \"a\", matrix \"Weight\": expected finite values; found inf at index 1 of row \"foot\""
    );
    let none: [&str; 0] = [];
    assert!(matches!(only(Matrix::new("", &none, &COLUMNS, &[[0.0]; 0])), VizError::Nothing { .. }));
    let rows = Matrix::new("", &ROWS, &COLUMNS, &[[0.0; 3]]);
    assert!(matches!(only(rows), VizError::Length { series: "rows", expected: 2, found: 1, .. }));
    let ragged = Matrix::new("", &ROWS, &COLUMNS, &[vec![0.0; 3], vec![0.0; 2]]);
    assert!(matches!(only(ragged), VizError::Ragged { part: "row", index: 1, .. }));
    for most in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = only(matrix([[0.0; 3]; 2]).most(most));
        assert!(matches!(error, VizError::Style { property: "strongest value", .. }), "{error}");
    }
    let twice = Panel::new("").mark(matrix([[0.0; 3]; 2])).mark(matrix([[0.0; 3]; 2]));
    assert!(matches!(refused(twice), VizError::NotAlone { .. }));
    let ranged = Panel::new("").y(Axis::linear("").range(0.0, 1.0)).mark(matrix([[0.0; 3]; 2]));
    assert!(matches!(refused(ranged), VizError::OwnAxes { axis: "y", .. }));
    // Any finite values have colours and a bar.
    for values in [[[f64::MAX, -f64::MAX, 0.0]; 2], [[f64::from_bits(1), 0.0, 0.0]; 2]] {
        assert!(Figure::new(3.0, 3.0).row(1.0, [Panel::new("").mark(matrix(values))]).draw().is_ok());
    }
}

#[test]
fn images_of_signed_values_are_white_at_zero() {
    let shades = |images: Images| {
        let drawing = single(3.0, 1.5, Panel::new("").mark(images));
        let (svg, pixels) = (drawing.svg(), Pixels::of(&drawing, DPI));
        let document = parse(&svg);
        let image = document.descendants().find(|node| node.has_tag_name("image")).unwrap();
        let [x, y, width, height] = ["x", "y", "width", "height"].map(|name| number(image, name));
        [0.5, 1.5, 2.5].map(|column| pixels.at(pixel(x + width * column / 3.0), pixel(y + height / 2.0)))
    };
    let near = |found: [[u8; 3]; 3], expected: [[u8; 3]; 3]| {
        assert!(found.iter().zip(expected).all(|(a, b)| apart(*a, b) <= 1), "{found:?}, not {expected:?}");
    };
    let images = |values: [f64; 3]| Images::new(1, 3, &[values]).signed();
    near(shades(images([-2.0, 0.0, 2.0])), [BLUE, WHITE, ORANGE]);
    near(shades(images([-2.0, 0.0, 2.0]).inverted()), [ORANGE, WHITE, BLUE]);
    // The end of the range that is farther from zero has the strongest colour.
    near(shades(images([-9.0, 0.0, 9.0]).range(-1.0, 4.0)), [BLUE, WHITE, ORANGE]);
    let [below, _, above] = shades(images([-1.0, 0.0, 4.0]));
    assert!(apart(above, ORANGE) <= 1 && apart(below, BLUE) > 100, "{below:?}");
    near(shades(images([0.0; 3])), [WHITE; 3]);
}

#[test]
fn a_number_that_is_rounded_to_zero_has_no_sign_and_decimals_have_a_bound() {
    let drawn = |value: f64, decimals: usize| {
        let matrix = Matrix::new("", &["a"], &["b"], &[[value]]).labelled(decimals);
        Figure::new(3.0, 3.0).row(1.0, [Panel::new("").mark(matrix.most(1.0))]).draw()
    };
    let text = |value: f64| drawn(value, 1).unwrap().svg_with_text();
    assert!(text(-0.04).contains(">0.0<") && !text(-0.04).contains("−0.0"));
    assert!(text(-0.06).contains("−0.1"));
    let error = drawn(0.5, 70_000).unwrap_err();
    assert!(matches!(error, VizError::Style { property: "number of decimals", .. }), "{error}");
}
