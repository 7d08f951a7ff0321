//! What all optimisers promise: settings that make no sense, other models and workspaces are errors that say so; a
//! training that goes on from a saved state has the bits of one that never stopped; buffers are left alone.

use nn_train::Step;
use nn_train::nn_core::simd::Level;
use nn_train::nn_core::{BatchNorm1d, Entry, Kind, Purpose, Scalar, StateDict, Workspace, team};
use nn_train::optim::{
    Adagrad, AdamW, Elements, FirstOrder, Group, Lbfgs, Lion, NAdam, Objective, Optimizer, OptimizerError,
    RAdam, RmsProp, Rule, clip_grad_norm, clip_grad_value,
};
use nn_train::prelude::*;

type Boxed<F> = Box<dyn Optimizer<F>>;

fn all<F: Scalar>() -> Vec<Boxed<F>> {
    vec![
        Box::new(Sgd::new(0.05)),
        Box::new(Sgd::new(0.05).weight_decay(0.1)),
        Box::new(Sgd::new(0.05).momentum(0.9).dampening(0.1)),
        Box::new(Sgd::new(0.05).momentum(0.9).nesterov()),
        Box::new(RmsProp::new(0.01)),
        Box::new(RmsProp::new(0.01).momentum(0.5)),
        Box::new(RmsProp::new(0.01).centered()),
        Box::new(RmsProp::new(0.01).centered().momentum(0.5).weight_decay(0.1)),
        Box::new(Adam::new(0.01)),
        Box::new(Adam::new(0.01).weight_decay(0.1)),
        Box::new(AdamW::new(0.01)),
        Box::new(Adam::new(0.01).amsgrad()),
        Box::new(NAdam::new(0.01)),
        Box::new(RAdam::new(0.02).betas(0.9, 0.95)),
        Box::new(Lion::new(0.01).weight_decay(0.1)),
        Box::new(Sgd::new(0.05).group(is_bias, Group::new().weight_decay(0.3))),
        Box::new(Adam::new(0.01).group(is_bias, Group::new().frozen())),
        Box::new(Adagrad::new(0.1).initial_accumulator_value(0.5)),
        Box::new(Lbfgs::new(0.1).max_iter(3).history_size(4)),
        Box::new(Lbfgs::new(1.0).max_iter(2).history_size(5).strong_wolfe()),
    ]
}

fn is_bias(name: &str) -> bool {
    name.ends_with("bias")
}

fn network<F: Scalar>(hidden: usize) -> Sequential<F> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    Sequential::new()
        .append(Linear::new(2, hidden, &mut rng))
        .append(BatchNorm1d::new(hidden))
        .append(Tanh)
        .append(Linear::new(hidden, 2, &mut rng))
}

/// The loss on XOR.
struct Xor<F> {
    data: Dataset<F, Vec<usize>>,
    step: Step<F>,
}

impl<F: Scalar> Xor<F> {
    fn new(hidden: usize) -> Self {
        let data = make_xor(50, 0.3, &mut ChaCha8Rng::seed_from_u64(2)).unwrap();
        let step = Step::plan(&network(hidden), &CrossEntropyLoss::mean(), data.x(), data.y()).unwrap();
        Xor { data, step }
    }
}

impl<F: Scalar> Objective<F> for Xor<F> {
    fn evaluate(&mut self, model: &dyn Module<F>) -> F {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        self.step.run(model, &CrossEntropyLoss::mean(), self.data.x(), self.data.y(), &mut rng).unwrap()
    }

    fn workspace(&self) -> &Workspace<F> {
        self.step.workspace()
    }
}

/// Takes `steps` more steps and returns the bits of all losses and parameters.
fn train<F: Scalar>(optimizer: &mut Boxed<F>, network: &mut Sequential<F>, steps: usize) -> Vec<u64> {
    let mut objective = Xor::new(9);
    let mut bits = Vec::new();
    for _ in 0..steps {
        bits.push(optimizer.minimize(network, &mut objective).unwrap().to_f64().to_bits());
    }
    network.visit(&mut |parameter| bits.extend(parameter.value.iter().map(|x| x.to_f64().to_bits())));
    bits
}

#[test]
fn a_saved_training_goes_on_with_the_same_bits() {
    resume::<f32>();
    resume::<f64>();
}

fn resume<F: Scalar>() {
    for (mut whole, (mut before, mut after)) in all::<F>().into_iter().zip(all().into_iter().zip(all())) {
        let (mut uninterrupted, mut stopped) = (network::<F>(9), network::<F>(9));
        let untrained = network::<F>(9).state_dict();
        train(&mut whole, &mut uninterrupted, 4);
        let expected = train(&mut whole, &mut uninterrupted, 3);

        train(&mut before, &mut stopped, 4);
        let (weights, state) = (stopped.state_dict(), before.state_dict());
        let mut resumed = network::<F>(9);
        resumed.load_state_dict(&weights).unwrap();
        after.load_state_dict(&resumed, &state).unwrap();
        assert_eq!(after.state_dict(), state, "{after}");
        assert_eq!(train(&mut after, &mut resumed, 3), expected, "{after}");
        assert_eq!(after.state_dict(), whole.state_dict(), "{after}");

        // The state matters, unless there is none; and an empty one is that of a beginner.
        if !state.entries().is_empty() {
            resumed.load_state_dict(&weights).unwrap();
            after.load_state_dict(&resumed, &StateDict::new()).unwrap();
            assert_ne!(train(&mut after, &mut resumed, 3), expected, "{after}");
        }
        // What is not learned was left alone; the weights have moved (the bias before a normalisation has no effect).
        for (entry, old) in resumed.state_dict().entries().iter().zip(untrained.entries()) {
            let name = &entry.name;
            if entry.kind != Kind::Learned {
                assert_eq!(entry, old, "{after}");
            } else if name.ends_with("weight") {
                assert_ne!(entry.value, old.value, "{after}: {name}");
            }
        }
        assert!(untrained.entries().iter().any(|entry| entry.kind == Kind::Buffer));
    }
}

#[test]
fn the_bits_are_the_same_at_every_level() {
    fn run<F: Scalar>() -> Vec<Vec<u64>> {
        all::<F>().iter_mut().map(|optimizer| train(optimizer, &mut network(9), 5)).collect()
    }
    let _alone = crate::LEVEL.lock();
    Level::Baseline.set().unwrap();
    let expected = (run::<f32>(), run::<f64>());
    for level in Level::available() {
        level.set().unwrap();
        assert!((run::<f32>(), run::<f64>()) == expected, "{level:?}");
    }
}

#[test]
fn the_loss_falls() {
    for mut optimizer in all::<f64>() {
        let bits = train(&mut optimizer, &mut network(9), 40);
        let (first, last) = (f64::from_bits(bits[0]), f64::from_bits(bits[39]));
        assert!(last < 0.97 * first, "{optimizer}: {first} {last}");
    }
}

#[test]
fn an_optimiser_that_steps_without_momentum_forgets_the_momentum_that_it_had() {
    let mut line = Linear::<f64>::new(1, 2, &mut ChaCha8Rng::seed_from_u64(0));
    let workspace = line.plan(&[5, 1], Purpose::Train).unwrap().workspace;
    let mut sgd = Sgd::new(0.1).momentum(0.5);
    sgd.step(&mut line, &workspace).unwrap();
    assert_ne!(Optimizer::<f64>::state_dict(&sgd), StateDict::new());
    let mut plain = sgd.momentum(0.0);
    plain.step(&mut line, &workspace).unwrap();
    assert_eq!(Optimizer::<f64>::state_dict(&plain), StateDict::new());
}

#[test]
fn states_have_the_names_of_pytorch() {
    let names = |mut optimizer: Boxed<f32>| {
        let mut line = Linear::new(1, 2, &mut ChaCha8Rng::seed_from_u64(0));
        assert_eq!(optimizer.state_dict(), StateDict::new(), "{optimizer}");
        let workspace = line.plan(&[5, 1], Purpose::Train).unwrap().workspace;
        optimizer.step(&mut line, &workspace).unwrap();
        optimizer.state_dict().names().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(Box::new(Sgd::new(0.1))), "");
    assert_eq!(
        names(Box::new(Sgd::new(0.1).momentum(0.5))),
        "step weight.momentum_buffer bias.momentum_buffer"
    );
    let both = "step weight.square_avg weight.momentum_buffer weight.grad_avg bias.square_avg \
                bias.momentum_buffer bias.grad_avg";
    assert_eq!(names(Box::new(RmsProp::new(0.1).momentum(0.1).centered())), both);
    let moments = "step weight.exp_avg weight.exp_avg_sq bias.exp_avg bias.exp_avg_sq";
    assert_eq!(names(Box::new(Adam::new(0.1))), moments);
    assert_eq!(names(Box::new(AdamW::new(0.1))), moments);
    assert_eq!(names(Box::new(NAdam::new(0.1))), moments);
    assert_eq!(names(Box::new(RAdam::new(0.1))), moments);
    assert_eq!(
        names(Box::new(Adam::new(0.1).amsgrad())),
        "step weight.exp_avg weight.exp_avg_sq weight.max_exp_avg_sq bias.exp_avg bias.exp_avg_sq \
         bias.max_exp_avg_sq"
    );
    assert_eq!(names(Box::new(Lion::new(0.1))), "step weight.exp_avg bias.exp_avg");
    assert_eq!(names(Box::new(Adagrad::new(0.1))), "step weight.sum bias.sum");
    let global = "n_iter func_evals d t old_dirs old_stps ro H_diag prev_flat_grad";
    assert_eq!(names(Box::new(Lbfgs::new(0.1))), global);
}

#[test]
fn a_fresh_optimiser_has_the_settings_and_remembers_nothing() {
    for mut optimizer in all::<f32>() {
        let expected = train(&mut optimizer, &mut network(9), 4);
        let mut fresh = optimizer.fresh();
        assert_eq!(fresh.state_dict(), StateDict::new(), "{optimizer}");
        assert_eq!((fresh.to_string(), fresh.name()), (optimizer.to_string(), optimizer.name()));
        assert!(optimizer.to_string().starts_with(&format!("{}(learning rate", optimizer.name())));
        assert_eq!(train(&mut fresh, &mut network(9), 4), expected, "{optimizer}");
    }
}

/// Parameters that are wide enough for several threads, and helpers that are awake or not, as it comes.
#[test]
fn wide_parameters_have_the_bits_of_one_thread() {
    fn run<F: Scalar>(mut optimizer: Boxed<F>) -> Vec<u64> {
        let mut wide = Linear::<F>::new(600, 501, &mut ChaCha8Rng::seed_from_u64(0));
        let mut workspace = wide.plan(&[2, 600], Purpose::Train).unwrap().workspace;
        workspace.for_each_gradient_mut(&mut |gradient| {
            for (i, g) in gradient.iter_mut().enumerate() {
                *g = F::from_f64((i % 97) as f64 - 48.0);
            }
        });
        for _ in 0..3 {
            optimizer.step(&mut wide, &workspace).unwrap();
        }
        let mut bits = Vec::new();
        wide.visit(&mut |parameter| bits.extend(parameter.value.iter().map(|x| x.to_f64().to_bits())));
        bits
    }
    let shared = all::<f32>().into_iter().filter(|optimizer| optimizer.name() != "Lbfgs");
    let alone = all::<f32>().into_iter().filter(|optimizer| optimizer.name() != "Lbfgs");
    for (shared, alone) in shared.zip(alone) {
        let name = shared.to_string();
        assert!(run(shared) == team::alone(|| run(alone)), "{name}");
    }
}

/// The averages of a gradient that has become 0 decay to 0, and not to the smallest subnormal numbers, where they would stay: a
/// CPU takes many times as long for those.
#[test]
fn what_is_kept_of_a_gradient_that_has_vanished_becomes_0() {
    fn check<F: Scalar>() {
        for mut optimizer in all::<F>() {
            let mut layer = Linear::<F>::new(3, 5, &mut ChaCha8Rng::seed_from_u64(0));
            let mut workspace = layer.plan(&[4, 3], Purpose::Train).unwrap().workspace;
            let tiny = F::MIN_POSITIVE.sqrt() * F::from_f64(1e3);
            workspace.for_each_gradient_mut(&mut |gradient| gradient.fill(tiny));
            for step in 0..2000 {
                if step == 1 {
                    workspace.zero_grad();
                }
                // L-BFGS refuses without a loss.
                let _ = optimizer.step(&mut layer, &workspace);
            }
            for entry in optimizer.state_dict().entries().iter().filter(|entry| entry.name != "step") {
                for &value in &entry.value {
                    let normal = value == F::ZERO || value.abs() >= F::MIN_POSITIVE;
                    assert!(normal, "{}: {} is {value}", optimizer.name(), entry.name);
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
#[should_panic(
    expected = "the update of a rule takes 1 kept values, expected 0: one for each name in `keeps`"
)]
fn a_rule_must_name_what_it_keeps() {
    #[derive(Clone)]
    struct Forgetful;
    impl Rule for Forgetful {
        const NAME: &'static str = "Forgetful";

        fn step<F: Scalar>(&self, _: f64, _: u64, elements: Elements<'_, F>) {
            elements.update(|value, gradient, [kept]| {
                *kept += gradient;
                *value -= *kept;
            });
        }
    }
    let mut line = Linear::<f32>::new(1, 1, &mut ChaCha8Rng::seed_from_u64(0));
    let workspace = line.plan(&[1, 1], Purpose::Train).unwrap().workspace;
    FirstOrder::with_rule(Forgetful, 0.1).step(&mut line, &workspace).unwrap();
}

#[test]
fn states_that_do_not_fit_are_refused_whole() {
    let linear = |inputs| Linear::<f64>::new(inputs, 1, &mut ChaCha8Rng::seed_from_u64(0));
    let mut line = linear(1);
    let workspace = line.plan(&[5, 1], Purpose::Train).unwrap().workspace;
    let mut adam = Adam::new(0.1);
    adam.step(&mut line, &workspace).unwrap();
    let state = adam.state_dict();

    let error = adam.load_state_dict(&linear(2), &state).unwrap_err().to_string();
    assert!(error.contains("weight.exp_avg: expected shape [1, 2], found [1, 1]"), "{error}");
    let error = Adagrad::new(0.1).load_state_dict(&line, &state).unwrap_err().to_string();
    assert!(error.contains("missing weight.sum, bias.sum; unexpected weight.exp_avg"), "{error}");
    assert!(Sgd::new(0.1).load_state_dict(&line, &state).is_err());
    assert!(Lbfgs::new(0.1).load_state_dict(&line, &state).is_err());

    // A count of 2⁶³ steps or more could not be saved again.
    for count in [-1.0, 0.5, 2_f64.powi(63), 1e30, f64::NAN, f64::INFINITY] {
        let mut state = state.clone();
        state.insert(Entry { name: "step".into(), kind: Kind::Counter, shape: vec![], value: vec![count] });
        let error = adam.load_state_dict(&line, &state).unwrap_err().to_string();
        let expected = format!(
            "the state does not fit the model: step: expected a whole number from 0 to 2^63, found {count}"
        );
        assert_eq!(error, expected);
    }
    assert_eq!(adam.state_dict(), state);

    // More pairs than the history has room for.
    let mut long = Lbfgs::new(0.1);
    let (mut net, mut objective) = (network::<f64>(9), Xor::new(9));
    long.minimize(&mut net, &mut objective).unwrap();
    let pairs = long.state_dict().get("ro").unwrap().value.len();
    assert!(pairs > 2);
    let error = Lbfgs::new(0.1).history_size(2).load_state_dict(&net, &long.state_dict()).unwrap_err();
    assert!(error.to_string().contains(&format!("ro: expected shape [2], found [{pairs}]")), "{error}");
}

#[test]
fn other_workspaces_and_other_models_are_refused() {
    for mut optimizer in all::<f64>() {
        let name = optimizer.to_string();
        let (mut net, mut objective) = (network::<f64>(9), Xor::new(9));
        if !name.contains("Wolfe") {
            // A workspace to predict with, one of another network, and one of a network with fewer layers.
            let predicting = net.plan(&[50, 2], Purpose::Predict).unwrap().workspace;
            let narrow = network::<f64>(4).plan(&[50, 2], Purpose::Train).unwrap().workspace;
            let before = net.state_dict();
            for (workspace, found) in [(&predicting, "none"), (&narrow, "8"), (&Workspace::empty(), "none")] {
                let error = optimizer.step(&mut net, workspace).unwrap_err();
                let expected = format!(
                    "0.weight: expected a gradient of 18 numbers, found {found}: plan the workspace for this model \
                     and for training"
                );
                assert_eq!(error.to_string(), expected, "{name}");
            }
            assert_eq!(net.state_dict(), before, "{name}");
            assert_eq!(optimizer.state_dict(), StateDict::new(), "{name}");
        }

        optimizer.minimize(&mut net, &mut objective).unwrap();
        let state = optimizer.state_dict();
        if state.entries().is_empty() {
            continue;
        }
        let mut other = network::<f64>(4);
        let error = optimizer.minimize(&mut other, &mut Xor::new(4)).unwrap_err();
        let expected = "this optimiser has been used with another model: it had 0.weight [9, 2] in place of 0.weight \
                        [4, 2]; make a new one for each model";
        assert_eq!(error.to_string(), expected, "{name}");
        assert_eq!(other.state_dict(), network::<f64>(4).state_dict(), "{name}");
        assert_eq!(optimizer.state_dict(), state, "{name}");
    }
}

#[test]
fn models_with_more_or_fewer_parameters_are_refused() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut one = Sequential::<f32>::new().append(Linear::new(2, 2, &mut rng));
    let mut two =
        Sequential::<f32>::new().append(Linear::new(2, 2, &mut rng)).append(Linear::new(2, 3, &mut rng));
    let small = one.plan(&[1, 2], Purpose::Train).unwrap().workspace;
    let large = two.plan(&[1, 2], Purpose::Train).unwrap().workspace;
    let what = |error| match error {
        OptimizerError::OtherModel { what } => what,
        other => panic!("{other}"),
    };
    let mut adam = Adam::new(0.1);
    adam.step(&mut one, &small).unwrap();
    assert_eq!(what(adam.step(&mut two, &large).unwrap_err()), "it had nothing in place of 1.weight [3, 2]");
    let mut adam = Adam::new(0.1);
    adam.step(&mut two, &large).unwrap();
    assert_eq!(what(adam.step(&mut one, &small).unwrap_err()), "it had 1.weight [3, 2] besides");
}

#[test]
fn settings_that_make_no_sense_are_refused_before_anything_happens() {
    let nan = f64::NAN;
    let cases: Vec<(Boxed<f32>, &str)> = vec![
        (Box::new(Sgd::new(-0.1)), "learning rate is -0.1, expected a finite number of at least 0"),
        (Box::new(Sgd::new(nan)), "learning rate is NaN, expected a finite number of at least 0"),
        (Box::new(Sgd::new(0.1).momentum(-1.0)), "momentum is -1, expected a number from 0 to below 1"),
        (Box::new(Sgd::new(0.1).dampening(nan)), "dampening is NaN, expected a number from 0 to 1"),
        (
            Box::new(Sgd::new(0.1).weight_decay(-1.0)),
            "weight decay is -1, expected a finite number of at least 0",
        ),
        (
            Box::new(Sgd::new(0.1).nesterov()),
            "momentum is 0, expected a number above 0, which Nesterov's form needs",
        ),
        (
            Box::new(Sgd::new(0.1).momentum(0.9).dampening(0.1).nesterov()),
            "dampening is 0.1, expected 0 in Nesterov's form",
        ),
        (Box::new(RmsProp::new(0.1).alpha(1.5)), "alpha is 1.5, expected a number from 0 to below 1"),
        (Box::new(RmsProp::new(0.1).eps(-1.0)), "eps is -1, expected a finite number of at least 0"),
        (
            Box::new(RmsProp::new(f64::INFINITY)),
            "learning rate is inf, expected a finite number of at least 0",
        ),
        (Box::new(Adam::new(0.1).betas(1.0, 0.9)), "beta 1 is 1, expected a number from 0 to below 1"),
        (Box::new(Adam::new(0.1).betas(0.9, nan)), "beta 2 is NaN, expected a number from 0 to below 1"),
        (Box::new(AdamW::new(0.1).betas(0.9, -0.1)), "beta 2 is -0.1, expected a number from 0 to below 1"),
        (
            Box::new(AdamW::new(0.1).weight_decay(nan)),
            "weight decay is NaN, expected a finite number of at least 0",
        ),
        (
            Box::new(Adagrad::new(0.1).lr_decay(-1.0)),
            "learning rate decay is -1, expected a finite number of at least 0",
        ),
        (
            Box::new(Adagrad::new(0.1).initial_accumulator_value(-1.0)),
            "initial accumulator value is -1, expected a finite number of at least 0",
        ),
        (Box::new(Lbfgs::new(0.1).max_iter(0)), "number of iterations is 0, expected at least 1"),
        (Box::new(Lbfgs::new(0.1).max_eval(0)), "number of evaluations is 0, expected at least 1"),
        (
            Box::new(Lbfgs::new(0.1).history_size(0)),
            "size of the history is 0, expected a number from 1 to 10000",
        ),
        (
            Box::new(Lbfgs::new(0.1).history_size(10_001)),
            "size of the history is 10001, expected a number from 1 to 10000",
        ),
        (
            Box::new(Lbfgs::new(0.1).tolerance_grad(nan)),
            "tolerance of the gradient is NaN, expected a finite number of at least 0",
        ),
    ];
    for (mut optimizer, expected) in cases {
        let expected = format!("{}: {expected}", optimizer.name());
        let (mut net, mut objective) = (network(9), Xor::new(9));
        objective.evaluate(&net);
        assert_eq!(optimizer.check().unwrap_err().to_string(), expected);
        assert_eq!(optimizer.step(&mut net, objective.workspace()).unwrap_err().to_string(), expected);
        assert_eq!(optimizer.minimize(&mut net, &mut objective).unwrap_err().to_string(), expected);
        assert_eq!(net.state_dict(), network(9).state_dict());
    }

    let mut searching = Lbfgs::new(1.0).strong_wolfe();
    let (mut net, objective) = (network::<f32>(9), Xor::new(9));
    assert_eq!(searching.step(&mut net, objective.workspace()), Err(OptimizerError::NeedsObjective));

    let mut workspace = Workspace { gradients: vec![vec![2.0_f32]], ..Workspace::empty() };
    for limit in [-1.0, nan, f64::INFINITY] {
        assert!(
            clip_grad_norm(&mut workspace, limit).is_err() && clip_grad_value(&mut workspace, limit).is_err()
        );
    }
    assert_eq!(workspace.gradients, [[2.0]]);
}

/// An infinite gradient has a sign, but no step of Lion makes a number of it.
#[test]
fn an_infinite_gradient_is_no_direction() {
    let mut line = Linear::new(1, 1, &mut ChaCha8Rng::seed_from_u64(0));
    let mut workspace = line.plan(&[1, 1], Purpose::Train).unwrap().workspace;
    (workspace.gradients[0][0], workspace.gradients[1][0]) = (f64::INFINITY, 1e300);
    let bias = line.bias()[0];
    Lion::new(0.25).step(&mut line, &workspace).unwrap();
    assert!(line.weight()[[0, 0]].is_nan());
    assert_eq!(line.bias()[0], bias - 0.25);
}

/// After a large gradient, small ones do not make the steps of AMSGrad longer, as they do those of Adam.
#[test]
fn the_largest_square_is_kept() {
    let largest = |mut optimizer: Boxed<f64>| {
        let mut line = Linear::new(1, 1, &mut ChaCha8Rng::seed_from_u64(0));
        let mut workspace = line.plan(&[1, 1], Purpose::Train).unwrap().workspace;
        for gradient in [8.0, 0.5, 0.5] {
            workspace.gradients[0][0] = gradient;
            optimizer.step(&mut line, &workspace).unwrap();
        }
        let state = optimizer.state_dict();
        let value = |name: &str| state.get(name).map(|entry| entry.value[0]);
        (value("weight.exp_avg_sq").unwrap(), value("weight.max_exp_avg_sq"))
    };
    let (last, max) = largest(Box::new(Adam::new(0.1).betas(0.5, 0.5).amsgrad()));
    assert_eq!((last, max), (8.1875, Some(32.0)));
    assert_eq!(largest(Box::new(Adam::new(0.1).betas(0.5, 0.5))), (8.1875, None));
}

/// As in PyTorch: no error, the parameters of those gradients become NaN, the others do not.
#[test]
fn gradients_that_are_nan_make_parameters_nan() {
    for mut optimizer in all::<f64>() {
        let name = optimizer.to_string();
        if name.contains("Lbfgs") {
            continue;
        }
        let mut line = Linear::new(1, 1, &mut ChaCha8Rng::seed_from_u64(0));
        let mut workspace = line.plan(&[1, 1], Purpose::Train).unwrap().workspace;
        workspace.gradients[0][0] = f64::NAN;
        workspace.gradients[1][0] = 1.0;
        for _ in 0..2 {
            optimizer.step(&mut line, &workspace).unwrap();
            assert!(line.weight()[[0, 0]].is_nan() && line.bias()[0].is_finite(), "{name}");
        }
    }
    // L-BFGS mixes all parameters: it comes to an end, and its losses are NaN.
    for mut optimizer in [Lbfgs::new(1.0), Lbfgs::new(1.0).strong_wolfe()] {
        let (mut net, mut objective) = (network::<f64>(9), Xor::new(9));
        net.visit_mut(None, &mut |parameter| parameter.value[0] = f64::NAN);
        for _ in 0..2 {
            assert!(optimizer.minimize(&mut net, &mut objective).unwrap().is_nan());
        }
    }
    // With a single gradient it does not stand still as if it were at its goal.
    let mut line = Linear::new(1, 1, &mut ChaCha8Rng::seed_from_u64(0));
    let mut workspace = line.plan(&[1, 1], Purpose::Train).unwrap().workspace;
    workspace.gradients[0][0] = f64::NAN;
    Lbfgs::new(1.0).step(&mut line, &workspace).unwrap();
    assert!(line.weight()[[0, 0]].is_nan());
}

/// w² − ln w, whose minimum is next to where the loss is NaN: w ≤ 0.
struct Wall {
    workspace: Workspace<f64>,
}

impl Objective<f64> for Wall {
    fn evaluate(&mut self, model: &dyn Module<f64>) -> f64 {
        let mut w = 0.0;
        model.visit(&mut |parameter| {
            if parameter.name.to_string() == "weight" {
                w = parameter.value[0];
            }
        });
        if w <= 0.0 {
            self.workspace.gradients[0][0] = f64::NAN;
            return f64::NAN;
        }
        self.workspace.gradients[0][0] = 2.0 * w - 1.0 / w;
        w * w - Scalar::ln(w)
    }

    fn workspace(&self) -> &Workspace<f64> {
        &self.workspace
    }
}

/// The first guess, and every guess further out, is behind the wall. The search must find a step before it.
#[test]
fn a_line_search_comes_back_from_where_the_loss_is_nan() {
    let mut line = Linear::<f64>::new(1, 1, &mut ChaCha8Rng::seed_from_u64(0));
    line.visit_mut(None, &mut |parameter| parameter.value[0] = 3.0);
    let workspace = line.plan(&[1, 1], Purpose::Train).unwrap().workspace;
    let mut lbfgs = Lbfgs::new(20.0).strong_wolfe();
    lbfgs.minimize(&mut line, &mut Wall { workspace }).unwrap();
    assert!((line.weight()[[0, 0]] - 0.5_f64.sqrt()).abs() < 1e-6, "{}", line.weight()[[0, 0]]);
}

#[test]
fn clipping_hands_gradients_that_are_not_finite_on() {
    let workspace = |gradients| Workspace::<f32> { gradients, ..Workspace::empty() };
    let mut nan = workspace(vec![vec![1.0, f32::NAN], vec![2.0]]);
    assert!(clip_grad_norm(&mut nan, 1.0).unwrap().is_nan());
    assert!(nan.gradients.iter().flatten().all(|g| g.is_nan()));
    let mut infinite = workspace(vec![vec![1.0, f32::INFINITY]]);
    assert_eq!(clip_grad_norm(&mut infinite, 1.0).unwrap(), f64::INFINITY);
    assert!(infinite.gradients[0][0] == 0.0 && infinite.gradients[0][1].is_nan());
    let mut values = workspace(vec![vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.1]]);
    clip_grad_value(&mut values, 0.5).unwrap();
    assert!(values.gradients[0][0].is_nan());
    assert_eq!(values.gradients[0][1..], [0.5, -0.5, 0.1]);
    assert_eq!(clip_grad_norm(&mut Workspace::<f64>::empty(), 1.0).unwrap(), 0.0);
}

/// Squares that overflow an `f32` are summed in `f64`.
#[test]
fn norms_of_large_gradients_are_finite() {
    let mut workspace = Workspace { gradients: vec![vec![3e30_f32], vec![4e30]], ..Workspace::empty() };
    assert!((clip_grad_norm(&mut workspace, 1.0).unwrap() / 5e30 - 1.0).abs() < 1e-6);
    assert!((workspace.gradients[1][0] - 0.8).abs() < 1e-6);
}
