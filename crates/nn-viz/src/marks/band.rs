//! A band between two curves.

use super::check::Subject;
use super::draw::{Draw, Extent, Kind, Layer, Margin, Plane};
use super::series::Ribbon;
use crate::canvas::{Canvas, Frame, Paint};
use crate::color::Color;
use crate::error::VizError;

/// The semi-transparent area between two curves over the same `x`, such as quartiles. A value that is not
/// finite leaves a gap; an interval alone between two gaps is drawn as a bar.
#[derive(Clone, Debug)]
pub struct Band {
    label: String,
    ribbon: Ribbon,
    paint: Paint,
}

impl Band {
    /// Makes a band with an opacity of 22 %.
    #[must_use]
    pub fn new(label: impl Into<String>, x: &[f64], lower: &[f64], upper: &[f64], color: Color) -> Self {
        let paint = Paint { color, alpha: 0.22 };
        Self { label: label.into(), ribbon: Ribbon::new(x, lower, upper), paint }
    }

    /// Sets the opacity, from 0 to 1.
    #[must_use]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.paint.alpha = alpha;
        self
    }
}

impl Draw for Band {
    fn kind(&self) -> Kind {
        Kind { name: "band", layers: &[Layer::Area], margin: Margin::Curve }
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        subject.opacity(self.paint.alpha)?;
        self.ribbon.check(subject)
    }

    fn reach(&self, extent: &mut Extent) {
        self.ribbon.reach(extent);
    }

    fn draw(&self, _: Layer, plane: &Plane, _: Frame) -> Result<(), VizError> {
        self.ribbon.fill(plane, self.paint)
    }

    fn glyph(&self, _: usize, canvas: &mut Canvas, at: Frame) {
        Ribbon::swatch(canvas, at, self.paint);
    }
}
