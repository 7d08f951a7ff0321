//! All values of several groups, as points.

use super::check::Subject;
use super::draw::{Draw, Extent, Kind, Layer, Plane};
use super::groups::{Groups, Profile, slot_settings};
use super::quantile::{ascending, quantile};
use crate::canvas::Frame;
use crate::color::Color;
use crate::error::VizError;
use crate::ink::{Symbol, Symbols, draw, stroke};
use crate::surround::Surround;

/// All values of several named groups as points side by side: for instance the final scores of several
/// configurations, one point for each trial. Points of one group are spread sideways where they are dense,
/// within the outline of a [`Violin`](crate::Violin). Their places depend on nothing but the values.
///
/// The panel has the names below its frame and its y axis beside it. Of the x axis, only the label can be
/// set. The panel can have other marks with the same groups, such as [`Boxes`](crate::Boxes), and a
/// [`ReferenceLine`](crate::ReferenceLine).
///
/// ```
/// use nn_viz::{Axis, Figure, Panel, Strip};
///
/// let scores = [[0.91, 0.93, 0.92, 0.95], [0.95, 0.97, 0.96, 0.96]];
/// let panel = Panel::new("Test accuracy, 4 trials each")
///     .y(Axis::linear("Accuracy"))
///     .mark(Strip::new(&["dense", "convolutional"], &scores).medians());
/// Figure::new(3.0, 2.5).row(1.0, [panel]).draw()?;
/// # Ok::<(), nn_viz::VizError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Strip {
    groups: Groups,
    size: f64,
    alpha: f64,
    medians: bool,
}

/// The largest distance of a point from the middle of its slot, as a part of the slot and in points.
const SPREAD: (f64, f64) = (0.36, 22.0);

/// The smallest points with a white rim, in points. The rim of smaller ones would be most of what is seen.
const SMALLEST_WITH_HALO: f64 = 3.0;

impl Strip {
    /// Makes a strip for each name, from one list of values for each. Points are discs 3.4 points (1/72 inch)
    /// across.
    #[must_use]
    pub fn new(names: &[impl AsRef<str>], values: &[impl AsRef<[f64]>]) -> Self {
        Self { groups: Groups::new(names, values), size: 3.4, alpha: 0.75, medians: false }
    }

    /// Adds a line at the median of each group.
    #[must_use]
    pub fn medians(mut self) -> Self {
        self.medians = true;
        self
    }

    /// Sets the opacity of the points, from 0 to 1.
    #[must_use]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.alpha = alpha;
        self
    }

    /// Sets the diameter of the points in points (1/72 inch): more than 0 and at most 72. Points less than 3
    /// across have no white rim.
    #[must_use]
    pub fn size(mut self, points: f64) -> Self {
        self.size = points;
        self
    }
}

slot_settings!(Strip, groups.slots);

/// The number after the point of a multiple of the golden ratio, from 0 to 1. Successive ones are as far
/// apart as can be, so neighbours in a strip do not meet.
fn golden(index: usize) -> f64 {
    (index as f64 * 0.618_033_988_749_894_9).fract()
}

impl Draw for Strip {
    fn kind(&self) -> Kind {
        Kind { name: "strip", layers: &[Layer::Curve], margin: self.groups.slots.margin() }
    }

    fn draw(&self, _: Layer, plane: &Plane, frame: Frame) -> Result<(), VizError> {
        let board = self.groups.slots.board(plane, frame);
        let spread = board.part(SPREAD.1, SPREAD.0);
        draw(plane, vec![], |canvas, _| {
            for (slot, values) in self.groups.values.iter().enumerate() {
                let sorted = ascending(values);
                let shares: Vec<f64> = sorted.iter().map(|&value| board.share(value)).collect();
                let profile = Profile::of(&shares);
                let color = self.groups.slots.color(slot);
                let (alpha, size) = (self.alpha, self.size);
                let halo = size >= SMALLEST_WITH_HALO;
                let symbols = Symbols { symbol: Symbol::Circle, color, alpha, halo, size };
                for (rank, &share) in shares.iter().enumerate() {
                    let beside = spread * profile.at(share) * (2.0 * golden(rank) - 1.0);
                    symbols.draw(canvas, board.point(slot, beside, share));
                }
                if self.medians {
                    let median = board.share(quantile(&sorted, 0.5));
                    let ends = [-1.2, 1.2].map(|side| board.point(slot, side * spread, median));
                    canvas.lines(&ends, stroke(Color::INK, 1.4));
                }
            }
        })
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        subject.size("size", self.size)?;
        subject.opacity(self.alpha)?;
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
