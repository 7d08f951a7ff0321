//! The quartiles of several groups.

use super::check::Subject;
use super::draw::{Draw, Extent, Kind, Layer, Plane};
use super::groups::{Groups, Slots, slot_settings};
use super::quantile::{ascending, quantile};
use crate::canvas::{Frame, Paint, Style};
use crate::color::Color;
use crate::error::VizError;
use crate::ink::{Symbol, Symbols, draw, stroke};
use crate::surround::Surround;

/// A box plot of several named groups: for instance the final scores of several configurations. A box reaches
/// from the lower to the upper quartile, with a line at the median. Its whiskers reach to the last values
/// that are within 1.5 times the distance of the quartiles. Values beyond are single points.
///
/// Source: Tukey, "Exploratory Data Analysis" (1977). Quartiles are interpolated linearly, as by NumPy.
///
/// The panel has the names below its frame and its y axis beside it. Of the x axis, only the label can be
/// set. The panel can have other marks with the same groups, such as a [`Strip`](crate::Strip) over the
/// boxes. To see which differences are more than chance, set a panel of [`Intervals`](crate::Intervals) of
/// paired differences beside it.
///
/// ```
/// use nn_viz::{Axis, Boxes, Figure, Panel};
///
/// let scores = [[0.91, 0.93, 0.92, 0.95, 0.7], [0.95, 0.97, 0.96, 0.96, 0.94]];
/// let panel = Panel::new("Test accuracy, 5 trials each")
///     .x(Axis::linear("Accuracy"))
///     .mark(Boxes::new(&["dense", "convolutional"], &scores).horizontal());
/// Figure::new(3.0, 1.5).row(1.0, [panel]).draw()?;
/// # Ok::<(), nn_viz::VizError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Boxes {
    groups: Groups,
    outliers: bool,
}

/// The largest half width of a box, as a part of its slot and in points.
const HALF: (f64, f64) = (0.3, 15.0);
/// The greatest length of a whisker, in distances of the quartiles.
const WHISKER: f64 = 1.5;

impl Boxes {
    /// Makes a box for each name, from one list of values for each.
    #[must_use]
    pub fn new(names: &[impl AsRef<str>], values: &[impl AsRef<[f64]>]) -> Self {
        Self { groups: Groups::new(names, values), outliers: true }
    }

    /// Leaves out the values beyond the whiskers, because another mark of the panel shows them.
    #[must_use]
    pub fn without_outliers(mut self) -> Self {
        self.outliers = false;
        self
    }

    fn slots(&self) -> &Slots {
        &self.groups.slots
    }
}

slot_settings!(Boxes, groups.slots);

/// The numbers of one box.
struct Summary {
    median: f64,
    quartiles: [f64; 2],
    whiskers: [f64; 2],
    outliers: Vec<f64>,
}

impl Summary {
    /// Summarises at least one finite value.
    fn of(values: &[f64]) -> Self {
        let sorted = ascending(values);
        let [low, median, high] = [0.25, 0.5, 0.75].map(|share| quantile(&sorted, share));
        // Halves first, because the distance of two doubles can overflow. Equal quartiles give fences at
        // exactly their value, so that equal values are no outliers.
        let fence = |from: f64, to: f64| from + 2.0 * WHISKER * (from / 2.0 - to / 2.0);
        let (lower, upper) = (fence(low, high), fence(high, low));
        let inside = |value: &&f64| (lower..=upper).contains(*value);
        // Interpolated quartiles can lie beyond all values inside of the fences; whiskers never point
        // inwards.
        let end = |value: Option<&f64>, quartile: f64| value.copied().unwrap_or(quartile);
        let first = end(sorted.iter().find(inside), low).min(low);
        let last = end(sorted.iter().rfind(inside), high).max(high);
        let outliers = sorted.iter().filter(|value| !inside(value)).copied().collect();
        Self { median, quartiles: [low, high], whiskers: [first, last], outliers }
    }
}

impl Draw for Boxes {
    fn kind(&self) -> Kind {
        Kind { name: "boxes", layers: &[Layer::Curve], margin: self.slots().margin() }
    }

    fn draw(&self, _: Layer, plane: &Plane, frame: Frame) -> Result<(), VizError> {
        let board = self.slots().board(plane, frame);
        let half = board.part(HALF.1, HALF.0);
        draw(plane, vec![], |canvas, _| {
            for (slot, values) in self.groups.values.iter().enumerate() {
                let color = self.slots().color(slot);
                let pen = stroke(color, 0.9);
                let Summary { median, quartiles, whiskers, outliers } = Summary::of(values);
                let at = |beside: f64, value: f64| board.point(slot, beside * half, board.share(value));
                let across = |half: f64, value: f64| [at(-half, value), at(half, value)];
                for (quartile, end) in quartiles.into_iter().zip(whiskers) {
                    canvas.lines(&[at(0.0, quartile), at(0.0, end)], pen);
                    canvas.lines(&across(0.5, end), pen);
                }
                let [[a, b], [c, d]] = quartiles.map(|quartile| across(1.0, quartile));
                // Opaque, so that a reference line does not run through the box.
                let fill = Some(Paint { color: color.tint(0.28), alpha: 1.0 });
                canvas.polygon(&[a, b, d, c], Style { fill, stroke: Some(pen) });
                canvas.lines(&across(1.0, median), stroke(Color::INK, 1.4));
                let symbols = Symbols { symbol: Symbol::Circle, color, alpha: 1.0, halo: false, size: 2.6 };
                for &value in outliers.iter().filter(|_| self.outliers) {
                    symbols.draw(canvas, at(0.0, value));
                }
            }
        })
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

#[cfg(test)]
mod tests {
    use super::Summary;

    #[test]
    fn whiskers_end_at_values_and_outliers_are_beyond_the_fences() {
        // matplotlib.cbook.boxplot_stats([1, 2, 3, 4, 5, 6, 7, 20, -9]).
        let Summary { median, quartiles, whiskers, outliers } =
            Summary::of(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 20.0, -9.0]);
        assert_eq!((median, quartiles, whiskers), (4.0, [2.0, 6.0], [1.0, 7.0]));
        assert_eq!(outliers, [-9.0, 20.0]);
        let one = Summary::of(&[3.0]);
        assert_eq!((one.median, one.quartiles, one.whiskers), (3.0, [3.0; 2], [3.0; 2]));
        assert!(one.outliers.is_empty());
        // Equal values are no outliers, however their product with 1.5 is rounded.
        for value in [0.3, 0.97, 1e-300, f64::MAX] {
            let equal = Summary::of(&[value; 5]);
            assert_eq!((equal.whiskers, equal.outliers.len()), ([value; 2], 0), "{value}");
        }
        // The upper quartile, 25, is beyond every value that is not an outlier.
        let few = Summary::of(&[0.0, 0.0, 0.0, 100.0]);
        assert_eq!((few.quartiles, few.whiskers), ([0.0, 25.0], [0.0, 25.0]));
        let wide = Summary::of(&[-f64::MAX, 0.0, f64::MAX]);
        assert_eq!(wide.whiskers, [-f64::MAX, f64::MAX]);
    }
}
