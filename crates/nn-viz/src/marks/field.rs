//! The probability of class 1 over the plane.

use super::check::Subject;
use super::draw::{Draw, Extent, Kind, Layer, Margin, Plane};
use super::ground;
use crate::canvas::{Frame, Paint, Stroke};
use crate::color::{Color, field_palette};
use crate::error::VizError;
use crate::ink::stroke;
use crate::lattice::Lattice;
use crate::surround::Colorbar;

/// The output of a two-class model over the plane: the probability of class 1 as a smooth image, from blue
/// (0) through white (one half) to orange (1), with a line at one half. For more than two classes, use
/// [`Regions`](crate::Regions).
#[derive(Clone, Debug)]
pub struct Field {
    label: String,
    lattice: Lattice,
    values: Vec<f64>,
    quartiles: bool,
}

impl Field {
    /// Makes a field of one value for each node of the lattice. The label stands above the colour bar.
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
}

impl Draw for Field {
    fn kind(&self) -> Kind {
        Kind { name: "field", layers: &[Layer::Ground], margin: Margin::None }
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        subject.length(("the lattice", self.lattice.len()), ("the field", self.values.len()))?;
        ground::check(subject, &self.values)
    }

    fn reach(&self, extent: &mut Extent) {
        ground::reach(&self.lattice, extent);
    }

    fn draw(&self, _: Layer, plane: &Plane, _: Frame) -> Result<(), VizError> {
        let shade = |node: usize| (self.values[node] * 255.0 + 0.5) as u8;
        ground::cover(plane, &self.lattice, field_palette(), shade)?;
        let quartiles: &[f64] = if self.quartiles { &[0.25, 0.75] } else { &[] };
        let thin = Stroke { paint: Paint { color: Color::INK, alpha: 0.55 }, ..stroke(Color::INK, 0.4) };
        for &level in quartiles {
            ground::contours(plane, &self.lattice, (&self.values, level), thin)?;
        }
        ground::contours(plane, &self.lattice, (&self.values, 0.5), stroke(Color::INK, 1.1))
    }

    /// A field has no entries, because the colour bar explains it.
    fn entries(&self) -> Vec<&str> {
        vec![]
    }

    fn colorbar(&self) -> Option<Colorbar> {
        Some(Colorbar::of_shares(&self.label, field_palette()))
    }
}
