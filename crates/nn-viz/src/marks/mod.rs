//! The marks of a panel: one file for each kind, with its options and its [`draw::Draw`].
//!
//! A new kind needs a new file, a line in each of the two lists below, and its name in `lib.rs`.

mod check;
mod draw;
mod ground;
mod mark;
mod series;

mod band;
mod confusion;
mod curve;
mod diagram;
mod field;
mod images;
mod line;
mod points;
mod reference_line;
mod regions;
mod scatter;

pub(crate) use self::check::Subject;
pub(crate) use self::draw::{Draw, Extent, GlyphWidth, Layer, Margin};
pub use self::mark::Mark;

pub use self::band::Band;
pub use self::confusion::Confusion;
pub use self::curve::Curve;
pub use self::diagram::Diagram;
pub use self::field::Field;
pub use self::images::Images;
pub use self::line::Line;
pub use self::points::Points;
pub use self::reference_line::ReferenceLine;
pub use self::regions::Regions;
pub use self::scatter::Scatter;
