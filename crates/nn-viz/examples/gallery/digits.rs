//! Grids of small grey images.

use nn_viz::{Figure, Images, Panel};

use crate::noise::Noise;

/// Pixels along each side.
const SIDE: usize = 28;

pub(crate) fn figure() -> Figure {
    let mut noise = Noise(17);
    let many: Vec<Vec<f64>> = (0..60).map(|index| digit(index % 10, &mut noise)).collect();
    let wrong = [(3, 8), (5, 6), (9, 4), (7, 1), (2, 7), (4, 9), (8, 3), (6, 0), (1, 7), (0, 6)];
    let images: Vec<Vec<f64>> = wrong.iter().map(|&(truth, _)| digit(truth, &mut noise)).collect();
    let captions: Vec<String> = wrong.iter().map(|(truth, taken)| format!("{truth} → {taken}")).collect();
    Figure::new(7.2, 3.1)
        .title("Digits")
        .row(0.8, [Panel::new("Samples").mark(Images::new(SIDE, SIDE, &many).range(0.0, 1.0).columns(20))])
        .row(
            1.0,
            [
                Panel::new("True → predicted").mark(Images::new(SIDE, SIDE, &images).captions(&captions)),
                Panel::new("The same as ink on paper")
                    .mark(Images::new(SIDE, SIDE, &images).captions(&captions).columns(5).inverted()),
            ],
        )
}

/// A digit made of segments, as on a pocket calculator: from the top clockwise, the middle last.
fn digit(digit: usize, noise: &mut Noise) -> Vec<f64> {
    const SEGMENTS: [&str; 10] =
        ["abcdef", "bc", "abdeg", "abcdg", "bcfg", "acdfg", "acdefg", "abc", "abcdefg", "abcdfg"];
    let (left, right, top, foot) = (8.0, 19.0, 4.0, 23.0);
    let middle = 0.5 * (top + foot);
    let (slant, width) = (0.15 + 0.1 * noise.bell(), 1.5 + 0.3 * noise.bell());
    let ends = |segment| match segment {
        'a' => (left, top, right, top),
        'b' => (right, top, right, middle),
        'c' => (right, middle, right, foot),
        'd' => (left, foot, right, foot),
        'e' => (left, middle, left, foot),
        'f' => (left, top, left, middle),
        _ => (left, middle, right, middle),
    };
    let far = |x: f64, y: f64, (x0, y0, x1, y1): (f64, f64, f64, f64)| {
        let (dx, dy) = (x - x.clamp(x0, x1), y - y.clamp(y0, y1));
        (dx * dx + dy * dy).sqrt()
    };
    let pixel = |index: usize| {
        let (row, column) = ((index / SIDE) as f64, (index % SIDE) as f64);
        let column = column + slant * (row - middle);
        let nearest =
            SEGMENTS[digit].chars().map(|s| far(column, row, ends(s))).fold(f64::INFINITY, f64::min);
        1.0 / (1.0 + (3.0 * (nearest - width)).exp())
    };
    (0..SIDE * SIDE).map(pixel).map(|value| (value + 0.02 * noise.bell()).clamp(0.0, 1.0)).collect()
}
