//! A module with a connection that skips it.

use std::fmt;

use super::Identity;
use super::described::{Described, Maker};
use super::graph::{Graph, JOIN, Join};
use super::layer::{Layer, compiled_here};
use super::sequential::Summary;
use crate::architecture::Settings;
use crate::{
    Accumulate, Architecture, Mode, Module, ModuleError, ModuleProblem, Param, ParamMut, Parameters, Plan,
    Purpose, Scalar, Segment, SettingError, ShapeError, Tensor, Workspace, all_like,
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
    /// Two branches, f and the identity.
    graph: Graph<F>,
}

/// The name of the module inside.
const NAME: &str = "fn";
/// That of the connection that skips it, which has no parameters.
const SKIP: &str = "skip";

impl<F: Scalar> Residual<F> {
    /// Makes the module x + f(x) for this f.
    pub fn new(inner: impl Module<F> + 'static) -> Self {
        Residual::of(Box::new(inner))
    }

    fn of(inner: Box<dyn Module<F>>) -> Self {
        let skip = Graph::of_branches(Join::Sum).with_branch(SKIP.into(), Box::new(Identity));
        Residual { graph: skip.with_branch(NAME.into(), inner) }
    }

    /// Returns f.
    pub fn inner(&self) -> &dyn Module<F> {
        self.graph.get(NAME).expect("the node of this name")
    }
}

impl<F: Scalar> Parameters<F> for Residual<F> {
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        self.graph.visit(visitor);
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        self.graph.visit_mut(workspace, visitor);
    }

    fn absorb(&mut self, workspace: &Workspace<F>) {
        self.graph.absorb(workspace);
    }
}

impl<F: Scalar> Described<F> for Residual<F> {
    const KIND: &'static str = "Residual";

    fn describe(&self) -> Result<Architecture, ModuleError> {
        let inner = self.inner().architecture().map_err(|error| error.inside(NAME))?;
        Ok(Architecture::new(<Self as Described<F>>::KIND, [inner])?)
    }

    fn make(
        _: &mut Settings<'_>,
        children: &mut Vec<Box<dyn Module<F>>>,
        _: &mut Maker<'_>,
    ) -> Result<Self, ModuleError> {
        match (children.pop(), children.len()) {
            (Some(inner), 0) => Ok(Residual::of(inner)),
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

impl<F: Scalar> Module<F> for Residual<F> {
    compiled_here!(Residual<F>);

    fn check_values(&self, x: &Tensor<F>) -> Result<(), ModuleError> {
        self.graph.check_values(x)
    }

    fn stacked(&self, networks: &[&dyn Module<F>]) -> Option<Box<dyn Module<F>>> {
        let all: Vec<&Self> = all_like(networks)?;
        let graphs: Vec<_> = all.into_iter().map(|residual| &residual.graph).collect();
        Some(Box::new(Residual { graph: self.graph.stacked_like(&graphs)? }))
    }
}

impl<F: Scalar> Layer<F> for Residual<F> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        self.graph.plan_as(self, &"Residual", input, purpose).map_err(|error| match error.problem {
            ModuleProblem::Shape(shape) if error.path == [JOIN] => {
                let expected = format!("a module inside that gives back the shape {input:?}");
                ShapeError { layer: "Residual".into(), expected, ..shape }.into()
            }
            problem => ModuleError { problem, ..error },
        })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, mode: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        workspace.check_own(self, self.graph.planned(workspace));
        self.graph.run_forward(x, y, workspace, mode);
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
        workspace.check_own(self, self.graph.planned(workspace));
        self.graph.run_backward(x, y, dy, dx, accumulate, workspace);
    }
}

impl<F: Scalar> fmt::Display for Residual<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Residual: {} parameters\n  {NAME}  ", self.parameter_count())?;
        // Indented by the width of the name and the spaces around it.
        f.write_str(&Summary(self.inner()).to_string().replace('\n', "\n "))
    }
}

impl<F: Scalar> fmt::Debug for Residual<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
