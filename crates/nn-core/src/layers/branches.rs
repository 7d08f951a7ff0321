//! Several modules with one input.

use std::fmt;

use super::described::{Described, Maker};
use super::graph::{Graph, JOIN, Join};
use super::layer::{Layer, compiled_here};
use super::sequential::Summary;
use crate::architecture::{Settings, Value, Written};
use crate::state::Quoted;
use crate::{
    Accumulate, Architecture, Mode, Module, ModuleError, ModuleProblem, Param, ParamMut, Parameters, Plan,
    Purpose, Scalar, SettingError, Tensor, Workspace, all_like,
};

/// Several modules with one and the same input, whose outputs are added, multiplied, or put side by side along an axis.
///
/// Forward: y = f₁(x) + f₂(x) + …, or f₁(x) ⊙ f₂(x) ⊙ …, or the concatenation of all f_i(x). Backward: ∂L/∂x = Σ_i (∂f_i/∂x)ᵀ ∂L/∂f_i,
/// where ∂L/∂f_i is ∂L/∂y, or ∂L/∂y ⊙ Π_{k≠i} f_k(x), or the part of ∂L/∂y that is of f_i.
///
/// Shapes: each branch takes the input. All outputs have one shape; side by side, they may differ along the axis. Parameters are named by
/// position, as in a [`Sequential`](crate::Sequential): `0.weight`, `1.bias`. An [`Identity`](crate::Identity) among the branches is not
/// copied. [`Residual`](crate::Residual) is the sum of one module and the identity; a [`Graph`] can have more than one join.
///
/// Errors: planning fails if there is no branch, if the outputs do not fit together, or if the axis is not one of a sample (1 or more).
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Branches, Linear, Module, Relu, Sequential, Sigmoid, Tensor};
/// let rng = &mut ChaCha8Rng::seed_from_u64(0);
/// // A gated layer.
/// let gated: Branches<f32> = Branches::product()
///     .append(Linear::new(4, 8, rng))
///     .append(Sequential::new().append(Linear::new(4, 8, rng)).append(Sigmoid));
/// assert_eq!(
///     gated.to_string(),
///     "\
/// Branches(product): 80 parameters
///   0  Linear(4 → 8): weight [8, 4], bias [8]; 40 parameters
///   1  Sequential: 40 parameters
///        0  Linear(4 → 8): weight [8, 4], bias [8]; 40 parameters
///        1  Sigmoid"
/// );
///
/// let both = Branches::concat(1).append(gated).append(Relu);
/// assert_eq!(both.predict(&Tensor::zeros(&[5, 4]))?.shape(), [5, 12]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// This class of PyTorch takes the settings of its [architecture](crate::Architecture#text):
///
/// ```python
/// class Branches(nn.ModuleList):
///     def __init__(self, *branches, join, dim=None):
///         super().__init__(branches)
///         self.join, self.dim = join, dim
///
///     def forward(self, x):
///         outputs = [branch(x) for branch in self]
///         if self.join == "concat":
///             return torch.cat(outputs, self.dim)
///         join = torch.add if self.join == "sum" else torch.mul
///         return functools.reduce(join, outputs)
/// ```
#[doc(alias = "parallel")]
pub struct Branches<F> {
    graph: Graph<F>,
    join: Join,
    count: usize,
}

const SUM: &str = "sum";
const PRODUCT: &str = "product";
const CONCAT: &str = "concat";

impl<F: Scalar> Branches<F> {
    /// Makes branches whose outputs are added, still without any.
    pub fn sum() -> Self {
        Branches::of(Join::Sum)
    }

    /// Makes branches whose outputs are multiplied, value by value.
    pub fn product() -> Self {
        Branches::of(Join::Product)
    }

    /// Makes branches whose outputs are put side by side along this axis (0 is that of the samples, so it must be at least 1), in the
    /// order of the branches.
    pub fn concat(axis: usize) -> Self {
        Branches::of(Join::Concat(axis))
    }

    fn of(join: Join) -> Self {
        Branches { graph: Graph::of_branches(join), join, count: 0 }
    }

    /// Adds a branch.
    #[must_use]
    pub fn append(self, branch: impl Module<F> + 'static) -> Self {
        self.with(Box::new(branch))
    }

    fn with(mut self, branch: Box<dyn Module<F>>) -> Self {
        self.graph = self.graph.with_branch(self.count.to_string(), branch);
        self.count += 1;
        self
    }

    /// Returns the branches, from first to last.
    pub fn branches(&self) -> impl Iterator<Item = &dyn Module<F>> {
        self.graph.modules().map(|(_, branch)| branch)
    }

    fn name(&self) -> String {
        match self.join {
            Join::Sum => format!("Branches({SUM})"),
            Join::Product => format!("Branches({PRODUCT})"),
            Join::Concat(axis) => format!("Branches({CONCAT}, axis={axis})"),
        }
    }
}

impl<F: Scalar> Parameters<F> for Branches<F> {
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

impl<F: Scalar> Described<F> for Branches<F> {
    const KIND: &'static str = "Branches";

    fn describe(&self) -> Result<Architecture, ModuleError> {
        let branches = self.branches().enumerate();
        let described =
            branches.map(|(index, branch)| branch.architecture().map_err(|error| error.inside(index)));
        let branches = described.collect::<Result<Vec<_>, _>>()?;
        let mut architecture = Architecture::new(<Self as Described<F>>::KIND, branches)?;
        let (join, axis) = match self.join {
            Join::Sum => (SUM, None),
            Join::Product => (PRODUCT, None),
            Join::Concat(axis) => (CONCAT, Some(axis)),
        };
        architecture.set("join", Some(Value::from(join)))?;
        architecture.set("dim", axis.write())?;
        Ok(architecture)
    }

    fn make(
        settings: &mut Settings<'_>,
        children: &mut Vec<Box<dyn Module<F>>>,
        _: &mut Maker<'_>,
    ) -> Result<Self, ModuleError> {
        let join: String = settings.take("join")?;
        let join = match &*join {
            SUM => Join::Sum,
            PRODUCT => Join::Product,
            CONCAT => Join::Concat(settings.take("dim")?),
            _ => {
                let expected = format!("{SUM}, {PRODUCT} or {CONCAT}");
                return Err(SettingError::new("Branches", "join", expected, Quoted(&join)).into());
            }
        };
        Ok(std::mem::take(children).into_iter().fold(Branches::of(join), Branches::with))
    }
}

impl<F: Scalar> Module<F> for Branches<F> {
    compiled_here!(Branches<F>);

    fn check_values(&self, x: &Tensor<F>) -> Result<(), ModuleError> {
        self.graph.check_values(x)
    }

    fn stacked(&self, networks: &[&dyn Module<F>]) -> Option<Box<dyn Module<F>>> {
        let all: Vec<&Self> = all_like(networks)?;
        let graphs: Vec<_> = all.into_iter().map(|branches| &branches.graph).collect();
        let graph = self.graph.stacked_like(&graphs)?;
        Some(Box::new(Branches { graph, ..*self }))
    }
}

impl<F: Scalar> Layer<F> for Branches<F> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        SettingError::unless(self.count > 0, self.name(), "number of branches", "at least 1", 0)?;
        self.graph.plan_as(self, &self.name(), input, purpose).map_err(|error| match error.problem {
            // What does not fit together is no branch of its own.
            ModuleProblem::Shape(mut shape) if error.path == [JOIN] => {
                shape.layer = self.name();
                shape.into()
            }
            ModuleProblem::Setting(setting) if error.path == [JOIN] => {
                SettingError { of: "Branches".into(), ..setting }.into()
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

impl<F: Scalar> fmt::Display for Branches<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} parameters", self.name(), self.parameter_count())?;
        for (index, branch) in self.branches().enumerate() {
            write!(f, "\n  {index}  {}", Summary(branch))?;
        }
        Ok(())
    }
}

impl<F: Scalar> fmt::Debug for Branches<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
