//! A confusion matrix.

use super::cells;
use super::check::Subject;
use super::draw::{Draw, Extent, Kind, Layer, Margin, Plane};
use crate::canvas::{Frame, Paint, Style};
use crate::color::{Color, sequential_palette};
use crate::error::VizError;
use crate::ink::{draw, put, stroke};
use crate::surround::{Colorbar, Surround};

/// A confusion matrix: rows are true classes from the top, columns are predicted classes, and square cells
/// hold the counts, darker for larger ones. It must be the only mark of its panel, and it shows the labels of
/// the panel's axes but no ticks.
///
/// ```
/// use nn_viz::{Axis, Confusion, Figure, Panel};
///
/// let panel = Panel::new("Test set")
///     .x(Axis::linear("Predicted"))
///     .y(Axis::linear("True"))
///     .mark(Confusion::new(&["cat", "dog"], &[[48, 2], [5, 45]]).row_shares());
/// let drawing = Figure::new(3.0, 2.8).row(1.0, [panel]).draw()?;
/// # assert!(drawing.svg().contains("data-text=\"48\""));
/// # Ok::<(), nn_viz::VizError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Confusion {
    names: Vec<String>,
    counts: Vec<Vec<usize>>,
    row_shares: bool,
}

impl Confusion {
    /// Makes a matrix from the names of the classes and one row of counts for each true class: the number of
    /// times that each class was predicted. The cell with the largest count is the darkest.
    #[must_use]
    pub fn new(names: &[impl AsRef<str>], counts: &[impl AsRef<[usize]>]) -> Self {
        Self {
            names: names.iter().map(|name| name.as_ref().to_owned()).collect(),
            counts: counts.iter().map(|row| row.as_ref().to_vec()).collect(),
            row_shares: false,
        }
    }

    /// Shades each cell by its share of the row, so that the errors of rare classes are as visible as those
    /// of frequent ones. A colour bar explains the shades. The cells still hold counts.
    #[must_use]
    pub fn row_shares(mut self) -> Self {
        self.row_shares = true;
        self
    }

    /// The darkness of a cell, from 0 to 1.
    fn share(&self, row: usize, column: usize) -> f64 {
        let whole = match self.row_shares {
            true => self.counts[row].iter().map(|&count| count as f64).sum(),
            false => self.counts.iter().flatten().copied().max().unwrap_or_default() as f64,
        };
        if whole > 0.0 { self.counts[row][column] as f64 / whole } else { 0.0 }
    }
}

impl Draw for Confusion {
    fn kind(&self) -> Kind {
        Kind { name: "confusion matrix", layers: &[Layer::Ground], margin: Margin::None }
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        let classes = self.names.len();
        subject.owns_panel(true)?;
        subject.something("at least one class", classes > 0)?;
        subject.length(("names", classes), ("rows", self.counts.len()))?;
        subject.even("row", &self.counts, classes)
    }

    fn reach(&self, extent: &mut Extent) {
        let classes = self.names.len() as f64;
        extent.reach_x(&[0.0, classes]);
        extent.reach_y(&[0.0, classes]);
    }

    fn draw(&self, _: Layer, plane: &Plane, frame: Frame) -> Result<(), VizError> {
        let classes = self.names.len();
        let palette = sequential_palette();
        let color = |row, column| palette[(self.share(row, column) * 255.0 + 0.5) as usize];
        let words = self.counts.iter().flatten().map(ToString::to_string);
        let lettering = cells::lettering(words, frame.width() / classes as f64);
        let nodes = (0..=classes).map(|index| (index as f64, (classes - index) as f64)).collect();
        draw(plane, nodes, |canvas, nodes| {
            let cell = |row: usize, column: usize| Frame {
                left: nodes[column].0,
                top: nodes[row].1,
                right: nodes[column + 1].0,
                bottom: nodes[row + 1].1,
            };
            let places = || (0..classes).flat_map(|row| (0..classes).map(move |column| (row, column)));
            for (row, column) in places() {
                let fill = Some(Paint { color: color(row, column), alpha: 1.0 });
                let style = Style { fill, stroke: Some(stroke(cells::GAPS, 0.5)) };
                canvas.polygon(&cell(row, column).corners(), style);
            }
            let Some(lettering) = lettering else { return };
            for (row, column) in places() {
                let count = self.counts[row][column];
                let ink = if count == 0 { Color::GREY } else { color(row, column).contrary() };
                put(canvas, &count.to_string(), cell(row, column).middle(), lettering, ink, false);
            }
        })
    }

    fn surround(&self) -> Surround {
        Surround::Names { columns: self.names.clone(), rows: self.names.clone() }
    }

    fn colorbar(&self) -> Option<Colorbar> {
        self.row_shares.then(|| Colorbar::of_shares("Share of row", sequential_palette()))
    }
}
