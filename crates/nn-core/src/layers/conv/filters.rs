//! What a convolution and a transposed one have in common: weights, a bias, and the window that moves over the image.

use std::any::Any;
use std::fmt::{self, Display};

use ndarray::{Array1, ArrayD, ArrayView1, ArrayViewD, IxDyn};
use rand::Rng;

use crate::kernels::conv::{self, Convolution};
use crate::kernels::window::Axis;
use crate::layers::window::{Extent, Window, expected_input};
use crate::{
    Fans, Initialize, ModuleError, Param, ParamMut, Plan, Purpose, Scalar, SettingError, ShapeError, Tensor,
    Workspace,
};

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Filters<F, const D: usize> {
    /// The channels of the two sides, in the order of the axes of the weight. Its second axis has only those of one group.
    pub(super) channels: [usize; 2],
    pub(super) groups: usize,
    pub(super) window: Window<D>,
    /// That of the weight, of which the first `2 + D` axes count.
    shape: [usize; 4],
    pub(super) weight: Vec<F>,
    pub(super) bias: Option<Vec<F>>,
    /// The error in the settings of its initialisation, which planning returns.
    refused: Option<SettingError>,
}

impl<F: Scalar, const D: usize> Filters<F, D> {
    /// Draws the weights and then as many `biases`. `fans` are those of a window of one element.
    pub(super) fn drawn<W: Initialize, B: Initialize>(
        channels: [usize; 2],
        biases: usize,
        window: Window<D>,
        groups: usize,
        fans: Fans,
        (weight, bias): (W, B),
        rng: &mut (impl Rng + ?Sized),
    ) -> Self {
        let mut shape = [channels[0], channels[1] / groups.max(1), 1, 1];
        shape[2..2 + D].copy_from_slice(&window.kernel);
        let taps = Extent(window.kernel).positions();
        let fans =
            Fans { fan_in: fans.fan_in.saturating_mul(taps), fan_out: fans.fan_out.saturating_mul(taps) };
        Filters {
            channels,
            groups,
            window,
            shape,
            weight: weight.draw(&shape[..2 + D], fans, rng),
            bias: Some(bias.draw(&[biases], fans, rng)),
            refused: weight.check::<F>().and_then(|()| bias.check::<F>()).err(),
        }
    }

    /// Takes these parameters; the bias has as many values as the axis `outputs` of the weight.
    pub(super) fn from_parameters(
        weight: ArrayD<F>,
        bias: Array1<F>,
        outputs: usize,
        of: &str,
    ) -> Result<Self, ShapeError> {
        let axes = weight.shape();
        if axes.len() != 2 + D {
            return Err(ShapeError::new(&of, format!("a weight with {} axes", 2 + D), axes));
        }
        let mut shape = [1; 4];
        shape[..2 + D].copy_from_slice(axes);
        if bias.len() != shape[outputs] {
            return Err(ShapeError::new(&of, format!("bias [{}]", shape[outputs]), &[bias.len()]));
        }
        let mut kernel = [0; D];
        kernel.copy_from_slice(&axes[2..]);
        Ok(Filters {
            channels: [shape[0], shape[1]],
            groups: 1,
            window: Window::new(Extent(kernel)),
            shape,
            weight: weight.iter().copied().collect(),
            bias: Some(bias.to_vec()),
            refused: None,
        })
    }

    pub(super) fn weight(&self) -> ArrayViewD<'_, F> {
        ArrayViewD::from_shape(IxDyn(&self.shape[..2 + D]), &self.weight).expect("the weight has its shape")
    }

    pub(super) fn bias(&self) -> ArrayView1<'_, F> {
        ArrayView1::from(self.bias.as_deref().unwrap_or_default())
    }

    pub(super) fn visit(&self, visitor: &mut dyn FnMut(Param<'_, F>)) {
        visitor(Param::new("weight", &self.shape[..2 + D], &self.weight));
        if let Some(bias) = &self.bias {
            visitor(Param::new("bias", &[bias.len()], bias));
        }
    }

    pub(super) fn visit_mut(
        &mut self,
        workspace: Option<&Workspace<F>>,
        visitor: &mut dyn FnMut(ParamMut<'_, F>),
    ) {
        let [dw, db] = [0, 1].map(|index| Workspace::gradient(workspace, index));
        visitor(ParamMut::new("weight", &self.shape[..2 + D], &mut self.weight, dw));
        if let Some(bias) = &mut self.bias {
            visitor(ParamMut::new("bias", &[bias.len()], bias, db));
        }
    }

    /// Checks the settings of the layer `of`, and that `input` has so many channels and `D` more axes.
    pub(super) fn check(
        &self,
        of: &dyn Display,
        name: &str,
        input: &[usize],
        channels: usize,
    ) -> Result<(), ModuleError> {
        if let Some(error) = &self.refused {
            return Err(error.clone().into());
        }
        self.window.check(name)?;
        let [a, b] = self.channels;
        let divides = self.groups > 0 && a % self.groups == 0 && b % self.groups == 0;
        let expected = format!("a divisor of {a} and of {b}, the channels of both sides");
        SettingError::unless(divides, name, "groups", expected, self.groups)?;
        ShapeError::check_samples(of, input)?;
        if self.channels.contains(&0) {
            return Err(ShapeError::new(of, "at least one channel on both sides", &self.channels).into());
        }
        if input.len() != 2 + D || input[1] != channels {
            return Err(ShapeError::new(of, expected_input::<D>(channels), input).into());
        }
        Ok(())
    }

    /// Plans a layer whose output has so many channels of these sizes, rows and columns.
    pub(super) fn plan<M: Any + Display>(
        &self,
        layer: &M,
        of: Convolution,
        input: &[usize],
        (channels, sizes): (usize, [usize; 2]),
        purpose: Purpose,
    ) -> Result<Plan<F>, ModuleError> {
        let mut output = vec![input[0], channels];
        output.extend_from_slice(&sizes[2 - D..]);
        let mut workspace = Workspace::of(layer, input, &output, purpose)?;
        if !of.axes.iter().all(|axis| Axis::has_room(axis.input.max(axis.output))) {
            return Err(ShapeError::too_large(layer, input).into());
        }
        // Not before the sizes are known to fit into memory.
        let of = of.joined();
        workspace.indices = of.walks().into_iter().chain([of.numbers().collect()]).collect();
        workspace.buffers = vec![Tensor::try_zeros(&[self.weight.len()])?];
        if purpose == Purpose::Train {
            conv::prepare::<F>();
            workspace.gradients = vec![vec![F::ZERO; self.weight.len()]];
            workspace.gradients.extend(self.bias.as_ref().map(|bias| vec![F::ZERO; bias.len()]));
        }
        Ok(Plan { output, workspace })
    }

    /// Returns the convolution of `layer` that the workspace was planned for.
    ///
    /// # Panics
    /// If it was planned by another layer.
    pub(super) fn planned<M: Any + Display>(
        &self,
        layer: &M,
        of: Result<Convolution, ShapeError>,
        workspace: &Workspace<F>,
    ) -> Convolution {
        let of = of.map(Convolution::joined);
        let own = |of: &Convolution| {
            workspace.indices.last().is_some_and(|planned| planned.iter().copied().eq(of.numbers()))
        };
        let all = [0, 1 + usize::from(self.bias.is_some())].contains(&workspace.gradients.len());
        workspace.check_own(layer, all && of.as_ref().is_ok_and(own));
        of.expect("the same as when it was planned")
    }

    /// Writes all that follows the channels.
    pub(super) fn fmt_settings(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "kernel={}", Extent(self.window.kernel))?;
        self.window.fmt_settings(f, [1; D])?;
        if self.groups != 1 {
            write!(f, ", groups={}", self.groups)?;
        }
        if self.bias.is_some() { Ok(()) } else { f.write_str(", bias=false") }
    }
}
