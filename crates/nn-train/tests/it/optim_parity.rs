//! Twenty steps of each optimiser (six calls of L-BFGS), fifty of each schedule, and clipped gradients, are those of PyTorch.
//!
//! PyTorch's numbers are in `oracle/optim.json`, written by `scripts/optim_parity.py`.

use nn_train::Step;
use nn_train::nn_core::Workspace;
use nn_train::nn_core::ndarray::ArrayD;
use nn_train::optim::{Adagrad, AdamW, Lbfgs, Optimizer, RmsProp};
use nn_train::optim::{Objective, clip_grad_norm, clip_grad_value};
use nn_train::prelude::*;
use nn_train::schedule::{Constant, CosineAnnealingLr, ExponentialLr, OneCycleLr, Schedule, StepLr, WarmUp};
use serde_json::Value;

fn oracle() -> Value {
    serde_json::from_str(include_str!("../oracle/optim.json")).unwrap()
}

#[test]
fn optimisers_are_those_of_pytorch() {
    let oracle = oracle();
    let cases = oracle["optimizers"].as_array().unwrap();
    assert_eq!(cases.len(), 29);
    for case in cases {
        let (mut network, mut objective) = (network(&oracle), Fit::new(&oracle));
        let mut optimizer = optimizer(case);
        optimizer.check().unwrap();
        for (step, loss) in numbers(&case["losses"]).into_iter().enumerate() {
            let ours = optimizer.minimize(&mut network, &mut objective).unwrap();
            let name = format!("{optimizer}, step {step}");
            assert_close(&name, &[ours], &[loss], 1e-10);
            assert_close(&name, &parameters(&network), &numbers(&case["after"][step]), 1e-10);
            assert_eq!(objective.evaluations, case["evaluations"][step].as_u64().unwrap(), "{name}");
        }
    }
}

/// A step alone has one gradient: that of PyTorch's L-BFGS with `max_iter=1`.
#[test]
fn a_single_step_of_lbfgs_is_that_of_pytorch() {
    let oracle = oracle();
    let is_single = |case: &&Value| case["name"] == "Lbfgs" && case["settings"]["max_iter"] == 1;
    let case = oracle["optimizers"].as_array().unwrap().iter().find(is_single).unwrap();
    let (mut network, mut objective) = (network(&oracle), Fit::new(&oracle));
    // `step` does not ask how many iterations there may be.
    let mut optimizer = Lbfgs::new(case["settings"]["lr"].as_f64().unwrap());
    for after in case["after"].as_array().unwrap() {
        objective.evaluate(&network);
        optimizer.step(&mut network, objective.workspace()).unwrap();
        assert_close("step", &parameters(&network), &numbers(after), 1e-10);
    }
}

fn optimizer(case: &Value) -> Box<dyn Optimizer<f64>> {
    let settings = case["settings"].as_object().unwrap();
    let set = |name: &str| settings.get(name).map(|value| value.as_f64().unwrap());
    let count = |name: &str| settings.get(name).map(|value| value.as_u64().unwrap() as usize);
    let is = |name: &str| settings.get(name) == Some(&Value::Bool(true));
    let betas =
        || settings.get("betas").map(|betas| [betas[0].as_f64().unwrap(), betas[1].as_f64().unwrap()]);
    /// `optimizer` with those settings that are there.
    macro_rules! with {
        ($optimizer:expr; $($setting:ident: $get:ident),*; $($switch:ident),*) => {{
            let mut optimizer = $optimizer;
            $(if let Some(value) = $get(stringify!($setting)) { optimizer = optimizer.$setting(value); })*
            $(if is(stringify!($switch)) { optimizer = optimizer.$switch(); })*
            if let Some(learning_rate) = set("lr") {
                optimizer.set_learning_rate(learning_rate);
            }
            Box::new(optimizer)
        }};
    }
    match case["name"].as_str().unwrap() {
        "Sgd" => with!(Sgd::default(); momentum: set, dampening: set, weight_decay: set; nesterov),
        "RmsProp" => {
            with!(RmsProp::default(); alpha: set, eps: set, momentum: set, weight_decay: set; centered)
        }
        "Adam" => {
            let adam = betas().map_or(Adam::default(), |[beta1, beta2]| Adam::default().betas(beta1, beta2));
            with!(adam; eps: set, weight_decay: set;)
        }
        "AdamW" => {
            let adam =
                betas().map_or(AdamW::default(), |[beta1, beta2]| AdamW::default().betas(beta1, beta2));
            with!(adam; eps: set, weight_decay: set;)
        }
        "Adagrad" => with!(
            Adagrad::default();
            lr_decay: set, initial_accumulator_value: set, weight_decay: set, eps: set;
        ),
        "Lbfgs" => with!(
            Lbfgs::default();
            max_iter: count, max_eval: count, history_size: count, tolerance_grad: set, tolerance_change: set;
            strong_wolfe
        ),
        other => panic!("unknown optimiser {other}"),
    }
}

fn network(oracle: &Value) -> Sequential<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut network = Sequential::new()
        .append(Linear::new(2, 3, &mut rng))
        .append(Tanh)
        .append(Linear::new(3, 1, &mut rng));
    let mut initial = numbers(&oracle["initial"]).into_iter();
    network.visit_mut(None, &mut |parameter| parameter.value.fill_with(|| initial.next().unwrap()));
    assert_eq!(initial.next(), None);
    network
}

fn parameters(network: &Sequential<f64>) -> Vec<f64> {
    let mut all = Vec::new();
    network.visit(&mut |parameter| all.extend_from_slice(parameter.value));
    all
}

/// The mean squared error on the data of the oracle.
struct Fit {
    x: Tensor<f64>,
    y: Tensor<f64>,
    step: Step<f64>,
    evaluations: u64,
}

impl Fit {
    fn new(oracle: &Value) -> Self {
        let (x, y) = (tensor(&oracle["x"]), tensor(&oracle["target"]));
        let step = Step::plan(&network(oracle), &MseLoss::mean(), &x, &y).unwrap();
        Fit { x, y, step, evaluations: 0 }
    }
}

impl Objective<f64> for Fit {
    fn evaluate(&mut self, model: &dyn Module<f64>) -> f64 {
        self.evaluations += 1;
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        self.step.run(model, &MseLoss::mean(), &self.x, &self.y, &mut rng).unwrap()
    }

    fn workspace(&self) -> &Workspace<f64> {
        self.step.workspace()
    }
}

#[test]
fn schedules_are_those_of_pytorch() {
    let oracle = oracle();
    let cases = oracle["schedules"].as_array().unwrap();
    assert_eq!(cases.len(), 12);
    for case in cases {
        let schedule = schedule(case);
        schedule.check().unwrap();
        let (initial, theirs) = (case["initial"].as_f64().unwrap(), numbers(&case["rates"]));
        assert_eq!(theirs.len(), 50);
        let ours: Vec<_> = (0..50).map(|step| schedule.learning_rate(initial, step)).collect();
        assert_close(&schedule.to_string(), &ours, &theirs, 1e-12);
    }
}

fn schedule(case: &Value) -> Box<dyn Schedule> {
    let settings = &case["settings"];
    let set = |name: &str, default: f64| settings.get(name).map_or(default, |value| value.as_f64().unwrap());
    let count = |name: &str| settings[name].as_u64().unwrap() as usize;
    match case["name"].as_str().unwrap() {
        "Constant" => Box::new(Constant),
        "StepLr" => {
            let schedule = StepLr::new(count("step_size"));
            Box::new(match settings.get("gamma") {
                None => schedule,
                Some(gamma) => schedule.gamma(gamma.as_f64().unwrap()),
            })
        }
        "ExponentialLr" => Box::new(ExponentialLr::new(set("gamma", f64::NAN))),
        "CosineAnnealingLr" => Box::new(CosineAnnealingLr::new(count("t_max")).eta_min(set("eta_min", 0.0))),
        "OneCycleLr" => {
            let mut schedule = OneCycleLr::new(set("max_lr", f64::NAN), count("total_steps"));
            if let Some(pct_start) = settings.get("pct_start") {
                schedule = schedule.pct_start(pct_start.as_f64().unwrap());
            }
            if settings.get("div_factor").is_some() {
                schedule = schedule
                    .div_factor(set("div_factor", f64::NAN))
                    .final_div_factor(set("final_div_factor", f64::NAN));
            }
            Box::new(schedule)
        }
        "WarmUp" => match settings.get("t_max") {
            None => Box::new(WarmUp::new(count("steps"), Constant)),
            Some(_) => {
                let then: Box<dyn Schedule> = Box::new(CosineAnnealingLr::new(count("t_max")));
                Box::new(WarmUp::new(count("steps"), then).start_factor(set("start_factor", f64::NAN)))
            }
        },
        other => panic!("unknown schedule {other}"),
    }
}

#[test]
fn clipped_gradients_are_those_of_pytorch() {
    let oracle = oracle();
    let cases = oracle["clippings"].as_array().unwrap();
    assert_eq!(cases.len(), 10);
    for case in cases {
        let gradients = case["gradients"].as_array().unwrap().iter().map(numbers).collect::<Vec<_>>();
        // Two layers inside a network.
        let layer =
            |gradients: &[Vec<f64>]| Workspace { gradients: gradients.to_vec(), ..Workspace::empty() };
        let children = gradients.chunks(2).map(layer).collect();
        let mut workspace = Workspace { children, ..Workspace::empty() };
        let limit = case["limit"].as_f64().unwrap();
        if case["kind"] == "norm" {
            let norm = clip_grad_norm(&mut workspace, limit).unwrap();
            let theirs = case["norm"].as_f64().unwrap();
            assert!((norm / theirs - 1.0).abs() < 1e-13, "{norm:e} {theirs:e}");
        } else {
            clip_grad_value(&mut workspace, limit).unwrap();
        }
        let mut ours = Vec::new();
        workspace.for_each_gradient_mut(&mut |gradient| ours.extend_from_slice(gradient));
        for (ours, theirs) in ours.iter().zip(numbers(&case["clipped"])) {
            assert!((ours - theirs).abs() <= 1e-13 * theirs.abs(), "{ours:e} {theirs:e}");
        }
    }
}

fn assert_close(what: &str, ours: &[f64], theirs: &[f64], tolerance: f64) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        let close = (ours - theirs).abs() <= tolerance * theirs.abs().max(1.0);
        assert!(close, "{what}, number {index}: {ours:e}, PyTorch has {theirs:e}");
    }
}

fn tensor(value: &Value) -> Tensor<f64> {
    let rows = value.as_array().unwrap();
    let shape = vec![rows.len(), rows[0].as_array().unwrap().len()];
    Tensor::from_array(ArrayD::from_shape_vec(shape, numbers(value)).unwrap().view())
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        _ => vec![value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))],
    }
}
