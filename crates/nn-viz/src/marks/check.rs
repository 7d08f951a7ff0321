//! The checks that kinds of marks share, and the names that their messages use.

use crate::color::Color;
use crate::error::{VizError, beginning};
use crate::scales::Axis;
use crate::surround::Surround;

/// A mark in its panel: the subject of an error message.
pub(crate) struct Subject<'a> {
    /// The title of the panel.
    pub(crate) panel: &'a str,
    /// The two axes of the panel.
    pub(crate) x: &'a Axis,
    pub(crate) y: &'a Axis,
    /// Whether the panel has no other mark.
    pub(crate) alone: bool,
    /// The surroundings of the panel's frame.
    pub(crate) surround: Surround,
    /// The name of the mark's kind.
    pub(crate) kind: &'static str,
    /// The label of the mark; may be empty.
    pub(crate) label: &'a str,
}

impl Subject<'_> {
    /// The names of the panel and of the mark in a message.
    pub(crate) fn names(&self) -> (String, String) {
        let Self { kind, label, .. } = self;
        let mark = match label.is_empty() {
            true => (*kind).to_owned(),
            false => format!("{kind} {:?}", beginning(label)),
        };
        (beginning(self.panel), mark)
    }

    /// Checks that a length in points is more than 0 and at most an inch.
    pub(crate) fn size(&self, property: &'static str, value: f64) -> Result<(), VizError> {
        self.property(property, value, "more than 0 and at most 72 points", value > 0.0 && value <= 72.0)
    }

    /// Checks that an opacity lies between 0 and 1.
    pub(crate) fn opacity(&self, value: f64) -> Result<(), VizError> {
        self.property("opacity", value, "between 0 and 1", (0.0..=1.0).contains(&value))
    }

    /// Refuses the value of a property unless it is `sound`.
    pub(crate) fn property(
        &self,
        property: &'static str,
        value: f64,
        expected: &'static str,
        sound: bool,
    ) -> Result<(), VizError> {
        if sound {
            return Ok(());
        }
        let (panel, mark) = self.names();
        Err(VizError::Style { panel, mark, property, expected, value })
    }

    /// Checks that `series` is as long as `against` requires.
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

    /// Checks that a mark with axes of its own is the only one of its panel, and that the caller left the
    /// panel's axes alone. A mark that is `labelled` shows their labels, which may therefore be set.
    pub(crate) fn owns_panel(&self, labelled: bool) -> Result<(), VizError> {
        let (panel, mark) = self.names();
        if !self.alone {
            return Err(VizError::NotAlone { panel, mark });
        }
        match [("x", self.x), ("y", self.y)].iter().find(|(_, axis)| !axis.is_unset(labelled)) {
            Some(&(axis, _)) => Err(VizError::OwnAxes { panel, mark, axis }),
            None => Ok(()),
        }
    }

    /// Checks that the panel names the groups of a mark, which `own` asks for, and that the caller set
    /// nothing but a label for the axis with the names.
    pub(crate) fn names_groups(&self, own: &Surround, horizontal: bool) -> Result<(), VizError> {
        let (panel, mark) = self.names();
        let (axis, along) = if horizontal { ("y", self.y) } else { ("x", self.x) };
        if !along.is_unset(true) {
            return Err(VizError::OwnAxes { panel, mark, axis });
        }
        if self.surround != *own {
            return Err(VizError::OtherGroups { panel, mark });
        }
        Ok(())
    }

    /// Checks that all values of a part with a name are finite.
    pub(crate) fn named(&self, part: &'static str, name: &str, values: &[f64]) -> Result<(), VizError> {
        match values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
            Some((index, &value)) => {
                let (panel, mark) = self.names();
                Err(VizError::NamedValue { panel, mark, part, name: beginning(name), index, value })
            }
            None => Ok(()),
        }
    }

    /// Checks that all parts of the mark have the expected number of values.
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

    /// Checks that the class of every point has a name.
    pub(crate) fn classes(&self, labels: &[usize], classes: usize) -> Result<(), VizError> {
        match labels.iter().enumerate().find(|(_, class)| **class >= classes) {
            Some((index, &class)) => {
                let (panel, mark) = self.names();
                Err(VizError::NoSuchClass { panel, mark, index, class, classes })
            }
            None => Ok(()),
        }
    }

    /// Checks that there is a colour for every class.
    pub(crate) fn colors(&self, classes: usize) -> Result<(), VizError> {
        let most = Color::CLASSES.len();
        if classes <= most {
            return Ok(());
        }
        let (panel, mark) = self.names();
        Err(VizError::TooManyClasses { panel, mark, classes, most })
    }

    /// Checks that there is something to show; `expected` says what.
    pub(crate) fn something(&self, expected: &'static str, found: bool) -> Result<(), VizError> {
        if found {
            return Ok(());
        }
        let (panel, mark) = self.names();
        Err(VizError::Nothing { panel, mark, expected })
    }

    /// Checks that both axes are linear.
    pub(crate) fn linear(&self) -> Result<(), VizError> {
        if !self.x.log && !self.y.log {
            return Ok(());
        }
        let (panel, mark) = self.names();
        Err(VizError::FieldOnLogAxis { panel, mark })
    }

    /// Checks that both axes are linear, or both logarithmic.
    pub(crate) fn same_scales(&self) -> Result<(), VizError> {
        if self.x.log == self.y.log {
            return Ok(());
        }
        let (panel, mark) = self.names();
        Err(VizError::DiagonalOnMixedAxes { panel, mark })
    }

    /// Checks that all values are finite and from 0 to 1.
    pub(crate) fn fractions(&self, series: &'static str, values: &[f64]) -> Result<(), VizError> {
        self.finite(series, values)?;
        match values.iter().find(|value| !(0.0..=1.0).contains(*value)) {
            Some(&value) => {
                let (panel, mark) = self.names();
                Err(VizError::NotAProbability { panel, mark, value })
            }
            None => Ok(()),
        }
    }

    /// Checks that no value is less than the one before it.
    pub(crate) fn ascending(&self, series: &'static str, values: &[f64]) -> Result<(), VizError> {
        match values.windows(2).position(|pair| pair[1] < pair[0]) {
            Some(before) => {
                let (panel, mark) = self.names();
                let (before, index, value) = (values[before], before + 1, values[before + 1]);
                Err(VizError::Descends { panel, mark, series, index, before, value })
            }
            None => Ok(()),
        }
    }

    /// Checks that all values are finite.
    pub(crate) fn finite(&self, series: &'static str, values: &[f64]) -> Result<(), VizError> {
        match values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
            Some((index, &value)) => {
                let (panel, mark) = self.names();
                Err(VizError::NotFinite { panel, mark, series, index, value })
            }
            None => Ok(()),
        }
    }

    /// Checks series over one `x`: all are equally long, every `x` is finite, all others are finite at one
    /// index at least, and values on a logarithmic axis are positive.
    pub(crate) fn series(&self, x: &[f64], others: &[(&'static str, &[f64])]) -> Result<(), VizError> {
        for (name, values) in others {
            self.length(("x", x.len()), (name, values.len()))?;
        }
        self.finite("x", x)?;
        let whole = |index: usize| others.iter().all(|(_, values)| values[index].is_finite());
        self.something("at least one point with finite values", (0..x.len()).any(whole))?;
        self.signs("x", self.x, x)?;
        others.iter().try_for_each(|(_, values)| self.signs("y", self.y, values))
    }

    /// Checks that finite values on a logarithmic axis are positive. Infinities and NaN are gaps, so
    /// their sign does not matter.
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
