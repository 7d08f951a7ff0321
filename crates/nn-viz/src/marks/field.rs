//! The probability of class 1 over the plane.

use super::{Draw, Extent, Layer, Margin, Mark, Plane, Subject};
use crate::backend::{Frame, Paint, Raster, Stroke};
use crate::color::{Color, field_palette};
use crate::colorbar::Colorbar;
use crate::element::{draw, stroke};
use crate::error::VizError;
use crate::lattice::Lattice;

/// A probability from 0 (blue) through one half (white) to 1 (orange), as a smooth image with the line of
/// one half in ink: what a model of two classes says of the plane. For more classes there are
/// [`Regions`](crate::Regions).
#[derive(Clone, Debug)]
pub struct Field {
    label: String,
    lattice: Lattice,
    values: Vec<f64>,
    quartiles: bool,
}

impl Field {
    /// A field of one value for each node of the lattice; `label` stands above the colour bar.
    #[must_use]
    pub fn new(label: impl Into<String>, lattice: Lattice, values: &[f64]) -> Self {
        Self { label: label.into(), lattice, values: values.to_vec(), quartiles: false }
    }

    /// Adds thin grey lines where the probability is 0.25 and 0.75.
    #[must_use]
    pub fn quartiles(mut self) -> Self {
        self.quartiles = true;
        self
    }

    /// The values as colours, top row first.
    fn raster(&self) -> Raster {
        let (columns, rows) = self.lattice.size();
        let index = |value: &f64| (value * 255.0 + 0.5) as u8;
        let indices = self.values.rchunks(columns).flatten().map(index).collect();
        Raster { columns, rows, indices, palette: field_palette() }
    }
}

/// Shows a raster with one pixel for each node.
pub(super) fn ground(plane: &Plane, lattice: &Lattice, raster: &Raster) -> Result<(), VizError> {
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

/// Probabilities, all of them, over linear axes.
pub(super) fn probabilities(subject: &Subject<'_>, values: &[f64]) -> Result<(), VizError> {
    /// Sums of rounded numbers may lie a little beyond the ends; they are drawn as if they did not.
    const SLACK: f64 = 1e-6;
    let (x, y) = subject.axes();
    if x.log || y.log {
        let (panel, mark) = subject.names();
        return Err(VizError::FieldOnLogAxis { panel, mark });
    }
    match values.iter().find(|value| !(-SLACK..=1.0 + SLACK).contains(*value)) {
        Some(&value) => {
            let (panel, mark) = subject.names();
            Err(VizError::NotAProbability { panel, mark, value })
        }
        None => Ok(()),
    }
}

impl Draw for Field {
    fn kind(&self) -> &'static str {
        "field"
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn layers(&self) -> &'static [Layer] {
        &[Layer::Ground]
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        subject.length(("the lattice", self.lattice.len()), ("the field", self.values.len()))?;
        probabilities(subject, &self.values)
    }

    fn reach(&self, extent: &mut Extent) {
        let (x, y) = self.lattice.extent();
        extent.reach_x(&[x.0, x.1]);
        extent.reach_y(&[y.0, y.1]);
    }

    fn margin(&self) -> Margin {
        Margin::None
    }

    fn draw(&self, _: Layer, plane: &Plane, _: Frame) -> Result<(), VizError> {
        ground(plane, &self.lattice, &self.raster())?;
        let quartiles: &[f64] = if self.quartiles { &[0.25, 0.75] } else { &[] };
        let thin = Stroke { paint: Paint { color: Color::INK, alpha: 0.55 }, ..stroke(Color::INK, 0.4) };
        for &level in quartiles {
            contours(plane, &self.lattice, (&self.values, level), thin)?;
        }
        contours(plane, &self.lattice, (&self.values, 0.5), stroke(Color::INK, 1.1))
    }

    /// The colour bar stands for it.
    fn entries(&self) -> Vec<&str> {
        vec![]
    }

    fn colorbar(&self) -> Option<Colorbar> {
        let ticks = [(0.0, "0"), (0.25, "0.25"), (0.5, "0.5"), (0.75, "0.75"), (1.0, "1")];
        let ticks = ticks.map(|(value, label)| (value, label.to_owned())).into();
        Some(Colorbar { label: self.label.clone(), palette: field_palette(), ticks })
    }
}

impl From<Field> for Mark {
    fn from(field: Field) -> Self {
        Self::new(field)
    }
}
