//! Rasters: pictures made of coloured nodes.

use super::shapes::Frame;
use crate::color::Color;

/// Nodes in rows from the top, each an index into a palette.
#[derive(Clone, Debug)]
pub(crate) struct Raster {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    pub(crate) indices: Vec<u8>,
    pub(crate) palette: Vec<Color>,
}

impl Raster {
    /// The raster with each node repeated `times` by `times`.
    pub(crate) fn magnified(&self, times: usize) -> Self {
        let rows = self.indices.chunks(self.columns).flat_map(|row| std::iter::repeat_n(row, times));
        let indices = rows.flatten().flat_map(|&index| std::iter::repeat_n(index, times)).collect();
        let palette = self.palette.clone();
        Self { columns: times * self.columns, rows: times * self.rows, indices, palette }
    }

    /// Whether every index is its own level of grey.
    pub(crate) fn is_grey(&self) -> bool {
        let grey =
            |(level, color): (usize, &Color)| color.components() == (level as u8, level as u8, level as u8);
        self.palette.len() == 256 && self.palette.iter().enumerate().all(grey)
    }

    /// The left, the top, the width and the height of the whole image when the corner nodes lie on the
    /// corners of `frame`: half a cell is added on each side.
    pub(crate) fn extent(&self, frame: Frame) -> (f64, f64, f64, f64) {
        let across = frame.width() / (self.columns - 1) as f64;
        let down = frame.height() / (self.rows - 1) as f64;
        (
            f64::from(frame.left) - across / 2.0,
            f64::from(frame.top) - down / 2.0,
            across * self.columns as f64,
            down * self.rows as f64,
        )
    }
}
