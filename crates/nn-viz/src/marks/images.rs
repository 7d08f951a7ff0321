//! Small grey images in rows.

use plotters::style::text_anchor::{HPos, VPos};

use super::{Draw, Extent, Layer, Margin, Mark, Plane, Subject};
use crate::backend::{Face, Frame, Raster, Style, font};
use crate::color::{Color, grey_palette};
use crate::element::{Lettering, draw, fitted, put, stroke};
use crate::error::VizError;
use crate::grid::{Captions, Grid};
use crate::style::{CAPITALS, CAPTION, DESCENDERS, OUTLINE, units};
use crate::surround::Surround;

/// Images of one size in levels of grey, row after row, each pixel a crisp square: samples of a data set,
/// errors of a classifier, the weights of a layer. They need a panel of their own, which then has no axes.
///
/// ```
/// use nn_viz::{Figure, Images, Panel};
///
/// let images = [[0.0, 1.0, 1.0, 0.0], [1.0, 0.2, 0.2, 1.0]];
/// let panel = Panel::new("True → predicted")
///     .mark(Images::new(2, 2, &images).range(0.0, 1.0).captions(&["3 → 8", "4 → 9"]));
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
}

/// Between an image and its caption, in points.
const CAPTION_GAP: f64 = 2.8;

impl Images {
    /// Images of `height` by `width` pixels, each the values of its rows from the top. The smallest value of
    /// all is black, the largest white. The images are as large as fit, in as many columns as that takes.
    #[must_use]
    pub fn new(height: usize, width: usize, images: &[impl AsRef<[f64]>]) -> Self {
        let images = images.iter().map(|image| image.as_ref().to_vec()).collect();
        let captions = Vec::new();
        Self { height, width, images, range: None, captions, columns: None, inverted: false }
    }

    /// The values of black and white. What lies beyond is black or white, too.
    #[must_use]
    pub fn range(mut self, black: f64, white: f64) -> Self {
        self.range = Some((black, white));
        self
    }

    /// High values dark, low ones light: ink on paper.
    #[must_use]
    pub fn inverted(mut self) -> Self {
        self.inverted = true;
        self
    }

    /// One caption for each image, written below it; smaller if it is too long for its column. An empty one is none.
    #[must_use]
    pub fn captions(mut self, captions: &[impl AsRef<str>]) -> Self {
        self.captions = captions.iter().map(|caption| caption.as_ref().to_owned()).collect();
        self
    }

    /// Exactly this many images in a row.
    #[must_use]
    pub fn columns(mut self, columns: usize) -> Self {
        self.columns = Some(columns);
        self
    }

    /// Black and white: the given ones, or the extremes; of images all of one value, something around it.
    fn greys(&self) -> (f64, f64) {
        self.range.unwrap_or_else(|| {
            let values = || self.images.iter().flatten().copied();
            let (low, high) =
                (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
            if high > low { (low, high) } else { (low - 1.0, high + 1.0) }
        })
    }

    fn raster(&self, image: &[f64], (black, white): (f64, f64)) -> Raster {
        let level = |value: &f64| {
            let share = ((value - black) / (white - black)).clamp(0.0, 1.0);
            ((if self.inverted { 1.0 - share } else { share }) * 255.0 + 0.5) as u8
        };
        let indices = image.iter().map(level).collect();
        Raster { columns: self.width, rows: self.height, indices, palette: grey_palette() }
    }

    /// The frames of all images, in a panel's frame.
    fn grid(&self, frame: Frame) -> Grid {
        // The outlines of the outer images are to be seen whole.
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
    fn kind(&self) -> &'static str {
        "images"
    }

    fn label(&self) -> &str {
        ""
    }

    fn layers(&self) -> &'static [Layer] {
        &[Layer::Ground]
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        subject.alone(false)?;
        let pixels = self.height.saturating_mul(self.width);
        subject.something(pixels > 0 && !self.images.is_empty())?;
        subject.sound("number of columns", 0.0, self.columns != Some(0))?;
        subject.even("image", &self.images, pixels)?;
        let (panel, mark) = subject.names();
        for (image, values) in self.images.iter().enumerate() {
            if let Some(index) = values.iter().position(|value| !value.is_finite()) {
                let (row, column) = (index / self.width, index % self.width);
                return Err(VizError::Pixel { panel, mark, image, row, column, value: values[index] });
            }
        }
        let (low, high) = self.greys();
        if !(high > low && (high - low).is_finite()) {
            return Err(VizError::Greys { panel, mark, low, high });
        }
        if self.captions.is_empty() {
            return Ok(());
        }
        subject.length(("images", self.images.len()), ("captions", self.captions.len()))
    }

    fn reach(&self, _: &mut Extent) {}

    fn margin(&self) -> Margin {
        Margin::None
    }

    fn fits(&self, frame: Frame) -> bool {
        self.grid(frame).is_visible()
    }

    fn draw(&self, _: Layer, plane: &Plane, frame: Frame) -> Result<(), VizError> {
        let lettering =
            Lettering { size: CAPTION, bold: false, upwards: false, across: HPos::Center, down: VPos::Top };
        let grid = self.grid(frame);
        let frames = grid.frames();
        let greys = self.greys();
        draw(plane, vec![], |canvas, _| {
            for (image, &at) in self.images.iter().zip(&frames) {
                canvas.pixels(self.raster(image, greys), at);
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

    fn entries(&self) -> Vec<&str> {
        vec![]
    }

    fn surround(&self) -> Surround {
        Surround::Bare
    }
}

impl From<Images> for Mark {
    fn from(images: Images) -> Self {
        Self::new(images)
    }
}
