//! Cross-validation over many seeds.

use nn_core::Scalar;
use nn_data::Samples;

use super::CrossValidator;
use crate::failure::Outcome;
use crate::stream::as_dyn;
use crate::{Ensemble, Run, Trial, Trials, TrialsError};

impl Trials<'_> {
    /// Runs cross-validations: as many as there are trials, each with folds of its own, and in each one trial for every fold.
    /// `experiment` gets the training part, the test part and the trial, which it trains and judges as in
    /// [`run`](Trials::run).
    ///
    /// Of k folds, fold j of cross-validation i is the trial with index k i + j: it has random numbers of its own, and the
    /// [`Ensemble`] has k times as many trials. The folds of cross-validation i depend on nothing but seed and i, so all
    /// configurations see the same ones, and those of one index can be [compared](crate::Comparison) in pairs. The results
    /// have the same bits for any number of threads.
    ///
    /// The data may be a [`Dataset`](nn_data::Dataset), or a [`Table`](nn_data::Table) or its
    /// [strata](nn_data::Table::strata). Fit scalers, recipes and whatever else is learned from data on the training part. Where a configuration is chosen by the test
    /// folds, their score is a validation score, and says too much of the chosen one: keep other data to judge it by, or
    /// split the training part once more (nested cross-validation).
    ///
    /// The training parts of two folds have most of their samples in common. Intervals over folds treat them as independent
    /// and are therefore somewhat too narrow (Bengio and Grandvalet, "No unbiased estimator of the variance of k-fold
    /// cross-validation", JMLR 5, 2004).
    ///
    /// ```
    /// use nn_train::nn_data::StratifiedKFold;
    /// use nn_train::prelude::*;
    ///
    /// let mut rng = ChaCha8Rng::seed_from_u64(0);
    /// let data = make_xor::<f32>(200, 0.3, &mut rng)?;
    /// let folds = StratifiedKFold::new(5);
    /// let ensemble = Trials::new(2).cross_validate(&data, &folds, |train, test, trial| {
    ///     let mut rng = trial.rng("network");
    ///     let mut network = Sequential::new()
    ///         .append(Linear::new(2, 8, &mut rng))
    ///         .append(Tanh)
    ///         .append(Linear::new(8, 2, &mut rng));
    ///     let trainer = Trainer::new(Adam::new(0.03)).epochs(100);
    ///     let loss = CrossEntropyLoss::mean();
    ///     let history = trainer.fit(&mut network, &loss, train, None, &mut rng)?;
    ///     let output = network.predict(test.x())?;
    ///     let accuracy = or_nan(|| accuracy(test.y(), &argmax(&output)?))?;
    ///     Ok(Run::from(history).score(Score::higher("accuracy of the folds", accuracy)))
    /// })?;
    /// assert_eq!(ensemble.trials(), 10);
    /// assert!(ensemble.score().unwrap().summary().iqm > 0.95);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`run`](Trials::run), and [`TrialsError::Data`] if the data cannot be divided so.
    pub fn cross_validate<F, S, K>(
        &self,
        data: &S,
        folds: &dyn CrossValidator<S>,
        experiment: impl Fn(&S::Part, &S::Part, Trial) -> Outcome<Run<F, K>> + Sync,
    ) -> Result<Ensemble<F, K>, TrialsError>
    where
        F: Scalar,
        S: Samples + Sync,
        K: Send,
    {
        let seed = self.its_seed();
        let draw = |index| {
            let mut rng = Trial { seed, index }.rng("folds");
            folds.folds(data, as_dyn(&mut rng))
        };
        let count = draw(0).map_err(|error| TrialsError::Data(Box::new(error)))?.len();
        self.times(count).run(|trial| {
            let (train, test) = draw(trial.index / count)?
                .nth(trial.index % count)
                .ok_or("expected the same number of folds")?;
            experiment(&train, &test, trial)
        })
    }
}
