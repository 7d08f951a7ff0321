//! Figures for nn: numbers in, SVG and PNG out, no system library needed.
//!
//! A [`Figure`] is rows of [`Panel`]s. A panel has two axes ([`Axis`]) and the marks between them.
//! [`Figure::draw`] checks everything and returns a [`Drawing`], which is saved as SVG or, at any
//! resolution, as PNG. All values are `f64`. The size of a figure is in inches, line widths are in points
//! (1/72 inch).
//!
//! | mark | shows |
//! |---|---|
//! | [`Line`], [`Band`], [`Points`] | single series |
//! | [`Curve`] | one of several series, with its spread and its uncertainty |
//! | [`ReferenceLine`] | one value across the panel, such as the best epoch or the loss of a model that guesses; a diagonal |
//! | [`Scatter`] | points of up to ten classes, named in the legend or at their medians |
//! | [`Field`], [`Regions`] | the output of a classifier over the plane, for two classes or up to ten |
//! | [`Strip`], [`Violin`], [`Boxes`] | the values of several named groups: all of them, their densities, their quartiles |
//! | [`Intervals`] | an estimate with its interval for each of several names, such as paired differences |
//! | [`Roc`], [`Calibration`] | the rates of a classifier at all thresholds; its probabilities against frequencies |
//! | [`Confusion`] | a confusion matrix |
//! | [`Matrix`] | numbers with named rows and columns: attention weights, correlations |
//! | [`Images`] | small images with captions, grey or signed: samples, errors, filters |
//! | [`Diagram`] | the nodes of a network, and which reads which |
//!
//! ```
//! use nn_viz::{Axis, Color, Corner, Figure, Line, Panel};
//!
//! let epochs: Vec<f64> = (0..=100).map(f64::from).collect();
//! let loss: Vec<f64> =
//!     epochs.iter().map(|epoch| 0.02 + 1.0 / (1.0 + epoch)).collect();
//! let lower: Vec<f64> = loss.iter().map(|loss| 0.8 * loss).collect();
//! let upper: Vec<f64> = loss.iter().map(|loss| 1.3 * loss).collect();
//!
//! let panel = Panel::new("Training loss (η = 0.01)")
//!     .x(Axis::linear("Epoch").range(0.0, 100.0))
//!     .y(Axis::log("Cross-entropy"))
//!     .band("IQM with Q1–Q3 band", &epochs, &lower, &upper, Color::BLUE)
//!     .line("IQM with Q1–Q3 band", &epochs, &loss, Color::BLUE)
//!     .mark(
//!         Line::new("chance", &[0.0, 100.0], &[0.693, 0.693], Color::GREY)
//!             .dashed(),
//!     )
//!     .legend(Corner::TopRight);
//! let drawing = Figure::new(3.5, 2.5).row(1.0, [panel]).draw()?;
//!
//! assert!(drawing.svg().starts_with("<svg"));
//! assert_eq!(&drawing.png(300.0)?[1..4], b"PNG");
//! # Ok::<(), nn_viz::VizError>(())
//! ```
//!
//! Whatever is finite can be drawn: an automatic range holds all its data, and where its margin would leave
//! the range of `f64`, it ends there. What happens to a value that is not finite depends on what it is:
//!
//! | NaN or ±∞ as | result |
//! |---|---|
//! | the `y` of a [`Line`], [`Points`], a [`Scatter`] or a [`Curve`]; a limit of a [`Band`] or of the bands of a [`Curve`] | a gap |
//! | an `x`; the value of a [`ReferenceLine`]; any value of [`Intervals`], a [`Roc`] or a [`Calibration`] | [`VizError::NotFinite`] |
//! | a value of a [`Strip`], a [`Violin`], [`Boxes`] or a [`Matrix`] | [`VizError::NamedValue`] |
//! | a probability in a [`Field`] or in [`Regions`] | [`VizError::NotAProbability`] |
//! | a pixel of [`Images`]; their black or white | [`VizError::Pixel`]; [`VizError::Greys`] |
//! | an end of an [`Axis`]; an end of a [`Lattice`] | [`VizError::Range`]; [`VizError::Lattice`] |
//! | a size, a width, an opacity, the strongest value of a [`Matrix`]; a height; a resolution | [`VizError::Style`], [`VizError::Size`], [`VizError::RowHeight`], [`VizError::Resolution`] |
//!
//! # Licence of the fonts
//!
//! The library embeds DejaVu Sans, regular and bold, so every program that uses it contains these fonts.
//! Their licence, that of Bitstream Vera and Arev, asks that its text goes with them: it is in the package as
//! `LICENSE-DEJAVU` and in the program as [`FONT_LICENSE`]. Figures are free of it.
//!
//! # What readers get
//!
//! [`Drawing::svg`] has letters as outlines, which look the same in every viewer, and
//! [`Drawing::svg_with_text`] has text to select and search, in the viewer's font. Both carry the title of
//! the figure, and its caption if there is one: [`Figure::description`]. Where lengths matter,
//! [`Panel::equal_aspect`] makes one unit as long along both axes, and [`Axis::shared`] gives several panels
//! the same range. Points of more than six classes always differ in shape as well as in colour.
//!
//! The same values give the same SVG, byte for byte, on every run and every machine. The PNG is painted from
//! the same list of operations, but its pixels may differ by a shade between kinds of processor.

// The floors of the crate, from the top down. A file imports from its own folder and from lower floors only,
// and folders on the same floor do not know each other. `tests/it/floors.rs` reads this table and checks
// every import.
//
// | floor | holds |
// |---|---|
// | `figure` | figure, panel, layout, axes, legend: everything is put together |
// | `marks`, `formats` | what a panel can show, one file for each kind; SVG and PNG |
// | `surround` | what a mark can ask for around its frame: axes, names, a colour bar |
// | `ink` | sizes, letters, symbols and looks, and how they get onto the canvas |
// | `canvas` | the list of operations that is drawn, with clipping and the font |
// | `scales`, `lattice`, `color` | axes and ticks; nodes over the plane and contours; colours and palettes |
// | `error` | everything that can be wrong with a figure |
mod canvas;
mod color;
mod error;
mod figure;
mod formats;
mod ink;
mod lattice;
mod marks;
mod scales;
mod surround;

pub use crate::canvas::FONT_LICENSE;
pub use crate::color::Color;
pub use crate::error::VizError;
pub use crate::figure::{Corner, Drawing, Figure, Panel};
pub use crate::ink::Look;
pub use crate::lattice::Lattice;
pub use crate::marks::{
    Band, Boxes, Calibration, Confusion, Curve, Diagram, Field, Images, Intervals, Line, Mark, Matrix,
    Points, ReferenceLine, Regions, Roc, Scatter, Strip, Violin,
};
pub use crate::scales::Axis;

/// Runs the examples of the README as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
