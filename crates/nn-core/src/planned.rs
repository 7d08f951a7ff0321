//! What a workspace was planned for. `forward` and `backward` check it, because an array of another shape would give numbers
//! without meaning.

use std::any::{Any, TypeId, type_name};
use std::fmt::{self, Display};

use crate::shape::Shape;
use crate::size::count;
use crate::{Purpose, Scalar, ShapeError, Tensor, Workspace};

/// What a [`Workspace`] was planned for: the type of the module, the shapes of its input and output, and the purpose.
/// [`Workspace::of`] makes it. Empty in a workspace that no module planned.
#[derive(Debug, Clone, Default)]
pub struct Planned {
    /// The type of the module and its name.
    module: Option<(TypeId, &'static str)>,
    input: Shape,
    output: Shape,
    to_train: bool,
    /// Whether `forward` has run.
    ran: bool,
}

impl<F: Scalar> Workspace<F> {
    /// Makes a workspace without memory for a plan of `module`, and notes what is planned:
    /// [`check_forward`](Workspace::check_forward) and [`check_backward`](Workspace::check_backward) compare with it.
    ///
    /// # Errors
    /// [`ShapeError`] if no memory could hold an input or an output of this shape.
    pub fn of<M: Any + Display>(
        module: &M,
        input: &[usize],
        output: &[usize],
        purpose: Purpose,
    ) -> Result<Self, ShapeError> {
        for shape in [input, output] {
            if count::<F>(shape.iter().copied()).is_none() {
                return Err(ShapeError::too_large(module, shape));
            }
        }
        let planned = Planned {
            module: Some((TypeId::of::<M>(), type_name::<M>())),
            input: Shape::of(input),
            output: Shape::of(output),
            to_train: purpose == Purpose::Train,
            ran: false,
        };
        Ok(Workspace { planned, ..Workspace::empty() })
    }

    /// Checks the arguments of [`Module::forward`](crate::Module::forward), as the first thing there.
    ///
    /// # Panics
    /// If a module of another type planned this workspace, or for other shapes. The message names the module, what it
    /// expected and what it found.
    #[inline]
    #[track_caller]
    pub fn check_forward<M: Any + Display>(&mut self, module: &M, x: &Tensor<F>, y: &Tensor<F>) {
        let planned = &self.planned;
        if !(planned.is_of::<M>() && x.has(&planned.input) && y.has(&planned.output)) {
            planned
                .refuse::<M>(module, &[("x", x.shape(), &planned.input), ("y", y.shape(), &planned.output)]);
        }
        self.planned.ran = true;
    }

    /// Checks the arguments of [`Module::backward`](crate::Module::backward), as the first thing there.
    ///
    /// # Panics
    /// As [`check_forward`](Workspace::check_forward), and if the workspace was planned to predict, or `forward` has not run.
    #[inline]
    #[track_caller]
    pub fn check_backward<M: Any + Display>(
        &self,
        module: &M,
        x: &Tensor<F>,
        y: &Tensor<F>,
        dy: &Tensor<F>,
        dx: Option<&Tensor<F>>,
    ) {
        let planned = &self.planned;
        let (input, output) = (&planned.input, &planned.output);
        let fits = planned.is_of::<M>()
            && planned.to_train
            && planned.ran
            && x.has(input)
            && y.has(output)
            && dy.has(output)
            && dx.is_none_or(|dx| dx.has(input));
        if !fits {
            let shapes = [
                ("x", x.shape(), input),
                ("y", y.shape(), output),
                ("dy", dy.shape(), output),
                ("dx", dx.map_or(&**input, Tensor::shape), input),
            ];
            planned.refuse_backward::<M>(module, &shapes);
        }
    }

    /// Checks that `own` holds: what only a workspace of this very module has. For modules of one type that differ in size.
    ///
    /// # Panics
    /// Unless it holds, with the name of the module and what this workspace was planned for.
    #[inline]
    #[track_caller]
    pub fn check_own(&self, module: &dyn Display, own: bool) {
        if !own {
            foreign(module, &self.planned);
        }
    }
}

impl Planned {
    /// Returns whether a module of this type planned the workspace.
    #[inline]
    pub(crate) fn is_of<M: Any>(&self) -> bool {
        matches!(self.module, Some((planned, _)) if planned == TypeId::of::<M>())
    }

    /// Panics with the first thing that is wrong. Each of the shapes has its name, comes from the caller, and was planned.
    #[cold]
    #[track_caller]
    fn refuse<M: Any>(&self, module: &dyn Display, shapes: &[(&str, &[usize], &Shape)]) -> ! {
        if !self.is_of::<M>() {
            foreign(module, self);
        }
        match shapes.iter().find(|(_, found, planned)| **found != ***planned) {
            Some((name, found, planned)) => {
                panic!("{}: expected {name} {:?} as planned, found {found:?}", Name(module), &***planned)
            }
            None => unreachable!("something differs"),
        }
    }

    #[cold]
    #[track_caller]
    fn refuse_backward<M: Any>(&self, module: &dyn Display, shapes: &[(&str, &[usize], &Shape)]) -> ! {
        if self.is_of::<M>() && !self.to_train {
            panic!("{}: expected a workspace planned for training, found one to predict", Name(module));
        }
        if self.is_of::<M>() && !self.ran {
            panic!("{}: expected forward before backward, found a workspace without one", Name(module));
        }
        self.refuse::<M>(module, shapes)
    }
}

#[cold]
#[track_caller]
fn foreign(module: &dyn Display, planned: &Planned) -> ! {
    panic!("{}: expected a workspace that it planned, found {planned}", Name(module))
}

impl Display for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.module {
            None => f.write_str("one that no module planned"),
            Some((_, name)) => write!(f, "one of {name} from {:?} to {:?}", &*self.input, &*self.output),
        }
    }
}

/// The name of a module. A container prints its layers as well, after a colon.
struct Name<'a>(&'a dyn Display);

impl Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.to_string().split(':').next().unwrap_or_default())
    }
}
