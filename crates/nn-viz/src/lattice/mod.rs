//! Nodes over the plane, each of which has a value.

mod contour;

use crate::error::VizError;

/// A regular lattice of nodes over a rectangle of the plane, in data units. The outer nodes lie on the sides
/// of the rectangle. Nodes are counted from left to right in each row, starting with the row of the lowest
/// `y`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lattice {
    x: (f64, f64),
    y: (f64, f64),
    columns: usize,
    rows: usize,
}

impl Lattice {
    /// Makes `columns` by `rows` nodes over the ranges `x` and `y`, each given by its lower and its upper
    /// end. About 200 by 200 nodes look smooth in a panel.
    ///
    /// # Errors
    ///
    /// [`VizError::Lattice`] if there are fewer than two columns or rows, or if a range is empty, reversed or
    /// not finite.
    pub fn new(x: (f64, f64), y: (f64, f64), columns: usize, rows: usize) -> Result<Self, VizError> {
        let spans = |(low, high): (f64, f64)| high > low && low.is_finite() && high.is_finite();
        match columns >= 2 && rows >= 2 && spans(x) && spans(y) {
            true => Ok(Self { x, y, columns, rows }),
            false => Err(VizError::Lattice { columns, rows, x, y }),
        }
    }

    /// The number of nodes, and of the values of a field over them.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a lattice has at least four nodes")]
    pub fn len(&self) -> usize {
        self.columns * self.rows
    }

    /// Returns the places of all nodes, in the order of the values of a field.
    pub fn nodes(&self) -> impl Iterator<Item = (f64, f64)> + use<> {
        let lattice = *self;
        (0..self.len())
            .map(move |node| lattice.place((node % lattice.columns) as f64, (node / lattice.columns) as f64))
    }

    /// The two ends along x and the two ends along y.
    pub(crate) fn extent(&self) -> ((f64, f64), (f64, f64)) {
        (self.x, self.y)
    }

    /// The place of a column and a row, or of a point between them.
    fn place(&self, column: f64, row: f64) -> (f64, f64) {
        let along = |(low, high): (f64, f64), share: f64| match (high - low).is_finite() {
            true => low + share * (high - low),
            false => (1.0 - share) * low + share * high,
        };
        (along(self.x, column / (self.columns - 1) as f64), along(self.y, row / (self.rows - 1) as f64))
    }

    /// The numbers of columns and of rows.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.columns, self.rows)
    }

    /// The lines along which the values of the nodes equal `level`, in data units.
    pub(crate) fn contours(&self, values: &[f64], level: f64) -> Vec<Vec<(f64, f64)>> {
        let mut lines = contour::contours(self.columns, self.rows, values, level);
        for point in lines.iter_mut().flatten() {
            *point = self.place(point.0, point.1);
        }
        lines
    }
}
