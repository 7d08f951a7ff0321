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
    /// Names of the columns, and of the rows from the top, of a matrix of square cells.
    Names { columns: Vec<String>, rows: Vec<String> },
    /// Names along one axis in equal steps, from the left or, if `horizontal`, from the top; numbers along
    /// the other.
    Groups { names: Vec<String>, horizontal: bool },
    /// Nothing.
    Bare,
}

impl Surround {
    /// The names below the frame, if there are names instead of numbers.
    fn column_names(&self) -> Option<&[String]> {
        match self {
            Self::Names { columns, .. } => Some(columns),
            Self::Groups { names, horizontal: false } => Some(names),
            Self::Axes | Self::Groups { .. } | Self::Bare => None,
        }
    }

    /// The names to the left of the frame from the top, if there are names instead of numbers.
    fn row_names(&self) -> Option<&[String]> {
        match self {
            Self::Names { rows, .. } => Some(rows),
            Self::Groups { names, horizontal: true } => Some(names),
            Self::Axes | Self::Groups { .. } | Self::Bare => None,
        }
    }

    /// Whether there are numbers below the frame.
    pub(crate) fn numbers_below(&self) -> bool {
        *self != Self::Bare && self.column_names().is_none()
    }

    /// Whether there are numbers to the left of the frame.
    pub(crate) fn numbers_beside(&self) -> bool {
        *self != Self::Bare && self.row_names().is_none()
    }

    /// The labels below the frame. Of numbers, there are about `most`.
    pub(crate) fn columns(&self, scale: &Scale, most: usize) -> Ticks {
        match self.column_names() {
            Some(names) => in_cells(names.iter()),
            None if *self == Self::Bare => in_cells([].iter()),
            None => scale.ticks(most),
        }
    }

    /// The labels to the left of the frame, from the lowest up. Of numbers, there are about `most`.
    pub(crate) fn rows(&self, scale: &Scale, most: usize) -> Ticks {
        match self.row_names() {
            Some(names) => in_cells(names.iter().rev()),
            None if *self == Self::Bare => in_cells([].iter()),
            None => scale.ticks(most),
        }
    }

    /// The height of ticks and their labels below the frame, in points. Names read upwards if `turned`.
    pub(crate) fn below(&self, turned: bool) -> f64 {
        let height = match self.column_names() {
            None if *self == Self::Bare => return 0.0,
            Some(names) if turned => {
                names.iter().map(|name| font::width(Face::Regular, name, TICK_LABEL)).fold(0.0, f64::max)
            }
            _ => TICK_LABEL * CAPITALS,
        };
        MAJOR_TICK + TICK_GAP + height
    }

    /// Whether horizontal names below the frame would touch.
    pub(crate) fn is_crowded(&self, frame: Frame) -> bool {
        let Some(names) = self.column_names() else { return false };
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
