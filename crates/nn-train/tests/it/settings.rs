//! Every number that a user can set in a training is refused before it starts if it makes no sense in the precision in use.
//! (Optimisers and schedules have a table of their own.)

use nn_train::TrainError;
use nn_train::nn_core::Scalar;
use nn_train::prelude::*;

const VALUES: [f64; 10] =
    [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 1e-300, 1e-3, 0.5, 1e30, 1e300];

/// Whether a number is finite and above 0 in this precision.
fn is_positive<F: Scalar>(value: f64) -> bool {
    let seen = F::from_f64(value).to_f64();
    seen.is_finite() && seen > 0.0
}

/// Fails unless `fit` refuses the setting just when it makes no sense.
fn check<T>(name: &str, fits: bool, result: Result<T, TrainError>) {
    match result {
        Ok(_) => assert!(fits, "{name} is accepted"),
        Err(TrainError::Setting(error)) => {
            assert!(!fits, "{name} is refused: {error}");
            assert!(
                error.to_string().contains(&*error.name) && name.contains(&*error.name),
                "{name}: {error}"
            );
        }
        Err(error) => panic!("{name}: expected an error about a setting, found {error}"),
    }
}

fn all<F: Scalar>() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let (data, loss) = (make_xor::<F>(8, 0.3, &mut rng).unwrap(), CrossEntropyLoss::mean());
    let network = || Linear::<F>::new(2, 2, &mut ChaCha8Rng::seed_from_u64(1));
    let descend = |descent: GradientDescent| {
        let mut network = network();
        descent.fit(&mut network, &loss, &data, &mut ChaCha8Rng::seed_from_u64(2))
    };
    let train = |trainer: Trainer<'_, F, Vec<usize>>| {
        let mut network = network();
        trainer.epochs(1).fit(&mut network, &loss, &data, Some(&data), &mut ChaCha8Rng::seed_from_u64(2))
    };
    let trainer = || Trainer::new(Sgd::new(0.1));
    for value in VALUES {
        let fits = is_positive::<F>(value);
        check(&format!("learning rate {value}"), fits, descend(GradientDescent::new(value, 1)));
        check(&format!("bound of the gradient {value}"), fits, train(trainer().clip_grad_norm(value)));
        check(&format!("bound of the gradient {value}"), fits, train(trainer().clip_grad_value(value)));
        let stopping = EarlyStopping::new(3).min_delta(value);
        let fits = value.is_finite() && value >= 0.0;
        check(
            &format!("min_delta of early stopping {value}"),
            fits,
            train(trainer().early_stopping(stopping)),
        );
    }
    for count in [0, 1, 2, usize::MAX] {
        let fits = count > 0;
        check(&format!("batch size {count}"), fits, train(trainer().batch_size(count)));
        check(&format!("patience of early stopping {count}"), fits, train(trainer().early_stopping(count)));
        if count < 3 {
            check(&format!("number of epochs {count}"), fits, descend(GradientDescent::new(0.1, count)));
        }
    }
    let mut model = network();
    let none = trainer().epochs(0).fit(&mut model, &loss, &data, None, &mut rng);
    check("number of epochs", false, none);
}

#[test]
fn settings_that_make_no_sense_are_refused_before_a_training_starts() {
    all::<f32>();
    all::<f64>();
}
