//! All answers of a run, and what the rounds say together.

use std::collections::BTreeMap;

use super::answer::Answer;
use super::contestant::Contestant;
use super::sample::Sample;

/// The answers of all programs.
#[derive(Debug)]
pub(super) struct Results {
    /// The contestants that took part, each with its version.
    pub(super) contestants: Vec<(Contestant, String)>,
    /// The contestants that were left out, each with the reason.
    pub(super) left_out: Vec<(Contestant, String)>,
    /// By contestant, index of the work and index of the conditions: one answer per round.
    answers: BTreeMap<(&'static str, usize, usize), Vec<Answer>>,
}

impl Results {
    /// No answers yet.
    pub(super) fn new(contestants: impl IntoIterator<Item = (Contestant, String)>) -> Self {
        let contestants = contestants.into_iter().collect();
        Results { contestants, left_out: Vec::new(), answers: BTreeMap::new() }
    }

    /// Adds an answer.
    pub(super) fn record(&mut self, contestant: &Contestant, work: usize, conditions: usize, answer: Answer) {
        self.answers.entry((contestant.id, work, conditions)).or_default().push(answer);
    }

    fn of(&self, contestant: &Contestant, work: usize, conditions: usize) -> &[Answer] {
        self.answers.get(&(contestant.id, work, conditions)).map_or(&[], |answers| &answers[..])
    }

    /// Seconds of one trial, epoch, step, prediction or reading.
    pub(super) fn wall(&self, contestant: &Contestant, work: usize, conditions: usize) -> Option<Sample> {
        Sample::of(self.of(contestant, work, conditions).iter().map(|answer| answer.each().0))
    }

    /// CPU seconds of one trial, epoch, step, prediction or reading.
    pub(super) fn cpu(&self, contestant: &Contestant, work: usize, conditions: usize) -> Option<Sample> {
        Sample::of(self.of(contestant, work, conditions).iter().map(|answer| answer.each().1))
    }

    /// Seconds of compiling.
    pub(super) fn setup(&self, contestant: &Contestant, work: usize, conditions: usize) -> Option<Sample> {
        Sample::of(self.of(contestant, work, conditions).iter().filter_map(|answer| answer.setup))
    }

    /// Number of epochs that a trial ran on average, where early stopping may end it.
    pub(super) fn epochs(&self, contestant: &Contestant, work: usize, conditions: usize) -> Option<Sample> {
        Sample::of(self.of(contestant, work, conditions).iter().filter_map(|answer| answer.epochs))
    }

    /// Peak resident memory in KiB: the least of all rounds and conditions, because what a process has freed after earlier
    /// works may still count as its own.
    pub(super) fn memory(&self, contestant: &Contestant, work: usize) -> Option<usize> {
        let answers =
            self.answers.iter().filter(|((id, place, _), _)| (*id, *place) == (contestant.id, work));
        answers.flat_map(|(_, answers)| answers).filter_map(|answer| answer.memory).min()
    }
}
