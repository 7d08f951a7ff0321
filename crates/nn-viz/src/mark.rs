//! What a panel can show: lines, bands and points over two axes (fields have their own file).

use crate::color::Color;
use crate::field::Field;

/// A line through points, in the order given. A `y` that is not finite leaves a gap; a value alone between
/// two gaps is a dot.
#[derive(Clone, Debug)]
pub struct Line {
    pub(crate) label: String,
    pub(crate) x: Vec<f64>,
    pub(crate) y: Vec<f64>,
    pub(crate) color: Color,
    pub(crate) width: f64,
    pub(crate) dashed: bool,
}

/// The area between two curves over the same `x`, such as quartiles; semi-transparent. Where a value is
/// not finite there is a gap; an interval alone between two gaps is a bar.
#[derive(Clone, Debug)]
pub struct Band {
    pub(crate) label: String,
    pub(crate) x: Vec<f64>,
    pub(crate) lower: Vec<f64>,
    pub(crate) upper: Vec<f64>,
    pub(crate) color: Color,
    pub(crate) alpha: f64,
}

/// Single points. One whose `y` is not finite is left out.
#[derive(Clone, Debug)]
pub struct Points {
    pub(crate) label: String,
    pub(crate) x: Vec<f64>,
    pub(crate) y: Vec<f64>,
    pub(crate) color: Color,
    pub(crate) symbol: Symbol,
    pub(crate) alpha: f64,
    pub(crate) halo: bool,
    pub(crate) size: f64,
}

/// The shape of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Symbol {
    /// A disc.
    Circle,
    /// A triangle that points up.
    Triangle,
}

/// Anything a panel shows. Each kind of mark turns into one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Mark {
    /// A line.
    Line(Line),
    /// A band between two curves.
    Band(Band),
    /// Single points.
    Points(Points),
    /// A probability on a lattice.
    Field(Field),
}

impl Line {
    /// A solid line 1.3 points wide.
    #[must_use]
    pub fn new(label: impl Into<String>, x: &[f64], y: &[f64], color: Color) -> Self {
        let label = label.into();
        Self { label, x: x.to_vec(), y: y.to_vec(), color, width: 1.3, dashed: false }
    }

    /// The width in points (1/72 inch), more than 0 and at most 72.
    #[must_use]
    pub fn width(mut self, points: f64) -> Self {
        self.width = points;
        self
    }

    /// Dashes instead of a solid line.
    #[must_use]
    pub fn dashed(mut self) -> Self {
        self.dashed = true;
        self
    }
}

impl Band {
    /// A band of 22 % opacity.
    #[must_use]
    pub fn new(label: impl Into<String>, x: &[f64], lower: &[f64], upper: &[f64], color: Color) -> Self {
        let label = label.into();
        Self { label, x: x.to_vec(), lower: lower.to_vec(), upper: upper.to_vec(), color, alpha: 0.22 }
    }

    /// The opacity, from 0 to 1.
    #[must_use]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.alpha = alpha;
        self
    }
}

impl Points {
    /// Opaque discs without a halo, 4 points across.
    #[must_use]
    pub fn new(label: impl Into<String>, x: &[f64], y: &[f64], color: Color) -> Self {
        let (x, y) = (x.to_vec(), y.to_vec());
        let symbol = Symbol::Circle;
        Self { label: label.into(), x, y, color, symbol, alpha: 1.0, halo: false, size: 4.0 }
    }

    /// Triangles instead of discs.
    #[must_use]
    pub fn triangles(mut self) -> Self {
        self.symbol = Symbol::Triangle;
        self
    }

    /// The opacity, from 0 to 1.
    #[must_use]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.alpha = alpha;
        self
    }

    /// A thin white rim, which keeps crowded points apart and points over a field in sight.
    #[must_use]
    pub fn halo(mut self) -> Self {
        self.halo = true;
        self
    }

    /// The diameter of a disc in points (1/72 inch), more than 0 and at most 72; a triangle covers about as
    /// much.
    #[must_use]
    pub fn size(mut self, points: f64) -> Self {
        self.size = points;
        self
    }
}

impl Mark {
    /// The text in the legend; marks that share one share the entry, and an empty one has none. A field's
    /// is the label of its colour bar.
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::Line(line) => &line.label,
            Self::Band(band) => &band.label,
            Self::Points(points) => &points.label,
            Self::Field(field) => &field.label,
        }
    }

    /// What lies under what: fields, then bands, then lines and points as they were added.
    pub(crate) fn layer(&self) -> u8 {
        match self {
            Self::Field(_) => 0,
            Self::Band(_) => 1,
            Self::Line(_) | Self::Points(_) => 2,
        }
    }

    /// The options that are numbers: name, value, and whether it is a length rather than an opacity.
    pub(crate) fn options(&self) -> Vec<(&'static str, f64, bool)> {
        match self {
            Self::Line(line) => vec![("width", line.width, true)],
            Self::Band(band) => vec![("opacity", band.alpha, false)],
            Self::Points(points) => vec![("size", points.size, true), ("opacity", points.alpha, false)],
            Self::Field(_) => vec![],
        }
    }

    /// The series along x, and those along y, each with its name in messages. A field has none.
    pub(crate) fn series(&self) -> (&[f64], Vec<(&'static str, &[f64])>) {
        match self {
            Self::Line(Line { x, y, .. }) | Self::Points(Points { x, y, .. }) => (x, vec![("y", y)]),
            Self::Band(Band { x, lower, upper, .. }) => (x, vec![("lower", lower), ("upper", upper)]),
            Self::Field(_) => (&[], vec![]),
        }
    }
}

impl From<Line> for Mark {
    fn from(line: Line) -> Self {
        Self::Line(line)
    }
}

impl From<Band> for Mark {
    fn from(band: Band) -> Self {
        Self::Band(band)
    }
}

impl From<Points> for Mark {
    fn from(points: Points) -> Self {
        Self::Points(points)
    }
}

impl From<Field> for Mark {
    fn from(field: Field) -> Self {
        Self::Field(field)
    }
}
