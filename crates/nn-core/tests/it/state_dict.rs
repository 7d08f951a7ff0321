//! States of modules: they can be loaded again in any order, and a state that does not fit changes nothing.

use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{Entry, Linear, Parameters, Relu, Sequential, StateDict};

fn network(hidden: usize, seed: u64) -> Sequential<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Sequential::new()
        .append(Linear::new(2, hidden, &mut rng))
        .append(Relu)
        .append(Sequential::new().append(Linear::new(hidden, 1, &mut rng)))
}

#[test]
fn a_state_can_be_loaded_in_any_order() {
    let (from, mut to) = (network(3, 0), network(3, 1));
    assert_ne!(from.state_dict(), to.state_dict());
    let reversed = from.state_dict().entries().iter().rev().cloned().collect();
    to.load_state_dict(&reversed).unwrap();
    assert_eq!(from.state_dict(), to.state_dict());
    assert_eq!(to.state_dict().names().last(), Some("2.0.bias"));
}

#[test]
fn a_state_that_does_not_fit_changes_nothing() {
    let mut to = network(3, 1);
    let before = to.state_dict();
    let rename = |entry: &Entry<f64>| match &*entry.name {
        "2.0.bias" => Entry { name: "3.bias".into(), ..entry.clone() },
        _ => entry.clone(),
    };
    let state: StateDict<f64> = network(4, 0).state_dict().entries().iter().map(rename).collect();
    let error = to.load_state_dict(&state).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the state does not fit the model: missing 2.0.bias; unexpected 3.bias; \
         0.weight: expected shape [3, 2], found [4, 2]; 0.bias: expected shape [3], found [4]; \
         2.0.weight: expected shape [1, 3], found [1, 4]"
    );
    assert_eq!(to.state_dict(), before);
}
