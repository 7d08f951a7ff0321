//! Axes, the scales that map values to places, and the ticks of a scale.

mod axis;
mod ticks;

pub use self::axis::Axis;
pub(crate) use self::axis::{Scale, share};
pub(crate) use self::ticks::Ticks;
