//! Optimisers, which turn gradients into new parameters. Names, defaults and results are those of PyTorch.
//!
//! | | keeps for each element | source |
//! |---|---|---|
//! | [`Sgd`] | nothing; with momentum, the last update | Robbins and Monro 1951; Polyak 1964 |
//! | [`Adagrad`] | the sum of squared gradients | Duchi, Hazan and Singer 2011 |
//! | [`RmsProp`] | the mean of squared gradients | Tieleman and Hinton 2012 |
//! | [`Adam`], [`AdamW`] | the means of gradients and of their squares | Kingma and Ba 2015; Loshchilov and Hutter 2019 |
//! | [`NAdam`], [`RAdam`] | the same | Dozat 2016; Liu et al. 2020 |
//! | [`Lion`] | the mean of gradients | Chen et al. 2023 |
//! | [`Lbfgs`], for full batches | the last changes of parameters and gradient | Nocedal 1980 |
//!
//! [`clip_grad_norm`] and [`clip_grad_value`] change gradients before a step, a [`Schedule`](crate::schedule::Schedule) the
//! learning rate.
//!
//! All but L-BFGS are a [`Rule`] for one element, and [`FirstOrder`] around it. A rule of your own takes one such trait. They can
//! treat [groups](FirstOrder::group) of parameters in their own way: with another learning rate or weight decay, or frozen.
//!
//! Settings are set by methods, as in `Adam::new(0.01).betas(0.9, 0.99)`, and checked by [`Optimizer::check`], which every
//! step calls. A gradient that is NaN or infinite is not an error: it makes the parameters NaN and the loss with them, and the
//! trials around it count the training as diverged.

mod adagrad;
mod adam;
mod clip;
mod elements;
mod error;
mod first_order;
mod group;
mod lbfgs;
mod lion;
mod memory;
mod nadam;
mod power;
mod radam;
mod rms_prop;
mod rule;
mod sgd;
mod vector;

use std::fmt::Display;

use nn_core::{Module, Parameters, Scalar, SettingError, StateDict, StateError, Workspace, once};

pub use adagrad::{Adagrad, AdagradRule};
pub use adam::{Adam, AdamRule, AdamW};
pub use clip::{clip_grad_norm, clip_grad_value};
pub use elements::Elements;
pub use error::OptimizerError;
pub use first_order::FirstOrder;
pub use group::Group;
pub use lbfgs::Lbfgs;
pub use lion::{Lion, LionRule};
pub use nadam::{NAdam, NAdamRule};
pub(crate) use power::power;
pub use radam::{RAdam, RAdamRule};
pub use rms_prop::{RmsProp, RmsPropRule};
pub use rule::Rule;
pub use sgd::{Sgd, SgdRule};

/// Changes the parameters of a network by their gradients.
///
/// An optimiser may remember something for each parameter, such as a momentum or a mean of squares. It makes this memory in
/// its first step, for the model of that step, and then refuses models with parameters of other sizes. It cannot tell models
/// with the same sizes apart: take a [`fresh`](Optimizer::fresh) optimiser for each model.
///
/// ```
/// use nn_train::optim::{Optimizer, Sgd};
/// use nn_train::{Step, prelude::*};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let (x, y) = (
///     Tensor::from_column(&[0.0, 1.0, 2.0]),
///     Tensor::from_column(&[1.0, 3.0, 5.0]),
/// );
/// let (mut line, loss) = (Linear::new(1, 1, &mut rng), MseLoss::mean());
/// let mut step = Step::plan(&line, &loss, &x, &y)?;
/// let mut optimizer = Sgd::new(0.1);
/// for _ in 0..2000 {
///     step.run(&line, &loss, &x, &y, &mut rng)?;
///     optimizer.step(&mut line, step.workspace())?;
/// }
/// assert!(
///     (line.weight()[[0, 0]] - 2.0_f64).abs() < 1e-9
///         && (line.bias()[0] - 1.0_f64).abs() < 1e-9
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Optimizer<F: Scalar>: Display + Send + Sync {
    /// The kind of this optimiser, such as `Adam`. A checkpoint compares it; `Display`, which adds the settings, is for people.
    fn name(&self) -> &'static str;

    /// An optimiser with the same settings that remembers nothing: for the next model.
    fn fresh(&self) -> Box<dyn Optimizer<F>>;

    /// Whether every step must see the same data, because the optimiser compares the gradients of one step with those of the
    /// next. A [`Trainer`](crate::Trainer) then refuses batches smaller than the data set.
    fn needs_full_batches(&self) -> bool {
        false
    }

    /// Returns how many values the optimiser keeps for each element of a parameter, if it changes every element by its own
    /// gradient alone. Then sixteen networks can be trained at once, by one optimiser ([`Fit::fit_stack`](crate::Fit::fit_stack)).
    fn elementwise(&self) -> Option<usize> {
        None
    }

    /// Checks the settings in the precision `F`. Every step does so, and a training does before it starts.
    ///
    /// # Errors
    /// [`SettingError`] says which setting does not make sense, and what was expected.
    fn check(&self) -> Result<(), SettingError>;

    /// Updates every parameter of `model` once, by its gradient in `workspace`. Allocates nothing after the first call, except to
    /// hand part of the work of wide layers to another thread.
    ///
    /// # Errors
    /// [`OptimizerError`] if a setting makes no sense, the workspace holds no gradients of this model, or the optimiser has
    /// been used with another one. The model is unchanged then.
    fn step(&mut self, model: &mut dyn Parameters<F>, workspace: &Workspace<F>)
    -> Result<(), OptimizerError>;

    /// Updates the parameters with as many evaluations of the loss as the optimiser needs, and returns the loss before the
    /// update. Most optimisers evaluate the loss once and take a [`step`](Optimizer::step). A line search needs more.
    ///
    /// # Errors
    /// As [`step`](Optimizer::step).
    fn minimize(
        &mut self,
        model: &mut dyn Module<F>,
        objective: &mut dyn Objective<F>,
    ) -> Result<F, OptimizerError> {
        let loss = objective.evaluate(model);
        self.step(model, objective.workspace())?;
        Ok(loss)
    }

    /// The learning rate η.
    fn learning_rate(&self) -> f64;

    /// Changes η from the next step on: for schedules.
    fn set_learning_rate(&mut self, learning_rate: f64);

    /// What the optimiser remembers, to go on later. Empty before the first step, and for an optimiser that remembers nothing.
    /// The settings are not part of it.
    fn state_dict(&self) -> StateDict<F>;

    /// Goes on from what [`state_dict`](Optimizer::state_dict) returned. `model` is the network that the optimiser will be used
    /// with.
    ///
    /// # Errors
    /// [`StateError`] if `state` is not the state of such an optimiser for this model. The optimiser is unchanged then.
    fn load_state_dict(&mut self, model: &dyn Parameters<F>, state: &StateDict<F>) -> Result<(), StateError>;
}

/// An optimiser that was chosen at run time.
impl<F: Scalar, O: Optimizer<F> + ?Sized> Optimizer<F> for Box<O> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn fresh(&self) -> Box<dyn Optimizer<F>> {
        (**self).fresh()
    }

    fn needs_full_batches(&self) -> bool {
        (**self).needs_full_batches()
    }

    fn elementwise(&self) -> Option<usize> {
        (**self).elementwise()
    }

    fn check(&self) -> Result<(), SettingError> {
        (**self).check()
    }

    fn step(
        &mut self,
        model: &mut dyn Parameters<F>,
        workspace: &Workspace<F>,
    ) -> Result<(), OptimizerError> {
        (**self).step(model, workspace)
    }

    fn minimize(
        &mut self,
        model: &mut dyn Module<F>,
        objective: &mut dyn Objective<F>,
    ) -> Result<F, OptimizerError> {
        (**self).minimize(model, objective)
    }

    fn learning_rate(&self) -> f64 {
        (**self).learning_rate()
    }

    fn set_learning_rate(&mut self, learning_rate: f64) {
        (**self).set_learning_rate(learning_rate);
    }

    fn state_dict(&self) -> StateDict<F> {
        (**self).state_dict()
    }

    fn load_state_dict(&mut self, model: &dyn Parameters<F>, state: &StateDict<F>) -> Result<(), StateError> {
        (**self).load_state_dict(model, state)
    }
}

/// The loss of one batch as a function of a network's parameters.
pub trait Objective<F: Scalar> {
    /// Returns the loss of `model`, and leaves its gradient in [`workspace`](Objective::workspace).
    fn evaluate(&mut self, model: &dyn Module<F>) -> F;

    /// The gradients of the last evaluation.
    fn workspace(&self) -> &Workspace<F>;
}

once! {
    /// Checks that `workspace` holds a gradient of the right length for every parameter of `model`.
    ///
    /// # Errors
    /// [`OptimizerError::Gradient`] names the first parameter without one.
    pub fn check_gradients<'a, F>(
        model: &'a mut dyn Parameters<F>,
        workspace: &'a Workspace<F>
    ) -> Result<(), OptimizerError> {
        let mut result = Ok(());
        model.visit_mut(Some(workspace), &mut |parameter| {
            let (expected, found) = (parameter.value.len(), parameter.gradient.map(<[F]>::len));
            if parameter.kind == nn_core::Kind::Learned && found != Some(expected) && result.is_ok() {
                result = Err(OptimizerError::Gradient { name: parameter.name.to_string(), expected, found });
            }
        });
        result
    }
}
