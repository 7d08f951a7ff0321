//! Gradient descent reaches the solution known from theory, records its losses, and says why it cannot start.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use nn_train::Fit;
use nn_train::nn_core::{Accumulate, ModuleError, Purpose, Workspace};
use nn_train::nn_core::{Mode, Plan};
use nn_train::nn_data::Target;
use nn_train::nn_data::{make_blobs, make_regression};
use nn_train::prelude::*;

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(1)
}

#[test]
fn linear_regression_ends_at_the_least_squares() {
    for (features, outputs) in [(1, 1), (3, 2)] {
        let data = make_regression::<f64>(200, features, outputs, 0.5, &mut rng()).unwrap().data;
        let mut network = Linear::new(features, outputs, &mut rng());
        GradientDescent::new(0.1, 5000).fit(&mut network, &MseLoss::mean(), &data, &mut rng()).unwrap();
        for output in 0..outputs {
            let solution = least_squares(data.x(), data.y().feature(output));
            let learned = network
                .weight()
                .row(output)
                .iter()
                .copied()
                .chain([network.bias()[output]])
                .collect::<Vec<_>>();
            assert_eq!(learned.len(), solution.len());
            for (learned, solution) in learned.iter().zip(&solution) {
                assert!((learned - solution).abs() < 1e-12, "{learned} and {solution}");
            }
        }
    }
}

/// Returns the weights, then the bias, from the normal equations XᵀX w = Xᵀy with a column of ones, by Gaussian elimination.
fn least_squares(x: &Tensor<f64>, y: &[f64]) -> Vec<f64> {
    let n = x.features() + 1;
    let row = |sample: usize| x.sample(sample).chain([1.0]).collect::<Vec<f64>>();
    let mut system = vec![vec![0.0; n + 1]; n];
    for (sample, &y) in y.iter().enumerate() {
        let row = row(sample);
        for i in 0..n {
            for j in 0..n {
                system[i][j] += row[i] * row[j];
            }
            system[i][n] += row[i] * y;
        }
    }
    for pivot in 0..n {
        for i in (0..n).filter(|&i| i != pivot) {
            let factor = system[i][pivot] / system[pivot][pivot];
            for j in 0..=n {
                system[i][j] -= factor * system[pivot][j];
            }
        }
    }
    (0..n).map(|i| system[i][n] / system[i][i]).collect()
}

#[test]
fn each_loss_is_recorded_before_its_update() {
    let data = make_xor::<f64>(50, 0.3, &mut rng()).unwrap();
    let loss = CrossEntropyLoss::sum();
    let network = || {
        let rng = &mut rng();
        Sequential::new().append(Linear::new(2, 8, rng)).append(Tanh).append(Linear::new(8, 2, rng))
    };
    let fit = |network: &mut Sequential<f64>, epochs| {
        GradientDescent::new(0.01, epochs).fit(network, &loss, &data, &mut rng()).unwrap()
    };
    let history = fit(&mut network(), 6);
    assert_eq!(history.loss[0], loss.value(&network().predict(data.x()).unwrap(), data.y()).unwrap());
    for epochs in 1..6 {
        let mut network = network();
        let shorter = fit(&mut network, epochs);
        assert_eq!(shorter.loss, history.loss[..epochs]);
        let after = loss.value(&network.predict(data.x()).unwrap(), data.y()).unwrap();
        assert_eq!(after, history.loss[epochs]);
    }
    assert_eq!(history.clone().per_sample(50).loss[3], history.loss[3] / 50.0);
}

#[test]
fn the_loss_of_other_data_is_measured_after_each_update() {
    let data = make_xor::<f64>(50, 0.3, &mut rng()).unwrap();
    let held_out = make_xor::<f64>(20, 0.3, &mut ChaCha8Rng::seed_from_u64(2)).unwrap();
    let loss = CrossEntropyLoss::mean();
    let network = || {
        let rng = &mut rng();
        Sequential::new().append(Linear::new(2, 8, rng)).append(Tanh).append(Linear::new(8, 2, rng))
    };
    let fit = |network: &mut Sequential<f64>, epochs, validation| {
        let descent = GradientDescent::new(0.5, epochs);
        descent.fit_one(network, &loss, &data, validation, &mut rng()).unwrap()
    };
    let history = fit(&mut network(), 6, Some(&held_out));
    assert_eq!(history.validation.len(), 6);
    for epochs in 1..=6 {
        let mut network = network();
        let without = fit(&mut network, epochs, None);
        assert_eq!((&without.loss[..], without.validation.len()), (&history.loss[..epochs], 0));
        let after = loss.value(&network.predict(held_out.x()).unwrap(), held_out.y()).unwrap();
        assert_eq!(after, history.validation[epochs - 1]);
    }
    let lowest = history.validation.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(history.validation[history.best.unwrap()], lowest);

    let wrong = Dataset::new(Tensor::zeros(&[1, 2]), vec![2]).unwrap();
    let mut untouched = network();
    let descent = GradientDescent::new(0.5, 6);
    let error = descent.fit_one(&mut untouched, &loss, &data, Some(&wrong), &mut rng()).unwrap_err();
    assert!(error.to_string().starts_with("validation data: CrossEntropyLoss: expected labels below 2"));
    assert_eq!(untouched.state_dict(), network().state_dict());
}

#[test]
fn a_learning_rate_that_is_too_large_is_recorded_and_no_error() {
    let data = make_regression::<f32>(200, 1, 1, 0.3, &mut rng()).unwrap().data;
    let mut network = Linear::new(1, 1, &mut rng());
    let history =
        GradientDescent::new(10.0, 1000).fit(&mut network, &MseLoss::mean(), &data, &mut rng()).unwrap();
    assert_eq!(history.loss.len(), 1000);
    assert!(history.loss[0].is_finite() && history.loss[1] > history.loss[0]);
    assert!(!history.loss[999].is_finite());
    let blobs = make_blobs::<f32, 2>(200, &[[-1.5, -1.5], [1.5, 1.5]], 1.0, &mut rng()).unwrap();
    let mut network = Linear::new(2, 2, &mut rng());
    let loss = CrossEntropyLoss::sum();
    let history = GradientDescent::new(1e38, 50).fit(&mut network, &loss, &blobs, &mut rng()).unwrap();
    assert!(!history.loss[49].is_finite());
}

// --- Trainings that cannot start ---

#[test]
fn a_training_that_cannot_start_says_why_and_changes_nothing() {
    let labels = |y: Vec<usize>| Dataset::new(Tensor::zeros(&[y.len(), 2]), y).unwrap();
    let cross_entropy = CrossEntropyLoss::sum();
    let ok = GradientDescent::new(0.01, 1);
    let setting = |learning_rate, epochs| {
        refused(GradientDescent::new(learning_rate, epochs), &CrossEntropyLoss::sum(), &labels(vec![0, 1]))
    };
    let values = |x: &[usize], y: &[usize]| Dataset::new(Tensor::zeros(x), Tensor::zeros(y)).unwrap();
    for (message, expected) in [
        (setting(0.0, 1), "GradientDescent: learning rate is 0, expected a finite number above 0"),
        (setting(-0.5, 1), "GradientDescent: learning rate is -0.5, expected a finite number above 0"),
        (setting(f64::NAN, 1), "GradientDescent: learning rate is NaN, expected a finite number above 0"),
        (
            setting(f64::INFINITY, 1),
            "GradientDescent: learning rate is inf, expected a finite number above 0",
        ),
        (setting(0.01, 0), "GradientDescent: number of epochs is 0, expected at least 1"),
        (
            refused(ok, &MseLoss::mean(), &values(&[5, 3], &[5, 2])),
            "layer 0, Linear(2 → 2): expected input [n, …, 2], found [5, 3]",
        ),
        (
            refused(ok, &MseLoss::mean(), &values(&[5, 2], &[5, 1])),
            "MseLoss: expected a target of the output's shape [5, 2], found [5, 1]",
        ),
        (
            refused(ok, &cross_entropy, &labels(vec![1, 0, 2])),
            "CrossEntropyLoss: expected labels below 2, the number of the network's outputs, found 2 in sample 2 (labels count from 0)",
        ),
        (
            refused(ok, &MseLoss::mean(), &values(&[0, 2], &[0, 2])),
            "layer 0, Linear(2 → 2): expected at least one sample, found [0, 2]",
        ),
    ] {
        assert_eq!(message, expected);
    }
}

fn refused<T: Target>(descent: GradientDescent, loss: &dyn Loss<f64, T>, data: &Dataset<f64, T>) -> String {
    let mut network = Sequential::new().append(Linear::new(2, 2, &mut rng())).append(Tanh);
    let parameters = |network: &Sequential<f64>| {
        let mut all = Vec::new();
        network.visit(&mut |parameter| all.extend_from_slice(parameter.value));
        all
    };
    let before = parameters(&network);
    let error = descent.fit(&mut network, loss, data, &mut rng()).unwrap_err();
    assert_eq!(parameters(&network), before);
    error.to_string()
}

// --- What a step asks of a module ---

#[test]
fn every_module_is_trained_in_training_mode_and_absorbs_once_a_step() {
    let counts: [Arc<Counts>; 3] = Default::default();
    let [first, second, third] = &counts;
    let spy = |marker, counts: &Arc<Counts>| Spy { marker, counts: counts.clone() };
    let mut network = Sequential::new()
        .append(spy(1, first))
        .append(Sequential::new().append(Linear::new(2, 2, &mut rng())).append(spy(2, second)))
        .append(Sequential::new().append(Sequential::new().append(spy(3, third))));
    let data = make_xor::<f64>(20, 0.3, &mut rng()).unwrap();
    GradientDescent::new(0.01, 9).fit(&mut network, &CrossEntropyLoss::sum(), &data, &mut rng()).unwrap();
    network.predict(data.x()).unwrap();
    for (index, counts) in counts.iter().enumerate() {
        let count = [&counts.trained, &counts.evaluated, &counts.absorbed].map(|count| count.load(Relaxed));
        // Besides the prediction, one look at the output after the last update.
        assert_eq!(count, [9, 2, 9], "spy {}", index + 1);
    }
}

#[derive(Default)]
struct Counts {
    trained: AtomicUsize,
    evaluated: AtomicUsize,
    absorbed: AtomicUsize,
}

/// An identity that counts its calls. Its workspace holds `marker` values, by which it recognises its own.
struct Spy {
    marker: usize,
    counts: Arc<Counts>,
}

impl Parameters<f64> for Spy {
    fn absorb(&mut self, workspace: &Workspace<f64>) {
        assert_eq!(workspace.buffers[0].samples(), self.marker, "another module's workspace");
        self.counts.absorbed.fetch_add(1, Relaxed);
    }
}

impl Module<f64> for Spy {
    fn plan(&self, input: &[usize], _: Purpose) -> Result<Plan<f64>, ModuleError> {
        let buffers = vec![Tensor::zeros(&[self.marker, 1])];
        Ok(Plan { output: input.to_vec(), workspace: Workspace { buffers, ..Workspace::empty() } })
    }

    fn forward(&self, x: &Tensor<f64>, y: &mut Tensor<f64>, _: &mut Workspace<f64>, mode: &mut Mode<'_>) {
        let count = match mode {
            Mode::Train(_) => &self.counts.trained,
            Mode::Eval => &self.counts.evaluated,
        };
        count.fetch_add(1, Relaxed);
        y.clone_from(x);
    }

    fn backward(
        &self,
        _: &Tensor<f64>,
        _: &Tensor<f64>,
        dy: &Tensor<f64>,
        dx: Option<&mut Tensor<f64>>,
        accumulate: Accumulate,
        _: &mut Workspace<f64>,
    ) {
        if let Some(dx) = dx {
            assert_eq!(accumulate, Accumulate::Replace, "a chain has no branches");
            dx.clone_from(dy);
        }
    }
}

impl fmt::Display for Spy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Spy {}", self.marker)
    }
}
