//! How the modules of this crate are described, and made from a description.

use rand::Rng;

use crate::architecture::Settings;
use crate::state::Axes;
use crate::{Architecture, Module, ModuleError, Scalar, Segment, SettingError, size};

/// A module of this crate that a file can hold.
pub(super) trait Described<F: Scalar>: Sized {
    /// The class of PyTorch, if there is one.
    const KIND: &'static str;

    /// Returns the architecture of this module.
    fn describe(&self) -> Result<Architecture, ModuleError>;

    /// Makes a module with these settings, which are taken from the list. A container also takes the children.
    fn make(
        settings: &mut Settings<'_>,
        children: &mut Vec<Box<dyn Module<F>>>,
        maker: &mut Maker<'_>,
    ) -> Result<Self, ModuleError>;

    /// Returns the name of a child in the names of parameters.
    fn segment(index: usize) -> Segment<'static> {
        index.into()
    }
}

/// What modules are made with: a generator for their parameters, and a limit for the number of these.
pub(crate) struct Maker<'a> {
    pub(super) rng: &'a mut dyn Rng,
    /// The number of values for which there is still room.
    pub(super) left: usize,
}

impl Maker<'_> {
    /// Checks that there is room for parameters of these shapes, before memory is taken for them.
    pub(super) fn reserve<F: Scalar>(&mut self, kind: &str, shapes: &[&[usize]]) -> Result<(), SettingError> {
        for shape in shapes {
            let count = size::count::<F>(shape.iter().copied());
            let left = count.and_then(|count| Some((count, self.left.checked_sub(count)?)));
            let has_memory = |count| Vec::<F>::new().try_reserve_exact(count).is_ok();
            self.left = match left {
                Some((count, left)) if has_memory(count) => left,
                _ => {
                    let expected = "one for which there are values and memory";
                    return Err(SettingError::new(kind, "shape of a parameter", expected, Axes(shape)));
                }
            };
        }
        Ok(())
    }
}

/// Says how a module is written and read: its kind, the name, type and value of each setting, and the module that has them.
///
/// ```text
/// described! {
///     Type<F, D> [const D: usize] as "Kind";     // F is the precision; other parameters stand in brackets
///     settings |layer| { name: Type = layer.name }
///     fixed { name: value }                      // of all modules of this kind, for PyTorch
///     parameters [&[rows, columns], &[rows]];    // all for which `made` takes memory
///     made |rng| => Type::new(name, rng)
/// }
/// ```
macro_rules! described {
    (
        $Module:ty $([$($generics:tt)*])? as $kind:expr;
        $(settings |$layer:ident| { $($name:ident: $Type:ty = $value:expr),* $(,)? })?
        $(fixed { $($fixed:ident: $constant:expr),* $(,)? })?
        $(parameters $shapes:expr;)?
        made $(|$rng:ident|)? => $made:expr
    ) => {
        impl<F: $crate::Scalar $(, $($generics)*)?> $crate::layers::described::Described<F> for $Module {
            const KIND: &'static str = $kind;

            fn describe(&self) -> Result<$crate::Architecture, $crate::ModuleError> {
                #[allow(unused_mut, reason = "some have no setting")]
                let mut architecture =
                    $crate::Architecture::new(<Self as $crate::layers::described::Described<F>>::KIND, [])?;
                $(
                    let $layer = self;
                    $(
                        let value = <$Type as $crate::architecture::Written>::write($value);
                        architecture.set(stringify!($name), value)?;
                    )*
                )?
                $($(architecture.set(stringify!($fixed), Some($constant.into()))?;)*)?
                Ok(architecture)
            }

            #[allow(unused_variables, reason = "some have no setting or no parameter")]
            fn make(
                settings: &mut $crate::architecture::Settings<'_>,
                _: &mut Vec<Box<dyn $crate::Module<F>>>,
                maker: &mut $crate::layers::described::Maker<'_>,
            ) -> Result<Self, $crate::ModuleError> {
                $($(let $name: $Type = settings.take(stringify!($name))?;)*)?
                $($(settings.take_fixed(stringify!($fixed), &$constant.into())?;)*)?
                $(maker.reserve::<F>(<Self as $crate::layers::described::Described<F>>::KIND, &$shapes)?;)?
                $(let $rng = &mut *maker.rng;)?
                Ok($made)
            }
        }
    };
}

pub(super) use described;
