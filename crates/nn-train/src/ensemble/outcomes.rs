//! How the trials of one experiment ended.

use nn_core::Scalar;

use super::{Measure, Run, SuccessRate};
use crate::failure::Failure;
use crate::statistics::{self, Better, Interval, Summary};

/// How the trials of one experiment ended, in the order of their indices, with statistics over them: everything that an
/// [`Ensemble`](crate::Ensemble) says but for the curves and for what runs keep. There is at least one run.
///
/// A run that [has diverged](Run::has_diverged) counts as diverged in every measure, whatever its recorded loss: its final
/// losses and its score are NaN, which ranks worst, and it has no success.
///
/// `Display` prints the final losses and the scores, one statistic per line.
#[derive(Debug, Clone)]
pub struct Outcomes {
    /// Ascending by index.
    runs: Vec<Ended>,
    failures: Vec<Failure>,
    seed: u64,
}

/// A run without its curves.
#[derive(Debug, Clone)]
pub(crate) struct Ended {
    /// Of the trial, counted from 0.
    pub(crate) index: usize,
    /// The length of the curve.
    pub(crate) epochs: usize,
    /// The final training loss.
    pub(crate) loss: f64,
    /// The final validation loss.
    pub(crate) validation: Option<f64>,
    pub(crate) score: Option<super::Score>,
    pub(crate) success: Option<bool>,
    /// Whether it [has diverged](Run::has_diverged).
    pub(crate) diverged: bool,
}

impl Ended {
    /// Of a run that was checked.
    pub(crate) fn of<F: Scalar, K>(index: usize, run: &Run<F, K>) -> Self {
        Ended {
            index,
            epochs: run.curve.len(),
            loss: run.final_loss().expect("checked when gathered").to_f64(),
            validation: run.final_validation_loss().map(F::to_f64),
            score: run.score.clone(),
            success: run.success,
            diverged: run.has_diverged(),
        }
    }
}

impl Ended {
    /// Everything that can be compared, also where it is NaN.
    fn bits(&self) -> (usize, u64, Option<u64>, Option<u64>, Option<bool>, bool) {
        let bits = |value: f64| crate::study::plain(value).to_bits();
        let score = self.score.as_ref().map(|score| bits(score.value));
        let validation = self.validation.map(bits);
        (self.epochs, bits(self.loss), validation, score, self.success, self.diverged)
    }
}

impl Outcomes {
    /// Of at least one run, ascending by index.
    pub(crate) fn new(runs: Vec<Ended>, failures: Vec<Failure>, seed: u64) -> Self {
        debug_assert!(!runs.is_empty() && runs.is_sorted_by_key(|run| run.index));
        Outcomes { runs, failures, seed }
    }

    /// Returns the indices of the trials that did not fail, in ascending order.
    pub fn indices(&self) -> Vec<usize> {
        self.runs.iter().map(|run| run.index).collect()
    }

    /// Returns the trials that failed, in the order of their indices. There are none unless the trials were told to
    /// [keep going](crate::Trials::keep_going).
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// Returns the number of trials, those that failed included.
    pub fn trials(&self) -> usize {
        self.runs.len() + self.failures.len()
    }

    /// Returns the seed of the experiment.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Returns whether this run is among them, with the same bits.
    pub(crate) fn has(&self, run: &Ended) -> bool {
        let found = self.runs.binary_search_by_key(&run.index, |run| run.index);
        found.is_ok_and(|position| self.runs[position].bits() == run.bits())
    }

    /// Returns the number of epochs of the longest run.
    pub fn epochs(&self) -> usize {
        self.runs.iter().map(|run| run.epochs).max().expect("there is at least one run")
    }

    /// Returns the number of epochs of the shortest run.
    pub(super) fn fewest_epochs(&self) -> usize {
        self.runs.iter().map(|run| run.epochs).min().expect("there is at least one run")
    }

    /// Returns the number of trials that trained in each epoch; the others had ended before.
    pub fn running(&self) -> Vec<usize> {
        let mut ended_before = vec![0; self.epochs() + 1];
        self.runs.iter().for_each(|run| ended_before[run.epochs] += 1);
        let still = |running: &mut usize, ended: usize| {
            *running -= ended;
            Some(*running)
        };
        ended_before[..self.epochs()].iter().copied().scan(self.runs.len(), still).collect()
    }

    /// Returns the final training loss of each run: the last one, or that of the epoch whose weights were restored. It is NaN
    /// for each run that [diverged](Run::has_diverged).
    pub fn final_losses(&self) -> Vec<f64> {
        self.finals(|run| Some(run.loss)).expect("every run has one")
    }

    /// Returns the final training loss of the trial with this index, or NaN if it diverged.
    ///
    /// # Panics
    /// If the trial has no run.
    pub fn final_loss(&self, index: usize) -> f64 {
        let found = self.runs.binary_search_by_key(&index, |run| run.index);
        let run =
            &self.runs[found.unwrap_or_else(|_| panic!("expected a trial with a run, found index {index}"))];
        if run.diverged { f64::NAN } else { run.loss }
    }

    /// Returns a value of each run, NaN if it diverged, or `None` if a run has no such value.
    fn finals(&self, value: impl Fn(&Ended) -> Option<f64>) -> Option<Vec<f64>> {
        let of = |run: &Ended| value(run).map(|value| if run.diverged { f64::NAN } else { value });
        self.runs.iter().map(of).collect()
    }

    /// Returns the final training losses, with their statistics.
    pub fn training(&self) -> Measure {
        self.measure("final training loss", Better::Lower, self.final_losses())
    }

    /// Returns the final validation losses, with their statistics, or `None` if there are none.
    pub fn validation(&self) -> Option<Measure> {
        let losses = self.finals(|run| run.validation)?;
        Some(self.measure("final validation loss", Better::Lower, losses))
    }

    /// Returns the scores, with their statistics, or `None` if there are none. Those of trials that
    /// [diverged](Run::has_diverged) are NaN: a network of NaN is right by chance, and that is no score.
    pub fn score(&self) -> Option<Measure> {
        let first = self.runs[0].score.as_ref()?;
        let values = self.finals(|run| Some(run.score.as_ref()?.value))?;
        Some(self.measure(&first.name, first.better, values))
    }

    /// Returns the losses by which the best and the worst trial are chosen: the final validation losses or, if there are
    /// none, the final training losses.
    pub fn criterion(&self) -> Measure {
        self.validation().unwrap_or_else(|| self.training())
    }

    /// Returns the statistics of the final training losses.
    pub fn summary(&self) -> Summary {
        self.training().summary()
    }

    /// Returns the 95 % bootstrap interval of the IQM of the final training losses, or `None` for a single trial. It shows how
    /// uncertain the IQM is, given these trials, not the spread of the trials, which the quartiles show.
    pub fn iqm_interval(&self) -> Option<Interval> {
        self.training().interval()
    }

    /// Returns the index of the trial with the lowest final loss by the [criterion](Outcomes::criterion), the first one in
    /// case of a tie, or `None` if every trial diverged.
    pub fn best(&self) -> Option<usize> {
        statistics::best(self.criterion().values()).map(|best| self.runs[best].index)
    }

    /// Returns the index of the trial with the highest final loss by the [criterion](Outcomes::criterion), the first one in
    /// case of a tie. Diverged trials rank highest and tie with each other.
    pub fn worst(&self) -> usize {
        let worst = statistics::worst(self.criterion().values()).expect("there is at least one run");
        self.runs[worst].index
    }

    /// Returns the number of trials that [diverged](Run::has_diverged).
    pub fn diverged(&self) -> usize {
        self.runs.iter().filter(|run| run.diverged).count()
    }

    /// Returns how many trials reached their goal, or `None` if they have no goal. A diverged trial never counts as a
    /// success, as with the [score](Outcomes::score), and neither does a failed one.
    pub fn success_rate(&self) -> Option<SuccessRate> {
        self.runs[0].success?;
        let trials = self.trials();
        let successes = self.runs.iter().filter(|run| run.success == Some(true) && !run.diverged).count();
        let interval = if trials > 1 { statistics::wilson(successes, trials) } else { None };
        Some(SuccessRate { successes, trials, interval })
    }

    /// Creates a measure with one value for each run.
    fn measure(&self, name: &str, better: Better, values: Vec<f64>) -> Measure {
        Measure::new(name, better, self.indices(), values, self.seed)
    }
}
