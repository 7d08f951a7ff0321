//! The tests of nn-core, in one program: what they share is compiled once.

mod any_error;
mod architecture;
mod attention;
mod class_map;
mod common;
mod contracts;
mod derivatives;
mod distributions;
mod dropout;
mod embedding;
mod gradients;
mod graph;
mod math;
mod model;
mod model_hostile;
mod normalisation;
mod not_finite;
mod own_activation;
mod parity;
mod plain_loops;
mod planned;
mod positions;
mod predictor;
mod recurrent;
mod rows;
mod safetensors;
mod safetensors_fuzz;
mod safetensors_hostile;
mod safetensors_oracle;
mod settings;
mod shape_errors;
mod simd_levels;
mod sizes;
mod stack;
mod state_dict;
mod threads;
mod views;
mod windowed;

use std::sync::Mutex;

/// The instruction set is one for the whole process. A test that sets it holds this lock.
static LEVEL: Mutex<()> = Mutex::new(());
