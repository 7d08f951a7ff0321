//! Draws the marks of a panel between its axes.

use plotters::coord::cartesian::Cartesian2d;
use plotters::drawing::DrawingArea;

use crate::axis::Scale;
use crate::backend::{Canvas, Frame, Paint, Point, Stroke, Style};
use crate::color::Color;
use crate::element::{draw, stroke};
use crate::error::VizError;
use crate::field::Field;
use crate::mark::{Band, Line, Mark, Points, Symbol};
use crate::style::units;

/// An area in data units.
pub(crate) type Plane = DrawingArea<Canvas, Cartesian2d<Scale, Scale>>;

/// Draws a mark, clipped at the frame.
pub(crate) fn mark(plane: &Plane, frame: Frame, mark: &Mark) -> Result<(), VizError> {
    draw(plane, vec![], |canvas, _| canvas.clip(Some(frame)))?;
    match mark {
        Mark::Line(line) => self::line(plane, line)?,
        Mark::Band(band) => self::band(plane, band)?,
        Mark::Points(points) => self::points(plane, points)?,
        Mark::Field(field) => self::field(plane, field)?,
    }
    draw(plane, vec![], |canvas, _| canvas.clip(None))
}

/// The stroke of a line, in a panel or in its legend.
pub(crate) fn line_stroke(line: &Line) -> Stroke {
    let dash = line.dashed.then(|| (units(4.0), units(2.2)));
    Stroke { dash, ..stroke(line.color, line.width) }
}

/// The style of a band, in a panel or in its legend.
pub(crate) fn band_style(band: &Band) -> Style {
    Style { fill: Some(Paint { color: band.color, alpha: band.alpha }), stroke: None }
}

/// Puts one symbol on the canvas, in a panel or in its legend.
pub(crate) fn symbol(canvas: &mut Canvas, (x, y): Point, points: &Points) {
    let fill = Some(Paint { color: points.color, alpha: points.alpha });
    let style = Style { fill, stroke: points.halo.then(|| stroke(Color::WHITE, 0.55)) };
    let radius = points.size / 2.0;
    match points.symbol {
        Symbol::Circle => canvas.disc((x, y), units(radius), style),
        Symbol::Triangle => {
            // An upright triangle centred at its middle height: it then stands level with a disc.
            let (half, height) = (units(radius * 1.25), units(radius * 1.1));
            canvas.polygon(&[(x, y - height), (x + half, y + height), (x - half, y + height)], style);
        }
    }
}

fn line(plane: &Plane, line: &Line) -> Result<(), VizError> {
    let stroke = line_stroke(line);
    let points: Vec<(f64, f64)> = line.x.iter().copied().zip(line.y.iter().copied()).collect();
    let dot = Style { fill: Some(stroke.paint), stroke: None };
    for run in points.split(|(_, y)| !y.is_finite()) {
        draw(plane, run.to_vec(), |canvas, points| match points {
            [lone] => canvas.disc(*lone, stroke.width, dot),
            _ => canvas.lines(points, stroke),
        })?;
    }
    Ok(())
}

fn band(plane: &Plane, band: &Band) -> Result<(), VizError> {
    let style = band_style(band);
    let bar = Stroke { paint: Paint { color: band.color, alpha: band.alpha }, ..stroke(band.color, 1.0) };
    let indices: Vec<usize> = (0..band.x.len()).collect();
    let gap = |&index: &usize| !(band.lower[index].is_finite() && band.upper[index].is_finite());
    for run in indices.split(gap) {
        let upper = run.iter().map(|&index| (band.x[index], band.upper[index]));
        let lower = run.iter().rev().map(|&index| (band.x[index], band.lower[index]));
        draw(plane, upper.chain(lower).collect(), |canvas, edge| match edge {
            [_, _] => canvas.lines(edge, bar),
            _ => canvas.polygon(edge, style),
        })?;
    }
    Ok(())
}

fn points(plane: &Plane, points: &Points) -> Result<(), VizError> {
    let places = points.x.iter().copied().zip(points.y.iter().copied());
    let places = places.filter(|(_, y)| y.is_finite()).collect();
    draw(plane, places, |canvas, places| {
        for &place in places {
            symbol(canvas, place, points);
        }
    })
}

fn field(plane: &Plane, field: &Field) -> Result<(), VizError> {
    let (x, y) = field.lattice.extent();
    draw(plane, vec![(x.0, y.1), (x.1, y.0)], |canvas, corners| {
        let ((left, top), (right, bottom)) = (corners[0], corners[1]);
        canvas.image(field.raster(), Frame { left, top, right, bottom });
    })?;
    let quartiles: &[f64] = if field.quartiles { &[0.25, 0.75] } else { &[] };
    let thin = Stroke { paint: Paint { color: Color::INK, alpha: 0.55 }, ..stroke(Color::INK, 0.4) };
    for (levels, stroke) in [(quartiles, thin), (&[0.5], stroke(Color::INK, 1.1))] {
        for contour in levels.iter().flat_map(|&level| field.contours(level)) {
            draw(plane, contour, |canvas, points| canvas.lines(points, stroke))?;
        }
    }
    Ok(())
}
