//! Compares two configurations on the same seeds, pair by pair.

use std::fmt;

use nn_core::Scalar;

use crate::ensemble::{Measure, TOO_FEW, readable, signed};
use crate::statistics::{Better, FEW, Interval, Paired, RESAMPLES, paired};
use crate::{Ensemble, Stream};

/// Whether one configuration is better than another, judged from pairs of trials with the same seed and index. The trials
/// of a pair get the same data if both configurations draw them from the generator of the same purpose
/// ([`Trial::rng`](crate::Trial::rng)). `Display` prints the result in words.
///
/// ```
/// use nn_train::prelude::*;
///
/// let run = |hidden| {
///     Trials::new(20).seed(7).run(move |trial| {
///         let train = make_xor::<f32>(100, 0.3, &mut trial.rng("data"))?;
///         let test = make_xor::<f32>(100, 0.3, &mut trial.rng("test"))?;
///         let mut rng = trial.rng("network");
///         let mut network = Sequential::new()
///             .append(Linear::new(2, hidden, &mut rng))
///             .append(Tanh)
///             .append(Linear::new(hidden, 2, &mut rng));
///         let loss = CrossEntropyLoss::mean();
///         let history = GradientDescent::new(1.0, 200).fit(
///             &mut network,
///             &loss,
///             &train,
///             &mut rng,
///         )?;
///         let output = network.predict(test.x())?;
///         let accuracy = or_nan(|| accuracy(test.y(), &argmax(&output)?))?;
///         Ok(Run::from(history).score(Score::higher("test accuracy", accuracy)))
///     })
/// };
/// let comparison =
///     Comparison::paired(&run(8)?, &run(2)?)?.names("8 hidden", "2 hidden");
/// println!("{comparison}");
/// assert!(
///     comparison
///         .pairs
///         .difference_interval
///         .is_some_and(|interval| interval.low > 0.0)
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Comparison {
    /// The names of the two configurations.
    pub names: [String; 2],
    /// The name of the compared measure.
    pub measure: String,
    /// Whether higher or lower is better.
    pub better: Better,
    /// The number of trials of each configuration that diverged. They rank worst, and tie with each other.
    pub diverged: [usize; 2],
    /// The comparison of the pairs: how often one is better, by how much, and how certain that is.
    pub pairs: Paired,
    /// The number of trials that form no pair, because they [failed](Ensemble::failures) in A, in B or in both.
    pub failed: usize,
}

impl Comparison {
    /// Compares the scores or, if there are none, the final losses: those of validation if both ensembles have them,
    /// otherwise those of training. The two are called A and B. The bootstrap uses the seed of the ensembles. A trial that
    /// failed in one of them is left out of both.
    ///
    /// # Errors
    /// Returns [`ComparisonError`] if the two differ in seed, in the number of trials, or in the kind of score, or if no
    /// trial has a run in both.
    pub fn paired<F: Scalar, K, G: Scalar, L>(
        a: &Ensemble<F, K>,
        b: &Ensemble<G, L>,
    ) -> Result<Self, ComparisonError> {
        same_seeds(a, b)?;
        let (left, right) = match (a.score(), b.score(), a.validation(), b.validation()) {
            (None, None, Some(left), Some(right)) => (left, right),
            (None, None, _, _) => (a.training(), b.training()),
            (Some(left), Some(right), _, _)
                if (left.name(), left.better()) == (right.name(), right.better()) =>
            {
                (left, right)
            }
            (left, right, _, _) => {
                let print = |score: Option<Measure>| match score {
                    Some(score) => format!("the score \"{}\" ({})", score.name(), score.better()),
                    None => "no score".to_owned(),
                };
                return Err(ComparisonError::Scores { a: print(left), b: print(right) });
            }
        };
        Comparison::of(a, b, [&left, &right])
    }

    /// Compares two ensembles by one measure of each, of the same kind.
    pub(crate) fn of<F: Scalar, K, G: Scalar, L>(
        a: &Ensemble<F, K>,
        b: &Ensemble<G, L>,
        [left, right]: [&Measure; 2],
    ) -> Result<Self, ComparisonError> {
        let trials = same_seeds(a, b)?;
        let mut rng = Stream { seed: a.seed(), index: 0 }.rng("paired bootstrap");
        let both = left.indices().iter().zip(left.values());
        let (of_a, of_b): (Vec<f64>, Vec<f64>) =
            both.filter_map(|(&index, &value)| Some((value, right.of(index)?))).unzip();
        let failed = trials - of_a.len();
        let pairs = paired(&of_a, &of_b, left.better(), RESAMPLES, &mut rng)
            .ok_or(ComparisonError::NoPairs { trials })?;
        Ok(Comparison {
            names: ["A".to_owned(), "B".to_owned()],
            measure: left.name().to_owned(),
            better: left.better(),
            diverged: [a.diverged(), b.diverged()],
            pairs,
            failed,
        })
    }

    /// Names the two configurations.
    #[must_use]
    pub fn names(self, a: impl Into<String>, b: impl Into<String>) -> Self {
        Comparison { names: [a.into(), b.into()], ..self }
    }
}

/// Checks that two ensembles have the same seed and equally many trials, and returns their number.
fn same_seeds<F: Scalar, K, G: Scalar, L>(
    a: &Ensemble<F, K>,
    b: &Ensemble<G, L>,
) -> Result<usize, ComparisonError> {
    if a.seed() != b.seed() {
        return Err(ComparisonError::Seeds { a: a.seed(), b: b.seed() });
    }
    let (trials, other) = (a.trials(), b.trials());
    if trials != other {
        return Err(ComparisonError::Trials { a: trials, b: other });
    }
    Ok(trials)
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ([a, b], pairs) = (&self.names, &self.pairs);
        let n = pairs.wins + pairs.ties + pairs.losses;
        writeln!(
            f,
            "{}, IQM ({}): {a} {}, {b} {}",
            self.measure,
            self.better,
            readable(pairs.a),
            readable(pairs.b)
        )?;
        write!(f, "  difference {}", signed(pairs.difference))?;
        if let (Some(difference), Some(improvement)) = (pairs.difference_interval, pairs.improvement_interval)
        {
            let Interval { low, high } = difference;
            writeln!(f, " (95 % interval {} to {})", signed(low), signed(high))?;
            write!(f, "  {a} is better in {} of {n} pairs", pairs.wins)?;
            if pairs.ties > 0 {
                write!(f, ", equal in {}", pairs.ties)?;
            }
            let (of, Interval { low, high }) = (pairs.improvement, improvement);
            write!(f, ", probability of improvement {of:.2} (95 % interval {low:.2} to {high:.2})")?;
        }
        if self.diverged != [0, 0] {
            let [of_a, of_b] = self.diverged;
            write!(f, "\n  diverged: {of_a} of {a}, {of_b} of {b}")?;
        }
        match n {
            1 => write!(f, "\n  a single pair is {TOO_FEW}")?,
            2..FEW => write!(f, "\n  {n} pairs are {TOO_FEW}")?,
            _ => (),
        }
        match self.failed {
            0 => Ok(()),
            1 => write!(f, "\n  1 trial forms no pair, because it failed in one of the two"),
            failed => write!(f, "\n  {failed} trials form no pair, because they failed in one of the two"),
        }
    }
}

/// Why the trials of two ensembles do not form pairs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ComparisonError {
    /// The seeds differ, and so do the data.
    #[error("A has seed {a} and B seed {b}, expected the same, so that trials of one index share their data")]
    Seeds {
        /// The seed of A.
        a: u64,
        /// The seed of B.
        b: u64,
    },
    /// The numbers of trials differ.
    #[error("A has {a} trials and B {b}, expected equal numbers, so that the trials form pairs")]
    Trials {
        /// The number of trials of A.
        a: usize,
        /// The number of trials of B.
        b: usize,
    },
    /// Every trial failed in A or in B.
    #[error("each of the {trials} trials failed in A or in B, expected at least 1 with a run in both")]
    NoPairs {
        /// The number of trials.
        trials: usize,
    },
    /// The scores are of different kinds, or only one ensemble has scores.
    #[error("A has {a} and B {b}, expected the same in both")]
    Scores {
        /// The kind of score of A.
        a: String,
        /// The kind of score of B.
        b: String,
    },
}
