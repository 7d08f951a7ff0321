//! The surroundings of a frame that a mark can ask for: axes of numbers, names or nothing, and a colour bar.

mod colorbar;

pub(crate) use self::colorbar::Colorbar;
use crate::canvas::{Face, Frame, font};
use crate::ink::style::{CAPITALS, MAJOR_TICK, TICK_GAP, TICK_LABEL};
use crate::ink::units;
use crate::scales::{Scale, Ticks};

/// The surroundings of the frame of a panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Surround {
    /// Two axes of numbers, with a grid.
    Axes,
    /// Names of the rows, from the top, and of the columns of a matrix of square cells.
    Names(Vec<String>),
    /// Nothing.
    Bare,
}

impl Surround {
    /// The labels below the frame. Of numbers, there are about `most`.
    pub(crate) fn columns(&self, scale: &Scale, most: usize) -> Ticks {
        match self {
            Self::Axes => scale.ticks(most),
            Self::Names(names) => in_cells(names.iter()),
            Self::Bare => in_cells([].iter()),
        }
    }

    /// The labels to the left of the frame, from the lowest up. Of numbers, there are about `most`.
    pub(crate) fn rows(&self, scale: &Scale, most: usize) -> Ticks {
        match self {
            Self::Names(names) => in_cells(names.iter().rev()),
            Self::Axes | Self::Bare => self.columns(scale, most),
        }
    }

    /// The height of ticks and their labels below the frame, in points. Names read upwards if `turned`.
    pub(crate) fn below(&self, turned: bool) -> f64 {
        let height = match self {
            Self::Bare => return 0.0,
            Self::Names(names) if turned => {
                names.iter().map(|name| font::width(Face::Regular, name, TICK_LABEL)).fold(0.0, f64::max)
            }
            Self::Axes | Self::Names(_) => TICK_LABEL * CAPITALS,
        };
        MAJOR_TICK + TICK_GAP + height
    }

    /// Whether horizontal names below the frame would touch.
    pub(crate) fn is_crowded(&self, frame: Frame) -> bool {
        let Self::Names(names) = self else { return false };
        let cell = frame.width() / names.len() as f64;
        let width = |name: &String| f64::from(units(font::width(Face::Regular, name, TICK_LABEL)));
        names.iter().any(|name| width(name) > 0.9 * cell)
    }
}

/// The names of cells, each in the middle of its cell.
fn in_cells<'a>(names: impl Iterator<Item = &'a String>) -> Ticks {
    let major = names.enumerate().map(|(cell, name)| (cell as f64 + 0.5, name.clone())).collect();
    Ticks { major, minor: Vec::new() }
}
