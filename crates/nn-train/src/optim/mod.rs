//! Optimisers: what turns gradients into new parameters. Names, defaults and results are those of PyTorch.
//!
//! | | remembers, for each number | source |
//! |---|---|---|
//! | [`Sgd`] | nothing; with momentum, the last update | Robbins and Monro 1951; Polyak 1964 |
//! | [`Adagrad`] | the sum of squared gradients | Duchi, Hazan and Singer 2011 |
//! | [`RmsProp`] | the mean of squared gradients | Tieleman and Hinton 2012 |
//! | [`Adam`], [`AdamW`] | the means of gradients and of their squares | Kingma and Ba 2015; Loshchilov and Hutter 2019 |
//! | [`Lbfgs`], for full batches | the last changes of parameters and gradient | Nocedal 1980 |
//!
//! [`clip_grad_norm`] and [`clip_grad_value`] change gradients before a step, a [`Schedule`](crate::schedule::Schedule) the
//! learning rate.
//!
//! Settings are set by methods, as in `Adam::new(0.01).betas(0.9, 0.99)`, and checked by [`Optimizer::check`], which every
//! step calls. A gradient that is NaN or infinite is no error: it makes parameters NaN, the loss with them, and whoever
//! looks at the loss counts a diverged training.

mod adagrad;
mod adam;
mod clip;
mod elements;
mod error;
mod first_order;
mod lbfgs;
mod memory;
mod power;
mod rms_prop;
mod rule;
mod sgd;
mod vector;

use std::fmt::Display;

use nn_core::{Module, Parameters, Scalar, SettingError, StateDict, StateError, Workspace};

pub use adagrad::{Adagrad, AdagradRule};
pub use adam::{Adam, AdamRule, AdamW};
pub use clip::{clip_grad_norm, clip_grad_value};
pub use elements::Elements;
pub use error::OptimizerError;
pub use first_order::FirstOrder;
pub use lbfgs::Lbfgs;
pub(crate) use power::power;
pub use rms_prop::{RmsProp, RmsPropRule};
pub use rule::Rule;
pub use sgd::{Sgd, SgdRule};

/// A rule that changes the parameters of a network by their gradients.
///
/// An optimiser may remember something for each parameter (a momentum, a mean of squares). It makes that memory in its
/// first step, for the model that it sees there, and refuses a model with parameters of other sizes from then on. One of
/// the same sizes it cannot tell apart: make a new optimiser for each model.
///
/// ```
/// use nn_train::optim::{Optimizer, Sgd};
/// use nn_train::{Step, prelude::*};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let (x, y) = (Tensor::from_column(&[0.0, 1.0, 2.0]), Tensor::from_column(&[1.0, 3.0, 5.0]));
/// let (mut line, loss) = (Linear::new(1, 1, &mut rng), MseLoss::mean());
/// let mut step = Step::plan(&line, &loss, &x, &y)?;
/// let mut optimizer = Sgd::new(0.1);
/// for _ in 0..2000 {
///     step.run(&line, &loss, &x, &y, &mut rng)?;
///     optimizer.step(&mut line, step.workspace())?;
/// }
/// assert!((line.weight()[[0, 0]] - 2.0_f64).abs() < 1e-9 && (line.bias()[0] - 1.0_f64).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Optimizer<F: Scalar>: Display + Send + Sync {
    /// The kind of this optimiser, such as `Adam`. A checkpoint compares it; `Display`, which adds the settings, is for people.
    fn name(&self) -> &'static str;

    /// An optimiser with the same settings that remembers nothing: for the next model.
    fn fresh(&self) -> Box<dyn Optimizer<F>>;

    /// Whether the settings make sense. Every step asks; a training asks before it starts.
    ///
    /// # Errors
    /// [`SettingError`] says which does not, and what was expected.
    fn check(&self) -> Result<(), SettingError>;

    /// One update of every parameter of `model` by its gradient in `workspace`. Allocates nothing after the first call (but for
    /// what it takes to hand part of the work of wide layers to another thread).
    ///
    /// # Errors
    /// [`OptimizerError`] if a setting makes no sense, the workspace holds no gradients of this model, or the optimiser has
    /// been used with another one. The model is unchanged then.
    fn step(&mut self, model: &mut dyn Parameters<F>, workspace: &Workspace<F>)
    -> Result<(), OptimizerError>;

    /// One update with as many evaluations of the loss as the rule wants; returns the loss before the update. For most
    /// rules that is one evaluation and a [`step`](Optimizer::step). A line search takes more.
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

    /// η.
    fn learning_rate(&self) -> f64;

    /// Changes η from the next step on: for schedules.
    fn set_learning_rate(&mut self, learning_rate: f64);

    /// What it remembers, to go on later: empty before the first step, and for a rule that remembers nothing.
    /// Settings are not part of it.
    fn state_dict(&self) -> StateDict<F>;

    /// Goes on from what [`state_dict`](Optimizer::state_dict) gave. `model` is the network that it will be used with.
    ///
    /// # Errors
    /// [`StateError`] if it is not the state of such an optimiser for this model. It is unchanged then.
    fn load_state_dict(&mut self, model: &dyn Parameters<F>, state: &StateDict<F>) -> Result<(), StateError>;
}

/// A rule that was chosen at run time.
impl<F: Scalar, O: Optimizer<F> + ?Sized> Optimizer<F> for Box<O> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn fresh(&self) -> Box<dyn Optimizer<F>> {
        (**self).fresh()
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

/// A loss as a function of a network's parameters, for a certain batch.
pub trait Objective<F: Scalar> {
    /// The loss of `model`; leaves its gradient in [`workspace`](Objective::workspace).
    fn evaluate(&mut self, model: &dyn Module<F>) -> F;

    /// The gradients of the last evaluation.
    fn workspace(&self) -> &Workspace<F>;
}

/// Whether `workspace` holds a gradient of the right length for every parameter of `model`.
///
/// # Errors
/// [`OptimizerError::Gradient`] names the first parameter without one.
pub fn check_gradients<F: Scalar>(
    model: &mut dyn Parameters<F>,
    workspace: &Workspace<F>,
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
