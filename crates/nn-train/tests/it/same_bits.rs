//! The report's three experiments give the same bits at every vector width and for any number of threads, in the losses of
//! all epochs and in all trained parameters.

use nn_train::nn_core::Scalar;
use nn_train::nn_core::simd::Level;
use nn_train::nn_data::{make_blobs, make_regression};
use nn_train::prelude::*;

const EPOCHS: usize = 15;
const TRIALS: usize = 7;

type Outcome<F> = Result<Run<F, Vec<F>>, Box<dyn std::error::Error + Send + Sync>>;
type Experiment<F> = fn(Trial) -> Outcome<F>;

#[test]
fn trainings_give_the_same_bits_at_every_level_and_for_any_number_of_threads() {
    let _alone = crate::LEVEL.lock();
    same_bits::<f32>();
    same_bits::<f64>();
}

fn same_bits<F: Scalar>() {
    let experiments: [(&str, Experiment<F>); 3] =
        [("regression", regression), ("blobs", blobs), ("xor", xor)];
    for (name, experiment) in experiments {
        Level::Baseline.set().unwrap();
        let expected = bits(experiment, 1);
        assert_eq!(expected.len(), TRIALS);
        assert!(expected.windows(2).all(|pair| pair[0] != pair[1]), "{name}: trials differ from each other");
        for level in Level::available() {
            level.set().unwrap();
            for threads in [1, 2, 3, 0] {
                assert!(bits(experiment, threads) == expected, "{name} at {level:?} with {threads} threads");
            }
        }
    }
}

/// Returns the bits of each trial: its curve, then its parameters.
fn bits<F: Scalar>(experiment: Experiment<F>, threads: usize) -> Vec<Vec<u64>> {
    let ensemble = Trials::new(TRIALS).seed(5).threads(threads).run(experiment).unwrap();
    let bits =
        |run: &Run<F, Vec<F>>| run.curve.iter().chain(&run.kept).map(|x| x.to_f64().to_bits()).collect();
    ensemble.runs().iter().map(bits).collect()
}

fn regression<F: Scalar>(trial: Trial) -> Outcome<F> {
    let data = make_regression(200, 1, 1, 0.3, &mut trial.rng("data"))?.data;
    let network = Linear::new(1, 1, &mut trial.rng("network"));
    let history = GradientDescent::new(0.01, EPOCHS);
    train(network, |network| history.fit(network, &MseLoss::mean(), &data, &mut trial.rng("training")))
}

fn blobs<F: Scalar>(trial: Trial) -> Outcome<F> {
    let data = make_blobs(200, &[[-1.5, -1.5], [1.5, 1.5]], 1.0, &mut trial.rng("data"))?;
    let network = Linear::new(2, 2, &mut trial.rng("network"));
    let history = GradientDescent::new(0.01, EPOCHS);
    train(network, |network| {
        history.fit(network, &CrossEntropyLoss::sum(), &data, &mut trial.rng("training"))
    })
}

fn xor<F: Scalar>(trial: Trial) -> Outcome<F> {
    let data = make_xor(200, 0.3, &mut trial.rng("data"))?;
    let rng = &mut trial.rng("network");
    let network =
        Sequential::new().append(Linear::new(2, 8, rng)).append(Tanh).append(Linear::new(8, 2, rng));
    let history = GradientDescent::new(0.01, EPOCHS);
    train(network, |network| {
        history.fit(network, &CrossEntropyLoss::sum(), &data, &mut trial.rng("training"))
    })
}

fn train<F: Scalar, M: Module<F>>(
    mut network: M,
    fit: impl FnOnce(&mut M) -> Result<nn_train::History<F>, nn_train::TrainError>,
) -> Outcome<F> {
    let history = fit(&mut network)?;
    let mut parameters = Vec::new();
    network.visit(&mut |parameter| parameters.extend_from_slice(parameter.value));
    Ok(Run::new(history.loss).keep(parameters))
}
