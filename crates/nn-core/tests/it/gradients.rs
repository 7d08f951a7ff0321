//! Every gradient written by hand against finite differences, and deliberately wrong gradients that must be caught.

use std::fmt;

use crate::common::{narrow, random, wide};
use nn_core::gradcheck::{Mismatch, check_module};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    Accumulate, BatchNorm1d, BatchNorm2d, Dropout, Dropout2d, GroupNorm, LayerNorm, Linear, Mode, Module,
    ModuleError, Param, ParamMut, Parameters, Plan, Purpose, Rnn, Sequential, Tanh, Tensor, Unflatten,
    Workspace,
};

const LIMIT: f64 = 1e-6;

#[test]
fn every_layer_has_the_gradient_of_its_forward() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for case in &mut narrow() {
        // Not 2, because a batch of two is normalised to ±1, in steps too steep for finite differences.
        for samples in case.sizes([1, 5, 16, 17, 200]) {
            let x = case.input(samples, &mut rng);
            check(case.name, samples, &check_module(case.module.as_mut(), &x, &mut rng).unwrap());
        }
    }
}

#[test]
fn wide_layers_have_the_gradient_of_their_forward() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for case in &mut wide() {
        for samples in case.sizes([1, 17, 40]) {
            let x = case.input(samples, &mut rng);
            check(case.name, samples, &check_module(case.module.as_mut(), &x, &mut rng).unwrap());
        }
    }
}

/// The gradient of wide weights packs several steps together: here there are more steps, and of two blocks.
#[test]
fn long_sequences_have_the_gradient_of_their_forward() {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let modules: [Box<dyn Module<f64>>; 2] =
        [Box::new(Linear::new(17, 16, &mut rng)), Box::new(Rnn::new(17, 16, &mut rng))];
    for mut module in modules {
        let x = random(&[19, 21, 17], &mut rng);
        let name = module.to_string();
        check(&name, 19, &check_module(module.as_mut(), &x, &mut rng).unwrap());
    }
}

fn check(name: &str, samples: usize, report: &[Mismatch]) {
    for mismatch in report {
        assert!(mismatch.relative_error < LIMIT, "{name} with {samples} samples: {mismatch:?}");
    }
}

// --- Negative controls ---

#[test]
fn gradients_that_are_wrong_on_purpose_are_caught() {
    use Fault::*;
    for (fault, caught) in [
        (None, &[][..]),
        (InputFactor, &["input"]),
        (AddsToInput, &["input"]),
        (ReplacesInput, &["input"]),
        (Overwrites, &["weight", "bias"]),
        (TransposesWeight, &["weight"]),
        (ForgetsBias, &["bias"]),
        (ForgetsASample, &["weight"]),
        (HidesGradients, &["weight", "bias"]),
    ] {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let x = crate::common::random(&[17, 3], &mut rng);
        let mut broken = Broken { linear: Linear::new(3, 3, &mut rng), fault };
        for training in [false, true] {
            assert_eq!(names_caught(&mut broken, &x, training), caught, "{broken}");
        }

        // Inside a network the name says where; everything before the broken layer is wrong as well.
        if let InputFactor = fault {
            let mut network =
                Sequential::new().append(Linear::new(3, 3, &mut rng)).append(Tanh).append(broken);
            assert_eq!(names_caught(&mut network, &x, true), ["input", "0.weight", "0.bias"]);
        }
    }
}

fn names_caught(module: &mut dyn Module<f64>, x: &Tensor<f64>, training: bool) -> Vec<String> {
    let report = check_module(module, x, &mut ChaCha8Rng::seed_from_u64(6)).unwrap();
    let wrong = report.into_iter().filter(|m| m.training == training && m.relative_error >= LIMIT);
    wrong.map(|m| m.name).collect()
}

#[derive(Debug, Clone, Copy)]
enum Fault {
    None,
    /// ∂L/∂x is 1 % too large.
    InputFactor,
    /// ∂L/∂x is added to the old values, although it should replace them.
    AddsToInput,
    /// ∂L/∂x replaces the old values, although it should be added to them.
    ReplacesInput,
    /// The parameters' gradients overwrite the old values instead of being added to them.
    Overwrites,
    /// ∂L/∂W has its rows and columns exchanged.
    TransposesWeight,
    /// ∂L/∂b stays as it was.
    ForgetsBias,
    /// ∂L/∂W leaves out the last sample.
    ForgetsASample,
    /// `visit_mut` hands out no gradients.
    HidesGradients,
}

/// A linear layer from 3 to 3 with a fault in its backward pass.
struct Broken {
    linear: Linear<f64>,
    fault: Fault,
}

impl Parameters<f64> for Broken {
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, f64>)) {
        self.linear.visit(visitor);
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<f64>>, visitor: &mut dyn FnMut(ParamMut<'_, f64>)) {
        let workspace = if let Fault::HidesGradients = self.fault { None } else { workspace };
        self.linear.visit_mut(workspace, visitor);
    }
}

impl Module<f64> for Broken {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<f64>, ModuleError> {
        self.linear.plan(input, purpose)
    }

    fn forward(&self, x: &Tensor<f64>, y: &mut Tensor<f64>, ws: &mut Workspace<f64>, mode: &mut Mode<'_>) {
        self.linear.forward(x, y, ws, mode);
    }

    fn backward(
        &self,
        x: &Tensor<f64>,
        y: &Tensor<f64>,
        dy: &Tensor<f64>,
        dx: Option<&mut Tensor<f64>>,
        accumulate: Accumulate,
        workspace: &mut Workspace<f64>,
    ) {
        let before = workspace.gradients.clone();
        if let Fault::Overwrites = self.fault {
            workspace.zero_grad();
        }
        let mut right = Tensor::zeros(x.shape());
        self.linear.backward(x, y, dy, Some(&mut right), Accumulate::Replace, workspace);
        let [dw, db] = &mut workspace.gradients[..] else { unreachable!("weight and bias") };
        for i in 0..3 {
            for j in 0..3 {
                match self.fault {
                    Fault::TransposesWeight if i < j => dw.swap(3 * i + j, 3 * j + i),
                    Fault::ForgetsASample => dw[3 * i + j] -= dy[[16, i]] * x[[16, j]],
                    _ => {}
                }
            }
        }
        if let Fault::ForgetsBias = self.fault {
            db.copy_from_slice(&before[1]);
        }
        let Some(dx) = dx else { return };
        let factor = if let Fault::InputFactor = self.fault { 1.01 } else { 1.0 };
        let adds = match self.fault {
            Fault::AddsToInput => true,
            Fault::ReplacesInput => false,
            _ => accumulate == Accumulate::Add,
        };
        for feature in 0..3 {
            for (dx, right) in dx.feature_mut(feature).iter_mut().zip(right.feature(feature)) {
                *dx = factor * right + if adds { *dx } else { 0.0 };
            }
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with fault {:?}", self.linear, self.fault)
    }
}

// --- Negative controls of layers that remember ---

#[test]
fn backward_from_a_wrong_memory_is_caught() {
    let rng = &mut ChaCha8Rng::seed_from_u64(14);
    let x = crate::common::random(&[17, 3], rng);
    let dropout = || Box::new(Dropout::new(0.5));
    let norm = || Box::new(BatchNorm1d::new(3));
    let layer_norm = || Box::new(LayerNorm::new([3]));
    let group_norm = || Box::new(GroupNorm::new(1, 3));
    // Layers of images get the three values as as many channels of one pixel.
    let dropout2d = || image(Dropout2d::new(0.5));
    let norm2d = || image(BatchNorm2d::new(3));
    let cases: Vec<Tampered> = vec![
        (dropout(), |_| {}, [&[], &[]]),
        (norm(), |_| {}, [&[], &[]]),
        (layer_norm(), |_| {}, [&[], &[]]),
        // The mean and the variance of other samples.
        (layer_norm(), |ws| ws.buffers[0].feature_mut(0).reverse(), [&["input", "weight"]; 2]),
        (layer_norm(), |ws| ws.buffers[1].feature_mut(0).reverse(), [&["input", "weight"]; 2]),
        (group_norm(), |_| {}, [&[], &[]]),
        (group_norm(), |ws| ws.buffers[0].feature_mut(0).reverse(), [&["input", "weight"]; 2]),
        (group_norm(), |ws| ws.buffers[0].feature_mut(1).reverse(), [&["input", "weight"]; 2]),
        // Forgets what was dropped; drops at inference; drops nothing in training; uses the mask of other samples.
        (dropout(), |ws| fill(&mut ws.buffers[0], 1.0), [&[], &["input"]]),
        (dropout(), |ws| ws.trained = true, [&["input"], &[]]),
        (dropout(), |ws| ws.trained = false, [&[], &["input"]]),
        (dropout(), |ws| ws.buffers[0].feature_mut(0).reverse(), [&[], &["input"]]),
        // Treats the batch statistics as constants; treats constants as batch statistics; uses the mean of the wrong
        // channel.
        (norm(), |ws| ws.trained = false, [&[], &["input"]]),
        (norm(), |ws| ws.trained = true, [&["input"], &[]]),
        (norm(), |ws| ws.buffers[0].blocks_mut().rotate_left(1), [&[], &["input", "weight"]]),
        // The same of images.
        (dropout2d(), |_| {}, [&[], &[]]),
        (norm2d(), |_| {}, [&[], &[]]),
        (dropout2d(), |ws| fill(&mut ws.children[1].buffers[0], 1.0), [&[], &["input"]]),
        (dropout2d(), |ws| ws.children[1].trained = true, [&["input"], &[]]),
        (dropout2d(), |ws| ws.children[1].trained = false, [&[], &["input"]]),
        (dropout2d(), |ws| ws.children[1].buffers[0].feature_mut(0).reverse(), [&[], &["input"]]),
        (norm2d(), |ws| ws.children[1].trained = false, [&[], &["input"]]),
        (norm2d(), |ws| ws.children[1].trained = true, [&["input"], &[]]),
        (norm2d(), |ws| ws.children[1].buffers[0].blocks_mut().rotate_left(1), [&[], &["input", "1.weight"]]),
    ];
    for (index, (module, tamper, [used, trained])) in cases.into_iter().enumerate() {
        let mut broken = Forgetful { module, tamper };
        assert_eq!(names_caught(&mut broken, &x, false), used, "case {index}, {broken}");
        assert_eq!(names_caught(&mut broken, &x, true), trained, "case {index}, {broken}");
    }
}

fn image(layer: impl Module<f64>) -> Box<dyn Module<f64>> {
    Box::new(Sequential::new().append(Unflatten::new(1, [3, 1, 1])).append(layer))
}

type Tamper = fn(&mut Workspace<f64>);

/// A module, the damage to its memory, and the names caught at inference and in training.
type Tampered = (Box<dyn Module<f64>>, Tamper, [&'static [&'static str]; 2]);

fn fill(buffer: &mut Tensor<f64>, value: f64) {
    buffer.blocks_mut().as_flattened_mut().fill(value);
}

/// A module whose memory is changed between forward and backward.
struct Forgetful {
    module: Box<dyn Module<f64>>,
    tamper: Tamper,
}

impl Parameters<f64> for Forgetful {
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, f64>)) {
        self.module.visit(visitor);
    }

    fn visit_mut(&mut self, workspace: Option<&Workspace<f64>>, visitor: &mut dyn FnMut(ParamMut<'_, f64>)) {
        self.module.visit_mut(workspace, visitor);
    }
}

impl Module<f64> for Forgetful {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<f64>, ModuleError> {
        self.module.plan(input, purpose)
    }

    fn forward(&self, x: &Tensor<f64>, y: &mut Tensor<f64>, ws: &mut Workspace<f64>, mode: &mut Mode<'_>) {
        self.module.forward(x, y, ws, mode);
    }

    fn backward(
        &self,
        x: &Tensor<f64>,
        y: &Tensor<f64>,
        dy: &Tensor<f64>,
        dx: Option<&mut Tensor<f64>>,
        accumulate: Accumulate,
        workspace: &mut Workspace<f64>,
    ) {
        // Only once, because the checker goes backward several times after one forward.
        let mut tampered = workspace.clone();
        (self.tamper)(&mut tampered);
        self.module.backward(x, y, dy, dx, accumulate, &mut tampered);
        workspace.gradients = tampered.gradients;
        for (child, tampered) in workspace.children.iter_mut().zip(tampered.children) {
            child.gradients = tampered.gradients;
        }
    }
}

impl fmt::Display for Forgetful {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with a wrong memory", self.module)
    }
}
