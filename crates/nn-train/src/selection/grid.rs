//! Many configurations on the same seeds.

use nn_core::Scalar;

use super::GridError;
use crate::ensemble::Measure;
use crate::statistics::Better;
use crate::{Comparison, Ensemble, Trials, TrialsError};

/// One configuration of a [`Grid`].
#[derive(Debug, Clone)]
pub struct Cell<C, F, K = ()> {
    /// Its name, such as "Adam at 0.01".
    pub name: String,
    /// Its settings.
    pub settings: C,
    /// Its trials.
    pub ensemble: Ensemble<F, K>,
}

/// Configurations that were tried on the same seeds, the best first, from [`Trials::grid`].
///
/// Cells are ordered by the IQM of what they are chosen by: the final validation loss or, without validation losses, the
/// score or, without scores, the final training loss. Trials that diverged rank worst; cells that tie keep the order in which
/// they were given. Where there are validation losses, the score on test data has no part in the choice, and says how good
/// the chosen cell is.
///
/// Every other cell is [compared](Grid::against_best) with the best one, pair by pair. An interval that contains no
/// difference means that the seeds do not tell the two apart. The best of many cells is also the luckiest: what it was chosen
/// by is better than what it will reach, whereas its score on test data is not.
///
/// `Display` prints a table, one line for each cell, and then the score of the chosen one.
#[derive(Debug, Clone)]
pub struct Grid<C, F, K = ()> {
    /// The best first.
    cells: Vec<Cell<C, F, K>>,
    against_best: Vec<Comparison>,
}

impl<'a> Trials<'a> {
    /// Runs these trials for each cell of a grid of configurations, each a name and settings, and orders the cells, the best
    /// first. `run` gets the settings of a cell and the trials, with which it does what it would do without a grid:
    /// [`run`](Trials::run), [`fit`](Trials::fit) or [`cross_validate`](Trials::cross_validate).
    ///
    /// All cells get the same data and start from the same networks if they draw them from the generators of the same
    /// purpose ([`Trial::rng`](crate::Trial::rng)). Cells run one after another, and the trials of each in parallel; the
    /// results have the same bits for any number of threads.
    ///
    /// ```
    /// use nn_train::prelude::*;
    ///
    /// let cells = [0.003, 0.03, 30.0].map(|rate| (format!("Adam at {rate}"), rate));
    /// let grid = Trials::new(5).grid(cells, |&rate, trials| {
    ///     trials.run(|trial| {
    ///         let mut rng = trial.rng("data");
    ///         let [train, validation, test] =
    ///             [(); 3].map(|()| make_xor::<f32>(100, 0.3, &mut rng));
    ///         let (train, validation, test) = (train?, validation?, test?);
    ///         let mut rng = trial.rng("network");
    ///         let mut network = Sequential::new()
    ///             .append(Linear::new(2, 8, &mut rng))
    ///             .append(Tanh)
    ///             .append(Linear::new(8, 2, &mut rng));
    ///         let (loss, trainer) =
    ///             (CrossEntropyLoss::mean(), Trainer::new(Adam::new(rate)).epochs(50));
    ///         let history =
    ///             trainer.fit(&mut network, &loss, &train, Some(&validation), &mut rng)?;
    ///         let output = network.predict(test.x())?;
    ///         let accuracy = or_nan(|| accuracy(test.y(), &argmax(&output)?))?;
    ///         Ok(Run::from(history).score(Score::higher("test accuracy", accuracy)))
    ///     })
    /// })?;
    /// println!("{grid}");
    /// assert_eq!(grid.best().unwrap().settings, 0.03);
    /// # Ok::<(), nn_train::GridError>(())
    /// ```
    ///
    /// # Errors
    /// [`GridError`] if there are no cells, the trials of a cell fail, or the cells are not measured alike.
    pub fn grid<N: Into<String>, C, F: Scalar, K>(
        &self,
        cells: impl IntoIterator<Item = (N, C)>,
        run: impl Fn(&C, &Trials<'a>) -> Result<Ensemble<F, K>, TrialsError>,
    ) -> Result<Grid<C, F, K>, GridError> {
        let cells: Vec<(N, C)> = cells.into_iter().collect();
        let (count, mut done) = (cells.len(), Vec::new());
        for (index, (name, settings)) in cells.into_iter().enumerate() {
            let name = name.into();
            match run(&settings, &self.of_cell(&name, index, count)) {
                Ok(ensemble) => done.push(Cell { name, settings, ensemble }),
                Err(source) => return Err(GridError::Cell { name, source: Box::new(source) }),
            }
        }
        Grid::new(done)
    }
}

impl<C, F: Scalar, K> Grid<C, F, K> {
    /// Orders cells whose trials have been run, with the same seed and equally many in each.
    ///
    /// # Errors
    /// [`GridError`] if there are no cells, or they are not measured alike.
    pub fn new(mut cells: Vec<Cell<C, F, K>>) -> Result<Self, GridError> {
        let Some(first) = cells.first() else { return Err(GridError::NoCells) };
        let expected = kind(&choice(&first.ensemble));
        for Cell { name, ensemble, .. } in &cells {
            let found = kind(&choice(ensemble));
            if found != expected {
                return Err(GridError::Measure { name: name.clone(), expected, found });
            }
        }
        cells.sort_by(|a, b| rank(&a.ensemble).total_cmp(&rank(&b.ensemble)));
        let (best, others) = cells.split_first().expect("there is a cell");
        let chosen = choice(&best.ensemble);
        let mut against_best = Vec::with_capacity(others.len());
        for Cell { name, ensemble, .. } in others {
            match Comparison::of(&best.ensemble, ensemble, [&chosen, &choice(ensemble)]) {
                Ok(comparison) => against_best.push(comparison.names(&best.name, name)),
                Err(source) => return Err(GridError::Pairs { name: name.clone(), source }),
            }
        }
        Ok(Grid { cells, against_best })
    }

    /// Returns the cells, the best first.
    pub fn cells(&self) -> &[Cell<C, F, K>] {
        &self.cells
    }

    /// Takes the cells out of the grid, the best first.
    pub fn into_cells(self) -> Vec<Cell<C, F, K>> {
        self.cells
    }

    /// Returns the chosen cell, or `None` if so many trials of each cell diverged that no IQM is finite.
    pub fn best(&self) -> Option<&Cell<C, F, K>> {
        self.cells.first().filter(|cell| choice(&cell.ensemble).summary().iqm.is_finite())
    }

    /// Returns the comparison of the best cell, as A, with each other cell, in the order of [`cells`](Grid::cells), by what
    /// the best one was chosen by. [`Comparison::paired`] compares their scores on test data.
    pub fn against_best(&self) -> &[Comparison] {
        &self.against_best
    }
}

/// Returns what a cell is chosen by.
pub(super) fn choice<F: Scalar, K>(ensemble: &Ensemble<F, K>) -> Measure {
    ensemble.validation().or_else(|| ensemble.score()).unwrap_or_else(|| ensemble.training())
}

fn kind(measure: &Measure) -> String {
    format!("{} ({})", measure.name(), measure.better())
}

/// Returns the IQM of what a cell is chosen by, with the sign with which lower is better.
fn rank<F: Scalar, K>(ensemble: &Ensemble<F, K>) -> f64 {
    let measure = choice(ensemble);
    let iqm = measure.summary().iqm;
    if measure.better() == Better::Lower { iqm } else { -iqm }
}
