//! Places for groups side by side: one slot for each name along one axis, and numbers along the other.

use crate::canvas::{Frame, Point};
use crate::color::Color;
use crate::error::VizError;
use crate::ink::units;
use crate::marks::check::Subject;
use crate::marks::draw::{Extent, Margin, Plane};
use crate::scales::Scale;
use crate::surround::Surround;

/// The slots of groups: equally wide, along x from the left, or in rows from the top.
#[derive(Clone, Debug)]
pub(crate) struct Slots {
    pub(crate) names: Vec<String>,
    /// Whether the groups are in rows.
    pub(crate) horizontal: bool,
    /// The colour of all groups; each has its own if there is none.
    pub(crate) color: Option<Color>,
}

impl Slots {
    pub(crate) fn new(names: &[impl AsRef<str>]) -> Self {
        let names = names.iter().map(|name| name.as_ref().to_owned()).collect();
        Self { names, horizontal: false, color: None }
    }

    pub(crate) fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        subject.something("at least one group", !self.names.is_empty())?;
        subject.names_groups(&self.surround(), self.horizontal)
    }

    /// Checks that values on a logarithmic axis are positive.
    pub(crate) fn check_signs(&self, subject: &Subject<'_>, values: &[f64]) -> Result<(), VizError> {
        let (name, axis) = if self.horizontal { ("x", subject.x) } else { ("y", subject.y) };
        subject.signs(name, axis, values)
    }

    /// Widens the extent by all slots and by these values.
    pub(crate) fn reach(&self, extent: &mut Extent, values: &[f64]) {
        let slots = [0.0, self.names.len() as f64];
        let (x, y) = if self.horizontal { (values, &slots[..]) } else { (&slots[..], values) };
        extent.reach_x(x);
        extent.reach_y(y);
    }

    pub(crate) fn surround(&self) -> Surround {
        Surround::Groups { names: self.names.clone(), horizontal: self.horizontal }
    }

    pub(crate) fn margin(&self) -> Margin {
        if self.horizontal { Margin::Rows } else { Margin::Curve }
    }

    /// The colour of a group. Colours repeat after ten groups, because the names tell the groups apart.
    pub(crate) fn color(&self, slot: usize) -> Color {
        self.color.unwrap_or(Color::CLASSES[slot % Color::CLASSES.len()])
    }

    pub(crate) fn board(&self, plane: &Plane, frame: Frame) -> Board {
        let (x, y) = (*plane.as_coord_spec().x_spec(), *plane.as_coord_spec().y_spec());
        let (names, values) = if self.horizontal { (y, x) } else { (x, y) };
        Board { count: self.names.len(), horizontal: self.horizontal, names, values, frame }
    }
}

/// Slots in the frame of a panel.
#[derive(Clone, Copy)]
pub(crate) struct Board {
    count: usize,
    horizontal: bool,
    names: Scale,
    values: Scale,
    frame: Frame,
}

impl Board {
    /// The place of a value along its axis: 0 at the lower end and 1 at the upper end, also outside of both.
    pub(crate) fn share(&self, value: f64) -> f64 {
        /// Farther outside, places would not be on the canvas.
        const FARTHEST: f64 = 1000.0;
        self.values.share(value).clamp(-FARTHEST, FARTHEST)
    }

    /// The place on the canvas at a share of the axis of values, and beside the middle of a slot by this part
    /// of its width.
    pub(crate) fn point(&self, slot: usize, beside: f64, share: f64) -> Point {
        let middle = slot as f64 + 0.5;
        let slot = if self.horizontal { self.count as f64 - middle } else { middle };
        let along = self.names.share(slot + beside);
        let (x, y) = if self.horizontal { (share, along) } else { (along, share) };
        let Frame { left, bottom, .. } = self.frame;
        let place = |from: i32, length: f64| from + length.round() as i32;
        (place(left, x * self.frame.width()), place(bottom, -y * self.frame.height()))
    }

    /// A length in points as a part of the width of a slot, but no more than `most`.
    pub(crate) fn part(&self, points: f64, most: f64) -> f64 {
        let length = if self.horizontal { self.frame.height() } else { self.frame.width() };
        (f64::from(units(points)) * self.count as f64 / length).min(most)
    }
}
