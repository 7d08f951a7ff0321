//! The part of the plane that a model assigns to each of several classes.

use super::check::Subject;
use super::draw::{Draw, Extent, Kind, Layer, Margin, Plane};
use super::ground;
use crate::canvas::Frame;
use crate::color::{Color, FIELD_SHARE};
use crate::error::VizError;
use crate::ink::stroke;
use crate::lattice::Lattice;

/// The most probable of up to ten classes over the plane, in the colours of [`Color::CLASSES`], with lines
/// where two classes are equally probable. A colour fades to white as the probability of its class falls to
/// that of guessing, 1/classes. Regions have no entries in the legend: the points of a
/// [`Scatter`](crate::Scatter) over them have the same colours.
///
/// ```
/// use nn_viz::{Figure, Lattice, Panel, Regions};
///
/// let lattice = Lattice::new((0.0, 1.0), (0.0, 1.0), 50, 50)?;
/// let class = |p: fn(f64) -> f64| -> Vec<f64> {
///     lattice.nodes().map(|(x, _)| p(x)).collect()
/// };
/// let regions = Regions::new(
///     lattice,
///     &[class(|x| 1.0 - x), class(|x| 0.6 * x), class(|x| 0.4 * x)],
/// );
/// Figure::new(3.0, 3.0)
///     .row(1.0, [Panel::new("Three classes").mark(regions)])
///     .draw()?;
/// # Ok::<(), nn_viz::VizError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Regions {
    lattice: Lattice,
    /// For each class, its probability at each node.
    classes: Vec<Vec<f64>>,
}

impl Regions {
    /// Makes regions from one list of probabilities for each class, with one value for each node of the
    /// lattice.
    #[must_use]
    pub fn new(lattice: Lattice, probabilities: &[impl AsRef<[f64]>]) -> Self {
        Self { lattice, classes: probabilities.iter().map(|class| class.as_ref().to_vec()).collect() }
    }

    /// The most probable class at a node, the first of equals, and its probability.
    fn winner(&self, node: usize) -> (usize, f64) {
        let mut best = (0, self.classes[0][node]);
        for (class, values) in self.classes.iter().enumerate().skip(1) {
            if values[node] > best.1 {
                best = (class, values[node]);
            }
        }
        best
    }

    /// The probability of a class minus the largest of the others, at each node. The class wins where this is
    /// positive.
    fn lead(&self, class: usize) -> Vec<f64> {
        let others = || self.classes.iter().enumerate().filter(|(other, _)| *other != class);
        let rival = |node: usize| others().map(|(_, values)| values[node]).fold(f64::NEG_INFINITY, f64::max);
        (0..self.lattice.len()).map(|node| self.classes[class][node] - rival(node)).collect()
    }

    /// Covers the ground with the colours of the winners. The palette holds the shades of the first class,
    /// from white on, then as many shades of the second, and so on.
    fn cover(&self, plane: &Plane) -> Result<(), VizError> {
        let classes = self.classes.len();
        let shades = 256 / classes;
        let chance = 1.0 / classes as f64;
        let index = |node: usize| {
            let (class, p) = self.winner(node);
            let strength = ((p - chance) / (1.0 - chance)).clamp(0.0, 1.0);
            (class * shades + (strength * (shades - 1) as f64 + 0.5) as usize) as u8
        };
        let shade = |class: usize, shade: usize| {
            Color::CLASSES[class].tint(FIELD_SHARE * shade as f64 / (shades - 1) as f64)
        };
        let palette = (0..classes).flat_map(|class| (0..shades).map(move |s| shade(class, s))).collect();
        ground::cover(plane, &self.lattice, palette, index)
    }
}

impl Draw for Regions {
    fn kind(&self) -> Kind {
        Kind { name: "regions", layers: &[Layer::Ground], margin: Margin::None }
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        subject.something("the probabilities of at least two classes", self.classes.len() > 1)?;
        subject.colors(self.classes.len())?;
        subject.even("class", &self.classes, self.lattice.len())?;
        self.classes.iter().try_for_each(|values| ground::check(subject, values))
    }

    fn reach(&self, extent: &mut Extent) {
        ground::reach(&self.lattice, extent);
    }

    fn draw(&self, _: Layer, plane: &Plane, _: Frame) -> Result<(), VizError> {
        self.cover(plane)?;
        (0..self.classes.len()).try_for_each(|class| {
            ground::contours(plane, &self.lattice, (&self.lead(class), 0.0), stroke(Color::INK, 1.1))
        })
    }
}
