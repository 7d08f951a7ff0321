//! The part of a network that sees tokens: a layer of a transformer.

use std::fmt;

use super::line::{Line, numbers};

/// Tokens and the layer of a transformer that goes over them: norms first, max(0, ·) between its linear layers, no dropout. The first
/// linear layer of the network sees the mean of its tokens, so it has as many inputs as a token has features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tokens {
    /// Number of tokens, and number of features of a token.
    pub(super) shape: [usize; 2],
    /// Number of heads of the attention.
    pub(super) heads: usize,
    /// Number of features between the two linear layers that each token goes through.
    pub(super) hidden: usize,
}

impl Tokens {
    /// The shapes of the weights in PyTorch's order: queries, keys and values together, the output of the attention, both linear
    /// layers, both norms. Each has a bias.
    pub(super) fn weights(&self) -> Vec<Vec<usize>> {
        let ([_, width], hidden) = (self.shape, self.hidden);
        let linear = [[3 * width, width], [width, width], [hidden, width], [width, hidden]];
        linear.into_iter().map(Vec::from).chain([vec![width], vec![width]]).collect()
    }

    /// Reads the three words, or `None` if the line has none of them.
    pub(super) fn read(line: &Line<'_>) -> Result<Option<Self>, String> {
        let Some(text) = line.find::<String>("tokens")? else { return Ok(None) };
        let shape = numbers(&text, 'x').ok_or_else(|| format!("expected tokens=16x32, found '{text}'"))?;
        Ok(Some(Tokens { shape, heads: line.get("heads")?, hidden: line.get("hidden")? }))
    }
}

/// Three words of a job.
impl fmt::Display for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tokens { shape: [tokens, width], heads, hidden } = self;
        write!(f, "tokens={tokens}x{width} heads={heads} hidden={hidden}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layers_of_a_transformer() {
        let line = Line("tokens=16x32 heads=4 hidden=64");
        let tokens = Tokens::read(&line).unwrap().unwrap();
        assert_eq!(tokens.to_string(), line.0);
        let weights: [&[usize]; 6] = [&[96, 32], &[32, 32], &[64, 32], &[32, 64], &[32], &[32]];
        assert_eq!(tokens.weights(), weights);
        assert_eq!(Tokens::read(&Line("sizes=2-2")), Ok(None));
    }

    #[test]
    fn tokens_that_cannot_be_read_are_refused() {
        let error = |line| Tokens::read(&Line(line)).unwrap_err();
        assert_eq!(error("tokens=16 heads=4 hidden=64"), "expected tokens=16x32, found '16'");
        assert!(error("tokens=16x32 hidden=64").starts_with("expected heads=…"));
        assert!(error("tokens=16x32 heads=4").starts_with("expected hidden=…"));
        assert!(error("tokens=16x32 heads=four hidden=64").starts_with("cannot read heads=four in"));
    }
}
