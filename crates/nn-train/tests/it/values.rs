//! Values that a layer cannot take are refused before anything is trained, wherever they are in the data.

use nn_train::nn_core::{
    Accumulate, Mode, Module, ModuleError, ModuleProblem, Parameters, Plan, Purpose, Residual, Scalar,
    ShapeError, Tensor, ValueError, Workspace,
};
use nn_train::prelude::*;
use nn_train::{Step, TrainError};

/// The identity of the whole numbers below 10, as a table of ten rows would take them.
struct Digits;

impl<F: Scalar> Parameters<F> for Digits {}

impl<F: Scalar> Module<F> for Digits {
    fn plan(&self, input: &[usize], _: Purpose) -> Result<Plan<F>, ModuleError> {
        ShapeError::check_samples(self, input)?;
        Ok(Plan { output: input.to_vec(), workspace: Workspace::empty() })
    }

    fn check_values(&self, x: &Tensor<F>) -> Result<(), ModuleError> {
        for feature in 0..x.features() {
            let wrong = |value: &F| !(0..10).any(|digit| value.to_f64() == f64::from(digit));
            if let Some(sample) = x.feature(feature).iter().position(wrong) {
                let found = x.feature(feature)[sample];
                return Err(ValueError::new(self, "whole numbers from 0 to 9", found, sample).into());
            }
        }
        Ok(())
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, _: &mut Workspace<F>, _: &mut Mode<'_>) {
        y.clone_from(x);
    }

    fn backward(
        &self,
        _: &Tensor<F>,
        _: &Tensor<F>,
        dy: &Tensor<F>,
        dx: Option<&mut Tensor<F>>,
        _: Accumulate,
        _: &mut Workspace<F>,
    ) {
        if let Some(dx) = dx {
            dx.clone_from(dy);
        }
    }
}

impl std::fmt::Display for Digits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digits")
    }
}

fn network() -> Sequential<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    Sequential::new().append(Digits).append(Linear::new(1, 2, &mut rng))
}

/// Forty samples, the one at this place with this value.
fn data(sample: usize, value: f32) -> Dataset<f32, Vec<usize>> {
    let mut x: Vec<f32> = (0..40).map(|sample| (sample % 10) as f32).collect();
    x[sample] = value;
    Dataset::new(Tensor::from_column(&x), (0..40).map(|sample| sample % 2).collect()).unwrap()
}

const MESSAGE: &str = "layer 0, Digits: expected whole numbers from 0 to 9, found 10 in sample 37";

#[test]
fn a_value_out_of_range_is_refused_wherever_it_is() {
    let (good, bad) = (data(0, 0.0), data(37, 10.0));
    let (loss, mut rng) = (CrossEntropyLoss::mean(), ChaCha8Rng::seed_from_u64(1));
    // The batches have 16 samples: the value is in the third, which a look at the first does not show.
    let trainer = Trainer::new(Adam::new(0.1)).epochs(3).batch_size(16);
    let mut model = network();
    let error = trainer.fit(&mut model, &loss, &bad, None, &mut rng).unwrap_err();
    assert_eq!(error.to_string(), MESSAGE);
    let TrainError::Module(ModuleError {
        problem: ModuleProblem::Value(ValueError { sample: 37, .. }), ..
    }) = error
    else {
        panic!("expected an error about a value, found {error:?}");
    };
    let error = trainer.fit(&mut model, &loss, &good, Some(&bad), &mut rng).unwrap_err();
    assert_eq!(error.to_string(), format!("validation data: {MESSAGE}"));
    let error = GradientDescent::new(0.1, 3).fit(&mut model, &loss, &bad, &mut rng).unwrap_err();
    assert_eq!(error.to_string(), MESSAGE);
    assert_eq!(Step::plan(&model, &loss, bad.x(), bad.y()).unwrap_err().to_string(), MESSAGE);
    assert_eq!(model.predict(bad.x()).unwrap_err().to_string(), MESSAGE);
    assert_eq!(model.state_dict(), network().state_dict());

    assert!(trainer.fit(&mut model, &loss, &good, Some(&good), &mut rng).is_ok());
    assert!(model.predict(good.x()).is_ok());
}

#[test]
fn containers_ask_the_modules_that_see_their_input() {
    let x = data(37, 0.5).x().clone();
    let message = |module: &dyn Module<f32>| module.check_values(&x).unwrap_err().to_string();
    let expected = "expected whole numbers from 0 to 9, found 0.5 in sample 37";
    assert_eq!(message(&Residual::new(Digits)), format!("layer fn, Digits: {expected}"));
    let boxed: Box<dyn Module<f32>> = Box::new(Digits);
    assert_eq!(message(&boxed), format!("Digits: {expected}"));
    // What a layer further inside sees is not known before the network runs.
    assert!(Sequential::new().append(Tanh).append(Digits).check_values(&x).is_ok());
}
