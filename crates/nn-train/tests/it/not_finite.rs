//! One policy for values that are not finite: whatever judges, summarises or chooses answers with NaN, with an infinity or
//! with an error that names the value, never with a number that looks like a result.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use nn_train::metrics::{
    Bins, MetricError, average_precision_score, calibration_curve, explained_variance_score, log_loss,
    mean_absolute_error, mean_absolute_percentage_error, mean_squared_error, or_nan, precision_recall_curve,
    r2_score, roc_auc_score, roc_auc_score_ovr, roc_curve, root_mean_squared_error, top_k_accuracy_score,
};
use nn_train::nn_core::{
    Accumulate, Mode, ModuleError, Param, ParamMut, Plan, Purpose, Scalar, ShapeError, Workspace,
};
use nn_train::nn_loss::{L1Loss, LossError, Reduction};
use nn_train::prelude::*;
use nn_train::statistics::{
    Better, Summary, best, bootstrap_iqm, bootstrap_iqm_of_scores, diverged, iqm, paired, quantile,
};
use nn_train::{History, TrainError};

const BROKEN: [f64; 3] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(1)
}

// --- Metrics ---

/// Every metric that takes values, with `value` as the prediction of sample 1 and all others right.
fn metrics<F: Scalar>(value: f64) -> Vec<(&'static str, Result<f64, MetricError>)> {
    let value = F::from_f64(value);
    let [zero, half, one] = [0.0, 0.5, 1.0].map(F::from_f64);
    let (truth, predicted) =
        (Tensor::from_column(&[zero, one, one]), Tensor::from_column(&[zero, value, one]));
    let labels = [0, 1, 1];
    let scores = [zero, value, one];
    let rows = Tensor::from_rows(&[[one, zero], [half, value], [zero, one]]);
    let first = Tensor::from_rows(&[[one, zero], [value, half], [zero, one]]);
    vec![
        ("argmax", argmax(&rows).map(|classes| classes[1] as f64)),
        ("argmax, first output", argmax(&first).map(|classes| classes[1] as f64)),
        ("accuracy", argmax(&rows).and_then(|classes| accuracy(&labels, &classes))),
        (
            "confusion",
            argmax(&rows).and_then(|c| Ok(ConfusionMatrix::new(&labels, &c, &["a", "b"])?.total() as f64)),
        ),
        ("r2_score", r2_score(&truth, &predicted)),
        ("mean_absolute_error", mean_absolute_error(&truth, &predicted)),
        ("mean_squared_error", mean_squared_error(&truth, &predicted)),
        ("root_mean_squared_error", root_mean_squared_error(&truth, &predicted)),
        ("explained_variance_score", explained_variance_score(&truth, &predicted)),
        ("mean_absolute_percentage_error", mean_absolute_percentage_error(&truth, &predicted)),
        ("roc_auc_score", roc_auc_score(&labels, &scores)),
        ("average_precision_score", average_precision_score(&labels, &scores)),
        ("precision_recall_curve", precision_recall_curve(&labels, &scores).map(|curve| curve.thresholds[1])),
        (
            "calibration_curve",
            calibration_curve(&labels, &scores, Bins::Uniform(3)).map(|curve| curve.fraction_of_positives[1]),
        ),
        ("log_loss", log_loss(&labels, &rows)),
        ("log_loss, first output", log_loss(&labels, &first)),
        ("top_k_accuracy_score", top_k_accuracy_score(&labels, &rows, 1)),
        ("top_k_accuracy_score, first output", top_k_accuracy_score(&labels, &first, 2)),
        ("roc_auc_score_ovr", roc_auc_score_ovr(&labels, &rows)),
        ("roc_curve", roc_curve(&labels, &scores).map(|curve| curve.thresholds[1])),
    ]
}

#[test]
fn no_metric_makes_a_number_of_a_prediction_that_is_none() {
    for (name, result) in metrics::<f32>(0.5).into_iter().chain(metrics::<f64>(0.5)) {
        assert!(result.is_ok(), "{name}: {result:?}");
    }
    for value in BROKEN {
        for (name, result) in metrics::<f32>(value).into_iter().chain(metrics::<f64>(value)) {
            let message = result.clone().unwrap_err().to_string();
            let expected = format!("the prediction of sample 1 is {value}, expected a finite number");
            assert_eq!(message, expected, "{name}");
            assert!(or_nan(|| result).unwrap().is_nan(), "{name}");
        }
    }
    // Samples without outputs have no class either.
    assert!(argmax(&Tensor::<f32>::zeros(&[2, 0])).is_err());
    assert_eq!(argmax(&Tensor::<f32>::zeros(&[0, 2])), Ok(vec![]));
}

// --- Statistics and choices ---

#[test]
fn no_statistic_makes_a_number_of_values_that_are_none() {
    for value in BROKEN {
        let all = [value; 6];
        for better in [Better::Higher, Better::Lower] {
            let Summary { iqm, q1, q3, min, max, mean, std, diverged } =
                Summary::of_scores(&mut all.clone(), better).unwrap();
            let std = std.unwrap();
            assert!([iqm, q1, q3, min, max, mean, std].iter().all(|x| !x.is_finite()), "{value}");
            assert_eq!(diverged, 6);
            let interval = bootstrap_iqm_of_scores(&all, better, 50, &mut rng()).unwrap();
            assert!(!interval.low.is_finite() && !interval.high.is_finite(), "{interval:?}");
            let pairs = paired(&all, &[1.0; 6], better, 50, &mut rng()).unwrap();
            assert!(!pairs.a.is_finite() && !pairs.difference.is_finite() && pairs.losses == 6, "{pairs:?}");
            let ends = pairs.difference_interval.unwrap();
            assert!(!ends.low.is_finite() && !ends.high.is_finite());

            // One among many moves what hides no failure, and is counted.
            let mut one = [1.0, 2.0, 3.0, value, 5.0, 6.0];
            let of_one = Summary::of_scores(&mut one, better).unwrap();
            let extreme = if better == Better::Lower { of_one.max } else { of_one.min };
            assert!(!of_one.mean.is_finite() && of_one.std == Some(f64::INFINITY) && !extreme.is_finite());
            assert_eq!(of_one.diverged, 1);
        }
        assert!(
            [iqm(&all), quantile(&all, 0.0), quantile(&all, 0.5)].iter().all(|x| !x.unwrap().is_finite())
        );
        assert!(!bootstrap_iqm(&all, 50, &mut rng()).unwrap().low.is_finite());
        assert_eq!((best(&all), diverged(&all)), (None, 6));
        assert_eq!(best(&[value, 2.0, value, 1.0]), Some(3));
    }
}

#[test]
fn no_ensemble_takes_a_run_that_diverged_for_one_that_did_not() {
    let good = || Run::new(vec![2.0, 1.0]).validation(vec![2.0, 1.0]).score(0.5).success(true);
    for value in BROKEN {
        let broken: [(&str, Run<f64>); 4] = [
            ("training loss", Run { curve: vec![2.0, value], ..good() }),
            ("validation loss", good().validation(vec![2.0, value])),
            ("score", good().score(value)),
            // Its losses, score and success look better than those of all others.
            (
                "network",
                Run::new(vec![2.0, 0.5]).validation(vec![2.0, 0.5]).score(0.9).success(true).diverged(true),
            ),
        ];
        for (what, run) in broken {
            let ensemble = Ensemble::new(vec![run.clone(), good(), good()], 0).unwrap();
            assert_eq!(
                (ensemble.diverged(), ensemble.best(), ensemble.worst()),
                (1, Some(1), 0),
                "{what} {value}"
            );
            assert_eq!(ensemble.success_rate().unwrap().successes, 2, "{what} {value}");
            for measure in [ensemble.training(), ensemble.validation().unwrap(), ensemble.score().unwrap()] {
                assert!(measure.values()[0].is_nan(), "{what} {value}: {measure:?}");
                assert_eq!(measure.summary().diverged, 1);
            }
            assert!(ensemble.to_string().matches("diverged 1").count() == 3, "{ensemble}");

            let all = Ensemble::new(vec![run; 3], 0).unwrap();
            assert_eq!((all.diverged(), all.best()), (3, None), "{what} {value}");
            assert!(!all.summary().iqm.is_finite() && all.success_rate().unwrap().successes == 0);
            assert!(all.to_string().contains("best     none: every trial diverged"), "{all}");
            assert!(all.to_string().contains("chosen   none: every trial diverged"), "{all}");
            let against = Comparison::paired(&all, &ensemble).unwrap();
            assert_eq!(against.diverged, [3, 1]);
            assert!(against.to_string().contains("diverged: 3 of A, 1 of B"), "{against}");
        }
    }
}

// --- Trainings ---

/// A hundred samples, ninety of class 0: a network that is made of NaN looks as if it were right nine times in ten.
fn ninety() -> Dataset<f32, Vec<usize>> {
    let x = Tensor::from_fn(100, 2, |sample, feature| (sample + 7 * feature) as f32 % 10.0 - 4.5);
    Dataset::new(x, (0..100).map(|sample| usize::from(sample % 10 == 9)).collect()).unwrap()
}

fn network(trial: Trial) -> Sequential<f32> {
    let mut rng = trial.rng("network");
    Sequential::new().append(Linear::new(2, 4, &mut rng)).append(Relu).append(Linear::new(4, 2, &mut rng))
}

fn judge(history: History<f32>, network: &Sequential<f32>, data: &Dataset<f32, Vec<usize>>) -> Run<f32> {
    let output = network.predict(data.x()).unwrap();
    let accuracy = or_nan(|| accuracy(data.y(), &argmax(&output)?)).unwrap();
    Run::from(history).score(accuracy).success(accuracy >= 0.8)
}

/// For each number of epochs, so that the network breaks before, in and after the last recorded loss.
#[test]
fn a_training_that_ends_in_nan_is_no_success_with_an_accuracy_of_90_percent() {
    let (data, loss) = (ninety(), CrossEntropyLoss::mean());
    let mut unseen = 0;
    for epochs in 1..6 {
        let descent = GradientDescent::new(1e38, epochs);
        let of_descent = Trials::new(4)
            .run(|trial| {
                let mut network = network(trial);
                let history = descent.fit(&mut network, &loss, &data, &mut trial.rng("fit"))?;
                Ok(judge(history, &network, &data))
            })
            .unwrap();
        let of_trainer = Trials::new(4)
            .run(|trial| {
                let mut network = network(trial);
                let trainer = Trainer::new(Sgd::new(1e38)).epochs(epochs);
                let history = trainer.fit(&mut network, &loss, &data, None, &mut trial.rng("fit"))?;
                Ok(judge(history, &network, &data))
            })
            .unwrap();
        for ensemble in [of_descent, of_trainer] {
            for run in ensemble.runs() {
                let broken = !run.score.as_ref().unwrap().value.is_finite();
                // The history alone knows it, without a score.
                assert_eq!(run.diverged, broken, "{epochs}: {run:?}");
                unseen += usize::from(broken && run.final_loss().unwrap().is_finite());
            }
            assert!(epochs < 3 || ensemble.diverged() == 4, "{epochs}: {ensemble}");
            let sound = ensemble.runs().iter().filter(|run| !run.has_diverged()).count();
            assert!(ensemble.success_rate().unwrap().successes <= sound);
        }
    }
    assert!(unseen > 0, "no network broke after its last recorded loss");
}

/// `Trials::fit` has the network at hand: it counts what diverged even if the caller makes the run of the losses alone, in a
/// stack of sixteen as in a trial alone.
#[test]
fn trials_that_fit_count_what_no_loss_shows() {
    let data = ninety();
    let run = |epochs, count: usize| {
        let prepare = |trial: Trial| {
            // Weights of another size, so that only some break.
            let mut network = network(trial);
            if trial.index.is_multiple_of(3) {
                network.visit_mut(None, &mut |parameter| parameter.value.fill(0.0));
            }
            Ok((network, &data))
        };
        let finish = |fitted: nn_train::Fitted<f32, Sequential<f32>, &Dataset<f32, Vec<usize>>>| {
            let output = fitted.network.predict(fitted.data.x())?;
            let broken = argmax(&output).is_err();
            assert_eq!(fitted.history.diverged, broken, "trial {}", fitted.trial.index);
            Ok(Run::new(fitted.history.loss).keep(broken))
        };
        let descent = GradientDescent::new(1e38, epochs);
        Trials::new(count).threads(1).fit(&descent, &CrossEntropyLoss::mean(), prepare, finish).unwrap()
    };
    let mut unseen = 0;
    for epochs in 1..5 {
        let (stacked, alone) = (run(epochs, 16), run(epochs, 5));
        for ensemble in [&stacked, &alone] {
            let recorded = |run: &Run<f32, bool>| run.final_loss().unwrap().is_finite();
            let count =
                |of: &dyn Fn(&Run<f32, bool>) -> bool| ensemble.runs().iter().filter(|run| of(run)).count();
            assert_eq!(ensemble.diverged(), count(&|run| run.kept || !recorded(run)));
            unseen += count(&|run| run.kept && recorded(run));
        }
        for (stacked, alone) in stacked.runs().iter().zip(alone.runs()) {
            assert_eq!(stacked.diverged, alone.diverged);
        }
    }
    assert!(unseen > 0, "no network broke after its last recorded loss");
}

/// A network whose parameters are finite and whose output is not.
#[test]
fn an_output_that_overflows_is_seen_although_every_parameter_is_finite() {
    let data =
        Dataset::new(Tensor::from_column(&[1e30_f32, 2e30]), Tensor::from_column(&[0.0, 0.0])).unwrap();
    let mut line = Linear::<f32>::new(1, 1, &mut rng());
    line.visit_mut(None, &mut |parameter| parameter.value.fill(1.0));
    let history = GradientDescent::new(1e-30, 1).fit(&mut line, &L1Loss::mean(), &data, &mut rng()).unwrap();
    assert!(!history.diverged && history.loss[0].is_finite(), "{history:?}");
    line.visit_mut(None, &mut |parameter| parameter.value.fill(1.0));
    let history = GradientDescent::new(1e-18, 1).fit(&mut line, &L1Loss::mean(), &data, &mut rng()).unwrap();
    assert!(line.weight()[[0, 0]].is_finite() && history.loss[0].is_finite());
    assert!(history.diverged, "{history:?}, {line:?}");
}

/// The identity, with a buffer that its output hides.
#[derive(Debug)]
struct Hidden([f64; 1]);

impl std::fmt::Display for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden")
    }
}

impl Parameters<f64> for Hidden {
    fn visit(&self, visitor: &mut dyn FnMut(Param<'_, f64>)) {
        visitor(Param::buffer("hidden", &[1], &self.0));
    }

    fn visit_mut(&mut self, _: Option<&Workspace<f64>>, visitor: &mut dyn FnMut(ParamMut<'_, f64>)) {
        visitor(ParamMut::buffer("hidden", &[1], &mut self.0));
    }
}

impl Module<f64> for Hidden {
    fn plan(&self, input: &[usize], _: Purpose) -> Result<Plan<f64>, ModuleError> {
        ShapeError::check_samples(self, input)?;
        Ok(Plan { output: input.to_vec(), workspace: Workspace::empty() })
    }

    fn forward(&self, x: &Tensor<f64>, y: &mut Tensor<f64>, _: &mut Workspace<f64>, _: &mut Mode<'_>) {
        y.clone_from(x);
    }

    fn backward(
        &self,
        _: &Tensor<f64>,
        _: &Tensor<f64>,
        dy: &Tensor<f64>,
        dx: Option<&mut Tensor<f64>>,
        _: Accumulate,
        _: &mut Workspace<f64>,
    ) {
        if let Some(dx) = dx {
            dx.clone_from(dy);
        }
    }
}

#[test]
fn a_parameter_that_no_output_shows_counts_as_well() {
    let x = Tensor::from_column(&[1.0, 2.0]);
    let data = Dataset::new(x.clone(), x).unwrap();
    for value in BROKEN.into_iter().chain([0.0]) {
        let mut hidden = Hidden([value]);
        let loss = MseLoss::mean();
        let of_descent = GradientDescent::new(0.1, 2).fit(&mut hidden, &loss, &data, &mut rng()).unwrap();
        let trainer = Trainer::new(Sgd::new(0.1)).epochs(2);
        let of_trainer = trainer.fit(&mut hidden, &loss, &data, Some(&data), &mut rng()).unwrap();
        for history in [of_descent, of_trainer] {
            assert_eq!(history.loss, [0.0, 0.0]);
            assert_eq!(history.diverged, !value.is_finite(), "{value}");
        }
    }
}

/// A loss that is −∞ in every second evaluation without a gradient, that is on the validation data.
struct Falling(AtomicUsize);

impl std::fmt::Display for Falling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Falling")
    }
}

impl Loss<f64, Tensor<f64>> for Falling {
    fn check(&self, _: &[usize], _: &Tensor<f64>) -> Result<(), LossError> {
        Ok(())
    }

    fn reduction(&self) -> Reduction {
        Reduction::Mean
    }

    fn evaluate(&self, _: &Tensor<f64>, _: &Tensor<f64>, dy: Option<&mut Tensor<f64>>, losses: &mut [f64]) {
        losses[0] = match dy {
            Some(dy) => {
                *dy = Tensor::zeros(dy.shape());
                1.0
            }
            None if self.0.fetch_add(1, Relaxed) % 2 == 1 => f64::NEG_INFINITY,
            None => 0.5,
        };
    }

    fn terms(&self, y: &Tensor<f64>, _: &Tensor<f64>) -> Result<Tensor<f64>, LossError> {
        Ok(y.clone())
    }
}

/// A loss of −∞ is as broken as one of NaN: early stopping restores the first epoch with a number.
#[test]
fn early_stopping_never_chooses_a_loss_that_is_not_finite() {
    let x = Tensor::from_column(&[1.0, 2.0]);
    let data = Dataset::new(x.clone(), x).unwrap();
    let mut line = Linear::new(1, 1, &mut rng());
    let trainer = Trainer::new(Sgd::new(0.1)).epochs(9).early_stopping(3);
    let history =
        trainer.fit(&mut line, &Falling(AtomicUsize::new(0)), &data, Some(&data), &mut rng()).unwrap();
    assert_eq!(history.validation[..2], [0.5, f64::NEG_INFINITY]);
    assert_eq!((history.best, history.restored, history.epochs()), (Some(0), Some(0), 4));
}

/// A metric of an output that is NaN is a result, as a loss is, and no reason to end the training.
#[test]
fn a_metric_that_cannot_judge_a_network_of_nan_is_nan() {
    let data = ninety();
    let mut network = network(Trial { seed: 0, index: 0 });
    let history = Trainer::new(Sgd::new(1e38))
        .epochs(4)
        .metric("accuracy", |output, labels: &Vec<usize>| accuracy(labels, &argmax(output)?))
        .fit(&mut network, &CrossEntropyLoss::mean(), &data, Some(&data), &mut rng())
        .unwrap();
    assert!(history.metric("accuracy").unwrap()[3].is_nan() && history.diverged, "{history:?}");

    // Any other refusal is an error, as before.
    let error = Trainer::new(Sgd::new(0.1))
        .metric("accuracy", |_, labels: &Vec<usize>| accuracy(labels, &[]))
        .fit(&mut network, &CrossEntropyLoss::mean(), &data, Some(&data), &mut rng())
        .unwrap_err();
    assert!(matches!(error, TrainError::Metric { .. }), "{error}");
}
