//! A curve with its spread: one of several series in a panel.

use super::{Draw, Extent, GlyphWidth, Layer, Margin, Mark, Plane, Subject, band, line};
use crate::backend::{Canvas, Frame, Paint, Point};
use crate::element::draw;
use crate::error::VizError;
use crate::look::Look;
use crate::style::units;
use crate::symbol::Symbols;

/// A line, and around it up to two bands: a pale one for the spread, such as quartiles, and a stronger one
/// for the uncertainty of the line itself, such as a confidence interval. The bands of all curves of a panel
/// lie beneath all lines.
///
/// Values that are not finite leave gaps, as in a [`Line`](crate::Line) and a [`Band`](crate::Band).
///
/// ```
/// use nn_viz::{Corner, Curve, Figure, Look, Panel};
///
/// let x = [0.0, 1.0, 2.0];
/// let sgd = Curve::new("SGD", &x, &[2.0, 1.5, 1.2], Look::nth(0)).band(&[1.8, 1.2, 0.9], &[2.2, 1.9, 1.6]);
/// let adam = Curve::new("Adam", &x, &[2.0, 0.9, 0.5], Look::nth(1)).band(&[1.8, 0.7, 0.3], &[2.2, 1.1, 0.8]);
/// let panel = Panel::new("Two optimisers").mark(sgd).mark(adam).legend(Corner::Emptiest);
/// Figure::new(3.5, 2.5).row(1.0, [panel]).draw()?;
/// # Ok::<(), nn_viz::VizError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Curve {
    label: String,
    x: Vec<f64>,
    y: Vec<f64>,
    band: Option<(Vec<f64>, Vec<f64>)>,
    interval: Option<(Vec<f64>, Vec<f64>)>,
    look: Look,
}

const WIDTH: f64 = 1.3;
const BAND: f64 = 0.16;
const INTERVAL: f64 = 0.34;
/// How many symbols a curve bears.
const SYMBOLS: f64 = 8.0;

impl Curve {
    /// A curve without bands. The look is [`Look::nth`], or a colour alone.
    #[must_use]
    pub fn new(label: impl Into<String>, x: &[f64], y: &[f64], look: impl Into<Look>) -> Self {
        let (label, look) = (label.into(), look.into());
        Self { label, x: x.to_vec(), y: y.to_vec(), band: None, interval: None, look }
    }

    /// The spread of what the curve sums up.
    #[must_use]
    pub fn band(mut self, lower: &[f64], upper: &[f64]) -> Self {
        self.band = Some((lower.to_vec(), upper.to_vec()));
        self
    }

    /// The uncertainty of the curve.
    #[must_use]
    pub fn interval(mut self, lower: &[f64], upper: &[f64]) -> Self {
        self.interval = Some((lower.to_vec(), upper.to_vec()));
        self
    }

    /// The bands that there are, each with its paint.
    fn bands(&self) -> impl Iterator<Item = (&(Vec<f64>, Vec<f64>), Paint)> {
        let bands = [(&self.band, BAND), (&self.interval, INTERVAL)];
        bands
            .into_iter()
            .filter_map(|(band, alpha)| Some((band.as_ref()?, Paint { color: self.look.color, alpha })))
    }

    fn symbols(&self) -> Option<Symbols> {
        let color = self.look.color;
        self.look.symbol.map(|symbol| Symbols { symbol, color, alpha: 1.0, halo: true, size: 4.6 })
    }

    /// The places of the symbols among those of the values: the first value at or after each of some stops,
    /// which are the same distance apart.
    fn stops<'a>(&self, places: &'a [Point], frame: Frame) -> impl Iterator<Item = Point> + use<'a> {
        let (phase, step) = (self.look.phase, frame.width() / SYMBOLS);
        let stop = move |place: &Point| (f64::from(place.0 - frame.left) / step - phase).floor();
        let first = places.first().map(|place| (stop(place), *place));
        let later = places.windows(2).filter(move |pair| stop(&pair[1]) > stop(&pair[0]));
        // A first value is no crossing; it has a symbol only where values are as sparse as symbols.
        let sparse = (places.len() as f64) <= 1.5 * SYMBOLS;
        let first = first.filter(|_| sparse).map(|(_, place)| place);
        let later = later.map(|pair| pair[1]);
        first.into_iter().chain(later)
    }
}

impl Draw for Curve {
    fn kind(&self) -> &'static str {
        "curve"
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn layers(&self) -> &'static [Layer] {
        &[Layer::Area, Layer::Curve]
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        subject.series(&self.x, &[("y", &self.y)])?;
        self.bands().try_for_each(|((lower, upper), _)| {
            subject.series(&self.x, &[("lower", lower), ("upper", upper)])
        })
    }

    fn reach(&self, extent: &mut Extent) {
        extent.reach_x(&self.x);
        extent.reach_y(&self.y);
        for ((lower, upper), _) in self.bands() {
            extent.reach_y(lower);
            extent.reach_y(upper);
        }
    }

    fn margin(&self) -> Margin {
        Margin::Curve
    }

    fn draw(&self, layer: Layer, plane: &Plane, frame: Frame) -> Result<(), VizError> {
        if layer == Layer::Area {
            let mut bands = self.bands();
            return bands
                .try_for_each(|((lower, upper), paint)| band::areas(plane, &self.x, (lower, upper), paint));
        }
        line::runs(plane, &self.x, &self.y, self.look.stroke(WIDTH))?;
        let Some(symbols) = self.symbols() else { return Ok(()) };
        let places = self.x.iter().copied().zip(self.y.iter().copied());
        draw(plane, places.filter(|(_, y)| y.is_finite()).collect(), |canvas, places| {
            // None is cut in half at the frame.
            let inside = frame.inflated(-units(symbols.size / 2.0));
            for place in self.stops(places, frame).filter(|place| inside.contains(*place)) {
                symbols.draw(canvas, place);
            }
        })
    }

    fn glyph_width(&self) -> GlyphWidth {
        if self.look.symbol.is_some() { GlyphWidth::Series } else { GlyphWidth::Line }
    }

    fn glyph(&self, _: usize, canvas: &mut Canvas, at: Frame) {
        for (_, paint) in self.bands() {
            band::swatch(canvas, at, paint);
        }
        canvas.lines(&[(at.left, at.top), (at.right, at.top)], self.look.stroke(WIDTH));
        if let Some(symbols) = self.symbols() {
            symbols.draw(canvas, at.middle());
        }
    }
}

impl From<Curve> for Mark {
    fn from(curve: Curve) -> Self {
        Self::new(curve)
    }
}
