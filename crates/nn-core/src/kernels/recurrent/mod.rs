//! A recurrent layer in one direction: a [cell](Cell) that goes over the steps of a sequence, and back-propagation through time.
//!
//! Steps wait for each other, samples do not. The batch is therefore cut into [strips](strips) of a few blocks, each of which goes
//! through all steps by itself: what a step reads of the step before is still in the cache, and threads share strips without
//! meeting at every step. Only the gradients of the weights add up what all strips did, so they come last, shared by rows.

mod cell;
mod combine;
mod freeze;
mod gradients;
mod gru;
mod lstm;
mod nonlinearity;
mod outputs;
mod pass;
mod rnn;
pub(crate) mod strips;

pub(crate) use cell::Cell;
pub(crate) use gradients::Gradients;
pub(crate) use gru::GruCell;
pub(crate) use lstm::LstmCell;
pub(crate) use nonlinearity::Nonlinearity;
pub(crate) use pass::{Outputs, Pass, Weights};
pub(crate) use rnn::RnnCell;
