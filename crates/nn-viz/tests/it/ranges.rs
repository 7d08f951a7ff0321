//! Automatic ranges: whatever is finite can be drawn, inside of the frame and with labels.

use std::collections::BTreeSet;

use nn_viz::{Axis, Boxes, Color, Field, Figure, Images, Intervals, Lattice, Matrix, Panel, Strip, Violin};
use proptest::{collection::vec, prelude::*, test_runner::RngSeed};

use crate::svg::{attribute, number, parse};

const TINY: f64 = f64::from_bits(1);

/// Draws a point and a line through all of these values, on linear or logarithmic axes. All points must be in
/// the frame, those of smaller values never above those of larger ones, and each axis must have two labels.
fn draw(x: &[f64], y: &[f64], log: [bool; 2]) -> Result<(), TestCaseError> {
    let [x_axis, y_axis] = log.map(|log| if log { Axis::log("") } else { Axis::linear("") });
    let panel =
        Panel::new("").x(x_axis).y(y_axis).line("", x, y, Color::BLUE).points("", x, y, Color::ORANGE);
    let drawing = Figure::new(3.0, 3.0).row(1.0, [panel]).draw();
    let svg = drawing.map_err(|error| TestCaseError::fail(format!("{error}, {x:?}, {y:?}")))?.svg();
    let document = parse(&svg);
    let clip = document.descendants().find(|node| node.has_tag_name("clipPath")).unwrap();
    let sides = clip.attribute("id").unwrap()[1..].split('-').map(|side| side.parse().unwrap());
    let [left, top, right, bottom] = sides.collect::<Vec<f64>>().try_into().unwrap();
    // A lone point of the line is a disc as well, a blue one.
    let discs = document
        .descendants()
        .filter(|node| node.has_tag_name("circle") && attribute(*node, "fill") == Some("#d55e00"));
    let places: Vec<(f64, f64)> = discs.map(|disc| (number(disc, "cx"), number(disc, "cy"))).collect();
    prop_assert_eq!(places.len(), x.len(), "{:?}, {:?}", x, y);
    for (a, place) in places.iter().enumerate() {
        prop_assert!((left..=right).contains(&place.0) && (top..=bottom).contains(&place.1), "{:?}", place);
        for (b, other) in places.iter().enumerate() {
            prop_assert!(x[a] > x[b] || place.0 <= other.0, "{:?}: {:?}", x, places);
            prop_assert!(y[a] > y[b] || place.1 >= other.1, "{:?}: {:?}", y, places);
        }
    }
    // Labels below the frame, and labels beside it. Equal words are one label.
    let words = |below: bool| -> BTreeSet<&str> {
        let texts = document.descendants().filter(|node| node.has_attribute("data-text"));
        let place = |node: &roxmltree::Node<'_, '_>| {
            let transform = node.attribute("transform").unwrap();
            let numbers = transform.trim_start_matches("translate(").split([' ', ')']);
            let [x, y] =
                numbers.take(2).map(|n| n.parse::<f64>().unwrap()).collect::<Vec<_>>().try_into().unwrap();
            if below { y > bottom + 60.0 } else { x < left && y < bottom + 60.0 }
        };
        texts.filter(place).map(|node| node.attribute("data-text").unwrap()).collect()
    };
    prop_assert!(words(true).len() >= 2, "x: {:?} of {:?}", words(true), x);
    prop_assert!(words(false).len() >= 2, "y: {:?} of {:?}", words(false), y);
    Ok(())
}

#[test]
fn values_at_the_ends_of_the_doubles_can_be_drawn() {
    let growing: Vec<f64> = (0..=308).map(|power| format!("1e{power}").parse().unwrap()).collect();
    let huge = f64::MAX;
    let positive: [&[f64]; 12] = [
        &growing,
        &[1e-300, 1.0, 1e300],
        &[TINY],
        &[TINY, 2.0 * TINY],
        &[1e-320, 3e-315, 2e-310],
        &[1.2e-308, 1.4e-308],
        &[1e-300, 1e-295],
        &[1.75e308],
        &[1.75e308, huge],
        &[huge],
        &[TINY, huge],
        &[1e-310, 1.0],
    ];
    let any: [&[f64]; 8] = [
        &[-huge, huge],
        &[-huge],
        &[0.0, TINY],
        &[-TINY, TINY],
        &[0.0, 1e-300],
        &[-0.0, 0.0],
        &[0.0, 1e-290, 3e-291],
        &[-1.7e308, 0.0, 1.7e308],
    ];
    let all = positive.iter().map(|values| (values, true)).chain(any.iter().map(|values| (values, false)));
    for (values, log) in all.chain(positive.iter().map(|values| (values, false))) {
        draw(values, values, [log, log]).unwrap();
        draw(&vec![1.0; values.len()], values, [false, log]).unwrap();
    }
}

/// Doubles of any size, small whole numbers, the ends, and neighbours of one.
fn value() -> impl Strategy<Value = f64> {
    let ends = vec![0.0, TINY, f64::MIN_POSITIVE, 1e-300, 1e300, 1.75e308, f64::MAX];
    prop_oneof![
        3 => any::<u64>().prop_map(f64::from_bits).prop_filter("finite", |value| value.is_finite()),
        1 => (-9_i8..=9).prop_map(f64::from),
        1 => prop::sample::select(ends),
        1 => (0_u64..99).prop_map(|steps| f64::from_bits(1.0_f64.to_bits() + steps)),
        1 => (0_u64..99).prop_map(f64::from_bits),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, rng_seed: RngSeed::Fixed(20), ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_finite_can_be_drawn(
        pairs in vec((value(), value()), 1..6),
        log in any::<[bool; 2]>(),
        from_one_on in any::<bool>(),
    ) {
        let (mut x, mut y): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        for (values, log) in [(&mut x, log[0]), (&mut y, log[1])] {
            for value in values.iter_mut().filter(|_| log) {
                *value = value.abs().max(if from_one_on { 1.0 } else { TINY });
            }
        }
        draw(&x, &y, log)?;
    }

    #[test]
    fn groups_and_matrices_of_whatever_is_finite_can_be_drawn(
        groups in vec(vec(value(), 1..5), 1..4),
        log in any::<bool>(),
        rows in any::<bool>(),
        range in any::<bool>(),
    ) {
        let names: Vec<String> = (0..groups.len()).map(|group| group.to_string()).collect();
        let positive = |value: &f64| if log { value.abs().max(TINY) } else { *value };
        let groups: Vec<Vec<f64>> = groups.iter().map(|group| group.iter().map(positive).collect()).collect();
        let axis = if log { Axis::log("") } else { Axis::linear("") };
        // Values far outside of the frame as well.
        let axis = if range { axis.range(0.25, 0.5) } else { axis };
        let firsts: Vec<f64> = groups.iter().map(|group| group[0]).collect();
        let (strip, violin) = (Strip::new(&names, &groups).medians(), Violin::new(&names, &groups));
        let boxes = Boxes::new(&names, &groups);
        let intervals = Intervals::new(&names, &firsts, &firsts, &firsts);
        let panel = match rows {
            true => {
                let panel = Panel::new("").x(axis).mark(violin.horizontal()).mark(boxes.horizontal());
                panel.mark(strip.horizontal()).mark(intervals.horizontal())
            }
            false => Panel::new("").y(axis).mark(violin).mark(boxes).mark(strip).mark(intervals),
        };
        let drawing = Figure::new(3.0, 3.0).row(1.0, [panel]).draw();
        prop_assert!(drawing.is_ok(), "{drawing:?}, {groups:?}");
        prop_assert!(!drawing.unwrap().svg().contains("NaN"));
        let matrix = Matrix::new("", &names, &["a"], &firsts.iter().map(|value| [*value]).collect::<Vec<_>>());
        let drawing = Figure::new(3.0, 3.0).row(1.0, [Panel::new("").mark(matrix.labelled(1))]).draw();
        prop_assert!(drawing.is_ok(), "{drawing:?}, {groups:?}");
    }

    #[test]
    fn a_range_that_was_set_is_drawn_or_refused(ends in (value(), value()), log in any::<bool>()) {
        let axis = if log { Axis::log("") } else { Axis::linear("") };
        let panel = Panel::new("").line("", &[1e-300, 1.0, f64::MAX], &[TINY, 1.0, 1e300], Color::BLUE);
        let drawing = Figure::new(3.0, 3.0).row(1.0, [panel.y(axis.range(ends.0, ends.1))]).draw();
        let (low, high) = ends;
        let usual = low > 0.0 && high > 1.001 * low && high > 1e-290;
        prop_assert!(drawing.is_ok() || !usual, "{low:?} to {high:?}");
        prop_assert!(drawing.is_err() || (low < high && (low > 0.0 || !log)), "{low:?} to {high:?}");
    }
}

#[test]
fn a_lattice_may_be_as_wide_as_the_doubles() {
    let ends = (-f64::MAX, f64::MAX);
    let lattice = Lattice::new(ends, (0.0, TINY), 3, 2).unwrap();
    let nodes: Vec<f64> = lattice.nodes().map(|(x, _)| x).collect();
    assert_eq!(nodes[..3], [-f64::MAX, 0.0, f64::MAX]);
    let panel = Panel::new("").mark(Field::new("", lattice, &[0.0, 0.5, 1.0, 0.0, 0.5, 1.0]));
    Figure::new(3.0, 3.0).row(1.0, [panel]).draw().unwrap();
}

/// The levels of grey of an image of three pixels, from the colours that the PNG has at their middles.
fn greys(image: [f64; 3]) -> [u8; 3] {
    let panel = Panel::new("").mark(Images::new(1, 3, &[image]));
    let drawing = Figure::new(3.0, 1.0).row(1.0, [panel]).draw().unwrap();
    let (svg, pixels) = (drawing.svg(), crate::pixels::Pixels::of(&drawing, crate::svg::DPI));
    let document = parse(&svg);
    let image = document.descendants().find(|node| node.has_tag_name("image")).unwrap();
    let [x, y, width, height] = ["x", "y", "width", "height"].map(|name| number(image, name));
    [0.5, 1.5, 2.5].map(|column| {
        let place = (x + width * column / 3.0, y + height / 2.0);
        pixels.at(crate::svg::pixel(place.0), crate::svg::pixel(place.1))[0]
    })
}

#[test]
fn images_of_any_finite_pixels_have_greys() {
    for (black, white) in [(0.0, 1.0), (-f64::MAX, f64::MAX), (0.0, 2.0 * TINY), (-1e300, 1e300)] {
        let middle = f64::midpoint(black, white);
        assert_eq!(greys([black, middle, white]), [0, 128, 255], "{black} to {white}");
    }
    // Images of a single value are grey, also where a difference of 1 is none.
    for value in [0.0, 3.0, -1e17, 1e300, f64::MAX, TINY] {
        assert_eq!(greys([value; 3]), [128; 3], "{value}");
    }
}
