//! The ROC curve of a classifier.

use super::check::Subject;
use super::draw::{Draw, Extent, Kind, Layer, Margin, Plane};
use super::series::Series;
use crate::canvas::{Canvas, Frame};
use crate::error::VizError;
use crate::ink::Look;

/// A receiver operating characteristic: the fraction of class 1 that is found against the fraction of class 0
/// that is taken for class 1, over all thresholds. nn-train's `roc_curve` computes the points. A classifier
/// that guesses lies on the diagonal, a perfect one passes through the upper left corner.
///
/// ```
/// use nn_viz::{Axis, Color, Corner, Figure, Look, Panel, ReferenceLine, Roc};
///
/// let false_positive = [0.0, 0.0, 0.5, 0.5, 1.0];
/// let true_positive = [0.0, 0.5, 0.5, 1.0, 1.0];
/// let roc = Roc::new("network", &false_positive, &true_positive, Look::nth(0));
/// let panel = Panel::new("Test set")
///     .x(Axis::linear("False positive rate"))
///     .y(Axis::linear("True positive rate"))
///     .equal_aspect()
///     .mark(ReferenceLine::diagonal("chance", Color::GREY))
///     .mark(roc)
///     .legend(Corner::BottomRight);
/// Figure::new(3.0, 3.0).row(1.0, [panel]).draw()?;
/// # Ok::<(), nn_viz::VizError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Roc {
    label: String,
    false_positive: Vec<f64>,
    true_positive: Vec<f64>,
    look: Look,
}

/// The width of the line, in points.
const WIDTH: f64 = 1.3;

impl Roc {
    /// Makes a curve through the points of all thresholds, the strictest first, so that neither rate
    /// descends. The look is a [`Look`], such as [`Look::nth`], of which only colour and dashes are used, or
    /// a [`Color`](crate::Color).
    #[must_use]
    pub fn new(
        label: impl Into<String>,
        false_positive_rate: &[f64],
        true_positive_rate: &[f64],
        look: impl Into<Look>,
    ) -> Self {
        let [false_positive, true_positive] = [false_positive_rate, true_positive_rate].map(<[f64]>::to_vec);
        Self { label: label.into(), false_positive, true_positive, look: look.into() }
    }
}

impl Draw for Roc {
    fn kind(&self) -> Kind {
        Kind { name: "ROC curve", layers: &[Layer::Curve], margin: Margin::Fractions }
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        let (x, y) = ("false positive rates", "true positive rates");
        subject.linear()?;
        subject.length((x, self.false_positive.len()), (y, self.true_positive.len()))?;
        subject.something("at least two points", self.false_positive.len() > 1)?;
        [(x, &self.false_positive), (y, &self.true_positive)].into_iter().try_for_each(|(name, rates)| {
            subject.fractions(name, rates)?;
            subject.ascending(name, rates)
        })
    }

    fn reach(&self, extent: &mut Extent) {
        extent.reach_x(&[0.0, 1.0]);
        extent.reach_y(&[0.0, 1.0]);
    }

    fn draw(&self, _: Layer, plane: &Plane, _: Frame) -> Result<(), VizError> {
        Series::new(&self.false_positive, &self.true_positive).line(plane, self.look.stroke(WIDTH))
    }

    fn glyph(&self, _: usize, canvas: &mut Canvas, at: Frame) {
        canvas.lines(&[(at.left, at.top), (at.right, at.top)], self.look.stroke(WIDTH));
    }
}
