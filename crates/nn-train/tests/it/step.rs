//! A step answers a batch that does not fit with an error, whatever does not fit, and goes on with the next.

use nn_train::nn_core::Mode;
use nn_train::nn_loss::{BceWithLogitsLoss, LossError, NllLoss};
use nn_train::prelude::*;
use nn_train::{Step, TrainError};

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(2)
}

#[test]
fn a_batch_of_another_shape_is_an_error() {
    let (model, loss, rng) = (Linear::<f64>::new(3, 1, &mut rng()), MseLoss::mean(), &mut rng());
    let zeros = Tensor::zeros;
    let (x, y) = (zeros(&[2, 3]), zeros(&[2, 1]));
    let mut step = Step::plan(&model, &loss, &x, &y).unwrap();
    for (input, target, message) in [
        (&[2, 3][..], &[2, 3][..], "MseLoss: expected a target of the output's shape [2, 1], found [2, 3]"),
        (&[2, 3], &[2], "MseLoss: expected a target of the output's shape [2, 1], found [2]"),
        (&[2, 3], &[2, 1, 1], "MseLoss: expected a target of the output's shape [2, 1], found [2, 1, 1]"),
        (
            &[2, 3],
            &[3, 1],
            "Step: batch is [2, 3] with 3 targets, expected [2, 3] as planned, with 2 targets",
        ),
        (
            &[1, 3],
            &[1, 1],
            "Step: batch is [1, 3] with 1 targets, expected [2, 3] as planned, with 2 targets",
        ),
        (
            &[2, 4],
            &[2, 1],
            "Step: batch is [2, 4] with 2 targets, expected [2, 3] as planned, with 2 targets",
        ),
        (
            &[2, 3, 1],
            &[2, 1],
            "Step: batch is [2, 3, 1] with 2 targets, expected [2, 3] as planned, with 2 targets",
        ),
    ] {
        let error = step.run(&model, &loss, &zeros(input), &zeros(target), rng).unwrap_err();
        assert_eq!(error.to_string(), message);
        assert!(step.run(&model, &loss, &x, &y, rng).is_ok());
    }
}

#[test]
fn a_label_of_no_class_is_an_error_wherever_it_is() {
    let (model, rng) = (Linear::<f32>::new(2, 3, &mut rng()), &mut rng());
    let (nll, cross_entropy) = (NllLoss::mean(), CrossEntropyLoss::sum());
    let x = Tensor::zeros(&[37, 2]);
    let good: Vec<usize> = (0..37).map(|sample| sample % 3).collect();
    for loss in [&nll as &dyn Loss<f32, Vec<usize>>, &cross_entropy] {
        let mut step = Step::plan(&model, loss, &x, &good).unwrap();
        for (sample, label) in [(0, 3), (15, 5), (16, 7), (36, usize::MAX), (20, usize::MAX / 2 + 1)] {
            let mut labels = good.clone();
            labels[sample] = label;
            let error = step.run(&model, loss, &x, &labels, rng).unwrap_err();
            let TrainError::Loss(LossError::Label { sample: where_, label: found, classes: 3, .. }) = error
            else {
                panic!("expected a label, found {error}");
            };
            assert_eq!((where_, found), (sample, label));
        }
        assert!(step.run(&model, loss, &x, &good, rng).is_ok());
    }
}

#[test]
fn a_target_that_the_loss_cannot_take_is_an_error() {
    let (model, loss, rng) = (Linear::<f64>::new(1, 1, &mut rng()), BceWithLogitsLoss::mean(), &mut rng());
    let column = |value| Tensor::from_fn(20, 1, |sample, _| if sample == 17 { value } else { 0.5 });
    let mut step = Step::plan(&model, &loss, &column(0.0), &column(1.0)).unwrap();
    for value in [1.5, -0.1, f64::NAN, f64::INFINITY] {
        let error = step.run(&model, &loss, &column(0.0), &column(value), rng).unwrap_err();
        assert!(matches!(&error, TrainError::Loss(LossError::Target { sample: 17, .. })), "{error}");
    }
    assert!(step.run(&model, &loss, &column(0.0), &column(0.25), rng).is_ok());
}

#[test]
#[should_panic = "Linear(2 → 4): expected a workspace that it planned, found one of "]
fn a_step_of_another_model_is_a_panic_that_names_the_layer() {
    let (planned, other) = (Linear::<f64>::new(2, 3, &mut rng()), Linear::<f64>::new(2, 4, &mut rng()));
    let (x, y, loss) = (Tensor::zeros(&[5, 2]), Tensor::zeros(&[5, 3]), MseLoss::mean());
    let mut step = Step::plan(&planned, &loss, &x, &y).unwrap();
    _ = step.run(&other, &loss, &x, &y, &mut rng());
}

/// [`GradientDescent`] and [`Trainer`] check all data once, before the first step.
#[test]
fn a_training_has_the_losses_of_its_steps() {
    let data = make_xor::<f64>(50, 0.3, &mut rng()).unwrap();
    let network = || Sequential::new().append(Linear::new(2, 2, &mut rng())).append(Dropout::new(0.5));
    let (mut trained, mut by_hand, loss) = (network(), network(), CrossEntropyLoss::mean());
    let history = GradientDescent::new(0.1, 5).fit(&mut trained, &loss, &data, &mut rng()).unwrap();
    let mut step = Step::plan(&by_hand, &loss, data.x(), data.y()).unwrap();
    let (mut sgd, rng) = (Sgd::new(0.1), &mut rng());
    for expected in history.loss {
        assert_eq!(step.run(&by_hand, &loss, data.x(), data.y(), rng).unwrap(), expected);
        nn_train::optim::Optimizer::step(&mut sgd, &mut by_hand, step.workspace()).unwrap();
    }
    assert_eq!(by_hand.state_dict(), trained.state_dict());
    // What a step leaves behind is the output in training, with dropout.
    let mut y = Tensor::zeros(step.output().shape());
    let mut workspace = step.workspace().clone();
    by_hand.forward(data.x(), &mut y, &mut workspace, &mut Mode::Eval);
    assert_ne!(&y, step.output());
}
