//! Geometric clipping in canvas units. It bounds the coordinates of shapes, and the file formats then clip to
//! the exact frame. plotters instead moves each outer point onto the edge, which bends lines.

use super::shapes::{Frame, Point};

/// The parts of a polyline inside `frame`. A new part starts wherever the line enters.
pub(crate) fn polyline(points: &[Point], frame: Frame) -> Vec<Vec<Point>> {
    let mut parts: Vec<Vec<Point>> = Vec::new();
    for pair in points.windows(2) {
        let Some((from, to)) = segment(pair[0], pair[1], frame) else { continue };
        match parts.last_mut() {
            Some(part) if part.last() == Some(&from) => part.push(to),
            _ => parts.push(vec![from, to]),
        }
    }
    parts
}

/// The polygon cut along the four sides of `frame`, one after the other (Sutherland and Hodgman).
pub(crate) fn polygon(points: &[Point], frame: Frame) -> Vec<Point> {
    let mut kept = points.to_vec();
    for side in sides(frame) {
        let mut cut = Vec::with_capacity(kept.len() + 4);
        for (index, &to) in kept.iter().enumerate() {
            let from = kept[(index + kept.len() - 1) % kept.len()];
            let (before, after) = (side(from), side(to));
            if (before < 0.0) != (after < 0.0) {
                cut.push(between(from, to, before / (before - after)));
            }
            if after >= 0.0 {
                cut.push(to);
            }
        }
        kept = cut;
    }
    kept.dedup();
    kept
}

/// The part of one segment inside `frame` (Liang and Barsky). Ends that are inside stay as they are.
fn segment(from: Point, to: Point, frame: Frame) -> Option<(Point, Point)> {
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for side in sides(frame) {
        let (before, after) = (side(from), side(to));
        match (before < 0.0, after < 0.0) {
            (true, true) => return None,
            (true, false) => enter = enter.max(before / (before - after)),
            (false, true) => leave = leave.min(before / (before - after)),
            (false, false) => {}
        }
    }
    let start = if enter > 0.0 { between(from, to, enter) } else { from };
    let end = if leave < 1.0 { between(from, to, leave) } else { to };
    (enter <= leave).then_some((start, end))
}

/// For each side, the distance of a point from it: positive inside, negative outside.
fn sides(frame: Frame) -> [impl Fn(Point) -> f64; 4] {
    let line = move |x: f64, y: f64, offset: i32| {
        move |point: Point| x * f64::from(point.0) + y * f64::from(point.1) + f64::from(offset)
    };
    [
        line(1.0, 0.0, -frame.left),
        line(-1.0, 0.0, frame.right),
        line(0.0, 1.0, -frame.top),
        line(0.0, -1.0, frame.bottom),
    ]
}

fn between(from: Point, to: Point, share: f64) -> Point {
    let along = |a: i32, b: i32| (f64::from(a) + share * (f64::from(b) - f64::from(a))).round() as i32;
    (along(from.0, to.0), along(from.1, to.1))
}

#[cfg(test)]
mod tests {
    use super::{Frame, polygon, polyline};

    const FRAME: Frame = Frame { left: 0, top: 0, right: 100, bottom: 100 };

    #[test]
    fn a_line_is_cut_where_it_crosses_and_never_bent() {
        // Slope one half: it crosses the right side at y = 50, not at the corner nearest to its end.
        assert_eq!(polyline(&[(0, 0), (1000, 500)], FRAME), [[(0, 0), (100, 50)]]);
        assert_eq!(polyline(&[(-200, -100), (300, 150)], FRAME), [[(0, 0), (100, 50)]]);
    }

    #[test]
    fn a_line_that_leaves_and_returns_is_two_parts() {
        let parts = polyline(&[(10, 50), (50, -50), (90, 50)], FRAME);
        assert_eq!(parts, [[(10, 50), (30, 0)], [(70, 0), (90, 50)]]);
    }

    #[test]
    fn what_is_inside_is_untouched_and_what_is_outside_is_gone() {
        let inside = [(1, 2), (50, 60), (99, 3)];
        assert_eq!(polyline(&inside, FRAME), [inside]);
        assert_eq!(polygon(&inside, FRAME), inside);
        assert!(polyline(&[(-5, -5), (-5, 300)], FRAME).is_empty());
        // It passes outside of the corner, although each end is beyond a different side.
        assert!(polyline(&[(-60, 30), (30, -60)], FRAME).is_empty());
        assert!(polygon(&[(200, 0), (300, 0), (300, 50)], FRAME).is_empty());
    }

    #[test]
    fn a_polygon_keeps_its_slopes_even_when_its_corners_are_far_away() {
        let far = 1 << 29;
        let cut = polygon(&[(0, 0), (far, far), (0, far)], FRAME);
        assert_eq!(cut, [(0, 100), (0, 0), (100, 100)]);
    }
}
