//! Synthetic data with a known truth. Every generator draws from the caller's random generator, in `f64` and in a fixed
//! order, and rounds at the end: one seed gives the same data on every machine, and the same points in both precisions.

mod adding;
mod angle;
mod blobs;
mod checkerboard;
mod circles;
mod curves;
mod moons;
mod noise;
mod points;
mod recall;
mod regression;
mod sinusoid;
mod spirals;
mod xor;

pub use adding::make_adding;
pub use blobs::make_blobs;
pub use checkerboard::make_checkerboard;
pub use circles::make_circles;
pub use moons::make_moons;
pub use noise::Noise;
pub use recall::make_recall;
pub use regression::{Regression, make_regression};
pub use sinusoid::make_sinusoid;
pub use spirals::make_spirals;
pub use xor::make_xor;
