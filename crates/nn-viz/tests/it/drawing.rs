//! Properties of finished drawings: clipping, gaps, legends, letters and size.

use crate::pixels::Pixels;
use crate::single;
use nn_viz::{Axis, Band, Color, Corner, Field, Figure, Lattice, Panel};

fn count(svg: &str, part: &str) -> usize {
    svg.matches(part).count()
}

#[test]
fn nothing_is_drawn_outside_of_the_frame() {
    // The line leaves through the top and through the right, and comes from far below.
    let panel = |y: &[f64]| {
        let x = [0.0, 1.0, 2.0, 3.0];
        let axes = Panel::new("").x(Axis::linear("").range(0.5, 2.5)).y(Axis::linear("").range(0.0, 1.0));
        let high: Vec<f64> = y.iter().map(|y| y + 0.3).collect();
        single(
            3.0,
            2.0,
            axes.line("", &x, y, Color::PURPLE).band("", &x, y, &high, Color::GREEN).points(
                "",
                &x,
                y,
                Color::SKY,
            ),
        )
    };
    let empty = Pixels::of(&panel(&[-9.0, -9.0, -9.0, -9.0]), 200.0);
    let full = Pixels::of(&panel(&[-1e12, 0.4, 1e12, 0.4]), 200.0);
    let changed: Vec<(usize, usize)> = (0..full.height)
        .flat_map(|y| (0..full.width).map(move |x| (x, y)))
        .filter(|&(x, y)| full.at(x, y) != empty.at(x, y))
        .collect();
    // The spines of the frame are the longest column and the longest row of ink in the empty panel.
    let ink = |x: usize, y: usize| empty.at(x, y) == [0x26; 3];
    let left = (0..empty.width).max_by_key(|&x| (0..empty.height).filter(|&y| ink(x, y)).count()).unwrap();
    let foot = (0..empty.height).max_by_key(|&y| (0..empty.width).filter(|&x| ink(x, y)).count()).unwrap();
    let top = (0..empty.height).find(|&y| ink(left, y)).unwrap();
    let right = (0..empty.width).rfind(|&x| ink(x, foot)).unwrap();
    assert!(changed.len() > 500, "{}", changed.len());
    for (x, y) in changed {
        assert!((left..=right).contains(&x) && (top..=foot).contains(&y), "({x}, {y})");
    }
}

#[test]
fn a_value_that_is_not_finite_leaves_a_gap() {
    let x = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
    let svg = |y: &[f64]| {
        single(3.0, 2.0, Panel::new("").y(Axis::linear("").range(0.0, 9.0)).line("", &x, y, Color::PURPLE))
            .svg()
    };
    let paths = |y: &[f64]| count(&svg(y), "stroke=\"#cc79a7\"");
    assert_eq!(paths(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), 1);
    let gap = svg(&[1.0, 2.0, f64::NAN, 4.0, 5.0, 6.0]);
    let purple = gap.lines().skip_while(|line| !line.contains("#cc79a7")).skip(1);
    let steps: Vec<usize> = purple.take(2).map(|path| path.matches('l').count()).collect();
    assert_eq!(steps, [1, 1], "two runs, in one group");
    let lone = svg(&[1.0, f64::NAN, 4.0, f64::INFINITY, 5.0, 6.0]);
    assert_eq!(count(&lone, "<circle"), 2, "a value between two gaps is a dot");
}

#[test]
fn marks_with_one_label_share_an_entry_of_the_legend() {
    let x = [0.0, 1.0];
    let panel = Panel::new("")
        .band("Q1–Q3", &x, &[0.0, 1.0], &[1.0, 2.0], Color::BLUE)
        .line("Q1–Q3", &x, &[0.5, 1.5], Color::BLUE)
        .line("other", &x, &[0.5, 1.0], Color::INK)
        .line("", &x, &[0.5, 1.1], Color::INK);
    let without = single(3.0, 2.0, panel.clone()).svg();
    let with = single(3.0, 2.0, panel.legend(Corner::TopLeft)).svg();
    assert_eq!(count(&without, "Q1–Q3"), 0);
    assert_eq!(count(&with, "data-text=\"Q1–Q3\""), 1);
    assert_eq!(count(&with, "data-text=\"other\""), 1);
    // Glyphs: the band's swatch and two lines, both in their colours.
    assert_eq!(count(&with, "fill=\"#0072b2\"") - count(&without, "fill=\"#0072b2\""), 1);
    assert_eq!(count(&with, "stroke=\"#0072b2\"") - count(&without, "stroke=\"#0072b2\""), 1);
}

#[test]
fn a_legend_of_nothing_is_not_drawn() {
    let panel = Panel::new("").line("", &[0.0, 1.0], &[0.0, 1.0], Color::INK);
    assert_eq!(single(3.0, 2.0, panel.clone()).svg(), single(3.0, 2.0, panel.legend(Corner::TopLeft)).svg());
}

#[test]
fn several_panels_have_letters_and_one_has_none() {
    let panel = || Panel::new("").line("", &[0.0, 1.0], &[0.0, 1.0], Color::INK);
    let three = Figure::new(6.0, 4.0).row(1.0, [panel()]).row(1.0, [panel(), panel()]).draw().unwrap().svg();
    for (letter, times) in [("(a)", 1), ("(b)", 1), ("(c)", 1), ("(d)", 0)] {
        assert_eq!(count(&three, &format!("data-text=\"{letter}\"")), times, "{letter}");
    }
    assert_eq!(count(&single(3.0, 2.0, panel()).svg(), "(a)"), 0);
}

#[test]
fn only_the_right_most_field_of_a_row_has_a_colour_bar() {
    let lattice = Lattice::new((0.0, 1.0), (0.0, 1.0), 3, 3).unwrap();
    let field = |label| Panel::new("").mark(Field::new(label, lattice, &[0.5; 9]));
    let curve = Panel::new("").line("", &[0.0, 1.0], &[0.0, 1.0], Color::INK);
    let svg = Figure::new(7.0, 2.0).row(1.0, [field("first"), field("second"), curve]).draw().unwrap().svg();
    assert_eq!((count(&svg, "data-text=\"first\""), count(&svg, "data-text=\"second\"")), (0, 1));
    // Two fields and the bar.
    assert_eq!(count(&svg, "<image "), 3);
}

#[test]
fn files_are_small_and_the_png_has_the_size_asked_for() {
    let x: Vec<f64> = (0..1000).map(f64::from).collect();
    // Neighbours differ by up to a tenth, as in a noisy training loss.
    let y: Vec<f64> = x.iter().map(|x| 1.0 + x / 1000.0 + (x * 37.0 % 101.0) / 1000.0).collect();
    let (low, high): (Vec<f64>, Vec<f64>) = y.iter().map(|y| (0.9 * y, 1.1 * y)).unzip();
    let panel =
        Panel::new("").line("", &x, &y, Color::BLUE).mark(Band::new("", &x, &low, &high, Color::BLUE));
    let drawing = Figure::new(7.2, 5.6).row(1.0, [panel]).draw().unwrap();
    let bytes = drawing.svg().len();
    assert!(bytes < 60_000, "{bytes}");
    let pixels = Pixels::of(&drawing, 300.0);
    assert_eq!((pixels.width, pixels.height), (2160, 1680));
}
