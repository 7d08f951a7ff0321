//! How small images and their captions share a frame: in rows, as large as fit.

use crate::backend::Frame;
use crate::style::units;

/// A number of images of one size in a frame; all lengths in canvas units.
pub(crate) struct Grid {
    frame: Frame,
    count: usize,
    /// Width and height of an image, in its pixels.
    sides: (f64, f64),
    captions: Captions,
    columns: usize,
}

/// The captions that there are.
pub(crate) struct Captions {
    pub(crate) widths: Vec<f64>,
    /// The room that they take below the images.
    pub(crate) below: f64,
}

/// Between two images, in points.
const GAP: f64 = 4.0;
/// An image with a side shorter than this, in points, shows nothing.
const SMALLEST: f64 = 2.0;

impl Grid {
    /// So many columns; or those that make the images largest while most captions need not shrink, and of
    /// equals the fewest.
    pub(crate) fn new(
        frame: Frame,
        (count, sides): (usize, (f64, f64)),
        mut captions: Captions,
        columns: Option<usize>,
    ) -> Self {
        captions.widths.sort_by(f64::total_cmp);
        if captions.widths.is_empty() {
            captions.below = 0.0;
        }
        let usual = captions.widths.get(captions.widths.len() / 2).copied().unwrap_or_default();
        let with = |columns| Self {
            columns,
            frame,
            count,
            sides,
            captions: Captions { widths: vec![], ..captions },
        };
        let merit = |columns| {
            let (across, pixel) = with(columns).cell();
            if across < usual { pixel * across / usual } else { pixel }
        };
        let columns = columns.unwrap_or_else(|| {
            let mut best = (1, merit(1));
            for columns in 2..=count {
                let merit = merit(columns);
                if merit > best.1 {
                    best = (columns, merit);
                }
            }
            best.0
        });
        Self { frame, count, sides, captions, columns }
    }

    /// The room for an image across the frame, and the side of a pixel.
    fn cell(&self) -> (f64, f64) {
        let each = |length: f64, count: usize| (length - gap() * (count - 1) as f64) / count as f64;
        let across = each(self.frame.width(), self.columns);
        let down = each(self.frame.height(), self.count.div_ceil(self.columns)) - self.captions.below;
        (across, (across / self.sides.0).min(down / self.sides.1))
    }

    /// Whether there is room to see the images.
    pub(crate) fn is_visible(&self) -> bool {
        self.cell().1 * self.sides.0.min(self.sides.1) >= f64::from(units(SMALLEST))
    }

    /// The length that a caption may have.
    pub(crate) fn caption(&self) -> i32 {
        self.cell().0 as i32
    }

    /// The frames of all images, side by side and as close as images and captions allow.
    pub(crate) fn frames(&self) -> Vec<Frame> {
        let (across, pixel) = self.cell();
        let (width, height) = (pixel * self.sides.0, pixel * self.sides.1);
        let cell = width.max(self.captions.widths.last().map_or(0.0, |widest| widest.min(across)));
        let place = |index: usize| {
            let (column, row) = ((index % self.columns) as f64, (index / self.columns) as f64);
            let left = f64::from(self.frame.left) + column * (cell + gap()) + (cell - width) / 2.0;
            let top = f64::from(self.frame.top) + row * (height + self.captions.below + gap());
            let unit = |length: f64| length.round() as i32;
            Frame { left: unit(left), top: unit(top), right: unit(left + width), bottom: unit(top + height) }
        };
        (0..self.count).map(place).collect()
    }
}

fn gap() -> f64 {
    f64::from(units(GAP))
}
