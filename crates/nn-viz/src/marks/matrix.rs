//! A matrix of numbers with named rows and columns.

use super::cells;
use super::check::Subject;
use super::draw::{Draw, Extent, Kind, Layer, Margin, Plane};
use crate::canvas::{Frame, Raster};
use crate::color::{Color, sequential_palette, signed_palette};
use crate::error::VizError;
use crate::ink::{draw, put, stroke, units};
use crate::scales::share;
use crate::surround::{Colorbar, Surround};

/// A matrix of numbers as square cells with names, for instance the weights with which tokens attend to
/// tokens, or the correlations of features. Rows are listed from the top.
///
/// Values from 0 on are darker the larger they are. If any value is negative, the colours are those of signed
/// values: blue below 0, white at 0, and orange above, equally strong at equal distances. A colour bar
/// explains them. The matrix must be the only mark of its panel, and it shows the labels of the panel's axes
/// but no ticks.
///
/// ```
/// use nn_viz::{Axis, Figure, Matrix, Panel};
///
/// let tokens = ["the", "cat", "sat"];
/// let weights = [[1.0, 0.0, 0.0], [0.3, 0.7, 0.0], [0.1, 0.6, 0.3]];
/// let panel = Panel::new("Head 1")
///     .x(Axis::linear("Attended to"))
///     .y(Axis::linear("Token"))
///     .mark(Matrix::new("Weight", &tokens, &tokens, &weights).most(1.0).labelled(1));
/// Figure::new(3.0, 2.6).row(1.0, [panel]).draw()?;
/// # Ok::<(), nn_viz::VizError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Matrix {
    label: String,
    rows: Vec<String>,
    columns: Vec<String>,
    values: Vec<Vec<f64>>,
    most: Option<f64>,
    decimals: Option<usize>,
}

impl Matrix {
    /// Makes a matrix from the names of its rows and columns and one list of values for each row. The label
    /// stands above the colour bar. The strongest colour belongs to the value that is farthest from 0.
    #[must_use]
    pub fn new(
        label: impl Into<String>,
        rows: &[impl AsRef<str>],
        columns: &[impl AsRef<str>],
        values: &[impl AsRef<[f64]>],
    ) -> Self {
        Self {
            label: label.into(),
            rows: rows.iter().map(|name| name.as_ref().to_owned()).collect(),
            columns: columns.iter().map(|name| name.as_ref().to_owned()).collect(),
            values: values.iter().map(|row| row.as_ref().to_vec()).collect(),
            most: None,
            decimals: None,
        }
    }

    /// Sets the distance from 0 that has the strongest colour, so that several matrices can be compared.
    /// Values farther from 0 have the same colour.
    #[must_use]
    pub fn most(mut self, value: f64) -> Self {
        self.most = Some(value);
        self
    }

    /// Writes each value into its cell with this number of decimals, at most 17, if there is room.
    #[must_use]
    pub fn labelled(mut self, decimals: usize) -> Self {
        self.decimals = Some(decimals);
        self
    }

    /// The values of the first and of the last colour.
    fn ends(&self) -> (f64, f64) {
        let values = || self.values.iter().flatten();
        let farthest = values().fold(0.0, |most: f64, value| most.max(value.abs()));
        // A matrix of zeros has no farthest value.
        let most = self.most.unwrap_or(if farthest > 0.0 { farthest } else { 1.0 });
        if values().any(|&value| value < 0.0) { (-most, most) } else { (0.0, most) }
    }

    fn palette(&self) -> Vec<Color> {
        if self.ends().0 < 0.0 { signed_palette() } else { sequential_palette() }
    }

    /// The cells as indices into the palette.
    fn raster(&self) -> Raster {
        let (low, high) = self.ends();
        let index = |value: &f64| (share(*value, (low, high)).clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
        let indices = self.values.iter().flatten().map(index).collect();
        Raster { columns: self.columns.len(), rows: self.rows.len(), indices, palette: self.palette() }
    }

    /// The text of each cell, row by row, with a minus sign that is as wide as a plus.
    fn words(&self) -> Vec<String> {
        let Some(decimals) = self.decimals else { return Vec::new() };
        let word = |value: &f64| {
            let word = format!("{value:.decimals$}");
            // What is rounded to zero has no sign.
            if word.contains(|digit| matches!(digit, '1'..='9')) {
                word.replace('-', "−")
            } else {
                word.replace('-', "")
            }
        };
        self.values.iter().flatten().map(word).collect()
    }
}

impl Draw for Matrix {
    fn kind(&self) -> Kind {
        Kind { name: "matrix", layers: &[Layer::Ground], margin: Margin::None }
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        subject.owns_panel(true)?;
        let found = !self.rows.is_empty() && !self.columns.is_empty();
        subject.something("at least one row and one column", found)?;
        subject.length(("names of rows", self.rows.len()), ("rows", self.values.len()))?;
        subject.even("row", &self.values, self.columns.len())?;
        self.rows.iter().zip(&self.values).try_for_each(|(name, row)| subject.named("row", name, row))?;
        let decimals = self.decimals.unwrap_or(0);
        subject.property("number of decimals", decimals as f64, "at most 17", decimals <= 17)?;
        let most = self.most.unwrap_or(1.0);
        subject.property("strongest value", most, "finite and more than 0", most > 0.0 && most.is_finite())
    }

    fn reach(&self, extent: &mut Extent) {
        extent.reach_x(&[0.0, self.columns.len() as f64]);
        extent.reach_y(&[0.0, self.rows.len() as f64]);
    }

    fn draw(&self, _: Layer, plane: &Plane, frame: Frame) -> Result<(), VizError> {
        /// Cells narrower than this have no lines between them, in points.
        const NARROW: f64 = 5.0;
        let (columns, rows) = (self.columns.len(), self.rows.len());
        let cell = frame.width() / columns as f64;
        let (raster, words) = (self.raster(), self.words());
        let lettering = cells::lettering(words.iter().cloned(), cell);
        let corners = (0..=columns.max(rows)).map(|index| index as f64);
        draw(plane, corners.map(|index| (index, rows as f64 - index)).collect(), |canvas, places| {
            canvas.pixels(raster.clone(), frame);
            if cell >= f64::from(units(NARROW)) {
                for &(x, _) in &places[1..columns] {
                    canvas.lines(&[(x, frame.top), (x, frame.bottom)], stroke(cells::GAPS, 0.5));
                }
                for &(_, y) in &places[1..rows] {
                    canvas.lines(&[(frame.left, y), (frame.right, y)], stroke(cells::GAPS, 0.5));
                }
            }
            let Some(lettering) = lettering else { return };
            for (index, (word, &shade)) in words.iter().zip(&raster.indices).enumerate() {
                let (row, column) = (index / columns, index % columns);
                let at = Frame {
                    left: places[column].0,
                    top: places[row].1,
                    right: places[column + 1].0,
                    bottom: places[row + 1].1,
                };
                put(
                    canvas,
                    word,
                    at.middle(),
                    lettering,
                    raster.palette[usize::from(shade)].contrary(),
                    false,
                );
            }
        })
    }

    /// The colour bar explains the matrix.
    fn entries(&self) -> Vec<&str> {
        Vec::new()
    }

    fn surround(&self) -> Surround {
        Surround::Names { columns: self.columns.clone(), rows: self.rows.clone() }
    }

    fn colorbar(&self) -> Option<Colorbar> {
        Some(Colorbar::of_range(&self.label, self.palette(), self.ends()))
    }
}
