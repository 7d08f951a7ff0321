//! Two configurations on the same seeds, compared pair by pair.

use std::fmt;

use nn_core::Scalar;

use crate::ensemble::{Measure, readable, signed};
use crate::statistics::{Better, Interval, Paired, RESAMPLES, paired};
use crate::{Ensemble, Stream};

/// Whether one configuration is better than another, from trials in pairs: those of the same seed and index, which get the
/// same data wherever both draw them from a generator of the same purpose ([`Trial::rng`](crate::Trial::rng)). `Display` says it in words.
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
///         let history = GradientDescent::new(1.0, 200).fit(&mut network, &loss, &train, &mut rng)?;
///         let accuracy = accuracy(test.y(), &argmax(&network.predict(test.x())?))?;
///         Ok(Run::new(history.loss).score(Score::higher("test accuracy", accuracy)))
///     })
/// };
/// let comparison = Comparison::paired(&run(8)?, &run(2)?)?.names("8 hidden", "2 hidden");
/// println!("{comparison}");
/// assert!(comparison.pairs.difference_interval.low > 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Comparison {
    /// The names of the two configurations.
    pub names: [String; 2],
    /// What is compared.
    pub measure: String,
    /// Whether it is to be high or low.
    pub better: Better,
    /// How often, by how much, and how surely.
    pub pairs: Paired,
}

impl Comparison {
    /// Compares the scores, or without any the final losses: of validation if both have them, otherwise of training. They are
    /// called A and B. The bootstrap takes the seed of the ensembles.
    ///
    /// # Errors
    /// [`ComparisonError`] if the two differ in their seed or number of trials, or in what their scores are.
    pub fn paired<F: Scalar, K, G: Scalar, L>(
        a: &Ensemble<F, K>,
        b: &Ensemble<G, L>,
    ) -> Result<Self, ComparisonError> {
        if a.seed() != b.seed() {
            return Err(ComparisonError::Seeds { a: a.seed(), b: b.seed() });
        }
        let (trials, other) = (a.runs().len(), b.runs().len());
        if trials != other {
            return Err(ComparisonError::Trials { a: trials, b: other });
        }
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
        let mut rng = Stream { seed: a.seed(), index: 0 }.rng("paired bootstrap");
        let pairs = paired(left.values(), right.values(), left.better(), RESAMPLES, &mut rng)
            .expect("as many trials in both, at least one");
        Ok(Comparison {
            names: ["A".to_owned(), "B".to_owned()],
            measure: left.name().to_owned(),
            better: left.better(),
            pairs,
        })
    }

    /// Names the two.
    #[must_use]
    pub fn names(self, a: impl Into<String>, b: impl Into<String>) -> Self {
        Comparison { names: [a.into(), b.into()], ..self }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ([a, b], pairs) = (&self.names, &self.pairs);
        let Interval { low, high } = pairs.difference_interval;
        writeln!(
            f,
            "{}, IQM ({}): {a} {}, {b} {}",
            self.measure,
            self.better,
            readable(pairs.a),
            readable(pairs.b)
        )?;
        writeln!(
            f,
            "  difference {} (95 % interval {} to {})",
            signed(pairs.difference),
            signed(low),
            signed(high)
        )?;
        let n = pairs.wins + pairs.ties + pairs.losses;
        write!(f, "  {a} is better in {} of {n} pairs", pairs.wins)?;
        if pairs.ties > 0 {
            write!(f, ", equal in {}", pairs.ties)?;
        }
        let Interval { low, high } = pairs.improvement_interval;
        write!(
            f,
            ", probability of improvement {:.2} (95 % interval {low:.2} to {high:.2})",
            pairs.improvement
        )
    }
}

/// Ensembles whose trials are not pairs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ComparisonError {
    /// Different seeds, so different data.
    #[error("A has seed {a} and B seed {b}, expected the same, so that trials of one index share their data")]
    Seeds {
        /// Seed of A.
        a: u64,
        /// Seed of B.
        b: u64,
    },
    /// Different numbers of trials.
    #[error("A has {a} trials and B {b}, expected as many, so that each has its pair")]
    Trials {
        /// Trials of A.
        a: usize,
        /// Trials of B.
        b: usize,
    },
    /// Scores that are not of the same kind, or of one ensemble only.
    #[error("A has {a} and B {b}, expected the same in both")]
    Scores {
        /// What A has.
        a: String,
        /// What B has.
        b: String,
    },
}
