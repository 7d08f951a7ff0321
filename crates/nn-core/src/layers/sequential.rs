//! A chain of modules.

use std::fmt;

use super::described::{Described, Maker};
use super::layer::{Layer, compiled_here};
use crate::architecture::Settings;
use crate::kernels::elementwise;
use crate::{
    Accumulate, Architecture, Kind, Mode, Module, ModuleError, Param, ParamMut, Parameters, Plan, Purpose,
    Scalar, Tensor, Workspace, all_like,
};

/// A chain of modules: the output of each is the input of the next. Being a module itself, it nests.
///
/// Forward: y = f_L(… f₂(f₁(x))). Backward: the chain rule from the last to the first; ∂L/∂x of each module is ∂L/∂y of
/// the one before. Parameters are named by position: `0.weight`, `0.bias`, `2.weight`. An empty chain is the identity.
///
/// `Display` prints the layers with the shapes and the number of their parameters:
///
/// ```
/// use nn_core::{
///     Linear, Sequential, Tanh,
///     rand::{SeedableRng, rngs::ChaCha8Rng},
/// };
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let network: Sequential<f32> = Sequential::new()
///     .append(Linear::new(2, 8, &mut rng))
///     .append(Tanh)
///     .append(Linear::new(8, 2, &mut rng));
/// assert_eq!(
///     network.to_string(),
///     "\
/// Sequential: 42 parameters
///   0  Linear(2 → 8): weight [8, 2], bias [8]; 24 parameters
///   1  Tanh
///   2  Linear(8 → 2): weight [2, 8], bias [2]; 18 parameters"
/// );
/// ```
pub struct Sequential<F> {
    layers: Vec<Box<dyn Module<F>>>,
}

impl<F: Scalar> Sequential<F> {
    /// Makes a chain without layers.
    pub fn new() -> Self {
        Sequential { layers: Vec::new() }
    }

    /// Adds a layer at the end.
    #[must_use]
    pub fn append(mut self, layer: impl Module<F> + 'static) -> Self {
        self.layers.push(Box::new(layer));
        self
    }

    /// Returns the layers, from first to last.
    pub fn layers(&self) -> &[Box<dyn Module<F>>] {
        &self.layers
    }
}

impl<F: Scalar> Default for Sequential<F> {
    fn default() -> Self {
        Sequential::new()
    }
}

impl<F: Scalar> Parameters<F> for Sequential<F> {
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        for (index, layer) in self.layers.iter().enumerate() {
            layer.visit(&mut |parameter| visitor(parameter.inside(index)));
        }
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<F>>, visitor: &mut dyn FnMut(ParamMut<'_, F>)) {
        for (index, layer) in self.layers.iter_mut().enumerate() {
            let child = Workspace::child(workspace, index);
            layer.visit_mut(child, &mut |mut parameter| visitor(parameter.inside(index)));
        }
    }

    fn absorb(&mut self, workspace: &Workspace<F>) {
        for (layer, workspace) in self.layers.iter_mut().zip(&workspace.children) {
            layer.absorb(workspace);
        }
    }
}

impl<F: Scalar> Described<F> for Sequential<F> {
    const KIND: &'static str = "Sequential";

    fn describe(&self) -> Result<Architecture, ModuleError> {
        let layers = self.layers.iter().enumerate();
        let described =
            layers.map(|(index, layer)| layer.architecture().map_err(|error| error.inside(index)));
        Ok(Architecture::new(<Self as Described<F>>::KIND, described.collect::<Result<Vec<_>, _>>()?)?)
    }

    fn make(
        _: &mut Settings<'_>,
        children: &mut Vec<Box<dyn Module<F>>>,
        _: &mut Maker<'_>,
    ) -> Result<Self, ModuleError> {
        Ok(Sequential { layers: std::mem::take(children) })
    }
}

/// The workspace of a chain of L layers has two buffers for each of the L − 1 places between layers: the activation
/// that passes forward and, in the second half and only for training, the gradient that passes backward.
impl<F: Scalar> Module<F> for Sequential<F> {
    compiled_here!(Sequential<F>);

    fn check_values(&self, x: &Tensor<F>) -> Result<(), ModuleError> {
        self.layers.first().map_or(Ok(()), |layer| layer.check_values(x).map_err(|error| error.inside(0)))
    }

    fn stacked(&self, networks: &[&dyn Module<F>]) -> Option<Box<dyn Module<F>>> {
        let chains: Vec<&Self> = all_like(networks)?;
        if chains.iter().any(|chain| chain.layers.len() != self.layers.len()) {
            return None;
        }
        let stacked = |index: usize| {
            let alike: Vec<&dyn Module<F>> = chains.iter().map(|chain| &*chain.layers[index]).collect();
            // The layer in the box: the box would look for boxes among them.
            (*self.layers[index]).stacked(&alike)
        };
        Some(Box::new(Sequential { layers: (0..self.layers.len()).map(stacked).collect::<Option<_>>()? }))
    }
}

impl<F: Scalar> Layer<F> for Sequential<F> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        let (mut buffers, mut children) = (Vec::new(), Vec::new());
        let mut shape = input.to_vec();
        for (index, layer) in self.layers.iter().enumerate() {
            if index > 0 {
                buffers.push(Tensor::try_zeros(&shape)?);
            }
            let plan = layer.plan(&shape, purpose).map_err(|error| error.inside(index))?;
            children.push(plan.workspace);
            shape = plan.output;
        }
        if purpose == Purpose::Train {
            buffers.extend_from_within(..);
        }
        let workspace = Workspace { buffers, children, ..Workspace::of(self, input, &shape, purpose)? };
        Ok(Plan { output: shape, workspace })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, mode: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        workspace.check_own(self, workspace.children.len() == self.layers.len());
        let Some((last, layers)) = self.layers.split_last() else {
            elementwise::copy(y, x);
            return;
        };
        let Workspace { buffers, children, .. } = workspace;
        let activations = &mut buffers[..layers.len()];
        for (index, layer) in layers.iter().enumerate() {
            let (before, after) = activations.split_at_mut(index);
            layer.forward(before.last().unwrap_or(x), &mut after[0], &mut children[index], mode);
        }
        last.forward(activations.last().unwrap_or(x), y, &mut children[layers.len()], mode);
    }

    fn backward(
        &self,
        x: &Tensor<F>,
        y: &Tensor<F>,
        dy: &Tensor<F>,
        mut dx: Option<&mut Tensor<F>>,
        accumulate: Accumulate,
        workspace: &mut Workspace<F>,
    ) {
        workspace.check_backward(self, x, y, dy, dx.as_deref());
        workspace.check_own(self, workspace.children.len() == self.layers.len());
        if let (true, Some(dx)) = (self.layers.is_empty(), &mut dx) {
            elementwise::pass(dy, dx, accumulate);
        }
        let Workspace { buffers, children, .. } = workspace;
        let half = buffers.len() / 2;
        let (activations, gradients) = buffers.split_at_mut(half);
        let mut passed = false;
        for (index, layer) in self.layers.iter().enumerate().rev() {
            if std::mem::take(&mut passed) {
                continue;
            }
            let (before, after) = gradients.split_at_mut(index);
            let x = if index == 0 { x } else { &activations[index - 1] };
            let dy = after.first().unwrap_or(dy);
            // Where the two can do so, the gradient passes this layer and the one before at once, and is not written between.
            if let [.., dx_before, _] = &mut *before
                && let Some(dy_before) = (**layer).input_gradient(dy)
            {
                let (x_before, workspace) = (&activations[index - 2], &mut children[index - 1]);
                passed =
                    self.layers[index - 1].backward_combined(x_before, x, dy_before, dx_before, workspace);
            }
            let (dx, accumulate) = match index {
                0 => (dx.take(), accumulate),
                _ => (before.last_mut().filter(|_| !passed), Accumulate::Replace),
            };
            let y = activations.get(index).unwrap_or(y);
            layer.backward(x, y, dy, dx, accumulate, &mut children[index]);
        }
    }
}

impl<F: Scalar> fmt::Display for Sequential<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sequential: {} parameters", self.parameter_count())?;
        for (index, layer) in self.layers.iter().enumerate() {
            write!(f, "\n  {index}  {}", Summary(&**layer))?;
        }
        Ok(())
    }
}

/// A module as its container prints it: with the shapes and the number of its parameters.
pub(super) struct Summary<'a, F>(pub(super) &'a dyn Module<F>);

impl<F: Scalar> fmt::Display for Summary<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.0.to_string();
        // A container has already listed what is in it.
        if name.contains('\n') {
            return f.write_str(&name.replace('\n', "\n     "));
        }
        f.write_str(&name)?;
        let (mut learned, mut buffers) = (Vec::new(), Vec::new());
        self.0.visit(&mut |Param { name, kind, shape, .. }| match kind {
            Kind::Learned => learned.push(format!("{name} {shape:?}")),
            Kind::Buffer => buffers.push(format!("{name} {shape:?}")),
            Kind::Counter => buffers.push(name.to_string()),
        });
        let mut parts = Vec::new();
        if !learned.is_empty() {
            parts.push(format!("{}; {} parameters", learned.join(", "), self.0.parameter_count()));
        }
        if !buffers.is_empty() {
            parts.push(format!("buffers {}", buffers.join(", ")));
        }
        if !parts.is_empty() {
            write!(f, ": {}", parts.join("; "))?;
        }
        Ok(())
    }
}

impl<F: Scalar> fmt::Debug for Sequential<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
