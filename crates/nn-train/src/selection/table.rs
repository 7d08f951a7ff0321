//! Prints a grid.

use std::fmt;

use nn_core::Scalar;

use super::Grid;
use super::grid::choice;
use crate::ensemble::{TOO_FEW, readable};
use crate::failure::shortened;
use crate::statistics::{FEW, Interval, Summary};

/// The longest name of a cell that is printed whole.
const WIDEST: usize = 40;

impl<C, F: Scalar, K> fmt::Display for Grid<C, F, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cells = self.cells();
        let chosen = choice(&cells[0].ensemble);
        let (count, trials) = (cells.len(), cells[0].ensemble.trials());
        write!(f, "{} ({}), {count} cell{} of ", chosen.name(), chosen.better(), plural(count))?;
        write!(f, "{trials} trial{}, the best first", plural(trials))?;
        if trials < FEW {
            write!(f, ": {TOO_FEW}")?;
        }
        let mut rows =
            vec![["", "IQM", "95 % interval", "diverged", "the best is better"].map(str::to_owned)];
        for (index, cell) in cells.iter().enumerate() {
            let measure = choice(&cell.ensemble);
            let Summary { iqm, diverged, .. } = measure.summary();
            let interval = measure.interval().map(|ends| range(ends, readable)).unwrap_or_default();
            let failed = match cell.ensemble.failures().len() {
                0 => String::new(),
                failed => format!(", {failed} failed"),
            };
            let better = index.checked_sub(1).map(|other| self.against_best()[other].pairs).map(|pairs| {
                let of = |value| format!("{value:.2}");
                let interval = pairs.improvement_interval.map(|ends| format!(" ({})", range(ends, of)));
                of(pairs.improvement) + &interval.unwrap_or_default()
            });
            rows.push([
                shortened(&cell.name, WIDEST),
                readable(iqm),
                interval,
                format!("{diverged}{failed}"),
                better.unwrap_or_default(),
            ]);
        }
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: [usize; 4] = std::array::from_fn(width);
        for [name, iqm, interval, diverged, better] in &rows {
            let [first, second, third, fourth] = widths;
            let line =
                format!("{name:first$}  {iqm:>second$}  {interval:third$}  {diverged:>fourth$}  {better}");
            write!(f, "\n{}", line.trim_end())?;
        }
        self.chosen(f)
    }
}

impl<C, F: Scalar, K> Grid<C, F, K> {
    /// Writes how good the chosen cell is on data that had no part in the choice.
    fn chosen(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(best) = self.best() else {
            return write!(f, "\nchosen: none, because no IQM is finite");
        };
        write!(f, "\nchosen: {}", shortened(&best.name, WIDEST))?;
        match (best.ensemble.validation(), best.ensemble.score()) {
            (Some(_), Some(score)) => {
                write!(f, ", {} {}", score.name(), readable(score.summary().iqm))?;
                match score.interval() {
                    Some(ends) => write!(f, " (95 % interval {})", range(ends, readable)),
                    None => Ok(()),
                }
            }
            _ => write!(f, " (judge it by data that had no part in the choice)"),
        }
    }
}

fn range(Interval { low, high }: Interval, print: impl Fn(f64) -> String) -> String {
    format!("{} to {}", print(low), print(high))
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
