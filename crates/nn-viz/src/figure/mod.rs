//! The figure: rows of panels, and the drawing that is written as SVG or as PNG.

mod axes;
mod layout;
mod legend;
mod panel;
mod shared;

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use plotters::coord::cartesian::Cartesian2d;

use self::layout::Placed;
use self::legend::Legend;
pub use self::panel::{Corner, Panel};
use crate::canvas::Canvas;
use crate::error::VizError;
use crate::formats::{self, Words};
use crate::ink::{Sheet, units};
use crate::marks::{Layer, Mark};

/// Rows of panels on a white ground.
#[derive(Clone, Debug)]
pub struct Figure {
    width: f64,
    height: f64,
    title: Option<String>,
    description: Option<String>,
    rows: Vec<(f64, Vec<Panel>)>,
}

/// A drawn figure, ready to be saved as SVG or as PNG.
#[derive(Clone, Debug)]
pub struct Drawing {
    canvas: Canvas,
    title: String,
    description: Option<String>,
}

/// The longest side, in inches. The whole-number coordinates of the canvas cannot represent much more.
const LONGEST: f64 = 200.0;

impl Figure {
    /// Makes a figure of this width and height in inches, still without panels.
    #[must_use]
    pub fn new(width: f64, height: f64) -> Self {
        Self { width, height, title: None, description: None, rows: Vec::new() }
    }

    /// Sets the name that screen readers announce and browsers show on hover. It is not drawn. By default, it
    /// is the titles of the panels.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Sets what the figure shows, in a sentence or more: its caption. It is not drawn. The SVG has it as its
    /// `<desc>`, which screen readers read after the title. By default there is none.
    ///
    /// ```
    /// use nn_viz::{Color, Figure, Panel};
    ///
    /// let (epochs, loss) = ([0.0, 1.0], [0.9, 0.1]);
    /// let panel = Panel::new("Training loss").line("", &epochs, &loss, Color::BLUE);
    /// let figure = Figure::new(3.5, 2.5)
    ///     .description("The loss falls from 0.9 to 0.1.")
    ///     .row(1.0, [panel]);
    /// let svg = figure.draw()?.svg();
    /// assert!(svg.contains(">The loss falls from 0.9 to 0.1.</desc>"));
    /// # Ok::<(), nn_viz::VizError>(())
    /// ```
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Adds a row of equally wide panels below the others. Its height is relative to that of the other rows.
    #[must_use]
    pub fn row(mut self, height: f64, panels: impl IntoIterator<Item = Panel>) -> Self {
        self.rows.push((height, panels.into_iter().collect()));
        self
    }

    /// Draws the figure. Several panels get the letters (a), (b), (c) and so on.
    ///
    /// # Errors
    ///
    /// The first reason found for which the figure cannot be drawn as described: see [`VizError`].
    pub fn draw(&self) -> Result<Drawing, VizError> {
        let letters = self.panels().count() > 1;
        let room = VizError::Size { width: self.width, height: self.height };
        if ![self.width, self.height].iter().all(|side| *side > 0.0 && *side <= LONGEST) {
            return Err(room);
        }
        let rows = self.scaled_rows()?;
        let placed = layout::place(self.width * 72.0, self.height * 72.0, &rows, letters)
            .ok_or_else(|| room.clone())?;
        let fits =
            |placed: &Placed<'_>| placed.panel.marks.iter().all(|mark| mark.draws().fits(placed.frame));
        if !placed.iter().all(fits) {
            return Err(room);
        }
        let size = |inches: f64| units(inches * 72.0) as u32;
        let canvas = Rc::new(RefCell::new(Canvas::new(size(self.width), size(self.height))));
        let sheet = Sheet::from(&canvas);
        for (placed, letter) in placed.iter().zip(LETTERS.chars().cycle()) {
            draw_panel(&canvas, &sheet, placed, letters.then_some(letter))?;
        }
        let canvas = canvas.borrow().clone();
        Ok(Drawing { canvas, title: self.accessible_title(), description: self.description.clone() })
    }

    fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.rows.iter().flat_map(|(_, panels)| panels)
    }

    /// Checks everything except the size, and finds the scales of all axes.
    fn scaled_rows(&self) -> Result<Vec<layout::Row<'_>>, VizError> {
        if self.rows.is_empty() {
            return Err(VizError::NoPanel { row: None });
        }
        let rows = self.rows.iter().enumerate().map(|(row, (height, panels))| {
            let height = *height;
            if panels.is_empty() {
                return Err(VizError::NoPanel { row: Some(row) });
            }
            if !(height > 0.0 && height.is_finite()) {
                return Err(VizError::RowHeight { row, height });
            }
            let scaled = panels.iter().map(|panel| Ok((panel, panel.scales()?)));
            Ok((height, scaled.collect::<Result<_, VizError>>()?))
        });
        let mut rows: Vec<_> = rows.collect::<Result<_, VizError>>()?;
        shared::share(&mut rows);
        Ok(rows)
    }

    fn accessible_title(&self) -> String {
        let titles = || self.panels().map(|panel| panel.title.as_str()).filter(|title| !title.is_empty());
        self.title.clone().unwrap_or_else(|| titles().collect::<Vec<_>>().join("; "))
    }
}

impl Drawing {
    /// Returns the figure as an SVG document, with the same bytes on every run and every machine. Its letters
    /// are outlines, so that they look the same in every viewer.
    #[must_use]
    pub fn svg(&self) -> String {
        formats::svg(&self.canvas, &self.title, self.description.as_deref(), Words::Outlines)
    }

    /// Returns the figure as an SVG document with text that readers can select, copy and search, with the
    /// same bytes on every run and every machine.
    ///
    /// The viewer chooses the font: DejaVu Sans if it has it, or else one that looks similar. Each text is
    /// stretched or narrowed to the width it has in DejaVu Sans, so nothing overlaps, but letters differ
    /// between viewers. Prefer [`svg`](Self::svg) for print and wherever all readers must see the same.
    ///
    /// ```
    /// use nn_viz::{Color, Figure, Panel};
    ///
    /// let (epochs, loss) = ([0.0, 1.0], [0.9, 0.1]);
    /// let panel = Panel::new("Training loss").line("", &epochs, &loss, Color::BLUE);
    /// let drawing = Figure::new(3.5, 2.5).row(1.0, [panel]).draw()?;
    /// assert!(drawing.svg_with_text().contains(">Training loss</text>"));
    /// # Ok::<(), nn_viz::VizError>(())
    /// ```
    #[must_use]
    pub fn svg_with_text(&self) -> String {
        formats::svg(&self.canvas, &self.title, self.description.as_deref(), Words::Selectable)
    }

    /// Returns the figure as the bytes of a PNG file, with `dpi` pixels per inch.
    ///
    /// # Errors
    ///
    /// [`VizError::Resolution`] if the image would have no pixel, or more than 200 million.
    pub fn png(&self, dpi: f64) -> Result<Vec<u8>, VizError> {
        formats::png(&self.canvas, dpi)
    }

    /// Saves the figure as an SVG file. An existing file is replaced in one step, so there is a complete file
    /// at any time, even if the program is killed.
    ///
    /// # Errors
    ///
    /// [`VizError::File`] if the file cannot be written.
    pub fn save_svg(&self, path: impl AsRef<Path>) -> Result<(), VizError> {
        save(path.as_ref(), self.svg().as_bytes())
    }

    /// Saves the figure as an SVG file with selectable text, see [`svg_with_text`](Self::svg_with_text), in
    /// one step like [`save_svg`](Self::save_svg).
    ///
    /// # Errors
    ///
    /// [`VizError::File`] if the file cannot be written.
    pub fn save_svg_with_text(&self, path: impl AsRef<Path>) -> Result<(), VizError> {
        save(path.as_ref(), self.svg_with_text().as_bytes())
    }

    /// Saves the figure as a PNG file with `dpi` pixels per inch, in one step like
    /// [`save_svg`](Self::save_svg).
    ///
    /// # Errors
    ///
    /// [`VizError::File`] if the file cannot be written, and the error of [`png`](Self::png).
    pub fn save_png(&self, path: impl AsRef<Path>, dpi: f64) -> Result<(), VizError> {
        save(path.as_ref(), &self.png(dpi)?)
    }
}

fn save(path: &Path, bytes: &[u8]) -> Result<(), VizError> {
    nn_files::write(path, bytes).map_err(|error| VizError::File {
        path: error.path.display().to_string(),
        reason: error.problem.to_string(),
    })
}

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";

/// Draws one panel from the back to the front.
fn draw_panel(
    canvas: &RefCell<Canvas>,
    sheet: &Sheet,
    placed: &Placed<'_>,
    letter: Option<char>,
) -> Result<(), VizError> {
    let (panel, frame, (x, y)) = (placed.panel, placed.frame, placed.scales);
    axes::grid(sheet, placed)?;
    let ground = canvas.borrow().operations.len();
    let plane =
        sheet.apply_coord_spec(Cartesian2d::new(x, y, (frame.left..frame.right, frame.bottom..frame.top)));
    canvas.borrow_mut().clip(Some(frame));
    for layer in Layer::ALL {
        for mark in panel.marks.iter().map(Mark::draws).filter(|mark| mark.kind().layers.contains(&layer)) {
            mark.draw(layer, &plane, frame)?;
        }
    }
    canvas.borrow_mut().clip(None);
    let drawn: Vec<_> = canvas.borrow().operations[ground..].iter().map(|(_, drawn)| drawn.clone()).collect();
    axes::axes(sheet, placed)?;
    axes::words(sheet, placed, letter)?;
    if let Some(legend) = Legend::new(panel) {
        let beside = placed.colorbar.as_ref().map_or(frame.right, |(_, end)| *end);
        legend.draw(sheet, frame, beside, &drawn)?;
    }
    match &placed.colorbar {
        Some((bar, right)) => bar.draw(sheet, frame, *right),
        None => Ok(()),
    }
}
