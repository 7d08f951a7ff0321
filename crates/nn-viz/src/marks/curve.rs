//! A curve with its spread: one of several series in a panel.

use super::check::Subject;
use super::draw::{Draw, Extent, GlyphWidth, Kind, Layer, Margin, Plane};
use super::series::{Ribbon, Series};
use crate::canvas::{Canvas, Frame, Paint, Point};
use crate::error::VizError;
use crate::ink::{Look, Symbols, draw, units};

/// A line with up to two bands around it: a pale one for the spread, such as quartiles, and a stronger one
/// for the uncertainty of the line itself, such as a confidence interval. The bands of all curves of a panel
/// lie beneath all lines.
///
/// Values that are not finite leave gaps, as in a [`Line`](crate::Line) and a [`Band`](crate::Band).
///
/// ```
/// use nn_viz::{Corner, Curve, Figure, Look, Panel};
///
/// let x = [0.0, 1.0, 2.0];
/// let sgd = Curve::new("SGD", &x, &[2.0, 1.5, 1.2], Look::nth(0))
///     .band(&[1.8, 1.2, 0.9], &[2.2, 1.9, 1.6]);
/// let adam = Curve::new("Adam", &x, &[2.0, 0.9, 0.5], Look::nth(1))
///     .band(&[1.8, 0.7, 0.3], &[2.2, 1.1, 0.8]);
/// let panel =
///     Panel::new("Two optimisers").mark(sgd).mark(adam).legend(Corner::Emptiest);
/// Figure::new(3.5, 2.5).row(1.0, [panel]).draw()?;
/// # Ok::<(), nn_viz::VizError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Curve {
    label: String,
    series: Series,
    band: Option<Ribbon>,
    interval: Option<Ribbon>,
    look: Look,
}

/// The width of the line, in points.
const WIDTH: f64 = 1.3;
/// The opacities of the two bands.
const BAND: f64 = 0.16;
const INTERVAL: f64 = 0.34;
/// The number of symbols on a curve that crosses the whole panel.
const SYMBOLS: f64 = 8.0;

impl Curve {
    /// Makes a curve without bands. The look is a [`Look`], such as [`Look::nth`], or a
    /// [`Color`](crate::Color).
    #[must_use]
    pub fn new(label: impl Into<String>, x: &[f64], y: &[f64], look: impl Into<Look>) -> Self {
        let series = Series::new(x, y);
        Self { label: label.into(), series, band: None, interval: None, look: look.into() }
    }

    /// Adds a pale band: the spread of the values that the curve summarises.
    #[must_use]
    pub fn band(mut self, lower: &[f64], upper: &[f64]) -> Self {
        self.band = Some(Ribbon::around(&self.series, lower, upper));
        self
    }

    /// Adds a stronger band: the uncertainty of the curve itself.
    #[must_use]
    pub fn interval(mut self, lower: &[f64], upper: &[f64]) -> Self {
        self.interval = Some(Ribbon::around(&self.series, lower, upper));
        self
    }

    /// The bands that were added, each with its paint.
    fn bands(&self) -> impl Iterator<Item = (&Ribbon, Paint)> {
        let bands = [(&self.band, BAND), (&self.interval, INTERVAL)].into_iter();
        bands.filter_map(|(band, alpha)| Some((band.as_ref()?, Paint { color: self.look.color, alpha })))
    }

    fn symbols(&self) -> Option<Symbols> {
        let color = self.look.color;
        self.look.symbol.map(|symbol| Symbols { symbol, color, alpha: 1.0, halo: true, size: 4.6 })
    }

    /// The places of the symbols, chosen among the places of the values. Stops divide the frame into equal
    /// steps, and the first value at or after each stop has a symbol.
    fn stops<'a>(&self, places: &'a [Point], frame: Frame) -> impl Iterator<Item = Point> + use<'a> {
        let (phase, step) = (self.look.phase, frame.width() / SYMBOLS);
        let stop = move |place: &Point| (f64::from(place.0 - frame.left) / step - phase).floor();
        let first = places.first().map(|place| (stop(place), *place));
        let later = places.windows(2).filter(move |pair| stop(&pair[1]) > stop(&pair[0]));
        // The first value of all passes no stop; it has a symbol only if values are as sparse as symbols.
        let sparse = (places.len() as f64) <= 1.5 * SYMBOLS;
        let first = first.filter(|_| sparse).map(|(_, place)| place);
        let later = later.map(|pair| pair[1]);
        first.into_iter().chain(later)
    }
}

impl Draw for Curve {
    fn kind(&self) -> Kind {
        Kind { name: "curve", layers: &[Layer::Area, Layer::Curve], margin: Margin::Curve }
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        self.series.check(subject)?;
        self.bands().try_for_each(|(band, _)| band.check(subject))
    }

    fn reach(&self, extent: &mut Extent) {
        self.series.reach(extent);
        self.bands().for_each(|(band, _)| band.reach(extent));
    }

    fn draw(&self, layer: Layer, plane: &Plane, frame: Frame) -> Result<(), VizError> {
        if layer == Layer::Area {
            return self.bands().try_for_each(|(band, paint)| band.fill(plane, paint));
        }
        self.series.line(plane, self.look.stroke(WIDTH))?;
        let Some(symbols) = self.symbols() else { return Ok(()) };
        draw(plane, self.series.visible(), |canvas, places| {
            // No symbol may be cut in half at the frame.
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
            Ribbon::swatch(canvas, at, paint);
        }
        canvas.lines(&[(at.left, at.top), (at.right, at.top)], self.look.stroke(WIDTH));
        if let Some(symbols) = self.symbols() {
            symbols.draw(canvas, at.middle());
        }
    }
}
