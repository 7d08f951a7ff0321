//! Trials trained sixteen at once have the same bits as those trained one by one, which is what happens where they do not
//! stack.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use nn_train::nn_core::lanes::LANES;
use nn_train::nn_core::rand::{Rng, RngExt};
use nn_train::nn_core::simd::Level;
use nn_train::nn_core::{ClassMap, Gelu, Graph, LeakyRelu, Residual, Scalar};
use nn_train::nn_data::Target;
use nn_train::nn_data::augment::AddNoise;
use nn_train::nn_data::{make_blobs, make_regression};
use nn_train::nn_loss::{PairLoss, Reduction};
use nn_train::optim::{AdamW, Group, Lbfgs, Lion, Optimizer, RmsProp};
use nn_train::prelude::*;
use nn_train::schedule::{OneCycleLr, ReduceLrOnPlateau, StepLr};
use nn_train::{Fit, Fitted, NonFinite, Split};

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

    same_bits(&CrossEntropyLoss::mean(), maps::<F>);
    same_bits(&CrossEntropyLoss::sum().ignore_index(1), maps::<F>);
    let pair =
        PairLoss::<F, _, _>::new(CrossEntropyLoss::mean(), [2], MseLoss::mean(), [4]).weights(0.5, 2.0);
    same_bits(&pair, two_outputs);
    same_bits_of(&Trainer::new(Adam::new(0.01)).epochs(4).batch_size(10), &pair, two_outputs);

    // Networks and losses that do not stack.
    same_bits(&CrossEntropyLoss::mean().ignore_index(1), maps::<F>);
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

/// Three classes of five positions: the classes are an axis that the layer leaves alone.
fn maps<F: Scalar>(trial: Trial) -> Outcome<(Linear<F>, Dataset<F, ClassMap>)> {
    let rng = &mut trial.rng("data");
    let mut x = Tensor::zeros(&[33, 3, 2]);
    for feature in 0..6 {
        x.feature_mut(feature).fill_with(|| F::from_f64(rng.random::<f64>()));
    }
    let labels: Vec<usize> = (0..33 * 5).map(|_| rng.random_range(0..3)).collect();
    let data = Dataset::new(x, ClassMap::new(&[33, 5], &labels)?)?;
    Ok((Linear::new(2, 5, &mut trial.rng("network")), data))
}

type ClassesAndValues<F> = Dataset<F, (Vec<usize>, Tensor<F>)>;

/// Two inputs with shared weights, a class, and the values that the second input has under way.
fn two_outputs<F: Scalar>(trial: Trial) -> Outcome<(Graph<F>, ClassesAndValues<F>)> {
    let rng = &mut trial.rng("data");
    let data = make_xor::<F>(33, 0.3, rng)?;
    let other = Tensor::from_fn(33, 2, |_, _| F::from_f64(rng.random::<f64>()));
    let values = Tensor::from_fn(33, 4, |_, _| F::from_f64(rng.random::<f64>()));
    let rng = &mut trial.rng("network");
    let graph = Graph::new()
        .input("x", [2])
        .input("other", [2])
        .node("tower", Sequential::new().append(Linear::new(2, 4, rng)).append(Tanh), "x")
        .shared("values", "tower", "other")
        .product("product", ["tower", "values"])
        .sum("sum", ["product", "tower"])
        .concat("all", 1, ["sum", "x"])
        .node("class", Linear::new(6, 2, rng), "all")
        .output("class")
        .output("values");
    let x = Tensor::hstack(&[data.x(), &other])?;
    Ok((graph, Dataset::new(x, (data.y().clone(), values))?))
}

fn network<F: Scalar>(trial: &Trial, width: usize) -> Sequential<F> {
    let rng = &mut trial.rng("network");
    Sequential::new().append(Linear::new(2, width, rng)).append(Tanh).append(Linear::new(width, 2, rng))
}

fn same_bits<F: Scalar, T: Target + Send, M: Module<F>>(
    loss: &dyn Loss<F, T>,
    prepare: impl Fn(Trial) -> Outcome<(M, Dataset<F, T>)> + Sync,
) {
    same_bits_of(&GradientDescent::new(0.05, 20), loss, prepare);
}

fn same_bits_of<F: Scalar, T: Target + Send, M: Module<F>>(
    training: &dyn Fit<F, T>,
    loss: &dyn Loss<F, T>,
    prepare: impl Fn(Trial) -> Outcome<(M, Dataset<F, T>)> + Sync,
) {
    let run = |history: History<F>, network: M| {
        let mut numbers: Vec<u64> = Vec::new();
        network.visit(&mut |parameter| numbers.extend(parameter.value.iter().map(|x| x.to_f64().to_bits())));
        numbers.extend(history.loss.iter().map(|x| x.to_f64().to_bits()));
        Ok(Run::from(history).keep(numbers))
    };
    let alone = |trial: Trial| {
        let (mut network, data) = prepare(trial)?;
        let history = training.fit_one(&mut network, loss, &data, None, &mut trial.rng("fit"))?;
        run(history, network)
    };
    // Some of the samples in another order, whose number is none of lanes.
    let held_out = |data: &Dataset<F, T>| data.select(&[7, 3, 11, 0, 5]).unwrap();
    let watched = |trial: Trial| {
        let (mut network, data) = prepare(trial)?;
        let rng = &mut trial.rng("fit");
        let history = training.fit_one(&mut network, loss, &data, Some(&held_out(&data)), rng)?;
        run(history, network)
    };
    let split = |trial: Trial| {
        let (network, training) = prepare(trial)?;
        let validation = held_out(&training);
        Ok((network, Split { training, validation }))
    };
    let trials = Trials::new(TRIALS).seed(3);
    let (alone, watched) =
        (trials.clone().threads(1).run(alone).unwrap(), trials.clone().threads(1).run(watched).unwrap());
    for threads in [1, 2, 3] {
        let end = |fitted: Fitted<F, M, Dataset<F, T>>| run(fitted.history, fitted.network);
        let end_split = |fitted: Fitted<F, M, Split<Dataset<F, T>>>| run(fitted.history, fitted.network);
        let stacked = trials.clone().threads(threads).fit(training, loss, &prepare, end).unwrap();
        let stacked_split = trials.clone().threads(threads).fit(training, loss, split, end_split).unwrap();
        for index in 0..TRIALS {
            let what = format!("{loss}, {threads} threads, trial {index}");
            assert!(stacked.runs()[index].kept == alone.runs()[index].kept, "{what}");
            assert!(stacked_split.runs()[index].kept == alone.runs()[index].kept, "{what}, with a split");
            let bits =
                |run: &Run<F, _>| run.validation.iter().map(|x| x.to_f64().to_bits()).collect::<Vec<_>>();
            let (found, expected) = (&stacked_split.runs()[index], &watched.runs()[index]);
            assert!(bits(found) == bits(expected) && !found.validation.is_empty(), "{what}");
        }
    }
}

/// The generators of sixteen trials.
fn rngs() -> [ChaCha8Rng; LANES] {
    std::array::from_fn(|k| Trial { seed: 1, index: k }.rng("fit"))
}

#[test]
fn stacked_mini_batches_come_to_the_same_bits_as_those_of_networks_alone() {
    let _alone = crate::LEVEL.lock();
    for level in Level::available() {
        level.set().unwrap();
        mini_batches::<f32>();
        mini_batches::<f64>();
    }
}

fn mini_batches<F: Scalar>() {
    let (sum, mean) = (CrossEntropyLoss::sum(), CrossEntropyLoss::mean());
    let xor = |trial: Trial| Ok((network(&trial, 6), make_xor::<F>(50, 0.3, &mut trial.rng("data"))?));
    // Layers whose gradient is a matrix product when they are alone.
    let deep = |trial: Trial| {
        let rng = &mut trial.rng("network");
        let network = Sequential::new()
            .append(Linear::new(2, 16, rng))
            .append(Relu)
            .append(Linear::new(16, 16, rng))
            .append(Relu)
            .append(Linear::new(16, 2, rng));
        Ok((network, make_xor::<F>(50, 0.3, &mut trial.rng("data"))?))
    };
    fn trainer<'a, F: Scalar, T: Target>(optimizer: impl Optimizer<F> + 'static) -> Trainer<'a, F, T> {
        Trainer::new(optimizer).epochs(5).batch_size(16)
    }
    // Three batches of 16 and one of 2.
    same_bits_of(&trainer(Adam::new(0.01)), &mean, xor);
    same_bits_of(&trainer(Adam::new(0.01)), &mean, deep);
    same_bits_of(&trainer(Sgd::new(0.05).momentum(0.9).nesterov()).drop_last(), &sum, xor);
    same_bits_of(&trainer(RmsProp::new(0.01).centered()).batch_size(1), &mean, xor);
    same_bits_of(&trainer(AdamW::new(0.01)).schedule(StepLr::new(2)).clip_grad_value(0.01), &sum, xor);
    // The stacked network's parameters have the names of one network's.
    let groups = Adam::new(0.01)
        .group(|name| name == "0.weight", Group::new().frozen())
        .group(|name| name.ends_with("bias"), Group::new().lr_factor(0.1).weight_decay(0.2));
    same_bits_of(&trainer(groups.amsgrad()), &mean, xor);
    same_bits_of(&trainer(Lion::new(0.01)), &mean, xor);
    same_bits_of(&trainer(Adam::new(0.01)).step_schedule(OneCycleLr::new(0.1, 20)), &mean, xor);
    same_bits_of(&trainer(Adam::new(0.01)).batch_size(1000), &sum, xor);
    let line = |trial: Trial| {
        let data = make_regression::<F>(33, 2, 1, 0.3, &mut trial.rng("data"))?.data;
        Ok((Linear::new(2, 1, &mut trial.rng("network")), data))
    };
    same_bits_of(&trainer(Adam::new(0.01)), &MseLoss::mean(), line);
    same_bits_of(&trainer(Adam::new(0.01)), &mean, maps::<F>);

    // Trainings that do not stack.
    let longer = |trial: Trial| {
        Ok((network(&trial, 6), make_xor::<F>(50 + trial.index % 2, 0.3, &mut trial.rng("data"))?))
    };
    same_bits_of(&trainer(Adam::new(0.01)), &sum, longer);
    same_bits_of(&trainer(Adam::new(0.01)).clip_grad_norm(0.1), &sum, xor);
    same_bits_of(&trainer(Lbfgs::new(0.1)).batch_size(50), &sum, xor);
    same_bits_of(&trainer(Adam::new(0.01)).observe(|_| ()), &sum, xor);
    same_bits_of(&trainer(Adam::new(0.01)).on_non_finite(NonFinite::SkipStep), &sum, xor);
    let plateau = || ReduceLrOnPlateau::new().training_loss().patience(0).threshold(0.9);
    same_bits_of(&trainer(Adam::new(0.01)).reduce_lr_on_plateau(plateau()), &sum, xor);
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
    fn terms(
        &self,
        y: &Tensor<f32>,
        target: &Vec<usize>,
    ) -> Result<Tensor<f32>, nn_train::nn_loss::LossError> {
        CrossEntropyLoss::sum().terms(y, target)
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

/// Classes that can be interleaved, but not be written lane by lane.
#[derive(Debug, Clone)]
struct Together(Vec<usize>);

impl Target for Together {
    fn len(&self) -> usize {
        self.0.len()
    }
    fn select(&self, samples: &[usize]) -> Self {
        Together(self.0.select(samples))
    }
    fn select_into(&self, samples: &[usize], selected: &mut Self) {
        self.0.select_into(samples, &mut selected.0);
    }
    fn interleave(targets: [&Self; LANES]) -> Option<Self> {
        Target::interleave(targets.map(|Together(classes)| classes)).map(Together)
    }
}

impl<F: Scalar> Loss<F, Together> for Counted {
    fn check(&self, output: &[usize], target: &Together) -> Result<(), nn_train::nn_loss::LossError> {
        Loss::<F, _>::check(&CrossEntropyLoss::sum(), output, &target.0)
    }
    fn reduction(&self) -> Reduction {
        Reduction::Sum
    }
    fn evaluate(&self, y: &Tensor<F>, target: &Together, dy: Option<&mut Tensor<F>>, losses: &mut [F]) {
        if losses.len() == LANES {
            self.0.fetch_add(1, Relaxed);
        }
        CrossEntropyLoss::sum().evaluate(y, &target.0, dy, losses);
    }
    fn terms(&self, y: &Tensor<F>, target: &Together) -> Result<Tensor<F>, nn_train::nn_loss::LossError> {
        CrossEntropyLoss::sum().terms(y, &target.0)
    }
    fn stacks(&self) -> bool {
        true
    }
}

#[test]
fn targets_that_cannot_be_written_lane_by_lane_are_stacked_for_full_batches_alone() {
    let draw = |trial: Trial| {
        let data = make_xor::<f64>(40, 0.3, &mut trial.rng("data"))?;
        let classes = Together(data.y().clone());
        Ok((network(&trial, 6), data.with_y(classes)?))
    };
    for (size, stacks) in [(40, true), (16, false)] {
        let loss = Counted(AtomicUsize::new(0));
        same_bits_of(&Trainer::new(Adam::new(0.01)).epochs(3).batch_size(size), &loss, draw);
        assert_eq!(loss.0.into_inner() > 0, stacks, "{size}");
    }
}

/// Without this test, every other test of `Trials::fit` would pass without a single stack.
#[test]
fn trials_are_stacked_where_it_pays() {
    let stacked_by = |training: &dyn Fit<f32, Vec<usize>>, width: usize, samples: usize| {
        let loss = Counted(AtomicUsize::new(0));
        let prepare = |trial: Trial| {
            Ok((network(&trial, width), make_xor::<f32>(samples, 0.3, &mut trial.rng("data"))?))
        };
        let keep = |fitted: Fitted<_, _, _>| Ok(Run::new(fitted.history.loss));
        Trials::new(40).threads(2).fit(training, &loss, prepare, keep).unwrap();
        loss.0.into_inner()
    };
    let stacked = |width, samples| stacked_by(&GradientDescent::new(0.01, 5), width, samples);
    // Two stacks take five steps each.
    assert_eq!(stacked(8, 100), 2 * 5);
    let split = |training: &dyn Fit<f32, Vec<usize>>| {
        let loss = Counted(AtomicUsize::new(0));
        let prepare = |trial: Trial| {
            let draw = |purpose| make_xor::<f32>(100, 0.3, &mut trial.rng(purpose));
            Ok((network(&trial, 8), Split { training: draw("data")?, validation: draw("test")? }))
        };
        let keep = |fitted: Fitted<_, _, _>| Ok(Run::new(fitted.history.loss));
        Trials::new(40).threads(2).fit(training, &loss, prepare, keep).unwrap();
        loss.0.into_inner()
    };
    // Each step is followed by a measurement.
    assert_eq!(split(&GradientDescent::new(0.01, 5)), 2 * 5 * 2);
    assert_eq!(split(&Trainer::new(Adam::new(0.01)).epochs(5).batch_size(100)), 0);
    // Sixteen of these would not fit into a cache.
    assert_eq!([stacked(64, 200), stacked(8, 1000)], [0, 0]);

    // Of a training with mini-batches, only a batch has to fit, and what the optimiser keeps.
    let mini = || Trainer::new(Adam::new(0.01)).epochs(5).batch_size(100);
    assert_eq!(stacked_by(&mini(), 8, 1000), 2 * 5 * 10);
    assert_eq!(stacked_by(&mini().clip_grad_value(1.0), 8, 150), 2 * 5 * 2);
    assert_eq!(stacked_by(&mini().drop_last(), 8, 150), 2 * 5);
    assert_eq!(stacked_by(&mini(), 500, 100), 0);
    assert_eq!(stacked_by(&mini().clip_grad_norm(1.0), 8, 100), 0);
    assert_eq!(stacked_by(&mini().observe(|_| ()), 8, 100), 0);
    for reaction in [NonFinite::SkipStep, NonFinite::Stop] {
        assert_eq!(stacked_by(&mini().on_non_finite(reaction), 8, 100), 0);
    }
    let plateau = ReduceLrOnPlateau::new().training_loss();
    assert_eq!(stacked_by(&mini().reduce_lr_on_plateau(plateau), 8, 100), 0);
    let training_metrics = mini().metric("half", |_, _| Ok(0.5)).training_metrics();
    assert_eq!(stacked_by(&training_metrics, 8, 100), 0);
    assert_eq!(stacked_by(&mini().augment(AddNoise::new(0.1)), 8, 100), 0);
    let grouped = Adam::new(0.01).group(|name| name.ends_with("bias"), Group::new().frozen());
    assert_eq!(stacked_by(&Trainer::new(grouped).epochs(5).batch_size(100), 8, 1000), 2 * 5 * 10);
    let lbfgs = Trainer::new(Lbfgs::new(0.1)).epochs(1);
    assert_eq!(stacked_by(&lbfgs, 8, 100), 0);
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
    let mut rngs = rngs();
    let rngs = rngs.each_mut().map(|rng| rng as &mut dyn Rng);
    let (sum, held_out) =
        (CrossEntropyLoss::sum(), data.each_ref().map(|data| data.select(&[5, 1]).unwrap()));
    let histories =
        descent.fit_stack(models, &sum, data.each_ref(), Some(held_out.each_ref()), rngs).unwrap();
    for k in 0..LANES {
        let mut alone = network(&trials(k), 8);
        let rng = &mut trials(k).rng("fit");
        let history = descent.fit_one(&mut alone, &sum, &data[k], Some(&held_out[k]), rng).unwrap();
        assert_eq!((&histories[k], networks[k].state_dict()), (&history, alone.state_dict()));
    }
}

#[test]
fn networks_that_cannot_be_stacked_are_left_as_they_were() {
    let trials = |k| Trial { seed: 1, index: k };
    let data: [_; LANES] =
        std::array::from_fn(|k| make_xor::<f32>(64, 0.3, &mut trials(k).rng("data")).unwrap());
    let fit = |rate, loss: &CrossEntropyLoss, width: fn(usize) -> usize, data: [&_; LANES], held_out| {
        let mut networks: [Sequential<f32>; LANES] = std::array::from_fn(|k| network(&trials(k), width(k)));
        let before = networks.each_ref().map(Parameters::state_dict);
        let models = networks.each_mut().map(|network| network as &mut dyn Module<f32>);
        let mut rngs = rngs();
        let rngs = rngs.each_mut().map(|rng| rng as &mut dyn Rng);
        let fitted = GradientDescent::new(rate, 5).fit_stack(models, loss, data, held_out, rngs).is_some();
        assert_eq!(fitted, networks.each_ref().map(Parameters::state_dict) != before);
        fitted
    };
    let (sum, all) = (CrossEntropyLoss::sum(), data.each_ref());
    assert!(fit(0.01, &sum, |_| 4, all, None));
    assert!(fit(0.01, &sum, |_| 4, all, Some(all)));
    assert!(!fit(-1.0, &sum, |_| 4, all, None));
    assert!(!fit(0.01, &sum, |k| 4 + k / 15, all, None));
    assert!(!fit(0.01, &CrossEntropyLoss::mean().weight([1.0, 2.0]), |_| 4, all, None));
    let shorter = data[0].select(&[0, 1, 2]).unwrap();
    let mut others = all;
    others[9] = &shorter;
    assert!(!fit(0.01, &sum, |_| 4, others, None));
    assert!(!fit(0.01, &sum, |_| 4, all, Some(others)));
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
