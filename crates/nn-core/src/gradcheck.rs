//! Checks gradients written by hand against finite differences.
//!
//! The derivative of φ along a direction is, to fourth order in the step h,
//!
//! φ′ ≈ (8 (φ(h) − φ(−h)) − (φ(2h) − φ(−2h))) / 12h
//!
//! with an error of h⁴ φ⁽⁵⁾ / 30. With h = 10⁻³ in `f64`, some eleven digits remain, far more than the 10⁻⁶ required of
//! a correct gradient. At a kink (ReLU at 0) there is no derivative: keep inputs away from it by more than 2h.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt, SeedableRng};

use crate::{
    Accumulate, Kind, Mode, Module, ModuleError, Param, ParamMut, Parameters, Plan, Purpose, Tensor,
    Workspace,
};

/// The step h of the finite differences.
pub const STEP: f64 = 1e-3;

/// The number of values up to which each derivative is checked; beyond it, derivatives along random directions are.
const EACH: usize = 200;
/// The number of random directions.
const DIRECTIONS: usize = 20;

/// The distance of a gradient from its finite differences.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// The subject of the check: `input`, or a parameter's name such as `0.weight`.
    pub name: String,
    /// Whether the module ran in [`Mode::Train`] rather than in [`Mode::Eval`].
    pub training: bool,
    /// The largest relative error |a − n| / max(|a|, |n|, 10⁻³) over all derivatives a and their finite differences n.
    pub relative_error: f64,
}

/// Checks the backward pass of a module. The gradient of its input must replace the old values or be added to them, as
/// asked, and that of every parameter must add up over several calls. Returns the error of each, the input first, in
/// [`Mode::Eval`] and then again in [`Mode::Train`]; all should be below 10⁻⁶.
///
/// Features of the input that the module [takes](Module::check_values) only at some values, such as the indices of an
/// [`Embedding`](crate::Embedding), have no derivative: their gradient must be 0.
///
/// Checks run in `f64`: build the module as `f64`, whatever it is used with later. They differentiate φ = Σ y ⊙ v with
/// v drawn from `rng`: backward with ∂φ/∂y = v must give its gradient. In training, every forward gets a generator with
/// the same seed, so that what is random in the module (the mask of dropout) is constant.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{
///     Dropout, Linear, Sequential, Tanh, Tensor, gradcheck::check_module,
/// };
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let mut network = Sequential::new()
///     .append(Linear::new(3, 4, &mut rng))
///     .append(Tanh)
///     .append(Dropout::new(0.5));
/// let x = Tensor::from_rows(&[[0.1, -0.5, 2.0], [1.0, 0.0, -1.0]]);
/// for mismatch in check_module(&mut network, &x, &mut rng)? {
///     assert!(mismatch.relative_error < 1e-6, "{mismatch:?}");
/// }
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
///
/// # Errors
/// [`ModuleError`] if the module cannot take `x`.
pub fn check_module(
    module: &mut dyn Module<f64>,
    x: &Tensor<f64>,
    rng: &mut dyn Rng,
) -> Result<Vec<Mismatch>, ModuleError> {
    let plan = module.plan(x.shape(), Purpose::Train)?;
    let mut v = Tensor::zeros(&plan.output);
    for feature in 0..v.features() {
        v.feature_mut(feature).fill_with(|| 2.0 * rng.random::<f64>() - 1.0);
    }
    let seed = rng.random();
    let mut report = check_mode(module, x, &v, None, plan.clone(), rng);
    report.extend(check_mode(module, x, &v, Some(seed), plan, rng));
    Ok(report)
}

/// Checks one mode: training if there is a seed for it.
fn check_mode(
    module: &mut dyn Module<f64>,
    x: &Tensor<f64>,
    v: &Tensor<f64>,
    seed: Option<u64>,
    plan: Plan<f64>,
    rng: &mut dyn Rng,
) -> Vec<Mismatch> {
    let Plan { output, mut workspace } = plan;
    let mut y = Tensor::zeros(&output);
    forward(module, x, &mut y, &mut workspace, seed);
    let mut dx = Tensor::zeros(x.shape());
    // `backward` must replace this; a module that adds to it fails.
    dx.blocks_mut().as_flattened_mut().fill(f64::NAN);
    workspace.zero_grad();
    module.backward(x, &y, v, Some(&mut dx), Accumulate::Replace, &mut workspace);
    let once = gradients(module, &workspace);
    // Here it must add; a module that replaces fails, because the 1 is lost.
    let mut sum = Tensor::zeros(x.shape());
    sum.blocks_mut().as_flattened_mut().fill(1.0);
    module.backward(x, &y, v, Some(&mut sum), Accumulate::Add, &mut workspace);
    let twice = gradients(module, &workspace);
    // The first layer of a network is not asked for the gradient of its input.
    module.backward(x, &y, v, None, Accumulate::Replace, &mut workspace);
    let thrice = gradients(module, &workspace);

    let mut scratch = workspace.clone();
    let mut phi = |module: &dyn Module<f64>, x: &Tensor<f64>| {
        forward(module, x, &mut y, &mut scratch, seed);
        dot(&y, v)
    };

    let training = seed.is_some();
    let mut moved = x.clone();
    let (free, fixed): (Vec<_>, Vec<_>) = (0..x.features()).partition(|&feature| moves(module, x, feature));
    let relative_error = check_gradient(
        |point| {
            set_values(&mut moved, &free, point);
            phi(module, &moved)
        },
        &values_of(x, &free),
        &values_of(&dx, &free),
        rng,
    );
    let relative_error =
        values_of(&dx, &fixed).into_iter().map(|dx| relative(dx, 0.0)).fold(relative_error, worse);
    let added = values(&dx).into_iter().zip(values(&sum)).map(|(dx, sum)| relative(1.0 + dx, sum));
    let relative_error = added.fold(relative_error, worse);
    let mut report = vec![Mismatch { name: "input".into(), training, relative_error }];

    for (index, name) in names(module).into_iter().enumerate() {
        let point = parameter(module, index);
        let numeric = check_gradient(
            |point| {
                set_parameter(module, index, point);
                phi(module, x)
            },
            &point,
            &once[index],
            rng,
        );
        set_parameter(module, index, &point);
        let accumulated = [(2.0, &twice), (3.0, &thrice)].into_iter().flat_map(|(times, sums)| {
            once[index].iter().zip(&sums[index]).map(move |(one, sum)| relative(times * one, *sum))
        });
        report.push(Mismatch { name, training, relative_error: accumulated.fold(numeric, worse) });
    }
    report
}

/// Returns whether the module also takes values of this feature that are a step away.
fn moves(module: &dyn Module<f64>, x: &Tensor<f64>, feature: usize) -> bool {
    let mut moved = x.clone();
    moved.feature_mut(feature).iter_mut().for_each(|value| *value += STEP);
    module.check_values(&moved).is_ok()
}

fn forward(
    module: &dyn Module<f64>,
    x: &Tensor<f64>,
    y: &mut Tensor<f64>,
    workspace: &mut Workspace<f64>,
    seed: Option<u64>,
) {
    match seed {
        None => module.forward(x, y, workspace, &mut Mode::Eval),
        Some(seed) => {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            module.forward(x, y, workspace, &mut Mode::Train(&mut rng));
        }
    }
}

/// Checks the gradient of any function, such as a loss. Returns the largest relative error of `gradient`, the claimed
/// gradient of `function` at `point`; infinite if something is NaN or the lengths differ.
///
/// ```
/// use nn_core::gradcheck::check_gradient;
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let product = |p: &[f64]| p[0] * p[1];
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// assert!(check_gradient(product, &[2.0, 3.0], &[3.0, 2.0], &mut rng) < 1e-9);
/// assert!(check_gradient(product, &[2.0, 3.0], &[2.0, 3.0], &mut rng) > 0.1);
/// ```
pub fn check_gradient(
    mut function: impl FnMut(&[f64]) -> f64,
    point: &[f64],
    gradient: &[f64],
    rng: &mut dyn Rng,
) -> f64 {
    if point.len() != gradient.len() {
        return f64::INFINITY;
    }
    let mut along = |direction: &[f64]| {
        let mut at = |t: f64| {
            let moved: Vec<f64> = point.iter().zip(direction).map(|(p, d)| p + t * STEP * d).collect();
            function(&moved)
        };
        let numeric = (8.0 * (at(1.0) - at(-1.0)) - (at(2.0) - at(-2.0))) / (12.0 * STEP);
        let claimed: f64 = gradient.iter().zip(direction).map(|(g, d)| g * d).sum();
        relative(claimed, numeric)
    };
    let n = point.len();
    if n <= EACH {
        let axis = |i| (0..n).map(|j| if i == j { 1.0 } else { 0.0 }).collect::<Vec<_>>();
        (0..n).map(|i| along(&axis(i))).fold(0.0, worse)
    } else {
        // Directions have a length of about 1, as the axes do, so that the step means the same.
        let length = (n as f64 / 3.0).sqrt();
        let mut direction = || (0..n).map(|_| (2.0 * rng.random::<f64>() - 1.0) / length).collect::<Vec<_>>();
        (0..DIRECTIONS).map(|_| along(&direction())).fold(0.0, worse)
    }
}

/// Returns the relative error. Values below 10⁻³ count as 10⁻³, so that derivatives of 0 can be compared.
fn relative(claimed: f64, numeric: f64) -> f64 {
    (claimed - numeric).abs() / claimed.abs().max(numeric.abs()).max(1e-3)
}

/// Returns the larger error; NaN counts as infinite.
fn worse(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::INFINITY } else { a.max(b) }
}

fn dot(a: &Tensor<f64>, b: &Tensor<f64>) -> f64 {
    values(a).iter().zip(values(b)).map(|(a, b)| a * b).sum()
}

/// Returns all values, feature by feature.
fn values(x: &Tensor<f64>) -> Vec<f64> {
    values_of(x, &(0..x.features()).collect::<Vec<_>>())
}

/// Returns the values of these features, one after another.
fn values_of(x: &Tensor<f64>, features: &[usize]) -> Vec<f64> {
    features.iter().flat_map(|&feature| x.feature(feature).to_vec()).collect()
}

fn set_values(x: &mut Tensor<f64>, features: &[usize], values: &[f64]) {
    let samples = x.samples();
    for (&feature, values) in features.iter().zip(values.chunks_exact(samples)) {
        x.feature_mut(feature).copy_from_slice(values);
    }
}

fn names(module: &dyn Parameters<f64>) -> Vec<String> {
    let mut names = Vec::new();
    module.visit(&mut |parameter| {
        if parameter.kind == Kind::Learned {
            names.push(parameter.name.to_string());
        }
    });
    names
}

fn parameter(module: &dyn Parameters<f64>, index: usize) -> Vec<f64> {
    let mut all = Vec::new();
    module.visit(&mut |Param { kind, value, .. }| {
        if kind == Kind::Learned {
            all.push(value.to_vec());
        }
    });
    all.swap_remove(index)
}

fn set_parameter(module: &mut dyn Parameters<f64>, index: usize, values: &[f64]) {
    let mut at = 0;
    module.visit_mut(None, &mut |ParamMut { kind, value, .. }| {
        if kind == Kind::Learned {
            if at == index {
                value.copy_from_slice(values);
            }
            at += 1;
        }
    });
}

/// Returns the gradients as an optimiser sees them; NaN, which no check passes, for a parameter without one.
fn gradients(module: &mut dyn Parameters<f64>, workspace: &Workspace<f64>) -> Vec<Vec<f64>> {
    let mut gradients = Vec::new();
    module.visit_mut(Some(workspace), &mut |parameter| {
        if parameter.kind == Kind::Learned {
            let missing = || vec![f64::NAN; parameter.value.len()];
            gradients.push(parameter.gradient.map_or_else(missing, <[f64]>::to_vec));
        }
    });
    gradients
}
