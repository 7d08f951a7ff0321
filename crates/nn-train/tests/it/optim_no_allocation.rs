//! The first step of an optimiser makes its memory; the others allocate nothing. Nor does clipping, nor a schedule.

use crate::counting::allocations;
use nn_train::Step;
use nn_train::nn_core::Scalar;
use nn_train::nn_core::Workspace;
use nn_train::optim::{Adagrad, AdamW, Group, Lbfgs, Lion, NAdam, Optimizer, RAdam, RmsProp};
use nn_train::optim::{Objective, clip_grad_norm, clip_grad_value};
use nn_train::prelude::*;
use nn_train::schedule::{CosineAnnealingLr, Schedule, WarmUp};

struct Xor<F> {
    data: Dataset<F, Vec<usize>>,
    step: Step<F>,
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

#[test]
fn steps_after_the_first_allocate_nothing() {
    steps::<f32>();
    steps::<f64>();
}

fn steps<F: Scalar>() {
    let bias = |name: &str| name.ends_with("bias");
    let optimizers: [(bool, Box<dyn Optimizer<F>>); 17] = [
        (false, Box::new(Sgd::new(0.1))),
        (false, Box::new(Sgd::new(0.1).weight_decay(0.1))),
        (true, Box::new(Sgd::new(0.1).momentum(0.9).nesterov())),
        (true, Box::new(RmsProp::new(0.01))),
        (true, Box::new(RmsProp::new(0.01).momentum(0.5).centered())),
        (true, Box::new(Adam::new(0.01))),
        (true, Box::new(AdamW::new(0.01))),
        (true, Box::new(Adam::new(0.01).amsgrad())),
        (true, Box::new(NAdam::new(0.01))),
        (true, Box::new(RAdam::new(0.01))),
        (true, Box::new(Lion::new(0.01))),
        (true, Box::new(Sgd::new(0.01).group(bias, Group::new().frozen()))),
        (true, Box::new(Adam::new(0.01).group(bias, Group::new().weight_decay(0.1).lr_factor(0.5)))),
        (true, Box::new(Adagrad::new(0.01))),
        (true, Box::new(Lbfgs::new(0.1).max_iter(4).history_size(6))),
        (true, Box::new(Lbfgs::new(0.1).max_iter(4).history_size(6).strong_wolfe())),
        (true, Box::new(Lbfgs::new(0.1))),
    ];
    for (remembers, mut optimizer) in optimizers {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let mut network = Sequential::new()
            .append(Linear::new(2, 8, &mut rng))
            .append(Tanh)
            .append(Linear::new(8, 2, &mut rng));
        let data = make_xor(50, 0.3, &mut rng).unwrap();
        let step = Step::plan(&network, &CrossEntropyLoss::mean(), data.x(), data.y()).unwrap();
        let mut objective = Xor { data, step };
        let first = allocations(|| optimizer.minimize(&mut network, &mut objective).unwrap());
        assert_eq!(first > 0, remembers, "{optimizer}");
        let others = allocations(|| {
            for step in 0..5 {
                let rate = WarmUp::new(3, CosineAnnealingLr::new(10)).learning_rate(0.1, step);
                optimizer.set_learning_rate(rate);
                optimizer.minimize(&mut network, &mut objective).unwrap();
            }
        });
        assert_eq!(others, 0, "{optimizer}");
    }
}

#[test]
fn clipping_allocates_nothing() {
    let layer = Workspace { gradients: vec![vec![3.0_f32; 100], vec![4.0]], ..Workspace::empty() };
    let mut workspace = Workspace { children: vec![layer], ..Workspace::empty() };
    let count = allocations(|| {
        clip_grad_norm(&mut workspace, 1.0).unwrap();
        clip_grad_value(&mut workspace, 0.01).unwrap();
    });
    assert_eq!(count, 0);
}
