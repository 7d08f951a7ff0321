//! The report of one trial.

use std::fmt;
use std::sync::Arc;

use nn_core::Scalar;

use crate::ensemble::readable;
use crate::failure::{Outcome, shortened};
use crate::{Run, Score};

/// A trial that has ended, for observers ([`Trials::observe`](crate::Trials::observe)). `Display` prints it as a line of a
/// log: `trial 12 of 100  loss 1.2340e-1  validation 2.3450e-1  test accuracy 0.9310`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TrialReport {
    /// The index of the trial.
    pub index: usize,
    /// The number of trials that have ended, this one included.
    pub done: usize,
    /// The number of trials to run.
    pub of: usize,
    /// The cell of the [grid](crate::Trials::grid) that the trial belongs to, if it belongs to one.
    pub cell: Option<CellReport>,
    /// The final training loss; `None` if the trial failed.
    pub loss: Option<f64>,
    /// The final validation loss, if there is one.
    pub validation: Option<f64>,
    /// The score, if there is one.
    pub score: Option<Score>,
    /// Whether the trial [diverged](Run::has_diverged).
    pub diverged: bool,
}

/// The place of a cell in its grid.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CellReport {
    /// The name of the cell.
    pub name: Arc<str>,
    /// The index of the cell, counted from 0.
    pub index: usize,
    /// The number of cells.
    pub of: usize,
}

impl TrialReport {
    pub(super) fn new<F: Scalar, K>(
        [index, done, of]: [usize; 3],
        cell: Option<CellReport>,
        outcome: &Outcome<Run<F, K>>,
    ) -> Self {
        let run = outcome.as_ref().ok();
        TrialReport {
            index,
            done,
            of,
            cell,
            loss: run.and_then(Run::final_loss).map(F::to_f64),
            validation: run.and_then(Run::final_validation_loss).map(F::to_f64),
            score: run.and_then(|run| run.score.clone()),
            diverged: run.is_some_and(Run::has_diverged),
        }
    }
}

impl fmt::Display for TrialReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(CellReport { name, index, of }) = &self.cell {
            write!(f, "cell {} of {of}, {}, ", index + 1, shortened(name, 40))?;
        }
        let width = self.of.to_string().len();
        write!(f, "trial {:>width$} of {}", self.done, self.of)?;
        let Some(loss) = self.loss else { return f.write_str("  failed") };
        write!(f, "  loss {loss:.4e}")?;
        if let Some(validation) = self.validation {
            write!(f, "  validation {validation:.4e}")?;
        }
        if let Some(Score { name, value, .. }) = &self.score {
            write!(f, "  {} {}", shortened(name, 40), readable(*value))?;
        }
        if self.diverged { f.write_str("  (diverged)") } else { Ok(()) }
    }
}
