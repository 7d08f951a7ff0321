//! The marks of a panel: one file for each kind, with its options and its [`draw::Draw`].
//!
//! A new kind needs a new file, a line in each of the two lists below, and its name in `lib.rs`.

mod cells;
mod check;
mod draw;
mod ground;
mod groups;
mod mark;
mod quantile;
mod series;

mod band;
mod boxes;
mod calibration;
mod confusion;
mod curve;
mod diagram;
mod field;
mod images;
mod intervals;
mod line;
mod matrix;
mod points;
mod reference_line;
mod regions;
mod roc;
mod scatter;
mod strip;
mod violin;

pub(crate) use self::check::Subject;
pub(crate) use self::draw::{Draw, Extent, GlyphWidth, Layer, Margin};
pub use self::mark::Mark;

pub use self::band::Band;
pub use self::boxes::Boxes;
pub use self::calibration::Calibration;
pub use self::confusion::Confusion;
pub use self::curve::Curve;
pub use self::diagram::Diagram;
pub use self::field::Field;
pub use self::images::Images;
pub use self::intervals::Intervals;
pub use self::line::Line;
pub use self::matrix::Matrix;
pub use self::points::Points;
pub use self::reference_line::ReferenceLine;
pub use self::regions::Regions;
pub use self::roc::Roc;
pub use self::scatter::Scatter;
pub use self::strip::Strip;
pub use self::violin::Violin;
