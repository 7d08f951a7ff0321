//! What can be wrong with a figure.

use thiserror::Error;

/// Why a figure cannot be drawn. The messages name the panel by its title and the mark by its label.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum VizError {
    /// The figure has no row, or a row without a panel.
    #[error("the figure has no panel{}", .row.map(|row| format!(" in row {row}")).unwrap_or_default())]
    NoPanel {
        /// The empty row, counted from 0; none if there is no row at all.
        row: Option<usize>,
    },
    /// A side of the figure is not a sensible length, or its panels do not fit into it.
    #[error("a figure of {width} by {height} inches has no room for its panels")]
    Size {
        /// Width in inches.
        width: f64,
        /// Height in inches.
        height: f64,
    },
    /// A row's relative height is not positive and finite.
    #[error("row {row} has the relative height {height}; it must be positive")]
    RowHeight {
        /// The row, counted from 0.
        row: usize,
        /// The height given.
        height: f64,
    },
    /// Two series of one mark differ in length.
    #[error("panel {panel:?}, {mark}: {expected} values of {against}, but {found} of {series}")]
    Length {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// The series that sets the length.
        against: &'static str,
        /// Its length.
        expected: usize,
        /// The series that differs.
        series: &'static str,
        /// Its length.
        found: usize,
    },
    /// A mark has no finite value to show.
    #[error("panel {panel:?}, {mark}: nothing to draw")]
    Nothing {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
    },
    /// A value that must be finite is not.
    #[error("panel {panel:?}, {mark}: {series}[{index}] is {value}")]
    NotFinite {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// The series.
        series: &'static str,
        /// Place of the value, counted from 0.
        index: usize,
        /// The value.
        value: f64,
    },
    /// A value on a logarithmic axis is zero or negative.
    #[error("panel {panel:?}, {mark}: {value} cannot stand on the logarithmic {axis} axis")]
    NotPositive {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// `x` or `y`.
        axis: &'static str,
        /// The value.
        value: f64,
    },
    /// A width, a size or an opacity is out of bounds.
    #[error("panel {panel:?}, {mark}: {property} cannot be {value}")]
    Style {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// `width`, `size`, `opacity` or `number of columns`.
        property: &'static str,
        /// The value.
        value: f64,
    },
    /// An axis' range is empty, reversed, not finite, or not positive on a logarithmic axis.
    #[error("panel {panel:?}: the {axis} axis cannot run from {low:?} to {high:?}")]
    Range {
        /// The panel's title.
        panel: String,
        /// `x` or `y`.
        axis: &'static str,
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// A field has a value outside 0 to 1 by more than rounding explains.
    #[error("panel {panel:?}, {mark}: {value} is not a probability")]
    NotAProbability {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// The value.
        value: f64,
    },
    /// A field lies in a panel with a logarithmic axis.
    #[error("panel {panel:?}, {mark}: a field needs two linear axes")]
    FieldOnLogAxis {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
    },
    /// A mark that needs a panel of its own shares it.
    #[error("panel {panel:?}, {mark}: it needs a panel of its own")]
    NotAlone {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
    },
    /// A mark brings its own axes, but the panel's are described.
    #[error("panel {panel:?}, {mark}: it brings its own axes, and the {axis} axis cannot be set")]
    OwnAxes {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// `x` or `y`.
        axis: &'static str,
    },
    /// A point belongs to a class that has no name.
    #[error("panel {panel:?}, {mark}: point {index} is of class {class}, but there are names of {classes}")]
    NoSuchClass {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// Place of the point, counted from 0.
        index: usize,
        /// Its class, counted from 0.
        class: usize,
        /// How many classes have names.
        classes: usize,
    },
    /// There are more classes than colours.
    #[error("panel {panel:?}, {mark}: {classes} classes, but colours for {most}")]
    TooManyClasses {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// The classes.
        classes: usize,
        /// How many there can be.
        most: usize,
    },
    /// A row of a matrix, an image, or the probabilities of a class are not as many as all must be.
    #[error("panel {panel:?}, {mark}: {part} {index} has {found} values instead of {expected}")]
    Ragged {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// `row`, `image` or `class`.
        part: &'static str,
        /// Which of them, counted from 0.
        index: usize,
        /// How many values it must have.
        expected: usize,
        /// How many it has.
        found: usize,
    },
    /// A pixel is not finite.
    #[error("panel {panel:?}, {mark}: image {image} is {value} in row {row}, column {column}")]
    Pixel {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// The image, counted from 0.
        image: usize,
        /// Row of the pixel, counted from 0 at the top.
        row: usize,
        /// Column of the pixel, counted from 0.
        column: usize,
        /// Its value.
        value: f64,
    },
    /// Levels of grey have no range to stand for.
    #[error("panel {panel:?}, {mark}: greys cannot run from {low:?} to {high:?}")]
    Greys {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// The value of black.
        low: f64,
        /// The value of white.
        high: f64,
    },
    /// A lattice has fewer than two nodes one way, or an empty or infinite extent.
    #[error("a lattice of {columns} by {rows} nodes over {x:?} and {y:?} spans no area")]
    Lattice {
        /// Nodes along x.
        columns: usize,
        /// Nodes along y.
        rows: usize,
        /// Extent along x.
        x: (f64, f64),
        /// Extent along y.
        y: (f64, f64),
    },
    /// The resolution asked for gives no image, or one beyond 200 million pixels.
    #[error("{dpi} dots per inch give no sensible image")]
    Resolution {
        /// Dots per inch.
        dpi: f64,
    },
    /// The PNG could not be encoded.
    #[error("cannot encode the PNG: {0}")]
    Png(String),
    /// plotters could not draw.
    #[error("cannot draw: {0}")]
    Drawing(String),
}
