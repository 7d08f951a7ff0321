//! Everything that can be wrong with a figure.

use thiserror::Error;

/// The beginning of a title or a label, so that no message fills the screen.
pub(crate) fn beginning(text: &str) -> String {
    /// The number of characters that are kept.
    const LONGEST: usize = 80;
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The reason for which a figure cannot be drawn or saved. Messages name the panel by its title and the mark
/// by its kind and label. Only the beginning of a long title or label is kept.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum VizError {
    /// The figure has no row, or a row without a panel.
    #[error(
        "expected at least one panel in {}; found none",
        .row.map_or("the figure".to_owned(), |row| format!("row {row}"))
    )]
    NoPanel {
        /// The empty row, counted from 0; `None` if the figure has no rows.
        row: Option<usize>,
    },
    /// A side of the figure is not more than 0 and at most 200 inches, or the panels do not fit into the
    /// figure.
    #[error(
        "expected a figure of at most 200 by 200 inches with room for its panels; \
         found {width} by {height} inches"
    )]
    Size {
        /// The width in inches.
        width: f64,
        /// The height in inches.
        height: f64,
    },
    /// The relative height of a row is not positive and finite.
    #[error("expected a positive, finite relative height for row {row}; found {height}")]
    RowHeight {
        /// The row, counted from 0.
        row: usize,
        /// Its relative height.
        height: f64,
    },
    /// Two series of one mark differ in length.
    #[error(
        "panel {panel:?}, {mark}: expected {expected} entries in {series}, as many as in {against}; \
         found {found}"
    )]
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
    /// A mark has nothing to show.
    #[error("panel {panel:?}, {mark}: expected {expected}; found none")]
    Nothing {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// The minimum that the mark needs.
        expected: &'static str,
    },
    /// A value that must be finite is infinite or NaN.
    #[error("panel {panel:?}, {mark}: expected finite values; found {series}[{index}] = {value}")]
    NotFinite {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// The series.
        series: &'static str,
        /// The index of the value, counted from 0.
        index: usize,
        /// The value.
        value: f64,
    },
    /// A value on a logarithmic axis is zero or negative.
    #[error(
        "panel {panel:?}, {mark}: expected positive values on the logarithmic {axis} axis; found {value}"
    )]
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
    #[error("panel {panel:?}, {mark}: expected the {property} to be {expected}; found {value}")]
    Style {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// `width`, `size`, `opacity` or `number of columns`.
        property: &'static str,
        /// The values that the property can have.
        expected: &'static str,
        /// The value.
        value: f64,
    },
    /// The range that was set for an axis is empty, reversed, not finite, not positive on a logarithmic axis,
    /// or so short that its ticks would not differ: below 10⁻¹² of its larger end, or below 10⁻³⁰⁰.
    #[error(
        "panel {panel:?}: expected a finite, ascending range of the {axis} axis, positive if it is \
         logarithmic; found {low:?} to {high:?}"
    )]
    Range {
        /// The panel's title.
        panel: String,
        /// `x` or `y`.
        axis: &'static str,
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// A panel with an equal aspect has an axis that is not one of numbers on a linear scale.
    #[error("panel {panel:?}: expected two linear axes of numbers for an equal aspect; found {found}")]
    EqualAspect {
        /// The panel's title.
        panel: String,
        /// What the panel has instead.
        found: &'static str,
    },
    /// A field or regions have a value outside of 0 to 1, by more than rounding explains, or a rate of a ROC
    /// curve or a fraction of a calibration curve is outside.
    #[error("panel {panel:?}, {mark}: expected probabilities between 0 and 1; found {value}")]
    NotAProbability {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// The value.
        value: f64,
    },
    /// A field, regions, or a curve of rates or fractions lie in a panel with a logarithmic axis.
    #[error("panel {panel:?}, {mark}: expected two linear axes; found a logarithmic one")]
    FieldOnLogAxis {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
    },
    /// A diagonal lies in a panel with one linear and one logarithmic axis, where it would not be a straight
    /// line.
    #[error("panel {panel:?}, {mark}: expected two linear axes or two logarithmic ones; found one of each")]
    DiagonalOnMixedAxes {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
    },
    /// A series that must not descend does.
    #[error(
        "panel {panel:?}, {mark}: expected {series} not to descend, from the strictest threshold on; \
         found {value} at index {index}, after {before}"
    )]
    Descends {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// The series.
        series: &'static str,
        /// The index of the smaller value, counted from 0.
        index: usize,
        /// The value before it.
        before: f64,
        /// The value.
        value: f64,
    },
    /// A mark that must be the only one of its panel is not.
    #[error("panel {panel:?}, {mark}: expected no other mark in this panel; give each a panel of its own")]
    NotAlone {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
    },
    /// An axis was set in a panel whose mark has its own axes. The label of an axis of a confusion matrix can
    /// be set.
    #[error(
        "panel {panel:?}, {mark}: expected no settings of the {axis} axis, because the mark has its own; \
         remove them"
    )]
    OwnAxes {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// `x` or `y`.
        axis: &'static str,
    },
    /// Two marks of a panel show different groups, or one shows them side by side and the other in rows.
    #[error(
        "panel {panel:?}, {mark}: expected the groups of the first mark that has groups, in the same order and \
         direction; found others; give each mark a panel of its own"
    )]
    OtherGroups {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
    },
    /// A value of a group or of a row is infinite or NaN. A group of scores has one if a trial diverged: leave it
    /// out, and say how many were left out.
    #[error(
        "panel {panel:?}, {mark}: expected finite values; found {value} at index {index} of {part} {name:?}"
    )]
    NamedValue {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// `group` or `row`.
        part: &'static str,
        /// The name of the group or of the row.
        name: String,
        /// The index of the value, counted from 0.
        index: usize,
        /// The value.
        value: f64,
    },
    /// A point belongs to a class that has no name.
    #[error(
        "panel {panel:?}, {mark}: expected classes below {classes}, the number of names; \
         found class {class} at point {index}"
    )]
    NoSuchClass {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// The index of the point, counted from 0.
        index: usize,
        /// Its class, counted from 0.
        class: usize,
        /// The number of classes with names.
        classes: usize,
    },
    /// There are more classes than colours.
    #[error(
        "panel {panel:?}, {mark}: expected at most {most} classes, because there are no more colours; \
         found {classes}"
    )]
    TooManyClasses {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// The number of classes.
        classes: usize,
        /// The largest number of classes.
        most: usize,
    },
    /// More series of points in a panel have the same symbol than colours alone can tell apart.
    #[error(
        "panel {panel:?}: expected at most {most} series of points with the same symbol; found {found}; \
         give each the symbol of its Look::nth"
    )]
    TooManyAlike {
        /// The panel's title.
        panel: String,
        /// The number of series with the same symbol.
        found: usize,
        /// The largest number.
        most: usize,
    },
    /// A row of a matrix, an image, or the list of probabilities of a class has the wrong length.
    #[error("panel {panel:?}, {mark}: expected {expected} values in {part} {index}; found {found}")]
    Ragged {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// `row`, `image` or `class`.
        part: &'static str,
        /// The index of the part, counted from 0.
        index: usize,
        /// The number of values that it must have.
        expected: usize,
        /// The number of values that it has.
        found: usize,
    },
    /// A pixel is infinite or NaN.
    #[error(
        "panel {panel:?}, {mark}: expected finite pixels; \
         found {value} in image {image}, row {row}, column {column}"
    )]
    Pixel {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// The image, counted from 0.
        image: usize,
        /// The row of the pixel, counted from 0 at the top.
        row: usize,
        /// The column of the pixel, counted from 0.
        column: usize,
        /// Its value.
        value: f64,
    },
    /// The value of black is not less than that of white, or one of them is not finite.
    #[error(
        "panel {panel:?}, {mark}: expected greys from a smaller to a larger finite value; \
         found {low:?} to {high:?}"
    )]
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
    /// Two nodes of a diagram have one name, or a node reads one that does not come before it.
    #[error("panel {panel:?}, {mark}: expected {expected} in node {node:?}; found {found:?}")]
    Node {
        /// The panel's title.
        panel: String,
        /// The mark.
        mark: String,
        /// The name of the node.
        node: String,
        /// What would have been right.
        expected: &'static str,
        /// The name that was found.
        found: String,
    },
    /// A lattice has fewer than two columns or rows, or a range that is empty, reversed or not finite.
    #[error(
        "expected a lattice of at least 2 by 2 nodes over finite, ascending ranges; \
         found {columns} by {rows} nodes over {x:?} and {y:?}"
    )]
    Lattice {
        /// The number of nodes along x.
        columns: usize,
        /// The number of nodes along y.
        rows: usize,
        /// The range along x.
        x: (f64, f64),
        /// The range along y.
        y: (f64, f64),
    },
    /// The resolution gives an image without pixels, or with more than 200 million.
    #[error(
        "expected a resolution that gives an image of 1 to 200 million pixels; found {dpi} dots per inch"
    )]
    Resolution {
        /// Dots per inch.
        dpi: f64,
    },
    /// The file cannot be written: the system refuses it, it is read-only, or the path names something other
    /// than a regular file. An existing file is unchanged.
    #[error("cannot write {path}: {reason}")]
    File {
        /// The path as the caller gave it.
        path: String,
        /// What was expected and what was found, or the system's description of the failure.
        reason: String,
    },
    /// The PNG could not be encoded.
    #[error("cannot encode the PNG: {0}")]
    Png(String),
    /// plotters reported an error.
    #[error("plotters reported an error: {0}")]
    Drawing(String),
}
