//! The tests of nn-train, in one program: what they share is compiled once.

mod augment;
mod checkpoints;
mod counting;
mod early_stopping;
mod ensembles;
mod failures;
mod few;
mod gradient_descent;
mod history;
mod lbfgs_search;
mod maps;
mod metrics;
mod models;
mod more_metrics;
mod no_allocation;
mod non_finite_steps;
mod not_finite;
mod optim;
mod optim_groups;
mod optim_no_allocation;
mod optim_parity;
mod optim_settings;
mod pairs;
mod parity;
mod progress;
mod same_bits;
mod schedule;
mod selection;
mod sequences;
mod settings;
mod shared_steps;
mod stack;
mod statistics;
mod step;
mod study;
mod trainer;
mod trainer_no_allocation;
mod trials;
mod values;
mod weighted;

use std::sync::Mutex;

/// The instruction set is one for the whole process. A test that sets it holds this lock.
static LEVEL: Mutex<()> = Mutex::new(());
