//! The calibration curve of a classifier.

use super::check::Subject;
use super::draw::{Draw, Extent, GlyphWidth, Kind, Layer, Margin, Plane};
use super::series::Series;
use crate::canvas::{Canvas, Frame};
use crate::error::VizError;
use crate::ink::{Look, Symbol, Symbols, draw, stroke, units};

/// A calibration curve, or reliability diagram: for bins of predicted probabilities of class 1, the fraction
/// of the bin's samples that are of class 1 against their mean probability. nn-train's `calibration_curve`
/// computes the points. On the diagonal, a probability is a frequency; below it, the classifier is too sure
/// of class 1.
///
/// ```
/// use nn_viz::{Axis, Calibration, Color, Corner, Figure, Look, Panel, ReferenceLine};
///
/// let predicted = [0.06, 0.25, 0.5, 0.76, 0.94];
/// let observed = [0.01, 0.15, 0.5, 0.85, 0.98];
/// let curve = Calibration::new("network", &predicted, &observed, Look::nth(0))
///     .samples(&[310, 52, 40, 61, 287]);
/// let panel = Panel::new("Test set")
///     .x(Axis::linear("Mean predicted probability"))
///     .y(Axis::linear("Fraction of class 1"))
///     .equal_aspect()
///     .mark(ReferenceLine::diagonal("calibrated", Color::GREY))
///     .mark(curve)
///     .legend(Corner::TopLeft);
/// Figure::new(3.0, 3.0).row(1.0, [panel]).draw()?;
/// # Ok::<(), nn_viz::VizError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Calibration {
    label: String,
    predicted: Vec<f64>,
    observed: Vec<f64>,
    samples: Option<Vec<usize>>,
    look: Look,
}

/// The width of the line, in points.
const WIDTH: f64 = 1.3;

impl Calibration {
    /// Makes a curve with a point for each bin: the mean predicted probability and the fraction of class 1.
    /// The look is a [`Look`], such as [`Look::nth`], or a [`Color`](crate::Color), which draws discs.
    #[must_use]
    pub fn new(
        label: impl Into<String>,
        mean_predicted_probability: &[f64],
        fraction_of_positives: &[f64],
        look: impl Into<Look>,
    ) -> Self {
        let [predicted, observed] = [mean_predicted_probability, fraction_of_positives].map(<[f64]>::to_vec);
        Self { label: label.into(), predicted, observed, samples: None, look: look.into() }
    }

    /// Sets the number of samples in each bin, and with it adds the 95 % interval of each fraction: Wilson,
    /// "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
    #[must_use]
    pub fn samples(mut self, samples: &[usize]) -> Self {
        self.samples = Some(samples.to_vec());
        self
    }

    fn symbols(&self) -> Symbols {
        let symbol = self.look.symbol.unwrap_or(Symbol::Circle);
        Symbols { symbol, color: self.look.color, alpha: 1.0, halo: true, size: 4.8 }
    }
}

/// The 95 % interval of a fraction of this many samples.
fn wilson(fraction: f64, samples: usize) -> (f64, f64) {
    const Z: f64 = 1.959_963_984_540_054;
    let n = samples as f64;
    let scale = 1.0 / (1.0 + Z * Z / n);
    let middle = scale * (fraction + Z * Z / (2.0 * n));
    let half = scale * Z * (fraction * (1.0 - fraction) / n + Z * Z / (4.0 * n * n)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

impl Draw for Calibration {
    fn kind(&self) -> Kind {
        let layers = &[Layer::Area, Layer::Curve];
        Kind { name: "calibration curve", layers, margin: Margin::Fractions }
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        let (x, y) = ("predicted probabilities", "fractions of positives");
        subject.linear()?;
        subject.length((x, self.predicted.len()), (y, self.observed.len()))?;
        subject.something("at least one bin", !self.predicted.is_empty())?;
        subject.fractions(x, &self.predicted)?;
        subject.fractions(y, &self.observed)?;
        let Some(samples) = &self.samples else { return Ok(()) };
        subject.length((x, self.predicted.len()), ("samples", samples.len()))?;
        subject.something("at least one sample in each bin", samples.iter().all(|&count| count > 0))
    }

    fn reach(&self, extent: &mut Extent) {
        extent.reach_x(&[0.0, 1.0]);
        extent.reach_y(&[0.0, 1.0]);
    }

    fn draw(&self, layer: Layer, plane: &Plane, _: Frame) -> Result<(), VizError> {
        let series = Series::new(&self.predicted, &self.observed);
        if layer == Layer::Curve {
            series.line(plane, self.look.stroke(WIDTH))?;
            return self.symbols().draw_all(plane, series.visible());
        }
        let samples = self.samples.iter().flatten();
        series.points().zip(samples).try_for_each(|((x, fraction), &samples)| {
            let (low, high) = wilson(fraction, samples);
            draw(plane, vec![(x, low), (x, high)], |canvas, ends| {
                /// Half the length of the caps, in points.
                const CAP: f64 = 1.8;
                let pen = stroke(self.look.color, 0.7);
                canvas.lines(ends, pen);
                for &(x, y) in ends {
                    canvas.lines(&[(x - units(CAP), y), (x + units(CAP), y)], pen);
                }
            })
        })
    }

    fn glyph(&self, _: usize, canvas: &mut Canvas, at: Frame) {
        canvas.lines(&[(at.left, at.top), (at.right, at.top)], self.look.stroke(WIDTH));
        self.symbols().draw(canvas, at.middle());
    }

    fn glyph_width(&self) -> GlyphWidth {
        GlyphWidth::Series
    }
}

#[cfg(test)]
mod tests {
    use super::wilson;

    #[test]
    fn intervals_of_fractions_are_those_of_scipy() {
        // scipy.stats.binomtest(k, n).proportion_ci(method="wilson").
        let table = [
            ((0, 10), (0.0, 0.277_532_799_862_889_26)),
            ((5, 10), (0.236_593_090_512_564, 0.763_406_909_487_436_1)),
            ((95, 100), (0.888_249_530_768_080_8, 0.978_456_320_845_632)),
            ((3, 3), (0.438_502_968_244_954_6, 1.0)),
            ((1, 1000), (0.000_176_546_370_626_078_09, 0.005_642_558_597_957_935_5)),
        ];
        for ((k, n), (low, high)) in table {
            let found = wilson(f64::from(k) / n as f64, n);
            assert!((found.0 - low).abs() < 1e-12 && (found.1 - high).abs() < 1e-12, "{k} of {n}: {found:?}");
        }
    }
}
