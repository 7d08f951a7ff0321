//! The places of small images and their captions in a frame: in rows, as large as the frame permits.

use crate::canvas::Frame;
use crate::ink::units;

/// Images of one size in a frame. All lengths are in canvas units.
pub(super) struct Grid {
    frame: Frame,
    count: usize,
    /// The width and height of an image, in its pixels.
    sides: (f64, f64),
    captions: Captions,
    columns: usize,
}

/// The captions that are not empty.
pub(super) struct Captions {
    pub(super) widths: Vec<f64>,
    /// The height of the room below the images that they need.
    pub(super) below: f64,
}

/// The gap between two images, in points.
const GAP: f64 = 4.0;
/// The shortest side of an image that can be seen, in points.
const SMALLEST: f64 = 2.0;

impl Grid {
    /// Makes a grid with the given number of columns. Without one, it takes the number that makes the images
    /// largest while most captions keep their size, and the smallest number among equals.
    pub(super) fn new(
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

    /// The width of the room for an image, and the side of one of its pixels.
    fn cell(&self) -> (f64, f64) {
        let each = |length: f64, count: usize| (length - gap() * (count - 1) as f64) / count as f64;
        let across = each(self.frame.width(), self.columns);
        let down = each(self.frame.height(), self.count.div_ceil(self.columns)) - self.captions.below;
        (across, (across / self.sides.0).min(down / self.sides.1))
    }

    /// Whether the images are large enough to be seen.
    pub(super) fn is_visible(&self) -> bool {
        self.cell().1 * self.sides.0.min(self.sides.1) >= f64::from(units(SMALLEST))
    }

    /// The greatest length of a caption.
    pub(super) fn caption(&self) -> i32 {
        self.cell().0 as i32
    }

    /// The frames of all images, side by side and as close as images and captions allow.
    pub(super) fn frames(&self) -> Vec<Frame> {
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
