//! Steps of a wide network whose work is shared among threads have the same bits as on one thread. The shared work is
//! products, setting gradients to zero, and updates.

#![expect(clippy::disallowed_methods, reason = "made-up inputs")]

use nn_train::Step;
use nn_train::nn_core::team;
use nn_train::optim::{Optimizer, Sgd};
use nn_train::prelude::*;

#[test]
fn shared_steps_have_the_same_bits() {
    let shared = parameters_after_steps();
    let alone = team::alone(parameters_after_steps);
    assert!(shared == alone);
}

/// Returns the bits of all parameters and gradients after each of ten steps.
fn parameters_after_steps() -> Vec<u32> {
    let rng = &mut ChaCha8Rng::seed_from_u64(3);
    let mut network =
        Sequential::new().append(Linear::new(303, 251, rng)).append(Relu).append(Linear::new(251, 10, rng));
    let x = Tensor::from_fn(130, 303, |sample, feature| (sample as f32 + 0.7 * feature as f32).sin());
    let labels: Vec<usize> = (0..130).map(|sample| sample % 10).collect();
    let loss = CrossEntropyLoss::mean();
    let mut step = Step::plan(&network, &loss, &x, &labels).unwrap();
    let (mut sgd, mut bits) = (Sgd::new(0.1), Vec::new());
    for _ in 0..10 {
        step.run(&network, &loss, &x, &labels, rng).unwrap();
        sgd.step(&mut network, step.workspace()).unwrap();
        step.workspace_mut().for_each_gradient_mut(&mut |gradient| {
            bits.extend(gradient.iter().map(|number| number.to_bits()));
        });
        network.visit(&mut |parameter| bits.extend(parameter.value.iter().map(|number| number.to_bits())));
    }
    bits
}
