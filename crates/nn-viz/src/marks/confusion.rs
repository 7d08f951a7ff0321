//! A confusion matrix.

use plotters::style::text_anchor::{HPos, VPos};

use super::{Draw, Extent, Layer, Margin, Mark, Plane, Subject};
use crate::backend::{Face, Frame, Paint, Style, font};
use crate::color::{Color, sequential_palette};
use crate::colorbar::Colorbar;
use crate::element::{Lettering, draw, put, stroke};
use crate::error::VizError;
use crate::style::{CAPITALS, CELL_LABEL, SMALLEST_LETTERS, units};
use crate::surround::Surround;

/// How often each class was taken for each: a row for each true class from the top, a column for each
/// predicted one, and the counts in square cells, darker where there are more. It needs a panel of its own,
/// of whose axes it shows the labels only.
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
    /// The names of the classes, and for each true class a row of how often each class was predicted.
    /// The largest count is the darkest.
    #[must_use]
    pub fn new(names: &[impl AsRef<str>], counts: &[impl AsRef<[usize]>]) -> Self {
        Self {
            names: names.iter().map(|name| name.as_ref().to_owned()).collect(),
            counts: counts.iter().map(|row| row.as_ref().to_vec()).collect(),
            row_shares: false,
        }
    }

    /// Shades by shares of the row, so that rare classes show their errors as well as frequent ones; a colour
    /// bar says so. The cells still hold counts.
    #[must_use]
    pub fn row_shares(mut self) -> Self {
        self.row_shares = true;
        self
    }

    /// How dark a cell is, from 0 to 1.
    fn share(&self, row: usize, column: usize) -> f64 {
        let whole = match self.row_shares {
            true => self.counts[row].iter().map(|&count| count as f64).sum(),
            false => self.counts.iter().flatten().copied().max().unwrap_or_default() as f64,
        };
        if whole > 0.0 { self.counts[row][column] as f64 / whole } else { 0.0 }
    }

    /// One size for all counts, in points, with which the longest fits into its cell; none if that would be
    /// too small to read.
    fn lettering(&self, cell: f64) -> Option<Lettering> {
        let counts = self.counts.iter().flatten().map(ToString::to_string);
        let longest = counts.map(|count| font::width(Face::Regular, &count, 1.0)).fold(0.0, f64::max);
        let cell = cell / f64::from(units(1.0));
        let size = CELL_LABEL.min(0.84 * cell / longest).min(0.7 * cell / CAPITALS);
        let lettering =
            Lettering { size, bold: false, upwards: false, across: HPos::Center, down: VPos::Center };
        (size >= SMALLEST_LETTERS).then_some(lettering)
    }
}

impl Draw for Confusion {
    fn kind(&self) -> &'static str {
        "confusion matrix"
    }

    fn label(&self) -> &str {
        ""
    }

    fn layers(&self) -> &'static [Layer] {
        &[Layer::Ground]
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        let classes = self.names.len();
        subject.alone(true)?;
        subject.something(classes > 0)?;
        subject.length(("names", classes), ("rows", self.counts.len()))?;
        subject.even("row", &self.counts, classes)
    }

    fn reach(&self, extent: &mut Extent) {
        let classes = self.names.len() as f64;
        extent.reach_x(&[0.0, classes]);
        extent.reach_y(&[0.0, classes]);
    }

    fn margin(&self) -> Margin {
        Margin::None
    }

    fn draw(&self, _: Layer, plane: &Plane, frame: Frame) -> Result<(), VizError> {
        let classes = self.names.len();
        let palette = sequential_palette();
        let color = |row, column| palette[(self.share(row, column) * 255.0 + 0.5) as usize];
        let lettering = self.lettering(frame.width() / classes as f64);
        let nodes = (0..=classes).map(|index| (index as f64, (classes - index) as f64)).collect();
        draw(plane, nodes, |canvas, nodes| {
            let cell = |row: usize, column: usize| Frame {
                left: nodes[column].0,
                top: nodes[row].1,
                right: nodes[column + 1].0,
                bottom: nodes[row + 1].1,
            };
            let cells = || (0..classes).flat_map(|row| (0..classes).map(move |column| (row, column)));
            for (row, column) in cells() {
                let fill = Some(Paint { color: color(row, column), alpha: 1.0 });
                let style = Style { fill, stroke: Some(stroke(GAPS, 0.5)) };
                canvas.polygon(&cell(row, column).corners(), style);
            }
            let Some(lettering) = lettering else { return };
            for (row, column) in cells() {
                let count = self.counts[row][column];
                let ink = if count == 0 { Color::GREY } else { color(row, column).contrary() };
                put(canvas, &count.to_string(), cell(row, column).middle(), lettering, ink, false);
            }
        })
    }

    fn entries(&self) -> Vec<&str> {
        vec![]
    }

    fn surround(&self) -> Surround {
        Surround::Names(self.names.clone())
    }

    fn colorbar(&self) -> Option<Colorbar> {
        let ticks = [(0.0, "0"), (0.25, "0.25"), (0.5, "0.5"), (0.75, "0.75"), (1.0, "1")];
        let ticks = ticks.map(|(share, label)| (share, label.to_owned())).into();
        let bar = Colorbar { label: "Share of row".into(), palette: sequential_palette(), ticks };
        self.row_shares.then_some(bar)
    }
}

/// Between the cells: seen between white cells and between dark ones.
const GAPS: Color = Color::rgb(0xE2, 0xE8, 0xEE);

impl From<Confusion> for Mark {
    fn from(confusion: Confusion) -> Self {
        Self::new(confusion)
    }
}
