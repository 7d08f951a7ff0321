//! The part of a network that sees sequences: a recurrent layer.

use std::fmt;

use super::job::CellKind;
use super::line::{Line, numbers};

/// Sequences and the cell of the recurrent layer that goes over them. The layer has as many units as the first linear layer, which
/// sees its last output, has inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sequences {
    /// Number of steps, and number of features of a step.
    pub(super) shape: [usize; 2],
    pub(super) cell: CellKind,
}

impl Sequences {
    /// The shapes of both weights, for the inputs and for the output of the step before: `[gates · units, inputs]`. Each has a
    /// bias, as in PyTorch.
    pub(super) fn weights(&self, units: usize) -> Vec<Vec<usize>> {
        let gates = match self.cell {
            CellKind::Lstm => 4,
            CellKind::Gru => 3,
        };
        [self.shape[1], units].map(|inputs| vec![gates * units, inputs]).to_vec()
    }

    /// Reads both words, or `None` if the line has neither.
    pub(super) fn read(line: &Line<'_>) -> Result<Option<Self>, String> {
        let Some(text) = line.find::<String>("sequence")? else { return Ok(None) };
        let shape = numbers(&text, 'x').ok_or_else(|| format!("expected sequence=28x28, found '{text}'"))?;
        Ok(Some(Sequences { shape, cell: line.get("cell")? }))
    }
}

/// Two words of a job.
impl fmt::Display for Sequences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sequences { shape: [steps, features], cell } = self;
        write!(f, "sequence={steps}x{features} cell={cell}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_cells_have_their_gates() {
        let line = Line("sequence=28x3 cell=lstm");
        let lstm = Sequences::read(&line).unwrap().unwrap();
        assert_eq!(lstm.to_string(), line.0);
        assert_eq!(lstm.weights(64), [[256, 3], [256, 64]]);
        assert_eq!(Sequences { cell: CellKind::Gru, ..lstm }.weights(8), [[24, 3], [24, 8]]);
        assert_eq!(Sequences::read(&Line("sizes=2-2")), Ok(None));
    }

    #[test]
    fn sequences_that_cannot_be_read_are_refused() {
        let error = |line| Sequences::read(&Line(line)).unwrap_err();
        assert_eq!(error("sequence=28 cell=lstm"), "expected sequence=28x28, found '28'");
        assert!(error("sequence=28x28").starts_with("expected cell=…"));
        assert!(error("sequence=28x28 cell=rnn").ends_with("expected one of lstm, gru"));
    }
}
