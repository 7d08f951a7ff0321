//! The optimiser around a rule: its learning rate, its memory, its saved state and what it refuses.

use std::fmt;

use nn_core::{Parameters, Scalar, Setting, SettingError, StateDict, StateError, Workspace};

use super::memory::Memory;
use super::{Elements, Optimizer, OptimizerError, Rule};

/// An optimiser that changes every element of every parameter by a [`Rule`]. [`Sgd`](super::Sgd), [`Adam`](super::Adam) and
/// the others without a line search are this type with different rules.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstOrder<R, F> {
    rule: R,
    learning_rate: f64,
    memory: Memory<F>,
}

impl<R: Rule, F: Scalar> FirstOrder<R, F> {
    /// With this rule and learning rate η.
    pub fn with_rule(rule: R, learning_rate: f64) -> Self {
        FirstOrder { rule, learning_rate, memory: Memory::new() }
    }

    /// With the default settings of the rule and learning rate η.
    pub fn new(learning_rate: f64) -> Self
    where
        R: Default,
    {
        FirstOrder::with_rule(R::default(), learning_rate)
    }

    /// With one setting changed.
    pub(super) fn set(mut self, change: impl FnOnce(&mut R)) -> Self {
        change(&mut self.rule);
        self
    }

    /// Takes step `t`. The settings must make sense, and `workspace` must hold the gradients of `model`: nothing is checked.
    pub(crate) fn descend(&mut self, t: u64, model: &mut dyn Parameters<F>, workspace: &Workspace<F>) {
        self.rule.step(self.learning_rate, t, Elements { model, workspace, memory: &mut self.memory });
    }
}

impl<R: Rule, F: Scalar> Optimizer<F> for FirstOrder<R, F> {
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn fresh(&self) -> Box<dyn Optimizer<F>> {
        Box::new(FirstOrder::with_rule(self.rule.clone(), self.learning_rate))
    }

    fn elementwise(&self) -> Option<usize> {
        Some(self.rule.keeps().len())
    }

    fn check(&self) -> Result<(), SettingError> {
        Setting::of::<F>(R::NAME, "learning rate", self.learning_rate).at_least_0()?;
        self.rule.check::<F>()
    }

    fn step(
        &mut self,
        model: &mut dyn Parameters<F>,
        workspace: &Workspace<F>,
    ) -> Result<(), OptimizerError> {
        self.check()?;
        let t = self.memory.begin(self.rule.keeps(), model, workspace)?;
        self.descend(t, model, workspace);
        Ok(())
    }

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn set_learning_rate(&mut self, learning_rate: f64) {
        self.learning_rate = learning_rate;
    }

    fn state_dict(&self) -> StateDict<F> {
        self.memory.state_dict(self.rule.keeps())
    }

    fn load_state_dict(&mut self, model: &dyn Parameters<F>, state: &StateDict<F>) -> Result<(), StateError> {
        self.memory.load(self.rule.keeps(), model, state)
    }
}

/// With PyTorch's default settings and learning rate.
impl<R: Rule + Default, F: Scalar> Default for FirstOrder<R, F> {
    fn default() -> Self {
        FirstOrder::new(R::LEARNING_RATE)
    }
}

impl<R: Rule, F> fmt::Display for FirstOrder<R, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(learning rate {}", R::NAME, self.learning_rate)?;
        self.rule.describe(f)?;
        write!(f, ")")
    }
}
