//! Estimates of several groups with their intervals.

use super::check::Subject;
use super::draw::{Draw, Extent, Kind, Layer, Plane};
use super::groups::{Slots, slot_settings};
use crate::canvas::Frame;
use crate::color::Color;
use crate::error::VizError;
use crate::ink::{Symbol, Symbols, draw, stroke};
use crate::surround::Surround;

/// One estimate for each of several names, with its interval: for instance the mean difference of each
/// configuration to the first one, paired by seed, with its confidence interval. An interval that does not
/// reach the [`ReferenceLine`](crate::ReferenceLine) at 0 is a difference that chance does not explain.
///
/// The panel has the names below its frame and its y axis beside it. Of the x axis, only the label can be
/// set. The panel can have other marks with the same groups.
///
/// ```
/// use nn_viz::{Axis, Color, Figure, Intervals, Panel, ReferenceLine};
///
/// let (means, low, high) = ([0.01, 0.04], [-0.01, 0.03], [0.03, 0.06]);
/// let differences = Intervals::new(&["momentum", "Adam"], &means, &low, &high);
/// let panel = Panel::new("Accuracy gained over SGD")
///     .x(Axis::linear("Paired difference"))
///     .mark(ReferenceLine::vertical("", 0.0, Color::GREY))
///     .mark(differences.horizontal());
/// Figure::new(3.0, 1.5).row(1.0, [panel]).draw()?;
/// # Ok::<(), nn_viz::VizError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Intervals {
    slots: Slots,
    estimates: Vec<f64>,
    low: Vec<f64>,
    high: Vec<f64>,
}

/// Half the length of the cap at an end, as a part of the slot and in points.
const CAP: (f64, f64) = (0.2, 3.0);

impl Intervals {
    /// Makes a point and an interval for each name, from as many estimates and lower and upper ends.
    #[must_use]
    pub fn new(names: &[impl AsRef<str>], estimates: &[f64], low: &[f64], high: &[f64]) -> Self {
        let [estimates, low, high] = [estimates, low, high].map(<[f64]>::to_vec);
        Self { slots: Slots::new(names), estimates, low, high }
    }

    fn series(&self) -> [(&'static str, &[f64]); 3] {
        [("estimates", &self.estimates), ("low", &self.low), ("high", &self.high)]
    }
}

slot_settings!(Intervals, slots);

impl Draw for Intervals {
    fn kind(&self) -> Kind {
        Kind { name: "intervals", layers: &[Layer::Curve], margin: self.slots.margin() }
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        self.slots.check(subject)?;
        self.series().into_iter().try_for_each(|(name, values)| {
            subject.length(("names", self.slots.names.len()), (name, values.len()))?;
            subject.finite(name, values)?;
            self.slots.check_signs(subject, values)
        })?;
        let orders = self.low.iter().zip(&self.estimates).zip(&self.high);
        orders.into_iter().try_for_each(|((low, estimate), high)| {
            let sound = low <= estimate && estimate <= high;
            subject.property("estimate", *estimate, "within its interval", sound)
        })
    }

    fn reach(&self, extent: &mut Extent) {
        self.series().into_iter().for_each(|(_, values)| self.slots.reach(extent, values));
    }

    fn draw(&self, _: Layer, plane: &Plane, frame: Frame) -> Result<(), VizError> {
        let board = self.slots.board(plane, frame);
        let cap = board.part(CAP.1, CAP.0);
        draw(plane, vec![], |canvas, _| {
            for (slot, &estimate) in self.estimates.iter().enumerate() {
                let color = self.slots.color(slot);
                let at = |beside: f64, value: f64| board.point(slot, beside, board.share(value));
                let ends = [self.low[slot], self.high[slot]];
                canvas.lines(&ends.map(|end| at(0.0, end)), stroke(color, 1.3));
                for end in ends {
                    canvas.lines(&[at(-cap, end), at(cap, end)], stroke(color, 1.3));
                }
                let symbols = Symbols { symbol: Symbol::Circle, color, alpha: 1.0, halo: true, size: 5.0 };
                symbols.draw(canvas, at(0.0, estimate));
            }
        })
    }

    /// The names stand at the axis.
    fn entries(&self) -> Vec<&str> {
        Vec::new()
    }

    fn surround(&self) -> Surround {
        self.slots.surround()
    }
}
