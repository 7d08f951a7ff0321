//! Plan, forward and backward of a layer of a transformer.

use super::TransformerEncoderLayer;
use super::encoder::NAMES;
use super::function::Function;
use super::sequence::{self, Slopes};
use crate::kernels::{dropout, elementwise, padding};
use crate::layers::layer::Layer;
use crate::{
    Accumulate, Gelu, Mode, Module, ModuleError, Plan, Purpose, Relu, Scalar, Setting, ShapeError, Tensor,
    Workspace, slots_mut,
};

const OF: &str = "TransformerEncoderLayer";

// The workspace has a child for each layer inside, in the order of `NAMES`, and one for f. Its own buffers are those of `forward`,
// `MASKS` of dropout, and those of `backward`. What is not needed is empty.
//
// Of `forward`, they are: which tokens are no padding; what attention sees, if that is not x; z, or what is normalised to z; what W₁ sees;
// what goes into f and what comes out of it, and that without what was dropped; and what is normalised to y.
const FORWARD: usize = 8;
const MASKS: usize = 3;
// Of `backward`: ∂y without padding; the gradients of what comes out of f, and of what goes into it; of what W₁ sees; of z; of what is
// normalised to y; and of one of the two terms of a sum, without what was dropped.
const BACKWARD: usize = 7;
const BUFFERS: usize = FORWARD + MASKS + BACKWARD;

impl<F: Scalar> TransformerEncoderLayer<F> {
    /// Returns the layers inside, in the order of their workspaces.
    fn modules(&self) -> [&dyn Module<F>; 6] {
        let function: &dyn Module<F> = match self.function {
            Function::Relu => &Relu,
            Function::Gelu => &Gelu,
        };
        let ([first, second], [one, two]) = (&self.linear, &self.norms);
        [&self.attention, first, second, one, two, function]
    }

    /// Returns whether the workspace has the memory of this layer.
    fn planned(&self, workspace: &Workspace<F>) -> bool {
        let has =
            |index: usize| workspace.buffers.get(index).is_some_and(|buffer| !buffer.blocks().is_empty());
        workspace.children.len() == NAMES.len() + 1
            && (has(0), has(1), has(6)) == (self.padding.is_some(), self.norm_first, self.dropout > 0.0)
    }
}

impl<F: Scalar> Layer<F> for TransformerEncoderLayer<F> {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        Setting::of::<f64>(OF, "dropout", self.dropout).up_to_1()?;
        if let Some(padding) = self.padding {
            Setting::of::<F>(OF, "padding", padding).finite()?;
        }
        if !matches!(*input, [n, t, d] if n > 0 && t > 0 && d == self.attention.width) {
            ShapeError::check_samples(self, input)?;
            return Err(
                ShapeError::new(self, format!("input [n, t, {}]", self.attention.width), input).into()
            );
        }
        let mut workspace = Workspace::of(self, input, input, purpose)?;
        let within = sequence::within(input);
        let tokens = &within[..within.len() - 1];
        let hidden = [tokens, &[self.linear[0].bias().len()]].concat();
        let shapes = [within, within, &hidden, within, within, &hidden];
        for (index, (module, shape)) in self.modules().into_iter().zip(shapes).enumerate() {
            let planned = match index {
                0 => self.attention.plan_within(shape, purpose),
                _ => module.plan(shape, purpose).map(|plan| plan.workspace),
            };
            let name = NAMES.get(index).copied().unwrap_or("activation");
            workspace.children.push(planned.map_err(|error| error.inside(name))?);
        }
        let make = |shape: &[usize]| Tensor::try_zeros(shape).map_err(|_| ShapeError::too_large(self, input));
        let [train, first, drop] = [purpose == Purpose::Train, self.norm_first, self.dropout > 0.0];
        for (needed, shape) in [
            (self.padding.is_some(), tokens),
            (first, within),
            (true, within),
            (true, within),
            (true, &hidden),
            (true, &hidden),
            (drop, &hidden),
            (!first, within),
            (drop, within),
            (drop, &hidden),
            (drop, within),
            (train && self.padding.is_some(), within),
            (train, &hidden),
            (train, &hidden),
            (train, within),
            (train, within),
            (train && !first, within),
            (train && drop, within),
        ] {
            workspace.buffers.push(make(if needed { shape } else { &[0] })?);
        }
        workspace.buffers.extend(sequence::memory(input, purpose, make)?);
        Ok(Plan { output: input.to_vec(), workspace })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, mode: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        workspace.check_own(self, self.planned(workspace));
        workspace.trained = mode.is_train();
        let (buffers, outside) = workspace.buffers.split_at_mut(BUFFERS);
        let inside = (&mut workspace.children[..], buffers);
        sequence::forward(x, y, outside, |x, y| self.compute(x, y, inside, mode));
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
        workspace.check_own(self, self.planned(workspace));
        let drops = workspace.trained && self.dropout > 0.0;
        let (buffers, outside) = workspace.buffers.split_at_mut(BUFFERS);
        let inside = (&mut workspace.children[..], buffers);
        let slopes = Slopes { x, y, dy, dx, accumulate };
        sequence::backward(slopes, outside, |slopes| self.retrace(slopes, inside, drops));
    }
}

impl<F: Scalar> TransformerEncoderLayer<F> {
    /// Computes y.
    fn compute(
        &self,
        x: &Tensor<F>,
        y: &mut Tensor<F>,
        (children, buffers): (&mut [Workspace<F>], &mut [Tensor<F>]),
        mode: &mut Mode<'_>,
    ) {
        let [attention, linear1, linear2, norm1, norm2, function] = slots_mut(children);
        let (own, rest) = buffers.split_at_mut(FORWARD);
        let [mask, seen, sum, inner, before, after, kept, last] = slots_mut(own);
        let [mask1, mask2, mask3] = slots_mut(&mut rest[..MASKS]);
        let [_, first, second, one, two, f] = self.modules();
        let width = self.attention.width;
        let padding = self.padding.map(F::from_f64);
        if let Some(padding) = padding {
            padding::find(x.into(), width, padding, (&mut *mask).into());
        }
        let keys = padding.map(|_| (&*mask).into());

        // z
        let seen = if self.norm_first {
            one.forward(x, seen, norm1, mode);
            &*seen
        } else {
            x
        };
        self.attention.attend(seen, sum, attention, mode, keys);
        self.drop(sum, mask1, mode);
        elementwise::add(sum, x);
        let (norm, workspace) = if self.norm_first { (two, &mut *norm2) } else { (one, norm1) };
        norm.forward(sum, inner, workspace, mode);

        // y, or what is normalised to y
        first.forward(inner, before, linear1, mode);
        f.forward(before, after, function, mode);
        let after = if self.dropout > 0.0 {
            elementwise::copy(kept, after);
            self.drop(kept, mask2, mode);
            &*kept
        } else {
            &*after
        };
        let out = if self.norm_first { &mut *y } else { &mut *last };
        second.forward(after, out, linear2, mode);
        self.drop(out, mask3, mode);
        elementwise::add(out, if self.norm_first { sum } else { inner });
        if !self.norm_first {
            two.forward(last, y, norm2, mode);
        }
        if let Some(padding) = padding {
            padding::fill(y.into(), width, padding, (&*mask).into());
        }
    }

    /// Adds the gradients of the parameters, and writes or adds ∂x.
    fn retrace(
        &self,
        slopes: Slopes<'_, F>,
        (children, buffers): (&mut [Workspace<F>], &mut [Tensor<F>]),
        drops: bool,
    ) {
        let Slopes { x, y, dy, mut dx, accumulate } = slopes;
        let [attention, linear1, linear2, norm1, norm2, function] = slots_mut(children);
        let (own, rest) = buffers.split_at_mut(FORWARD);
        let [mask, seen, sum, inner, before, after, kept, last] = slots_mut(own);
        let (masks, slopes) = rest.split_at_mut(MASKS);
        let [mask1, mask2, mask3] = slots_mut(masks);
        let [masked, d_after, d_before, d_inner, d_sum, d_last, term] = slots_mut::<_, BACKWARD>(slopes);
        let [_, first, second, one, two, f] = self.modules();
        let dy = if self.padding.is_some() {
            elementwise::copy(masked, dy);
            padding::fill((&mut *masked).into(), self.attention.width, F::ZERO, (&*mask).into());
            &*masked
        } else {
            dy
        };

        // Through what is added to z.
        let d_out = if self.norm_first {
            dy
        } else {
            two.backward(last, y, dy, Some(&mut *d_last), Accumulate::Replace, norm2);
            &*d_last
        };
        let kept = if drops { &*kept } else { &*after };
        let slope = dropped(d_out, drops.then_some(&*mask3), term);
        second.backward(kept, d_out, slope, Some(&mut *d_after), Accumulate::Replace, linear2);
        if drops {
            elementwise::multiply(d_after, mask2);
        }
        f.backward(before, after, d_after, Some(&mut *d_before), Accumulate::Replace, function);
        first.backward(inner, before, d_before, Some(&mut *d_inner), Accumulate::Replace, linear1);

        // Through z.
        if self.norm_first {
            two.backward(sum, inner, d_inner, Some(&mut *d_sum), Accumulate::Replace, norm2);
            elementwise::add(d_sum, d_out);
        } else {
            elementwise::add(d_inner, d_out);
            one.backward(sum, inner, d_inner, Some(&mut *d_sum), Accumulate::Replace, norm1);
        }

        // Through what is added to x.
        let slope = dropped(d_sum, drops.then_some(&*mask1), term);
        if self.norm_first {
            let inner = Some(&mut *d_inner);
            let slopes = Slopes { x: seen, y: sum, dy: slope, dx: inner, accumulate: Accumulate::Replace };
            self.attention.retrace(slopes, attention);
            one.backward(x, seen, d_inner, dx.as_deref_mut(), accumulate, norm1);
        } else {
            let slopes = Slopes { x, y: sum, dy: slope, dx: dx.as_deref_mut(), accumulate };
            self.attention.retrace(slopes, attention);
        }
        if let Some(dx) = dx {
            elementwise::add(dx, d_sum);
        }
    }

    /// Sets some of the values to 0 in training.
    fn drop(&self, values: &mut Tensor<F>, mask: &mut Tensor<F>, mode: &mut Mode<'_>) {
        if let (Mode::Train(rng), true) = (mode, self.dropout > 0.0) {
            dropout::draw(mask, self.dropout, &mut **rng);
            elementwise::multiply(values, mask);
        }
    }
}

/// Returns the gradient of what was multiplied by the mask, if there is one; `to` is the memory for it.
fn dropped<'a, F: Scalar>(
    dy: &'a Tensor<F>,
    mask: Option<&Tensor<F>>,
    to: &'a mut Tensor<F>,
) -> &'a Tensor<F> {
    match mask {
        Some(mask) => {
            dropout::apply(dy, mask, to, Accumulate::Replace);
            to
        }
        None => dy,
    }
}
