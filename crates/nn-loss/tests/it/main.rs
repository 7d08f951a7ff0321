//! The tests of nn-loss, in one program: what they share is compiled once.

mod class_weights;
mod common;
mod contracts;
mod errors;
mod gradients;
mod maps;
mod masked;
mod not_finite;
mod pair;
mod parity;
mod sample_weights;
mod settings;
mod softmax;
mod stack;
mod sums;
mod terms;

use std::sync::Mutex;

/// The instruction set is one for the whole process. A test that sets it holds this lock.
static LEVEL: Mutex<()> = Mutex::new(());
