//! Tests of finished figures through the public interface, and of the order of the source files.

mod agreement;
mod bytes;
mod cells;
mod classes;
mod curves;
mod drawing;
mod errors;
mod floors;
mod legends;
mod pixels;
mod svg;
