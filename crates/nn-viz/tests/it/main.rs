//! Tests of finished figures, through the public interface only.

mod agreement;
mod cells;
mod classes;
mod curves;
mod drawing;
mod errors;
mod floors;
mod legends;
mod pixels;
mod svg;
