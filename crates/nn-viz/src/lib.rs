//! Figures for nn: numbers in, SVG and PNG out, no system library needed.
//!
//! A [`Figure`] is rows of [`Panel`]s; a panel is two [`Axis`] and the marks between them. [`Figure::draw`]
//! checks all of it and returns a [`Drawing`], which is written as SVG or, at any resolution, as PNG. All
//! values are `f64`, lengths of the figure are inches, and line widths are points (1/72 inch).
//!
//! | mark | shows |
//! |---|---|
//! | [`Line`], [`Band`], [`Points`] | single series |
//! | [`Curve`] | one of several series, with its spread and its uncertainty |
//! | [`Rule`] | one value across the panel: the best epoch, the loss of chance |
//! | [`Scatter`] | points of up to ten classes, named in the legend or at their medians |
//! | [`Field`], [`Regions`] | what a classifier says of the plane: two classes, or up to ten |
//! | [`Confusion`] | a confusion matrix |
//! | [`Images`] | small grey images with captions |
//!
//! ```
//! use nn_viz::{Axis, Color, Corner, Figure, Line, Panel};
//!
//! let epochs: Vec<f64> = (0..=100).map(f64::from).collect();
//! let loss: Vec<f64> = epochs.iter().map(|epoch| 0.02 + 1.0 / (1.0 + epoch)).collect();
//! let lower: Vec<f64> = loss.iter().map(|loss| 0.8 * loss).collect();
//! let upper: Vec<f64> = loss.iter().map(|loss| 1.3 * loss).collect();
//!
//! let panel = Panel::new("Training loss (η = 0.01)")
//!     .x(Axis::linear("Epoch").range(0.0, 100.0))
//!     .y(Axis::log("Cross-entropy"))
//!     .band("IQM with Q1–Q3 band", &epochs, &lower, &upper, Color::BLUE)
//!     .line("IQM with Q1–Q3 band", &epochs, &loss, Color::BLUE)
//!     .mark(Line::new("chance", &[0.0, 100.0], &[0.693, 0.693], Color::GREY).dashed())
//!     .legend(Corner::TopRight);
//! let drawing = Figure::new(3.5, 2.5).row(1.0, [panel]).draw()?;
//!
//! assert!(drawing.svg().starts_with("<svg"));
//! assert_eq!(&drawing.png(300.0)?[1..4], b"PNG");
//! # Ok::<(), nn_viz::VizError>(())
//! ```
//!
//! The same numbers give the same SVG, byte for byte, on every run and every machine. The PNG is painted
//! from the same list of operations; between kinds of processor its pixels may differ by a shade.

mod axes;
mod axis;
mod backend;
mod color;
mod colorbar;
mod contour;
mod element;
mod error;
mod figure;
mod grid;
mod lattice;
mod layout;
mod legend;
mod look;
mod marks;
mod panel;
mod style;
mod surround;
mod symbol;
mod ticks;

pub use crate::axis::Axis;
pub use crate::color::Color;
pub use crate::error::VizError;
pub use crate::figure::{Drawing, Figure};
pub use crate::lattice::Lattice;
pub use crate::look::Look;
pub use crate::marks::{Band, Confusion, Curve, Field, Images, Line, Mark, Points, Regions, Rule, Scatter};
pub use crate::panel::{Corner, Panel};
