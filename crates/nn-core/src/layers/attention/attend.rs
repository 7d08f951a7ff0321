//! Plan, forward and backward of multi-head attention.

use super::MultiheadAttention;
use super::sequence::{self, Slopes};
use super::step::{BUFFERS, Step};
use crate::kernels::{elementwise, padding};
use crate::layers::layer::Layer;
use crate::{
    Accumulate, Columns, Mode, ModuleError, Plan, Purpose, Scalar, Setting, SettingError, ShapeError, Tensor,
    Workspace,
};

/// The number of buffers before those of a [`Step`]: the mask, which has a token for each of the input, and ∂y without what
/// belongs to padding. They are empty without padding.
pub(super) const OWN: usize = 2;

impl<F: Scalar> MultiheadAttention<F> {
    /// Plans what a layer does within, for an input of the shape `[n, t, d]`, or `[t, d]` for one [sequence] alone.
    pub(super) fn plan_within(&self, input: &[usize], purpose: Purpose) -> Result<Workspace<F>, ModuleError> {
        self.check()?;
        let step = Step::of(self, input);
        let mut output = input.to_vec();
        if let (Some(queries), [_, tokens, _]) = (self.queries, &mut output[..]) {
            *tokens = queries;
        }
        let mut workspace = Workspace::of(self, input, &output, purpose)?;
        let make = |shape: &[usize]| Tensor::try_zeros(shape).map_err(|_| ShapeError::too_large(self, input));
        let if_padding = |shape: &[usize]| if self.padding.is_some() { make(shape) } else { make(&[0]) };
        workspace.indices.push(self.numbers().to_vec());
        workspace.buffers.push(if_padding(&input[..input.len() - 1])?);
        workspace.buffers.push(if_padding(if purpose == Purpose::Train { &output } else { &[0] })?);
        workspace.buffers.extend(step.buffers(purpose, make)?);
        if purpose == Purpose::Train {
            let parameters = [&self.in_weight, &self.in_bias, &self.out_weight, &self.out_bias];
            workspace.gradients = parameters.map(|values| vec![F::ZERO; values.len()]).into();
        }
        Ok(workspace)
    }

    /// Computes y as `forward` does, for a layer without padding of its own that was planned by [`plan_within`](Self::plan_within): the mask
    /// says which tokens are there to be seen.
    pub(super) fn attend(
        &self,
        x: &Tensor<F>,
        y: &mut Tensor<F>,
        workspace: &mut Workspace<F>,
        mode: &mut Mode<'_>,
        mask: Option<Columns<'_, F>>,
    ) {
        workspace.check_forward(self, x, y);
        self.check_own(workspace);
        let buffers = &mut workspace.buffers[OWN..];
        workspace.trained = Step::of(self, x.shape()).forward(x, y, buffers, mode, mask);
    }

    /// Computes the gradients as `backward` does, after [`attend`](Self::attend).
    pub(super) fn retrace(&self, slopes: Slopes<'_, F>, workspace: &mut Workspace<F>) {
        let Slopes { x, y, dy, dx, accumulate } = slopes;
        workspace.check_backward(self, x, y, dy, dx.as_deref());
        self.check_own(workspace);
        let memory = (&mut workspace.buffers[OWN..], workspace.trained);
        Step::of(self, x.shape()).backward(x, dy, dx, accumulate, memory, &mut workspace.gradients);
    }

    /// Returns the shape that the tokens have within.
    fn within<'a>(&self, input: &'a [usize]) -> &'a [usize] {
        // Tokens that ask others are of two kinds, which would not begin in the same lane.
        if self.queries.is_none() { sequence::within(input) } else { input }
    }

    /// Returns all that the memory of a step depends on.
    fn numbers(&self) -> [usize; 6] {
        let flags = [self.bias, self.dropout > 0.0, self.padding.is_some()].map(usize::from);
        [self.width, self.heads, self.queries.unwrap_or(0), flags[0], flags[1], flags[2]]
    }

    fn check_own(&self, workspace: &Workspace<F>) {
        let numbers = workspace.indices.first();
        workspace.check_own(self, numbers.is_some_and(|planned| *planned == self.numbers()));
    }

    /// Checks the settings, and returns those of the kernels.
    fn check(&self) -> Result<(), ModuleError> {
        const OF: &str = "MultiheadAttention";
        Setting::of::<f64>(OF, "dropout", self.dropout).up_to_1()?;
        if let Some(padding) = self.padding {
            Setting::of::<F>(OF, "padding", padding).finite()?;
        }
        let fits = self.heads > 0 && self.width > 0 && self.width.is_multiple_of(self.heads);
        let expected = format_args!("at least 1 and a divisor of the {} features of a token", self.width);
        SettingError::unless(fits, OF, "number of heads", expected, self.heads)?;
        let fits = !(self.causal && self.queries.is_some());
        SettingError::unless(fits, OF, "causal", "false with queries that are not keys", self.causal)?;
        Ok(())
    }
}

impl<F: Scalar> Layer<F> for MultiheadAttention<F> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        self.check()?;
        ShapeError::check_samples(self, input)?;
        let least = self.queries.map_or(1, |queries| queries.saturating_add(1));
        let fits = matches!(*input, [_, t, d] if t >= least && d == self.width) && self.queries != Some(0);
        if !fits {
            let expected = match self.queries {
                None => format!("input [n, t, {}]", self.width),
                Some(0) => "at least one query".into(),
                Some(queries) => format!("input [n, {queries} queries + t, {}]", self.width),
            };
            return Err(ShapeError::new(self, expected, input).into());
        }
        let mut workspace = self.plan_within(self.within(input), purpose)?;
        let output = [input[0], self.queries.unwrap_or(input[1]), self.width];
        if self.queries.is_none() {
            let make =
                |shape: &[usize]| Tensor::try_zeros(shape).map_err(|_| ShapeError::too_large(self, input));
            workspace.buffers.extend(sequence::memory(input, purpose, make)?);
        }
        workspace.planned = Workspace::<F>::of(self, input, &output, purpose)?.planned;
        Ok(Plan { output: output.into(), workspace })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, mode: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        self.check_own(workspace);
        let (buffers, outside) = workspace.buffers.split_at_mut(OWN + BUFFERS);
        let (own, buffers) = buffers.split_at_mut(OWN);
        workspace.trained = sequence::forward(x, y, outside, |x, y| {
            let step = Step::of(self, x.shape());
            let mask = self.padding.map(|value| {
                let value = F::from_f64(value);
                padding::find(x.into(), self.width, value, (&mut own[0]).into());
                (&own[0], value)
            });
            let keys = mask.map(|(mask, _)| mask.columns(step.keys()));
            let trained = step.forward(x, y, buffers, mode, keys);
            if let Some((mask, value)) = mask {
                padding::fill(y.into(), self.width, value, mask.columns(step.queries()));
            }
            trained
        });
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
        self.check_own(workspace);
        let (buffers, outside) = workspace.buffers.split_at_mut(OWN + BUFFERS);
        let (own, buffers) = buffers.split_at_mut(OWN);
        let [mask, masked] = own else { unreachable!("as many as planned") };
        sequence::backward(Slopes { x, y, dy, dx, accumulate }, outside, |slopes| {
            let Slopes { x, dy, dx, accumulate, .. } = slopes;
            let step = Step::of(self, x.shape());
            let dy = if self.padding.is_some() {
                elementwise::copy(masked, dy);
                padding::fill((&mut *masked).into(), self.width, F::ZERO, mask.columns(step.queries()));
                &*masked
            } else {
                dy
            };
            step.backward(x, dy, dx, accumulate, (buffers, workspace.trained), &mut workspace.gradients);
        });
    }
}
