//! The densities of several groups.

use super::check::Subject;
use super::draw::{Draw, Extent, Kind, Layer, Plane};
use super::groups::{Groups, Profile, slot_settings};
use super::quantile::{ascending, quantile};
use crate::canvas::{Frame, Paint, Point, Style};
use crate::color::Color;
use crate::error::VizError;
use crate::ink::{Symbol, Symbols, draw, stroke};
use crate::surround::Surround;

/// The distribution of the values of several named groups: the density of each, mirrored, with a bar from the
/// lower to the upper quartile and a white disc at the median.
///
/// The density is a Gaussian kernel density with Scott's bandwidth σ n^(−1/5). On a logarithmic axis, it is
/// that of the logarithms. It ends at the smallest and at the largest value, because there are no others to
/// show, and all violins are equally wide where they are widest. A few values are better shown as a
/// [`Strip`](crate::Strip).
///
/// The panel has the names below its frame and its y axis beside it. Of the x axis, only the label can be
/// set. The panel can have other marks with the same groups.
///
/// ```
/// use nn_viz::{Axis, Figure, Panel, Violin};
///
/// let sgd: Vec<f64> = (0..50).map(|i| 0.3 + 0.002 * f64::from(i * i % 37)).collect();
/// let adam: Vec<f64> = (0..50).map(|i| 0.2 + 0.003 * f64::from(i * i % 29)).collect();
/// let panel = Panel::new("Final loss, 50 trials each")
///     .y(Axis::log("Cross-entropy"))
///     .mark(Violin::new(&["SGD", "Adam"], &[sgd, adam]));
/// Figure::new(3.0, 2.5).row(1.0, [panel]).draw()?;
/// # Ok::<(), nn_viz::VizError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Violin {
    groups: Groups,
}

/// The largest half width of a violin, as a part of its slot and in points.
const HALF: (f64, f64) = (0.38, 26.0);
/// The width of the bar from quartile to quartile, in points.
const BAR: f64 = 3.0;

impl Violin {
    /// Makes a violin for each name, from one list of values for each.
    #[must_use]
    pub fn new(names: &[impl AsRef<str>], values: &[impl AsRef<[f64]>]) -> Self {
        Self { groups: Groups::new(names, values) }
    }

    fn bodies(&self, plane: &Plane, frame: Frame) -> Result<(), VizError> {
        let board = self.groups.slots.board(plane, frame);
        let half = board.part(HALF.1, HALF.0);
        draw(plane, vec![], |canvas, _| {
            for (slot, values) in self.groups.values.iter().enumerate() {
                let shares: Vec<f64> = values.iter().map(|&value| board.share(value)).collect();
                let profile = Profile::of(&shares);
                let side = |sign: f64| {
                    let place = move |(share, density)| board.point(slot, sign * half * density, share);
                    profile.steps().map(place)
                };
                let outline: Vec<Point> = side(1.0).chain(side(-1.0).rev()).collect();
                let color = self.groups.slots.color(slot);
                let fill = Some(Paint { color, alpha: 0.3 });
                canvas.polygon(&outline, Style { fill, stroke: Some(stroke(color, 0.8)) });
            }
        })
    }

    fn quartiles(&self, plane: &Plane, frame: Frame) -> Result<(), VizError> {
        let board = self.groups.slots.board(plane, frame);
        let median =
            Symbols { symbol: Symbol::Circle, color: Color::WHITE, alpha: 1.0, halo: false, size: 2.2 };
        draw(plane, vec![], |canvas, _| {
            for (slot, values) in self.groups.values.iter().enumerate() {
                let sorted = ascending(values);
                let at = |share: f64| board.point(slot, 0.0, board.share(quantile(&sorted, share)));
                canvas.lines(&[at(0.25), at(0.75)], stroke(Color::INK, BAR));
                // The median stays visible where the quartiles are equal to it.
                Symbols { color: Color::INK, size: BAR + 0.6, ..median }.draw(canvas, at(0.5));
                median.draw(canvas, at(0.5));
            }
        })
    }
}

slot_settings!(Violin, groups.slots);

impl Draw for Violin {
    fn kind(&self) -> Kind {
        let margin = self.groups.slots.margin();
        Kind { name: "violin", layers: &[Layer::Area, Layer::Curve], margin }
    }

    fn draw(&self, layer: Layer, plane: &Plane, frame: Frame) -> Result<(), VizError> {
        if layer == Layer::Area { self.bodies(plane, frame) } else { self.quartiles(plane, frame) }
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        self.groups.check(subject)
    }

    fn reach(&self, extent: &mut Extent) {
        self.groups.reach(extent);
    }

    /// The names stand at the axis.
    fn entries(&self) -> Vec<&str> {
        Vec::new()
    }

    fn surround(&self) -> Surround {
        self.groups.slots.surround()
    }
}
