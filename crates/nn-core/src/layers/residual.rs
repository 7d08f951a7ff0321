//! A module with a connection that skips it.

use std::fmt;

use super::described::{Described, Maker};
use super::layer::{Layer, compiled_here};
use super::sequential::Summary;
use crate::architecture::Settings;
use crate::kernels::elementwise;
use crate::{
    Accumulate, Architecture, Mode, Module, ModuleError, Param, ParamMut, Parameters, Plan, Purpose, Scalar,
    Segment, SettingError, ShapeError, Tensor, Workspace, all_like, slots,
};

/// A module f and a connection that skips it, so that f only has to learn what to add to x.
///
/// Forward: y = x + f(x). Backward: ∂L/∂x = ∂L/∂y + (∂f/∂x)ᵀ ∂L/∂y; the parameters' gradients are those of f for ∂L/∂y.
///
/// Shapes: those that f takes and returns unchanged. Parameters: those of f, under the name `fn`, as in the usual
/// PyTorch class:
///
/// ```python
/// class Residual(nn.Module):
///     def __init__(self, fn):
///         super().__init__()
///         self.fn = fn
///
///     def forward(self, x):
///         return x + self.fn(x)
/// ```
///
/// Errors: planning fails if the output of f does not have the shape of its input.
///
/// ```
/// use nn_core::{
///     Linear, Residual, Sequential, Tanh,
///     rand::{SeedableRng, rngs::ChaCha8Rng},
/// };
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let network: Sequential<f32> = Sequential::new()
///     .append(Residual::new(
///         Sequential::new().append(Linear::new(8, 8, &mut rng)).append(Tanh),
///     ))
///     .append(Linear::new(8, 2, &mut rng));
/// assert_eq!(
///     network.to_string(),
///     "\
/// Sequential: 90 parameters
///   0  Residual: 72 parameters
///        fn  Sequential: 72 parameters
///              0  Linear(8 → 8): weight [8, 8], bias [8]; 72 parameters
///              1  Tanh
///   1  Linear(8 → 2): weight [2, 8], bias [2]; 18 parameters"
/// );
/// // Its first parameter is called 0.fn.0.weight.
/// ```
///
/// Source: K. He, X. Zhang, S. Ren and J. Sun, "Deep residual learning for image recognition", 2015.
pub struct Residual<F> {
    inner: Box<dyn Module<F>>,
}

/// The name of the module inside.
const NAME: &str = "fn";

impl<F: Scalar> Residual<F> {
    /// Makes the module x + f(x) for this f.
    pub fn new(inner: impl Module<F> + 'static) -> Self {
        Residual { inner: Box::new(inner) }
    }

    /// Returns f.
    pub fn inner(&self) -> &dyn Module<F> {
        &*self.inner
    }
}

impl<F: Scalar> Parameters<F> for Residual<F> {
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        self.inner.visit(&mut |parameter| visitor(parameter.inside(NAME)));
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        let child = Workspace::child(workspace, 0);
        self.inner.visit_mut(child, &mut |mut parameter| visitor(parameter.inside(NAME)));
    }

    fn absorb(&mut self, workspace: &Workspace<F>) {
        if let [child] = &workspace.children[..] {
            self.inner.absorb(child);
        }
    }
}

impl<F: Scalar> Described<F> for Residual<F> {
    const KIND: &'static str = "Residual";

    fn describe(&self) -> Result<Architecture, ModuleError> {
        let inner = self.inner.architecture().map_err(|error| error.inside(NAME))?;
        Ok(Architecture::new(<Self as Described<F>>::KIND, [inner])?)
    }

    fn make(
        _: &mut Settings<'_>,
        children: &mut Vec<Box<dyn Module<F>>>,
        _: &mut Maker<'_>,
    ) -> Result<Self, ModuleError> {
        match (children.pop(), children.len()) {
            (Some(inner), 0) => Ok(Residual { inner }),
            (inner, others) => {
                let found = others + usize::from(inner.is_some());
                Err(SettingError::new("Residual", "number of children", 1, found).into())
            }
        }
    }

    fn segment(_: usize) -> Segment<'static> {
        NAME.into()
    }
}

/// The workspace of a training plan has one buffer, f(x), which the backward pass of f needs; a plan to predict
/// computes it in y.
impl<F: Scalar> Module<F> for Residual<F> {
    compiled_here!(Residual<F>);

    fn check_values(&self, x: &Tensor<F>) -> Result<(), ModuleError> {
        self.inner.check_values(x).map_err(|error| error.inside(NAME))
    }

    fn stacked(&self, networks: &[&dyn Module<F>]) -> Option<Box<dyn Module<F>>> {
        let inner: Vec<&dyn Module<F>> =
            all_like::<Self, F>(networks)?.into_iter().map(Residual::inner).collect();
        Some(Box::new(Residual { inner: (*self.inner).stacked(&inner)? }))
    }
}

impl<F: Scalar> Layer<F> for Residual<F> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        let plan = self.inner.plan(input, purpose).map_err(|error| error.inside(NAME))?;
        if plan.output != input {
            let expected = format!("a module inside that gives back the shape {input:?}");
            return Err(ShapeError::new(&"Residual", expected, &plan.output).into());
        }
        let mut workspace = Workspace::of(self, input, input, purpose)?;
        workspace.children.push(plan.workspace);
        if purpose == Purpose::Train {
            workspace.buffers.push(Tensor::try_zeros(input)?);
        }
        Ok(Plan { output: plan.output, workspace })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, mode: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        let Workspace { buffers, children, .. } = workspace;
        match &mut buffers[..] {
            [inner] => {
                self.inner.forward(x, inner, &mut children[0], mode);
                elementwise::copy(y, inner);
            }
            _ => self.inner.forward(x, y, &mut children[0], mode),
        }
        elementwise::add(y, x);
    }

    fn backward(
        &self,
        x: &Tensor<F>,
        y: &Tensor<F>,
        dy: &Tensor<F>,
        dx: Option<&mut Tensor<F>>,
        accumulate: Accumulate,
        workspace: &mut Workspace<F>,
    ) {
        workspace.check_backward(self, x, y, dy, dx.as_deref());
        let Workspace { buffers, children, .. } = workspace;
        let [inner] = slots(buffers);
        let Some(dx) = dx else {
            return self.inner.backward(x, inner, dy, None, accumulate, &mut children[0]);
        };
        self.inner.backward(x, inner, dy, Some(&mut *dx), accumulate, &mut children[0]);
        elementwise::add(dx, dy);
    }
}

impl<F: Scalar> fmt::Display for Residual<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Residual: {} parameters\n  {NAME}  ", self.parameter_count())?;
        // Indented by the width of the name and the spaces around it.
        f.write_str(&Summary(&*self.inner).to_string().replace('\n', "\n "))
    }
}

impl<F: Scalar> fmt::Debug for Residual<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
