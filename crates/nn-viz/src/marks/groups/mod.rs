//! Values of several named groups, as strips, violins and boxes show them.

mod density;
mod slots;

pub(super) use self::density::Profile;
pub(super) use self::slots::Slots;
use super::check::Subject;
use super::draw::Extent;
use crate::error::VizError;

/// The settings of every mark that has slots: `slot_settings!(Strip, groups.slots)` for a strip with its slots there.
macro_rules! slot_settings {
    ($mark:ident, $($slots:ident).+) => {
        impl $mark {
            /// Draws the groups in rows, the first at the top, with the values along x: for many groups or long
            /// names.
            #[must_use]
            pub fn horizontal(mut self) -> Self {
                self.$($slots).+.horizontal = true;
                self
            }

            /// Draws all groups in one colour. By default, they have the colours of [`Color::CLASSES`] in turn.
            #[must_use]
            pub fn color(mut self, color: Color) -> Self {
                self.$($slots).+.color = Some(color);
                self
            }
        }
    };
}

pub(super) use slot_settings;

/// Named groups of values, such as the final scores of several configurations.
#[derive(Clone, Debug)]
pub(super) struct Groups {
    pub(super) slots: Slots,
    pub(super) values: Vec<Vec<f64>>,
}

impl Groups {
    pub(super) fn new(names: &[impl AsRef<str>], values: &[impl AsRef<[f64]>]) -> Self {
        let values = values.iter().map(|group| group.as_ref().to_vec()).collect();
        Self { slots: Slots::new(names), values }
    }

    pub(super) fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        let Self { slots, values } = self;
        slots.check(subject)?;
        subject.length(("names", slots.names.len()), ("groups", values.len()))?;
        slots.names.iter().zip(values).try_for_each(|(name, values)| {
            subject.something("at least one value in each group", !values.is_empty())?;
            subject.named("group", name, values)?;
            slots.check_signs(subject, values)
        })
    }

    pub(super) fn reach(&self, extent: &mut Extent) {
        self.values.iter().for_each(|values| self.slots.reach(extent, values));
    }
}
