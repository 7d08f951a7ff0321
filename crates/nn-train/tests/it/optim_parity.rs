//! Twenty steps of each optimiser (six calls of L-BFGS), fifty or more of each schedule, and clipped gradients, are those of
//! PyTorch.
//!
//! PyTorch's numbers are in `oracle/optim.json`, written by `scripts/optim_parity.py`.

use nn_train::Step;
use nn_train::nn_core::Workspace;
use nn_train::nn_core::ndarray::ArrayD;
use nn_train::optim::{
    Adagrad, AdamW, FirstOrder, Group, Lbfgs, Lion, NAdam, Optimizer, RAdam, RmsProp, Rule,
};
use nn_train::optim::{Objective, clip_grad_norm, clip_grad_value};
use nn_train::prelude::*;
use nn_train::schedule::{
    Constant, CosineAnnealingLr, CosineAnnealingWarmRestarts, ExponentialLr, LambdaLr, LinearLr, MultiStepLr,
    OneCycleLr, PolynomialLr, ReduceLrOnPlateau, Schedule, StepLr, WarmUp,
};
use serde_json::Value;

fn oracle() -> Value {
    serde_json::from_str(include_str!("../oracle/optim.json")).unwrap()
}

#[test]
fn optimisers_are_those_of_pytorch() {
    let oracle = oracle();
    let cases = oracle["optimizers"].as_array().unwrap();
    assert_eq!(cases.len(), 39);
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

/// The parameters of each group follow its own settings, a frozen one none, and all a rate that falls.
#[test]
fn groups_are_those_of_pytorch() {
    let oracle = oracle();
    let cases = oracle["groups"].as_array().unwrap();
    assert_eq!(cases.len(), 5);
    for case in cases {
        let settings = |name: &str| case["settings"].get(name).map(|value| value.as_f64().unwrap());
        let rate = settings("lr").unwrap();
        let mut optimizer: Box<dyn Optimizer<f64>> = match case["name"].as_str().unwrap() {
            "Sgd" => {
                let sgd = Sgd::new(rate).momentum(settings("momentum").unwrap_or(0.0));
                Box::new(grouped(sgd, case).weight_decay(settings("weight_decay").unwrap_or(0.0)))
            }
            "Adam" => Box::new(grouped(Adam::new(rate), case)),
            "AdamW" => {
                Box::new(grouped(AdamW::new(rate), case).weight_decay(settings("weight_decay").unwrap()))
            }
            other => panic!("unknown optimiser {other}"),
        };
        let (mut network, mut objective) = (network(&oracle), Fit::new(&oracle));
        for (step, loss) in numbers(&case["losses"]).into_iter().enumerate() {
            optimizer.set_learning_rate(ExponentialLr::new(0.9).learning_rate(rate, step));
            let ours = optimizer.minimize(&mut network, &mut objective).unwrap();
            let name = format!("{optimizer}, step {step}");
            assert_close(&name, &[ours], &[loss], 1e-10);
            assert_close(&name, &parameters(&network), &numbers(&case["after"][step]), 1e-10);
        }
    }
}

fn grouped<R: Rule>(mut optimizer: FirstOrder<R, f64>, case: &Value) -> FirstOrder<R, f64> {
    for group in case["groups"].as_array().unwrap() {
        let end = group["end"].as_str().unwrap().to_owned();
        let set = |name: &str| group.get(name).map(|value| value.as_f64().unwrap());
        let mut settings = Group::new().lr_factor(set("lr_factor").unwrap_or(1.0));
        if let Some(weight_decay) = set("weight_decay") {
            settings = settings.weight_decay(weight_decay);
        }
        if group.get("frozen").is_some() {
            settings = settings.frozen();
        }
        optimizer = optimizer.group(move |name| name.ends_with(&end), settings);
    }
    optimizer
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
            with!(adam; eps: set, weight_decay: set; amsgrad)
        }
        "NAdam" => {
            let nadam = betas().map_or(NAdam::default(), |[a, b]| NAdam::default().betas(a, b));
            with!(nadam; eps: set, weight_decay: set, momentum_decay: set; decoupled_weight_decay)
        }
        "RAdam" => {
            let radam = betas().map_or(RAdam::default(), |[a, b]| RAdam::default().betas(a, b));
            with!(radam; eps: set, weight_decay: set; decoupled_weight_decay)
        }
        "Lion" => {
            let lion = betas().map_or(Lion::default(), |[a, b]| Lion::default().betas(a, b));
            with!(lion; weight_decay: set;)
        }
        "AdamW" => {
            let adam =
                betas().map_or(AdamW::default(), |[beta1, beta2]| AdamW::default().betas(beta1, beta2));
            with!(adam; eps: set, weight_decay: set; amsgrad)
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
    assert_eq!(cases.len(), 22);
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
        "MultiStepLr" => {
            let milestones = numbers(&settings["milestones"]).into_iter().map(|milestone| milestone as usize);
            let schedule = MultiStepLr::new(milestones.collect::<Vec<_>>());
            Box::new(match settings.get("gamma") {
                None => schedule,
                Some(gamma) => schedule.gamma(gamma.as_f64().unwrap()),
            })
        }
        "LinearLr" => {
            let schedule = LinearLr::new(count("total_iters"));
            Box::new(match settings.get("start_factor") {
                None => schedule,
                Some(_) => schedule.start_factor(set("start_factor", 0.0)).end_factor(set("end_factor", 0.0)),
            })
        }
        "PolynomialLr" => {
            let schedule = PolynomialLr::new(count("total_iters"));
            Box::new(match settings.get("power") {
                None => schedule,
                Some(power) => schedule.power(power.as_f64().unwrap()),
            })
        }
        "CosineAnnealingWarmRestarts" => {
            let schedule = CosineAnnealingWarmRestarts::new(count("t_0"));
            Box::new(match settings.get("t_mult") {
                None => schedule,
                Some(_) => schedule.t_mult(count("t_mult")).eta_min(set("eta_min", 0.0)),
            })
        }
        "LambdaLr" => Box::new(LambdaLr::new(|step| 1.0 / (1.0 + 0.3 * step as f64))),
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
fn reductions_on_plateaus_are_those_of_pytorch() {
    let oracle = oracle();
    let cases = oracle["plateaus"].as_array().unwrap();
    assert_eq!(cases.len(), 9);
    let mut reductions = 0;
    for case in cases {
        let plateau = plateau(&case["settings"]);
        plateau.check().unwrap();
        let (curve, theirs) = (numbers(&case["curve"]), numbers(&case["rates"]));
        let initial = case["initial"].as_f64().unwrap();
        let ours: Vec<_> = (0..60).map(|epoch| plateau.learning_rate(initial, &curve[..epoch])).collect();
        assert_eq!(ours, theirs, "{plateau}");
        reductions += ours.windows(2).filter(|pair| pair[1] < pair[0]).count();
    }
    assert!(reductions > 30, "{reductions}");
}

fn plateau(settings: &Value) -> ReduceLrOnPlateau {
    let set = |name: &str| settings.get(name).map(|value| value.as_f64().unwrap());
    let count = |name: &str| settings.get(name).map(|value| value.as_u64().unwrap() as usize);
    let mut plateau = ReduceLrOnPlateau::new();
    if settings.get("mode").is_some() {
        plateau = plateau.metric("accuracy", Better::Higher);
    }
    if let Some(threshold) = set("threshold") {
        let is_absolute = settings.get("threshold_mode").is_some();
        plateau =
            if is_absolute { plateau.absolute_threshold(threshold) } else { plateau.threshold(threshold) };
    }
    plateau = set("factor").map_or(plateau.clone(), |factor| plateau.factor(factor));
    plateau = count("patience").map_or(plateau.clone(), |patience| plateau.patience(patience));
    plateau = count("cooldown").map_or(plateau.clone(), |cooldown| plateau.cooldown(cooldown));
    plateau = set("min_lr").map_or(plateau.clone(), |min_lr| plateau.min_lr(min_lr));
    set("eps").map_or(plateau.clone(), |eps| plateau.eps(eps))
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
