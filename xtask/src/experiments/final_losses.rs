//! Where the trials of several sets end: the loss of each, and which set is better pair by pair.

use nn_train::statistics::{Better, Interval, RESAMPLES, paired};
use nn_train::{Outcomes, Stream};
use nn_viz::{Axis, Color, Intervals, Panel, ReferenceLine};

/// The margin of a logarithmic axis must also be within the range of f64.
const LARGEST: f64 = 1e280;

/// The final losses of the sets that have any, each with its name. They can be drawn on a logarithmic axis.
pub(super) struct FinalLosses {
    pub(super) names: Vec<String>,
    pub(super) values: Vec<Vec<f64>>,
}

impl FinalLosses {
    /// Takes the final losses of each set. Those below `floor` become `floor`. Trials that diverged are left
    /// out, and so is a set in which all did, because there is nothing to draw.
    pub(super) fn of<'o>(sets: impl IntoIterator<Item = (String, &'o Outcomes)>, floor: f64) -> Self {
        let drawn = |outcomes: &Outcomes| -> Vec<f64> {
            let losses = outcomes.final_losses().into_iter();
            losses.filter(|loss| *loss <= LARGEST).map(|loss| loss.max(floor)).collect()
        };
        let sets = sets.into_iter().map(|(name, outcomes)| (name, drawn(outcomes)));
        let (names, values) = sets.filter(|(_, losses)| !losses.is_empty()).unzip();
        FinalLosses { names, values }
    }

    /// Whether every trial of every set diverged.
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// Draws for each two of these sets in how many pairs of trials the later one ends with the lower loss.
pub(super) fn pairs(panel: Panel, sets: &[(&str, &Outcomes)]) -> Panel {
    let (mut names, mut shares, mut low, mut high) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (index, &(better, of_better)) in sets.iter().enumerate() {
        for &(worse, of_worse) in &sets[..index] {
            let Some((share, interval)) = improvement(of_better, of_worse) else { continue };
            names.push(format!("{better} below {worse}"));
            shares.push(share);
            // The share of few pairs may lie outside of its bootstrap interval.
            low.push(interval.low.min(share));
            high.push(interval.high.max(share));
        }
    }
    let panel = panel
        .x(Axis::linear("Share of pairs, 95 % interval").range(-0.04, 1.04))
        .mark(ReferenceLine::vertical("", 0.5, Color::GREY));
    if names.is_empty() {
        return panel;
    }
    panel.mark(Intervals::new(&names, &shares, &low, &high).color(Color::INK).horizontal())
}

/// Returns the share of pairs in which `a` ends with the lower loss, where ties count half, and its interval.
fn improvement(a: &Outcomes, b: &Outcomes) -> Option<(f64, Interval)> {
    let (a, b, seed) = (a.training(), b.training(), a.seed());
    let both = a.indices().iter().filter_map(|&trial| Some((a.of(trial)?, b.of(trial)?)));
    let (a, b): (Vec<f64>, Vec<f64>) = both.unzip();
    let mut rng = Stream { seed, index: 0 }.rng("paired bootstrap");
    let pairs = paired(&a, &b, Better::Lower, RESAMPLES, &mut rng)?;
    // A single pair says nothing of the others.
    let unknown = Interval { low: 0.0, high: 1.0 };
    Some((pairs.improvement, pairs.improvement_interval.unwrap_or(unknown)))
}

#[cfg(test)]
mod tests {
    use nn_train::{Ensemble, Run, Trials};

    use super::*;

    /// Trials that end with these losses.
    fn ending(losses: &[f64]) -> Ensemble<f64> {
        Trials::new(losses.len()).run(|trial| Ok(Run::new(vec![1.0, losses[trial.index]]))).unwrap()
    }

    #[test]
    fn what_cannot_be_drawn_is_left_out() {
        let [some, none] = [&[0.5, f64::INFINITY, 1e-9, f64::NAN, 0.0][..], &[f64::NAN; 5]].map(ending);
        let sets = [("some".to_owned(), some.outcomes()), ("none".to_owned(), none.outcomes())];
        let losses = FinalLosses::of(sets, 1e-8);
        assert_eq!(
            (&losses.names[..], &losses.values[..]),
            (&["some".to_owned()][..], &[vec![0.5, 1e-8, 1e-8]][..])
        );
        assert!(
            !losses.is_empty() && FinalLosses::of([("none".to_owned(), none.outcomes())], 1e-8).is_empty()
        );
    }

    #[test]
    fn a_pair_goes_to_the_lower_loss_and_a_tie_to_both() {
        let [a, b] = [[0.1, 0.3, 0.2, f64::NAN], [0.2, 0.1, 0.2, 0.9]].map(|losses| ending(&losses));
        let (share, interval) = improvement(a.outcomes(), b.outcomes()).unwrap();
        assert_eq!(share, 0.375, "one of four pairs, and half of another");
        assert!(interval.low < share && share < interval.high, "{interval:?}");
        let one = ending(&[0.1]);
        let (share, interval) = improvement(one.outcomes(), ending(&[0.2]).outcomes()).unwrap();
        assert_eq!((share, interval.low, interval.high), (1.0, 0.0, 1.0), "a single pair is no evidence");
    }
}
