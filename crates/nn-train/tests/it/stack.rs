//! Trials trained sixteen at once have the same bits as those trained one by one, which is what happens where they do not
//! stack.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use nn_train::Fitted;
use nn_train::nn_core::lanes::LANES;
use nn_train::nn_core::simd::Level;
use nn_train::nn_core::{Gelu, LeakyRelu, Residual, Scalar};
use nn_train::nn_data::Target;
use nn_train::nn_data::{make_blobs, make_regression};
use nn_train::nn_loss::Reduction;
use nn_train::prelude::*;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Two stacks and a remainder.
const TRIALS: usize = 37;

#[test]
fn stacked_trials_come_to_the_same_bits_as_trials_one_by_one() {
    let _alone = crate::LEVEL.lock();
    for level in Level::available() {
        level.set().unwrap();
        experiments::<f32>();
        experiments::<f64>();
    }
}

fn experiments<F: Scalar>() {
    let regression = |trial: Trial| {
        let data = make_regression::<F>(200, 1, 1, 0.3, &mut trial.rng("data"))?.data;
        Ok((Linear::new(1, 1, &mut trial.rng("network")), data))
    };
    same_bits(&MseLoss::mean(), regression);
    let blobs = |trial: Trial| {
        let centers = [[-1.5, -1.5], [1.5, 1.5], [1.5, -1.5]];
        let data = make_blobs::<F, 2>(100, &centers, 1.0, &mut trial.rng("data"))?;
        Ok((Linear::new(2, 3, &mut trial.rng("network")), data))
    };
    same_bits(&CrossEntropyLoss::sum(), blobs);
    let xor = |trial: Trial| Ok((network(&trial, 2), make_xor::<F>(100, 0.3, &mut trial.rng("data"))?));
    same_bits(&CrossEntropyLoss::sum(), xor);
    let layers = |trial: Trial| {
        let rng = &mut trial.rng("network");
        let inner =
            Sequential::new().append(Linear::new(4, 4, rng)).append(LeakyRelu { negative_slope: 0.2 });
        let network = Sequential::new()
            .append(Linear::new(2, 4, rng))
            .append(Residual::new(inner))
            .append(Gelu)
            .append(Linear::new(4, 2, rng));
        Ok((network, make_xor::<F>(33, 0.3, &mut trial.rng("data"))?))
    };
    same_bits(&CrossEntropyLoss::mean().label_smoothing(0.1), layers);

    // Networks and losses that do not stack.
    let random = |trial: Trial| {
        let network = network(&trial, 2).append(Dropout::new(0.3));
        Ok((network, make_xor::<F>(50, 0.3, &mut trial.rng("data"))?))
    };
    same_bits(&CrossEntropyLoss::sum(), random);
    let weighted = CrossEntropyLoss::mean().weight([1.0, 2.0]);
    same_bits(&weighted, xor);
    let others = |trial: Trial| {
        let samples = 50 + trial.index % 7;
        Ok((network(&trial, 2 + trial.index % 3), make_xor::<F>(samples, 0.3, &mut trial.rng("data"))?))
    };
    same_bits(&CrossEntropyLoss::sum(), others);
}

fn network<F: Scalar>(trial: &Trial, width: usize) -> Sequential<F> {
    let rng = &mut trial.rng("network");
    Sequential::new().append(Linear::new(2, width, rng)).append(Tanh).append(Linear::new(width, 2, rng))
}

fn same_bits<F: Scalar, T: Target + Send, M: Module<F>>(
    loss: &dyn Loss<F, T>,
    prepare: impl Fn(Trial) -> Outcome<(M, Dataset<F, T>)> + Sync,
) {
    let descent = GradientDescent::new(0.05, 20);
    let run = |history: History<F>, network: M| {
        let mut numbers: Vec<u64> = Vec::new();
        network.visit(&mut |parameter| numbers.extend(parameter.value.iter().map(|x| x.to_f64().to_bits())));
        numbers.extend(history.loss.iter().map(|x| x.to_f64().to_bits()));
        Ok(Run::new(history.loss).keep(numbers))
    };
    let alone = |trial: Trial| {
        let (mut network, data) = prepare(trial)?;
        let history = descent.fit(&mut network, loss, &data, &mut trial.rng("fit"))?;
        run(history, network)
    };
    let trials = Trials::new(TRIALS).seed(3);
    let alone = trials.clone().threads(1).run(alone).unwrap();
    for threads in [1, 2, 3] {
        let end = |fitted: Fitted<F, M, Dataset<F, T>>| run(fitted.history, fitted.network);
        let stacked = trials.clone().threads(threads).fit(&descent, loss, &prepare, end).unwrap();
        for (index, (stacked, alone)) in stacked.runs().iter().zip(alone.runs()).enumerate() {
            assert!(stacked.kept == alone.kept, "{loss}, {threads} threads, trial {index}");
        }
    }
}

/// A cross-entropy that counts its evaluations for sixteen networks at once.
struct Counted(AtomicUsize);

impl Loss<f32, Vec<usize>> for Counted {
    fn check(&self, output: &[usize], target: &Vec<usize>) -> Result<(), nn_train::nn_loss::LossError> {
        Loss::<f32, _>::check(&CrossEntropyLoss::sum(), output, target)
    }
    fn reduction(&self) -> Reduction {
        Reduction::Sum
    }
    fn evaluate(
        &self,
        y: &Tensor<f32>,
        target: &Vec<usize>,
        dy: Option<&mut Tensor<f32>>,
        losses: &mut [f32],
    ) {
        if losses.len() == LANES {
            self.0.fetch_add(1, Relaxed);
        }
        CrossEntropyLoss::sum().evaluate(y, target, dy, losses);
    }
    fn stacks(&self) -> bool {
        true
    }
}

impl std::fmt::Display for Counted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Counted")
    }
}

/// Without this test, every other test of `Trials::fit` would pass without a single stack.
#[test]
fn trials_are_stacked_where_it_pays() {
    let stacked = |width: usize, samples: usize| {
        let loss = Counted(AtomicUsize::new(0));
        let prepare = |trial: Trial| {
            Ok((network(&trial, width), make_xor::<f32>(samples, 0.3, &mut trial.rng("data"))?))
        };
        let keep = |fitted: Fitted<_, _, _>| Ok(Run::new(fitted.history.loss));
        Trials::new(40).threads(2).fit(&GradientDescent::new(0.01, 5), &loss, prepare, keep).unwrap();
        loss.0.into_inner()
    };
    // Two stacks take five steps each.
    assert_eq!(stacked(8, 100), 2 * 5);
    // Sixteen of these would not fit into a cache.
    assert_eq!([stacked(64, 200), stacked(8, 1000)], [0, 0]);
}

/// All networks stack here, so that a silent fallback is noticed.
#[test]
fn sixteen_networks_are_trained_at_once() {
    let trials = |k| Trial { seed: 1, index: k };
    let mut networks: [Sequential<f32>; LANES] = std::array::from_fn(|k| network(&trials(k), 8));
    let data: [_; LANES] =
        std::array::from_fn(|k| make_xor::<f32>(64, 0.3, &mut trials(k).rng("data")).unwrap());
    let descent = GradientDescent::new(0.01, 30);
    let models = networks.each_mut().map(|network| network as &mut dyn Module<f32>);
    let histories = descent.fit_stack(models, &CrossEntropyLoss::sum(), data.each_ref()).unwrap();
    for k in 0..LANES {
        let mut alone = network(&trials(k), 8);
        let history =
            descent.fit(&mut alone, &CrossEntropyLoss::sum(), &data[k], &mut trials(k).rng("fit")).unwrap();
        assert_eq!((&histories[k], networks[k].state_dict()), (&history, alone.state_dict()));
    }
}

#[test]
fn networks_that_cannot_be_stacked_are_left_as_they_were() {
    let trials = |k| Trial { seed: 1, index: k };
    let data: [_; LANES] =
        std::array::from_fn(|k| make_xor::<f32>(64, 0.3, &mut trials(k).rng("data")).unwrap());
    let fit = |rate, loss: &CrossEntropyLoss, width: fn(usize) -> usize, data: [&_; LANES]| {
        let mut networks: [Sequential<f32>; LANES] = std::array::from_fn(|k| network(&trials(k), width(k)));
        let before = networks.each_ref().map(Parameters::state_dict);
        let models = networks.each_mut().map(|network| network as &mut dyn Module<f32>);
        let fitted = GradientDescent::new(rate, 5).fit_stack(models, loss, data).is_some();
        assert_eq!(fitted, networks.each_ref().map(Parameters::state_dict) != before);
        fitted
    };
    let (sum, all) = (CrossEntropyLoss::sum(), data.each_ref());
    assert!(fit(0.01, &sum, |_| 4, all));
    assert!(!fit(-1.0, &sum, |_| 4, all));
    assert!(!fit(0.01, &sum, |k| 4 + k / 15, all));
    assert!(!fit(0.01, &CrossEntropyLoss::mean().weight([1.0, 2.0]), |_| 4, all));
    let shorter = data[0].select(&[0, 1, 2]).unwrap();
    let mut others = all;
    others[9] = &shorter;
    assert!(!fit(0.01, &sum, |_| 4, others));
}

#[test]
fn progress_counts_every_trial_and_each_is_prepared_once() {
    let (done, prepared) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let progress = || {
        done.fetch_add(1, Relaxed);
    };
    let prepare = |trial: Trial| {
        prepared.fetch_add(1, Relaxed);
        Ok((network(&trial, 3), make_xor::<f32>(20, 0.3, &mut trial.rng("data"))?))
    };
    let trials = Trials::new(50).seed(4).threads(2).progress(&progress);
    let keep = |fitted: Fitted<_, _, _>| Ok(Run::new(fitted.history.loss).keep(fitted.trial));
    let ensemble =
        trials.fit(&GradientDescent::new(0.01, 3), &CrossEntropyLoss::sum(), prepare, keep).unwrap();
    for (index, run) in ensemble.runs().iter().enumerate() {
        assert_eq!(run.kept, Trial { seed: 4, index });
    }
    assert_eq!((done.into_inner(), prepared.into_inner()), (50, 50));
}

#[test]
fn a_setting_that_no_training_takes_is_the_error_of_the_first_trial() {
    let prepare = |trial: Trial| Ok((network(&trial, 3), make_xor::<f32>(20, 0.3, &mut trial.rng("data"))?));
    let keep = |fitted: Fitted<_, _, _>| Ok(Run::new(fitted.history.loss));
    let trials = Trials::new(40).threads(2);
    let error = trials.fit(&GradientDescent::new(-1.0, 3), &CrossEntropyLoss::sum(), prepare, keep);
    let expected = "trial 0: GradientDescent: learning rate is -1, expected a finite number above 0";
    assert_eq!(error.unwrap_err().to_string(), expected);
}

#[test]
fn a_trial_that_diverges_in_a_stack_does_not_touch_the_others() {
    let run = |seed_of: fn(&Trial) -> f64| {
        let prepare = move |trial: Trial| {
            let data = make_regression::<f32>(50, 1, 1, 0.3, &mut trial.rng("data"))?.data;
            let scale = seed_of(&trial) as f32;
            let x = Tensor::from_fn(50, 1, |sample, _| scale * data.x()[[sample, 0]]);
            Ok((Linear::new(1, 1, &mut trial.rng("network")), data.with_x(x)?))
        };
        let keep = |fitted: Fitted<_, _, _>| Ok(Run::new(fitted.history.loss));
        Trials::new(16)
            .threads(1)
            .fit(&GradientDescent::new(0.1, 400), &MseLoss::mean(), prepare, keep)
            .unwrap()
    };
    let (calm, wild) = (run(|_| 1.0), run(|trial| if trial.index == 5 { 1e3 } else { 1.0 }));
    assert_eq!((calm.diverged(), wild.diverged()), (0, 1));
    for (index, (calm, wild)) in calm.runs().iter().zip(wild.runs()).enumerate() {
        assert_eq!(calm.curve == wild.curve, index != 5, "trial {index}");
    }
}
