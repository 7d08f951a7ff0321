//! Groups of parameters: which parameters they hold, what frozen ones keep, and what is refused. (That they have PyTorch's numbers
//! is tested with the optimisers, as is that they allocate nothing.)

use nn_train::nn_core::{Purpose, Scalar, StateDict, Workspace};
use nn_train::optim::{AdamW, Elements, FirstOrder, Group, Lion, Optimizer, OptimizerError, Rule};
use nn_train::prelude::*;

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(1)
}

fn network() -> Sequential<f64> {
    let mut rng = rng();
    Sequential::new().append(Linear::new(2, 3, &mut rng)).append(Tanh).append(Linear::new(3, 2, &mut rng))
}

/// The parameters after three epochs of batches.
fn train(optimizer: impl Optimizer<f64> + 'static) -> StateDict<f64> {
    let (data, mut network) = (make_xor(40, 0.3, &mut rng()).unwrap(), network());
    Trainer::new(optimizer)
        .epochs(3)
        .batch_size(16)
        .fit(&mut network, &CrossEntropyLoss::mean(), &data, None, &mut rng())
        .unwrap();
    network.state_dict()
}

#[test]
fn frozen_parameters_keep_their_bits_and_the_others_move() {
    let before = network().state_dict();
    let frozen = || Group::new().frozen().weight_decay(0.5).lr_factor(3.0);
    let first = |name: &str| name.starts_with("0.");
    for after in [
        train(Sgd::new(0.1).momentum(0.9).weight_decay(0.1).group(first, frozen())),
        train(Sgd::new(0.1).group(first, frozen())),
        train(AdamW::new(0.1).group(first, frozen())),
        train(Lion::new(0.1).group(first, frozen())),
    ] {
        for entry in before.entries() {
            assert_eq!(after.get(&entry.name) == Some(entry), entry.name.starts_with("0."), "{}", entry.name);
        }
    }
}

#[test]
fn a_group_with_the_settings_of_the_optimiser_changes_nothing() {
    let bias = |name: &str| name.ends_with("bias");
    let expected = train(AdamW::new(0.1));
    assert_eq!(train(AdamW::new(0.1).group(bias, Group::new())), expected);
    assert_eq!(train(AdamW::new(0.1).group(|_| true, Group::new())), expected);
    assert_ne!(train(AdamW::new(0.1).group(bias, Group::new().lr_factor(0.9))), expected);
    // The order of settings and groups does not matter.
    let before = AdamW::new(0.1).weight_decay(0.3).group(bias, Group::new().lr_factor(0.5));
    let after = AdamW::new(0.1).group(bias, Group::new().lr_factor(0.5)).weight_decay(0.3);
    assert_eq!(train(before), train(after));
    // With as many groups as parameters and a factor of 2, which is exact.
    let mut all = Sgd::new(0.1);
    for name in ["0.weight", "2.bias", "0.bias", "2.weight"] {
        all = all.group(move |other| other == name, Group::new().lr_factor(2.0));
    }
    assert_eq!(train(all), train(Sgd::new(0.2)));
}

#[test]
fn a_parameter_belongs_to_the_first_group_that_holds_it() {
    let before = network().state_dict();
    let bias = |name: &str| name.ends_with("bias");
    let after = train(Sgd::new(0.1).group(bias, Group::new().frozen()).group(|_| true, Group::new()));
    assert_eq!(after.get("2.bias"), before.get("2.bias"));
    assert_ne!(after.get("2.weight"), before.get("2.weight"));
}

fn step(
    optimizer: &mut dyn Optimizer<f64>,
    network: &mut Sequential<f64>,
) -> Result<Workspace<f64>, OptimizerError> {
    let workspace = network.plan(&[4, 2], Purpose::Train).unwrap().workspace;
    optimizer.step(network, &workspace)?;
    Ok(workspace)
}

#[test]
fn a_group_without_a_parameter_is_refused() {
    let message = |optimizer: &mut dyn Optimizer<f64>| {
        let mut network = network();
        let before = network.state_dict();
        let error = step(optimizer, &mut network).unwrap_err();
        assert_eq!(network.state_dict(), before);
        // Again, because the first step has not been taken.
        assert_eq!(step(optimizer, &mut network).unwrap_err(), error);
        error.to_string()
    };
    let expected = "has no parameter: expected a condition that is true for the name of some parameter of this model, \
                    such as 0.weight, that is in no earlier group";
    let biases = |name: &str| name.ends_with("biases");
    assert_eq!(
        message(&mut Sgd::new(0.1).group(biases, Group::new().frozen())),
        format!("group 0 (counted from 0) {expected}")
    );
    let covered = Adam::new(0.1).group(|_| true, Group::new()).group(|name| name == "0.bias", Group::new());
    assert_eq!(message(&mut { covered }), format!("group 1 (counted from 0) {expected}"));

    // A training says it before its first step.
    let (data, mut network) = (make_xor(40, 0.3, &mut rng()).unwrap(), network());
    let before = network.state_dict();
    let trainer = Trainer::new(Sgd::new(0.1).group(biases, Group::new().frozen()));
    let error = trainer
        .fit(&mut network, &CrossEntropyLoss::mean(), &data, None, &mut rng())
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("group 0 (counted from 0) has no parameter"), "{error}");
    assert_eq!(network.state_dict(), before);
}

/// Also without memory of its own, such an optimiser knows its model, because the groups are those of one model.
#[test]
fn other_models_are_refused() {
    let mut sgd = Sgd::new(0.1).group(|name| name.ends_with("bias"), Group::new().frozen());
    step(&mut sgd, &mut network()).unwrap();
    let mut longer = network().append(Linear::new(2, 2, &mut rng()));
    let error = step(&mut sgd, &mut longer).unwrap_err();
    assert!(matches!(error, OptimizerError::OtherModel { .. }), "{error}");
    assert_eq!(sgd.state_dict(), StateDict::new());
    // A fresh one has the groups and no model.
    let fresh = &mut *sgd.fresh();
    assert_eq!(fresh.to_string(), "Sgd(learning rate 0.1, 1 group)");
    step(fresh, &mut longer).unwrap();
}

/// A group that is added later, to an optimiser in use, holds its parameters from the next step on.
#[test]
fn groups_can_be_added_between_steps() {
    let mut network = network();
    let data = make_xor(40, 0.3, &mut rng()).unwrap();
    let loss = CrossEntropyLoss::mean();
    let mut step = nn_train::Step::plan(&network, &loss, data.x(), data.y()).unwrap();
    let mut adam = Adam::new(0.1);
    step.run(&network, &loss, data.x(), data.y(), &mut rng()).unwrap();
    adam.step(&mut network, step.workspace()).unwrap();
    let mut adam = adam.group(|name| name.starts_with("0."), Group::new().frozen());
    let before = network.state_dict();
    adam.step(&mut network, step.workspace()).unwrap();
    let after = network.state_dict();
    assert_eq!(after.get("0.weight"), before.get("0.weight"));
    assert_ne!(after.get("2.weight"), before.get("2.weight"));
    assert_eq!(adam.state_dict().get("step").unwrap().value, [2.0]);
}

/// A rule without weight decay.
#[derive(Clone)]
struct Plain;

impl Rule for Plain {
    const NAME: &'static str = "Plain";

    fn step<F: Scalar>(&self, learning_rate: f64, _t: u64, elements: Elements<'_, F>) {
        let rate = F::from_f64(learning_rate);
        elements.update(move |value, gradient, []| *value -= rate * gradient);
    }
}

#[test]
fn settings_of_groups_that_make_no_sense_are_refused() {
    let plain = |group| FirstOrder::<_, f32>::with_rule(Plain, 0.1).group(|_| true, group);
    let message = |group| plain(group).check().unwrap_err().to_string();
    assert_eq!(
        message(Group::new().weight_decay(0.0)),
        "Plain: weight decay of a group is 0, expected none: this optimiser has no weight decay"
    );
    assert_eq!(
        message(Group::new().lr_factor(-1.0)),
        "Plain: lr_factor of a group is -1, expected a finite number of at least 0"
    );
    // Both are finite in f32, their product is not.
    let fast = FirstOrder::<_, f32>::with_rule(Plain, 1e30).group(|_| true, Group::new().lr_factor(1e30));
    let error = fast.check().unwrap_err().to_string();
    assert!(
        error.starts_with("Plain: learning rate of a group is 1") && error.contains("inf in f32"),
        "{error}"
    );
    assert!(plain(Group::new().lr_factor(0.5)).check().is_ok());
    assert_eq!(
        plain(Group::new()).group(|_| true, Group::new()).to_string(),
        "Plain(learning rate 0.1, 2 groups)"
    );
}
