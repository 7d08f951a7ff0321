//! Joins: several tensors become one.

use std::fmt;

use crate::layers::view::{View, check_axis};
use crate::size::count;
use crate::state::Quoted;
use crate::{ModuleError, Scalar, SettingError, ShapeError};

/// What makes one tensor of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Join {
    Sum,
    Product,
    /// Side by side along this axis.
    Concat(usize),
}

impl Join {
    /// Returns the shape of tensors of these names and shapes when they are joined.
    pub(super) fn shape<F: Scalar>(self, from: &[(&str, &[usize])]) -> Result<Vec<usize>, ModuleError> {
        let Some(&(first_name, first)) = from.first() else {
            return Err(SettingError::new(self.name(), "number of inputs", "at least 1", 0).into());
        };
        let mut shape = first.to_vec();
        let mut but = String::new();
        if let Join::Concat(axis) = self {
            check_axis(self.name(), axis)?;
            if axis >= first.len() {
                let expected = format!("inputs with an axis {axis}");
                return Err(ShapeError::new(&self, expected, first).into());
            }
            shape[axis] = 0;
            but = format!(" but for axis {axis},");
        }
        for &(name, other) in from {
            let mut rest = other.to_vec();
            if let Join::Concat(axis) = self
                && let Some(size) = rest.get_mut(axis)
            {
                // More than a usize holds is more than memory holds.
                shape[axis] = shape[axis].saturating_add(std::mem::replace(size, shape[axis]));
                *size = shape[axis];
            }
            if rest != shape {
                let (first_name, name) = (Quoted(first_name), Quoted(name));
                let expected = format!("the shape of {first_name}, {first:?},{but} from {name}");
                return Err(ShapeError::new(&self, expected, other).into());
            }
        }
        if count::<F>(shape.iter().copied()).is_none() {
            return Err(ShapeError::too_large(&self, &shape).into());
        }
        Ok(shape)
    }

    /// Returns for each of some tensors at which features of the concatenation along an axis its runs begin.
    pub(super) fn runs(
        self,
        axis: usize,
        all: &[usize],
        from: &[&[usize]],
    ) -> Result<Vec<Vec<usize>>, ShapeError> {
        let mut start = 0;
        let runs = from.iter().map(|shape| {
            let mut view = View::of(&all[1..]);
            let along = &mut view.axes[axis - 1];
            (view.first, along.size) = (start * along.step, shape[axis]);
            start += shape[axis];
            view.runs().ok_or_else(|| ShapeError::too_large(&self, all))
        });
        runs.collect()
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Join::Sum => "Sum",
            Join::Product => "Product",
            Join::Concat(_) => "Concat",
        }
    }
}

impl fmt::Display for Join {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Join::Concat(axis) => write!(f, "Concat({axis})"),
            Join::Sum | Join::Product => f.write_str(self.name()),
        }
    }
}
