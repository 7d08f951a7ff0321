//! Values over a lattice that cover the ground of a panel, as fields and regions show them.

use super::check::Subject;
use super::draw::{Extent, Plane};
use crate::canvas::{Frame, Raster, Stroke};
use crate::color::Color;
use crate::error::VizError;
use crate::ink::draw;
use crate::lattice::Lattice;

/// Checks that the values are probabilities and that both axes are linear.
pub(super) fn check(subject: &Subject<'_>, values: &[f64]) -> Result<(), VizError> {
    /// Sums of rounded values may exceed the ends by this much; they are drawn as if they did not.
    const SLACK: f64 = 1e-6;
    subject.linear()?;
    match values.iter().find(|value| !(-SLACK..=1.0 + SLACK).contains(*value)) {
        Some(&value) => {
            let (panel, mark) = subject.names();
            Err(VizError::NotAProbability { panel, mark, value })
        }
        None => Ok(()),
    }
}

/// Widens the extent by the whole lattice.
pub(super) fn reach(lattice: &Lattice, extent: &mut Extent) {
    let (x, y) = lattice.extent();
    extent.reach_x(&[x.0, x.1]);
    extent.reach_y(&[y.0, y.1]);
}

/// Covers the lattice with one colour for each node, which `shade` gives as an index into the palette.
pub(super) fn cover(
    plane: &Plane,
    lattice: &Lattice,
    palette: Vec<Color>,
    shade: impl Fn(usize) -> u8,
) -> Result<(), VizError> {
    let (columns, rows) = lattice.size();
    // Nodes are counted from the lowest row, a raster starts with the highest.
    let indices = (0..rows).rev().flat_map(|row| row * columns..(row + 1) * columns).map(shade).collect();
    let raster = Raster { columns, rows, indices, palette };
    let (x, y) = lattice.extent();
    draw(plane, vec![(x.0, y.1), (x.1, y.0)], |canvas, corners| {
        let ((left, top), (right, bottom)) = (corners[0], corners[1]);
        canvas.image(raster.clone(), Frame { left, top, right, bottom });
    })
}

/// Draws the lines along which the values equal `level`.
pub(super) fn contours(
    plane: &Plane,
    lattice: &Lattice,
    (values, level): (&[f64], f64),
    stroke: Stroke,
) -> Result<(), VizError> {
    let lines = lattice.contours(values, level);
    lines.into_iter().try_for_each(|line| draw(plane, line, |canvas, points| canvas.lines(points, stroke)))
}
