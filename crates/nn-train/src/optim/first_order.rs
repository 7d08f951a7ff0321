//! The optimiser around a rule: its learning rate, its memory, its saved state and what it refuses.

use std::fmt;
use std::sync::Arc;

use nn_core::{Parameters, Scalar, Setting, SettingError, StateDict, StateError, Workspace};

use super::group::Members;
use super::memory::Memory;
use super::{Elements, Group, Optimizer, OptimizerError, Rule};

/// An optimiser that changes every element of every parameter by a [`Rule`]. [`Sgd`](super::Sgd), [`Adam`](super::Adam) and
/// the others without a line search are this type with different rules.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstOrder<R, F> {
    rule: R,
    learning_rate: f64,
    groups: Vec<Members>,
    memory: Memory<F>,
}

impl<R: Rule, F: Scalar> FirstOrder<R, F> {
    /// With this rule and learning rate η.
    pub fn with_rule(rule: R, learning_rate: f64) -> Self {
        FirstOrder { rule, learning_rate, groups: Vec::new(), memory: Memory::new() }
    }

    /// With the default settings of the rule and learning rate η.
    pub fn new(learning_rate: f64) -> Self
    where
        R: Default,
    {
        FirstOrder::with_rule(R::default(), learning_rate)
    }

    /// With settings of their own for all parameters whose names, those of the model's
    /// [`state_dict`](Parameters::state_dict), make `holds` true. A parameter belongs to the first of several groups that hold it.
    ///
    /// Everything else, and what is not set in the group, is as without it, in whatever order the methods are called. A group
    /// without a parameter is an error of the first step. The parameters of a frozen group keep their bits, and the optimiser
    /// remembers nothing of their gradients, which [`clip_grad_norm`](super::clip_grad_norm) still counts.
    ///
    /// ```
    /// use nn_train::optim::{AdamW, Group};
    /// use nn_train::prelude::*;
    ///
    /// let mut rng = ChaCha8Rng::seed_from_u64(1);
    /// let data = make_xor::<f32>(100, 0.3, &mut rng)?;
    /// let mut network = Sequential::new()
    ///     .append(Linear::new(2, 8, &mut rng))
    ///     .append(Tanh)
    ///     .append(Linear::new(8, 2, &mut rng));
    /// let before = network.state_dict();
    /// let optimizer = AdamW::new(0.01)
    ///     .group(|name| name.starts_with("0."), Group::new().frozen())
    ///     .group(|name| name.ends_with("bias"), Group::new().weight_decay(0.0))
    ///     .weight_decay(0.1);
    /// Trainer::new(optimizer).fit(
    ///     &mut network,
    ///     &CrossEntropyLoss::mean(),
    ///     &data,
    ///     None,
    ///     &mut rng,
    /// )?;
    /// let after = network.state_dict();
    /// assert_eq!(after.get("0.weight"), before.get("0.weight"));
    /// assert_ne!(after.get("2.bias"), before.get("2.bias"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn group(mut self, holds: impl Fn(&str) -> bool + Send + Sync + 'static, group: Group) -> Self {
        self.groups.push(Members { holds: Arc::new(holds), group });
        self
    }

    /// With one setting changed.
    pub(super) fn set(mut self, change: impl FnOnce(&mut R)) -> Self {
        change(&mut self.rule);
        self
    }

    /// Takes step `t`. The settings must make sense, and `workspace` must hold the gradients of `model`: nothing is checked.
    pub(crate) fn descend(&mut self, t: u64, model: &mut dyn Parameters<F>, workspace: &Workspace<F>) {
        let FirstOrder { rule, learning_rate, groups, memory } = self;
        rule.step(*learning_rate, t, Elements { model, workspace, memory, group: None });
        for (index, Members { group, .. }) in groups.iter().enumerate() {
            if group.is_frozen {
                continue;
            }
            let own = group.weight_decay.and_then(|weight_decay| rule.with_weight_decay(weight_decay));
            let elements = Elements { model: &mut *model, workspace, memory, group: Some(index) };
            own.as_ref().unwrap_or(rule).step(*learning_rate * group.lr_factor, t, elements);
        }
    }

    /// Checks the settings of a group.
    fn check_group(&self, group: &Group) -> Result<(), SettingError> {
        let setting = |name, value| Setting::of::<F>(R::NAME, name, value);
        setting("lr_factor of a group", group.lr_factor).at_least_0()?;
        setting("learning rate of a group", self.learning_rate * group.lr_factor).at_least_0()?;
        let Some(weight_decay) = group.weight_decay else { return Ok(()) };
        match self.rule.with_weight_decay(weight_decay) {
            Some(rule) => rule.check::<F>(),
            None => {
                let expected = "none: this optimiser has no weight decay";
                Err(SettingError::new(R::NAME, "weight decay of a group", expected, weight_decay))
            }
        }
    }
}

impl<R: Rule, F: Scalar> Optimizer<F> for FirstOrder<R, F> {
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn fresh(&self) -> Box<dyn Optimizer<F>> {
        let fresh = FirstOrder::with_rule(self.rule.clone(), self.learning_rate);
        Box::new(FirstOrder { groups: self.groups.clone(), ..fresh })
    }

    fn elementwise(&self) -> Option<usize> {
        Some(self.rule.keeps().len())
    }

    fn check(&self) -> Result<(), SettingError> {
        Setting::of::<F>(R::NAME, "learning rate", self.learning_rate).at_least_0()?;
        self.rule.check::<F>()?;
        self.groups.iter().try_for_each(|members| self.check_group(&members.group))
    }

    fn step(
        &mut self,
        model: &mut dyn Parameters<F>,
        workspace: &Workspace<F>,
    ) -> Result<(), OptimizerError> {
        self.check()?;
        let t = self.memory.begin(self.rule.keeps(), &self.groups, model, workspace)?;
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
        match self.groups.len() {
            0 => {}
            1 => write!(f, ", 1 group")?,
            count => write!(f, ", {count} groups")?,
        }
        write!(f, ")")
    }
}
