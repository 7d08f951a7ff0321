//! The checks that kinds of marks share, and the names their messages use.

use super::Draw;
use crate::axis::Axis;
use crate::color::Color;
use crate::error::VizError;
use crate::panel::Panel;

/// A mark in its panel: what a message is about.
pub(crate) struct Subject<'a> {
    panel: &'a Panel,
    mark: &'a dyn Draw,
}

impl<'a> Subject<'a> {
    pub(crate) fn new(panel: &'a Panel, mark: &'a dyn Draw) -> Self {
        Self { panel, mark }
    }

    /// The panel's two axes.
    pub(crate) fn axes(&self) -> (&Axis, &Axis) {
        (&self.panel.x, &self.panel.y)
    }

    /// What a message calls the panel and the mark.
    pub(crate) fn names(&self) -> (String, String) {
        let (kind, label) = (self.mark.kind(), self.mark.label());
        let mark = if label.is_empty() { kind.to_owned() } else { format!("{kind} {label:?}") };
        (self.panel.title.clone(), mark)
    }

    /// A length in points is more than 0 and at most an inch.
    pub(crate) fn size(&self, property: &'static str, value: f64) -> Result<(), VizError> {
        self.sound(property, value, value > 0.0 && value <= 72.0)
    }

    /// An opacity lies between 0 and 1.
    pub(crate) fn opacity(&self, value: f64) -> Result<(), VizError> {
        self.sound("opacity", value, (0.0..=1.0).contains(&value))
    }

    /// A property has a value that makes sense.
    pub(crate) fn sound(&self, property: &'static str, value: f64, sound: bool) -> Result<(), VizError> {
        if sound {
            return Ok(());
        }
        let (panel, mark) = self.names();
        Err(VizError::Style { panel, mark, property, value })
    }

    /// There are as many `series` as `against` asks for.
    pub(crate) fn length(
        &self,
        (against, expected): (&'static str, usize),
        (series, found): (&'static str, usize),
    ) -> Result<(), VizError> {
        if expected == found {
            return Ok(());
        }
        let (panel, mark) = self.names();
        Err(VizError::Length { panel, mark, against, expected, series, found })
    }

    /// The mark is the only one of its panel, whose axes are as they were made: it brings its own. Their
    /// labels are shown if it is `labelled`.
    pub(crate) fn alone(&self, labelled: bool) -> Result<(), VizError> {
        let (panel, mark) = self.names();
        if self.panel.marks.len() > 1 {
            return Err(VizError::NotAlone { panel, mark });
        }
        let (x, y) = self.axes();
        match [("x", x), ("y", y)].iter().find(|(_, axis)| !axis.is_free(labelled)) {
            Some(&(axis, _)) => Err(VizError::OwnAxes { panel, mark, axis }),
            None => Ok(()),
        }
    }

    /// All parts of the mark have the same number of values.
    pub(crate) fn even(
        &self,
        part: &'static str,
        parts: &[Vec<impl Sized>],
        expected: usize,
    ) -> Result<(), VizError> {
        match parts.iter().map(Vec::len).enumerate().find(|(_, found)| *found != expected) {
            Some((index, found)) => {
                let (panel, mark) = self.names();
                Err(VizError::Ragged { panel, mark, part, index, expected, found })
            }
            None => Ok(()),
        }
    }

    /// Every class has a name.
    pub(crate) fn classes(&self, labels: &[usize], classes: usize) -> Result<(), VizError> {
        match labels.iter().enumerate().find(|(_, class)| **class >= classes) {
            Some((index, &class)) => {
                let (panel, mark) = self.names();
                Err(VizError::NoSuchClass { panel, mark, index, class, classes })
            }
            None => Ok(()),
        }
    }

    /// Every class has a colour.
    pub(crate) fn colors(&self, classes: usize) -> Result<(), VizError> {
        let most = Color::CLASSES.len();
        if classes <= most {
            return Ok(());
        }
        let (panel, mark) = self.names();
        Err(VizError::TooManyClasses { panel, mark, classes, most })
    }

    /// There is something to show.
    pub(crate) fn something(&self, shown: bool) -> Result<(), VizError> {
        if shown {
            return Ok(());
        }
        let (panel, mark) = self.names();
        Err(VizError::Nothing { panel, mark })
    }

    /// All values are finite.
    pub(crate) fn finite(&self, series: &'static str, values: &[f64]) -> Result<(), VizError> {
        match values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
            Some((index, &value)) => {
                let (panel, mark) = self.names();
                Err(VizError::NotFinite { panel, mark, series, index, value })
            }
            None => Ok(()),
        }
    }

    /// Series over one `x`: lengths agree, `x` is finite and at least one value of all others is, and
    /// logarithmic axes have positive values only.
    pub(crate) fn series(&self, x: &[f64], others: &[(&'static str, &[f64])]) -> Result<(), VizError> {
        for (name, values) in others {
            self.length(("x", x.len()), (name, values.len()))?;
        }
        self.finite("x", x)?;
        let whole = |index: usize| others.iter().all(|(_, values)| values[index].is_finite());
        self.something((0..x.len()).any(whole))?;
        let (along, up) = self.axes();
        self.signs("x", along, x)?;
        others.iter().try_for_each(|(_, values)| self.signs("y", up, values))
    }

    /// Infinities are gaps as much as NaN is, and have no sign to complain about.
    pub(crate) fn signs(&self, axis: &'static str, along: &Axis, values: &[f64]) -> Result<(), VizError> {
        let misplaced = |value: &&f64| along.log && value.is_finite() && **value <= 0.0;
        match values.iter().find(misplaced) {
            Some(&value) => {
                let (panel, mark) = self.names();
                Err(VizError::NotPositive { panel, mark, axis, value })
            }
            None => Ok(()),
        }
    }
}
