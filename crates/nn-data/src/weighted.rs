//! Targets with weights: they go where their samples go.

use nn_core::{SettingError, Weighted};

use crate::{DataError, Gather, Target};

/// [`interleave`](Target::interleave) returns `None`: networks on weighted samples are trained one after another.
impl<T: Target> Target for Weighted<T> {
    fn len(&self) -> usize {
        self.target.len()
    }

    /// Checks the targets, and that there is one weight for each, finite and at least 0.
    fn check(&self, of: &str) -> Result<(), DataError> {
        self.target.check(of)?;
        let (count, found) = (self.target.len(), self.weights.len());
        let expected = format_args!("{count}, one for each sample");
        SettingError::unless(found == count, of, "number of weights", expected, found)?;
        let wrong = |weight: &f64| !(weight.is_finite() && *weight >= 0.0);
        match self.weights.iter().position(wrong) {
            None => Ok(()),
            Some(sample) => {
                let name = format_args!("weight of sample {sample}");
                let expected = "a finite number of at least 0";
                Err(SettingError::new(of, name, expected, self.weights[sample]).into())
            }
        }
    }

    fn select(&self, samples: &[usize]) -> Self {
        let weights: Vec<f64> = samples.iter().map(|&sample| self.weights[sample]).collect();
        Weighted { target: self.target.select(samples), weights }
    }

    fn select_into(&self, samples: &[usize], selected: &mut Self) {
        self.target.select_into(samples, &mut selected.target);
        gather(&self.weights, samples, &mut selected.weights);
    }

    fn batches(&self) -> Box<dyn Gather<Self> + '_> {
        Box::new(Batches { target: self.target.batches(), weights: &self.weights })
    }

    fn concat(targets: &[&Self]) -> Option<Self> {
        let target = T::concat(&targets.iter().map(|weighted| &weighted.target).collect::<Vec<_>>())?;
        Some(Weighted {
            target,
            weights: targets.iter().flat_map(|weighted| &weighted.weights).copied().collect(),
        })
    }
}

/// Makes batches of targets as these make them without weights.
struct Batches<'t, T> {
    target: Box<dyn Gather<T> + 't>,
    weights: &'t [f64],
}

impl<T: Target> Gather<Weighted<T>> for Batches<'_, T> {
    fn gather(&self, samples: &[usize], next: &[usize], batch: &mut Weighted<T>) {
        self.target.gather(samples, next, &mut batch.target);
        gather(self.weights, samples, &mut batch.weights);
    }
}

fn gather(weights: &[f64], samples: &[usize], selected: &mut [f64]) {
    assert_eq!(selected.len(), samples.len(), "selected must hold one weight for each sample");
    for (to, &sample) in selected.iter_mut().zip(samples) {
        *to = weights[sample];
    }
}
