//! Chapter 3, XOR.

use byhand::core::Init;
use byhand::prelude::*;

/// Exercise 1. Two linear layers are one linear layer: W₂ (W₁ x + b₁) + b₂ = (W₂ W₁) x + (W₂ b₁ + b₂).
#[test]
fn without_tanh_two_layers_guess_as_one_does() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let data = make_xor::<f64>(200, 0.3, &mut rng).unwrap();
    let mut network =
        Sequential::new().append(Linear::new(2, 4, &mut rng)).append(Linear::new(4, 2, &mut rng));
    let descent = GradientDescent::new(0.5, 1000);
    let history = descent.fit(&mut network, &CrossEntropyLoss::mean(), &data, &mut rng).unwrap();
    assert!((0.64..0.694).contains(&history.loss[999]), "{}", history.loss[999]);
}

/// Exercise 2. That a solution exists does not mean that descent finds it. More units are more chances that
/// some begin on the right sides.
#[test]
fn eight_units_find_the_solution_and_two_often_do_not() {
    let solved = |hidden| {
        let prepare = |trial: Trial| {
            let mut rng = trial.rng("network");
            let network = Sequential::new()
                .append(Linear::new(2, hidden, &mut rng))
                .append(Tanh)
                .append(Linear::new(hidden, 2, &mut rng));
            Ok((network, make_xor::<f64>(200, 0.3, &mut trial.rng("data"))?))
        };
        let (descent, loss) = (GradientDescent::new(0.5, 1000), CrossEntropyLoss::mean());
        let ensemble = Trials::new(100).fit(&descent, &loss, prepare, |fitted| {
            let output = fitted.network.predict(fitted.data.x())?;
            let right = accuracy(fitted.data.y(), &argmax(&output)?)?;
            Ok(Run::from(fitted.history).success(right >= 0.99))
        });
        ensemble.unwrap().success_rate().unwrap().successes
    };
    let (two, eight) = (solved(2), solved(8));
    assert!(eight >= 95, "{eight}");
    assert!((10..80).contains(&two), "{two}");
}

/// Exercise 3. Units that start alike have the same gradient, so they stay alike: four units are one.
#[test]
fn units_that_start_alike_stay_alike() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let data = make_xor::<f64>(200, 0.3, &mut rng).unwrap();
    let mut layer = |inputs, outputs| {
        Linear::with_init(inputs, outputs, Init::Constant(0.1), Init::Constant(0.1), &mut rng)
    };
    let mut network = Sequential::new().append(layer(2, 4)).append(Tanh).append(layer(4, 2));
    let descent = GradientDescent::new(0.5, 1000);
    let history = descent.fit(&mut network, &CrossEntropyLoss::mean(), &data, &mut rng).unwrap();
    let mut weights: Vec<f64> = Vec::new();
    network.visit(&mut |parameter| {
        if parameter.name.to_string() == "0.weight" {
            weights = parameter.value.to_vec();
        }
    });
    assert!((weights[0] - 0.1).abs() > 0.05, "the weights have moved: {weights:?}");
    for unit in weights.chunks(2) {
        for (of_unit, of_first) in unit.iter().zip(&weights[..2]) {
            assert!((of_unit - of_first).abs() < 1e-9, "{weights:?}");
        }
    }
    // One unit cuts off at most one of the corners.
    assert!(history.loss[999] > 0.4, "{}", history.loss[999]);
}
