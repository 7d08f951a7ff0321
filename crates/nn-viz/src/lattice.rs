//! Nodes over the plane, for values of which there is one at each.

use crate::contour;
use crate::error::VizError;

/// A regular lattice of nodes over a rectangle of the plane, in data units. The outer nodes lie on its
/// sides. Nodes are counted row after row, upwards: first all of the lowest `y`, from left to right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lattice {
    x: (f64, f64),
    y: (f64, f64),
    columns: usize,
    rows: usize,
}

impl Lattice {
    /// `columns` by `rows` nodes over `x` and `y`, each from its lower to its upper end. Some 200 by 200
    /// look smooth in a panel.
    ///
    /// # Errors
    ///
    /// [`VizError::Lattice`] with fewer than two columns or rows, or an extent that is empty, reversed or
    /// not finite.
    pub fn new(x: (f64, f64), y: (f64, f64), columns: usize, rows: usize) -> Result<Self, VizError> {
        let spans = |(low, high): (f64, f64)| high > low && (high - low).is_finite();
        match columns >= 2 && rows >= 2 && spans(x) && spans(y) {
            true => Ok(Self { x, y, columns, rows }),
            false => Err(VizError::Lattice { columns, rows, x, y }),
        }
    }

    /// How many nodes there are, and so how many values a field over them needs.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a lattice has at least four nodes")]
    pub fn len(&self) -> usize {
        self.columns * self.rows
    }

    /// The places of all nodes, in the order in which a field takes its values.
    pub fn nodes(&self) -> impl Iterator<Item = (f64, f64)> + use<> {
        let lattice = *self;
        (0..self.len())
            .map(move |node| lattice.place((node % lattice.columns) as f64, (node / lattice.columns) as f64))
    }

    /// The two ends along x, and along y.
    pub(crate) fn extent(&self) -> ((f64, f64), (f64, f64)) {
        (self.x, self.y)
    }

    /// The place of a column and a row, or of a point between them.
    fn place(&self, column: f64, row: f64) -> (f64, f64) {
        let along = |(low, high): (f64, f64), share: f64| low + share * (high - low);
        (along(self.x, column / (self.columns - 1) as f64), along(self.y, row / (self.rows - 1) as f64))
    }

    /// How many columns and rows there are.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.columns, self.rows)
    }

    /// The lines along which one value for each node equals `level`, in data units.
    pub(crate) fn contours(&self, values: &[f64], level: f64) -> Vec<Vec<(f64, f64)>> {
        let mut lines = contour::contours(self.columns, self.rows, values, level);
        for point in lines.iter_mut().flatten() {
            *point = self.place(point.0, point.1);
        }
        lines
    }
}
