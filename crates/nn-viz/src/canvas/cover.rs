//! The area that a drawing covers, so that a legend can find a place where it hides little.

use super::operation::Operation;
use super::shapes::{Frame, Point, Shape, Stroke};
use super::{clip, font};

impl Operation {
    /// The area covered within `area`, in square units, weighted by opacity. Strokes and text count four
    /// times, because an interrupted line is a greater loss than an interrupted band. Images do not count,
    /// because they cover all of the ground equally.
    pub(crate) fn cover(&self, area: Frame) -> f64 {
        match self {
            Self::Path { shape, style } => {
                let fill = style.fill.map_or(0.0, |paint| paint.alpha * shape.area(area));
                let stroke = style.stroke.filter(|_| matches!(shape, Shape::Lines(_)));
                let width = |stroke: Stroke| stroke.paint.alpha * f64::from(stroke.width);
                fill + 4.0 * stroke.map_or(0.0, |stroke| width(stroke) * shape.length(area))
            }
            Self::Text(text) => {
                let (width, height) =
                    (font::width(text.face, &text.text, text.size) as i32, text.size as i32);
                let (x, y) = text.origin;
                let (right, top) = if text.upwards { (x, y - width) } else { (x + width, y - height) };
                let left = if text.upwards { x - height } else { x };
                4.0 * inside(&Frame { left, top, right, bottom: y }.corners(), area)
            }
            Self::Image { .. } | Self::Pixels { .. } => 0.0,
        }
    }
}

impl Shape {
    fn area(&self, area: Frame) -> f64 {
        match self {
            Self::Lines(_) => 0.0,
            Self::Polygon(points) => inside(points, area),
            // Treated as its bounding square, which is close enough here.
            Self::Disc { centre: (x, y), radius } => {
                let frame =
                    Frame { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius };
                inside(&frame.corners(), area)
            }
        }
    }

    fn length(&self, area: Frame) -> f64 {
        let Self::Lines(points) = self else { return 0.0 };
        let parts = clip::polyline(points, area);
        let step = |pair: &[Point]| {
            let (x, y) = (f64::from(pair[1].0 - pair[0].0), f64::from(pair[1].1 - pair[0].1));
            (x * x + y * y).sqrt()
        };
        parts.iter().flat_map(|part| part.windows(2)).map(step).sum()
    }
}

/// The part of a polygon's area within a frame, by the shoelace formula.
fn inside(points: &[Point], frame: Frame) -> f64 {
    let kept = clip::polygon(points, frame);
    let cross = |index: usize| {
        let (a, b) = (kept[index], kept[(index + 1) % kept.len()]);
        f64::from(a.0) * f64::from(b.1) - f64::from(b.0) * f64::from(a.1)
    };
    (0..kept.len()).map(cross).sum::<f64>().abs() / 2.0
}
