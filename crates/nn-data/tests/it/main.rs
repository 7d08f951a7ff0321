//! The tests of nn-data, in one program: what they share is compiled once.

mod augment;
mod batches;
mod csv;
mod csv_errors;
mod csv_properties;
mod csv_threads;
mod fuzz;
mod generators;
mod idx;
mod noise;
mod not_finite;
mod parts;
mod scikit_learn;
mod settings;
mod shapes;
mod sizes;
mod split_scale;
mod weighted;
