//! The parts of the plane that a model gives to each of several classes.

use super::field::{contours, ground, probabilities};
use super::{Draw, Extent, Layer, Margin, Mark, Plane, Subject};
use crate::backend::{Frame, Raster};
use crate::color::{Color, FIELD_SHARE};
use crate::element::stroke;
use crate::error::VizError;
use crate::lattice::Lattice;

/// The most probable class over the plane in the colours of [`Color::CLASSES`], up to ten of them, and in ink
/// the lines where two are equally probable. A colour fades to white as the probability of its class falls to
/// that of guessing, 1/classes.
///
/// ```
/// use nn_viz::{Figure, Lattice, Panel, Regions};
///
/// let lattice = Lattice::new((0.0, 1.0), (0.0, 1.0), 50, 50)?;
/// let class = |p: fn(f64) -> f64| -> Vec<f64> { lattice.nodes().map(|(x, _)| p(x)).collect() };
/// let regions = Regions::new(lattice, &[class(|x| 1.0 - x), class(|x| 0.6 * x), class(|x| 0.4 * x)]);
/// Figure::new(3.0, 3.0).row(1.0, [Panel::new("Three classes").mark(regions)]).draw()?;
/// # Ok::<(), nn_viz::VizError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Regions {
    lattice: Lattice,
    /// The probabilities of each class.
    classes: Vec<Vec<f64>>,
}

impl Regions {
    /// For each class, its probability at each node of the lattice.
    #[must_use]
    pub fn new(lattice: Lattice, probabilities: &[impl AsRef<[f64]>]) -> Self {
        Self { lattice, classes: probabilities.iter().map(|class| class.as_ref().to_vec()).collect() }
    }

    /// Class and probability of the most probable class at a node; of equals, the first.
    fn winner(&self, node: usize) -> (usize, f64) {
        let mut best = (0, self.classes[0][node]);
        for (class, values) in self.classes.iter().enumerate().skip(1) {
            if values[node] > best.1 {
                best = (class, values[node]);
            }
        }
        best
    }

    /// By how much a class is more probable than all others, at each node: it wins where this is positive.
    fn lead(&self, class: usize) -> Vec<f64> {
        let others = || self.classes.iter().enumerate().filter(|(other, _)| *other != class);
        let rival = |node: usize| others().map(|(_, values)| values[node]).fold(f64::NEG_INFINITY, f64::max);
        (0..self.lattice.len()).map(|node| self.classes[class][node] - rival(node)).collect()
    }

    /// The winners as colours, top row first: so many shades of the first class, so many of the second.
    fn raster(&self) -> Raster {
        let (columns, rows) = self.lattice.size();
        let classes = self.classes.len();
        let shades = 256 / classes;
        let chance = 1.0 / classes as f64;
        let index = |node: usize| {
            let (class, p) = self.winner(node);
            let strength = ((p - chance) / (1.0 - chance)).clamp(0.0, 1.0);
            (class * shades + (strength * (shades - 1) as f64 + 0.5) as usize) as u8
        };
        let upwards: Vec<u8> = (0..self.lattice.len()).map(index).collect();
        let shade = |class: usize, shade: usize| {
            Color::CLASSES[class].tint(FIELD_SHARE * shade as f64 / (shades - 1) as f64)
        };
        let palette = (0..classes).flat_map(|class| (0..shades).map(move |s| shade(class, s))).collect();
        Raster { columns, rows, indices: upwards.rchunks(columns).flatten().copied().collect(), palette }
    }
}

impl Draw for Regions {
    fn kind(&self) -> &'static str {
        "regions"
    }

    fn label(&self) -> &str {
        ""
    }

    fn layers(&self) -> &'static [Layer] {
        &[Layer::Ground]
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        subject.something(self.classes.len() > 1)?;
        subject.colors(self.classes.len())?;
        subject.even("class", &self.classes, self.lattice.len())?;
        self.classes.iter().try_for_each(|values| probabilities(subject, values))
    }

    fn reach(&self, extent: &mut Extent) {
        let (x, y) = self.lattice.extent();
        extent.reach_x(&[x.0, x.1]);
        extent.reach_y(&[y.0, y.1]);
    }

    fn margin(&self) -> Margin {
        Margin::None
    }

    fn draw(&self, _: Layer, plane: &Plane, _: Frame) -> Result<(), VizError> {
        ground(plane, &self.lattice, &self.raster())?;
        (0..self.classes.len()).try_for_each(|class| {
            contours(plane, &self.lattice, (&self.lead(class), 0.0), stroke(Color::INK, 1.1))
        })
    }

    /// The points on it have their colours in the legend.
    fn entries(&self) -> Vec<&str> {
        vec![]
    }
}

impl From<Regions> for Mark {
    fn from(regions: Regions) -> Self {
        Self::new(regions)
    }
}
