//! Small images in rows, grey or in the colours of signed values.

mod grid;

use plotters::style::text_anchor::{HPos, VPos};

use self::grid::{Captions, Grid};
use super::check::Subject;
use super::draw::{Draw, Extent, Kind, Layer, Margin, Plane};
use crate::canvas::{Face, Frame, Raster, Style, font};
use crate::color::{Color, grey_palette, signed_palette};
use crate::error::VizError;
use crate::ink::style::{CAPITALS, CAPTION, DESCENDERS, OUTLINE};
use crate::ink::{Lettering, draw, fitted, put, stroke, units};
use crate::scales::share;
use crate::surround::Surround;

/// Grey images of one size in rows, each pixel a crisp square: samples of a data set, errors of a classifier,
/// the weights of a layer. Images must be the only mark of their panel, which has no axes.
///
/// ```
/// use nn_viz::{Figure, Images, Panel};
///
/// let images = [[0.0, 1.0, 1.0, 0.0], [1.0, 0.2, 0.2, 1.0]];
/// let panel = Panel::new("True → predicted").mark(
///     Images::new(2, 2, &images).range(0.0, 1.0).captions(&["3 → 8", "4 → 9"]),
/// );
/// Figure::new(3.0, 1.5).row(1.0, [panel]).draw()?;
/// # Ok::<(), nn_viz::VizError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Images {
    height: usize,
    width: usize,
    images: Vec<Vec<f64>>,
    range: Option<(f64, f64)>,
    captions: Vec<String>,
    columns: Option<usize>,
    inverted: bool,
    signed: bool,
}

/// The gap between an image and its caption, in points.
const CAPTION_GAP: f64 = 2.8;

impl Images {
    /// Makes images of `height` by `width` pixels. The values of an image are its rows, one after another
    /// from the top. The smallest value of all images is black, the largest is white. The images are as large
    /// as the frame permits, and the number of columns follows from that.
    #[must_use]
    pub fn new(height: usize, width: usize, images: &[impl AsRef<[f64]>]) -> Self {
        let images = images.iter().map(|image| image.as_ref().to_vec()).collect();
        let captions = Vec::new();
        Self { height, width, images, range: None, captions, columns: None, inverted: false, signed: false }
    }

    /// Sets the values of black and white. Smaller values are also black, and larger ones also white.
    #[must_use]
    pub fn range(mut self, black: f64, white: f64) -> Self {
        self.range = Some((black, white));
        self
    }

    /// Draws high values dark and low ones light, like ink on paper. Of signed values, it exchanges the two
    /// colours.
    #[must_use]
    pub fn inverted(mut self) -> Self {
        self.inverted = true;
        self
    }

    /// Shows signed values, such as the weights of a filter: blue below 0, white at 0, and orange above,
    /// equally strong at equal distances from 0. The strongest colour belongs to the value of all images that
    /// is farthest from 0, or to the end of the [`range`](Self::range) that is. Images of zeros only are
    /// white.
    ///
    /// ```
    /// use nn_viz::{Figure, Images, Panel};
    ///
    /// let filters = [[-1.0, 0.0, 1.0, -2.0, 0.0, 2.0, -1.0, 0.0, 1.0]];
    /// let panel = Panel::new("Sobel").mark(Images::new(3, 3, &filters).signed());
    /// Figure::new(2.0, 2.0).row(1.0, [panel]).draw()?;
    /// # Ok::<(), nn_viz::VizError>(())
    /// ```
    #[must_use]
    pub fn signed(mut self) -> Self {
        self.signed = true;
        self
    }

    /// Writes one caption below each image, in smaller letters if it is too long for its column. An empty
    /// caption is not drawn.
    #[must_use]
    pub fn captions(mut self, captions: &[impl AsRef<str>]) -> Self {
        self.captions = captions.iter().map(|caption| caption.as_ref().to_owned()).collect();
        self
    }

    /// Sets the number of images in a row.
    #[must_use]
    pub fn columns(mut self, columns: usize) -> Self {
        self.columns = Some(columns);
        self
    }

    /// The values of the first and of the last colour: those that were set, or else the extremes of all
    /// images. The ends of signed values are equally far from 0.
    fn ends(&self) -> (f64, f64) {
        let (low, high) = self.range.unwrap_or_else(|| {
            let values = || self.images.iter().flatten().copied();
            (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max))
        });
        let farthest = low.abs().max(high.abs());
        if self.signed { (-farthest, farthest) } else { (low, high) }
    }

    fn raster(&self, image: &[f64], (low, high): (f64, f64)) -> Raster {
        let level = |value: &f64| {
            // Images of a single value are grey.
            let share = if high > low { share(*value, (low, high)).clamp(0.0, 1.0) } else { 0.5 };
            ((if self.inverted { 1.0 - share } else { share }) * 255.0 + 0.5) as u8
        };
        let indices = image.iter().map(level).collect();
        let palette = if self.signed { signed_palette() } else { grey_palette() };
        Raster { columns: self.width, rows: self.height, indices, palette }
    }

    /// The grid of all images in the frame of their panel.
    fn grid(&self, frame: Frame) -> Grid {
        // Keeps the outlines of the outer images inside the frame.
        let frame = frame.inflated(-units(OUTLINE));
        let size = f64::from(units(CAPTION));
        let width = |caption: &String| font::width(Face::Regular, caption, size);
        let captions = self.captions.iter().map(width).filter(|width| *width > 0.0).collect();
        let below = f64::from(units(CAPTION_GAP + CAPTION * (CAPITALS + DESCENDERS)));
        let sides = (self.width as f64, self.height as f64);
        Grid::new(frame, (self.images.len(), sides), Captions { widths: captions, below }, self.columns)
    }
}

impl Draw for Images {
    fn kind(&self) -> Kind {
        Kind { name: "images", layers: &[Layer::Ground], margin: Margin::None }
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        subject.owns_panel(false)?;
        let pixels = self.height.saturating_mul(self.width);
        let found = pixels > 0 && !self.images.is_empty();
        subject.something("at least one image of at least one pixel", found)?;
        subject.property("number of columns", 0.0, "at least 1", self.columns != Some(0))?;
        subject.even("image", &self.images, pixels)?;
        let (panel, mark) = subject.names();
        for (image, values) in self.images.iter().enumerate() {
            if let Some(index) = values.iter().position(|value| !value.is_finite()) {
                let (row, column) = (index / self.width, index % self.width);
                return Err(VizError::Pixel { panel, mark, image, row, column, value: values[index] });
            }
        }
        if let Some((low, high)) = self.range
            && !(high > low && low.is_finite() && high.is_finite())
        {
            return Err(VizError::Greys { panel, mark, low, high });
        }
        if self.captions.is_empty() {
            return Ok(());
        }
        subject.length(("images", self.images.len()), ("captions", self.captions.len()))
    }

    fn reach(&self, _: &mut Extent) {}

    fn fits(&self, frame: Frame) -> bool {
        self.grid(frame).is_visible()
    }

    fn draw(&self, _: Layer, plane: &Plane, frame: Frame) -> Result<(), VizError> {
        let lettering = Lettering::new(CAPTION, HPos::Center, VPos::Top);
        let grid = self.grid(frame);
        let frames = grid.frames();
        let ends = self.ends();
        draw(plane, vec![], |canvas, _| {
            for (image, &at) in self.images.iter().zip(&frames) {
                canvas.pixels(self.raster(image, ends), at);
            }
            // White images have no edge of their own.
            let outline = Style { fill: None, stroke: Some(stroke(Color::rgb(0xC8, 0xC8, 0xC8), OUTLINE)) };
            for at in &frames {
                canvas.polygon(&at.corners(), outline);
            }
            for (caption, at) in self.captions.iter().zip(&frames).filter(|(caption, _)| !caption.is_empty())
            {
                let place = (at.middle().0, at.bottom + units(CAPTION_GAP));
                let lettering = fitted(caption, lettering, grid.caption());
                put(canvas, caption, place, lettering, Color::INK, false);
            }
        })
    }

    fn surround(&self) -> Surround {
        Surround::Bare
    }
}
